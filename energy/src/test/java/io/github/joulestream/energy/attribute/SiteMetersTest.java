// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Meters of a site: their sums, and the time in which they are silent. */
class SiteMetersTest {
  private static final long SEED = Long.getLong("laws.seed", 58);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 200);
  private static final long START = 1_700_000_040_000L;
  private static final int WINDOW = 10_000;
  private static final long HOUR = 3_600_000;
  private static final Device GPU = Device.sensor("gpu0", DeviceKind.GPU);
  private static final Set<DeviceKind> METERS =
      EnumSet.range(DeviceKind.FACILITY, DeviceKind.EXPORT);

  private static DeviceSeries at(long millis, Device device, long milliwatts) {
    return new DeviceSeries(device, Readings.ofPower(new long[] {millis}, new long[] {milliwatts}));
  }

  private static long of(BookedNode node, long window, SiteAmount amount) {
    Totals<SiteAmount> totals = node.site.get(window);
    return totals == null ? 0 : totals.get(amount);
  }

  @Test
  void metersOfOneKindAddUp_andNoneIsInTheTotal() {
    for (DeviceKind kind : METERS) {
      BookedNode node = new BookedNode();
      for (int second = 0; second <= 10; second++) {
        long now = START + second * 1_000L;
        node.take(
            1,
            now,
            at(now, Device.sensor("a", kind), 2_000_000),
            at(now, Device.sensor("b", kind), 3_000_000),
            // an outlet of b: it is in b's figure
            at(now, Device.sensor("b/1", kind).withContainedIn(kind), 1_000_000),
            at(now, GPU, 500_000));
      }
      assertThat(node.site(SiteAmount.measured(kind))).as("%s", kind).isEqualTo(50_000_000);
      assertThat(node.site(SiteAmount.meterCovered(kind))).isEqualTo(2 * WINDOW);
      assertThat(node.site(SiteAmount.meterUncovered(kind))).isZero();
      assertThat(node.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(5_000_000);
      assertThat(node.site(SiteAmount.COVERED_MILLIS)).isEqualTo(WINDOW);
    }
  }

  /** It is beside all totals, whatever its sender states of it. */
  @Test
  void aMeterThatIsSaidToBeInsideANode_isNoPartOfIt() {
    Device gpu = GPU.withContainedIn(DeviceKind.NODE);
    Device channel = Device.sensor("psu1", DeviceKind.NODE).withContainedIn(DeviceKind.NODE);
    Device ups = Device.sensor("ups1", DeviceKind.UPS).withContainedIn(DeviceKind.NODE);
    BookedNode node = new BookedNode();
    for (int second = 0; second <= 60; second++) {
      long now = START + second * 1_000L;
      node.take(1, now, at(now, gpu, 300_000), at(now, channel, 500_000), at(now, ups, 9_000_000));
    }
    // the channel has more than the GPU
    assertThat(of(node, START + WINDOW, SiteAmount.MEASURED_TOTAL_MILLIJOULES))
        .isEqualTo(5_000_000);
    assertThat(of(node, START + WINDOW, SiteAmount.UPS_MILLIJOULES)).isEqualTo(90_000_000);
  }

  @Test
  void aSilentMeter_isSeenBeforeItReportsAgain() {
    Device one = Device.sensor("ups1", DeviceKind.UPS);
    Device other = Device.sensor("ups2", DeviceKind.UPS);
    BookedNode node = new BookedNode();
    for (int second = 0; second <= 1_000; second++) {
      long now = START + second * 1_000L;
      List<DeviceSeries> series = new ArrayList<>(List.of(at(now, one, 1_000_000)));
      if (second <= 15 || second >= 995) {
        series.add(at(now, other, 1_000_000));
      }
      node.take(1, now, series);
      if (second == 500) {
        node.restart();
      }
      if (second == 990) {
        // its last reading was in the second window: five seconds are known
        assertThat(of(node, START, SiteAmount.UPS_UNCOVERED_MILLIS)).isZero();
        assertThat(of(node, START + WINDOW, SiteAmount.UPS_COVERED_MILLIS)).isEqualTo(15_000);
        assertThat(of(node, START + WINDOW, SiteAmount.UPS_UNCOVERED_MILLIS)).isEqualTo(5_000);
        for (int window = 2; window < 99; window++) {
          long start = START + (long) window * WINDOW;
          assertThat(of(node, start, SiteAmount.UPS_COVERED_MILLIS)).isEqualTo(WINDOW);
          assertThat(of(node, start, SiteAmount.UPS_UNCOVERED_MILLIS)).isEqualTo(WINDOW);
          assertThat(of(node, start, SiteAmount.UPS_MILLIJOULES)).isEqualTo(10_000_000);
        }
      }
    }
    // 16 minutes are more than is estimated; from 995 s on it is known again
    assertThat(of(node, START + 99 * WINDOW, SiteAmount.UPS_UNCOVERED_MILLIS)).isEqualTo(5_000);
    assertThat(node.site(SiteAmount.UPS_UNCOVERED_MILLIS)).isEqualTo(980_000);
    assertThat(node.site(SiteAmount.UPS_COVERED_MILLIS)).isEqualTo(1_020_000);
  }

  @Test
  void aMeterThatIsSilentForThreeDays_countsAsRemoved_andReturns() {
    Device meter = Device.sensor("grid", DeviceKind.FACILITY);
    BookedNode node = new BookedNode();
    for (int minute = 0; minute <= 96 * 60; minute++) {
      long now = START + minute * 60_000L;
      node.take(
          1,
          now,
          minute == 0 || minute == 96 * 60
              ? List.of(at(now, GPU, 1_000), at(now, meter, 1_000_000))
              : List.of(at(now, GPU, 1_000)));
      if (minute == 95 * 60) {
        assertThat(node.site(SiteAmount.FACILITY_UNCOVERED_MILLIS)).isEqualTo(72 * HOUR);
        node.restart();
      }
    }
    assertThat(node.site(SiteAmount.FACILITY_UNCOVERED_MILLIS)).isEqualTo(96 * HOUR);
  }

  /**
   * A weekend without the agent: its counter covers every window, and none has less than no time.
   */
  @Test
  void aCounter_coversTheTimeInWhichItsAgentWasAway() {
    Device meter = Device.sensor("ups1", DeviceKind.UPS);
    for (long hours : new long[] {2, 30, 62, 71, 72, 73, 200}) {
      BookedNode node = new BookedNode();
      long[] times = {0, 10_000, 20_000, 20_000 + hours * HOUR, 30_000 + hours * HOUR};
      for (long time : times) {
        long at = START + time;
        node.take(
            1,
            at,
            List.of(
                new DeviceSeries(
                    meter,
                    Readings.ofCounter(
                        new long[] {at}, new long[] {1_000_000}, new long[] {1_000_000 * time}))));
      }
      node.site.forEach((window, totals) -> {
        long covered = totals.get(SiteAmount.UPS_COVERED_MILLIS);
        long uncovered = totals.get(SiteAmount.UPS_UNCOVERED_MILLIS);
        assertThat(uncovered).as("%d h, window %d", hours, window).isBetween(0L, 10_000L);
        assertThat(covered + uncovered).as("%d h, window %d", hours, window).isIn(0L, 10_000L);
      });
      if (hours <= 71) {
        assertThat(node.site(SiteAmount.UPS_COVERED_MILLIS)).isEqualTo(hours * HOUR + 30_000);
      }
    }
  }

  /** In whatever order and batches readings arrive, and however often the state is restored. */
  @Test
  void coveredAndUncovered_areTheTimeFromTheFirstReadingOn() {
    Random random = new Random(SEED);
    System.out.println("SiteMetersTest seed " + SEED);
    for (int round = 0; round < ROUNDS; round++) {
      DeviceKind kind = List.copyOf(METERS).get(random.nextInt(METERS.size()));
      List<DeviceSeries> all = new ArrayList<>();
      List<Long> firsts = new ArrayList<>();
      long newest = 0;
      for (int meter = 0; meter < 1 + random.nextInt(3); meter++) {
        Device device = Device.sensor("meter" + meter, kind);
        long first = Long.MAX_VALUE;
        long time = START + random.nextInt(200_000);
        int readings = 2 + random.nextInt(20);
        for (int i = 0; i < readings; i++) {
          all.add(at(time, device, 1_000L * (1 + random.nextInt(9))));
          first = Math.min(first, time);
          newest = Math.max(newest, time);
          time += 1 + random.nextInt(random.nextInt(6) == 0 ? 400_000 : 20_000);
        }
        firsts.add(first);
      }
      Collections.shuffle(all, random);
      BookedNode node = new BookedNode();
      for (DeviceSeries series : all) {
        // all within the time that corrections are possible
        node.take(1, START + HOUR / 2, series);
        if (random.nextInt(10) == 0) {
          node.restart();
        }
      }
      TreeMap<Long, Long> expected = new TreeMap<>();
      for (long first : firsts) {
        for (long w = Math.floorDiv(first, WINDOW) * WINDOW; w < newest; w += WINDOW) {
          expected.merge(w, (long) WINDOW, Long::sum);
        }
      }
      TreeMap<Long, Long> booked = new TreeMap<>();
      node.site.forEach((window, totals) -> {
        long covered = totals.get(SiteAmount.meterCovered(kind));
        long uncovered = totals.get(SiteAmount.meterUncovered(kind));
        assertThat(covered).isNotNegative();
        assertThat(uncovered).isNotNegative();
        if (covered + uncovered != 0) {
          booked.put(window, covered + uncovered);
        }
      });
      assertThat(booked).as("round " + round).isEqualTo(expected);
    }
  }
}

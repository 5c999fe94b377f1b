// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DevicePower;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.EnergyCounter;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Time of which nothing is known costs one sum for each who held the device, however long it is.
 */
@SuppressWarnings("EnumOrdinal") // a random constant
class NodeGapsTest {
  private static final long SEED = Long.getLong("laws.seed", 19);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 400);
  private static final long START = 1_700_000_000_000L;
  private static final long HOUR = 3_600_000;
  private static final long YEAR = 365 * 24 * HOUR;
  private static final Device GPU = Device.sensor("gpu0", DeviceKind.GPU);

  private static AllocationEdge edge(String job, boolean hold, long at, int parts) {
    return new AllocationEdge(
        job,
        hold,
        at,
        hold ? Map.of("gpu0", parts) : Map.of(),
        0,
        0,
        0,
        0,
        1,
        AllocationEdge.By.HOOK,
        START + 2 * YEAR);
  }

  private static DeviceSeries at(long millis, long milliwatts, long microjoules) {
    return new DeviceSeries(
        GPU.withCounter(1, 0),
        Readings.ofCounter(new long[] {millis}, new long[] {milliwatts}, new long[] {microjoules}));
  }

  private static DeviceSeries at(long millis, long milliwatts) {
    return new DeviceSeries(GPU, Readings.ofPower(new long[] {millis}, new long[] {milliwatts}));
  }

  @Test
  void aYearBetweenTwoReadings_isOneSum_ofTheJobThatHeldItAndOfTheSite() {
    for (boolean counted : new boolean[] {false, true}) {
      BookedNode node = new BookedNode();
      node.take(edge("a", true, START, 4_000));
      // shorter than an allocation lives, and later renewed: it is held all the time
      for (long at = START; at < START + YEAR; at += 30 * 24 * HOUR) {
        node.take(edge("a", true, at + HOUR, 4_000));
      }
      node.take(1, START, counted ? at(START, 400_000, 0) : at(START, 1));
      node.restart();
      node.take(
          1,
          START + YEAR,
          counted ? at(START + YEAR, 400_000, 400_000 * YEAR) : at(START + YEAR, 1));
      node.take(edge("a", false, START + YEAR, 0));
      assertThat(node.site(SiteAmount.UNCOVERED_MILLIS)).isEqualTo(YEAR);
      assertThat(node.job("a", JobAmount.UNCOVERED_MILLIS)).isEqualTo(YEAR * 4 / 10);
      assertThat(node.job("a", JobAmount.GPU_HELD_MILLIS)).isEqualTo(YEAR * 4 / 10);
      assertThat(node.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isZero();
      // in the window in which it begins
      assertThat(node.site.firstEntry().getValue().get(SiteAmount.UNCOVERED_MILLIS))
          .isEqualTo(YEAR);
      assertThat(node.mostWindows).isLessThan(10);
    }
  }

  @Test
  void aWeekendThatWasCounted_isSpreadOverItsWindows() {
    BookedNode node = new BookedNode();
    long end = START + 60 * HOUR;
    node.take(edge("a", true, START, 10_000));
    node.take(1, START, at(START, 400_000, 0));
    node.take(1, end, at(end, 400_000, 400_000 * (end - START)));
    assertThat(node.job("a", JobAmount.TOTAL_MILLIJOULES)).isEqualTo(400 * (end - START));
    assertThat(node.site(SiteAmount.UNCOVERED_MILLIS)).isZero();
    assertThat(node.site.lastKey()).isGreaterThan(end - 20_000);
  }

  @Test
  void aShorterStretch_isKnownByWindow() {
    BookedNode node = new BookedNode();
    node.take(edge("a", true, START, 10_000));
    node.take(1, START + 40_000, at(START + 40_000, Readings.MISSING, 1));
    // neither says its power, and the counter began anew
    node.take(
        1,
        START + 100_000,
        new DeviceSeries(
            GPU.withCounter(2, 0),
            Readings.ofCounter(
                new long[] {START + 100_000}, new long[] {Readings.MISSING}, new long[] {5})));
    assertThat(node.site(SiteAmount.UNCOVERED_MILLIS)).isEqualTo(100_000);
    assertThat(node.site.values())
        .allMatch(window -> window.get(SiteAmount.UNCOVERED_MILLIS) <= 10_000);
  }

  @Test
  void law_jobsAndReadingsInWhateverOrder_unknownTimeSumsToWhatNobodyMeasured() {
    System.out.println("NodeGapsTest seed " + SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      List<Runnable> inOrder = new ArrayList<>();
      BookedNode first = new BookedNode();
      BookedNode other = new BookedNode();
      List<Runnable> shuffled = new ArrayList<>();
      long arrival = START + 40 * HOUR;
      long time = START;
      long unknown = 0;
      int readings = 2 + random.nextInt(6);
      for (int i = 0; i < readings; i++) {
        long gap = random.nextBoolean() ? 1 + random.nextInt(8_000) : random.nextLong(6 * HOUR);
        if (i > 0) {
          time += gap;
          // of a device that is held by a job all the time
          unknown += gap > 300_000 ? gap : 0;
        }
        DeviceSeries reading = at(time, random.nextInt(700_000));
        inOrder.add(() -> first.take(1, arrival, reading));
        shuffled.add(() -> other.take(1, arrival, reading));
      }
      List<AllocationEdge> edges = new ArrayList<>();
      edges.add(edge("a", true, START - 1, 2_500));
      for (int j = random.nextInt(4); j > 0; j--) {
        long from = START + random.nextLong(time - START + 1);
        edges.add(edge("b" + j, true, from, 1 + random.nextInt(2_500)));
        edges.add(edge("b" + j, false, from + random.nextLong(time - from + 1), 0));
      }
      edges.forEach(edge -> shuffled.add(() -> other.take(edge)));
      edges.forEach(first::take);
      inOrder.forEach(Runnable::run);
      Collections.shuffle(shuffled, random);
      for (Runnable input : shuffled) {
        input.run();
        if (random.nextInt(5) == 0) {
          other.restart();
        }
      }
      assertThat(other.booked()).as("round " + round).isEqualTo(first.booked());
      // a job that begins or ends in a gap holds what was read at its edge for ten seconds
      long held = edges.size() * 10_000L + 1;
      assertThat(first.site(SiteAmount.UNCOVERED_MILLIS))
          .as("round " + round)
          .isBetween(unknown - held, unknown + 1);
      assertThat(first.mostWindows).as("round " + round).isLessThan(600);
    }
  }

  @Test
  void aHeldGpuThatSaysItIsAFacilityMeter_isAnotherDevice_andNobodys() {
    BookedNode node = new BookedNode();
    node.take(edge("a", true, START, 10_000));
    for (int second = 0; second <= 10; second++) {
      node.take(1, START + second * 1_000L, at(START + second * 1_000L, 400_000));
    }
    Device meter = Device.sensor("gpu0", DeviceKind.FACILITY);
    Device whole = Device.sensor("gpu0", DeviceKind.NODE);
    for (int second = 11; second <= 30; second++) {
      long now = START + second * 1_000L;
      Readings readings = Readings.ofPower(new long[] {now}, new long[] {900_000});
      node.take(1, now, new DeviceSeries(meter, readings));
      node.take(1, now, new DeviceSeries(whole, readings));
      if (second == 20) {
        node.restart();
      }
    }
    node.take(edge("a", false, START + 25_000, 0));
    // late readings of all three
    node.take(
        1,
        START + 31_000,
        at(START + 5_500, 400_000),
        new DeviceSeries(
            meter, Readings.ofPower(new long[] {START + 15_500}, new long[] {900_000})),
        new DeviceSeries(
            whole, Readings.ofPower(new long[] {START + 15_500}, new long[] {900_000})));
    assertThat(node.refusals).isEmpty();
    assertThat(node.job("a", JobAmount.GPU_MILLIJOULES)).isBetween(4_000_000L, 8_000_000L);
    assertThat(node.site(SiteAmount.FACILITY_MILLIJOULES)).isEqualTo(19 * 900_000);
    // and for ten seconds before it was first read, since the job began in that time
    assertThat(node.site(SiteAmount.MEASURED_NODE_MILLIJOULES)).isEqualTo(29 * 900_000);
    assertThat(node.job("a", JobAmount.NODE_MILLIJOULES)).isEqualTo(24 * 900_000);
  }

  /** Whatever a sender claims, its batch is booked or refused, and the account can be written. */
  @Test
  void law_noBatchThatCanBeDecoded_throws() {
    long[] odd = {
      0,
      1,
      -1,
      499,
      5_000,
      1L << 31,
      1L << 40,
      START,
      START + 1,
      Long.MAX_VALUE,
      Long.MIN_VALUE,
      Long.MAX_VALUE - 20,
      Long.MIN_VALUE + 1,
      0x7ffffffffffffff0L,
      3_690_000_000_000_000L
    };
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + 7_000_000 + round);
      BookedNode node = new BookedNode();
      for (int job = 0; job < 3; job++) {
        node.take(
            edge("j" + job, true, START + random.nextInt(100_000), 1 + random.nextInt(9_999)));
      }
      for (int batch = 0; batch < 12; batch++) {
        DeviceKind kind = DeviceKind.values()[random.nextInt(DeviceKind.values().length)];
        Device device =
            new Device(
                random.nextBoolean() ? "gpu0" : "d",
                kind,
                io.github.joulestream.energy.PowerSource.values()[random.nextInt(3)],
                random.nextInt(3) == 0 ? DeviceKind.NODE : null,
                "",
                new DevicePower(
                    Math.min(Bounds.POWER_LIMIT_MILLIWATTS, odd(odd, random) & Long.MAX_VALUE),
                    Math.min(Bounds.AVERAGING_MILLIS, (int) odd(odd, random) & Integer.MAX_VALUE)),
                new EnergyCounter(
                    random.nextInt(2),
                    random.nextInt(3) == 0
                        ? Math.min(
                            Bounds.COUNTER_WRAP_MICROJOULES, odd(odd, random) & Long.MAX_VALUE)
                        : 0),
                Math.min(Device.MAX_BYTES, odd(odd, random) & Long.MAX_VALUE),
                "");
        int size = 1 + random.nextInt(6);
        long[][] columns = new long[5][size];
        for (int row = 0; row < size; row++) {
          columns[0][row] =
              random.nextInt(3) > 0 ? START + random.nextInt(600_000) : odd(odd, random);
          for (int c = 1; c < 5; c++) {
            columns[c][row] = random.nextBoolean() ? random.nextInt(900_000) : odd(odd, random);
          }
        }
        long[] none = {};
        node.take(
            1 + random.nextInt(2),
            START + 700_000,
            new DeviceSeries(
                device,
                new Readings(
                    columns[0], columns[1], columns[2], columns[3], columns[4], none, none)));
        node.restart();
      }
      node.take(edge("j0", false, START + 650_000, 0));
    }
  }

  private static long odd(long[] odd, Random random) {
    return odd[random.nextInt(odd.length)];
  }
}

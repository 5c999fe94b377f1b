// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.ThrottleReason;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What holds of the statuses of simulated devices. */
class NodeStatusesTest {
  private static final long START = 1_700_000_000_000L;
  private static final NodeStatuses.GpuUse BUSY =
      new NodeStatuses.GpuUse(true, 1, 2_000, 1_000, 500);

  private static final class Recorder implements Publisher {
    final List<TelemetryBatch> batches = new ArrayList<>();

    @Override
    public void publish(TelemetryBatch batch) {
      batches.add(batch);
    }

    @Override
    public void publish(AllocationEvent event) {}

    @Override
    public void publish(JobRecord job) {}

    @Override
    public void publish(NodeRecord node) {}

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static Recorder run(SimulationOptions options, long millis) {
    Recorder recorder = new Recorder();
    SiteSimulator site = new SiteSimulator(options, START);
    site.advanceTo(START + millis, options.towards(recorder));
    site.finish(recorder);
    return recorder;
  }

  @Test
  void everyDevice_hasAStatusEveryTenSeconds() {
    Recorder recorder = run(new SimulationOptions("site", 6, 3), 600_000);
    Map<String, List<Long>> times = new TreeMap<>();
    for (TelemetryBatch batch : recorder.batches) {
      for (DeviceStatus status : batch.statuses()) {
        times
            .computeIfAbsent(batch.node() + "/" + status.deviceId(), _ -> new ArrayList<>())
            .add(status.epochMillis());
      }
    }
    // eight GPUs, four drives, two processors; the water of the site
    assertThat(times).hasSize(6 * 14 + 1).containsKey("node-001/facility");
    times.forEach((device, of) -> {
      assertThat(of).as(device).hasSizeBetween(59, 61);
      for (int i = 1; i < of.size(); i++) {
        assertThat(of.get(i) - of.get(i - 1)).as(device).isBetween(10_000L, 11_000L);
      }
    });
  }

  @Test
  void temperaturesAndClocks_areWithinBounds_andClocksFallWhenThrottled() {
    Map<Long, Integer> reasons = new TreeMap<>();
    double hot = 0;
    double cold = 200;
    for (long seed = 1; seed <= 3; seed++) {
      for (TelemetryBatch batch : run(new SimulationOptions("site", 16, seed), 600_000).batches) {
        for (DeviceStatus status : batch.statuses()) {
          status
              .values()
              .forEach((column, value) ->
                  assertThat(column.refusal(value)).as("%s %d", column, value).isNull());
          String device = status.deviceId();
          if (device.startsWith("gpu")) {
            long tenths = status.get(StatusColumn.TEMPERATURE_DECIDEGREES);
            hot = Math.max(hot, tenths / 10.0);
            cold = Math.min(cold, tenths / 10.0);
            assertThat(status.get(StatusColumn.MEMORY_TEMPERATURE_DECIDEGREES))
                .isGreaterThan(tenths);
            long why = status.get(StatusColumn.THROTTLE_REASONS);
            reasons.merge(why, 1, Integer::sum);
            long clock = status.get(StatusColumn.SM_CLOCK_MEGAHERTZ);
            if (why == 0) {
              assertThat(clock).isIn(345L, 1_980L);
            } else {
              assertThat(clock).isBetween(1_095L, 1_965L);
            }
            assertThat(ThrottleReason.THERMAL.isIn(why)).isEqualTo(tenths > 870);
            assertThat(status.get(StatusColumn.FAN_BASIS_POINTS)).isBetween(3_000L, 10_000L);
          } else if (device.startsWith("nvme")) {
            assertThat(status.get(StatusColumn.TEMPERATURE_DECIDEGREES)).isBetween(280L, 640L);
            assertThat(status.get(StatusColumn.WEAR_BASIS_POINTS)).isBetween(0L, 10_000L);
          } else if (device.startsWith("package")) {
            assertThat(status.get(StatusColumn.TEMPERATURE_DECIDEGREES)).isBetween(340L, 800L);
          }
        }
      }
    }
    assertThat(cold).isBetween(25.0, 35.0);
    assertThat(hot).isBetween(87.1, 92.0);
    assertThat(reasons.keySet()).contains(0L, 1L).anyMatch(ThrottleReason.THERMAL::isIn);
    int throttled = reasons.values().stream().mapToInt(n -> n).sum() - reasons.getOrDefault(0L, 0);
    assertThat(throttled).isPositive().isLessThan(reasons.getOrDefault(0L, 0) / 4);
  }

  private static NodeStatuses statuses() {
    return new NodeStatuses(1, 0, new Day(1), 8, 4, 2, 700_000);
  }

  private static DeviceStatus gpu(NodeStatuses of, long millis, long mean, long now) {
    long since = of.begin(millis);
    of.gpu(0, "gpu0", since, mean, now, BUSY, 0.5);
    return of.take().getFirst();
  }

  @Test
  void temperature_followsPower_withItsTimeConstant() {
    NodeStatuses of = statuses();
    long cold = gpu(of, START, 70_000, 70_000).get(StatusColumn.TEMPERATURE_DECIDEGREES);
    long after20 = 0;
    long last = cold;
    for (int i = 1; i <= 30; i++) {
      long now =
          gpu(of, START + i * 10_000L, 600_000, 600_000).get(StatusColumn.TEMPERATURE_DECIDEGREES);
      assertThat(now).isGreaterThanOrEqualTo(last);
      last = now;
      after20 = i == 2 ? now : after20;
    }
    // 530 W more are some 41 degrees; of them 63 % after the time constant
    assertThat(last - cold).isBetween(350L, 480L);
    assertThat((double) (after20 - cold) / (last - cold)).isBetween(0.61, 0.65);
  }

  @Test
  void clocks_fallTheMoreTheLessPowerIsLeft() {
    NodeStatuses of = statuses();
    long last = 1_980;
    for (int watts = 600; watts <= 710; watts += 10) {
      DeviceStatus status = gpu(of, START, 400_000, watts * 1_000L);
      long clock = status.get(StatusColumn.SM_CLOCK_MEGAHERTZ);
      assertThat(clock).isLessThanOrEqualTo(last);
      assertThat(ThrottleReason.POWER_CAP.isIn(status.get(StatusColumn.THROTTLE_REASONS)))
          .as("%d W", watts)
          .isEqualTo(watts > 658);
      last = clock;
    }
    assertThat(last).isBetween(1_500L, 1_800L);
  }

  /** Of a GPU that is hot by what it consumed before, and consumes little now. */
  @Test
  void clocks_fallWithHeat_whateverThePowerIs() {
    int hot = 0;
    for (int seed = 0; seed < 2_000; seed++) {
      NodeStatuses of = new NodeStatuses(seed, 0, new Day(1), 8, 4, 2, 700_000);
      DeviceStatus status = gpu(of, START, 700_000, 400_000);
      long tenths = status.get(StatusColumn.TEMPERATURE_DECIDEGREES);
      long clock = status.get(StatusColumn.SM_CLOCK_MEGAHERTZ);
      if (tenths > 870) {
        hot++;
        assertThat(status.get(StatusColumn.THROTTLE_REASONS))
            .isEqualTo(ThrottleReason.THERMAL.bit());
        // 60 MHz for each degree, in steps of 15
        assertThat(clock).isCloseTo(1_980 - (tenths - 870) * 6, within(25L));
        assertThat(clock).isLessThan(1_980);
      } else {
        assertThat(clock).isEqualTo(1_980);
      }
    }
    assertThat(hot).isBetween(10, 400);
  }

  @Test
  void errors_areRare_andAnErrorHasItsCode() {
    NodeStatuses of = statuses();
    Map<StatusColumn, Long> sums = new HashMap<>();
    int rounds = 300_000;
    for (int i = 0; i < rounds; i++) {
      DeviceStatus status = gpu(of, START + i * 10_000L, 400_000, 400_000);
      status.values().forEach((column, value) -> sums.merge(column, value, Long::sum));
      assertThat(status.values().containsKey(StatusColumn.LAST_XID))
          .isEqualTo(status.get(StatusColumn.XID_ERRORS) > 0);
    }
    assertThat(sums.get(StatusColumn.ECC_CORRECTED_ERRORS)).isBetween(30L, 120L);
    assertThat(sums.get(StatusColumn.ECC_UNCORRECTED_ERRORS)).isBetween(0L, 4L);
    assertThat(sums.get(StatusColumn.XID_ERRORS)).isBetween(1L, 15L);
  }

  /** Water is of the site's heat, and none is lost between two statuses. */
  @Test
  void water_isByTheSitesEnergy() {
    Recorder recorder = run(new SimulationOptions("site", 4, 3), 1_800_000);
    long millilitres = 0;
    long microjoules = 0;
    for (TelemetryBatch batch : recorder.batches) {
      for (DeviceStatus status : batch.statuses()) {
        if (status.deviceId().equals(SiteMeters.FACILITY)) {
          millilitres += status.get(StatusColumn.WATER_MILLILITRES);
        }
      }
      for (DeviceSeries series : batch.devices()) {
        if (series.device().id().equals(SiteMeters.FACILITY)) {
          long[] energy = series.readings().energyMicrojoules();
          microjoules = energy[energy.length - 1];
        }
      }
    }
    assertThat(millilitres / (microjoules / 3.6e12)).isBetween(190.0, 1_200.0);
  }

  /** A bad day's clocks and split GPUs leave statuses that can be used. */
  @Test
  void aBadDay_hasStatusesToo() {
    SimulationOptions options = new SimulationOptions("site", 12, 3, 0, FaultRates.DEFAULT);
    long count =
        run(options, 300_000).batches.stream().mapToLong(batch -> batch.statuses().size()).sum();
    assertThat(count).isGreaterThan(12 * 6 * 20);
  }
}

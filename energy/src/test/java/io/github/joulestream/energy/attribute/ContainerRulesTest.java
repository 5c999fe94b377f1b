// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.SiteAmount.*;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts in a node's total, by example: a GPU of 300 W beside meters of every kind. */
class ContainerRulesTest {
  private static final long START = 1_700_000_000_000L;
  private static final long SILENT = Readings.MISSING;
  private static final Device METER = Device.sensor("node", DeviceKind.NODE);
  private static final Device GPU =
      Device.sensor("gpu0", DeviceKind.GPU).withContainedIn(DeviceKind.NODE);

  /** A node whose agent reads once a second and sends every two. */
  private static final class Node {
    final NodeAccount account = new NodeAccount(Limits.DEFAULT);
    final List<Arrival> history = new ArrayList<>();
    final Map<Long, Totals<SiteAmount>> windows = new TreeMap<>();
    final Totals<JobAmount> job = Totals.ofJob();
    int lookUps;
    long sequence;

    private List<Arrival> between(long from, long to) {
      lookUps++;
      return history.stream()
          .filter(arrival -> {
            long[] times = arrival.devices().getFirst().readings().epochMillis();
            return times[times.length - 1] >= from && times[times.length - 1] <= to;
          })
          .toList();
    }

    void take(long atSecond, DeviceSeries... series) {
      Increments books = new Increments();
      Arrival arrival = new Arrival(START + (atSecond + 2) * 1_000, List.of(series));
      history.add(account.accept(1, sequence++, arrival, this::between, books).kept(arrival));
      add(books);
    }

    void hold(int fromSecond, int toSecond) {
      for (boolean hold : List.of(true, false)) {
        Increments books = new Increments();
        account.accept(
            new AllocationEdge(
                "a",
                hold,
                START + (hold ? fromSecond : toSecond) * 1_000L,
                hold ? Map.of("gpu0", 10_000) : Map.of(),
                0,
                0,
                0,
                hold ? 5_000 : 0,
                1,
                AllocationEdge.By.HOOK,
                START),
            this::between,
            books);
        add(books);
      }
    }

    private void add(Increments books) {
      books
          .site()
          .forEach((window, totals) ->
              windows.computeIfAbsent(window, _ -> Totals.ofSite()).addAll(totals));
      JobSums.of(books).values().forEach(windows -> windows.values().forEach(job::addAll));
    }

    /** A GPU of 300 W, and a meter that says this; {@code SILENT}: a row without a value. */
    void run(int fromSecond, int toSecond, int meterEvery, long meterMilliwatts) {
      for (int second = fromSecond; second < toSecond; second += 2) {
        List<DeviceSeries> series = new ArrayList<>();
        series.add(
            new DeviceSeries(
                GPU,
                Readings.ofPower(
                    new long[] {START + second * 1_000L, START + second * 1_000L + 1_000},
                    new long[] {300_000, 300_000})));
        if (meterEvery > 0 && second / 2 * 2 % meterEvery < 2) {
          series.add(
              new DeviceSeries(
                  METER,
                  Readings.ofPower(
                      new long[] {START + second * 1_000L + 500}, new long[] {meterMilliwatts})));
        }
        take(second, series.toArray(DeviceSeries[]::new));
      }
    }

    long of(int windowSecond, SiteAmount amount) {
      return windows.getOrDefault(START + windowSecond * 1_000L, Totals.ofSite()).get(amount);
    }

    long joules(int fromSecond, int toSecond, SiteAmount amount) {
      long sum = 0;
      for (int second = fromSecond; second < toSecond; second += 10) {
        sum += of(second, amount);
      }
      assertThat(sum % 1_000).isZero();
      return sum / 1_000;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, SILENT, 4_294_967_295_000L, Long.MAX_VALUE})
  void aMeterThatNeverMeasures_takesNothing(long says) {
    Node node = new Node();
    node.hold(10, 40);
    node.run(0, 60, 2, says);
    assertThat(node.joules(10, 40, MEASURED_TOTAL_MILLIJOULES)).isEqualTo(9_000);
    assertThat(node.job.get(JobAmount.TOTAL_MILLIJOULES)).isEqualTo(9_000_000);
    assertThat(node.job.get(JobAmount.WHOLE_NODE_MILLIJOULES)).isZero();
    // the job's half of the meter
    assertThat(node.job.get(JobAmount.COVERED_MILLIS)).isEqualTo(30_000);
    assertThat(node.job.get(JobAmount.UNCOVERED_MILLIS)).isEqualTo(15_000);
    assertThat(node.joules(10, 40, UNCOVERED_MILLIS)).isEqualTo(30);
  }

  @Test
  void aMeterThatMeasures_countsInsteadOfItsParts() {
    Node node = new Node();
    node.hold(10, 40);
    node.run(0, 60, 2, 1_000_000);
    assertThat(node.joules(10, 40, MEASURED_TOTAL_MILLIJOULES)).isEqualTo(30_000);
    assertThat(node.joules(10, 40, WHOLE_NODE_MILLIJOULES)).isEqualTo(30_000);
    assertThat(node.joules(10, 40, MEASURED_GPU_MILLIJOULES)).isEqualTo(9_000);
    assertThat(node.job.get(JobAmount.TOTAL_MILLIJOULES)).isEqualTo(15_000_000);
    assertThat(node.job.get(JobAmount.UNCOVERED_MILLIS)).isZero();
  }

  @Test
  void aMeterThatFallsSilent_isReplacedByItsParts_untilItIsBack() {
    Node node = new Node();
    node.run(0, 100, 2, 1_000_000);
    node.run(100, 700, 2, 0);
    assertThat(node.joules(10, 90, MEASURED_TOTAL_MILLIJOULES)).isEqualTo(80_000);
    assertThat(node.joules(100, 700, WHOLE_NODE_MILLIJOULES)).isZero();
    assertThat(node.joules(100, 690, MEASURED_TOTAL_MILLIJOULES)).isEqualTo(59 * 3_000);
    assertThat(node.joules(100, 690, UNCOVERED_MILLIS)).isEqualTo(590);
    node.run(700, 800, 2, 1_000_000);
    assertThat(node.joules(100, 700, MEASURED_TOTAL_MILLIJOULES)).isEqualTo(60 * 3_000);
    assertThat(node.joules(710, 790, MEASURED_TOTAL_MILLIJOULES)).isEqualTo(80_000);
  }

  @Test
  void aGapOfMinutes_isTheMeters() {
    Node node = new Node();
    node.run(0, 100, 2, 1_000_000);
    node.run(100, 300, 0, 0);
    assertThat(node.joules(200, 290, MEASURED_TOTAL_MILLIJOULES)).isEqualTo(27_000);
    node.run(300, 400, 2, 1_000_000);
    assertThat(node.joules(10, 390, MEASURED_TOTAL_MILLIJOULES)).isEqualTo(380_000);
    assertThat(node.joules(10, 390, WHOLE_NODE_MILLIJOULES)).isEqualTo(380_000);
    assertThat(node.joules(10, 390, UNCOVERED_MILLIS)).isZero();
  }

  /** Where nothing changes, nothing is looked up and nothing is booked again. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2, 6, 10, 30, 60})
  void aMeterOfAnyCadence_orNone_costsNothingInTheLongRun(int every) {
    Node node = new Node();
    node.run(0, 300, every, 1_000_000);
    int before = node.lookUps;
    node.run(300, 1_500, every, 1_000_000);
    assertThat(node.lookUps).isEqualTo(before);
    assertThat(node.joules(300, 1_200, MEASURED_TOTAL_MILLIJOULES))
        .isEqualTo(every == 0 ? 90 * 3_000 : 90 * 10_000);
  }

  @Test
  void aMeterThatIsDead_costsNothingInTheLongRun() {
    Node node = new Node();
    node.run(0, 100, 2, 1_000_000);
    node.run(100, 300, 2, 0);
    int before = node.lookUps;
    node.run(300, 1_500, 2, 0);
    assertThat(node.lookUps).isEqualTo(before);
  }

  @Test
  void whatANodeDrawsNow_goesByTheSameRule() {
    Node node = new Node();
    node.run(0, 60, 2, 0);
    assertThat(requireNonNull(node.account.powerNow("n", false, false)).totalMilliwatts())
        .isEqualTo(300_000);
    node.run(60, 100, 2, 1_000_000);
    assertThat(requireNonNull(node.account.powerNow("n", false, false)).totalMilliwatts())
        .isEqualTo(1_000_000);
    node.run(100, 130, 0, 0);
    assertThat(requireNonNull(node.account.powerNow("n", false, false)).totalMilliwatts())
        .isEqualTo(300_000);
  }

  @Test
  void modelledMemory_countsWhereTheMeasuredIsSilent_andNeverBesideAMeter() {
    Device measured = Device.sensor("dram", DeviceKind.MEMORY).withContainedIn(DeviceKind.NODE);
    Device modelled =
        Device.sensor("memory", DeviceKind.MEMORY)
            .withSource(PowerSource.MODELLED)
            .withContainedIn(DeviceKind.MEMORY);
    Node node = new Node();
    for (int second = 0; second < 900; second += 2) {
      List<DeviceSeries> series = new ArrayList<>();
      series.add(power(modelled, second, 20_000));
      if (second < 300) {
        series.add(power(measured, second, 30_000));
      }
      if (second >= 600) {
        series.add(power(METER, second, 500_000));
      }
      node.take(second, series.toArray(DeviceSeries[]::new));
    }
    assertThat(node.joules(100, 290, MEASURED_TOTAL_MILLIJOULES)).isEqualTo(19 * 300);
    assertThat(node.joules(300, 600, MEASURED_TOTAL_MILLIJOULES)).isEqualTo(30 * 200);
    assertThat(node.joules(600, 890, MEASURED_TOTAL_MILLIJOULES)).isEqualTo(29 * 5_000);
  }

  @Test
  void aSecondMeter_takesOver_butAFigureOfAPartDoesNot() {
    Device second = Device.sensor("node-2", DeviceKind.NODE).withContainedIn(DeviceKind.NODE);
    for (long milliwatts : new long[] {900_000, 60_000}) {
      Node node = new Node();
      for (int at = 0; at < 600; at += 2) {
        List<DeviceSeries> series =
            new ArrayList<>(List.of(power(GPU, at, 300_000), power(second, at, milliwatts)));
        if (at < 300) {
          series.add(power(METER, at, 1_000_000));
        }
        node.take(at, series.toArray(DeviceSeries[]::new));
      }
      assertThat(node.joules(100, 290, MEASURED_TOTAL_MILLIJOULES)).isEqualTo(19 * 10_000);
      assertThat(node.joules(310, 590, MEASURED_TOTAL_MILLIJOULES))
          .isEqualTo(28L * (milliwatts == 900_000 ? 9_000 : 3_000));
    }
  }

  private static DeviceSeries power(Device device, int second, long milliwatts) {
    return new DeviceSeries(
        device, Readings.ofPower(new long[] {START + second * 1_000L}, new long[] {milliwatts}));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DevicePower;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.EnergyCounter;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.integrate.Calibration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Each rule by example, and what more readings do. */
class NodeRulesTest {
  private static final long START = 1_700_000_000_000L;
  private static final long WATT = 1_000;
  private static final long[] NONE = {};
  private static final Device GPU =
      Device.sensor("gpu0", DeviceKind.GPU)
          .withSource(PowerSource.COUNTER)
          .withModel("H100", 700 * WATT)
          .withCounter(1, 0);

  /** A node, its history, and what its books add up to. */
  private static final class Node {
    final NodeAccount account;
    final List<Arrival> history = new ArrayList<>();
    final Totals<SiteAmount> site = Totals.ofSite();
    final Map<String, Totals<JobAmount>> jobs = new HashMap<>();
    long sequence;
    long arrival = START + 3_600_000;

    Node() {
      this(Calibration.NONE);
    }

    Node(Calibration calibration) {
      account = new NodeAccount(Limits.DEFAULT, calibration);
    }

    Outcome take(DeviceSeries... series) {
      return take(1, series);
    }

    Outcome take(long epoch, DeviceSeries... series) {
      Increments books = new Increments();
      Outcome outcome =
          account.accept(
              epoch, sequence++, new Arrival(arrival, List.of(series)), this::between, books);
      history.add(outcome.kept(new Arrival(arrival, List.of(series))));
      add(books);
      return outcome;
    }

    void take(AllocationEdge edge) {
      Increments books = new Increments();
      account.accept(edge, this::between, books);
      add(books);
    }

    // as the store does: what arrived over an hour and ten minutes ago is gone
    private List<Arrival> between(long from, long to) {
      return history.stream()
          .filter(old -> old.arrivalEpochMillis() >= arrival - 70 * 60_000)
          .filter(old -> {
            long latest =
                old.devices().stream()
                    .flatMapToLong(series -> LongStream.of(series.readings().epochMillis()))
                    .max()
                    .orElse(Long.MIN_VALUE);
            return latest >= from && latest <= to;
          })
          .toList();
    }

    private void add(Increments books) {
      books.site().values().forEach(site::addAll);
      JobSums.of(books)
          .forEach((job, windows) ->
              windows.values().forEach(jobs.computeIfAbsent(job, _ -> Totals.ofJob())::addAll));
      assertThat(site.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
          .isEqualTo(
              site.get(SiteAmount.JOBS_TOTAL_MILLIJOULES)
                  + site.get(SiteAmount.IDLE_TOTAL_MILLIJOULES));
    }

    long joules(SiteAmount amount) {
      assertThat(site.get(amount) % 1_000).isZero();
      return site.get(amount) / 1_000;
    }

    long job(String job, JobAmount amount) {
      return jobs.getOrDefault(job, Totals.ofJob()).get(amount);
    }
  }

  private static AllocationEdge hold(String job, int second, int parts) {
    return new AllocationEdge(
        job,
        true,
        START + second * 1_000L,
        Map.of("gpu0", parts),
        0,
        0,
        0,
        0,
        1,
        AllocationEdge.By.HOOK,
        START);
  }

  private static AllocationEdge edge(
      String job, boolean hold, int second, Map<String, Integer> parts, AllocationEdge.By by) {
    return new AllocationEdge(job, hold, START + second * 1_000L, parts, 0, 0, 0, 0, 1, by, START);
  }

  private static AllocationEdge release(String job, int second, AllocationEdge.By by) {
    return new AllocationEdge(
        job, false, START + second * 1_000L, Map.of(), 0, 0, 0, 0, 0, by, START);
  }

  /** A reading each second from one to another, both included. */
  private static long[] seconds(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToLong(second -> START + second * 1_000L).toArray();
  }

  private static long[] constant(int size, long value) {
    long[] values = new long[size];
    Arrays.fill(values, value);
    return values;
  }

  /** At a constant power, with a counter that is right. */
  private static Readings counting(int from, int to, long watts) {
    long[] times = seconds(from, to);
    return Readings.ofCounter(
        times,
        constant(times.length, watts * WATT),
        LongStream.of(times).map(time -> (time - START) * watts * WATT).toArray());
  }

  private static DeviceSeries of(Device device, Readings readings) {
    return new DeviceSeries(device, readings);
  }

  @Test
  void aStuckCounter_isReplacedByPower_fromItsFirstSecond_howeverItIsBatched() {
    Readings readings = counting(0, 60, 400);
    long[] energy = readings.energyMicrojoules();
    // from second 20 to 40 it stands; then it has lost what was drawn meanwhile
    for (int i = 21; i <= 40; i++) {
      energy[i] = energy[20];
    }
    for (int i = 41; i <= 60; i++) {
      energy[i] -= 20 * 400 * 1_000_000L;
    }
    for (int batch : new int[] {1, 7, 61}) {
      Node node = new Node();
      for (int from = 0; from <= 60; from += batch) {
        int to = Math.min(61, from + batch);
        node.take(
            of(
                GPU,
                Readings.ofCounter(
                    Arrays.copyOfRange(readings.epochMillis(), from, to),
                    Arrays.copyOfRange(readings.powerMilliwatts(), from, to),
                    Arrays.copyOfRange(energy, from, to))));
      }
      assertThat(node.joules(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(60 * 400);
      assertThat(node.site.get(SiteAmount.COUNTER_STUCK_MILLIS)).isEqualTo(20_000);
      // and the second in which it begins to count again
      assertThat(node.joules(SiteAmount.QUALITY_ESTIMATED_MILLIJOULES)).isEqualTo(21 * 400);
    }
  }

  @Test
  void aCounterThatCatchesUp_isRightInTheEnd_howeverItIsBatched() {
    Readings readings = counting(0, 60, 400);
    long[] energy = readings.energyMicrojoules();
    for (int i = 21; i <= 40; i++) {
      energy[i] = energy[20];
    }
    for (int batch : new int[] {1, 7, 61}) {
      Node node = new Node();
      for (int from = 0; from <= 60; from += batch) {
        int to = Math.min(61, from + batch);
        node.take(
            of(
                GPU,
                Readings.ofCounter(
                    Arrays.copyOfRange(readings.epochMillis(), from, to),
                    constant(to - from, 390 * WATT),
                    Arrays.copyOfRange(energy, from, to))));
      }
      assertThat(node.joules(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(60 * 400);
      assertThat(node.site.get(SiteAmount.COUNTER_STUCK_MILLIS)).isZero();
      assertThat(node.site.get(SiteAmount.QUALITY_ESTIMATED_MILLIJOULES)).isZero();
    }
  }

  @Test
  void gaps_areMeasuredUpToTenSeconds_estimatedUpToFiveMinutes_andThenNotInvented() {
    long[][] gaps = {{10, 0}, {11, 1}, {300, 1}, {301, 2}};
    for (long[] gap : gaps) {
      Node node = new Node();
      node.take(hold("a", 0, 10_000));
      node.take(
          of(
              GPU,
              Readings.ofPower(
                  new long[] {START, START + gap[0] * 1_000}, constant(2, 400 * WATT))));
      long energy = gap[0] * 400;
      assertThat(node.joules(SiteAmount.QUALITY_MEASURED_MILLIJOULES))
          .isEqualTo(gap[1] == 0 ? energy : 0);
      assertThat(node.joules(SiteAmount.QUALITY_ESTIMATED_MILLIJOULES))
          .isEqualTo(gap[1] == 1 ? energy : 0);
      assertThat(node.site.get(SiteAmount.UNCOVERED_MILLIS))
          .isEqualTo(gap[1] == 2 ? gap[0] * 1_000 : 0);
      assertThat(node.job("a", JobAmount.TOTAL_MILLIJOULES))
          .isEqualTo(gap[1] == 2 ? 0 : energy * 1_000);
    }
  }

  @Test
  void aCounterThatStandsStillForLess_isBelieved() {
    Readings readings = counting(0, 30, 400);
    long[] energy = readings.energyMicrojoules();
    // it is updated every nine seconds only
    for (int i = 0; i <= 30; i++) {
      energy[i] = energy[i - i % 9];
    }
    Node node = new Node();
    node.take(of(GPU, readings));
    assertThat(node.joules(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(27 * 400);
    assertThat(node.site.get(SiteAmount.COUNTER_STUCK_MILLIS)).isZero();
  }

  @Test
  void readingsWithoutTheCounter_takeNothingFromWhatItSays() {
    Readings readings = counting(0, 30, 400);
    long[] power = readings.powerMilliwatts();
    long[] energy = readings.energyMicrojoules();
    for (int i = 11; i < 20; i++) {
      energy[i] = i % 2 == 0 ? MISSING : 0x7ffffffffffffff0L;
      power[i] = i % 3 == 0 ? 900 * WATT : 100 * WATT; // power samples alias
    }
    for (int batch : new int[] {1, 4, 31}) {
      Node node = new Node();
      for (int from = 0; from <= 30; from += batch) {
        int to = Math.min(31, from + batch);
        node.take(
            of(
                GPU,
                Readings.ofCounter(
                    Arrays.copyOfRange(readings.epochMillis(), from, to),
                    Arrays.copyOfRange(power, from, to),
                    Arrays.copyOfRange(energy, from, to))));
      }
      assertThat(node.joules(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(30 * 400);
      assertThat(node.site.get(SiteAmount.QUALITY_ESTIMATED_MILLIJOULES)).isZero();
      assertThat(node.site.get(SiteAmount.REFUSED_SENTINEL)).isEqualTo(5);
    }
  }

  @Test
  void resetsJumpsAndFalls_areBookedByPower_andOnlyWhatSaysWhyIsMeasured() {
    Node node = new Node();
    node.take(of(GPU, counting(0, 10, 400)));
    // loaded anew, and says so
    Readings anew = counting(11, 20, 400);
    Arrays.setAll(anew.energyMicrojoules(), i -> 400_000_000L * i);
    node.take(of(GPU.withCounter(2, 0), anew));
    assertThat(node.joules(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(20 * 400);
    assertThat(node.site.get(SiteAmount.COUNTER_RESETS)).isEqualTo(1);
    assertThat(node.site.get(SiteAmount.QUALITY_ESTIMATED_MILLIJOULES)).isZero();

    Node silent = new Node();
    Readings spiked = counting(0, 20, 400);
    spiked.energyMicrojoules()[10] += 3_000_000_000_000_000L;
    silent.take(of(GPU, spiked));
    assertThat(silent.joules(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(20 * 400);
    assertThat(silent.site.get(SiteAmount.COUNTER_FAULTS)).isEqualTo(2); // up, and down again
    assertThat(silent.joules(SiteAmount.QUALITY_ESTIMATED_MILLIJOULES)).isEqualTo(2 * 400);
  }

  @Test
  void aCounterThatCoversMore_isKept_andTheMinuteFlagged() {
    long start = Math.floorDiv(START, 60_000) * 60_000 + 60_000;
    int offset = (int) ((start - START) / 1_000);
    Readings readings = counting(offset, offset + 125, 400);
    Arrays.fill(readings.powerMilliwatts(), 290 * WATT);
    Node node = new Node();
    node.take(of(GPU, readings));
    assertThat(node.joules(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(125 * 400);
    assertThat(node.site.get(SiteAmount.DISAGREEING_MINUTES)).isEqualTo(2);

    Arrays.fill(readings.powerMilliwatts(), 310 * WATT);
    Node agreeing = new Node();
    agreeing.take(of(GPU, readings));
    assertThat(agreeing.site.get(SiteAmount.DISAGREEING_MINUTES)).isZero();
  }

  @Test
  void instancesThatRepeatTheWholeCounter_areOneDevice() {
    Node node = new Node();
    node.take(hold("a", 0, 3_000));
    Readings readings = counting(0, 10, 400);
    node.take(
        of(
            new Device(
                "gpu0/1",
                DeviceKind.GPU,
                PowerSource.COUNTER,
                null,
                "H100",
                new DevicePower(700_000, 0),
                new EnergyCounter(1, 0),
                0,
                "gpu0"),
            readings),
        of(
            Device.sensor("gpu0/2", DeviceKind.GPU).asInstanceOf("gpu0").withCounter(1, 0),
            readings),
        of(
            Device.sensor("gpu0/3", DeviceKind.GPU).asInstanceOf("gpu0").withCounter(1, 0),
            readings));
    assertThat(node.joules(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(4_000);
    assertThat(node.job("a", JobAmount.TOTAL_MILLIJOULES)).isEqualTo(1_200_000);
    assertThat(node.site.get(SiteAmount.GPU_MILLIS)).isEqualTo(10_000);
    assertThat(node.joules(SiteAmount.SHARED_MILLIJOULES)).isEqualTo(1_200);
    assertThat(node.site.get(SiteAmount.EXCLUSIVE_MILLIJOULES)).isZero();
  }

  @Test
  void allocationsBeyondTheWhole_areScaledDown_andCounted() {
    Node node = new Node();
    node.take(hold("a", 0, 10_000));
    node.take(hold("b", 5, 10_000));
    node.take(release("a", 10, AllocationEdge.By.HOOK));
    node.take(release("b", 10, AllocationEdge.By.HOOK));
    node.take(of(GPU, counting(0, 10, 400)));
    assertThat(node.job("a", JobAmount.TOTAL_MILLIJOULES)).isEqualTo(3_000_000);
    assertThat(node.job("b", JobAmount.TOTAL_MILLIJOULES)).isEqualTo(1_000_000);
    assertThat(node.site.get(SiteAmount.OVERBOOKED_MILLIS)).isEqualTo(5_000);
  }

  @Test
  void anEndThatNeverComes_isTheAgents_orTheNextJobs_orTheLimit() {
    Node agent = new Node();
    agent.take(hold("a", 0, 10_000));
    agent.take(of(GPU, counting(0, 20, 400)));
    agent.take(release("a", 12, AllocationEdge.By.AGENT));
    assertThat(agent.job("a", JobAmount.TOTAL_MILLIJOULES)).isEqualTo(12 * 400_000);
    assertThat(agent.job("a", JobAmount.NODES_ENDED_BY_AGENT)).isEqualTo(1);
    // the hook knows better, though it says so late
    agent.take(release("a", 11, AllocationEdge.By.HOOK));
    assertThat(agent.job("a", JobAmount.TOTAL_MILLIJOULES)).isEqualTo(11 * 400_000);
    assertThat(agent.job("a", JobAmount.NODES_ENDED_BY_AGENT)).isZero();
    assertThat(agent.job("a", JobAmount.NODES_RELEASED)).isEqualTo(1);

    Node next = new Node();
    next.take(hold("a", 0, 10_000));
    next.take(of(GPU, counting(0, 20, 400)));
    next.take(hold("b", 15, 10_000));
    assertThat(next.job("a", JobAmount.TOTAL_MILLIJOULES)).isEqualTo(15 * 400_000);
    assertThat(next.job("b", JobAmount.TOTAL_MILLIJOULES)).isEqualTo(5 * 400_000);
    assertThat(next.job("a", JobAmount.NODES_TAKEN_OVER)).isEqualTo(1);
    assertThat(next.site.get(SiteAmount.OVERBOOKED_MILLIS)).isZero();

    Node limit = new Node();
    limit.take(hold("a", 0, 10_000));
    limit.take(of(GPU, counting(0, 20, 400)));
    assertThat(limit.job("a", JobAmount.NODES_EXPIRED)).isZero();
    int days = 32 * 86_400;
    limit.arrival += days * 1_000L;
    limit.take(of(GPU, counting(days, days + 10, 400)));
    assertThat(limit.job("a", JobAmount.NODES_EXPIRED)).isEqualTo(1);
    assertThat(limit.joules(SiteAmount.IDLE_TOTAL_MILLIJOULES)).isGreaterThanOrEqualTo(10 * 400);
  }

  @Test
  void devicesThatNobodySaw_areUncovered_untilTheyAreSeen() {
    Node node = new Node();
    node.take(hold("a", 0, 10_000));
    node.take(release("a", 10, AllocationEdge.By.HOOK));
    assertThat(node.job("a", JobAmount.UNCOVERED_MILLIS)).isEqualTo(10_000);
    node.take(of(GPU, counting(0, 10, 400)));
    assertThat(node.job("a", JobAmount.UNCOVERED_MILLIS)).isZero();
    assertThat(node.job("a", JobAmount.COVERED_MILLIS)).isEqualTo(10_000);
    assertThat(node.site.get(SiteAmount.UNCOVERED_MILLIS)).isZero();
  }

  @Test
  void ofADeviceThatNobodySaw_theTimeIsUncoveredThatTheJobHadIt_byItsShare() {
    List<AllocationEdge> edges =
        List.of(
            edge("a", true, 0, Map.of("lost", 10_000), AllocationEdge.By.HOOK),
            edge("a", true, 4, Map.of("lost", 5_000), AllocationEdge.By.HOOK),
            // it gives it back, and ends later
            edge("a", false, 10, Map.of("lost", 5_000), AllocationEdge.By.HOOK),
            release("a", 20, AllocationEdge.By.HOOK),
            // requeued
            edge("a", true, 30, Map.of("lost", 10_000), AllocationEdge.By.HOOK),
            release("a", 32, AllocationEdge.By.HOOK));
    for (int seed = 0; seed < 50; seed++) {
      List<AllocationEdge> shuffled = new ArrayList<>(edges);
      Collections.shuffle(shuffled, new Random(seed));
      Node node = new Node();
      shuffled.forEach(node::take);
      assertThat(node.job("a", JobAmount.UNCOVERED_MILLIS)).isEqualTo(4_000 + 3_000 + 2_000);
      assertThat(node.site.get(SiteAmount.UNCOVERED_MILLIS)).isEqualTo(9_000);
    }
  }

  @Test
  void aDeviceThatTurnsOutToBeAnother_leavesNothingUncovered() {
    Node node = new Node();
    node.take(edge("a", true, 0, Map.of("by another name", 10_000), AllocationEdge.By.HOOK));
    // the same moment, once the name is understood
    node.take(edge("a", false, 0, Map.of("by another name", 10_000), AllocationEdge.By.HOOK));
    node.take(hold("a", 0, 10_000));
    node.take(of(GPU, counting(0, 10, 400)));
    node.take(release("a", 10, AllocationEdge.By.HOOK));
    assertThat(node.job("a", JobAmount.UNCOVERED_MILLIS)).isZero();
    assertThat(node.job("a", JobAmount.COVERED_MILLIS)).isEqualTo(10_000);
  }

  @Test
  void aSpoolThatComesAfterHours_isBooked_thoughTheHistoryIsGone() {
    Node whole = new Node();
    whole.arrival = START + 20_000_000;
    whole.take(hold("a", 5, 10_000));
    whole.take(of(GPU, counting(0, 20_000, 400)));

    Node cut = new Node();
    cut.take(hold("a", 5, 10_000));
    cut.arrival = START + 100_000;
    cut.take(of(GPU, counting(0, 100, 400)));
    // cut off for four hours; on its return it says first how things are now
    cut.arrival = START + 15_011_000;
    cut.take(of(GPU, counting(15_001, 15_010, 400)));
    for (int from = 101; from <= 15_000; from += 1_000) {
      cut.arrival += 100;
      assertThat(cut.take(of(GPU, counting(from, Math.min(15_000, from + 999), 400))).refusals())
          .isEmpty();
    }
    cut.arrival = START + 20_000_000;
    cut.take(of(GPU, counting(15_011, 20_000, 400)));
    assertThat(cut.site.get(SiteAmount.REFUSED_LATE)).isZero();
    for (SiteAmount amount : SiteAmount.values()) {
      assertThat(cut.site.get(amount)).as(amount.name()).isEqualTo(whole.site.get(amount));
    }
    assertThat(cut.jobs).isEqualTo(whole.jobs);
  }

  @Test
  void whatComesLaterStill_isRefused_andSaid() {
    Node node = new Node();
    node.arrival = START + 1_000_000;
    node.take(of(GPU, counting(0, 1_000, 400)));
    node.arrival = START + 10_000_000;
    Outcome late =
        node.take(of(GPU, Readings.ofPower(new long[] {START + 500_500}, new long[] {1})));
    assertThat(late.refusals().getFirst()).contains("late");
    assertThat(node.site.get(SiteAmount.REFUSED_LATE)).isEqualTo(1);
    assertThat(node.joules(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(1_000 * 400);
  }

  @Test
  void aClockThatIsAhead_andTwoAgentsOnOneNode_areCounted() {
    Node ahead = new Node();
    ahead.arrival = START + 5_000;
    ahead.take(of(GPU, counting(0, 10, 400)));
    assertThat(ahead.site.get(SiteAmount.CLOCK_AHEAD_READINGS)).isEqualTo(4);
    assertThat(ahead.joules(SiteAmount.QUALITY_ESTIMATED_MILLIJOULES)).isEqualTo(4 * 400);

    Node rivals = new Node();
    rivals.take(1, of(GPU, counting(0, 10, 400)));
    rivals.take(2, of(GPU, counting(11, 20, 400)));
    assertThat(rivals.site.get(SiteAmount.RIVAL_AGENT_BATCHES)).isZero();
    rivals.take(1, of(GPU, counting(21, 30, 400)));
    assertThat(rivals.site.get(SiteAmount.RIVAL_AGENT_BATCHES)).isEqualTo(1);
    assertThat(rivals.site.get(SiteAmount.REFUSED_CONFLICT)).isEqualTo(10);
    assertThat(rivals.joules(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(20 * 400);
  }

  @Test
  void calibration_changesPowerAndCounterAlike() {
    Calibration tenth = new Calibration(Map.of("H100", new Calibration.Line(1_100_000, 0)));
    Node node = new Node(tenth);
    node.take(of(GPU, counting(0, 10, 400)));
    assertThat(node.joules(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(4_400);
    Node power = new Node(tenth);
    power.take(of(GPU, Readings.ofPower(seconds(0, 10), constant(11, 400 * WATT))));
    assertThat(power.joules(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(4_400);
  }

  /**
   * More readings never make it less right. Of a device whose power changes as it likes and whose
   * counter is exact: the sum between the first and the last reading is exact whatever was read in
   * between, with the counter or without; and what a job's part is off by is no more than what was
   * drawn in the two intervals in which it began and ended.
   */
  @Test
  void law_moreReadingsNeverMakeItLessRight() {
    long seed = 4_711;
    System.out.println("NodeRulesTest seed " + seed);
    for (int round = 0; round < 300; round++) {
      Random random = new Random(seed + round);
      int length = 50; // no rule looks further than a minute
      long[] counter = new long[length * 10 + 1];
      long[] watts = new long[length * 10 + 1];
      for (int i = 0; i <= length * 10; i++) {
        watts[i] = 1L + random.nextInt(700);
        counter[i] = i == 0 ? 0 : counter[i - 1] + watts[i - 1] * WATT * 100;
      }
      int holdAt = 50 + random.nextInt(200);
      int releaseAt = holdAt + random.nextInt(200);
      // every tenth of a second, then fewer and fewer of them
      List<Integer> read = new ArrayList<>(IntStream.rangeClosed(0, length * 10).boxed().toList());
      while (read.size() > 15) {
        List<Integer> kept = new ArrayList<>();
        for (int i : read) {
          if (i == 0 || i == length * 10 || random.nextInt(3) > 0) {
            kept.add(i);
          }
        }
        read = kept;
        long[] energy =
            read.stream()
                .mapToLong(
                    i -> i > 0 && i < length * 10 && random.nextInt(3) == 0 ? MISSING : counter[i])
                .toArray();
        Node node = new Node();
        node.take(tenths("a", true, holdAt));
        node.take(tenths("a", false, releaseAt));
        node.take(
            of(
                GPU,
                new Readings(
                    read.stream().mapToLong(i -> START + i * 100L).toArray(),
                    read.stream().mapToLong(i -> watts[i] * WATT).toArray(),
                    energy,
                    NONE,
                    NONE,
                    NONE,
                    NONE)));
        assertThat(node.site.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
            .as("round " + round)
            .isBetween(counter[length * 10] / 1_000 - 20, counter[length * 10] / 1_000 + 20);
        long truth = counter[releaseAt] - counter[holdAt];
        long error = Math.abs(node.job("a", JobAmount.TOTAL_MILLIJOULES) * 1_000 - truth);
        assertThat(error)
            .as("round " + round)
            .isLessThanOrEqualTo(
                around(read, energy, counter, holdAt)
                    + around(read, energy, counter, releaseAt)
                    + 30_000);
      }
    }
  }

  @Test
  void aDeviceThatABatchNamesTwice_isBookedOnce() {
    Node node = new Node();
    node.take(new DeviceSeries(GPU, counting(0, 10, 100)));
    node.take(
        new DeviceSeries(GPU, counting(11, 20, 100)), new DeviceSeries(GPU, counting(15, 25, 100)));
    assertThat(node.joules(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(2_500);
    assertThat(node.site.get(SiteAmount.COVERED_MILLIS)).isEqualTo(25_000);
  }

  private static AllocationEdge tenths(String job, boolean hold, int tenth) {
    return new AllocationEdge(
        job,
        hold,
        START + tenth * 100L,
        hold ? Map.of("gpu0", 10_000) : Map.of(),
        0,
        0,
        0,
        0,
        1,
        AllocationEdge.By.HOOK,
        START);
  }

  /** What was drawn between the two readings of the counter around a time. */
  private static long around(List<Integer> read, long[] energy, long[] counter, int tenth) {
    int before = 0;
    for (int i = 0; i < read.size(); i++) {
      if (energy[i] == MISSING) {
        continue;
      }
      if (read.get(i) > tenth) {
        return counter[read.get(i)] - counter[before];
      }
      before = read.get(i);
    }
    return 0;
  }
}

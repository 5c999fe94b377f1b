// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Two sources that speak for one device at one time are kept apart, and nobody else is. */
class ConflictRulesTest {
  private static final long SEED = Long.getLong("laws.seed", 18);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 400);
  private static final long START = 1_700_000_000_000L;
  private static final long WATT = 1_000;
  private static final Device GPU =
      Device.sensor("gpu0", DeviceKind.GPU).withSource(PowerSource.COUNTER).withCounter(1, 0);

  /** Readings of one machine at a constant power, each second of these, with its own counter. */
  private static DeviceSeries series(Device device, int from, int to, long watts) {
    long[] times = LongStream.rangeClosed(from, to).map(second -> START + second * 1_000).toArray();
    return new DeviceSeries(
        device,
        Readings.ofCounter(
            times,
            LongStream.of(times).map(_ -> watts * WATT).toArray(),
            LongStream.of(times).map(time -> (time - START) * watts * WATT).toArray()));
  }

  private static DeviceSeries ofA(int from, int to) {
    return series(GPU, from, to, 300);
  }

  private static DeviceSeries ofB(int from, int to) {
    return series(GPU.withCounter(2, 0), from, to, 500);
  }

  private static long at(int second) {
    return START + second * 1_000L;
  }

  private static AllocationEdge hold(String job) {
    return new AllocationEdge(
        job, true, START, Map.of("gpu0", 10_000), 0, 0, 0, 0, 1, AllocationEdge.By.HOOK, START);
  }

  @Test
  void twoMachinesOfOneName_theOneThatBeganLastKeepsTheDevice_untilItIsSilentForAMinute() {
    BookedNode node = new BookedNode();
    node.take(hold("a"));
    long a = at(-1);
    long b = at(100);
    for (int second = 0; second < 400; second += 5) {
      if (second == 100) {
        // it begins, but of this time the other has spoken
        node.take(a, at(second + 5), ofA(second, second + 4));
      }
      if (second >= 100 && second < 200) {
        Outcome outcome = node.take(b, at(second + 5), ofB(second, second + 4));
        assertThat(outcome.refusals().isEmpty()).isEqualTo(second > 100);
      }
      if (second != 100) {
        node.take(a, at(second + 5), ofA(second, second + 4));
      }
      if (second % 60 == 0) {
        node.restart();
      }
    }
    // then it speaks until 199, and for another minute nobody
    assertThat(node.site(SiteAmount.REFUSED_CONFLICT)).isEqualTo(5 + 95 + 60);
    NavigableMap<Long, Long> kept = node.keptMilliwatts();
    kept.forEach((time, power) ->
        assertThat(power)
            .as("second %d", (time - START) / 1_000)
            .isEqualTo(time >= at(105) && time < at(200) ? 500 * WATT : 300 * WATT));
    assertThat(node.refusals)
        .anyMatch(line -> line.startsWith("refused conflict: 5 readings of gpu0"));
    assertThat(node.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
        .isEqualTo(node.job("a", JobAmount.TOTAL_MILLIJOULES));
    // between the two, and in the minute without readings, power at both ends is what is known
    assertThat(node.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES) / 1_000)
        .isBetween(104L * 300 + 94 * 500, 400L * 500);
  }

  @Test
  void anAgentThatBeginsAnew_andItsSpoolFromBefore_areNoConflict_inWhateverOrder() {
    System.out.println("ConflictRulesTest seed " + SEED);
    for (int round = 0; round < ROUNDS / 4; round++) {
      Random random = new Random(SEED + round);
      BookedNode one = new BookedNode();
      BookedNode anew = new BookedNode();
      List<Runnable> batches = new ArrayList<>();
      int lives = 1 + random.nextInt(4);
      int second = 0;
      for (int life = 0; life < lives; life++) {
        long epoch = at(second) - 1;
        int end = second + 1 + random.nextInt(60);
        while (second < end) {
          int from = second;
          int to = Math.min(end, from + 1 + random.nextInt(8)) - 1;
          second = to + 1;
          one.take(1, at(3_000), ofA(from, to));
          batches.add(() -> anew.take(epoch, at(3_000), ofA(from, to)));
        }
        second += random.nextInt(3) == 0 ? 400 : random.nextInt(20);
      }
      Collections.shuffle(batches, random);
      for (Runnable batch : batches) {
        batch.run();
        if (random.nextInt(4) == 0) {
          anew.restart();
        }
      }
      assertThat(anew.refusals).as("round " + round).isEmpty();
      assertThat(without(anew, "RIVAL")).as("round " + round).isEqualTo(one.booked());
    }
  }

  @Test
  void theSameReadingsAgain_areNoConflict_andAddNothing() {
    BookedNode node = new BookedNode();
    node.take(hold("a"));
    node.take(7, at(100), ofA(0, 50));
    Map<String, String> before = without(node, "RIVAL");
    // a trace that is published a second time, cut otherwise, by whoever
    node.take(3, at(100), ofA(20, 45));
    node.take(9, at(100), ofA(0, 10), series(GPU.withCounter(1, 0), 30, 50, 300));
    assertThat(node.refusals).isEmpty();
    assertThat(without(node, "RIVAL")).isEqualTo(before);
    // and goes on
    node.take(9, at(100), ofA(45, 60));
    assertThat(node.refusals).isEmpty();
    assertThat(node.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(60 * 300_000);
  }

  /**
   * Two to three machines under one name, each with its own power, whose batches arrive late, cut
   * and in any order: whatever is kept is of one machine at a time.
   */
  @Test
  void law_rivalsNeverTakeTurns_andWhatIsKeptAndWhatIsRefusedIsEverything() {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + 1_000_000 + round);
      int sources = 2 + random.nextInt(2);
      List<Due> due = new ArrayList<>();
      int readings = 0;
      int changes = 0;
      for (int source = 0; source < sources; source++) {
        int from = random.nextInt(200);
        int to = from + 20 + random.nextInt(300);
        int offset = random.nextInt(1_000);
        long epoch = at(from) - 500 + source;
        long watts = 100L + 100L * source;
        // as it begins and ends, and while batches are under way in both moments
        changes += 4;
        while (from <= to) {
          int last = Math.min(to, from + random.nextInt(10)); // dozens of batches each
          DeviceSeries batch =
              new DeviceSeries(
                  GPU.withCounter(source, 0),
                  series(GPU, from, last, watts).readings().movedBy(offset));
          readings += batch.readings().size();
          due.add(new Due(epoch, at(last) + random.nextInt(8_000), batch));
          from = last + 1;
        }
      }
      due.sort(Comparator.comparingLong(Due::arrivalEpochMillis));
      BookedNode node = new BookedNode();
      node.take(hold("a"));
      for (Due next : due) {
        node.take(next.epoch, next.arrivalEpochMillis, next.batch);
        if (random.nextInt(9) == 0) {
          node.restart();
        }
      }
      NavigableMap<Long, Long> kept = node.keptMilliwatts();
      assertThat(kept.size() + node.site(SiteAmount.REFUSED_CONFLICT))
          .as("round " + round)
          .isEqualTo(readings);
      assertThat(switches(kept)).as("round " + round).isLessThanOrEqualTo(changes);
      BookedNode alone = new BookedNode();
      alone.take(hold("a"));
      // the same as if only that had been said
      kept.forEach((time, power) -> {
        int source = (int) (power / 100_000) - 1;
        alone.take(
            1,
            at(1_000),
            due.stream()
                .map(Due::batch)
                .filter(batch -> batch.device().counterEpoch() == source)
                .map(batch -> batch.onlyRows(row -> batch.readings().epochMillis()[row] == time))
                .filter(batch -> batch.readings().size() > 0)
                .findFirst()
                .orElseThrow());
      });
      assertThat(alone.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
          .as("round " + round)
          .isEqualTo(node.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES));
    }
  }

  private record Due(long epoch, long arrivalEpochMillis, DeviceSeries batch) {}

  private static int switches(NavigableMap<Long, Long> kept) {
    int switches = 0;
    long before = kept.firstEntry().getValue();
    for (long power : kept.values()) {
      switches += power == before ? 0 : 1;
      before = power;
    }
    return switches;
  }

  @Test
  void law_howBatchesAreCut_makesNoDifference() {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + 2_000_000 + round);
      // runs of readings of one source each, in the order in which they arrive
      List<Due> runs = new ArrayList<>();
      int[] next = new int[3];
      for (int run = 1 + random.nextInt(12); run > 0; run--) {
        int source = random.nextInt(3);
        int from = random.nextInt(6) == 0 ? random.nextInt(500) : next[source];
        int to = from + random.nextInt(30);
        next[source] = to + 1 + (random.nextInt(8) == 0 ? 400 : 0);
        runs.add(
            new Due(
                source + 1, at(9_000), series(GPU.withCounter(source, 0), from, to, 100 + source)));
      }
      BookedNode whole = new BookedNode();
      BookedNode cut = new BookedNode();
      whole.take(hold("a"));
      cut.take(hold("a"));
      for (Due run : runs) {
        whole.take(run.epoch, run.arrivalEpochMillis, run.batch);
        long[] times = run.batch.readings().epochMillis();
        for (int row = 0; row < times.length; ) {
          long first = times[row];
          long last = times[Math.min(times.length - 1, row + random.nextInt(7))];
          cut.take(
              run.epoch,
              run.arrivalEpochMillis,
              run.batch.onlyRows(at -> times[at] >= first && times[at] <= last));
          row += (int) ((last - first) / 1_000) + 1;
        }
        cut.restart();
      }
      assertThat(without(cut, "RIVAL")).as("round " + round).isEqualTo(without(whole, "RIVAL"));
      assertThat(cut.keptMilliwatts()).isEqualTo(whole.keptMilliwatts());
    }
  }

  private static Map<String, String> without(BookedNode node, String amount) {
    Map<String, String> booked = node.booked();
    booked.replaceAll(
        (_, totals) -> totals.replaceAll("(, )?" + amount + "\\w*=\\d+", "").replace("{, ", "{"));
    booked.values().removeIf("{}"::equals);
    return booked;
  }

  @Test
  void twoProbesThatGiveOneIdToTwoDevices_theOneNamedFirstKeepsIt() {
    Device other = Device.sensor("gpu0", DeviceKind.GPU).withModel("of another probe", 0);
    for (int perBatch : new int[] {1, 5}) {
      BookedNode node = new BookedNode();
      for (int second = 0; second < 100; second += perBatch) {
        int last = second + perBatch - 1;
        DeviceSeries late =
            new DeviceSeries(other, series(other, second, last, 320).readings().movedBy(300));
        node.take(1, at(second + 10), ofA(second, last), late);
        node.restart();
      }
      assertThat(node.site(SiteAmount.REFUSED_CONFLICT)).isEqualTo(100);
      assertThat(node.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(99 * 300_000);
    }
    // at the same times, with the same words but for the power
    BookedNode node = new BookedNode();
    node.take(1, at(10), ofA(0, 5), series(GPU, 0, 5, 310));
    node.take(1, at(20), ofA(6, 9), series(GPU, 6, 10, 310));
    assertThat(node.site(SiteAmount.REFUSED_CONFLICT)).isEqualTo(11);
    assertThat(node.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(9 * 300_000);
  }

  @Test
  void aCounterThatBeginsAnewWithinABatch_isTheSameSource() {
    BookedNode node = new BookedNode();
    node.take(1, at(20), ofA(0, 9), series(GPU.withCounter(9, 0), 10, 20, 300));
    node.take(1, at(40), series(GPU.withCounter(9, 0), 21, 30, 300));
    assertThat(node.refusals).isEmpty();
    assertThat(node.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(30 * 300_000);
  }

  @Test
  void oneTrace_afterAnother_neitherWaitsForTheOther_howeverTheyAreNumbered() {
    for (long second : new long[] {1, 99}) {
      BookedNode node = new BookedNode();
      node.take(50, at(1_000_000), ofA(0, 100));
      // what comes minutes later is of something that has ended, though it follows by ten seconds
      node.take(second, at(1_000_300), series(GPU, 110, 200, 300));
      assertThat(node.refusals).isEmpty();
      assertThat(node.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(200 * 300_000);
    }
  }
}

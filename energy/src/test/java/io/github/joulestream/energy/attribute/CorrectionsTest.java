// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Balance;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.attribute.AllocationEdge.By;
import io.github.joulestream.energy.integrate.Calibration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is booked again when a record arrives late, and how much of the history that needs. */
class CorrectionsTest {
  // the start of a minute
  private static final long START = 1_700_000_040_000L;
  private static final Device GPU = Device.sensor("gpu0", DeviceKind.GPU);
  private static final Map<String, Integer> ALL = Map.of("gpu0", 10_000);

  /** A node with its books, whose history counts what is read of it. */
  private static final class Node {
    final NodeAccount account = new NodeAccount(Limits.DEFAULT);
    final List<Arrival> history = new ArrayList<>();
    final TreeMap<Long, Totals<SiteAmount>> site = new TreeMap<>();
    final TreeMap<Long, Totals<JobAmount>> job = new TreeMap<>();
    // the range of each read since the last record began
    final List<long[]> reads = new ArrayList<>();
    // older batches are gone
    long historyFrom = Long.MIN_VALUE;
    List<String> refusals = List.of();
    private long sequence;

    List<Arrival> read(long from, long to) {
      reads.add(new long[] {from, to});
      return history.stream()
          .filter(arrival -> {
            long last =
                arrival.devices().stream()
                    .flatMapToLong(series -> LongStream.of(series.readings().epochMillis()))
                    .max()
                    .orElseThrow();
            return last >= Math.max(from, historyFrom) && last <= to;
          })
          .toList();
    }

    void second(int second) {
      take(second, second * 1_000L);
    }

    /** A reading of a time that arrives later; the power depends on its time alone. */
    void take(int arrivalSecond, long... millis) {
      reads.clear();
      long[] times = LongStream.of(millis).map(at -> START + at).toArray();
      long[] powers = LongStream.of(millis).map(at -> 100_000 + at / 1_000 * 37 % 5_000).toArray();
      Arrival arrival =
          new Arrival(
              START + arrivalSecond * 1_000L,
              List.of(new DeviceSeries(GPU, Readings.ofPower(times, powers))));
      Increments books = new Increments();
      Outcome outcome = account.accept(1, sequence++, arrival, this::read, books);
      refusals = outcome.refusals();
      history.add(outcome.kept(arrival));
      add(books);
    }

    void take(AllocationEdge edge) {
      reads.clear();
      Increments books = new Increments();
      account.accept(edge, this::read, books);
      add(books);
    }

    private void add(Increments books) {
      books
          .site()
          .forEach((window, totals) ->
              site.computeIfAbsent(window, _ -> Totals.ofSite()).addAll(totals));
      JobSums.of(books)
          .getOrDefault("a", new TreeMap<>())
          .forEach(
              (window, totals) -> job.computeIfAbsent(window, _ -> Totals.ofJob()).addAll(totals));
      books
          .site()
          .keySet()
          .forEach(window ->
              assertThat(Balance.totalDifference(requireNonNull(site.get(window)))).isZero());
    }

    /** What is booked, but for windows of zeros. */
    String booked() {
      site.values().removeIf(Totals::isZero);
      job.values().removeIf(Totals::isZero);
      return site + " " + job;
    }

    long site(SiteAmount amount) {
      return site.values().stream().mapToLong(totals -> totals.get(amount)).sum();
    }

    long job(JobAmount amount) {
      return job.values().stream().mapToLong(totals -> totals.get(amount)).sum();
    }

    /** The first and the last time that was read. */
    long earliestRead() {
      return reads.stream().mapToLong(range -> range[0]).min().orElse(Long.MAX_VALUE);
    }

    long latestRead() {
      return reads.stream().mapToLong(range -> range[1]).max().orElse(Long.MIN_VALUE);
    }
  }

  private static AllocationEdge edge(boolean hold, int second, int arrivalSecond) {
    return new AllocationEdge(
        "a",
        hold,
        START + second * 1_000L,
        hold ? ALL : Map.of(),
        0,
        0,
        0,
        0,
        1,
        By.HOOK,
        START + arrivalSecond * 1_000L);
  }

  private static Node inOrder(int seconds) {
    Node node = new Node();
    for (int i = 0; i < seconds; i++) {
      node.second(i);
    }
    return node;
  }

  @Test
  void aLateReading_isBookedAsIfItHadArrivedInOrder() {
    for (int missing : new int[] {1, 59, 60, 61, 300, 597, 599}) {
      Node node = new Node();
      for (int i = 0; i < 600; i++) {
        if (i != missing) {
          node.second(i);
        }
      }
      String without = node.booked();
      node.take(600, missing * 1_000L);
      assertThat(node.booked())
          .as("second " + missing)
          .isEqualTo(inOrder(600).booked())
          .isNotEqualTo(without);
    }
  }

  @Test
  void aReadingBeforeTheFirst_isBookedAsIfItHadArrivedInOrder() {
    Node node = new Node();
    for (int i = 20; i < 400; i++) {
      node.second(i);
    }
    for (int i = 0; i < 20; i++) {
      node.take(400, i * 1_000L);
    }
    assertThat(node.booked()).isEqualTo(inOrder(400).booked());
  }

  @Test
  void inOrder_noHistoryIsRead() {
    Node node = inOrder(100);
    assertThat(node.reads).isEmpty();
    node.take(edge(true, 100, 100));
    assertThat(node.reads).isEmpty();
  }

  @Test
  void aLateReading_readsSomeMinutesAroundIt() {
    Node node = new Node();
    for (int i = 0; i < 1_800; i++) {
      if (i != 900) {
        node.second(i);
      }
    }
    node.take(1_800, 900_000);
    assertThat(node.booked()).isEqualTo(inOrder(1_800).booked());
    assertThat(node.earliestRead()).isBetween(START + 500_000, START + 840_000);
    assertThat(node.latestRead()).isBetween(START + 960_000, START + 1_300_000);
    assertThat(node.reads).hasSizeLessThanOrEqualTo(4);
  }

  @Test
  void aChangeOfShares_ofRegularReadings_readsFromTheSampleBeforeItsWindow() {
    Node node = inOrder(1_800);
    node.take(edge(true, 1_755, 1_800));
    assertThat(node.earliestRead()).isEqualTo(START + 1_750_000 - 3_000);
    Node expected = new Node();
    for (int i = 0; i < 1_800; i++) {
      if (i == 1_755) {
        expected.take(edge(true, 1_755, 1_755));
      }
      expected.second(i);
    }
    assertThat(node.booked()).isEqualTo(expected.booked());
  }

  @Test
  void whatIsOlderThanTheHistory_isRefused_andNothingChanges() {
    Node node = new Node();
    for (int i = 0; i < 1_800; i++) {
      if (i != 300) {
        node.second(i);
      }
    }
    node.historyFrom = START + 1_000_000;
    long measured = node.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    node.take(1_800, 300_000);
    assertThat(node.refusals)
        .containsExactly("refused late: 1 readings of gpu0, the first of " + (START + 300_000));
    assertThat(node.site(SiteAmount.REFUSED_LATE)).isEqualTo(1);
    assertThat(node.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(measured);
    assertThat(node.history.getLast().devices()).isEmpty();
  }

  @Test
  void ofABatchThatIsPartlyTooLate_theRestIsBooked() {
    Node node = inOrder(1_800);
    node.historyFrom = START + 1_000_000;
    node.take(1_803, 300_500, 1_800_000, 1_801_000, 1_802_000);
    assertThat(node.site(SiteAmount.REFUSED_LATE)).isEqualTo(1);
    assertThat(node.history.getLast().devices().getFirst().readings().epochMillis())
        .containsExactly(START + 1_800_000, START + 1_801_000, START + 1_802_000);
    assertThat(node.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
        .isEqualTo(inOrder(1_803).site(SiteAmount.MEASURED_TOTAL_MILLIJOULES));
  }

  @Test
  void anAllocationOlderThanTheHistory_isBookedAsFarAsItReaches() {
    Node node = inOrder(1_800);
    node.historyFrom = START + 1_000_000;
    long measured = node.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    node.take(edge(true, 300, 1_800));
    assertThat(node.site(SiteAmount.REFUSED_LATE)).isEqualTo(1);
    assertThat(node.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(measured);
    long first =
        node.job.entrySet().stream()
            .filter(window -> window.getValue().get(JobAmount.TOTAL_MILLIJOULES) != 0)
            .mapToLong(Map.Entry::getKey)
            .min()
            .orElseThrow();
    // four minutes after the first sample of the history, and the minute that this is in
    assertThat(first).isBetween(START + 1_000_000 + 60_000, START + 1_000_000 + 300_000);
    for (long window = first; window < START + 1_790_000; window += 10_000) {
      assertThat(requireNonNull(node.job.get(window)).get(JobAmount.TOTAL_MILLIJOULES))
          .isEqualTo(
              requireNonNull(node.site.get(window)).get(SiteAmount.MEASURED_TOTAL_MILLIJOULES));
    }
  }

  @Test
  void aLateReading_andALateAllocation_correctEachOther() {
    Node node = new Node();
    for (int i = 0; i < 900; i++) {
      if (i != 450) {
        node.second(i);
      }
    }
    node.take(edge(true, 440, 900));
    node.take(900, 450_000);
    node.take(edge(false, 460, 901));
    Node expected = new Node();
    expected.take(edge(true, 440, 900));
    expected.take(edge(false, 460, 901));
    for (int i = 0; i < 900; i++) {
      expected.second(i);
    }
    assertThat(node.booked()).isEqualTo(expected.booked());
    assertThat(node.job(JobAmount.TOTAL_MILLIJOULES)).isBetween(2_000_000L, 2_100_000L);
  }

  // ---- the cached history

  @Test
  void aHistoryIsReadOnce_forTimesThatWereRead() {
    Node node = inOrder(100);
    CachedHistory cached = cached(node, 0);
    node.reads.clear();
    assertThat(cached.samplesOf("gpu0", START + 10_000, START + 20_000)).hasSize(11);
    assertThat(cached.samplesOf("gpu0", START + 15_000, START + 15_000)).hasSize(1);
    assertThat(cached.samplesOf("gpu1", START + 10_000, START + 20_000)).isEmpty();
    assertThat(node.reads).hasSize(1);
    assertThat(cached.samplesOf("gpu0", START + 5_000, START + 12_000)).hasSize(8);
    assertThat(node.reads).hasSize(2);
    assertThat(node.reads.getLast()).containsExactly(START + 5_000, START + 20_000);
  }

  @Test
  void aBatchThatBeginsWithinTheTimes_isFound_howeverLongItIs() {
    Node node = new Node();
    node.take(90, LongStream.range(0, 90).map(second -> second * 1_000).toArray());
    assertThat(cached(node, 0).samplesOf("gpu0", START, START + 10_000)).isEmpty();
    assertThat(cached(node, 89_000).samplesOf("gpu0", START, START + 10_000)).hasSize(11);
    assertThat(node.account.corrections.longestBatchMillis()).isEqualTo(89_000);
  }

  @Test
  void theEndOfAllTimes_staysTheEnd() {
    Node node = inOrder(10);
    node.reads.clear();
    cached(node, 89_000).samplesOf("gpu0", Long.MIN_VALUE, Long.MAX_VALUE);
    assertThat(node.reads.getLast()).containsExactly(Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private static CachedHistory cached(Node node, long longestBatchMillis) {
    return new CachedHistory(
        node::read, new SampleReader(Limits.DEFAULT, Calibration.NONE), longestBatchMillis);
  }
}

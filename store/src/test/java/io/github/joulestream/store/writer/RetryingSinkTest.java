// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.runtime.Backoff;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.StorePoint;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryingSinkTest {
  private final Store store = new Store();
  private final List<Duration> holds = new ArrayList<>();
  private final Map<Long, String> refused = new HashMap<>();
  private final List<StorePoint> stored = new ArrayList<>();
  private int refusals;
  private boolean lost;
  private final RetryingSink sink =
      new RetryingSink(
          store,
          new RetryingSink.Origin() {
            @Override
            public boolean hold(Duration pause) {
              holds.add(pause);
              return !lost;
            }

            @Override
            public void refuse(ConsumerRecord<byte[], byte[]> record, String reason) {
              refusals++;
              refused.put(record.offset(), reason);
            }
          },
          new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30), new Random(1)),
          stored::add);

  /** Refuses points of some times, and fails as often as it is asked to. */
  private static final class Store implements PointSink {
    final Set<Long> bad = new TreeSet<>();
    final Set<Long> written = new TreeSet<>();
    final Deque<StoreUnavailable> failures = new ArrayDeque<>();
    boolean namesBadPoints;
    int requests;

    @Override
    public void write(List<StorePoint> points) {
      requests++;
      if (!failures.isEmpty()) {
        throw failures.removeFirst();
      }
      Map<Integer, String> reasons = new HashMap<>();
      for (int i = 0; i < points.size(); i++) {
        if (bad.contains(points.get(i).epochNanos())) {
          reasons.put(i, "bad point");
        }
      }
      if (!reasons.isEmpty()) {
        throw namesBadPoints
            ? new PointsRefused("partial write", reasons)
            : new PointsRefused("bad request", (Throwable) null);
      }
      points.forEach(point -> written.add(point.epochNanos()));
    }

    @Override
    public void close() {
      // nothing is open
    }
  }

  private static List<PendingPoint> points(int number) {
    return LongStream.range(0, number)
        .mapToObj(i ->
            new PendingPoint(
                new ConsumerRecord<>("job-window", 0, i, new byte[0], new byte[0]),
                new StorePoint(Measurement.JOB_WINDOW, Map.of(), Map.of("mean_watts", 1.0), i)))
        .toList();
  }

  /**
   * Points of records of several points each.
   *
   * @param record by number of the point, that of its record
   */
  private static List<PendingPoint> pointsOf(String topic, int number, LongUnaryOperator record) {
    Map<Long, ConsumerRecord<byte[], byte[]>> records = new HashMap<>();
    List<PendingPoint> pending = new ArrayList<>();
    for (PendingPoint each : points(number)) {
      ConsumerRecord<byte[], byte[]> origin =
          records.computeIfAbsent(
              record.applyAsLong(each.origin().offset()),
              offset -> new ConsumerRecord<>(topic, 0, offset, new byte[0], new byte[0]));
      pending.add(new PendingPoint(origin, each.point()));
    }
    return pending;
  }

  @Test
  void whatTheStoreTakes_isCountedAndPassedOn() {
    assertThat(sink.write(points(3))).isTrue();
    assertThat(store.written).containsExactly(0L, 1L, 2L);
    assertThat(stored).hasSize(3);
    assertThat(sink.points()).isEqualTo(3);
    assertThat(sink.trouble()).isEmpty();
  }

  @Test
  void whileTheStoreIsUnavailable_pausesGrow_orLastAsLongAsItAsks() {
    store.failures.add(new PointSink.StoreUnavailable("no answer", null));
    store.failures.add(new PointSink.StoreUnavailable("no answer", null));
    store.failures.add(new PointSink.StoreUnavailable("429", 60_000, null));
    assertThat(sink.write(points(1))).isTrue();
    assertThat(sink.retries()).isEqualTo(3);
    assertThat(holds.get(0)).isBetween(Duration.ofMillis(200), Duration.ofMillis(300));
    assertThat(holds.get(1)).isBetween(Duration.ofMillis(400), Duration.ofMillis(600));
    assertThat(holds.get(2)).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(90));
    assertThat(sink.trouble()).isEmpty();
    // and the next outage begins with the first pause
    store.failures.add(new PointSink.StoreUnavailable("no answer", null));
    sink.write(points(1));
    assertThat(holds.getLast()).isLessThanOrEqualTo(Duration.ofMillis(300));
  }

  @Test
  void whenTheRecordsAreLost_nothingMoreIsWritten() {
    lost = true;
    store.failures.add(new PointSink.StoreUnavailable("no answer", null));
    assertThat(sink.write(points(2))).isFalse();
    assertThat(store.requests).isEqualTo(1);
    assertThat(store.written).isEmpty();
    assertThat(sink.trouble()).contains("the store is unavailable: no answer");
  }

  @Test
  void namedPoints_areRefused_andTheOthersWritten() {
    store.namesBadPoints = true;
    store.bad.addAll(List.of(2L, 7L));
    assertThat(sink.write(points(10))).isTrue();
    assertThat(refused).isEqualTo(Map.of(2L, "bad point", 7L, "bad point"));
    assertThat(store.written).hasSize(8).doesNotContain(2L, 7L);
    assertThat(store.requests).isEqualTo(2);
    assertThat(sink.refused()).isEqualTo(2);
    assertThat(sink.points()).isEqualTo(8);
  }

  @Test
  void unnamedPoints_areFoundByHalving() {
    store.bad.add(700L);
    assertThat(sink.write(points(1_000))).isTrue();
    assertThat(refused).containsOnlyKeys(700L);
    assertThat(store.written).hasSize(999);
    // two for each of ten halvings, and the first
    assertThat(store.requests).isLessThanOrEqualTo(21);
    assertThat(holds).containsOnly(Duration.ZERO).hasSize(store.requests - 1);
  }

  /** The devices of a node are points of one record, and too old together. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRecordOfManyPoints_isRefusedOnce(boolean namesBadPoints) {
    store.namesBadPoints = namesBadPoints;
    store.bad.addAll(List.of(3L, 4L, 5L, 6L, 8L));
    List<PendingPoint> pending = pointsOf("device-window", 9, point -> point / 3);
    assertThat(sink.write(pending)).isTrue();
    assertThat(refused).containsOnlyKeys(1L, 2L);
    assertThat(refusals).isEqualTo(2);
    assertThat(sink.refused()).isEqualTo(2);
    // its other points are stored
    assertThat(store.written).containsExactly(0L, 1L, 2L, 7L);
  }

  /** Windows of nodes in one record are of many moments, and so are those of the next record. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void recordsWhosePointsAlternate_areRefusedOnceEach_inEachPoll(boolean namesBadPoints) {
    store.namesBadPoints = namesBadPoints;
    store.bad.addAll(List.of(0L, 1L, 2L, 3L, 5L));
    List<PendingPoint> pending = pointsOf("node-window", 6, point -> point % 2);
    assertThat(sink.write(pending)).isTrue();
    assertThat(refusals).isEqualTo(2);
    assertThat(sink.refused()).isEqualTo(2);
    assertThat(store.written).containsExactly(4L);
    // whoever reads them again refuses them again
    sink.beginPoll();
    assertThat(sink.write(pending)).isTrue();
    assertThat(sink.refused()).isEqualTo(4);
  }

  @Test
  void aRefusal_isNoOutage_andLosesNothingWhenTheRecordsAreLost() {
    store.bad.add(0L);
    lost = true;
    assertThat(sink.write(points(2))).isFalse();
    assertThat(store.requests).isEqualTo(1);
    assertThat(refused).isEmpty();
    assertThat(sink.trouble()).isEmpty();
  }

  @Test
  void pointsOfTheMoment_areNotRetried() {
    store.failures.add(new PointSink.StoreUnavailable("no answer", null));
    sink.writeOnce(points(1).stream().map(PendingPoint::point).toList(), "Pipeline metrics");
    assertThat(store.requests).isEqualTo(1);
    assertThat(sink.points()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "answers 500: write error: job_summary, errno: 28, error: No space left [size=65536] | full",
        "answers 500: engine: write /var/lib/x.wal: no space left on device | full",
        "answers 500: write /var/lib/x.wal: disk quota exceeded | full",
        "answers 503: errno: 281 of something | unavailable",
        "cannot be reached: Connection refused | unavailable"
      })
  void aFullDisk_isNoOutage(String answer, String what) {
    assertThat(RetryingSink.troubleText(answer))
        .isEqualTo(
            what.equals("full")
                ? "the store's disk is full: " + answer
                : "the store is unavailable: " + answer);
  }
}

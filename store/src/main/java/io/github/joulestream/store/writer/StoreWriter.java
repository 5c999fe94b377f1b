// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.writer;

import io.github.joulestream.runtime.Backoff;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.Progress;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.kafka.AtLeastOnceConsumer;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.health.PipelineHealth;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes results from their topics into the store. Offsets are committed only after the store has
 * the points; points are keyed, so what a crash makes it write again changes nothing.
 *
 * <p>While the store is unavailable it reads no further and retries, with growing pauses or when
 * the store asks it to, and keeps its place in the group: it holds the records of one poll, never
 * more. What the store refuses for good goes to the topic {@code dead-letter} with the store's
 * reason.
 */
public final class StoreWriter implements AutoCloseable {
  /** Consumer group; its offsets are what the store has. */
  public static final String GROUP = "joulestream-store-writer";

  private static final Logger log = LoggerFactory.getLogger(StoreWriter.class);
  private static final Duration POLL = Duration.ofMillis(100);

  /** A request to the store takes 30 s at most, one to Kafka 60. */
  private static final Duration STUCK = Duration.ofMinutes(3);

  private static final int MAX_POLL_RECORDS = 10_000;

  /**
   * The broker answers when it has so much, or after {@link #GATHER}: a request costs the store
   * more than the points in it, for it opens the files of each table.
   */
  private static final int GATHER_BYTES = 1 << 20;

  private static final Duration GATHER = Duration.ofMillis(500);

  /** Of one answer of the broker, as compressed: records are up to ten times that in memory. */
  private static final int MAX_FETCH_BYTES = 8 << 20;

  /** Points of one request. */
  private static final int MAX_POINTS = 5_000;

  /** Points that are held before they are written, and those of one record more. */
  private static final int MAX_POINTS_HELD = 20_000;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(30);

  private final PointSink sink;
  private final EpochClock clock;
  private final AtLeastOnceConsumer consumer;
  private final Admin admin;
  private final PipelineHealth pipeline;
  private final RetryingSink store;
  private final ResultLag lag;
  private final Thread thread;
  private final Progress progress;
  private final StoredEnergy energy = new StoredEnergy();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicLong firstWrite = new AtomicLong(-1);

  /**
   * @param kafka how to reach the cluster
   * @param instance name of this instance; a restart within the session time-out takes its place in
   *     the group again at once; must differ between instances
   */
  public StoreWriter(KafkaClients kafka, String instance, PointSink sink, EpochClock clock) {
    this(kafka, instance, sink, clock, STUCK);
  }

  /**
   * @param kafka how to reach the cluster
   * @param instance name of this instance; a restart within the session time-out takes its place in
   *     the group again at once; must differ between instances
   * @param stuckAfter how long a turn may take, with a request to the store and some to Kafka;
   *     after that its health is bad
   */
  public StoreWriter(
      KafkaClients kafka, String instance, PointSink sink, EpochClock clock, Duration stuckAfter) {
    this.sink = sink;
    this.clock = clock;
    progress = new Progress("the store writer", stuckAfter);
    consumer =
        new AtLeastOnceConsumer(
            kafka,
            GROUP,
            Map.of(
                ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
                instance,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                MAX_POLL_RECORDS,
                ConsumerConfig.FETCH_MIN_BYTES_CONFIG,
                GATHER_BYTES,
                ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                MAX_FETCH_BYTES,
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                (int) GATHER.toMillis()),
            progress,
            log::warn);
    admin = kafka.admin(GROUP);
    lag = new ResultLag(admin, ResultPoints.TOPICS);
    pipeline = new PipelineHealth(admin, instance, this::counts, clock);
    store =
        new RetryingSink(
            sink, new Records(), new Backoff(FIRST_PAUSE, MAX_PAUSE, new Random()), this::stored);
    thread = Thread.ofPlatform().name("store-writer").unstarted(this::run);
  }

  /** The records of the last poll, while their points are written. */
  private final class Records implements RetryingSink.Origin {
    @Override
    public boolean hold(Duration pause) {
      return pause.isZero()
          ? consumer.keepPlace(Duration.ZERO)
          : consumer.hold(pause, stopping::get);
    }

    @Override
    public void refuse(ConsumerRecord<byte[], byte[]> record, String reason) {
      consumer.refuse(record, reason);
    }
  }

  /** Topics that it reads. */
  public static List<String> topics() {
    return ResultPoints.TOPICS;
  }

  /** Joins the group in a thread of its own. */
  public void start() {
    thread.start();
    pipeline.start();
  }

  private void run() {
    try (consumer) {
      consumer.subscribe(ResultPoints.TOPICS, AtLeastOnceConsumer.RebalanceListener.NONE);
      while (!stopping.get()) {
        take(consumer.poll(POLL));
        pipeline.takePoints().ifPresent(points -> store.writeOnce(points, "Pipeline metrics"));
      }
    } catch (Throwable e) {
      // whatever it is: a program that no longer writes must not look healthy
      log.error("The store writer failed", e);
      failure.set(e);
    }
  }

  private void take(ConsumerRecords<byte[], byte[]> records) {
    if (!records.isEmpty() && !write(records)) {
      return; // whoever has the partitions now reads them again
    }
    Map<TopicPartition, Long> positions = consumer.positions();
    // also without records: a transaction's end moves positions on, and would count as lag
    if (!positions.isEmpty() && !lag.isWritten(positions) && consumer.commit()) {
      lag.written(positions);
    }
  }

  /** False if nothing may be committed. */
  private boolean write(ConsumerRecords<byte[], byte[]> records) {
    // of the points of one window or job the last one counts: its totals include the others'
    Map<List<Object>, PendingPoint> last = new LinkedHashMap<>();
    boolean isFirst = true;
    store.beginPoll();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      addPoints(record, last);
      // a record of many devices is many points: not all of a poll fit into memory at once
      if (last.size() >= MAX_POINTS_HELD) {
        if (!write(last.values(), isFirst)) {
          return false;
        }
        isFirst = false;
        last.clear();
      }
    }
    return write(last.values(), isFirst)
        && consumer.awaitDeadLetters(stopping::get)
        && !consumer.lostPartitions();
  }

  private void addPoints(
      ConsumerRecord<byte[], byte[]> record, Map<List<Object>, PendingPoint> last) {
    try {
      for (StorePoint point : ResultPoints.of(record)) {
        last.put(
            List.of(point.measurement(), point.tags(), point.epochNanos()),
            new PendingPoint(record, point));
      }
    } catch (RuntimeException | StackOverflowError e) {
      consumer.refuse(record, e);
    }
  }

  /**
   * @param isFirst of the points of a poll
   * @return false if nothing may be committed
   */
  private boolean write(Collection<PendingPoint> points, boolean isFirst) {
    List<PendingPoint> pending = points.stream().sorted(PendingPoint.BY_TIME).toList();
    boolean isJustPolled = isFirst;
    for (int from = 0; from < pending.size(); from += MAX_POINTS) {
      int to = Math.min(pending.size(), from + MAX_POINTS);
      // many requests may follow, and the records must not be lost in between
      if (!(isJustPolled ? !consumer.lostPartitions() : consumer.keepPlace(Duration.ZERO))
          || !store.write(pending.subList(from, to))) {
        return false;
      }
      isJustPolled = false;
    }
    return true;
  }

  private void stored(StorePoint point) {
    pipeline.stored(point);
    if (point.measurement() == Measurement.LEDGER) {
      energy.stored(point);
    }
    if (firstWrite.get() < 0) {
      firstWrite.set(clock.epochMillis());
    }
  }

  /** True if the store has everything that is committed on the result topics. */
  public boolean caughtUp() {
    return lag.caughtUp();
  }

  /** Records that are committed on the result topics and not in the store yet. */
  public long behind() {
    return lag.records();
  }

  /** Points that the store has taken since the start. */
  public long pointsWritten() {
    return store.points();
  }

  /** Records that cannot be read, or that the store refuses. */
  public long recordsRefused() {
    return consumer.refusals().refused();
  }

  private PipelineHealth.Counts counts() {
    return new PipelineHealth.Counts(
        store.points(),
        consumer.refusals().refused() - store.refused(),
        store.refused(),
        store.retries());
  }

  /** Writes that failed because the store was unavailable. */
  public long retries() {
    return store.retries();
  }

  /** Why the store takes nothing now, if it does not. */
  public Optional<String> storeTrouble() {
    return store.trouble();
  }

  /** Bad if it stopped or is stuck. While the store is unavailable it waits, and reports that. */
  public Health health() {
    Throwable e = failure.get();
    if (e != null) {
      return Health.bad("the store writer stopped: " + e.getMessage());
    }
    return progress.or(
        storeTrouble()
            .map(Health::good)
            .or(() -> consumer.refusals().health())
            .orElse(Health.GOOD));
  }

  /** Adds its figures. */
  public void showIn(Metrics metrics) {
    metrics
        .show(Metric.STORE_POINTS, this::pointsWritten)
        .show(Metric.STORE_REFUSED, this::recordsRefused)
        .show(Metric.LETTERS_DROPPED, consumer.refusals()::dropped)
        .show(Metric.STORE_RETRIES, this::retries)
        .showIf(Metric.STORE_REACHABLE, () -> storeTrouble().isEmpty())
        .show(Metric.SITE_ENERGY, "site", energy::joules)
        .show(Metric.SITE_JOBS_ENERGY, "site", energy::jobsJoules);
  }

  /** When the store first took a point, Unix epoch, ms; -1 if it has taken none. */
  public long firstWriteEpochMillis() {
    return firstWrite.get();
  }

  /** Why it stopped, if it did. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Finishes the request under way and stops. */
  @Override
  public void close() {
    stopping.set(true);
    if (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // the thread stops all the same; its offsets are not lost
        Thread.currentThread().interrupt();
      }
    } else if (thread.getState() == Thread.State.NEW) {
      consumer.close();
    }
    pipeline.close();
    // nobody waits for what the pipeline's health is asking
    admin.close(Duration.ZERO);
    sink.close();
  }
}

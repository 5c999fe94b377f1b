// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.Progress;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.ConsumerRefusals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes results from their topics into the store. Offsets are committed only after the store has
 * the points; points are keyed, so what a crash makes it write again changes nothing.
 *
 * <p>While the store is away it reads no further and tries again, with growing pauses or when the
 * store says, and keeps its place in the group: what it holds is one poll's records, never more.
 * What the store refuses for good goes to the topic {@code dead-letter} with the store's reason;
 * its neighbours are written. Where the store does not say which points it refuses, halving finds k
 * of n in O(k log n) requests.
 */
public final class StoreWriter implements AutoCloseable {
  /** Consumer group; its offsets are what the store has. */
  public static final String GROUP = "joulestream-store-writer";

  private static final Logger log = LoggerFactory.getLogger(StoreWriter.class);
  private static final List<String> TOPICS =
      List.of(
          Topic.JOB_WINDOW.topicName(),
          Topic.JOB_SUMMARY.topicName(),
          Topic.SITE_WINDOW.topicName(),
          Topic.NODE_WINDOW.topicName(),
          Topic.LEDGER.topicName(),
          Topic.ALERTS.topicName(),
          Topic.BUDGETS.topicName());
  // as the system calls say it (ENOSPC, EDQUOT), and stores pass it on
  private static final Pattern NO_SPACE =
      Pattern.compile(
          "no space left|disk quota exceeded|errno[:=] ?28\\b", Pattern.CASE_INSENSITIVE);
  private static final Duration POLL = Duration.ofMillis(100);

  /** A request to the store takes 30 s at most, one to Kafka 60. */
  private static final Duration STUCK = Duration.ofMinutes(3);

  private static final int MAX_POINTS = 5_000;
  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final long LETTER_PAUSE_MILLIS = 1_000;
  private static final long MAX_PAUSE_MILLIS = 30_000;
  // a store that asks for more gets asked again all the same
  private static final long MAX_WISH_MILLIS = 300_000;

  /**
   * Of one series in the order of time: good for the store, and points that are too old for it are
   * neighbours, which halving finds at once.
   */
  private static final Comparator<Item> BY_TIME =
      Comparator.comparing((Item item) -> item.point().measurement())
          .thenComparingLong(item -> item.point().epochNanos());

  private final PointSink sink;
  private final EpochClock clock;
  private final NanoClock nanos = NanoClock.system();
  private final Map<String, Object> kafka;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Admin admin;
  private final PipelineHealth probe;
  private final Thread thread;
  private final Progress progress;
  private final StoredEnergy energy = new StoredEnergy();
  private final Random jitter = new Random();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicReference<Map<TopicPartition, Long>> written =
      new AtomicReference<>(Map.of());
  private final AtomicLong points = new AtomicLong();
  private final AtomicLong refusedByStore = new AtomicLong();
  private final AtomicLong retries = new AtomicLong();
  private final AtomicLong firstWrite = new AtomicLong(-1);
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();
  private final ConsumerRefusals refusals;
  private boolean revoked;

  /** A point and the record it came from. */
  private record Item(ConsumerRecord<byte[], byte[]> origin, StorePoint point) {}

  /**
   * @param kafka how to reach the cluster
   * @param instance name of this instance; a restart within the session time-out takes its place in
   *     the group again at once; must differ between instances
   */
  public StoreWriter(Map<String, Object> kafka, String instance, PointSink sink, EpochClock clock) {
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
      Map<String, Object> kafka,
      String instance,
      PointSink sink,
      EpochClock clock,
      Duration stuckAfter) {
    this.sink = sink;
    this.progress = new Progress("the store writer", stuckAfter);
    this.clock = clock;
    this.kafka = Map.copyOf(kafka);
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
    config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10_000);
    config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
    config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
    // all or nothing: what is in hand is dropped when partitions are taken away
    config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, RangeAssignor.class.getName());
    consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    admin = Admin.create(this.kafka);
    refusals = new ConsumerRefusals(this.kafka, log::warn);
    probe = new PipelineHealth(admin, instance, this::counts, clock);
    thread = Thread.ofPlatform().name("store-writer").unstarted(this::run);
  }

  public void start() {
    thread.start();
    probe.start();
  }

  private void run() {
    try (consumer) {
      consumer.subscribe(
          TOPICS,
          new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
              revoked = true;
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
              // positions start from what is committed
            }
          });
      while (!stopping.get()) {
        progress.turned();
        take(consumer.poll(POLL));
        probe.measured().ifPresent(this::writeHealth);
      }
    } catch (WakeupException e) {
      log.debug("stopped while it waited for the store");
    } catch (Throwable e) {
      // whatever it is: a program that does nothing any more must not look well
      log.error("the store writer failed", e);
      failure.set(e);
    }
  }

  private void take(ConsumerRecords<byte[], byte[]> records) {
    revoked = false;
    if (!records.isEmpty()) {
      // of the records of one window or job the last says all
      Map<List<Object>, Item> last = new LinkedHashMap<>();
      for (ConsumerRecord<byte[], byte[]> record : records) {
        try {
          StorePoint point = convert(record);
          if (point != null) {
            last.put(
                List.of(point.measurement(), point.tags(), point.epochNanos()),
                new Item(record, point));
          }
        } catch (RuntimeException | StackOverflowError e) {
          refusals.refuse(record, e);
        }
      }
      List<Item> items = last.values().stream().sorted(BY_TIME).toList();
      for (int from = 0; from < items.size() && !revoked; from += MAX_POINTS) {
        write(items.subList(from, Math.min(items.size(), from + MAX_POINTS)));
      }
      if (revoked || !refusals.await(() -> hold(LETTER_PAUSE_MILLIS))) {
        return; // whoever has the partitions now reads it again
      }
      consumer.resume(consumer.paused());
    }
    Map<TopicPartition, Long> positions = positions();
    // also without records: a transaction's end moves them on, and would look like something to do
    if (!positions.isEmpty() && !positions.equals(written.get()) && commit()) {
      written.set(positions);
    }
  }

  /** Behind what was read last; without partitions of which it is not known yet. */
  private Map<TopicPartition, Long> positions() {
    Map<TopicPartition, Long> positions = new HashMap<>();
    for (TopicPartition partition : consumer.assignment()) {
      try {
        positions.put(partition, consumer.position(partition, Duration.ZERO));
      } catch (TimeoutException e) {
        log.debug("where to read {} from is not known yet", partition, e);
      }
    }
    return Map.copyOf(positions);
  }

  /** False if the group is just being put together anew, or the broker is away. */
  private boolean commit() {
    try {
      consumer.commitSync();
      return true;
    } catch (CommitFailedException | RebalanceInProgressException | RetriableException e) {
      // nothing is lost: the next commit says as much, or who has the partitions reads it again
      log.info("offsets not committed yet: {}", e.getMessage());
      return false;
    }
  }

  /** Null if there is nothing to store of it. */
  private static @Nullable StorePoint convert(ConsumerRecord<byte[], byte[]> record) {
    String topic = record.topic();
    byte[] value = record.value();
    if (topic.equals(Topic.BUDGETS.topicName())) {
      if (record.key() == null) {
        throw new SerializationException("no key");
      }
      Budget budget =
          value == null ? null : WireSerdes.budgets().deserializer().deserialize(topic, value);
      return Points.of(new String(record.key(), UTF_8), budget, record.timestamp());
    }
    if (topic.equals(Topic.ALERTS.topicName())) {
      // an alert that is forgotten stays in the store as it was
      return value == null
          ? null
          : Points.of(WireSerdes.alerts().deserializer().deserialize(topic, value));
    }
    if (value == null) {
      throw new SerializationException("empty record");
    }
    if (topic.equals(Topic.JOB_WINDOW.topicName())) {
      return Points.of(WireSerdes.jobWindows().deserializer().deserialize(topic, value));
    }
    if (topic.equals(Topic.JOB_SUMMARY.topicName())) {
      return Points.of(WireSerdes.jobSummaries().deserializer().deserialize(topic, value));
    }
    if (topic.equals(Topic.SITE_WINDOW.topicName())) {
      return Points.power(WireSerdes.siteWindows().deserializer().deserialize(topic, value));
    }
    if (topic.equals(Topic.NODE_WINDOW.topicName())) {
      return Points.of(WireSerdes.nodeWindows().deserializer().deserialize(topic, value));
    }
    return Points.ledger(WireSerdes.siteWindows().deserializer().deserialize(topic, value));
  }

  /** Writes, however long it takes. */
  private void write(List<Item> items) {
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      try {
        sink.write(items.stream().map(Item::point).toList());
        break;
      } catch (PointSink.PointsRefused e) {
        answered();
        sortOut(items, e);
        return;
      } catch (PointSink.StoreUnavailable e) {
        String words = troubleWords(String.valueOf(e.getMessage()));
        if (trouble.getAndSet(words) == null) {
          log.warn("{}; trying until it takes points again", words);
        }
        retries.incrementAndGet();
        long wish = Math.min(MAX_WISH_MILLIS, e.retryAfterMillis());
        if (!hold(Math.max(pause, wish))) {
          return;
        }
        pause = Math.min(MAX_PAUSE_MILLIS, pause * 2);
      }
    }
    answered();
    points.addAndGet(items.size());
    for (Item item : items) {
      probe.stored(item.point());
      if (item.point().measurement() == Measurement.LEDGER) {
        energy.stored(item.point());
      }
    }
    firstWrite.compareAndSet(-1, clock.epochMillis());
  }

  /** A store that answers that it cannot write is not away. */
  static String troubleWords(String answer) {
    return NO_SPACE.matcher(answer).find()
        ? "the store's disk is full: " + answer
        : "the store is away: " + answer;
  }

  /** What the store does not take is of a moment that is over: the next ones say how it is then. */
  private void writeHealth(List<StorePoint> health) {
    try {
      sink.write(health);
    } catch (PointSink.PointsRefused | PointSink.StoreUnavailable e) {
      log.info("the store does not take how the pipeline does: {}", e.getMessage());
    }
  }

  private void answered() {
    if (trouble.getAndSet(null) != null) {
      log.warn("the store is back");
    }
    consumer.resume(consumer.paused());
  }

  /**
   * Keeps the place in the group for a while without reading on; false if it was lost.
   *
   * @param pauseMillis at least; up to half as much again, so that writers do not come back at once
   */
  private boolean hold(long pauseMillis) {
    consumer.pause(consumer.assignment());
    long start = nanos.nanos();
    long millis = pauseMillis + jitter.nextLong(pauseMillis / 2 + 1);
    for (long left = millis; left > 0; left = millis - (nanos.nanos() - start) / 1_000_000) {
      if (stopping.get()) {
        throw new WakeupException();
      }
      keepPlace(Duration.ofMillis(Math.min(left, 500)));
      if (revoked) {
        return false;
      }
    }
    return true;
  }

  /** Lets the group know that we are alive, without reading on. */
  private void keepPlace(Duration wait) {
    progress.turned();
    ConsumerRecords<byte[], byte[]> early = consumer.poll(wait);
    // partitions that came with a new assignment are not paused: what they gave is read again
    early
        .partitions()
        .forEach(
            partition -> consumer.seek(partition, early.records(partition).getFirst().offset()));
  }

  /** Keeps what the store refuses, finds it first if need be, and writes the rest. */
  private void sortOut(List<Item> items, PointSink.PointsRefused e) {
    if (!e.reasons().isEmpty()) {
      List<Item> rest = new ArrayList<>();
      for (int i = 0; i < items.size(); i++) {
        String reason = e.reasons().get(i);
        if (reason == null) {
          rest.add(items.get(i));
        } else {
          refused(items.get(i).origin(), reason);
        }
      }
      // also what the store may have taken: some stores take all or nothing
      writeOn(rest);
    } else if (items.size() == 1) {
      refused(items.getFirst().origin(), String.valueOf(e.getMessage()));
    } else {
      int half = items.size() / 2;
      writeOn(items.subList(0, half));
      writeOn(items.subList(half, items.size()));
    }
  }

  private void writeOn(List<Item> items) {
    if (!items.isEmpty() && !revoked) {
      // many requests may follow, and the group must hear of us in between
      consumer.pause(consumer.assignment());
      keepPlace(Duration.ZERO);
      if (!revoked) {
        write(items);
        consumer.resume(consumer.paused());
      }
    }
  }

  private void refused(ConsumerRecord<byte[], byte[]> record, String reason) {
    refusedByStore.incrementAndGet();
    refusals.refuse(record, reason);
  }

  /** True if the store has everything that is committed on the result topics. */
  public boolean caughtUp() {
    Map<TopicPartition, Long> have = written.get();
    return committedEnds().entrySet().stream()
        .allMatch(end ->
            end.getValue() == 0
                ? have.containsKey(end.getKey())
                : have.getOrDefault(end.getKey(), -1L) >= end.getValue());
  }

  /** Records that are committed on the result topics and not in the store yet. */
  public long behind() {
    Map<TopicPartition, Long> have = written.get();
    return committedEnds().entrySet().stream()
        .mapToLong(end -> Math.max(0, end.getValue() - have.getOrDefault(end.getKey(), 0L)))
        .sum();
  }

  private Map<TopicPartition, Long> committedEnds() {
    try {
      List<TopicPartition> partitions =
          admin.describeTopics(TOPICS).allTopicNames().get().values().stream()
              .flatMap(topic ->
                  topic.partitions().stream()
                      .map(info -> new TopicPartition(topic.name(), info.partition())))
              .toList();
      return admin
          .listOffsets(
              partitions.stream()
                  .collect(Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest())),
              new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
          .all()
          .get()
          .entrySet()
          .stream()
          .collect(Collectors.toMap(Map.Entry::getKey, end -> end.getValue().offset()));
    } catch (ExecutionException e) {
      throw new IllegalStateException("the ends of the result topics cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  public long pointsWritten() {
    return points.get();
  }

  /** Records that cannot be read, or that the store refuses. */
  public long recordsRefused() {
    return refusals.refused();
  }

  private PipelineHealth.Counts counts() {
    return new PipelineHealth.Counts(
        points.get(),
        refusals.refused() - refusedByStore.get(),
        refusedByStore.get(),
        retries.get());
  }

  public long retries() {
    return retries.get();
  }

  /** Why the store takes nothing, if it does not. */
  public Optional<String> storeTrouble() {
    return Optional.ofNullable(trouble.get());
  }

  /** How it is: bad if it gave up or is stuck. While the store is away it waits, and says so. */
  public Health health() {
    Throwable e = failure.get();
    if (e != null) {
      return Health.bad("the store writer stopped: " + e.getMessage());
    }
    return progress.or(
        storeTrouble()
            .or(() -> refusals.trouble().map(why -> "Kafka does not take dead letters: " + why))
            .map(Health::good)
            .orElse(Health.GOOD));
  }

  /** Shows its figures. */
  public void showIn(Metrics metrics) {
    metrics
        .show(Metric.STORE_POINTS, this::pointsWritten)
        .show(Metric.STORE_REFUSED, this::recordsRefused)
        .show(Metric.LETTERS_DROPPED, refusals::dropped)
        .show(Metric.STORE_RETRIES, this::retries)
        .showIf(Metric.STORE_REACHABLE, () -> storeTrouble().isEmpty())
        .show(Metric.SITE_ENERGY, "site", energy::joules)
        .show(Metric.SITE_JOBS_ENERGY, "site", energy::jobsJoules);
  }

  /** When the store first took something, or -1. */
  public long firstWriteEpochMillis() {
    return firstWrite.get();
  }

  /** Why it gave up, if it did. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Finishes what is in hand and stops. */
  @Override
  public void close() {
    stopping.set(true);
    if (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // it stops all the same; its offsets are not lost
        Thread.currentThread().interrupt();
      }
    } else if (thread.getState() == Thread.State.NEW) {
      consumer.close();
    }
    probe.close();
    // nobody waits for what the probe is asking
    admin.close(Duration.ZERO);
    refusals.close();
    sink.close();
  }
}

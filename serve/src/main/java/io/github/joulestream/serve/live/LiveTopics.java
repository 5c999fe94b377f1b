// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import io.github.joulestream.runtime.DistinctErrors;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.Progress;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.kafka.ConsumerRefusals;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All sites as they are now, out of the topics. A thread of its own reads them with one consumer
 * without a group: first what shows power now, then the rest; of topics that expire only what is
 * needed. A record that cannot be used is logged, counted and left out: the accounting has its own
 * readers, which keep what is refused.
 */
public final class LiveTopics implements LiveSites, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LiveTopics.class);

  private static final Duration STUCK = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final Duration DROP_INTERVAL = Duration.ofSeconds(10);

  // a consumer says nothing of a cluster that is gone: whoever is silent is asked
  private static final Duration SILENCE = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(4);

  // samples of the power of jobs: of what is read again, fewer
  private static final long SAMPLE_MILLIS = 1_000;
  private static final long OLD_SAMPLE_MILLIS = 5_000;

  /** How far back topics are read that expire, ms; all others from their beginning. */
  private static final Map<Topic, Long> BACK =
      Map.of(
          Topic.POWER_SNAPSHOT, 600_000L,
          Topic.SITE_WINDOW, 3_600_000L,
          Topic.LEDGER, 3_600_000L,
          Topic.DEVICE_WINDOW, 120_000L);

  private static final List<Topic> TOPICS =
      List.of(
          Topic.POWER_SNAPSHOT,
          Topic.SITE_WINDOW,
          Topic.NODES,
          Topic.BUDGETS,
          Topic.ALERTS,
          Topic.LEDGER,
          Topic.DEVICE_WINDOW,
          Topic.GRID,
          Topic.JOB_SUMMARY);

  private final Progress progress = new Progress("the live view", STUCK);
  private final DistinctErrors errors = new DistinctErrors(log::warn);
  private final AtomicLong refused = new AtomicLong();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  private final Consumer<String, byte[]> consumer;
  private final EpochClock clock;
  private final NanoClock nanos;
  private final EpochClock ages;
  private final LiveStates states;
  private final Thread thread;
  private final Map<String, Topic> topics = new HashMap<>();

  // ends at the start, of partitions that are not read so far yet; one thread
  private final Map<TopicPartition, Long> behind = new LinkedHashMap<>();
  private @Nullable BacklogSkips skips;
  private volatile boolean caughtUp;
  private volatile boolean away;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Reads nothing before {@link #start}.
   *
   * @param kafka how to reach the cluster
   */
  public LiveTopics(KafkaClients kafka, EpochClock clock) {
    this(
        kafka.consumer("joulestream-live", new StringDeserializer(), new ByteArrayDeserializer()),
        clock,
        NanoClock.system());
  }

  LiveTopics(Consumer<String, byte[]> consumer, EpochClock clock, NanoClock nanos) {
    this.consumer = consumer;
    this.clock = clock;
    this.nanos = nanos;
    ages = EpochClock.steady(clock, nanos);
    states = new LiveStates(clock, ages, line -> errors.warn(line, "the live view: " + line));
    TOPICS.forEach(topic -> topics.put(topic.topicName(), topic));
    thread = Thread.ofPlatform().name("live-topics").daemon().unstarted(this::run);
  }

  /** Topics that it reads. */
  public static List<String> topics() {
    return TOPICS.stream().map(Topic::topicName).toList();
  }

  public void start() {
    thread.start();
  }

  private void run() {
    try (consumer) {
      begin();
      long dropped = nanos.nanos();
      long heard = nanos.nanos();
      while (closed.getCount() > 0) {
        progress.turned();
        ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
        for (ConsumerRecord<String, byte[]> record : records) {
          take(record);
        }
        if (!records.isEmpty()) {
          heard = nanos.nanos();
          away = false;
        } else if (nanos.nanos() - heard >= SILENCE.toNanos()) {
          away = !isThere();
          heard = nanos.nanos();
        }
        if (away) {
          continue;
        }
        skip(records);
        catchUp();
        long now = nanos.nanos();
        if (now - dropped >= DROP_INTERVAL.toNanos()) {
          dropped = now;
          states.dropOver();
        }
      }
    } catch (WakeupException e) {
      // close() ends the loop
    } catch (Throwable e) {
      failure.set(e);
    } finally {
      progress.idle();
    }
  }

  private boolean isThere() {
    try {
      consumer.endOffsets(consumer.assignment(), ANSWER);
      return true;
    } catch (RetriableException e) {
      log.debug("Kafka does not answer", e);
      return false;
    }
  }

  /** Finds where to begin; waits for Kafka for as long as it takes. */
  private void begin() throws InterruptedException {
    while (closed.getCount() > 0) {
      progress.turned();
      try {
        assign();
        return;
      } catch (RetriableException e) {
        errors.warn("begin", "the live view waits for Kafka: " + e.getMessage());
        if (closed.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    }
  }

  private void assign() {
    List<TopicPartition> partitions = new ArrayList<>();
    Map<TopicPartition, Long> times = new HashMap<>();
    long now = clock.epochMillis();
    for (Topic topic : TOPICS) {
      Long back = BACK.get(topic);
      for (TopicPartition partition : partitions(topic)) {
        partitions.add(partition);
        if (back != null) {
          times.put(partition, now - back);
        }
      }
    }
    consumer.assign(partitions);
    skips = new BacklogSkips(ages.epochMillis());
    behind.clear();
    behind.putAll(consumer.endOffsets(partitions));
    Map<TopicPartition, OffsetAndTimestamp> begins = consumer.offsetsForTimes(times);
    for (TopicPartition partition : partitions) {
      OffsetAndTimestamp begin = begins.get(partition);
      if (begin != null) {
        consumer.seek(partition, begin.offset());
      } else if (times.containsKey(partition)) {
        consumer.seek(partition, behind.getOrDefault(partition, 0L));
      } else {
        consumer.seekToBeginning(List.of(partition));
      }
    }
    // what shows power now is read first
    consumer.pause(
        partitions.stream()
            .filter(partition -> !LiveStates.FIRST.contains(topics.get(partition.topic())))
            .toList());
  }

  private List<TopicPartition> partitions(Topic topic) {
    List<PartitionInfo> infos = consumer.partitionsFor(topic.topicName());
    if (infos == null || infos.isEmpty()) {
      throw new IllegalStateException(
          "there is no topic %s; joulestream topics create".formatted(topic.topicName()));
    }
    return infos.stream().map(info -> new TopicPartition(info.topic(), info.partition())).toList();
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    Topic topic = topics.get(record.topic());
    boolean isOld = record.offset() < behind.getOrDefault(partition(record), Long.MIN_VALUE);
    long now = ages.epochMillis();
    try {
      if (topic != null) {
        states.accept(
            topic,
            record.key(),
            record.value(),
            isOld ? Math.min(now, record.timestamp()) : now,
            isOld ? OLD_SAMPLE_MILLIS : SAMPLE_MILLIS);
      }
    } catch (RuntimeException | StackOverflowError e) {
      refuse(record, e);
    }
  }

  private static TopicPartition partition(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  private void refuse(ConsumerRecord<?, ?> record, Throwable e) {
    if (!ConsumerRefusals.isOfTheRecord(e)) {
      throw e instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
    refused.incrementAndGet();
    errors.warn(
        record.topic(),
        "the live view leaves out %s %d %d: %s"
            .formatted(
                record.topic(), record.partition(), record.offset(), ConsumerRefusals.reason(e)));
  }

  /** Leaves old power out where there is too much of it. */
  private void skip(ConsumerRecords<String, byte[]> records) {
    BacklogSkips choice = skips;
    if (caughtUp || choice == null) {
      return;
    }
    for (TopicPartition partition : records.partitions()) {
      if (partition.topic().equals(Topic.POWER_SNAPSHOT.topicName())
          && behind.containsKey(partition)) {
        long last = records.records(partition).getLast().timestamp();
        long to = choice.next(last, ages.epochMillis());
        OffsetAndTimestamp found =
            to <= last ? null : consumer.offsetsForTimes(Map.of(partition, to)).get(partition);
        if (found != null && found.offset() > consumer.position(partition)) {
          consumer.seek(partition, found.offset());
        }
      }
    }
  }

  /** Notes what has been read to the end that it had at the start. */
  private void catchUp() {
    if (caughtUp) {
      return;
    }
    behind.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
    Set<TopicPartition> waiting = new HashSet<>(consumer.paused());
    if (!waiting.isEmpty() && waiting.containsAll(behind.keySet())) {
      consumer.resume(waiting);
    }
    caughtUp = behind.isEmpty();
  }

  @Override
  public SortedSet<String> names() {
    return states.names();
  }

  @Override
  public Optional<LiveSite> site(String name) {
    return Optional.ofNullable(states.find(name));
  }

  @Override
  public boolean caughtUp() {
    return caughtUp;
  }

  /** Jobs that run, of all sites. */
  public long jobsRunning() {
    return states.all().mapToLong(SiteState::jobsRunning).sum();
  }

  /**
   * Power of the nodes of each site that have reported within half a minute, mW; without sites of
   * which none has.
   */
  public SortedMap<String, Long> siteMilliwatts() {
    SortedMap<String, Long> milliwatts = new TreeMap<>();
    states
        .all()
        .filter(SiteState::isReporting)
        .forEach(site -> milliwatts.put(site.name(), site.now().milliwatts()));
    return milliwatts;
  }

  /** Records that could not be used. */
  public long refused() {
    return refused.get();
  }

  /** Shows power and jobs, and what was refused. */
  public void showIn(Metrics metrics) {
    metrics
        .show(
            Metric.SITE_POWER,
            "site",
            () ->
                siteMilliwatts().entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, site -> site.getValue() / 1e3)))
        .show(Metric.JOBS_RUNNING, this::jobsRunning)
        .show(Metric.SERVE_LIVE_REFUSED, this::refused);
  }

  /** How it is: bad if it is stuck, and not ready while Kafka does not answer. */
  public Health health() {
    return progress.or(away ? Health.starting("Kafka does not answer") : Health.GOOD);
  }

  /** Why it gave up, if it did. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  @Override
  public void close() {
    closed.countDown();
    if (thread.getState() == Thread.State.NEW) {
      consumer.close();
      return;
    }
    consumer.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

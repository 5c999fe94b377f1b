// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.energy.NodePower;
import io.github.joulestream.runtime.DistinctErrors;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.Progress;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.ConsumerRefusals;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the lines of progress show of the results: jobs that run, and the power of each site. Power
 * is that of the latest readings, not of a window, which would show too little until it is whole.
 */
final class LiveView implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LiveView.class);
  private static final Duration SILENT = Duration.ofSeconds(30);

  private static final Duration STUCK = Duration.ofMinutes(3);

  private final Progress progress = new Progress("the live view", STUCK);
  private final DistinctErrors errors = new DistinctErrors(log::warn);

  private final KafkaConsumer<String, byte[]> consumer;
  private final NanoClock nanos;
  private final Thread thread;
  private final Set<String> runs = ConcurrentHashMap.newKeySet();
  // by site, and by node of it
  private final Map<String, Map<String, LatestPower>> nodes = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /** Power of a node by its latest reading. */
  private record LatestPower(long milliwatts, long seenNanos) {}

  LiveView(Map<String, Object> kafka, NanoClock nanos) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put("isolation.level", "read_committed");
    config.put("enable.auto.commit", false);
    config.put("auto.offset.reset", "earliest");
    consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    this.nanos = nanos;
    thread = Thread.ofPlatform().name("live-view").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try (consumer) {
      List<TopicPartition> power = partitions(Topic.POWER_SNAPSHOT);
      List<TopicPartition> jobs = partitions(Topic.JOB_SUMMARY);
      consumer.assign(List.of(power, jobs).stream().flatMap(List::stream).toList());
      consumer.seekToBeginning(jobs);
      consumer.seekToEnd(power); // what was latest before this start is not latest now
      Deserializer<PowerSnapshot> snapshots = WireSerdes.powerSnapshot().deserializer();
      Deserializer<JobSummary> summaries = WireSerdes.jobSummaries().deserializer();
      while (true) {
        progress.turned();
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          try {
            if (record.topic().equals(Topic.POWER_SNAPSHOT.topicName())) {
              if (record.value() != null) {
                see(snapshots.deserialize(record.topic(), record.value()));
              }
            } else if (record.key() != null) {
              see(
                  record.key(),
                  record.value() == null
                      ? null
                      : summaries.deserialize(record.topic(), record.value()));
            }
          } catch (RuntimeException | StackOverflowError e) {
            skip(record, e);
          }
        }
      }
    } catch (WakeupException e) {
      // close() ends the loop
    } catch (Throwable e) {
      failure.set(e);
    }
  }

  /**
   * It is for people to look at: the accounting has its own readers, which keep what is refused.
   */
  private void skip(ConsumerRecord<?, ?> record, Throwable e) {
    if (!ConsumerRefusals.isOfTheRecord(e)) {
      throw e instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
    errors.warn(
        record.topic(),
        "the lines leave out %s %d %d: %s"
            .formatted(
                record.topic(), record.partition(), record.offset(), ConsumerRefusals.reason(e)));
  }

  private List<TopicPartition> partitions(Topic topic) {
    return consumer.partitionsFor(topic.topicName()).stream()
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .toList();
  }

  /**
   * Takes in the state of a job: only those that run are kept.
   *
   * @param job key of its record
   * @param summary null if the job was forgotten
   */
  void see(String job, @Nullable JobSummary summary) {
    if (summary != null && summary.state() == JobState.RUNNING) {
      runs.add(job);
    } else {
      runs.remove(job);
    }
  }

  /** Takes in the power of nodes. */
  void see(PowerSnapshot power) {
    Map<String, LatestPower> ofSite =
        nodes.computeIfAbsent(power.site(), _ -> new ConcurrentHashMap<>());
    for (NodePower node : power.nodes()) {
      ofSite.put(node.node(), new LatestPower(node.totalMilliwatts(), nanos.nanos()));
    }
  }

  long jobsRunning() {
    return runs.size();
  }

  /**
   * Power of the nodes of each site that have reported within half a minute, mW; without sites of
   * which none has.
   */
  SortedMap<String, Long> siteMilliwatts() {
    long now = nanos.nanos();
    SortedMap<String, Long> milliwatts = new TreeMap<>();
    nodes.forEach((site, ofSite) -> {
      ofSite.values().removeIf(latest -> now - latest.seenNanos > SILENT.toNanos());
      if (!ofSite.isEmpty()) {
        milliwatts.put(site, ofSite.values().stream().mapToLong(LatestPower::milliwatts).sum());
      }
    });
    return milliwatts;
  }

  /** How it is: bad if it is stuck. */
  Health health() {
    return progress.or(Health.GOOD);
  }

  /** Why it gave up, if it did. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  @Override
  public void close() {
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

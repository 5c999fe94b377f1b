// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.github.joulestream.energy.NodePower;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveTopicsTest {
  private static final long NOW = Feed.START;
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

  private final AtomicLong nanos = new AtomicLong();
  private final Records records = new Records();
  private final LiveTopics live = new LiveTopics(records, () -> NOW, nanos::get);

  /** A consumer of records that are there already, with a partition for each topic. */
  private static final class Records extends MockConsumer<String, byte[]> {
    final Map<TopicPartition, List<ConsumerRecord<String, byte[]>>> all = new HashMap<>();
    final Map<TopicPartition, Long> times = new ConcurrentHashMap<>();
    // topics in the order in which they are read
    volatile boolean away;
    final List<String> order = new CopyOnWriteArrayList<>();

    Records() {
      super("earliest");
    }

    void add(Topic topic, String key, byte @Nullable [] value, long timestamp) {
      TopicPartition partition = new TopicPartition(topic.topicName(), 0);
      List<ConsumerRecord<String, byte[]>> of =
          all.computeIfAbsent(partition, _ -> new ArrayList<>());
      of.add(
          new ConsumerRecord<>(
              topic.topicName(),
              0,
              of.size(),
              timestamp,
              TimestampType.LOG_APPEND_TIME,
              key.length(),
              value == null ? -1 : value.length,
              key,
              value,
              new RecordHeaders(),
              Optional.empty()));
    }

    void publish() {
      for (Topic topic : TOPICS) {
        TopicPartition partition = new TopicPartition(topic.topicName(), 0);
        updatePartitions(
            topic.topicName(),
            List.of(new PartitionInfo(topic.topicName(), 0, Node.noNode(), null, null)));
        updateBeginningOffsets(Map.of(partition, 0L));
        updateEndOffsets(Map.of(partition, (long) all.getOrDefault(partition, List.of()).size()));
      }
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> asked) {
      times.putAll(asked);
      Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
      asked.forEach((partition, time) ->
          found.put(
              partition,
              all.getOrDefault(partition, List.of()).stream()
                  .filter(record -> record.timestamp() >= time)
                  .findFirst()
                  .map(record -> new OffsetAndTimestamp(record.offset(), record.timestamp()))
                  .orElse(null)));
      return found;
    }

    @Override
    public synchronized Map<TopicPartition, Long> endOffsets(
        Collection<TopicPartition> partitions, Duration wait) {
      if (away) {
        throw new TimeoutException("no answer");
      }
      return super.endOffsets(partitions);
    }

    @Override
    public synchronized ConsumerRecords<String, byte[]> poll(Duration wait) {
      for (TopicPartition partition : assignment()) {
        if (!paused().contains(partition)) {
          List<ConsumerRecord<String, byte[]>> of = all.getOrDefault(partition, List.of());
          long next = position(partition);
          if (next < of.size()) {
            order.add(partition.topic());
            addRecord(of.get((int) next));
          }
        }
      }
      return super.poll(wait);
    }
  }

  @AfterEach
  void close() {
    live.close();
  }

  private static byte[] power(long millis, String node, long milliwatts) {
    return WireSerdes.powerSnapshot()
        .serializer()
        .serialize(
            "power-snapshot",
            new PowerSnapshot(
                "a",
                0,
                millis,
                List.of(
                    new NodePower(node, millis, milliwatts, List.of(), 0, List.of(), List.of()))));
  }

  private static byte[] job(String name) {
    return WireSerdes.jobSummaries()
        .serializer()
        .serialize("job-summary", Feed.summary("a", name, JobState.RUNNING, JobSpan.OPEN, 0));
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(end - System.nanoTime()).isPositive();
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void powerOfTheLastTenMinutesIsReadBeforeAllJobs_andWhatIsOldIsSilent() {
    records.add(Topic.POWER_SNAPSHOT, "a", power(NOW - 700_000, "gone", 1), NOW - 700_000);
    records.add(Topic.POWER_SNAPSHOT, "a", power(NOW - 31_000, "silent", 2), NOW - 31_000);
    records.add(Topic.POWER_SNAPSHOT, "a", power(NOW - 1_000, "n", 4), NOW - 1_000);
    for (int i = 0; i < 50; i++) {
      records.add(Topic.JOB_SUMMARY, "a/j" + i, job("j" + i), NOW - 90_000_000L + i);
    }
    records.publish();
    assertThat(live.caughtUp()).isFalse();
    live.start();
    await(live::caughtUp);
    assertThat(live.failure()).isEmpty();
    assertThat(live.health()).isEqualTo(Health.GOOD);
    assertThat(records.order.subList(0, 2)).containsOnly("power-snapshot");
    assertThat(live.names()).containsExactly("a");
    assertThat(live.site("a").orElseThrow().nodes().names()).containsExactly("n", "silent");
    assertThat(live.siteMilliwatts()).containsExactly(entry("a", 4L));
    assertThat(live.jobsRunning()).isEqualTo(50);
    assertThat(live.site("b")).isEmpty();
    assertThat(records.times)
        .containsEntry(new TopicPartition("power-snapshot", 0), NOW - 600_000)
        .containsEntry(new TopicPartition("site-window", 0), NOW - 3_600_000)
        .containsEntry(new TopicPartition("device-window", 0), NOW - 120_000);
  }

  @Test
  void recordsThatCannotBeReadAreCounted_andWhatFollowsIsRead() {
    byte[] garbage = "no record of ours".getBytes(UTF_8);
    for (Topic topic : TOPICS) {
      records.add(topic, "a", garbage, NOW);
      records.add(topic, "", new byte[0], NOW);
      records.add(topic, "\ud800/\u0000", null, NOW);
      records.add(topic, "", null, NOW);
    }
    records.add(Topic.POWER_SNAPSHOT, "a", power(NOW, "n", 4), NOW);
    records.add(Topic.JOB_SUMMARY, "a/j", job("j"), NOW);
    records.publish();
    live.start();
    await(live::caughtUp);
    assertThat(live.failure()).isEmpty();
    assertThat(live.refused()).isEqualTo(2L * TOPICS.size());
    assertThat(live.siteMilliwatts()).containsExactly(entry("a", 4L));
    assertThat(live.jobsRunning()).isEqualTo(1);
  }

  @Test
  void whileKafkaDoesNotAnswer_itIsNotReady_andIsAgainAfterwards() {
    records.publish();
    live.start();
    await(live::caughtUp);
    records.away = true;
    assertThat(live.health()).isEqualTo(Health.GOOD);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
    await(() -> live.health().equals(Health.starting("Kafka does not answer")));
    records.away = false;
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
    await(() -> live.health().equals(Health.GOOD));
    assertThat(live.failure()).isEmpty();
  }

  @Test
  void withoutItsTopicsItGivesUp_andNamesTheCommandThatMakesThem() {
    live.start();
    await(() -> live.failure().isPresent());
    assertThat(live.failure().orElseThrow())
        .hasMessageContaining("there is no topic power-snapshot")
        .hasMessageContaining("joulestream topics create");
  }

  @Test
  void closesBeforeItsStart() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    Thread closing =
        Thread.ofPlatform()
            .start(() -> {
              live.close();
              closed.countDown();
            });
    assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    closing.join();
    assertThat(records.closed()).isTrue();
  }
}

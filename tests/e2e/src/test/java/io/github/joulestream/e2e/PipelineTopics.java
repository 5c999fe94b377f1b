// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.NodeWindows;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What consumers of their own read from the topics of results: the last record of each key. */
final class PipelineTopics {
  private final Map<String, Object> kafka;

  private List<SiteWindow> ledger = List.of();
  private List<NodeWindow> nodes = List.of();
  private List<JobWindow> jobWindows = List.of();
  private List<JobSummary> jobs = List.of();
  private List<DeviceWindow> devices = List.of();
  private List<Placement> placements = List.of();
  private List<JobQuarterHour> quarters = List.of();

  PipelineTopics(Map<String, Object> kafka) {
    this.kafka = Map.copyOf(kafka);
  }

  List<SiteWindow> ledger() {
    return ledger;
  }

  List<NodeWindow> nodes() {
    return nodes;
  }

  List<JobWindow> jobWindows() {
    return jobWindows;
  }

  List<JobSummary> jobs() {
    return jobs;
  }

  List<DeviceWindow> devices() {
    return devices;
  }

  List<Placement> placements() {
    return placements;
  }

  List<JobQuarterHour> quarters() {
    return quarters;
  }

  /** Reads what is in them now. */
  void read() {
    ledger =
        values(
            Topic.LEDGER,
            WireSerdes.siteWindows(),
            w ->
                List.of(
                    w.site(),
                    w.windowMillis(),
                    w.windowStartEpochMillis(),
                    w.fragmentEpochMillis()));
    nodes =
        values(
                Topic.NODE_WINDOW,
                WireSerdes.nodeWindows(),
                w -> List.of(w.key(), w.windows().getFirst().windowStartEpochMillis(), fragment(w)))
            .stream()
            .flatMap(w -> w.windows().stream())
            .toList();
    jobWindows =
        List.copyOf(
            latest(
                    Topic.JOB_WINDOW,
                    WireSerdes.jobWindows(),
                    JobWindows::windows,
                    w ->
                        List.of(
                            w.site(), w.job(), w.windowStartEpochMillis(), w.fragmentEpochMillis()))
                .values());
    jobs =
        values(
            Topic.JOB_SUMMARY,
            WireSerdes.jobSummaries(),
            job -> List.of(job.job(), job.fragmentEpochMillis()));
    devices =
        values(
            Topic.DEVICE_WINDOW,
            WireSerdes.deviceWindows(),
            w -> List.of(w.node(), w.windowStartEpochMillis(), w.fragment()));
    placements =
        values(
            Topic.PLACEMENT,
            WireSerdes.placements(),
            p -> List.of(p.node(), p.job(), p.anchorEpochMillis()));
    quarters =
        values(
            Topic.JOB_QUARTER_HOUR,
            WireSerdes.jobQuarterHours(),
            q ->
                List.of(
                    q.job(),
                    q.details().user(),
                    q.details().project(),
                    q.windowStartEpochMillis(),
                    q.fragmentEpochMillis()));
  }

  private static long fragment(NodeWindows windows) {
    return windows.windows().getFirst().fragment();
  }

  private <T> List<T> values(Topic topic, Serde<T> serde, Function<T, Object> key) {
    return List.copyOf(latest(topic, serde, key).values());
  }

  /** The last record of each key, of a consumer that sees what is committed. */
  <T> Map<Object, T> latest(Topic topic, Serde<T> serde, Function<T, Object> key) {
    return latest(topic, serde, List::of, key);
  }

  /** The last of each key of what is in the records. */
  private <R, T> Map<Object, T> latest(
      Topic topic, Serde<R> serde, Function<R, List<T>> values, Function<T, Object> key) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put("isolation.level", "read_committed");
    Map<Object, T> latest = new HashMap<>();
    Map<Object, Integer> partitionOf = new HashMap<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.topicName()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          if (record.value() == null) {
            continue; // forgotten
          }
          R value = serde.deserializer().deserialize(record.topic(), record.value());
          for (T one : values.apply(value)) {
            latest.put(key.apply(one), one);
            Integer before = partitionOf.put(key.apply(one), record.partition());
            if (topic == Topic.JOB_WINDOW && before != null && before != record.partition()) {
              // the key is that of another job too: in one partition alone the last is known
              throw new IllegalStateException(
                  "%s in partitions %d and %d: %s"
                      .formatted(topic, before, record.partition(), one));
            }
          }
        }
      }
    }
    return latest;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * What a consumer of its own, which sees what is committed, reads of telemetry, ledger, jobs and
 * alerts, as it is written.
 */
final class TopicBooks implements AutoCloseable {
  private static final List<Topic> TOPICS =
      List.of(Topic.TELEMETRY, Topic.LEDGER, Topic.JOB_SUMMARY, Topic.ALERTS);

  /** What depends on how often something was sent, and on when it arrived. */
  private static final List<SiteAmount> NOT_COMPARED =
      List.of(SiteAmount.REPEATED_READINGS, SiteAmount.CLOCK_AHEAD_READINGS);

  private record Batch(String site, String node, long epoch, long sequence) {}

  private record Window(String site, long start, long fragment) {}

  private final KafkaConsumer<String, byte[]> consumer;
  private final Thread reader;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Map<Batch, Integer> sent = new HashMap<>();
  private final Map<Window, SiteWindow> ledger = new HashMap<>();
  private final Map<String, JobSummary> jobs = new TreeMap<>();
  private final Set<String> alerts = new LinkedHashSet<>();

  /** Begins to read. */
  TopicBooks(String bootstrap) {
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        TOPICS.stream()
            .flatMap(topic -> consumer.partitionsFor(topic.topicName()).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    reader = Thread.ofPlatform().name("topic-books").start(this::read);
  }

  private void read() {
    try (consumer) {
      while (true) {
        consumer.poll(Duration.ofMillis(500)).forEach(this::take);
      }
    } catch (WakeupException e) {
      // closed
    } catch (RuntimeException | Error e) {
      failure.set(e);
    }
  }

  private synchronized void take(ConsumerRecord<String, byte[]> record) {
    if (record.value() == null) {
      return;
    }
    String topic = record.topic();
    if (topic.equals(Topic.TELEMETRY.topicName())) {
      TelemetryBatch batch =
          WireSerdes.telemetry().deserializer().deserialize(topic, record.value());
      sent.put(
          new Batch(batch.site(), batch.node(), batch.agentEpoch(), batch.sequence()),
          batch.readings());
    } else if (topic.equals(Topic.LEDGER.topicName())) {
      SiteWindow window =
          WireSerdes.siteWindows().deserializer().deserialize(topic, record.value());
      if (window.windowMillis() == Windows.MILLIS) {
        ledger.put(
            new Window(
                window.site(), window.windowStartEpochMillis(), window.fragmentEpochMillis()),
            window);
      }
    } else if (topic.equals(Topic.JOB_SUMMARY.topicName())) {
      JobSummary job = WireSerdes.jobSummaries().deserializer().deserialize(topic, record.value());
      jobs.put(job.site() + "/" + job.job() + "/" + job.fragmentEpochMillis(), job);
    } else {
      Alert alert = WireSerdes.alerts().deserializer().deserialize(topic, record.value());
      alerts.add(
          "%s-%d-%d".formatted(alert.id(), alert.times().sinceEpochMillis(), alert.revision()));
    }
  }

  private void check() {
    Throwable failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException("the topics cannot be read", failed);
    }
  }

  /** The windows of 10 s of a site, fragments added up, by start. */
  synchronized Map<Long, Totals<SiteAmount>> windows(String site) {
    check();
    Map<Long, Totals<SiteAmount>> windows = new TreeMap<>();
    for (SiteWindow window : ledger.values()) {
      if (window.site().equals(site)) {
        windows
            .computeIfAbsent(window.windowStartEpochMillis(), _ -> Totals.ofSite())
            .addAll(window.totals());
      }
    }
    windows.values().forEach(totals -> NOT_COMPARED.forEach(amount -> totals.set(amount, 0)));
    return windows;
  }

  /** All windows of a site added up. */
  Totals<SiteAmount> site(String site) {
    Totals<SiteAmount> sum = Totals.ofSite();
    windows(site).values().forEach(sum::addAll);
    return sum;
  }

  /** Readings of different batches that are in the topic. */
  synchronized long sent(String site) {
    check();
    return sent.entrySet().stream()
        .filter(entry -> entry.getKey().site().equals(site))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /**
   * Batches that were numbered and are not in the topic: between the first and the last of each
   * agent's life.
   */
  synchronized long missingBatches(String site) {
    check();
    Map<String, List<Long>> lives = new HashMap<>();
    for (Batch batch : sent.keySet()) {
      if (batch.site().equals(site)) {
        lives
            .computeIfAbsent(batch.node() + " " + batch.epoch(), _ -> new ArrayList<>())
            .add(batch.sequence());
      }
    }
    return lives.values().stream()
        .mapToLong(sequences ->
            sequences.stream().mapToLong(Long::longValue).max().orElse(-1) + 1 - sequences.size())
        .sum();
  }

  /** All that is known of each job that ended. */
  synchronized Map<String, String> jobs() {
    check();
    Map<String, String> texts = new TreeMap<>();
    jobs.forEach((key, job) ->
        texts.put(
            key,
            "%s %s %s %d to %d, peak %d mW, work %s, %s"
                .formatted(
                    job.details().user(),
                    job.details().project(),
                    job.state(),
                    job.times().startEpochMillis(),
                    job.times().endEpochMillis(),
                    job.peakMilliwatts(),
                    job.work().amount(),
                    job.totals())));
    return texts;
  }

  /** Energy of all jobs, mJ. */
  synchronized long jobsMillijoules() {
    check();
    return jobs.values().stream()
        .mapToLong(job -> job.totals().get(JobAmount.TOTAL_MILLIJOULES))
        .sum();
  }

  /** Revisions of alerts, as a webhook's ids. */
  synchronized Set<String> alerts() {
    check();
    return Set.copyOf(alerts);
  }

  /** Measured energy less that of jobs and idle energy, over all windows, absolute, mJ. */
  static long imbalanceMillijoules(Stream<Totals<SiteAmount>> windows) {
    return windows
        .mapToLong(totals ->
            Math.abs(
                totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)
                    - totals.get(SiteAmount.JOBS_TOTAL_MILLIJOULES)
                    - totals.get(SiteAmount.IDLE_TOTAL_MILLIJOULES)))
        .sum();
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

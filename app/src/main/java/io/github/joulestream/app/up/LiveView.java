// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What the lines of progress show of the results: jobs that run, and the power of each site. */
final class LiveView implements AutoCloseable {
  private static final int TEN_SECONDS = 10_000;

  private final KafkaConsumer<String, byte[]> consumer;
  private final Thread thread;
  private final Map<String, Boolean> runs = new ConcurrentHashMap<>();
  private final SortedMap<String, Long> milliwatts = new ConcurrentSkipListMap<>();
  // by site: the newest window seen, and the one before it, which is whole
  private final Map<String, TreeMap<Long, SiteWindow>> windows = new HashMap<>();

  LiveView(Map<String, Object> kafka) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put("isolation.level", "read_committed");
    config.put("enable.auto.commit", false);
    config.put("auto.offset.reset", "earliest");
    consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    thread = Thread.ofPlatform().name("live-view").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try (consumer) {
      List<TopicPartition> partitions =
          List.of(Topic.SITE_POWER, Topic.JOB_SUMMARY).stream()
              .flatMap(topic -> consumer.partitionsFor(topic.topicName()).stream())
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Deserializer<SiteWindow> siteWindows = WireSerdes.siteWindows().deserializer();
      Deserializer<JobSummary> summaries = WireSerdes.jobSummaries().deserializer();
      while (true) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          if (record.topic().equals(Topic.SITE_POWER.topicName())) {
            see(siteWindows.deserialize(record.topic(), record.value()));
          } else {
            JobSummary job = summaries.deserialize(record.topic(), record.value());
            runs.put(record.key(), job.state() == JobState.RUNNING);
          }
        }
      }
    } catch (WakeupException e) {
      // close() ends the loop
    }
  }

  private void see(SiteWindow window) {
    if (window.windowMillis() != TEN_SECONDS) {
      return;
    }
    TreeMap<Long, SiteWindow> ofSite = windows.computeIfAbsent(window.site(), _ -> new TreeMap<>());
    ofSite.put(window.windowStartEpochMillis(), window);
    while (ofSite.size() > 3) {
      ofSite.pollFirstEntry();
    }
    // the newest is still being filled
    SiteWindow whole =
        ofSite.size() > 1
            ? ofSite.lowerEntry(ofSite.lastKey()).getValue()
            : ofSite.lastEntry().getValue();
    milliwatts.put(
        window.site(),
        whole.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES) * 1000 / whole.windowMillis());
  }

  long jobsRunning() {
    return runs.values().stream().filter(running -> running).count();
  }

  /** Mean power of each site in its last whole window, mW. */
  SortedMap<String, Long> siteMilliwatts() {
    return new TreeMap<>(milliwatts);
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

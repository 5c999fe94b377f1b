// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.KafkaStreams;

/** Figures of a running topology, from the metrics of Kafka Streams and of its clients. */
final class TopologyFigures {
  private static final String FETCHED = "consumer-fetch-manager-metrics";
  private static final String THREADS = "stream-thread-metrics";

  private final KafkaStreams streams;

  TopologyFigures(KafkaStreams streams) {
    this.streams = streams;
  }

  /** Records read by all consumers, also those that restore. */
  double recordsIn() {
    return sum(FETCHED, "records-consumed-total", "client-id");
  }

  /** Records written by all producers. */
  double recordsOut() {
    return sum("producer-metrics", "record-send-total", "client-id");
  }

  /** Records of the assigned partitions that are not read yet. */
  double lag() {
    return sum(FETCHED, "records-lag", "partition");
  }

  /** Commits of tasks since each thread began. */
  double commits() {
    return byThread("commit-total").values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Average duration of a commit of the slowest thread, seconds; 0 before the first. */
  double commitSecondsAverage() {
    return maxMillis("commit-latency-avg") / 1e3;
  }

  /** Longest commit of a thread, seconds; 0 before the first. */
  double commitSecondsMax() {
    return maxMillis("commit-latency-max") / 1e3;
  }

  /** Records processed by all threads. */
  double processed() {
    return byThread("process-total").values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** By thread, polls since it began. */
  Map<String, Double> polls() {
    return byThread("poll-total");
  }

  private double maxMillis(String name) {
    return byThread(name).values().stream()
        .mapToDouble(Double::doubleValue)
        .filter(Double::isFinite)
        .max()
        .orElse(0);
  }

  /** One of the figures of threads that are not dead. */
  private Map<String, Double> byThread(String name) {
    Set<String> alive = new HashSet<>();
    streams.metadataForLocalThreads().forEach(thread -> alive.add(thread.threadName()));
    Map<String, Double> values = new HashMap<>();
    streams
        .metrics()
        .forEach((metric, value) -> {
          String thread = metric.tags().get("thread-id");
          if (metric.group().equals(THREADS)
              && metric.name().equals(name)
              && thread != null
              && alive.contains(thread)
              && value.metricValue() instanceof Double number) {
            values.put(thread, number);
          }
        });
    return values;
  }

  /**
   * Adds up one of the clients' own figures.
   *
   * @param last the innermost tag that the figure has: clients report it for each of their topics
   *     and once more for all of them
   */
  private double sum(String group, String name, String last) {
    double sum = 0;
    for (Map.Entry<MetricName, ? extends org.apache.kafka.common.Metric> entry :
        streams.metrics().entrySet()) {
      MetricName metric = entry.getKey();
      boolean innermost =
          metric.tags().containsKey(last)
              && (last.equals("partition") || !metric.tags().containsKey("topic"));
      if (metric.group().equals(group)
          && metric.name().equals(name)
          && innermost
          && entry.getValue().metricValue() instanceof Double value
          && !value.isNaN()) {
        sum += value;
      }
    }
    return sum;
  }
}

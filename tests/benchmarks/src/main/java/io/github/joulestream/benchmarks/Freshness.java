// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.schemas.SiteWindow;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How old the news are: for each window of 10 s, when the ledger first shows all of it, minus the
 * time of the newest reading in it. All of it is there when all devices are covered to the window's
 * end, for which each node's first reading at or after that end is needed.
 */
final class Freshness implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);

  private final String bootstrap;
  private final long wholeMillis;
  private final long newestMillis;
  private final EpochClock clock = EpochClock.system();
  private final List<Double> seconds = new CopyOnWriteArrayList<>();
  private final Thread thread = Thread.ofPlatform().name("freshness").unstarted(this::run);
  private volatile boolean stopping;

  /**
   * @param devices of the site
   * @param newestMillis from the end of a window to the last first reading after it
   */
  Freshness(String bootstrap, long devices, long newestMillis) {
    this.bootstrap = bootstrap;
    this.wholeMillis = devices * Ledger.WINDOW_MILLIS;
    this.newestMillis = newestMillis;
    thread.start();
  }

  /** Of the windows so far. */
  List<Double> seconds() {
    return seconds;
  }

  private void run() {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor("ledger").stream()
              .map(info -> new TopicPartition("ledger", info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToEnd(partitions);
      Set<Long> seen = new HashSet<>();
      while (!stopping) {
        consumer
            .poll(POLL)
            .forEach(record -> {
              SiteWindow window = Ledger.window(record.value());
              if (window.windowMillis() == Ledger.WINDOW_MILLIS
                  && window.totals().get(SiteAmount.COVERED_MILLIS) >= wholeMillis
                  && seen.add(window.windowStartEpochMillis())) {
                long newest = window.windowStartEpochMillis() + Ledger.WINDOW_MILLIS + newestMillis;
                seconds.add((clock.epochMillis() - newest) / 1e3);
              }
            });
      }
    }
  }

  @Override
  public void close() {
    stopping = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.grid;

import io.github.joulestream.app.log.Unreadable;
import io.github.joulestream.app.rights.TransactionIds;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.schemas.GridRecord;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** All issues of the supply of sites, in their topic. */
public final class GridTopic {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final String CLIENT_ID = TransactionIds.GRID;
  private static final String TOPIC = Topic.GRID.topicName();

  /** A year of a site takes seconds; a file of many years takes longer than Kafka's minute. */
  private static final int TRANSACTION_MILLIS = 600_000;

  private final KafkaClients kafka;

  /**
   * @param kafka how to reach the cluster
   */
  public GridTopic(KafkaClients kafka) {
    this.kafka = kafka;
  }

  /** All issues by site. */
  public SortedMap<String, List<GridInterval>> read() {
    SortedMap<String, List<GridInterval>> sites = new TreeMap<>();
    for (GridInterval issue : read(_ -> true, _ -> true)) {
      sites.computeIfAbsent(issue.site(), _ -> new ArrayList<>()).add(issue);
    }
    return sites;
  }

  /** All issues of a site. */
  public List<GridInterval> read(String site) {
    return read(key -> Keys.site(key).equals(site), _ -> true);
  }

  /** Those of some series of a site that have time in common with a range, Unix epoch, ms. */
  public List<GridInterval> read(String site, Collection<GridSeries> series, long from, long to) {
    List<String> starts = series.stream().map(one -> "%s/%s/".formatted(site, one.text())).toList();
    return read(
        key -> starts.stream().anyMatch(key::startsWith),
        interval -> interval.to() > from && interval.from() < to);
  }

  private List<GridInterval> read(Predicate<String> wantedKeys, Predicate<GridInterval> wanted) {
    TopicPartition partition = new TopicPartition(TOPIC, 0);
    Map<String, GridInterval> issues = new TreeMap<>();
    Unreadable unreadable = new Unreadable();
    try (KafkaConsumer<String, byte[]> consumer =
        kafka.consumer(CLIENT_ID, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          if (record.key() != null && wantedKeys.test(record.key())) {
            take(record, wanted, issues, unreadable);
          }
        }
      }
    }
    unreadable.report();
    return new ArrayList<>(issues.values());
  }

  private static void take(
      ConsumerRecord<String, byte[]> record,
      Predicate<GridInterval> wanted,
      Map<String, GridInterval> issues,
      Unreadable unreadable) {
    if (record.value() == null) {
      issues.remove(record.key());
      unreadable.replaced(record);
      return;
    }
    try {
      GridInterval interval =
          WireSerdes.grid().deserializer().deserialize(TOPIC, record.value()).interval();
      if (wanted.test(interval)) {
        issues.put(record.key(), interval);
      }
      unreadable.replaced(record);
    } catch (RuntimeException | StackOverflowError e) {
      unreadable.add(record, e);
    }
  }

  /** Publishes all of them, in their order, or none. */
  public void publish(List<GridRecord> records) {
    if (records.isEmpty()) {
      return;
    }
    // of two that import at a time, the one that came first gives up
    try (KafkaProducer<String, GridRecord> producer =
        kafka
            .with(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MILLIS)
            .with(ProducerConfig.LINGER_MS_CONFIG, 5)
            .transactionalProducer(
                CLIENT_ID, new StringSerializer(), WireSerdes.grid().serializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      for (GridRecord record : records) {
        // what fails to be sent makes the commit fail
        var _ = producer.send(new ProducerRecord<>(TOPIC, record.key(), record));
      }
      producer.commitTransaction();
    }
  }
}

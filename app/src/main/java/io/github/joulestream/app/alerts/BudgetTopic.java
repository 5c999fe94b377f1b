// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.alerts;

import io.github.joulestream.app.log.Unreadable;
import io.github.joulestream.app.rights.TransactionIds;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** The budgets that are in force, in their topic. */
public final class BudgetTopic {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final String CLIENT_ID = TransactionIds.BUDGETS;
  private static final String TOPIC = Topic.BUDGETS.topicName();

  private final KafkaClients kafka;

  /**
   * @param kafka how to reach the cluster
   */
  public BudgetTopic(KafkaClients kafka) {
    this.kafka = kafka;
  }

  /** All budgets, by their key. */
  public Map<String, Budget> read() {
    TopicPartition partition = new TopicPartition(TOPIC, 0);
    Map<String, Budget> budgets = new TreeMap<>();
    Unreadable unreadable = new Unreadable();
    try (KafkaConsumer<String, byte[]> consumer =
        kafka.consumer(CLIENT_ID, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          if (record.key() != null) {
            take(record, budgets, unreadable);
          }
        }
      }
    }
    unreadable.report();
    return budgets;
  }

  private static void take(
      ConsumerRecord<String, byte[]> record, Map<String, Budget> budgets, Unreadable unreadable) {
    if (record.value() == null) {
      budgets.remove(record.key());
      unreadable.replaced(record);
      return;
    }
    try {
      budgets.put(
          record.key(), WireSerdes.budgets().deserializer().deserialize(TOPIC, record.value()));
      unreadable.replaced(record);
    } catch (RuntimeException | StackOverflowError e) {
      unreadable.add(record, e);
    }
  }

  /** Puts all of them in force, or none. */
  public void write(Collection<Budget> budgets) {
    Map<String, @Nullable Budget> records = new TreeMap<>();
    budgets.forEach(budget -> records.put(Keys.budget(budget.site(), budget.id()), budget));
    inTransaction(records);
  }

  /** Takes a budget out of force. */
  public void remove(String site, String name) {
    Map<String, @Nullable Budget> none = new HashMap<>();
    none.put(Keys.budget(site, name), null);
    inTransaction(none);
  }

  private void inTransaction(Map<String, @Nullable Budget> records) {
    // of two that change budgets at a time, the one that came first gives up
    try (KafkaProducer<String, Budget> producer =
        kafka
            .with(ProducerConfig.LINGER_MS_CONFIG, 5)
            .transactionalProducer(
                CLIENT_ID, new StringSerializer(), WireSerdes.budgets().serializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      for (Map.Entry<String, @Nullable Budget> budget : records.entrySet()) {
        // what fails to be sent makes the commit fail
        var _ = producer.send(new ProducerRecord<>(TOPIC, budget.getKey(), budget.getValue()));
      }
      producer.commitTransaction();
    }
  }
}

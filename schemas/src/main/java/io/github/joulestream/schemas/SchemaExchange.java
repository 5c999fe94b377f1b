// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schemas of all releases that ever wrote, in the compacted topic {@code schemas}: a program that
 * writes puts its own there first, and one that meets an unknown fingerprint looks there. So an
 * older reader understands a newer writer without a registry to run.
 */
public final class SchemaExchange {
  private static final Logger log = LoggerFactory.getLogger(SchemaExchange.class);
  private static final Duration READ_LIMIT = Duration.ofSeconds(5);

  private final Map<String, Object> kafka;

  private SchemaExchange(Map<String, Object> kafka) {
    this.kafka = Map.copyOf(kafka);
  }

  /**
   * Puts this release's schemas where others find them, and from now on looks there for theirs.
   *
   * @param kafka how to reach the cluster ({@code bootstrap.servers} and what else it takes)
   */
  public static void join(Map<String, Object> kafka)
      throws ExecutionException, InterruptedException {
    SchemaExchange exchange = new SchemaExchange(kafka);
    exchange.publish(KnownSchemas.own());
    KnownSchemas.INSTANCE.lookIn(exchange::find);
  }

  void publish(List<Schema> schemas) throws ExecutionException, InterruptedException {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new StringSerializer())) {
      for (Schema schema : schemas) {
        producer
            .send(
                new ProducerRecord<>(
                    Topic.SCHEMAS.topicName(),
                    key(KnownSchemas.fingerprint(schema)),
                    schema.toString()))
            .get();
      }
    }
  }

  /** Reads the whole topic: it is small, and an unknown fingerprint is rare. */
  @Nullable Schema find(long fingerprint) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put("auto.offset.reset", "earliest");
    config.put("enable.auto.commit", false);
    TopicPartition partition = new TopicPartition(Topic.SCHEMAS.topicName(), 0);
    Schema found = null;
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      Long end = consumer.endOffsets(List.of(partition), READ_LIMIT).get(partition);
      while (end != null && consumer.position(partition, READ_LIMIT) < end) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(READ_LIMIT)) {
          if (key(fingerprint).equals(record.key()) && record.value() != null) {
            found = KnownSchemas.parse(new String(record.value(), UTF_8));
          }
        }
      }
    } catch (TimeoutException | SchemaParseException e) {
      log.warn("looked for schema {} in vain", key(fingerprint), e);
    }
    return found;
  }

  private static String key(long fingerprint) {
    return "%016x".formatted(fingerprint);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Records that end alerts and remove what is kept under a key; all of them count, or none. */
final class Forgetting {
  private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();

  /** Resolves an alert, for its receivers and for the alerts topology. */
  Forgetting end(Alert alert, long epochMillis, String why) {
    if (alert.state() == AlertState.FIRING) {
      String topic = Topic.ALERTS.topicName();
      byte[] value =
          WireSerdes.alerts().serializer().serialize(topic, alert.cleared(epochMillis, why));
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic, alert.id().getBytes(UTF_8), value);
      record.headers().add(Alert.CLEARED_HEADER, alert.site().getBytes(UTF_8));
      records.add(record);
    }
    return this;
  }

  Forgetting remove(Topic topic, String key) {
    records.add(new ProducerRecord<>(topic.topicName(), key.getBytes(UTF_8), null));
    return this;
  }

  Forgetting put(Topic topic, String key, byte[] value) {
    records.add(new ProducerRecord<>(topic.topicName(), key.getBytes(UTF_8), value));
    return this;
  }

  /** Returns when Kafka has all of it. */
  void send(KafkaClients kafka) {
    try (KafkaProducer<byte[], byte[]> producer =
        kafka
            .with(ProducerConfig.LINGER_MS_CONFIG, 5)
            .transactionalProducer(
                "joulestream-forgetting", new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      for (ProducerRecord<byte[], byte[]> record : records) {
        // what fails to be sent makes the commit fail
        var _ = producer.send(record);
      }
      producer.commitTransaction();
    }
  }
}

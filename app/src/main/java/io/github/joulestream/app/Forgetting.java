// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.app.rights.TransactionIds;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.schemas.signing.RecordSigner;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Records that end alerts and remove what is kept under a key; all of them count, or none. */
final class Forgetting {
  private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
  private final RecordSigner signer;

  /** Records that this signs, where they are of a topic whose records are signed. */
  Forgetting(RecordSigner signer) {
    this.signer = signer;
  }

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
    return add(topic, key, null);
  }

  Forgetting put(Topic topic, String key, byte[] value) {
    return add(topic, key, value);
  }

  private Forgetting add(Topic topic, String key, byte @Nullable [] value) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic.topicName(), key.getBytes(UTF_8), value);
    signer.sign(topic.topicName(), key, value, record.headers());
    records.add(record);
    return this;
  }

  /** Returns when Kafka has all of it. */
  void send(KafkaClients kafka) {
    try (KafkaProducer<byte[], byte[]> producer =
        kafka
            .with(ProducerConfig.LINGER_MS_CONFIG, 5)
            .transactionalProducer(
                TransactionIds.FORGETTING, new ByteArraySerializer(), new ByteArraySerializer())) {
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

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaClientsTest {
  private static KafkaClients clients(Map<String, String> file) {
    Map<String, Object> chosen = new HashMap<>(file);
    chosen.put("bootstrap.servers", "127.0.0.1:9");
    return KafkaClients.of(chosen);
  }

  private static final Map<String, String> SECURED =
      Map.of(
          "security.protocol", "SASL_SSL",
          "sasl.jaas.config", "login required password=\"secret\";",
          "login.callback.own", "only the plug-in knows this name");

  @Test
  void everyKindOfClient_getsWhatAPersonHasSet() {
    KafkaClients clients = clients(SECURED);
    Properties streams = new Properties();
    clients.putInto(streams);
    SECURED.forEach((name, value) -> {
      assertThat(
              List.of(
                  clients.consumerConfig("joulestream-a"),
                  clients.groupMemberConfig("joulestream-b"),
                  clients.producerConfig("joulestream-c"),
                  clients.transactionalConfig("joulestream-d")))
          .allSatisfy(config -> assertThat(config).containsEntry(name, value));
      for (String prefix : List.of("consumer.", "producer.", "admin.")) {
        assertThat(streams).containsEntry(prefix + name, value);
      }
    });
    assertThat(streams).containsEntry("bootstrap.servers", "127.0.0.1:9");
    assertThat(clients.toString()).doesNotContain("secret").contains("sasl.jaas.config");
  }

  @Test
  void whatWouldWeakenTheBooks_isRefusedByItsName() {
    for (String line :
        List.of(
            "acks=1",
            "acks=0",
            "enable.idempotence=false",
            "enable.idempotence=no",
            "isolation.level=read_uncommitted")) {
      String[] setting = line.split("=");
      assertThatThrownBy(() -> clients(Map.of(setting[0], setting[1])))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(line + " in the configuration of Kafka's clients");
    }
    clients(
        Map.of("acks", "-1", "enable.idempotence", " True", "isolation.level", "read_committed"));
  }

  @Test
  void whatTheBooksNeed_isSet_whateverElseIsChosen() {
    KafkaClients clients =
        clients(
                Map.of(
                    "acks", "-1",
                    "client.id", "mine",
                    "group.id", "mine",
                    "transactional.id", "mine",
                    "partitioner.class", "Mine",
                    "auto.offset.reset", "latest",
                    "enable.auto.commit", "true",
                    "retries", "0",
                    "max.in.flight.requests.per.connection", "5",
                    "compression.type", "gzip"))
            .withDefault("compression.type", "zstd")
            .withDefault("batch.size", 1)
            .with("linger.ms", 7);
    assertThat(clients.producerConfig("joulestream-a"))
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", true)
        .containsEntry("max.in.flight.requests.per.connection", 1)
        .containsEntry("client.id", "joulestream-a")
        .containsEntry("compression.type", "gzip")
        .containsEntry("batch.size", 1)
        .containsEntry("linger.ms", 7)
        .doesNotContainKeys("transactional.id", "partitioner.class", "retries");
    assertThat(clients.transactionalConfig("joulestream-t"))
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", true)
        .containsEntry("client.id", "joulestream-t")
        .containsEntry("transactional.id", "joulestream-t")
        .containsEntry("transaction.timeout.ms", 30_000);
    assertThat(
            clients(Map.of("transaction.timeout.ms", "30000")).transactionalConfig("joulestream-t"))
        .containsEntry("transaction.timeout.ms", "30000");
    assertThat(clients.consumerConfig("joulestream-b"))
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("enable.auto.commit", false)
        .containsEntry("auto.offset.reset", "earliest")
        .containsEntry("allow.auto.create.topics", false)
        .doesNotContainKey("group.id");
    assertThat(clients.groupMemberConfig("joulestream-g"))
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("group.id", "joulestream-g")
        .containsEntry("client.id", "joulestream-g");
  }

  /** A setting with another name or type would show here. */
  @Test
  void kafkasOwnParsers_takeAllOfIt() {
    KafkaClients clients = clients(Map.of());
    Map<String, Object> producer = clients.producerConfig("joulestream-a");
    producer.put("key.serializer", ByteArraySerializer.class);
    producer.put("value.serializer", ByteArraySerializer.class);
    assertThat(ProducerConfig.configNames()).containsAll(producer.keySet());
    assertThat(new ProducerConfig(producer).getBoolean("enable.idempotence")).isTrue();
    Map<String, Object> consumer = clients.groupMemberConfig("joulestream-g");
    consumer.put("key.deserializer", ByteArrayDeserializer.class);
    consumer.put("value.deserializer", ByteArrayDeserializer.class);
    assertThat(ConsumerConfig.configNames()).containsAll(consumer.keySet());
    assertThat(new ConsumerConfig(consumer).getString("isolation.level"))
        .isEqualTo("read_committed");
    try (KafkaProducer<byte[], byte[]> made =
        clients.producer("joulestream-a", new ByteArraySerializer(), new ByteArraySerializer())) {
      assertThat(made.metrics()).isNotEmpty();
    }
  }

  @Test
  void theProgramItself_cannotWeakenItEither() {
    KafkaClients clients = clients(Map.of());
    for (String name :
        List.of(
            "acks",
            "enable.idempotence",
            "isolation.level",
            "client.id",
            "group.id",
            "transactional.id")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> clients.with(name, "all"))
          .withMessage(name + " is set by KafkaClients alone");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> clients.groupMemberConfig("other"))
        .withMessage("'other' does not begin with joulestream");
    assertThatIllegalArgumentException().isThrownBy(() -> KafkaClients.of(Map.of()));
  }
}

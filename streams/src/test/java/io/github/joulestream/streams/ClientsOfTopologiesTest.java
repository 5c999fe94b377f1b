// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.schemas.kafka.Durability;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

class ClientsOfTopologiesTest {
  private static StreamsSettings settings(Map<String, Object> kafka) {
    Map<String, Object> all = new HashMap<>(kafka);
    all.put("bootstrap.servers", "broker:9093");
    return StreamsSettings.of(KafkaClients.of(all), Path.of("state"))
        .groupInstanceId("instance")
        .commitInterval(Duration.ofMillis(100));
  }

  /** What each client of a topology is made with. */
  private static List<Map<String, Object>> clients(Properties config) {
    StreamsConfig streams = new StreamsConfig(config);
    return List.of(
        streams.getMainConsumerConfigs("group", "main", 0),
        streams.getRestoreConsumerConfigs("restore"),
        streams.getGlobalConsumerConfigs("global"),
        streams.getProducerConfigs("producer"),
        streams.getAdminConfigs("admin"));
  }

  @Test
  void whatKafkasClientsNeed_reachesEveryClientOfBothTopologies() {
    StreamsSettings settings =
        settings(
            Map.of(
                "security.protocol", "SASL_SSL",
                "sasl.jaas.config", "login required password=\"secret\";",
                "ssl.truststore.location", "/etc/trust.p12",
                "login.callback.own", "only the plug-in knows this name"));
    for (Properties config :
        List.of(StreamsConfigs.accounting(settings), StreamsConfigs.alerts(settings))) {
      assertThat(clients(config))
          .hasSize(5)
          .allSatisfy(client ->
              assertThat(client)
                  .containsEntry("security.protocol", "SASL_SSL")
                  .containsEntry("sasl.jaas.config", "login required password=\"secret\";")
                  .containsEntry("ssl.truststore.location", "/etc/trust.p12")
                  .containsEntry("login.callback.own", "only the plug-in knows this name"));
    }
    assertThat(settings.toString()).doesNotContain("secret").contains("sasl.jaas.config");
  }

  @Test
  void whatTheBooksNeed_staysAsItIs_andOtherThingsCanBeChosen() {
    Properties plain = StreamsConfigs.accounting(settings(Map.of()));
    Properties config =
        StreamsConfigs.accounting(
            settings(
                Map.of(
                    "isolation.level", "READ_COMMITTED",
                    "enable.idempotence", " true ",
                    "acks", "-1",
                    "transactional.id", "mine",
                    "group.instance.id", "another",
                    "auto.offset.reset", "latest",
                    "max.request.size", "1000",
                    "compression.type", "zstd",
                    "session.timeout.ms", "60000")));
    StreamsConfig before = new StreamsConfig(plain);
    StreamsConfig after = new StreamsConfig(config);
    assertThat(after.getProducerConfigs("p"))
        .containsEntry("compression.type", "zstd")
        .containsAllEntriesOf(without(before.getProducerConfigs("p"), "compression.type"));
    assertThat(after.getMainConsumerConfigs("g", "c", 0))
        .containsEntry("session.timeout.ms", "60000")
        .containsEntry("group.instance.id", "instance-0")
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("auto.offset.reset", "earliest");
    assertThat(after.getAdminConfigs("a").get("bootstrap.servers"))
        .isEqualTo(before.getAdminConfigs("a").get("bootstrap.servers"))
        .isEqualTo("broker:9093");
  }

  @Test
  void internalTopics_areMadeAsDurableAsIsSet_otherwiseAsTheClusterHasIt() {
    StreamsSettings settings = settings(Map.of()).durability(Durability.of(3));
    for (Properties config :
        List.of(StreamsConfigs.accounting(settings), StreamsConfigs.alerts(settings))) {
      StreamsConfig streams = new StreamsConfig(config);
      assertThat(streams.getInt("replication.factor")).isEqualTo(3);
      assertThat(streams.getMainConsumerConfigs("group", "main", 0))
          .containsEntry("topic.min.insync.replicas", "2");
    }
    StreamsConfig plain = new StreamsConfig(StreamsConfigs.accounting(settings(Map.of())));
    assertThat(plain.getInt("replication.factor")).isEqualTo(-1);
    assertThat(plain.getMainConsumerConfigs("group", "main", 0))
        .doesNotContainKey("topic.min.insync.replicas");
  }

  private static Map<String, Object> without(Map<String, Object> config, String name) {
    config.remove(name);
    return config;
  }
}

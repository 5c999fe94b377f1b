// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve} before there is a broker or a store, and once they are there. */
class ITServe {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> get(String address) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void itServesWithoutABrokerAndAStore_andGoesOnOnceTheyAreThere() throws Exception {
    int kafkaPort = FreePort.find();
    int storePort = FreePort.find();
    try (Program serve =
        Program.start(
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--metrics-port",
            "off",
            "--kafka",
            "127.0.0.1:" + kafkaPort,
            "--store-url",
            "http://127.0.0.1:" + storePort)) {
      serve.awaitLine("serving http://127.0.0.1:");
      Matcher found =
          Pattern.compile("serving (http://127\\.0\\.0\\.1:\\d+)").matcher(serve.output());
      assertThat(found.find()).isTrue();
      String address = found.group(1);
      assertThat(get(address + "/").body()).contains("Joulestream");
      assertThat(get(address + "/health").statusCode()).isEqualTo(200);
      assertThat(get(address + "/ready").statusCode()).isEqualTo(503);
      assertThat(get(address + "/api/v1/sites").body()).isEqualTo("{\"sites\":[]}");
      HttpResponse<String> away = get(address + "/api/v1/usage?from=1h");
      assertThat(away.statusCode()).isEqualTo(503);
      assertThat(away.headers().firstValue("Retry-After")).isPresent();
      assertThat(get(address + "/metrics").statusCode()).isEqualTo(403);
      assertThat(serve.isAlive()).isTrue();

      EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), kafkaPort);
      try (EmbeddedQuestDb _ = EmbeddedQuestDb.start(folder.resolve("questdb"), storePort)) {
        Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrap());
        try (Admin admin = Admin.create(kafka)) {
          new TopicAdmin(admin).create(1, (short) 1);
          SchemaExchange.publish(KafkaClients.of(kafka));
        }
        Await.until("it is ready", LIMIT, () -> get(address + "/ready").statusCode() == 200);
        Await.until(
            "the store is read",
            LIMIT,
            () -> get(address + "/api/v1/usage?from=1h").statusCode() == 200);
      } finally {
        broker.close();
      }
      serve.interrupt();
      assertThat(serve.await()).isIn(0, 130);
    }
  }
}

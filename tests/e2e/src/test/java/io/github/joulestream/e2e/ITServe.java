// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.runtime.tls.MadeCertificate;
import io.github.joulestream.runtime.tls.TrustedAuthorities;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve} before there is a broker or a store, and once they are there. */
class ITServe {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final String NOWHERE = "127.0.0.1:1";

  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> get(String address) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void itServesWithoutABrokerAndAStore_andGoesOnOnceTheyAreThere() throws Exception {
    int kafkaPort = FreePort.findLasting();
    int storePort = FreePort.findLasting();
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

  @Test
  void overTls_itAnswersAndIsMeasured_andWithoutIt_itSaysThatTokensAreUnencrypted()
      throws Exception {
    MadeCertificate made = MadeCertificate.valid("EC");
    Path certificate = Files.writeString(folder.resolve("cert.pem"), made.certificatePem());
    Path key = Files.writeString(folder.resolve("key.pem"), made.keyPem());
    Path token = Files.writeString(folder.resolve("metrics.token"), "sesame");
    Path tokens = Files.writeString(folder.resolve("tokens"), "");
    List<String> command =
        List.of(
            "serve", "--listen", "0.0.0.0:0", "--tokens", tokens.toString(), "--kafka", NOWHERE);
    List<String> secured = new ArrayList<>(command);
    secured.addAll(List.of("--tls-certificate", certificate.toString()));
    secured.addAll(List.of("--tls-key", key.toString()));
    secured.addAll(List.of("--metrics-port", "0", "--metrics-token-file", token.toString()));
    secured.addAll(List.of("--metrics-tls-certificate", certificate.toString()));
    secured.addAll(List.of("--metrics-tls-key", key.toString()));
    try (Program serve = Program.start(secured.toArray(String[]::new));
        HttpClient trusting =
            HttpClient.newBuilder().sslContext(TrustedAuthorities.context(certificate)).build()) {
      serve.awaitLine("serving https://");
      assertThat(ask(trusting, found("serving https://0.0.0.0:(\\d+)", serve), "/health", ""))
          .isEqualTo("ok\n");
      String metrics = found("https://127.0.0.1:(\\d+)/metrics", serve);
      assertThat(ask(trusting, metrics, "/metrics", "sesame"))
          .contains("joulestream_serve_certificate_end_timestamp_seconds 1")
          .contains("joulestream_metrics_certificate_end_timestamp_seconds 1");
      assertThat(ask(trusting, metrics, "/metrics", "")).startsWith("a token is needed");
      assertThat(serve.output()).doesNotContain("unencrypted");
    }
    List<String> plain = new ArrayList<>(command);
    plain.addAll(List.of("--metrics-port", "off"));
    try (Program serve = Program.start(plain.toArray(String[]::new))) {
      serve.awaitLine("serving http://");
      assertThat(serve.output()).contains("Tokens are sent unencrypted to 0.0.0.0:0");
    }
    Instant now = Instant.now();
    MadeCertificate old = MadeCertificate.of("EC", now.minusSeconds(90), now.minusSeconds(30));
    MadeCertificate.put(certificate, old.certificatePem());
    MadeCertificate.put(key, old.keyPem());
    try (Program serve = Program.start(secured.toArray(String[]::new))) {
      assertThat(serve.await()).isEqualTo(2);
      assertThat(serve.output()).contains("the certificate in " + certificate + " has expired");
    }
  }

  private static String found(String pattern, Program program) {
    Matcher found = Pattern.compile(pattern).matcher(program.output());
    assertThat(found.find()).as(program.output()).isTrue();
    return found.group(1);
  }

  private static String ask(HttpClient client, String port, String path, String token)
      throws Exception {
    URI uri = URI.create("https://127.0.0.1:%s%s".formatted(port, path));
    return client
        .send(
            HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }
}

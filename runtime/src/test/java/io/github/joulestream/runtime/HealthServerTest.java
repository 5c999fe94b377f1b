// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthServerTest {
  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> ask(
      HealthServer server, String method, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void metrics_areInPrometheusTextFormat() throws Exception {
    Metrics metrics =
        new Metrics()
            .show(Metric.READINGS, () -> 12)
            .showIf(Metric.KAFKA_REACHABLE, () -> false)
            .show(Metric.PROBE_FAILURES, "probe", () -> Map.of("gpu \"0\"", 3L, "memory", 0L));
    try (HealthServer server = HealthServer.start(0, metrics, () -> Health.GOOD)) {
      HttpResponse<String> answer = ask(server, "GET", "/metrics");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type").orElse(""))
          .startsWith("text/plain; version=0.0.4");
      assertThat(answer.body())
          .contains("# HELP joulestream_agent_readings_total Readings taken.\n")
          .contains("# TYPE joulestream_agent_readings_total counter\n")
          .contains("\njoulestream_agent_readings_total 12\n")
          .contains("# TYPE joulestream_agent_kafka_reachable gauge\n")
          .contains("\njoulestream_agent_kafka_reachable 0\n")
          .contains("\njoulestream_agent_probe_failures_total{probe=\"gpu \\\"0\\\"\"} 3\n")
          .contains("\njoulestream_agent_probe_failures_total{probe=\"memory\"} 0\n")
          .contains("\nprocess_resident_memory_bytes ");
      for (String line : answer.body().split("\n", -1)) {
        assertThat(line).matches("|# .*|[a-z_]+(\\{[a-z]+=\".*\"})? [-0-9.E]+");
      }
    }
  }

  @Test
  void health_isAStatusAndALine() throws Exception {
    AtomicReference<Health> health = new AtomicReference<>(Health.GOOD);
    try (HealthServer server = HealthServer.start(0, new Metrics(), health::get)) {
      assertThat(ask(server, "GET", "/health").statusCode()).isEqualTo(200);
      assertThat(ask(server, "GET", "/health").body()).isEqualTo("ok\n");
      health.set(Health.bad("no reading for 5 s"));
      assertThat(ask(server, "GET", "/health").statusCode()).isEqualTo(503);
      assertThat(ask(server, "GET", "/health").body()).isEqualTo("no reading for 5 s\n");
      assertThat(ask(server, "GET", "/ready").statusCode()).isEqualTo(503);
      assertThat(ask(server, "HEAD", "/health").statusCode()).isEqualTo(503);
      assertThat(ask(server, "POST", "/health").statusCode()).isEqualTo(405);
      assertThat(ask(server, "GET", "/").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aStartingProgram_isAlive_andNotReady() throws Exception {
    AtomicReference<Health> health = new AtomicReference<>(Health.starting("restoring 43 %"));
    try (HealthServer server = HealthServer.start(0, new Metrics(), health::get)) {
      assertThat(ask(server, "GET", "/health").statusCode()).isEqualTo(200);
      assertThat(ask(server, "GET", "/health").body()).isEqualTo("restoring 43 %\n");
      assertThat(ask(server, "GET", "/ready").statusCode()).isEqualTo(503);
      assertThat(ask(server, "GET", "/ready").body()).isEqualTo("restoring 43 %\n");
      health.set(Health.good("2 nodes set aside"));
      assertThat(ask(server, "GET", "/ready").statusCode()).isEqualTo(200);
      assertThat(ask(server, "GET", "/ready").body()).isEqualTo("ok; 2 nodes set aside\n");
    }
  }

  @Test
  void aPortThatIsTaken_isSaid() {
    try (HealthServer server = HealthServer.start(0, new Metrics(), () -> Health.GOOD)) {
      assertThatThrownBy(
              () -> HealthServer.start(server.port(), new Metrics(), () -> Health.GOOD).close())
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("--metrics-port " + server.port() + " cannot be opened");
    }
  }

  @Test
  void theCatalogue_keepsToPrometheusRules() {
    assertThat(Metric.values())
        .extracting(Metric::metricName)
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("(joulestream|process|jvm)_[a-z_]+"));
    assertThat(Arrays.stream(Metric.values()).map(Metric::help))
        .allMatch(help -> help.endsWith(".") && !help.contains("\n"));
  }

  private static HealthServer started(HealthServer.Protection protection) {
    return HealthServer.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        protection,
        new Metrics(),
        () -> Health.good("something on host:1"));
  }

  @Test
  void metrics_areForWhoHasTheToken_andReasonsToo(@TempDir Path folder) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "s3cret\n");
    try (HealthServer server = started(new HealthServer.Protection(null, token))) {
      HttpResponse<String> stranger = ask(server, "GET", "/metrics");
      assertThat(stranger.statusCode()).isEqualTo(401);
      assertThat(stranger.headers().firstValue("WWW-Authenticate")).contains("Bearer");
      assertThat(stranger.body()).doesNotContain("process_");
      for (String wrong :
          List.of(
              "Bearer s3cre", "Bearer s3crets", "Bearer", "s3cret", "Basic s3cret", "Bearer ")) {
        assertThat(ask(server, "GET", "/metrics", "Authorization", wrong).statusCode())
            .as(wrong)
            .isEqualTo(401);
      }
      assertThat(ask(server, "GET", "/metrics", "Authorization", "Bearer s3cret").body())
          .contains("process_cpu_seconds_total");
      // probes have no token to send
      assertThat(ask(server, "GET", "/health").body()).isEqualTo("ok\n");
      assertThat(ask(server, "GET", "/ready", "Authorization", "bearer s3cret").body())
          .isEqualTo("ok; something on host:1\n");
      // exchanged, then gone
      Files.writeString(token, "another");
      assertThat(ask(server, "GET", "/metrics", "Authorization", "Bearer s3cret").statusCode())
          .isEqualTo(401);
      assertThat(ask(server, "GET", "/metrics", "Authorization", "Bearer another").statusCode())
          .isEqualTo(200);
      Files.delete(token);
      assertThat(ask(server, "GET", "/metrics", "Authorization", "Bearer another").statusCode())
          .isEqualTo(401);
    }
    for (String none : List.of("", " \n", "two words")) {
      Files.writeString(token, none);
      assertThatThrownBy(() -> started(new HealthServer.Protection(null, token)).close())
          .isInstanceOf(UserError.class)
          .hasMessageNotContaining("words");
    }
  }
}

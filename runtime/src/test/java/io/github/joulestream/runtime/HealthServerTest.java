// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HealthServerTest {
  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> ask(HealthServer server, String method, String path)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
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
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** An InfluxDB 1.x of its own, on free ports, in a folder of its own. */
final class InfluxProcess {
  static final String DATABASE = "joulestream";

  private static final long STARTED_WITHIN_NANOS = 60_000_000_000L;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final URI url;
  private final HttpClient http = HttpClient.newHttpClient();

  private InfluxProcess(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /** The {@code influxd} on the path, if it is one of 1.x. */
  static Optional<Path> program() throws IOException, InterruptedException {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      Path program = Path.of(folder, "influxd");
      if (Files.isExecutable(program)) {
        Process version =
            new ProcessBuilder(program.toString(), "version").redirectErrorStream(true).start();
        String said = new String(version.getInputStream().readAllBytes(), UTF_8);
        version.waitFor();
        return said.startsWith("InfluxDB v1.") ? Optional.of(program) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  static InfluxProcess start(Path program, Path folder) throws IOException, InterruptedException {
    int port = freePort();
    Path config =
        Files.writeString(
            folder.resolve("influxdb.conf"),
            """
            reporting-disabled = true
            bind-address = "127.0.0.1:%d"
            [meta]
            dir = "%s/meta"
            [data]
            dir = "%s/data"
            wal-dir = "%s/wal"
            query-log-enabled = false
            [http]
            bind-address = "127.0.0.1:%d"
            log-enabled = false
            [monitor]
            store-enabled = false
            """
                .formatted(freePort(), folder, folder, folder, port));
    Path log = folder.resolve("influxd.log");
    Process process =
        new ProcessBuilder(program.toString(), "-config", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    InfluxProcess influx = new InfluxProcess(process, URI.create("http://127.0.0.1:" + port));
    long deadline = System.nanoTime() + STARTED_WITHIN_NANOS;
    while (!influx.answers()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        influx.stop();
        throw new IllegalStateException("influxd does not start: " + Files.readString(log));
      }
      LockSupport.parkNanos(20_000_000);
    }
    influx.query("CREATE DATABASE " + DATABASE);
    return influx;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private boolean answers() throws InterruptedException {
    try {
      HttpRequest ping = HttpRequest.newBuilder(url.resolve("/ping")).build();
      return http.send(ping, HttpResponse.BodyHandlers.discarding()).statusCode() == 204;
    } catch (IOException e) {
      return false; // not yet
    }
  }

  /** Asks as Grafana's data source does; the only result. */
  JsonNode query(String influxQl) throws IOException, InterruptedException {
    String form = "db=%s&epoch=ms&q=%s".formatted(DATABASE, URLEncoder.encode(influxQl, UTF_8));
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(url.resolve("/query"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode answer = JSON.readTree(response.body());
    if (response.statusCode() != 200 || answer.at("/results/0").has("error")) {
      throw new IllegalStateException(response.body() + " to " + influxQl);
    }
    return answer.at("/results/0");
  }

  void write(List<String> lines) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(url.resolve("/write?precision=ns&db=" + DATABASE))
                .POST(HttpRequest.BodyPublishers.ofString(String.join("\n", lines)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 204) {
      throw new IllegalStateException(response.statusCode() + ": " + response.body());
    }
  }

  void stop() throws InterruptedException {
    http.close();
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}

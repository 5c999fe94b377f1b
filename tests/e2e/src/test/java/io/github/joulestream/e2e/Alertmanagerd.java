// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A real Alertmanager of the PATH in a process of its own, with what {@code deploy/alertmanager}
 * says but for times and receivers. Where there is none, the tests that need it are skipped.
 */
final class Alertmanagerd implements AutoCloseable {
  private static final List<String> NAMES = List.of("prometheus-alertmanager", "alertmanager");
  private static final Path SHIPPED =
      Path.of("..", "..", "deploy", "alertmanager", "alertmanager.yml");

  private final Path folder;
  private final String program;
  private final int port;
  private @Nullable Process process;

  private Alertmanagerd(Path folder, String program, int port) {
    this.folder = folder;
    this.program = program;
    this.port = port;
  }

  /**
   * Starts one.
   *
   * @param receivers address to which what is for a receiver is posted, under its name
   */
  static Alertmanagerd start(Path folder, URI receivers) throws IOException {
    Optional<String> program = program();
    Assumptions.assumeTrue(
        program.isPresent(),
        "needs Alertmanager on the PATH (Debian: apt install prometheus-alertmanager)");
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("alertmanager.yml"), config(receivers));
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Alertmanagerd server = new Alertmanagerd(folder, program.orElseThrow(), port);
    server.startAgain();
    return server;
  }

  private static Optional<String> program() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .flatMap(bin -> NAMES.stream().map(name -> Path.of(bin, name)))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  private static String config(URI receivers) throws IOException {
    StringBuilder config = new StringBuilder();
    for (String line : Files.readAllLines(SHIPPED)) {
      config.append(
          line.startsWith("  group_wait:")
              ? "  group_wait: 500ms"
              : line.startsWith("  group_interval:") ? "  group_interval: 1s" : line);
      config.append('\n');
      if (line.startsWith("  - name: ")) {
        config.append(
            """
                webhook_configs:
                  - url: %s/%s
                    send_resolved: true
            """
                .formatted(receivers, line.substring("  - name: ".length())));
      }
    }
    assertThat(config).contains("group_wait: 500ms", "group_interval: 1s", "/on-call");
    return config.toString();
  }

  /** Starts it, or starts it again with what it kept. */
  void startAgain() throws IOException {
    Process started =
        new ProcessBuilder(
                program,
                "--config.file=" + folder.resolve("alertmanager.yml"),
                "--storage.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--cluster.listen-address=")
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("alertmanager.log").toFile()))
            .start();
    process = started;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!answers()) {
      assertThat(started.isAlive()).as("it runs; see %s: %s", folder, log()).isTrue();
      assertThat(end - System.nanoTime()).as("it answers in time").isPositive();
      LockSupport.parkNanos(20_000_000);
    }
  }

  private String log() throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve("alertmanager.log"))) {
      return String.join("\n", lines.limit(20).toList());
    }
  }

  private boolean answers() {
    try {
      return url().resolve("/-/ready").toURL().openConnection().getHeaderField("Date") != null;
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends it in order: it keeps what it notified of, and forgets alerts. */
  void stop() throws InterruptedException {
    if (process != null) {
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
      process = null;
    }
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}

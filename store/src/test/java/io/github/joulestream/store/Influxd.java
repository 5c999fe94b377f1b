// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.store.influx.InfluxAddress;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A real {@code influxd} 1.x of the PATH, in a process of its own; or the server that {@code
 * JOULESTREAM_TEST_INFLUX_URL}, {@code _TOKEN} and {@code _ORG} name, of whatever version. Where
 * there is neither, the tests that need it are skipped.
 */
public final class Influxd implements AutoCloseable {
  private static final String URL = "JOULESTREAM_TEST_INFLUX_URL";
  private static final String NEEDED =
      "needs influxd 1.x on the PATH (Debian: apt install influxdb), or a server in " + URL;

  private final Path folder;
  private final URI url;
  private @Nullable Process process;

  private Influxd(Path folder, URI url) {
    this.folder = folder;
    this.url = url;
  }

  /** A server that this test may stop and start again; skips the test where there is none. */
  public static Influxd start(Path folder) throws IOException {
    return start(folder, false);
  }

  /** One that asks who is there. */
  public static Influxd startWithUsers(Path folder) throws IOException {
    return start(folder, true);
  }

  private static Influxd start(Path folder, boolean users) throws IOException {
    Optional<String> program = program();
    Assumptions.assumeTrue(program.isPresent(), NEEDED);
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("influxd.conf"),
        """
        reporting-disabled = true
        bind-address = "127.0.0.1:0"
        [meta]
        dir = "%1$s/meta"
        [data]
        dir = "%1$s/data"
        wal-dir = "%1$s/wal"
        index-version = "tsi1"
        query-log-enabled = false
        cache-snapshot-write-cold-duration = "1s"
        compact-full-write-cold-duration = "2s"
        [monitor]
        store-enabled = false
        [http]
        bind-address = "127.0.0.1:%2$d"
        auth-enabled = %3$s
        log-enabled = false
        [logging]
        level = "error"
        """
            .formatted(folder.toAbsolutePath(), port, users));
    Influxd server = new Influxd(folder, URI.create("http://127.0.0.1:" + port));
    server.start(program.orElseThrow());
    return server;
  }

  private static Optional<String> program() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, "influxd"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  /** A server that this test may only ask: that of the environment, else one of its own. */
  public static Influxd shared(Path folder) throws IOException {
    String given = System.getenv(URL);
    return given == null ? start(folder) : new Influxd(folder, URI.create(given));
  }

  private void start(String program) throws IOException {
    process =
        new ProcessBuilder(program, "-config", folder.resolve("influxd.conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("influxd.log").toFile()))
            .start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!answers()) {
      assertThat(process.isAlive()).as("influxd runs; see %s", folder).isTrue();
      assertThat(end - System.nanoTime()).as("influxd answers in time").isPositive();
      LockSupport.parkNanos(20_000_000);
    }
  }

  private boolean answers() {
    try {
      return url.resolve("/ping").toURL().openConnection().getHeaderField("X-Influxdb-Version")
          != null;
    } catch (IOException e) {
      return false;
    }
  }

  /** Starts it again after {@link #stop}, with what it had. */
  public void startAgain() throws IOException {
    start(program().orElseThrow());
  }

  /** Ends it in order. */
  public void stop() throws InterruptedException {
    if (process != null) {
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("influxd ends").isTrue();
      process = null;
    }
  }

  /** As {@code kill -9}. */
  public void kill() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
      process = null;
    }
  }

  /** Processor time that the server has used since its start; zero of one that is not our own. */
  public Duration processorTime() {
    Process running = process;
    return running == null
        ? Duration.ZERO
        : running.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  public URI url() {
    return url;
  }

  /** For everybody, or as the environment says. */
  public InfluxAddress address() {
    return new InfluxAddress(
        url,
        System.getenv().getOrDefault("JOULESTREAM_TEST_INFLUX_TOKEN", InfluxAddress.NO_TOKEN),
        System.getenv().getOrDefault("JOULESTREAM_TEST_INFLUX_ORG", "joulestream"));
  }

  /**
   * What the points of a database have on the disk, bytes, without the log before the files; the
   * index, which has a size of its own from the start, is left out.
   */
  public long diskBytes(String database) throws IOException {
    return bytes(folder.resolve("data").resolve(database), ".tsm");
  }

  /** What the log before a database's files has, bytes. */
  public long logBytes(String database) throws IOException {
    return bytes(folder.resolve("wal").resolve(database), ".wal");
  }

  private static long bytes(Path folder, String ending) throws IOException {
    if (!Files.exists(folder)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(ending))
          .mapToLong(
              // files come and go while it works
              file -> file.toFile().length())
          .sum();
    }
  }

  @Override
  public void close() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
    }
  }
}

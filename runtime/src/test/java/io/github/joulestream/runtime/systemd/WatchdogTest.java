// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime.systemd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.joulestream.runtime.Health;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real socket of datagrams at a Unix address, as systemd has it. */
class WatchdogTest {
  private static final Path PYTHON = Path.of("/usr/bin/python3");

  /** Prints each datagram as one line. */
  private static final String LISTEN =
      """
      import socket, sys
      path = sys.argv[1]
      s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      s.bind('\\0' + path[1:] if path.startswith('@') else path)
      print('bound', flush=True)
      while True:
          print(s.recv(65536).decode().replace('\\n', '|'), flush=True)
      """;

  @TempDir Path folder;
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final List<Process> listeners = new ArrayList<>();
  private final AtomicReference<Health> health = new AtomicReference<>(Health.GOOD);

  @BeforeEach
  void needPython() {
    assumeTrue(Files.isExecutable(PYTHON), "no python3 here");
  }

  @AfterEach
  void stop() throws Exception {
    for (Process listener : listeners) {
      listener.destroyForcibly().waitFor();
    }
  }

  private void listen(String path) throws Exception {
    Process listener =
        new ProcessBuilder(PYTHON.toString(), "-c", LISTEN, path).redirectErrorStream(true).start();
    listeners.add(listener);
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try (BufferedReader lines =
              new BufferedReader(new InputStreamReader(listener.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
              heard.add(line);
            }
          } catch (IOException e) {
            heard.add("the listener failed: " + e);
          }
        });
    assertThat(next()).isEqualTo("bound");
  }

  private String next() throws InterruptedException {
    String line = heard.poll(20, TimeUnit.SECONDS);
    assertThat(line).as("a message").isNotNull();
    return line;
  }

  private String awaitMessage(String wanted) throws InterruptedException {
    String line = next();
    while (!line.contains(wanted)) {
      line = next();
    }
    return line;
  }

  private static Map<String, String> watched(String path) {
    return Map.of(
        "NOTIFY_SOCKET",
        path,
        "WATCHDOG_USEC",
        "300000",
        "WATCHDOG_PID",
        Long.toString(ProcessHandle.current().pid()));
  }

  @Test
  void itSaysThatItLivesWhileItsHealthIsGoodAndNotWhileItIsBad() throws Exception {
    String path = folder.resolve("notify").toString();
    listen(path);
    try (Watchdog watchdog = Watchdog.start(watched(path), health::get).orElseThrow()) {
      assertThat(watchdog).isNotNull();
      assertThat(next()).isEqualTo("READY=1");
      for (int i = 0; i < 3; i++) {
        assertThat(next()).isEqualTo("WATCHDOG=1|STATUS=ok");
      }
      health.set(Health.bad("the loop\nis stuck"));
      assertThat(awaitMessage("stuck")).isEqualTo("STATUS=the loop\\nis stuck");
      // many times as long as between two signs of life
      assertThat(heard.poll(1_500, TimeUnit.MILLISECONDS)).isNull();
      health.set(Health.good("Kafka is away"));
      assertThat(next()).isEqualTo("WATCHDOG=1|STATUS=ok; Kafka is away");
    }
    assertThat(awaitMessage("STOPPING")).isEqualTo("STOPPING=1");
  }

  @Test
  void anAbstractAddressIsHeardToo() throws Exception {
    String path = "@joulestream-test-" + ProcessHandle.current().pid();
    listen(path);
    Watchdog.start(watched(path), health::get).orElseThrow().close();
    assertThat(next()).isEqualTo("READY=1");
  }

  @Test
  void whoIsNotWatchedSaysThatItIsReadyAndHowItIs() throws Exception {
    String path = folder.resolve("notify").toString();
    listen(path);
    Map<String, String> ofAnother =
        Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "300000", "WATCHDOG_PID", "1");
    Watchdog.start(ofAnother, health::get).orElseThrow().close();
    assertThat(next()).isEqualTo("READY=1");
    assertThat(next()).isEqualTo("STATUS=ok");
  }

  @Test
  void withoutSystemdNothingIsDone() {
    assertThat(Watchdog.start(Map.of(), health::get)).isEmpty();
    assertThat(Watchdog.start(Map.of("NOTIFY_SOCKET", ""), health::get)).isEmpty();
  }

  @Test
  void nobodyWhoListensIsNoFailure() {
    assertThat(Watchdog.start(watched(folder.resolve("nobody").toString()), health::get)).isEmpty();
    assertThat(Watchdog.start(watched("relative"), health::get)).isEmpty();
    assertThatThrownBy(() -> new NotifySocket("/" + "x".repeat(200)))
        .isInstanceOf(IOException.class);
  }
}

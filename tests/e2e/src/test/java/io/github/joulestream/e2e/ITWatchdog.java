// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent as systemd starts it: it says that it is ready, and that it lives, without Kafka too.
 */
class ITWatchdog {
  private static final Path PYTHON = Path.of("/usr/bin/python3");
  private static final String LISTEN =
      """
      import socket, sys
      s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      s.bind(sys.argv[1])
      print('bound', flush=True)
      while True:
          print(s.recv(65536).decode().replace('\\n', '|'), flush=True)
      """;

  @TempDir Path folder;
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  private String next() throws InterruptedException {
    String line = heard.poll(60, TimeUnit.SECONDS);
    assertThat(line).as("a message").isNotNull();
    return line;
  }

  @Test
  void theAgentSaysThatItIsReadyAndLives_andItsPortIsOpenWithoutAnOption() throws Exception {
    assumeTrue(Files.isExecutable(PYTHON), "no python3 here");
    Path socket = folder.resolve("notify");
    Process systemd =
        new ProcessBuilder(PYTHON.toString(), "-c", LISTEN, socket.toString())
            .redirectErrorStream(true)
            .start();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try (BufferedReader lines =
              new BufferedReader(new InputStreamReader(systemd.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
              heard.add(line);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    try {
      assertThat(next()).isEqualTo("bound");
      try (Program agent =
          Program.start(
              Map.of("NOTIFY_SOCKET", socket.toString(), "WATCHDOG_USEC", "3000000"),
              "agent",
              "--kafka",
              "127.0.0.1:1",
              "--spool",
              folder.resolve("spool").toString())) {
        assertThat(next()).isEqualTo("READY=1");
        for (int i = 0; i < 4; i++) {
          assertThat(next()).startsWith("WATCHDOG=1|STATUS=ok");
        }
        agent.awaitLine("sampling");
        Matcher port =
            Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)/metrics").matcher(agent.output());
        // another agent of this machine may have it
        assertThat(port.find() || agent.output().contains("no port for /metrics"))
            .as(agent.output())
            .isTrue();
        if (agent.output().contains("/metrics and /health\n")) {
          HttpResponse<String> answer =
              HttpClient.newHttpClient()
                  .send(
                      HttpRequest.newBuilder(
                              URI.create("http://127.0.0.1:" + port.group(1) + "/health"))
                          .build(),
                      HttpResponse.BodyHandlers.ofString());
          assertThat(port.group(1)).isEqualTo("17470");
          assertThat(answer.statusCode()).isEqualTo(200);
        }
        agent.interrupt();
        agent.await();
        String last = next();
        while (last.startsWith("WATCHDOG=1") || last.startsWith("STATUS=")) {
          last = next();
        }
        assertThat(last).isEqualTo("STOPPING=1");
      }
    } finally {
      systemd.destroyForcibly().waitFor();
    }
  }
}

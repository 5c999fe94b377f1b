// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class StatusLinesTest {
  @Test
  void aLineIsSaidAtAChange_andElseEveryTenMinutes_withItsTime() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Instant start = Instant.parse("2026-01-01T00:00:00.500Z");
    PrintStream out = new PrintStream(bytes, true, UTF_8);
    long[] seconds = {0};
    Clock clock =
        new Clock() {
          @Override
          public ZoneOffset getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(java.time.ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            return start.plus(Duration.ofSeconds(seconds[0]));
          }
        };
    StatusLines lines = new StatusLines(out, clock);
    lines.print("well", "1 point");
    seconds[0] = 10;
    lines.print("well", "2 points");
    seconds[0] = 20;
    lines.print("away", "3 points");
    seconds[0] = 619;
    lines.print("away", "4 points");
    seconds[0] = 620;
    lines.print("away", "5 points");
    assertThat(bytes.toString(UTF_8).lines())
        .containsExactly(
            "2026-01-01T00:00:00Z 1 point",
            "2026-01-01T00:00:20Z 3 points",
            "2026-01-01T00:10:20Z 5 points");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** What people see who wait. */
class WaitingLinesTest {
  private static final long SECOND = 1_000_000_000;

  private long now = -5;
  private final StringWriter printed = new StringWriter();
  private final WaitingLines lines = new WaitingLines(new PrintWriter(printed), () -> now, false);

  private String after(double seconds) {
    now += (long) (seconds * SECOND);
    lines.tick();
    String text = printed.toString();
    printed.getBuffer().setLength(0);
    return text;
  }

  @Test
  void whatTakesLessThanASecond_isNotMentioned() {
    lines.doing("sites");
    assertThat(after(0.9)).isEmpty();
    lines.doing("ledger");
    assertThat(after(0.9)).isEmpty();
    lines.close();
    assertThat(after(60)).isEmpty();
  }

  @Test
  void whatTakesLonger_isSaidOnce_andAgainEveryTenSeconds() {
    lines.doing("jobs of \u001b[2J");
    assertThat(after(1)).isEqualToNormalizingNewlines("     1 s  jobs of \\u001b[2J\n");
    assertThat(after(9.9)).isEmpty();
    assertThat(after(0.1)).startsWith("    11 s  jobs of");
    lines.doing("grid");
    assertThat(after(1)).startsWith("    12 s  grid");
    assertThat(lines.seconds()).isEqualTo(12);
  }
}

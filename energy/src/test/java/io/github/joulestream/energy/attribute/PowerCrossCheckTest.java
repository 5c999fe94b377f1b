// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.SiteAmount;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PowerCrossCheckTest {
  private static final long MINUTE = 1_700_000_040_000L;

  private final Increments books = new Increments();
  private final PowerCrossCheck check = new PowerCrossCheck(Limits.DEFAULT);

  /** Intervals of 5 s with 1,000 mJ by power. */
  private void addIntervals(PowerCrossCheck to, int from, int until, long byCounter) {
    for (int i = from; i < until; i++) {
      to.moveTo(MINUTE + i * 5_000L, books);
      to.add(5_000, byCounter, 1_000_000);
    }
  }

  private long disagreeing() {
    return books.site().values().stream()
        .mapToLong(totals -> totals.get(SiteAmount.DISAGREEING_MINUTES))
        .sum();
  }

  @Test
  void counts_aMinute_inWhichTheCounterIsMoreThanAQuarterOff() {
    addIntervals(check, 0, 12, 1_334_000);
    assertThat(disagreeing()).isZero();
    check.moveTo(MINUTE + 60_000, books);
    assertThat(disagreeing()).isOne();
    assertThat(books.site().firstKey()).isEqualTo(MINUTE);
    // and once only
    check.moveTo(MINUTE + 120_000, books);
    assertThat(disagreeing()).isOne();
  }

  @Test
  void countsNone_withinAQuarter() {
    addIntervals(check, 0, 12, 1_333_000);
    check.moveTo(MINUTE + 60_000, books);
    assertThat(disagreeing()).isZero();
  }

  @Test
  void countsNone_ifLessThan50SecondsWereCompared() {
    addIntervals(check, 0, 9, 0);
    check.moveTo(MINUTE + 60_000, books);
    assertThat(disagreeing()).isZero();
    addIntervals(check, 12, 22, 0);
    check.moveTo(MINUTE + 120_000, books);
    assertThat(disagreeing()).isOne();
  }

  @Test
  void countsAMinute_thatACopyAndARestartContinue() throws IOException {
    addIntervals(check, 0, 6, 0);
    PowerCrossCheck copy = check.copy();
    StateWriter out = new StateWriter();
    PowerCrossCheck.write(check, out);
    PowerCrossCheck read = PowerCrossCheck.read(SampleAccount.reader(out), Limits.DEFAULT);
    for (PowerCrossCheck next : new PowerCrossCheck[] {check, copy, read}) {
      long before = disagreeing();
      addIntervals(next, 6, 12, 0);
      next.moveTo(MINUTE + 60_000, books);
      assertThat(disagreeing()).isEqualTo(before + 1);
    }
  }

  @Test
  void isNotWritten_ifNothingWasCompared() throws IOException {
    StateWriter out = new StateWriter();
    check.moveTo(MINUTE, books);
    PowerCrossCheck.write(check, out);
    PowerCrossCheck.write(null, out);
    StateReader in = SampleAccount.reader(out);
    assertThat(PowerCrossCheck.read(in, Limits.DEFAULT)).isNull();
    assertThat(PowerCrossCheck.read(in, Limits.DEFAULT)).isNull();
  }
}

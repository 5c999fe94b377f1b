// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.period;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettledPeriodTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static SettledPeriod of(String asked, String asOf) {
    Instant time = Instant.parse(asOf);
    return SettledPeriod.of(Periods.parse(asked, BERLIN, time), time);
  }

  @ParameterizedTest
  @CsvSource({
    "this-month,2026-11-15T10:07:30Z,2026-11-15T10:00:00Z",
    "this-month,2026-11-15T10:16:59.999Z,2026-11-15T10:00:00Z",
    "this-month,2026-11-15T10:17:00Z,2026-11-15T10:15:00Z",
    "this-month,2026-11-15T10:31:59Z,2026-11-15T10:15:00Z",
    "this-year,2026-11-15T10:59:00Z,2026-11-15T10:00:00Z",
    "this-year,2026-11-15T11:01:59Z,2026-11-15T10:00:00Z",
    "this-year,2026-11-15T11:02:00Z,2026-11-15T11:00:00Z",
    "2026-10,2026-10-31T23:01:59Z,2026-10-31T22:45:00Z",
  })
  void itEnds_withTheLastQuarterThatIsSettled_orHourOfALongPeriod(
      String asked, String asOf, Instant to) {
    SettledPeriod settled = of(asked, asOf);
    assertThat(settled.period().to()).isEqualTo(to);
    assertThat(settled.isSettled()).isTrue();
    assertThat(settled.isClosed()).isFalse();
    assertThat(settled.notes())
        .containsExactly(
            "The period ends at %s: later %s are not settled."
                .formatted(to, asked.equals("this-year") ? "hours" : "quarters of an hour"));
  }

  @ParameterizedTest
  @CsvSource({"2026-10,2026-10-31T23:02:00Z", "2025,2026-11-15T10:07:30Z"})
  void aPeriodThatIsSettled_isWhole_andWithoutANote(String asked, String asOf) {
    Period whole = Periods.parse(asked, BERLIN, Instant.parse(asOf));
    SettledPeriod settled = of(asked, asOf);
    assertThat(settled.period()).isEqualTo(whole);
    assertThat(settled.isClosed()).isTrue();
    assertThat(settled.isSettled()).isTrue();
    assertThat(settled.notes()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-15T10:00Z..2026-11-15T10:15Z,2026-11-15T10:15:00Z,true",
    "2026-11-15T10:00Z..2026-11-15T10:15Z,2026-11-15T10:16:59Z,true",
    "2026-11-15T10:00Z..2026-11-15T10:30Z,2026-11-15T10:16:59Z,false",
  })
  void aPeriodOfWhichNothingIsSettled_isWhatIsOver_andSaysSo(
      String asked, String asOf, boolean isOver) {
    SettledPeriod settled = of(asked, asOf);
    assertThat(settled.period().to()).isEqualTo("2026-11-15T10:15:00Z");
    assertThat(settled.isSettled()).isFalse();
    assertThat(settled.isClosed()).isFalse();
    assertThat(settled.notes())
        .hasSize(isOver ? 1 : 2)
        .last()
        .isEqualTo(
            "The period ended less than 2 minutes ago and is not settled: its sums can still grow.");
  }

  @Test
  void aPeriodOfWhichNothingIsOver_isEmpty() {
    SettledPeriod settled = of("2026-11-15T10:00Z..2026-11-15T10:15Z", "2026-11-15T10:14:59Z");
    assertThat(settled.period().range().millis()).isZero();
    assertThat(settled.isClosed()).isFalse();
    assertThat(settled.isSettled()).isFalse();
    assertThat(settled.notes())
        .containsExactly(
            "The period ends at 2026-11-15T10:00:00Z: later quarters of an hour are not settled.");
  }
}

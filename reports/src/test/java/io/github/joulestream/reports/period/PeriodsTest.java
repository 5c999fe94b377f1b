// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.period;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeriodsTest {
  private static final Instant AS_OF = Instant.parse("2026-11-15T10:07:30Z");
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static Period parse(String text) {
    return Periods.parse(text, BERLIN, AS_OF);
  }

  @ParameterizedTest
  @CsvSource({
    "2026,2025-12-31T23:00:00Z,2026-12-31T23:00:00Z,2026",
    "2026-Q3,2026-06-30T22:00:00Z,2026-09-30T22:00:00Z,2026-Q3",
    "2026-q4,2026-09-30T22:00:00Z,2026-12-31T23:00:00Z,2026-Q4",
    "2026-10,2026-09-30T22:00:00Z,2026-10-31T23:00:00Z,2026-10",
    "2026-W41,2026-10-04T22:00:00Z,2026-10-11T22:00:00Z,2026-W41",
    "2020-W53,2020-12-27T23:00:00Z,2021-01-03T23:00:00Z,2020-W53",
    "2026-W01,2025-12-28T23:00:00Z,2026-01-04T23:00:00Z,2026-W01",
    "2026-10-05,2026-10-04T22:00:00Z,2026-10-05T22:00:00Z,2026-10-05",
    "today,2026-11-14T23:00:00Z,2026-11-15T23:00:00Z,2026-11-15",
    "yesterday,2026-11-13T23:00:00Z,2026-11-14T23:00:00Z,2026-11-14",
    "this-week,2026-11-08T23:00:00Z,2026-11-15T23:00:00Z,2026-W46",
    "last-week,2026-11-01T23:00:00Z,2026-11-08T23:00:00Z,2026-W45",
    "this-month,2026-10-31T23:00:00Z,2026-11-30T23:00:00Z,2026-11",
    "last-month,2026-09-30T22:00:00Z,2026-10-31T23:00:00Z,2026-10",
    "this-quarter,2026-09-30T22:00:00Z,2026-12-31T23:00:00Z,2026-Q4",
    "last-quarter,2026-06-30T22:00:00Z,2026-09-30T22:00:00Z,2026-Q3",
    "this-year,2025-12-31T23:00:00Z,2026-12-31T23:00:00Z,2026",
    "Last-Year,2024-12-31T23:00:00Z,2025-12-31T23:00:00Z,2025",
    "2026-10-01..2026-10-15,2026-09-30T22:00:00Z,2026-10-14T22:00:00Z,2026-10-01..2026-10-15",
    "2026-10-01T06:00Z..2026-10-01T08:15+02:00,2026-10-01T06:00:00Z,2026-10-01T06:15:00Z,"
        + "2026-10-01T06:00Z..2026-10-01T08:15+02:00",
  })
  void parse_resolves(String text, Instant from, Instant to, String label) {
    assertThat(parse(text)).isEqualTo(new Period(label, from, to, BERLIN));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2026-10-05..2026-10-05 | is not after its start",
        "2026-10-05..2026-10-01 | is not after its start",
        "2027-01 | in the future of 2026-11-15T10:07:30Z",
        "soon | is no period",
        "2026-13 | is no period",
        "2026-Q5 | is no period",
        "2026-W54 | 2026 has no week 54",
        "2025-W53 | 2025 has no week 53",
        "2026-02-30 | is no period",
        "'' | is no period",
        "2026-10-01.. | is no period",
        "2026-10-01T06:00..2026-10-02 | no RFC 3339 time with an offset",
        "2026-10-01T06:07Z..2026-10-02 | not on a quarter of an hour",
        "2026-10-01T06:00Z..2026-10-02T00:00:00.0001Z | not on a quarter of an hour",
        "1969 | begins before 1970",
        "2001..2026 | is no period",
        "2001-01-01..2026-01-01 | longer than 11 years",
      })
  void parse_saysWhatIsWrong(String text, String message) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("'%s'", text)
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(((UserError) e).isUsage()).isTrue());
  }

  @ParameterizedTest
  @CsvSource({
    "2026-10,2026-09,2025-10",
    "2026-Q1,2025-Q4,2025-Q1",
    "2026,2025,2025",
    "2026-W01,2025-W52,2025-W01",
    "2026-10-05,2026-10-04,2025-10-05",
    "2024-02-29,2024-02-28,2023-02-28",
    "2026-10-01..2026-10-15,2026-09-17..2026-10-01,2025-10-01..2025-10-15",
    "2026-01-01..2026-07-01,2025-07-01..2026-01-01,2025-01-01..2025-07-01",
    "2026-10-25T00:00Z..2026-10-25T06:00Z,"
        + "2026-10-24T20:00+02:00..2026-10-25T02:00+02:00,"
        + "2025-10-25T02:00+02:00..2025-10-25T07:00+02:00",
  })
  void before_andYearBefore_areByTheCalendar(String text, String before, String yearBefore) {
    assertThat(CalendarSpan.before(parse(text)).label()).isEqualTo(before);
    assertThat(CalendarSpan.before(parse(text)).to()).isEqualTo(parse(text).from());
    assertThat(CalendarSpan.yearBefore(parse(text)).label()).isEqualTo(yearBefore);
  }

  @Test
  void trend_endsWithThePeriod_withoutGaps() {
    List<Period> trend = CalendarSpan.trend(parse("2026-03"), 13);
    assertThat(trend).hasSize(13);
    assertThat(trend.getFirst().label()).isEqualTo("2025-03");
    assertThat(trend.getLast().label()).isEqualTo("2026-03");
    for (int i = 1; i < trend.size(); i++) {
      assertThat(trend.get(i).from()).isEqualTo(trend.get(i - 1).to());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "America/Santiago",
        "UTC"
      })
  void days_makeMonths_andMonthsTheYear(String name) {
    ZoneId zone = ZoneId.of(name);
    Period year = Periods.parse("2025", zone, AS_OF);
    Instant next = year.from();
    List<Duration> lengths = new ArrayList<>();
    for (int month = 1; month <= 12; month++) {
      Period of = Periods.parse("2025-%02d".formatted(month), zone, AS_OF);
      assertThat(of.from()).isEqualTo(next);
      for (Period day : CalendarSpan.days(of)) {
        assertThat(day.from()).isEqualTo(next);
        assertThat(LocalDate.parse(day.label()).atStartOfDay(zone).toInstant()).isEqualTo(next);
        lengths.add(Duration.between(day.from(), day.to()));
        next = day.to();
      }
      assertThat(of.to()).isEqualTo(next);
    }
    assertThat(year.to()).isEqualTo(next);
    assertThat(lengths).hasSize(365);
    boolean hasSummerTime =
        zone.getRules().isDaylightSavings(Instant.parse("2025-07-01T00:00:00Z"))
            || zone.getRules().isDaylightSavings(Instant.parse("2025-01-01T00:00:00Z"));
    assertThat(lengths.stream().filter(length -> !length.equals(Duration.ofDays(1))).count())
        .isEqualTo(hasSummerTime ? 2 : 0);
    assertThat(lengths.stream().reduce(Duration.ZERO, Duration::plus))
        .isEqualTo(Duration.ofDays(365));
  }

  @Test
  void days_areCutAtThePeriodsEdges() {
    List<Period> days = CalendarSpan.days(parse("2026-10-24T12:00Z..2026-10-26T06:30Z"));
    assertThat(days)
        .extracting(Period::label)
        .containsExactly("2026-10-24", "2026-10-25", "2026-10-26");
    assertThat(days.getFirst().from()).isEqualTo("2026-10-24T12:00:00Z");
    assertThat(days.get(1).range().millis()).isEqualTo(Duration.ofHours(25).toMillis());
    assertThat(days.getLast().to()).isEqualTo("2026-10-26T06:30:00Z");
  }

  @Test
  void months_partitionAnyPeriod() {
    Random random = new Random(5);
    for (int i = 0; i < 200; i++) {
      long from = 900_000L * random.nextInt(2_000_000);
      long to = from + 900_000L * (1 + random.nextInt(40_000));
      Period period = new Period("x", Instant.ofEpochMilli(from), Instant.ofEpochMilli(to), BERLIN);
      long next = from;
      for (var part : PeriodCut.months(period)) {
        assertThat(part.from()).isEqualTo(next);
        assertThat(part.millis()).isBetween(1L, Duration.ofHours(31 * 24 + 1).toMillis());
        next = part.to();
      }
      assertThat(next).isEqualTo(to);
    }
  }
}

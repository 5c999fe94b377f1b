// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.data.Grouping.By;
import io.github.joulestream.reports.data.ReportSource.Detail;
import io.github.joulestream.reports.fixture.GeneratedHistory;
import io.github.joulestream.reports.fixture.HistoryShape;
import io.github.joulestream.reports.fixture.RequestFixture;
import io.github.joulestream.reports.period.CalendarSpan;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.reports.period.Periods;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Days make months and months the year, whatever the zone and its summer time. */
class CalendarLawsTest {
  private static final Instant AS_OF = Instant.parse("2026-02-01T00:00:00Z");
  private static final GeneratedHistory HISTORY =
      HistoryShape.of(
              3, Instant.parse("2024-12-30T00:00:00Z"), Instant.parse("2026-01-03T00:00:00Z"))
          .with(20, 5, 400)
          .at(List.of("east"), Set.of("east"), Set.of("east"))
          .generate();

  private static PeriodData read(Period period) {
    ReportRequest request = RequestFixture.of(period, AS_OF, "east");
    return new StoreReportSource(HISTORY, request, what -> {}).of(period, Detail.GROUPS);
  }

  private static void add(Charges sum, PeriodData data) {
    data.sites().values().forEach(site -> sum.add(site.charges()));
  }

  private static ExactSum measured(PeriodData data) {
    ExactSum sum = new ExactSum();
    data.sites().values().forEach(site -> sum.add(site.sum(SiteAmount.MEASURED_TOTAL_MILLIJOULES)));
    return sum;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"})
  void months_addUpToTheYear(String name) {
    ZoneId zone = ZoneId.of(name);
    PeriodData year = read(Periods.parse("2025", zone, AS_OF));
    Use jobs = new Use();
    Charges charges = new Charges();
    ExactSum measured = new ExactSum();
    Use ofUser = new Use();
    for (int month = 1; month <= 12; month++) {
      PeriodData data =
          read(Periods.parse(java.time.YearMonth.of(2025, month).toString(), zone, AS_OF));
      assertThat(data.difference()).isZero();
      jobs.add(data.jobs());
      add(charges, data);
      measured.add(measured(data));
      Use user = data.by(Grouping.of(By.USER)).get("user007");
      if (user != null) {
        ofUser.add(user);
      }
    }
    assertThat(measured).isEqualTo(measured(year));
    assertThat(jobs.sum(JobAmount.TOTAL_MILLIJOULES))
        .isEqualTo(year.jobs().sum(JobAmount.TOTAL_MILLIJOULES));
    assertThat(ofUser.sum(JobAmount.TOTAL_MILLIJOULES))
        .isEqualTo(
            Objects.requireNonNull(year.by(Grouping.of(By.USER)).get("user007"))
                .sum(JobAmount.TOTAL_MILLIJOULES));
    Charges ofYear = new Charges();
    add(ofYear, year);
    for (Figure figure : Figure.values()) {
      assertThat(charges.exact(figure)).as("%s", figure).isEqualTo(ofYear.exact(figure));
      assertThat(jobs.charges().exact(figure)).isEqualTo(year.jobs().charges().exact(figure));
    }
    assertThat(charges.known(Figure.COST)).isEqualTo(measured);
  }

  @ParameterizedTest
  @CsvSource({
    "Europe/Berlin,2025-10",
    "America/New_York,2025-11",
    "America/New_York,2025-03",
    "Asia/Kolkata,2025-10"
  })
  void days_addUpToTheMonth_withItsLongOrShortDay(String name, String label) {
    ZoneId zone = ZoneId.of(name);
    Period month = Periods.parse(label, zone, AS_OF);
    PeriodData data = read(month);
    Use sum = new Use();
    ExactSum measured = new ExactSum();
    for (Period day : CalendarSpan.days(month)) {
      PeriodData of = read(day);
      sum.add(of.jobs());
      measured.add(measured(of));
      Use asGroup = data.by(Grouping.of(By.DAY)).get(day.label());
      assertThat(asGroup == null ? new ExactSum() : asGroup.sum(JobAmount.TOTAL_MILLIJOULES))
          .isEqualTo(of.jobs().sum(JobAmount.TOTAL_MILLIJOULES));
    }
    assertThat(measured).isEqualTo(measured(data));
    assertThat(sum.sum(JobAmount.TOTAL_MILLIJOULES))
        .isEqualTo(data.jobs().sum(JobAmount.TOTAL_MILLIJOULES));
    assertThat(sum.charges().exact(Figure.COST))
        .isEqualTo(data.jobs().charges().exact(Figure.COST));
  }
}

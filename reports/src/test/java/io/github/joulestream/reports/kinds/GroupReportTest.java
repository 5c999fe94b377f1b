// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import static io.github.joulestream.reports.kinds.Tables.cell;
import static io.github.joulestream.reports.kinds.Tables.known;
import static io.github.joulestream.reports.kinds.Tables.sum;
import static io.github.joulestream.reports.kinds.Tables.table;
import static io.github.joulestream.reports.kinds.Tables.total;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.data.StoreReportSource;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.reports.fixture.GeneratedHistory;
import io.github.joulestream.reports.fixture.GeneratedJob;
import io.github.joulestream.reports.fixture.HistoryShape;
import io.github.joulestream.reports.fixture.RequestFixture;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.reports.period.SettledPeriod;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GroupReportTest {
  private static final Instant FROM = Instant.parse("2026-08-31T22:00:00Z");
  private static final Instant TO = Instant.parse("2026-10-31T23:00:00Z");
  private static final Instant AS_OF = TO.plus(SettledPeriod.SETTLING);
  private static final Period OCTOBER =
      RequestFixture.days("2026-10", "2026-10-01", "2026-11-01", "Europe/Berlin");

  private final GeneratedHistory history =
      HistoryShape.of(11, FROM, TO).with(12, 4, 400).generate();

  private ReportSource source(String project) {
    ReportRequest all = RequestFixture.of(OCTOBER, AS_OF, "east", "west");
    return new StoreReportSource(
        history, RequestFixture.narrowed(all, "", project, Map.of()), what -> {});
  }

  @Test
  void usersAndClasses_addUpToAllJobs() {
    ReportSource source = source("project01");
    Report report = new GroupReport().make(source);
    Use jobs = source.of(OCTOBER, ReportSource.Detail.JOBS).jobs();
    for (String name : List.of("users", "classes")) {
      Table use = table(report, name);
      assertThat(use.rows().size()).as(name).isGreaterThan(2);
      assertThat(sum(use, "energy"))
          .isEqualTo(new BigDecimal(jobs.sum(JobAmount.TOTAL_MILLIJOULES).value()))
          .isEqualTo(total(use, "energy"));
      assertThat(sum(use, "gpu_time"))
          .isEqualTo(new BigDecimal(jobs.sum(JobAmount.GPU_HELD_MILLIS).value()));
      assertThat(sum(use, "held_idle"))
          .isEqualTo(new BigDecimal(jobs.sum(JobAmount.HELD_IDLE_MILLIJOULES).value()));
      assertThat(sum(use, "jobs")).isEqualTo(total(use, "jobs"));
      Table charges = table(report, name + "_charges");
      BigDecimal all = total(charges, "cost");
      // each row is rounded to 9 places
      assertThat(sum(charges, "cost").subtract(all).abs()).isLessThan(new BigDecimal("0.000001"));
      assertThat(all).isGreaterThan(BigDecimal.ONE);
    }
  }

  @Test
  void share_hasTheRankAmongAllProjects_andNamesNoOther() {
    Map<String, BigDecimal> energy = new HashMap<>();
    for (GeneratedJob job : history.jobs()) {
      history
          .quarters(job)
          .subMap(OCTOBER.from().toEpochMilli(), OCTOBER.to().toEpochMilli())
          .values()
          .forEach(totals ->
              energy.merge(
                  job.project(),
                  BigDecimal.valueOf(totals.get(JobAmount.TOTAL_MILLIJOULES)),
                  BigDecimal::add));
    }
    BigDecimal all = energy.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    assertThat(energy).hasSize(5);
    for (String project : List.of("project00", "project01", "project02", "project03")) {
      Report report = new GroupReport().make(source(project));
      Table share = table(report, "share");
      BigDecimal own = Objects.requireNonNull(energy.get(project));
      long larger = energy.values().stream().filter(other -> other.compareTo(own) > 0).count();
      List<@Nullable Object> row = share.rows().getFirst();
      assertThat(row.getFirst()).isEqualTo(project);
      assertThat(cell(row, share, "energy")).isEqualTo(own);
      assertThat(cell(row, share, "rank")).isEqualTo(BigDecimal.valueOf(larger + 1));
      assertThat(cell(row, share, "of")).isEqualTo(BigDecimal.valueOf(5));
      assertThat(cell(row, share, "share")).isEqualTo(own.divide(all, new MathContext(12)));
      for (GeneratedJob job : history.jobs()) {
        if (!job.project().equals(project) && !job.user().isEmpty()) {
          assertThat(report.toString()).doesNotContain(job.user()).doesNotContain(job.project());
        }
      }
    }
  }

  @Test
  void twoGroups_haveNoRank() {
    GeneratedHistory two = new GeneratedHistory(TO.toEpochMilli());
    for (String project : List.of("a", "b")) {
      HistoryShape.add(
          two,
          GeneratedJob.of(
              "east",
              project,
              "user of " + project,
              project,
              OCTOBER.from(),
              OCTOBER.from().plusSeconds(7200)),
          5);
    }
    ReportRequest request =
        RequestFixture.narrowed(RequestFixture.of(OCTOBER, AS_OF, "east"), "", "a", Map.of());
    Report report = new GroupReport().make(new StoreReportSource(two, request, what -> {}));
    Table share = table(report, "share");
    assertThat(cell(share.rows().getFirst(), share, "rank")).isNull();
    assertThat(cell(share.rows().getFirst(), share, "of")).isNull();
    assertThat(cell(share.rows().getFirst(), share, "share"))
        .isBetween(new BigDecimal("0.4"), new BigDecimal("0.6"));
  }

  @Test
  void trend_hasSixPeriodsOfTheCalendar_andWhatIsNotKnownIsNotZero() {
    Report report = new GroupReport().make(source("project01"));
    Table trend = table(report, "trend");
    assertThat(trend.rows())
        .extracting(List::getFirst)
        .containsExactly("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10");
    assertThat(cell(trend.rows().get(2), trend, "energy")).isNull();
    assertThat(cell(trend.rows().get(4), trend, "energy")).isNotNull().isPositive();
    assertThat(cell(trend.rows().get(5), trend, "energy"))
        .isEqualTo(report.tiles().getFirst().value());
    assertThat(report.tiles()).hasSize(6);
    assertThat(report.tiles().getFirst().changeFromBefore()).isNotNull();
    assertThat(report.tiles().getFirst().changeFromYearBefore()).isNull();
  }

  @Test
  void emptyGroup_isAReportWithoutFigures() {
    Report report = new GroupReport().make(source("nobody"));
    assertThat(report.headline()).contains("no energy");
    assertThat(table(report, "users").rows()).isEmpty();
  }

  @Test
  void percentiles_areOfJobsOfAClass_andNoneUnderFive() {
    Report report = new GroupReport().make(source("project01"));
    Table spread = table(report, "spread_energy");
    boolean few = false;
    boolean many = false;
    for (List<@Nullable Object> row : spread.rows()) {
      BigDecimal n = known(row, spread, "n");
      boolean shown = n.intValue() >= 5;
      few |= !shown;
      many |= shown;
      for (String percentile : List.of("p5", "p25", "p50", "p75", "p95")) {
        assertThat(cell(row, spread, percentile) != null).isEqualTo(shown);
      }
    }
    assertThat(few && many).isTrue();
  }
}

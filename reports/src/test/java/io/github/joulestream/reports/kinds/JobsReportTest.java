// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.StoreReportSource;
import io.github.joulestream.reports.fixture.GeneratedHistory;
import io.github.joulestream.reports.fixture.GeneratedJob;
import io.github.joulestream.reports.fixture.HistoryShape;
import io.github.joulestream.reports.fixture.RequestFixture;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.period.Period;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JobsReportTest {
  private static final Instant FROM = Instant.parse("2026-09-28T00:00:00Z");
  private static final Instant TO = Instant.parse("2026-11-03T00:00:00Z");
  private static final Instant AS_OF = Instant.parse("2026-12-01T00:00:00Z");
  private static final Period OCTOBER =
      RequestFixture.days("2026-10", "2026-10-01", "2026-11-01", "Europe/Berlin");
  private static final GeneratedJob EDGE =
      GeneratedJob.of(
              "west",
              "c/edge",
              "=cmd()",
              "<script>",
              Instant.parse("2026-10-31T21:00:00Z"),
              Instant.parse("2026-11-04T10:07:00Z"))
          .withLabels(Map.of("model", "llama2-70b", "arch", "dense"))
          .withWork(5e9, "tokens");

  private final GeneratedHistory history = HistoryShape.of(21, FROM, TO).generate();

  private Report make(ReportRequest request) {
    HistoryShape.add(history, EDGE, 9);
    return new JobsReport().make(new StoreReportSource(history, request, what -> {}));
  }

  private static Table jobs(Report report) {
    return report.sections().stream()
        .filter(section -> section.name().equals("jobs"))
        .map(Section::table)
        .findFirst()
        .map(Objects::requireNonNull)
        .orElseThrow();
  }

  private static @Nullable Object value(Table table, List<@Nullable Object> row, String column) {
    return row.get(table.indexOf(column));
  }

  private static List<@Nullable Object> row(Table table, String job) {
    return table.rows().stream()
        .filter(row -> job.equals(row.getFirst()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void lines_areTheMeasuredEnergy_toTheMillijoule() {
    Report report = make(RequestFixture.of(OCTOBER, AS_OF, "east", "west"));
    assertThat(report.headline()).matches("[0-9,]+ jobs used .*");
    Table table = jobs(report);
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal cost = BigDecimal.ZERO;
    for (List<@Nullable Object> row : table.rows()) {
      sum = sum.add((BigDecimal) Objects.requireNonNull(value(table, row, "energy")));
      cost = cost.add((BigDecimal) Objects.requireNonNull(value(table, row, "cost")));
    }
    BigDecimal measured = BigDecimal.ZERO;
    for (String site : List.of("east", "west")) {
      for (Totals<SiteAmount> totals :
          Objects.requireNonNull(history.ledger().get(site))
              .subMap(OCTOBER.range().from(), OCTOBER.range().to())
              .values()) {
        measured =
            measured.add(BigDecimal.valueOf(totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)));
      }
    }
    assertThat(sum).isEqualTo(measured);
    List<@Nullable Object> all = Objects.requireNonNull(table.totals());
    assertThat(value(table, all, "energy")).isEqualTo(measured);
    assertThat(cost.subtract((BigDecimal) value(table, all, "cost")).abs())
        .isLessThan(new BigDecimal("0.0000001"));
    assertThat(report.meta().differenceMillijoules()).isZero();
    assertThat(table.rows().getLast().get(table.indexOf("name"))).isEqualTo("(not allocated)");
    assertThat(report.sections().getFirst().name()).isEqualTo("largest");
    assertThat(Objects.requireNonNull(report.sections().getFirst().table()).rows()).hasSize(10);
  }

  @Test
  void jobOverTheEdge_hasItsQuartersOnly_andIsRunning() {
    Report report = make(RequestFixture.of(OCTOBER, AS_OF, "west"));
    Table table = jobs(report);
    long within = 0;
    long whole = 0;
    for (Map.Entry<Long, Totals<JobAmount>> quarter : history.quarters(EDGE).entrySet()) {
      long energy = quarter.getValue().get(JobAmount.TOTAL_MILLIJOULES);
      whole += energy;
      within += quarter.getKey() < OCTOBER.range().to() ? energy : 0;
    }
    List<@Nullable Object> row = row(table, "c/edge");
    assertThat(value(table, row, "energy")).isEqualTo(BigDecimal.valueOf(within));
    assertThat(value(table, row, "whole_energy")).isEqualTo(BigDecimal.valueOf(whole));
    assertThat(value(table, row, "user")).isEqualTo("=cmd()");
    assertThat(value(table, row, "project")).isEqualTo("<script>");
    assertThat(value(table, row, "labels"))
        .isEqualTo("{\"arch\":\"dense\",\"model\":\"llama2-70b\"}");
    assertThat(value(table, row, "start")).isEqualTo(EDGE.start());
    assertThat(value(table, row, "end")).isNull();
    assertThat(value(table, row, "state")).isEqualTo("RUNNING");
    assertThat(value(table, row, "work_unit")).isEqualTo("tokens");
    assertThat(
            ((BigDecimal) Objects.requireNonNull(value(table, row, "work_per_joule")))
                .doubleValue())
        .isCloseTo(5e9 / (whole / 1e3), org.assertj.core.data.Percentage.withPercentage(1e-9));
    assertThat(report.headline()).contains(" of them not ended yet");
    // 2 h of 8 GPUs
    assertThat(value(table, row, "gpu_time")).isEqualTo(BigDecimal.valueOf(16 * 3_600_000L));
  }

  @Test
  void narrowedReport_hasItsJobsAlone() {
    ReportRequest request =
        RequestFixture.narrowed(
            RequestFixture.of(OCTOBER, AS_OF, "east", "west"), "=cmd()", "", Map.of());
    Report report = make(request);
    assertThat(jobs(report).rows()).hasSize(1);
    assertThat(report.headline()).startsWith("1 job used ").contains("1 of them not ended yet");
    assertThat(make(request)).isEqualTo(report);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import static io.github.joulestream.reports.kinds.Tables.cell;
import static io.github.joulestream.reports.kinds.Tables.known;
import static io.github.joulestream.reports.kinds.Tables.row;
import static io.github.joulestream.reports.kinds.Tables.section;
import static io.github.joulestream.reports.kinds.Tables.sum;
import static io.github.joulestream.reports.kinds.Tables.table;
import static io.github.joulestream.reports.kinds.Tables.total;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.reports.data.Grouping;
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
import io.github.joulestream.reports.period.SettledPeriod;
import io.github.joulestream.store.history.BudgetStep;
import io.github.joulestream.store.history.CapacityStep;
import io.github.joulestream.store.history.NodeEnergy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OperationsReportTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final Instant FROM = Instant.parse("2026-09-30T22:00:00Z");
  private static final Instant TO = Instant.parse("2026-10-31T23:00:00Z");
  private static final Instant AS_OF = TO.plus(SettledPeriod.SETTLING);
  private static final Period OCTOBER =
      RequestFixture.days("2026-10", "2026-10-01", "2026-11-01", BERLIN.getId());
  private static final long QUARTER = GeneratedHistory.QUARTER;

  private final GeneratedHistory history = HistoryShape.of(3, FROM, TO).with(12, 4, 300).generate();

  private Report report(Period period) {
    return new OperationsReport()
        .make(
            new StoreReportSource(
                history, RequestFixture.of(period, AS_OF, "east", "west"), what -> {}));
  }

  private BigDecimal ledger(String site, SiteAmount amount) {
    return Objects.requireNonNull(history.ledger().get(site)).values().stream()
        .map(totals -> BigDecimal.valueOf(totals.get(amount)))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  @Test
  void idle_isThatOfTheLedger_bySiteAndByPartition() {
    Report report = report(OCTOBER);
    Table sites = table(report, "idle_sites");
    for (String site : List.of("east", "west")) {
      List<@Nullable Object> row = row(sites, site);
      assertThat(known(row, sites, "idle"))
          .isEqualTo(ledger(site, SiteAmount.IDLE_TOTAL_MILLIJOULES));
      assertThat(known(row, sites, "held_idle"))
          .isEqualTo(ledger(site, SiteAmount.HELD_IDLE_MILLIJOULES));
      assertThat(known(row, sites, "unallocated"))
          .isEqualTo(
              ledger(site, SiteAmount.GPU_MILLIS)
                  .subtract(ledger(site, SiteAmount.GPU_ALLOCATED_MILLIS)));
    }
    for (String column : List.of("gpu_time", "unallocated", "idle", "held_idle", "cost")) {
      assertThat(total(sites, column)).isEqualTo(sum(sites, column)).isPositive();
    }
    Table partitions = table(report, "idle_partitions");
    assertThat(partitions.rows()).hasSize(2);
    assertThat(sum(partitions, "held_idle"))
        .isEqualTo(total(partitions, "held_idle"))
        .isEqualTo(total(sites, "held_idle"));
    assertThat(sum(partitions, "energy"))
        .isEqualTo(
            ledger("east", SiteAmount.JOBS_TOTAL_MILLIJOULES)
                .add(ledger("west", SiteAmount.JOBS_TOTAL_MILLIJOULES)));
  }

  @Test
  void otherGroupings_addUpToo_andANarrowedReportIsOfJobsAlone() {
    ReportRequest request =
        RequestFixture.by(
            RequestFixture.of(OCTOBER, AS_OF, "east", "west"),
            Grouping.of(Grouping.By.DAY),
            new Grouping(Grouping.By.LABEL, "model"),
            Grouping.of(Grouping.By.NODE));
    Report whole = new OperationsReport().make(new StoreReportSource(history, request, w -> {}));
    for (String name : List.of("idle_days", "idle_label_models")) {
      Table table = table(whole, name);
      assertThat(table.rows()).hasSizeGreaterThan(2);
      assertThat(sum(table, "held_idle")).isEqualTo(total(table, "held_idle"));
      assertThat(sum(table, "energy")).isEqualTo(total(table, "energy"));
    }
    Report narrowed =
        new OperationsReport()
            .make(
                new StoreReportSource(
                    history, RequestFixture.narrowed(request, "", "project01", Map.of()), w -> {}));
    assertThat(narrowed.sections())
        .extracting(Section::name)
        .contains("idle_days", "idle_jobs", "advice", "give_back")
        .doesNotContain("idle_sites", "quality", "budgets", "idle_week", "faults", "idle_nodes");
    assertThat(narrowed.headline()).contains("these jobs");
  }

  @Test
  void week_isInTheZone_alsoOverTheChangeOfClocks() {
    Table week = table(report(OCTOBER), "idle_week");
    // clocks went back on Sunday 25 October at 3:00
    BigDecimal energy = BigDecimal.ZERO;
    long quarters = 0;
    for (String site : List.of("east", "west")) {
      for (var step : Objects.requireNonNull(history.ledger().get(site)).entrySet()) {
        ZonedDateTime time = Instant.ofEpochMilli(step.getKey()).atZone(BERLIN);
        if (time.getDayOfWeek().getValue() == 7 && time.getHour() == 2) {
          energy =
              energy
                  .add(BigDecimal.valueOf(step.getValue().get(SiteAmount.IDLE_TOTAL_MILLIJOULES)))
                  .add(BigDecimal.valueOf(step.getValue().get(SiteAmount.HELD_IDLE_MILLIJOULES)));
          quarters += site.equals("east") ? 1 : 0;
        }
      }
    }
    // Sundays 4, 11, 18, and 25 October with 2:00 twice
    assertThat(quarters).isEqualTo(5 * 4);
    double milliwatts = energy.doubleValue() * 1000 / (quarters * QUARTER);
    assertThat(known(row(week, "02:00"), week, "sunday").doubleValue())
        .isCloseTo(milliwatts, org.assertj.core.data.Offset.offset(2.0));
    assertThat(week.rows()).hasSize(24);
  }

  @Test
  void faults_areCountedByReason() {
    history.addToLedger(
        "west",
        FROM.toEpochMilli(),
        Totals.ofSite()
            .add(SiteAmount.REFUSED_NEGATIVE, 7)
            .add(SiteAmount.RIVAL_AGENT_BATCHES, 3)
            .add(SiteAmount.COUNTER_STUCK_MILLIS, 90_000)
            .add(SiteAmount.READINGS, 1_000));
    Table faults = table(report(OCTOBER), "faults");
    assertThat(faults.rows()).hasSize(3).allMatch(row -> "west".equals(row.getFirst()));
    assertThat(sum(faults, "number")).isEqualTo(BigDecimal.valueOf(10));
    assertThat(sum(faults, "time")).isEqualTo(BigDecimal.valueOf(90_000));
    assertThat(sum(faults, "readings")).isEqualTo(BigDecimal.valueOf(3_000));
  }

  private BudgetStep budget(String name, String time, String period, long limit, String scope) {
    return new BudgetStep(
        "east",
        name,
        Instant.parse(time).toEpochMilli(),
        limit > 0,
        period,
        limit,
        "",
        scope,
        "Europe/Berlin");
  }

  @Test
  void budgets_areComparedWithEnergyAndPower() {
    Map<Long, Long> days = new java.util.TreeMap<>();
    long highest = 0;
    for (var step : Objects.requireNonNull(history.ledger().get("east")).entrySet()) {
      long measured = step.getValue().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES);
      days.merge(
          Instant.ofEpochMilli(step.getKey()).atZone(BERLIN).toLocalDate().toEpochDay(),
          measured,
          Long::sum);
      highest = Math.max(highest, measured / 900);
    }
    long month = days.values().stream().mapToLong(Long::longValue).sum();
    List<Long> sorted = days.values().stream().sorted().toList();
    assertThat(sorted).hasSize(31);
    long thirdHighest = sorted.get(28);
    String before = "2026-01-01T00:00:00Z";
    history
        .budgets()
        .addAll(
            List.of(
                budget("month", before, "ENERGY_PER_MONTH", month, "site"),
                budget("days", before, "ENERGY_PER_DAY", thirdHighest - 1, "site"),
                budget("power", before, "POWER", highest * 2, "site"),
                budget("rack", before, "POWER", 1, "rack=r12"),
                budget("late", "2026-10-20T22:00:00Z", "ENERGY_PER_DAY", 1, "site"),
                budget("gone", before, "ENERGY_PER_DAY", 1, "site"),
                budget("gone", "2026-10-10T22:00:00Z", "ENERGY_PER_DAY", 0, ""),
                budget("project", before, "ENERGY_PER_MONTH", 1_000, "project=project01")));
    Report report = report(OCTOBER);
    Table budgets = table(report, "budgets");
    assertThat(known(row(budgets, "east/month"), budgets, "highest"))
        .isEqualByComparingTo(BigDecimal.ONE);
    assertThat(known(row(budgets, "east/month"), budgets, "passed")).isEqualTo(BigDecimal.ZERO);
    assertThat(known(row(budgets, "east/days"), budgets, "passed"))
        .isEqualTo(BigDecimal.valueOf(3));
    assertThat(known(row(budgets, "east/days"), budgets, "of")).isEqualTo(BigDecimal.valueOf(31));
    assertThat(known(row(budgets, "east/power"), budgets, "highest"))
        .isEqualByComparingTo(new BigDecimal("0.5"));
    assertThat(known(row(budgets, "east/late"), budgets, "of")).isEqualTo(BigDecimal.valueOf(11));
    assertThat(known(row(budgets, "east/gone"), budgets, "of")).isEqualTo(BigDecimal.TEN);
    long project = 0;
    for (GeneratedJob job : history.jobs()) {
      if (job.site().equals("east") && job.project().equals("project01")) {
        for (var totals : history.quarters(job).values()) {
          project += totals.get(JobAmount.TOTAL_MILLIJOULES);
        }
      }
    }
    assertThat(known(row(budgets, "east/project"), budgets, "highest"))
        .isEqualByComparingTo(BigDecimal.valueOf(project / 1000.0).round(new MathContext(12)));
    assertThat(section(report, "budgets").sentences()).anyMatch(s -> s.endsWith(": east/rack."));
  }

  @Test
  void capacity_isAMeanByTheNumberOfSums() {
    long hour = FROM.toEpochMilli();
    history
        .capacity()
        .add(
            new CapacityStep(
                "east",
                hour,
                Map.of(
                    "times", 360.0,
                    "memory_seen_mebibytes", 1000.0,
                    "memory_stranded_mebibytes", 100.0)));
    history
        .capacity()
        .add(
            new CapacityStep(
                "east",
                hour + 3_600_000,
                Map.of(
                    "times", 120.0,
                    "memory_seen_mebibytes", 1000.0,
                    "memory_stranded_mebibytes", 500.0)));
    Table capacity = table(report(OCTOBER), "memory_storage");
    assertThat(capacity.rows()).hasSize(1);
    assertThat(sum(capacity, "seen")).isEqualTo(BigDecimal.valueOf(1000));
    assertThat(sum(capacity, "stranded")).isEqualTo(BigDecimal.valueOf(200));
    assertThat(cell(capacity.rows().getFirst(), capacity, "untouched")).isNull();
  }

  @Test
  void nodesUnlikeOthersOfTheSameUse_areFound_andNoOthers() {
    Random random = new Random(1);
    for (int i = 0; i < 60; i++) {
      // half of the nodes are hardly used, and consume little for that reason
      double use = i % 2 == 0 ? 0.9 + random.nextDouble(0.03) : 0.1 + random.nextDouble(0.03);
      double watts = 8 * (150 + 500 * use) * random.nextDouble(0.97, 1.03);
      if (i == 20) {
        watts *= 1.3;
      }
      long millis = 30L * 86_400_000;
      history
          .nodes()
          .add(
              new NodeEnergy(
                  "east",
                  "n" + i,
                  BigInteger.valueOf((long) (watts * millis)),
                  8 * millis,
                  i == 7 ? 0 : 8 * millis,
                  (long) (8 * use * millis),
                  15 * millis,
                  0));
    }
    Report report = report(OCTOBER);
    Table outliers = table(report, "outlier_nodes");
    assertThat(outliers.rows()).hasSize(1);
    assertThat(outliers.rows().getFirst().getFirst()).isEqualTo("east/n20");
    Table idle = table(report, "idle_nodes");
    assertThat(idle.rows().getFirst().getFirst()).isEqualTo("east/n7");
    assertThat(known(idle.rows().getFirst(), idle, "unallocated_share"))
        .isEqualByComparingTo(BigDecimal.ONE);
    assertThat(section(report, "idle_nodes").sentences()).isEmpty();
  }

  @Test
  void aPeriodOfOtherNodeWindows_saysSinceWhen() {
    history.nodes().add(new NodeEnergy("east", "n", BigInteger.ONE, 8, 8, 8, 15, 0));
    Period quarter = RequestFixture.days("2026-Q3", "2026-07-01", "2026-11-01", BERLIN.getId());
    assertThat(section(report(quarter), "idle_nodes").sentences())
        .containsExactly("Only from 2026-09-27 01:00 on: the store has no older windows of nodes.");
  }

  @Test
  void emptyStore_isAReportWithoutFigures() {
    Report report =
        new OperationsReport()
            .make(
                new StoreReportSource(
                    new GeneratedHistory(TO.toEpochMilli()),
                    RequestFixture.of(OCTOBER, AS_OF, "east"),
                    what -> {}));
    assertThat(report.headline()).contains("No energy");
    assertThat(report.tiles()).allMatch(tile -> tile.value() == null);
    assertThat(table(report, "idle_sites").rows()).isEmpty();
  }
}

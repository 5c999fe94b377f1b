// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.data.Grouping.By;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.StoreReportSource;
import io.github.joulestream.reports.fixture.GeneratedGrid;
import io.github.joulestream.reports.fixture.GeneratedHistory;
import io.github.joulestream.reports.fixture.GeneratedJob;
import io.github.joulestream.reports.fixture.HistoryShape;
import io.github.joulestream.reports.fixture.RequestFixture;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.model.Tile;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.reports.period.SettledPeriod;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.store.history.BudgetStep;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DirectorReportTest {
  private static final Instant FROM = Instant.parse("2026-08-20T00:00:00Z");
  private static final Instant TO = Instant.parse("2026-11-10T00:00:00Z");
  private static final Instant AS_OF = Instant.parse("2026-12-01T00:00:00Z");
  private static final Period OCTOBER =
      RequestFixture.days("2026-10", "2026-10-01", "2026-11-01", "Europe/Berlin");

  private final GeneratedHistory history =
      HistoryShape.of(21, FROM, TO).with(20, 9, 200).generate();

  private Report make(ReportRequest request) {
    return new DirectorReport().make(new StoreReportSource(history, request, what -> {}));
  }

  private static ReportRequest request(String... sites) {
    return RequestFixture.of(OCTOBER, AS_OF, sites);
  }

  private BigDecimal ledger(SiteAmount amount, String... sites) {
    BigDecimal sum = BigDecimal.ZERO;
    for (String site : sites) {
      for (Totals<SiteAmount> totals :
          Objects.requireNonNull(history.ledger().get(site))
              .subMap(OCTOBER.range().from(), OCTOBER.range().to())
              .values()) {
        sum = sum.add(BigDecimal.valueOf(totals.get(amount)));
      }
    }
    return sum;
  }

  private static Table table(Report report, String name) {
    return report.sections().stream()
        .filter(section -> section.name().equals(name))
        .map(Section::table)
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow(() -> new AssertionError(name));
  }

  private static BigDecimal sum(Table table, String column) {
    BigDecimal sum = BigDecimal.ZERO;
    for (List<@Nullable Object> row : table.rows()) {
      if (row.get(table.indexOf(column)) instanceof BigDecimal value) {
        sum = sum.add(value);
      }
    }
    return sum;
  }

  private static BigDecimal total(Table table, String column) {
    return (BigDecimal)
        Objects.requireNonNull(Objects.requireNonNull(table.totals()).get(table.indexOf(column)));
  }

  private static BigDecimal cell(Table table, int row, String column) {
    return (BigDecimal)
        Objects.requireNonNull(table.rows().get(row).get(table.indexOf(column)), column);
  }

  private static Tile tile(Report report, String name) {
    return report.tiles().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void facility_isJobsAndIdleAndOverhead_toTheMillijoule() {
    Report report = make(request("east"));
    Table went = table(report, "where_it_went");
    BigDecimal parts = BigDecimal.ZERO;
    for (String column : List.of("jobs_used", "held_idle", "unallocated_idle", "overhead")) {
      parts = parts.add(cell(went, 0, column));
    }
    assertThat(parts).isEqualTo(cell(went, 0, "total"));
    assertThat(cell(went, 0, "total")).isEqualTo(ledger(SiteAmount.FACILITY_MILLIJOULES, "east"));
    assertThat(cell(went, 0, "unallocated_idle"))
        .isEqualTo(ledger(SiteAmount.IDLE_TOTAL_MILLIJOULES, "east"));
    assertThat(report.meta().differenceMillijoules()).isZero();
    assertThat(tile(report, "energy").value()).isEqualTo(cell(went, 0, "total"));
    assertThat(tile(report, "facility_ratio").title()).isEqualTo("PUE, category 1");
    assertThat(report.tiles()).hasSize(6);
    assertThat(report.headline()).startsWith("east used ").contains(" in 2026-10, which cost ");
  }

  @Test
  void sites_withoutAMeterAtOneOfThem_areMeasuredEnergy() {
    Report report = make(request("east", "west"));
    Table went = table(report, "where_it_went");
    assertThat(went.rows().getFirst().get(went.indexOf("overhead"))).isNull();
    assertThat(cell(went, 0, "total"))
        .isEqualTo(ledger(SiteAmount.MEASURED_TOTAL_MILLIJOULES, "east", "west"));
    assertThat(tile(report, "facility_ratio").value()).isNull();
    assertThat(tile(report, "energy").note()).isEqualTo("measured");
    assertThat(report.sections()).anyMatch(section -> section.name().equals("fleet"));
  }

  @Test
  void everyTable_addsUpToTheLedger() {
    ReportRequest byAll =
        RequestFixture.by(
            request("east", "west"),
            Grouping.of(By.PROJECT),
            Grouping.of(By.USER),
            Grouping.of(By.PARTITION),
            Grouping.of(By.KIND),
            Grouping.of(By.DAY),
            new Grouping(By.LABEL, "model"));
    Report report = make(byAll);
    BigDecimal jobs = ledger(SiteAmount.JOBS_TOTAL_MILLIJOULES, "east", "west");
    for (String name :
        List.of(
            "top_projects",
            "projects",
            "users",
            "partitions",
            "kinds",
            "days",
            "days_of_jobs",
            "label_model")) {
      Table table = table(report, name);
      if (name.equals("days")) {
        // the first of them is of whole sites
        assertThat(sum(table, "energy"))
            .isEqualTo(total(table, "energy"))
            .isEqualTo(ledger(SiteAmount.MEASURED_TOTAL_MILLIJOULES, "east", "west"));
        continue;
      }
      assertThat(sum(table, "energy")).as(name).isEqualTo(jobs);
      assertThat(total(table, "energy")).as(name).isEqualTo(jobs);
      assertThat(sum(table, "energy_share").setScale(6, RoundingMode.HALF_UP))
          .isEqualByComparingTo("1");
      assertThat(sum(table, "cost").subtract(total(table, "cost")).abs())
          .isLessThan(new BigDecimal("0.000001"));
    }
    Table top = table(report, "top_projects");
    assertThat(top.rows()).hasSize(7);
    assertThat(top.rows().get(5).getFirst()).isEqualTo("(others, 4)");
    assertThat(top.rows().get(6).getFirst()).isEqualTo("(unknown)");
    Table spread = table(report, "spread");
    assertThat(cell(spread, 0, "p5")).isLessThan(cell(spread, 0, "p95"));
    Table cost = table(report, "cost");
    assertThat(sum(cost, "cost")).isEqualTo(total(cost, "cost"));
    assertThat(total(cost, "cost")).isEqualTo(tile(report, "cost").value());
  }

  @Test
  void changes_areByTheHour_againstThePeriodBefore() {
    Report report = make(request("west"));
    BigDecimal september = BigDecimal.ZERO;
    Period before = RequestFixture.days("2026-09", "2026-09-01", "2026-10-01", "Europe/Berlin");
    for (Totals<SiteAmount> totals :
        Objects.requireNonNull(history.ledger().get("west"))
            .subMap(before.range().from(), before.range().to())
            .values()) {
      september =
          september.add(BigDecimal.valueOf(totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)));
    }
    double expected =
        ledger(SiteAmount.MEASURED_TOTAL_MILLIJOULES, "west").doubleValue()
                / 745
                / (september.doubleValue() / 720)
            - 1;
    Tile energy = tile(report, "energy");
    assertThat(Objects.requireNonNull(energy.changeFromBefore()).doubleValue())
        .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(energy.changeFromYearBefore()).isNull();
    // August begins within the store
    assertThat(energy.trend()).hasSize(3);
    assertThat(energy.trend().get(1)).isEqualTo(september);
    assertThat(energy.trend().getLast()).isEqualTo(energy.value());
    assertThat(report.headline()).contains("than in 2026-09");
  }

  @Test
  void gaps_areGaps_andNot0() {
    GeneratedHistory holed = new GeneratedHistory(TO.toEpochMilli());
    for (int day = 1; day <= 31; day++) {
      if (day == 7) {
        continue;
      }
      Instant start = Instant.parse("2026-10-%02dT00:00:00Z".formatted(day));
      for (int quarter = 0; quarter < 96; quarter++) {
        holed.addToLedger(
            "west",
            start.toEpochMilli() + quarter * 900_000L,
            Totals.ofSite().add(SiteAmount.IDLE_TOTAL_MILLIJOULES, 900_000));
      }
    }
    Period october = RequestFixture.days("2026-10", "2026-10-01", "2026-11-01", "UTC");
    Report report =
        new DirectorReport()
            .make(
                new StoreReportSource(
                    holed, RequestFixture.of(october, AS_OF, "west"), what -> {}));
    Table days = table(report, "days");
    assertThat(days.rows()).hasSize(31);
    assertThat(days.rows().get(6))
        .containsExactly("2026-10-07", null, null, null, null, null, null);
    assertThat(cell(days, 7, "energy")).isEqualByComparingTo("86400000");
    assertThat(report.sections())
        .anyMatch(
            s -> s.sentences().contains("1 of 31 days have no ledger: they are gaps and not 0."));
    assertThat(report.meta().notes())
        .contains(
            "west has no ledger for 24 h of 744 h; what was used then is not in the figures.",
            "west has no price in this period.");
    assertThat(tile(report, "cost").value()).isNull();
    assertThat(report.meta().currency()).isEmpty();
  }

  @Test
  void narrowedReport_isOfThoseJobsAlone() {
    Report whole = make(request("east", "west"));
    Report report =
        make(RequestFixture.narrowed(request("east", "west"), "", "project03", Map.of()));
    Table projects = table(whole, "projects");
    BigDecimal expected = null;
    for (List<@Nullable Object> row : projects.rows()) {
      if ("project03".equals(row.getFirst())) {
        expected = (BigDecimal) row.get(projects.indexOf("energy"));
      }
    }
    assertThat(tile(report, "energy").value()).isEqualTo(expected).isNotNull();
    assertThat(tile(report, "energy").changeFromBefore()).isNotNull();
    Table days = table(report, "days");
    assertThat(sum(days, "energy")).isEqualTo(expected);
    assertThat(report.meta().scope()).isEqualTo("project=project03");
    assertThat(report.meta().differenceMillijoules()).isZero();
    assertThat(table(report, "savings").rows())
        .allMatch(row -> String.valueOf(row.getFirst()).startsWith("Give back idle GPUs: user "));
  }

  @Test
  void runAgain_itIsTheSame_andAfterARevisionItIsNot() {
    ReportRequest before = request("east", "west");
    Report first = make(before);
    assertThat(make(before)).isEqualTo(first);
    var price =
        history.grid().stream()
            .filter(i -> i.site().equals("west") && !i.currency().isEmpty())
            .filter(i -> i.from() >= OCTOBER.range().from())
            .findFirst()
            .orElseThrow();
    history.addGrid(List.of(GeneratedGrid.revised(price, 7, AS_OF.toEpochMilli() + 1)));
    assertThat(make(before)).isEqualTo(first);
    Report after = make(RequestFixture.of(OCTOBER, AS_OF.plusSeconds(1), "east", "west"));
    assertThat(tile(after, "cost").value()).isNotEqualTo(tile(first, "cost").value());
    assertThat(tile(after, "energy")).isEqualTo(tile(first, "energy"));
    assertThat(tile(after, "co2e")).isEqualTo(tile(first, "co2e"));
  }

  @Test
  void periodUnderWay_isProjected_againstItsBudget() {
    long limit = 1_000_000_000_000L;
    history.budgets().add(budget("site-month", "ENERGY_PER_MONTH", "SITE", "site", limit));
    history.budgets().add(budget("old", "ENERGY_PER_MONTH", "SITE", "site", limit));
    history
        .budgets()
        .add(new BudgetStep("west", "old", FROM.toEpochMilli() + 1, false, "", 0, "", "", ""));
    history.budgets().add(budget("climate", "ENERGY_PER_MONTH", "PROJECT", "project=project03", 1));
    history.budgets().add(budget("days", "ENERGY_PER_DAY", "SITE", "site", limit / 31));
    history.budgets().add(budget("cap", "POWER", "SITE", "site", limit));
    Instant middle = Instant.parse("2026-10-16T10:07:00Z");
    Report report = make(RequestFixture.of(OCTOBER, middle, "west"));
    assertThat(report.meta().complete()).isFalse();
    assertThat(report.meta().to()).isEqualTo("2026-10-16T10:00:00Z");
    assertThat(report.meta().notes())
        .contains(
            "The period ends at 2026-10-16T10:00:00Z: later quarters of an hour are not settled.");
    Table budgets = table(report, "budgets");
    assertThat(budgets.rows())
        .extracting(List::getFirst)
        .containsExactly("west/climate", "west/days", "west/site-month");
    BigDecimal used = cell(budgets, 2, "highest");
    assertThat(used).isEqualTo(tile(report, "energy").value());
    double hours = 15 * 24 + 12;
    assertThat(cell(budgets, 2, "projected").doubleValue())
        .isCloseTo(
            used.doubleValue() / hours * 745,
            org.assertj.core.data.Percentage.withPercentage(1e-6));
    assertThat(cell(budgets, 0, "over")).isEqualByComparingTo("1");
    assertThat(cell(budgets, 1, "of")).isEqualByComparingTo("16");
    assertThat(table(report, "periods").rows()).hasSize(3);
    assertThat(report.sections())
        .anyMatch(s -> s.sentences().stream().anyMatch(t -> t.startsWith("2026-10 is not over:")));
  }

  private static BudgetStep budget(
      String name, String period, String kind, String scope, long limit) {
    return new BudgetStep(
        "west", name, FROM.toEpochMilli(), true, period, limit, kind, scope, "Europe/Berlin");
  }

  @Test
  void costOfAPartOfTheEnergy_isSaidToBeOfAPart() {
    GeneratedHistory half =
        HistoryShape.of(4, FROM, TO)
            .at(List.of("east", "west"), java.util.Set.of(), java.util.Set.of("east"))
            .generate();
    Report report =
        new DirectorReport().make(new StoreReportSource(half, request("east", "west"), what -> {}));
    assertThat(report.headline())
        .containsPattern(
            "cost \\S+ EUR \\(of [1-9][0-9.]* % of the energy\\) and emitted [^()]+"
                + " \\(of [1-9][0-9.]* % of the energy\\);");
    assertThat(report.tiles().get(1).note()).matches("of [1-9][0-9.]* % of the energy");
    Report whole =
        new DirectorReport().make(new StoreReportSource(half, request("east"), what -> {}));
    assertThat(whole.headline()).contains("cost").doesNotContain("of the energy)");
  }

  @Test
  void severalCurrencies_haveNoCommonCost() {
    GeneratedHistory two =
        HistoryShape.of(4, FROM, TO)
            .at(List.of("east", "west"), java.util.Set.of(), java.util.Set.of("east"))
            .generate();
    two.addGrid(
        GeneratedGrid.hourly(
            "west", FROM.toEpochMilli(), TO.toEpochMilli(), "GBP", new java.util.Random(1)));
    Report report =
        new DirectorReport().make(new StoreReportSource(two, request("east", "west"), what -> {}));
    assertThat(report.meta().currency()).isEmpty();
    assertThat(tile(report, "cost").value()).isNull();
    assertThat(tile(report, "co2e").value()).isNotNull();
    assertThat(sum(table(report, "projects"), "cost")).isZero();
    assertThat(report.sections()).noneMatch(section -> section.name().equals("cost"));
  }

  @Test
  void longPeriods_haveMonthsFirst_andDaysBehind() {
    Period year = RequestFixture.days("2026", "2026-01-01", "2027-01-01", "Europe/Berlin");
    // up to 00:00 UTC, the last hour that is settled
    Instant asOf = AS_OF.plus(SettledPeriod.SETTLING);
    Report report = make(RequestFixture.of(year, asOf, "west"));
    Table months = table(report, "months");
    // the twelfth has an hour
    assertThat(months.rows()).hasSize(12);
    assertThat(months.rows().getFirst())
        .containsExactly("2026-01", null, null, null, null, null, null);
    assertThat(sum(months, "energy")).isEqualTo(total(table(report, "days"), "energy"));
  }

  @Test
  void nothing_isSaidInWords() {
    assertThatThrownBy(() -> make(request("north")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the store has no energy of north in 2026-10")
        .hasMessageContaining("it has east from 2026-08-20T00:00:00Z on, west from");
    assertThatThrownBy(() -> make(RequestFixture.narrowed(request("west"), "", "nobody", Map.of())))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "no job of project nobody used energy in 2026-10; projects then are project");
    assertThatThrownBy(() ->
            new DirectorReport()
                .make(
                    new StoreReportSource(
                        new GeneratedHistory(TO.toEpochMilli()), request("west"), what -> {})))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("it has no site at all");
  }

  @Test
  void hostileNames_areKeptAsTheyAre() {
    HistoryShape.add(
        history,
        GeneratedJob.of(
                "west",
                "c/1",
                "=cmd()",
                "<script>",
                Instant.parse("2026-10-03T00:00:00Z"),
                Instant.parse("2026-10-30T00:00:00Z"))
            .withLoad(900_000, 8, 0.5),
        1);
    Report report = make(request("west"));
    assertThat(table(report, "top_projects").rows().getFirst().getFirst()).isEqualTo("<script>");
    assertThat(table(report, "users").rows().getFirst().getFirst()).isEqualTo("=cmd()");
  }
}

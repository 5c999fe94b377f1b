// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.CarbonBasis.Method;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.reports.data.Grouping.By;
import io.github.joulestream.reports.data.ReportSource.Detail;
import io.github.joulestream.reports.fixture.GeneratedGrid;
import io.github.joulestream.reports.fixture.GeneratedHistory;
import io.github.joulestream.reports.fixture.GeneratedJob;
import io.github.joulestream.reports.fixture.HistoryShape;
import io.github.joulestream.reports.fixture.RequestFixture;
import io.github.joulestream.reports.period.Period;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreReportSourceTest {
  private static final Instant FROM = Instant.parse("2026-09-28T00:00:00Z");
  private static final Instant TO = Instant.parse("2026-11-04T00:00:00Z");
  private static final Instant AS_OF = Instant.parse("2026-12-01T00:00:00Z");
  private static final Period OCTOBER =
      RequestFixture.days("2026-10", "2026-10-01", "2026-11-01", "Europe/Berlin");
  private static final List<Grouping> GROUPINGS =
      List.of(
          Grouping.of(By.USER),
          Grouping.of(By.PROJECT),
          Grouping.of(By.PARTITION),
          Grouping.of(By.SITE),
          Grouping.of(By.KIND),
          Grouping.of(By.DAY),
          Grouping.of(By.JOB),
          new Grouping(By.LABEL, "model"));

  private final GeneratedHistory history = HistoryShape.of(11, FROM, TO).generate();

  private PeriodData october(Detail detail) {
    return of(RequestFixture.of(OCTOBER, AS_OF, "east", "west"), detail);
  }

  private PeriodData of(ReportRequest request, Detail detail) {
    return new StoreReportSource(history, request, what -> {}).of(request.period(), detail);
  }

  /** From the fixture's own quarters. */
  private BigInteger energyOfJobs(Period period) {
    BigInteger sum = BigInteger.ZERO;
    for (GeneratedJob job : history.jobs()) {
      for (Totals<JobAmount> quarter :
          history.quarters(job).subMap(period.range().from(), period.range().to()).values()) {
        sum = sum.add(BigInteger.valueOf(quarter.get(JobAmount.TOTAL_MILLIJOULES)));
      }
    }
    return sum;
  }

  @Test
  void everyGrouping_addsUpToTheLedger() {
    PeriodData data = october(Detail.JOBS);
    Use jobs = data.jobs();
    BigInteger ledger = BigInteger.ZERO;
    for (SiteUse site : data.sites().values()) {
      ledger = ledger.add(site.sum(SiteAmount.JOBS_TOTAL_MILLIJOULES).value());
    }
    assertThat(ledger).isEqualTo(energyOfJobs(OCTOBER)).isPositive();
    for (Grouping grouping : GROUPINGS) {
      Use sum = new Use();
      data.by(grouping).values().forEach(sum::add);
      for (JobAmount amount :
          List.of(
              JobAmount.TOTAL_MILLIJOULES,
              JobAmount.GPU_MILLIJOULES,
              JobAmount.HELD_IDLE_MILLIJOULES)) {
        assertThat(sum.sum(amount)).as("%s %s", grouping, amount).isEqualTo(jobs.sum(amount));
      }
      assertThat(sum.sum(JobAmount.TOTAL_MILLIJOULES).value()).isEqualTo(ledger);
      for (Figure figure : Figure.values()) {
        assertThat(sum.charges().exact(figure))
            .as("%s %s", grouping, figure)
            .isEqualTo(jobs.charges().exact(figure));
        assertThat(sum.charges().known(figure)).isEqualTo(jobs.charges().known(figure));
        assertThat(sum.heldIdle().exact(figure)).isEqualTo(jobs.heldIdle().exact(figure));
      }
    }
    assertThat(data.by(Grouping.of(By.KIND))).containsOnlyKeys("CPU", "GPU", "REST_OF_NODE");
    assertThat(data.by(Grouping.of(By.USER))).containsKey("");
  }

  @ParameterizedTest
  @EnumSource(Detail.class)
  void difference_isOfWhatWasRead(Detail detail) {
    assertThat(october(detail).difference()).isZero();
    assertThat(october(detail).notes()).noneMatch(note -> note.contains("less jobs less idle"));
    // a quarter of a job that is in the ledger alone
    history.addToLedger(
        "west",
        OCTOBER.range().from(),
        Totals.ofSite()
            .add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, 17)
            .add(SiteAmount.JOBS_TOTAL_MILLIJOULES, 17));
    assertThat(october(detail).difference()).isEqualTo(detail == Detail.SITES ? 0 : 17);
    assertThat(
            october(detail).notes().stream().anyMatch(note -> note.contains("is 17 mJ and not 0")))
        .isEqualTo(detail != Detail.SITES);
    ReportRequest ofUser =
        RequestFixture.narrowed(
            RequestFixture.of(OCTOBER, AS_OF, "east", "west"), "user003", "", Map.of());
    assertThat(of(ofUser, detail).difference()).isZero();
  }

  @Test
  void groupsAndJobs_areTheSame() {
    PeriodData groups = october(Detail.GROUPS);
    PeriodData jobs = october(Detail.JOBS);
    for (By by : List.of(By.USER, By.PROJECT, By.SITE, By.DAY, By.KIND)) {
      Map<String, Use> expected = jobs.by(Grouping.of(by));
      assertThat(groups.by(Grouping.of(by))).hasSameSizeAs(expected);
      groups
          .by(Grouping.of(by))
          .forEach(
              (name, use) -> assertSame(use, Objects.requireNonNull(expected.get(name), name)));
    }
    assertThat(groups.jobCount()).isEqualTo(jobs.jobCount()).isPositive();
    assertThatThrownBy(groups::jobList).hasMessageContaining("jobs of 2026-10 were not read");
  }

  private static void assertSame(Use use, Use other) {
    for (JobAmount amount : JobAmount.values()) {
      assertThat(use.sum(amount)).as(amount.name()).isEqualTo(other.sum(amount));
    }
    assertSame(use.charges(), other.charges());
    assertSame(use.heldIdle(), other.heldIdle());
  }

  private static void assertSame(Charges charges, Charges other) {
    for (Figure figure : Figure.values()) {
      assertThat(charges.amount(figure)).isEqualTo(other.amount(figure));
      assertThat(charges.exact(figure)).isEqualTo(other.exact(figure));
      assertThat(charges.known(figure)).isEqualTo(other.known(figure));
    }
    assertThat(charges.energy()).isEqualTo(other.energy());
    assertThat(charges.weak()).isEqualTo(other.weak());
    assertThat(charges.residualMissing()).isEqualTo(other.residualMissing());
  }

  @Test
  void site_isJobsAndIdle_inEnergyMoneyAndCarbon() {
    for (SiteUse site : october(Detail.SITES).sites().values()) {
      ExactSum measured = site.sum(SiteAmount.JOBS_TOTAL_MILLIJOULES).copy();
      measured.add(site.sum(SiteAmount.IDLE_TOTAL_MILLIJOULES));
      assertThat(site.sum(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(measured);
      Charges both = new Charges();
      both.add(site.jobCharges());
      both.add(site.idleCharges());
      assertSame(site.charges(), both);
      for (Figure figure :
          List.of(Figure.COST, Figure.CO2E_LOCATION, Figure.CO2E_MARKET, Figure.RENEWABLE)) {
        assertThat(site.charges().known(figure)).isEqualTo(measured);
        assertThat(site.charges().amount(figure).orElseThrow()).isPositive();
      }
      assertThat(site.stepMillis()).isEqualTo(StepLength.HOUR);
      // 31 days, of which one has 25 hours
      assertThat(site.steps()).isEqualTo(31 * 24 + 1);
    }
  }

  @Test
  void jobCharges_areThoseOfJobs() {
    PeriodData data = october(Detail.GROUPS);
    Map<String, Use> bySite = data.by(Grouping.of(By.SITE));
    data.sites()
        .forEach((name, site) -> {
          Use jobs = Objects.requireNonNull(bySite.get(name), name);
          assertSame(site.jobCharges(), jobs.charges());
          assertSame(site.heldIdleCharges(), jobs.heldIdle());
        });
  }

  @Test
  void cost_isPriceTimesEnergyTimesFacility_byTheHour() {
    PeriodData data = october(Detail.SITES);
    SiteUse west = Objects.requireNonNull(data.sites().get("west"));
    BigDecimal expected = BigDecimal.ZERO;
    for (GridInterval price : history.grid()) {
      if (price.site().equals("west")
          && price.series().equals(GridSeries.of(SeriesKind.PRICE))
          && price.from() >= OCTOBER.range().from()
          && price.to() <= OCTOBER.range().to()) {
        BigInteger energy = BigInteger.ZERO;
        for (Totals<SiteAmount> quarter :
            Objects.requireNonNull(history.ledger().get("west"))
                .subMap(price.from(), price.to())
                .values()) {
          energy =
              energy.add(BigInteger.valueOf(quarter.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)));
        }
        expected =
            expected.add(new BigDecimal(energy).multiply(BigDecimal.valueOf(price.valueNano(), 9)));
      }
    }
    assertThat(west.charges().amount(Figure.COST))
        .contains(expected.divide(BigDecimal.valueOf(3_600_000_000L), 9, RoundingMode.HALF_UP));
    assertThat(west.facility()).isEmpty();
    assertThat(west.facilityRatio()).isEmpty();
    SiteUse east = Objects.requireNonNull(data.sites().get("east"));
    assertThat(east.facilityRatio().orElseThrow().getKey()).isEqualTo("PUE, category 1");
    assertThat(east.facilityRatio().orElseThrow().getValue())
        .isBetween(new BigDecimal("1.2"), new BigDecimal("1.2001"));
    assertThat(data.notes()).anyMatch(note -> note.startsWith("west has no meter of the facility"));
  }

  @Test
  void as_of_isBeforeOrAfterARevision_ofTheGridAlone() {
    GridInterval price =
        history.grid().stream()
            .filter(i -> i.site().equals("west") && i.series().kind() == SeriesKind.PRICE)
            .filter(i -> i.from() >= OCTOBER.range().from())
            .findFirst()
            .orElseThrow();
    ReportRequest before = RequestFixture.of(OCTOBER, AS_OF, "east", "west");
    ReportRequest after = RequestFixture.of(OCTOBER, AS_OF.plusSeconds(60), "east", "west");
    PeriodData unrevised = of(after, Detail.GROUPS);
    history.addGrid(
        List.of(
            GeneratedGrid.revised(price, 5, AS_OF.plusSeconds(30).toEpochMilli()),
            // an issue that is not known yet must not change the length of steps either
            GeneratedGrid.price("east", price.from() - 900_000, price.from(), "EUR", 3)));
    history
        .grid()
        .set(
            history.grid().size() - 1,
            GeneratedGrid.revised(
                history.grid().getLast(), 3, AS_OF.plusSeconds(3_600).toEpochMilli()));
    PeriodData old = of(before, Detail.GROUPS);
    PeriodData revised = of(after, Detail.GROUPS);
    assertSame(old.jobs(), unrevised.jobs());
    assertThat(revised.jobs().sum(JobAmount.TOTAL_MILLIJOULES))
        .isEqualTo(old.jobs().sum(JobAmount.TOTAL_MILLIJOULES));
    SiteUse oldWest = Objects.requireNonNull(old.sites().get("west"));
    SiteUse west = Objects.requireNonNull(revised.sites().get("west"));
    assertThat(west.charges().amount(Figure.COST).orElseThrow())
        .isGreaterThan(oldWest.charges().amount(Figure.COST).orElseThrow());
    assertThat(west.charges().exact(Figure.CO2E_LOCATION))
        .isEqualTo(oldWest.charges().exact(Figure.CO2E_LOCATION));
    assertThat(Objects.requireNonNull(revised.sites().get("east")).stepMillis())
        .isEqualTo(StepLength.HOUR);
  }

  @Test
  void job_overTheEdgesOfAMonth_hasItsOwnQuarters() {
    GeneratedJob job =
        GeneratedJob.of(
            "west",
            "c/edge",
            "ada",
            "climate",
            Instant.parse("2026-10-31T21:00:00Z"),
            Instant.parse("2026-11-02T10:07:00Z"));
    HistoryShape.add(history, job, 3);
    BigInteger october = BigInteger.ZERO;
    BigInteger whole = BigInteger.ZERO;
    for (Map.Entry<Long, Totals<JobAmount>> quarter : history.quarters(job).entrySet()) {
      BigInteger energy = BigInteger.valueOf(quarter.getValue().get(JobAmount.TOTAL_MILLIJOULES));
      whole = whole.add(energy);
      if (quarter.getKey() < Instant.parse("2026-10-31T23:00:00Z").toEpochMilli()) {
        october = october.add(energy);
      }
    }
    JobUse use =
        october(Detail.JOBS).jobList().stream()
            .filter(j -> j.job().equals("c/edge"))
            .findFirst()
            .orElseThrow();
    assertThat(use.use().sum(JobAmount.TOTAL_MILLIJOULES).value()).isEqualTo(october);
    assertThat(
            BigInteger.valueOf(
                Objects.requireNonNull(use.whole()).totals().get(JobAmount.TOTAL_MILLIJOULES)))
        .isEqualTo(whole)
        .isGreaterThan(october);
    assertThat(use.user()).isEqualTo("ada");
  }

  @Test
  void jobList_isByStart_andHasEachJobOnce() {
    List<JobUse> jobs = october(Detail.JOBS).jobList();
    assertThat(jobs).doesNotHaveDuplicates().isNotEmpty();
    for (int i = 1; i < jobs.size(); i++) {
      JobUse before = jobs.get(i - 1);
      JobUse job = jobs.get(i);
      assertThat(before.site()).isLessThanOrEqualTo(job.site());
      if (before.site().equals(job.site())) {
        assertThat(start(before)).isLessThanOrEqualTo(start(job));
      }
    }
  }

  private static long start(JobUse job) {
    return Objects.requireNonNull(job.whole()).times().startEpochMillis();
  }

  @Test
  void filters_narrowJobs_andNotSites() {
    ReportRequest all = RequestFixture.of(OCTOBER, AS_OF, "east", "west");
    PeriodData whole = of(all, Detail.JOBS);
    Use ofUser = of(RequestFixture.narrowed(all, "user003", "", Map.of()), Detail.GROUPS).jobs();
    assertSame(ofUser, Objects.requireNonNull(whole.by(Grouping.of(By.USER)).get("user003")));
    Use ofProject = of(RequestFixture.narrowed(all, "", "project01", Map.of()), Detail.JOBS).jobs();
    assertSame(
        ofProject, Objects.requireNonNull(whole.by(Grouping.of(By.PROJECT)).get("project01")));
    // by labels each job must be read
    PeriodData labelled =
        of(RequestFixture.narrowed(all, "", "", Map.of("arch", "moe")), Detail.GROUPS);
    assertSame(
        labelled.jobs(),
        Objects.requireNonNull(whole.by(new Grouping(By.LABEL, "arch")).get("moe")));
    assertThat(labelled.jobList()).hasSizeLessThan(whole.jobList().size());
    assertThat(labelled.jobCount()).isLessThan(whole.jobCount()).isPositive();
    Use byDay = new Use();
    labelled.by(Grouping.of(By.DAY)).values().forEach(byDay::add);
    assertSame(byDay, labelled.jobs());
    labelled
        .sites()
        .forEach((name, site) ->
            assertThat(site.sum(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
                .isEqualTo(
                    Objects.requireNonNull(whole.sites().get(name))
                        .sum(SiteAmount.MEASURED_TOTAL_MILLIJOULES)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Asia/Kolkata", "Asia/Kathmandu", "Australia/Adelaide"})
  void zonesOffTheHour_areReadByTheQuarter(String zone) {
    Period october = RequestFixture.days("2026-10", "2026-10-01", "2026-11-01", zone);
    PeriodData data = of(RequestFixture.of(october, AS_OF, "east", "west"), Detail.JOBS);
    assertThat(data.sites().values())
        .allMatch(site -> site.stepMillis() == StepLength.QUARTER_HOUR);
    assertThat(data.jobs().sum(JobAmount.TOTAL_MILLIJOULES).value())
        .isEqualTo(energyOfJobs(october));
    assertThat(data.by(Grouping.of(By.DAY)).firstKey()).isGreaterThanOrEqualTo("2026-10-01");
    assertThat(data.by(Grouping.of(By.DAY)).lastKey()).isLessThanOrEqualTo("2026-10-31");
  }

  @Test
  void halfHourlyValues_areReadByTheQuarter_ofThatSiteAlone() {
    long from = OCTOBER.range().from();
    history.grid().removeIf(i -> i.site().equals("west"));
    history.addGrid(
        List.of(
            GeneratedGrid.carbon("west", from, from + 1_800_000, Method.LOCATION, 100),
            GeneratedGrid.carbon("west", from + 1_800_000, from + 3_600_000, Method.LOCATION, 50)));
    PeriodData data = october(Detail.GROUPS);
    assertThat(Objects.requireNonNull(data.sites().get("west")).stepMillis())
        .isEqualTo(StepLength.QUARTER_HOUR);
    assertThat(Objects.requireNonNull(data.sites().get("east")).stepMillis())
        .isEqualTo(StepLength.HOUR);
    assertThat(data.jobs().sum(JobAmount.TOTAL_MILLIJOULES).value())
        .isEqualTo(energyOfJobs(OCTOBER));
    assertThat(data.notes()).anyMatch(n -> n.equals("west has no price in this period."));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-10-12T10:17:00Z", "2026-10-12T10:31:59Z"})
  void runningPeriod_endsWithTheLastQuarterThatIsSettled(Instant asOf) {
    PeriodData data = of(RequestFixture.of(OCTOBER, asOf, "east", "west"), Detail.GROUPS);
    assertThat(data.period().to()).isEqualTo(Instant.parse("2026-10-12T10:15:00Z"));
    assertThat(data.jobs().sum(JobAmount.TOTAL_MILLIJOULES).value())
        .isEqualTo(energyOfJobs(data.period()));
  }

  @Test
  void monthlyCharges_areOfTheQuarterWithThePeak() {
    long from = OCTOBER.range().from();
    long to = OCTOBER.range().to();
    history.addGrid(
        List.of(
            GeneratedGrid.of(
                "west", GridSeries.of(SeriesKind.FIXED_CHARGE), from, to, 1_000, "EUR"),
            GeneratedGrid.of(
                "west", GridSeries.of(SeriesKind.DEMAND_CHARGE), from, to, 10, "EUR")));
    long peak =
        Objects.requireNonNull(history.ledger().get("west")).subMap(from, to).values().stream()
            .mapToLong(totals -> totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
            .max()
            .orElseThrow();
    Map<String, BigDecimal> charges =
        Objects.requireNonNull(october(Detail.SITES).sites().get("west")).otherCharges();
    assertThat(charges.get("fixed")).isEqualByComparingTo("1000");
    // mJ over 900 s = mW; 10 EUR/kW
    assertThat(charges.get("demand"))
        .isEqualByComparingTo(BigDecimal.valueOf(peak / 900, 6).multiply(BigDecimal.TEN));
  }

  /** Of a period that is settled, and of one of which nothing is. */
  @ParameterizedTest
  @ValueSource(strings = {"2026-10-12T10:00:00Z", "2026-10-12T10:15:00Z"})
  void peakOfAMonthUnderWay_isOfNoQuarterAfterThePeriod(Instant from) {
    Instant end = Instant.parse("2026-10-12T10:30:00Z");
    Instant asOf = Instant.parse("2026-10-12T10:31:59Z");
    Period asked = new Period("range", from, end, OCTOBER.zone());
    GridSeries demand = GridSeries.of(SeriesKind.DEMAND_CHARGE);
    GridInterval month =
        GeneratedGrid.of("west", demand, OCTOBER.range().from(), OCTOBER.range().to(), 10, "EUR");
    history.addGrid(List.of(GeneratedGrid.revised(month, 10, month.from())));
    long quarter = GeneratedHistory.QUARTER;
    long last = end.toEpochMilli() - quarter;
    add("west", last - quarter, 900_000_000_000L);
    add("west", last, 1_800_000_000_000L);
    add("west", last + quarter, 3_600_000_000_000L);
    PeriodData data = of(RequestFixture.of(asked, asOf, "west"), Detail.SITES);
    boolean isSettled = from.isBefore(Instant.ofEpochMilli(last));
    assertThat(data.period().to()).isEqualTo(isSettled ? end.minusMillis(quarter) : end);
    BigDecimal charge =
        Objects.requireNonNull(
            Objects.requireNonNull(data.sites().get("west")).otherCharges().get("demand"));
    // a quarter's share of the month's 745 hours, at 10 EUR/kW
    double kilowatts = charge.doubleValue() * 745 * 4 / 10;
    // with some kW that were there before
    assertThat(kilowatts).isBetween(isSettled ? 1_000.0 : 2_000.0, isSettled ? 1_900.0 : 2_900.0);
  }

  private void add(String site, long quarter, long millijoules) {
    // MEASURED_TOTAL is what it adds up from this
    history.addToLedger(
        site, quarter, Totals.ofSite().add(SiteAmount.IDLE_TOTAL_MILLIJOULES, millijoules));
  }

  @ParameterizedTest
  @EnumSource(Detail.class)
  void lostStore_isAnError(Detail detail) {
    history.failAfter(detail == Detail.SITES ? 500 : 12_000);
    assertThatThrownBy(() -> october(detail)).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void emptyStore_hasNoSites() {
    List<String> progress = new ArrayList<>();
    PeriodData data =
        new StoreReportSource(
                new GeneratedHistory(TO.toEpochMilli()),
                RequestFixture.of(OCTOBER, AS_OF, "east"),
                progress::add)
            .of(OCTOBER, Detail.JOBS);
    assertThat(data.sites()).isEmpty();
    assertThat(data.jobs().charges().amount(Figure.COST)).isEqualTo(Optional.empty());
    assertThat(data.jobCount()).isZero();
    assertThat(data.notes()).containsExactly("east has no energy in this period.");
    assertThat(progress)
        .containsExactly("ledger of 2026-10", "jobs of 2026-10", "energy of jobs of 2026-10");
  }
}

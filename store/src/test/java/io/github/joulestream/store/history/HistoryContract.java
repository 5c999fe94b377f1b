// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import static io.github.joulestream.store.history.MadeHistory.DAY;
import static io.github.joulestream.store.history.MadeHistory.END;
import static io.github.joulestream.store.history.MadeHistory.HOUR;
import static io.github.joulestream.store.history.MadeHistory.QUARTER;
import static io.github.joulestream.store.history.MadeHistory.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.EnergyLimit;
import io.github.joulestream.energy.alerts.Limit;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Thresholds;
import io.github.joulestream.energy.capacity.SiteCapacity;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.schemas.Capacity;
import io.github.joulestream.schemas.GridRecord;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.PoolPeaks;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.history.UsageQuery.Detail;
import io.github.joulestream.store.points.BudgetPoint;
import io.github.joulestream.store.points.CapacityPoint;
import io.github.joulestream.store.points.GridPoints;
import io.github.joulestream.store.points.NodePoint;
import io.github.joulestream.store.points.PoolPeakPoints;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What history every store must give back: what was written, exactly, and nothing else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class HistoryContract {
  private static final SortedSet<String> ALL = new TreeSet<>(MadeHistory.SITES);
  private static final SortedSet<String> EAST = new TreeSet<>(Set.of("east"));
  private static final SortedSet<String> TWO = new TreeSet<>(MadeHistory.SITES.subList(1, 3));
  private static final TimeRange WHOLE = new TimeRange(START - 5 * DAY, END + 30 * DAY);
  // over an edge of a month of requests, and of neither a day nor an hour
  private static final TimeRange MIDDLE =
      new TimeRange(START + 3 * DAY + QUARTER, START + 40 * DAY + 3 * QUARTER);
  private static final TimeRange HOURS =
      new TimeRange(START + 3 * DAY + HOUR, START + 40 * DAY + 7 * HOUR);

  protected final MadeHistory made = new MadeHistory(20);
  private boolean written;

  protected abstract PointSink sink();

  protected abstract HistoryReader history();

  /** One of a store without a single point. */
  protected abstract HistoryReader ofEmptyStore() throws Exception;

  /** Waits until the reader sees what was written. */
  protected abstract void awaitVisible();

  @BeforeEach
  void write() {
    if (!written) {
      written = true;
      for (int i = 0; i < made.points.size(); i += 2_000) {
        sink().write(made.points.subList(i, Math.min(made.points.size(), i + 2_000)));
      }
      awaitVisible();
    }
  }

  private void write(List<StorePoint> points) {
    sink().write(points);
    awaitVisible();
  }

  private static UsageQuery usage(
      SortedSet<String> sites, TimeRange range, long step, Detail detail) {
    return new UsageQuery(
        sites, range, (int) step, detail, Set.of(), Set.of(), EnumSet.allOf(JobAmount.class));
  }

  private Map<String, Totals<JobAmount>> read(UsageQuery query) {
    Map<String, Totals<JobAmount>> read = new TreeMap<>();
    history()
        .usage(
            query,
            row -> {
              Totals<JobAmount> before = read.get(MadeHistory.key(row));
              // added up in the store: one row each
              assertThat(before == null || query.detail() == Detail.JOB).isTrue();
              Totals<JobAmount> copy = row.totals().copy();
              read.put(MadeHistory.key(row), before == null ? copy : before.addAll(copy));
            });
    return read;
  }

  private void check(UsageQuery query) {
    Map<String, Totals<JobAmount>> expected = made.usage(query);
    assertThat(read(query)).as(query.toString()).isEqualTo(expected);
  }

  @Test
  void usageByUserAndProject_isTheSumOfTheQuarters() {
    check(usage(ALL, WHOLE, HOUR, Detail.USER_AND_PROJECT));
    check(usage(ALL, HOURS, HOUR, Detail.USER_AND_PROJECT));
    check(usage(TWO, MIDDLE, QUARTER, Detail.USER_AND_PROJECT));
    check(usage(EAST, MIDDLE, QUARTER, Detail.USER_AND_PROJECT));
    assertThat(made.usage(usage(EAST, MIDDLE, QUARTER, Detail.USER_AND_PROJECT))).isNotEmpty();
  }

  @Test
  void usageByJob_isTheSumOfTheQuarters_withoutThoseThatWereWithdrawn() {
    check(usage(ALL, WHOLE, QUARTER, Detail.JOB));
    check(usage(TWO, HOURS, HOUR, Detail.JOB));
    check(usage(EAST, MIDDLE, QUARTER, Detail.JOB));
  }

  @Test
  void usageOfUsersAndProjects_isTheirs_whateverTheirNames() {
    for (String name : MadeHistory.NAMES) {
      for (Detail detail : Detail.values()) {
        check(filtered(Set.of(name), Set.of(), detail));
        check(filtered(Set.of(), Set.of(name), detail));
      }
    }
    Set<String> some = Set.of("", "ann", "DOMAIN\\user", "x' OR 'a'='a", "nobody");
    check(filtered(some, Set.of(), Detail.USER_AND_PROJECT));
    check(filtered(some, Set.of("", "=cmd()", ".*"), Detail.JOB));
    Set<String> hundred = new TreeSet<>(some);
    for (int i = 0; i < 95; i++) {
      hundred.add("nobody " + i);
    }
    check(filtered(hundred, hundred, Detail.USER_AND_PROJECT));
    check(filtered(hundred, Set.of(), Detail.JOB));
    for (String nobody : List.of("' OR ''='", "an", "ANN", "%", "\\", "'", "a\nb", "\"")) {
      assertThat(read(filtered(Set.of(nobody), Set.of(), Detail.USER_AND_PROJECT))).isEmpty();
      assertThat(read(filtered(Set.of(), Set.of(nobody), Detail.JOB))).isEmpty();
    }
  }

  private static UsageQuery filtered(Set<String> users, Set<String> projects, Detail detail) {
    return new UsageQuery(
        ALL,
        WHOLE,
        (int) HOUR,
        detail,
        users,
        projects,
        EnumSet.of(JobAmount.TOTAL_MILLIJOULES, JobAmount.WHOLE_NODE_MILLIJOULES));
  }

  @Test
  void siteSteps_areOneRowAStep_withItsFragmentsAddedUp() {
    for (long step : new long[] {QUARTER, HOUR}) {
      for (TimeRange range : List.of(WHOLE, step == HOUR ? HOURS : MIDDLE)) {
        for (SortedSet<String> sites : List.of(ALL, TWO)) {
          Map<String, Totals<SiteAmount>> expected = new TreeMap<>();
          for (SiteWindow window : made.ledger) {
            if (window.windowMillis() == step
                && sites.contains(window.site())
                && window.windowStartEpochMillis() >= range.from()
                && window.windowStartEpochMillis() < range.to()) {
              expected
                  .computeIfAbsent(
                      window.site() + window.windowStartEpochMillis(), _ -> Totals.ofSite())
                  .addAll(window.totals());
            }
          }
          Map<String, Totals<SiteAmount>> read = new TreeMap<>();
          history()
              .siteSteps(
                  sites,
                  range,
                  (int) step,
                  row -> assertThat(read.put(row.site() + row.stepStart(), row.totals())).isNull());
          assertThat(read).isEqualTo(expected).isNotEmpty();
        }
      }
    }
  }

  @Test
  void sitesAndTheirBeginning_areThoseOfTheLedger() {
    assertThat(history().sites()).isEqualTo(ALL);
    for (String site : ALL) {
      assertThat(history().firstHour(site).orElseThrow())
          .isEqualTo(
              made.ledger.stream()
                  .filter(window -> window.site().equals(site) && window.windowMillis() == HOUR)
                  .mapToLong(SiteWindow::windowStartEpochMillis)
                  .min()
                  .orElseThrow());
    }
    assertThat(history().firstHour("nowhere' OR 'a'='a")).isEmpty();
  }

  @Test
  void jobs_areThoseUnderWayInARange() {
    for (TimeRange range :
        List.of(
            WHOLE,
            MIDDLE,
            new TimeRange(START + 10 * DAY, START + 12 * DAY + QUARTER),
            new TimeRange(START + 50 * DAY + 1, START + 51 * DAY))) {
      for (SortedSet<String> sites : List.of(ALL, EAST)) {
        List<JobSummary> expected =
            made.summaries.stream()
                .filter(job ->
                    sites.contains(job.site())
                        && job.times().startEpochMillis() < range.to()
                        && (job.times().endEpochMillis() > range.from()
                            || job.times().lastEpochMillis() > range.from()))
                .toList();
        List<JobSummary> read = new ArrayList<>();
        history().jobs(sites, range, read::add);
        assertThat(read).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(expected).as("%s", range).isNotEmpty();
      }
    }
  }

  private static GridInterval grid(
      String site, GridSeries series, long from, long to, long nano, long issued) {
    return new GridInterval(
        site,
        series,
        from,
        to,
        nano,
        series.kind().isMoney() ? "EUR" : "",
        GridQuality.ESTIMATED,
        issued,
        issued % 2 == 1,
        new GridInterval.Origin("o'provider \"", "DE\\LU", "512 lb/MWh = 'x'"));
  }

  @Test
  void grid_isAllIssuesOfIntervals_thatHaveTimeInCommonWithTheRange() {
    GridSeries carbon =
        GridSeries.carbon(
            new CarbonBasis(
                CarbonBasis.Method.LOCATION, CarbonBasis.Rate.AVERAGE, CarbonBasis.Scope.DIRECT));
    GridSeries price = GridSeries.of(SeriesKind.PRICE);
    GridSeries solar = GridSeries.of(SeriesKind.MIX, EnergySource.SOLAR);
    List<GridInterval> intervals = new ArrayList<>();
    for (String site : ALL) {
      // a tariff of years, and one that ended with the range's start
      GridSeries fixed = GridSeries.of(SeriesKind.FIXED_CHARGE);
      intervals.add(grid(site, fixed, START - 2_000 * DAY, END + 900 * DAY, 7, START - DAY));
      intervals.add(grid(site, fixed, START - 3_000 * DAY, START - 2_000 * DAY, 8, 2));
      for (long from = START; from < END; from += DAY) {
        for (GridSeries series : List.of(carbon, price, solar)) {
          intervals.add(grid(site, series, from, from + DAY, -from, 4));
          intervals.add(grid(site, series, from, from + DAY, Long.MAX_VALUE, from + DAY));
        }
      }
      intervals.add(grid(site, price, START, START + DAY, 0, END + 1));
    }
    List<StorePoint> points = new ArrayList<>();
    intervals.forEach(interval -> points.addAll(GridPoints.of(new GridRecord(interval, true))));
    write(points);
    for (TimeRange range : List.of(WHOLE, MIDDLE, new TimeRange(START + DAY, START + DAY + 1))) {
      for (SortedSet<String> sites : List.of(ALL, EAST)) {
        List<GridInterval> read = new ArrayList<>();
        history().grid(sites, range, read::add);
        assertThat(read)
            .containsExactlyInAnyOrderElementsOf(
                intervals.stream()
                    .filter(i ->
                        sites.contains(i.site()) && i.from() < range.to() && i.to() > range.from())
                    .toList());
      }
    }
  }

  @Test
  void nodes_areTheSumsOfTheirWindows() {
    long begin =
        made.nodeWindows.stream().mapToLong(NodeWindow::windowStartEpochMillis).min().orElseThrow();
    assertThat(history().nodeWindowsFrom(ALL)).hasValue(begin);
    for (TimeRange range : List.of(WHOLE, new TimeRange(begin + DAY / 3, begin + DAY))) {
      Map<String, NodeEnergy> expected = new TreeMap<>();
      for (NodeWindow window : made.nodeWindows) {
        if (TWO.contains(window.site())
            && window.windowStartEpochMillis() >= range.from()
            && window.windowStartEpochMillis() < range.to()) {
          expected.merge(window.site() + "|" + window.node(), energy(window), HistoryContract::sum);
        }
      }
      Map<String, NodeEnergy> read = new TreeMap<>();
      history()
          .nodes(
              TWO,
              range,
              node -> assertThat(read.put(node.site() + "|" + node.node(), node)).isNull());
      assertThat(read).isEqualTo(expected).isNotEmpty();
    }
  }

  private static NodeEnergy energy(NodeWindow window) {
    Totals<SiteAmount> totals = window.totals();
    return new NodeEnergy(
        window.site(),
        window.node(),
        BigInteger.valueOf(totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)),
        totals.get(SiteAmount.GPU_MILLIS),
        totals.get(SiteAmount.GPU_ALLOCATED_MILLIS),
        totals.get(SiteAmount.GPU_BUSY_MILLIS),
        totals.get(SiteAmount.COVERED_MILLIS),
        totals.get(SiteAmount.UNCOVERED_MILLIS));
  }

  private static NodeEnergy sum(NodeEnergy a, NodeEnergy b) {
    return new NodeEnergy(
        a.site(),
        a.node(),
        a.totalMillijoules().add(b.totalMillijoules()),
        a.gpuMillis() + b.gpuMillis(),
        a.gpuAllocatedMillis() + b.gpuAllocatedMillis(),
        a.gpuBusyMillis() + b.gpuBusyMillis(),
        a.coveredMillis() + b.coveredMillis(),
        a.uncoveredMillis() + b.uncoveredMillis());
  }

  @Test
  void nodesByDay_haveRackAndLabels() {
    List<StorePoint> points = new ArrayList<>();
    Map<String, String> labels = Map.of("rack", "r'1\"", "row", "=1\\");
    for (int day = 0; day < 3; day++) {
      points.add(
          NodePoint.of(
              new NodeRecord(
                  "east",
                  "n1",
                  START + day * DAY + 77,
                  "1",
                  day == 1 ? labels : Map.of(),
                  0,
                  0,
                  List.of())));
    }
    write(points);
    List<NodeDay> read = new ArrayList<>();
    history().nodeDays(EAST, new TimeRange(START + DAY + HOUR, START + 3 * DAY), read::add);
    assertThat(read)
        .containsExactlyInAnyOrder(
            new NodeDay("east", "n1", START + DAY, "r'1\"", labels),
            new NodeDay("east", "n1", START + 2 * DAY, "", Map.of()));
  }

  @Test
  void capacityOfHours_hasTheFieldsThatAreKnown() {
    SiteCapacity known = new SiteCapacity(10, 9, 8, 7, 6, 5, 4, 3, 2, 1_500);
    SiteCapacity unknown = new SiteCapacity(1, 0, 0, 1, 0, -1, -1, -1, -1, 0);
    write(
        List.of(
            CapacityPoint.of(
                new Capacity("east", START, 60_000, 6, 1, 1, 0, 0, known, known, null)),
            CapacityPoint.of(
                new Capacity(
                    "east", START + HOUR, (int) HOUR, 360, 3, 2, 8, 45_000, known, unknown, null)),
            CapacityPoint.of(
                new Capacity(
                    "east", START + 2 * HOUR, (int) HOUR, 1, 1, 1, 1, 1, known, known, null))));
    List<CapacityStep> read = new ArrayList<>();
    history().capacity(ALL, new TimeRange(START, START + 2 * HOUR), read::add);
    assertThat(read).hasSize(1);
    CapacityStep step = read.getFirst();
    assertThat(step.site()).isEqualTo("east");
    assertThat(step.hourStart()).isEqualTo(START + HOUR);
    assertThat(step.fields())
        .containsEntry("times", 360.0)
        .containsEntry("gpus_allocated", 4.5)
        .containsEntry("memory_watts", 1.5)
        .containsEntry("memory_beyond_allocation_mebibytes", 2.0)
        .containsEntry("storage_allocated_mebibytes", 0.0)
        .doesNotContainKeys("storage_used_mebibytes", "storage_full_epoch_millis");
  }

  @Test
  void poolPeaks_areThoseOfTheRange() {
    List<StorePoint> points = new ArrayList<>();
    for (int hour = 0; hour < 3; hour++) {
      points.addAll(
          PoolPeakPoints.of(
              new PoolPeaks(
                  "east",
                  START + hour * HOUR,
                  DeviceKind.MEMORY,
                  hour == 1 ? PoolPeaks.ALL : 8,
                  List.of(new PoolPeaks.Group(2, 1L << 60, 9)))));
    }
    write(points);
    List<PoolPeakStep> read = new ArrayList<>();
    history().poolPeaks(ALL, new TimeRange(START + HOUR, START + 2 * HOUR), read::add);
    assertThat(read)
        .containsExactly(new PoolPeakStep("east", START + HOUR, "MEMORY", "all", "2", 1L << 60, 9));
  }

  @Test
  void budgets_areAllChangesBeforeATime() {
    Budget power = budget(new PowerLimit(1_234));
    Budget energy = budget(new EnergyLimit(Quantity.ENERGY_PER_DAY, 5_000_000_000_000_001L));
    write(
        List.of(
            BudgetPoint.of("east/b '1'", power, START),
            BudgetPoint.of("east/b '1'", energy, START + HOUR),
            BudgetPoint.of("east/b '1'", null, START + 2 * HOUR),
            BudgetPoint.of("east/b '1'", power, START + 3 * HOUR)));
    List<BudgetStep> read = new ArrayList<>();
    history().budgets(ALL, START + 3 * HOUR, read::add);
    assertThat(read)
        .containsExactlyInAnyOrder(
            new BudgetStep(
                "east",
                "b '1'",
                START,
                true,
                power.quantity().name(),
                1_234,
                "PROJECT",
                power.scope().text(),
                "Europe/Berlin"),
            new BudgetStep(
                "east",
                "b '1'",
                START + HOUR,
                true,
                energy.quantity().name(),
                5_000_000_000_000_001L,
                "PROJECT",
                energy.scope().text(),
                "Europe/Berlin"),
            new BudgetStep("east", "b '1'", START + 2 * HOUR, false, "", 0, "", "", ""));
  }

  private static Budget budget(Limit limit) {
    return new Budget(
        "east",
        "b '1'",
        Scope.project("o'project"),
        limit,
        "Europe/Berlin",
        Thresholds.DEFAULT,
        new AlertTiming(0, 300_000, 60_000, 0),
        "",
        "",
        0);
  }

  @Test
  void anEmptyStore_hasNoRows() throws Exception {
    try (HistoryReader empty = ofEmptyStore()) {
      assertThat(empty.sites()).isEmpty();
      hasNothing(empty, ALL);
    }
  }

  @Test
  void noSites_haveNoRows() {
    hasNothing(history(), new TreeSet<>());
  }

  private static void hasNothing(HistoryReader history, SortedSet<String> sites) {
    List<Object> rows = new ArrayList<>();
    for (Detail detail : Detail.values()) {
      history.usage(usage(sites, HOURS, HOUR, detail), rows::add);
    }
    history.siteSteps(sites, HOURS, (int) HOUR, rows::add);
    history.jobs(sites, HOURS, rows::add);
    history.grid(sites, HOURS, rows::add);
    history.nodes(sites, HOURS, rows::add);
    history.nodeDays(sites, HOURS, rows::add);
    history.capacity(sites, HOURS, rows::add);
    history.poolPeaks(sites, HOURS, rows::add);
    history.budgets(sites, END, rows::add);
    assertThat(rows).isEmpty();
    assertThat(history.nodeWindowsFrom(sites)).isEmpty();
    assertThat(history.firstHour("nowhere")).isEmpty();
  }
}

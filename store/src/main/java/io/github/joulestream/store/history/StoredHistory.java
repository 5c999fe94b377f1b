// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.catalogue.Measurement.FieldType;
import io.github.joulestream.store.history.Selection.Sums;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * History out of any store, in requests of bounded time: a month of it at most, so that neither a
 * small store nor its limit of time for a query is met.
 */
public final class StoredHistory implements HistoryReader {
  private static final long DAY = 86_400_000;
  private static final long MOST_DAYS_OF_A_REQUEST = 31;
  private static final long LONGEST_JOB = 366 * DAY;

  /** A scheduler can report an earlier start than the one a summary was stored at. */
  private static final long LATE_ANCHOR = DAY;

  /** A point of an interval is within the second in which it starts. */
  private static final long WITHIN_SECOND = 1_000;

  private static final List<String> SITE_AMOUNTS = fieldsOf(SiteAmount.values());
  private static final List<String> ONE_SITE_AMOUNT =
      List.of(Measurement.field(SiteAmount.MEASURED_TOTAL_MILLIJOULES));
  private static final List<String> ONE_NODE_AMOUNT = List.of("total_millijoules");

  private final HistoryStore store;
  private final SharedTexts texts = new SharedTexts();

  /** Closes the store when it is closed. */
  public StoredHistory(HistoryStore store) {
    this.store = store;
  }

  private static List<String> fieldsOf(Enum<?>[] amounts) {
    return Arrays.stream(amounts).map(Measurement::field).toList();
  }

  @Override
  public SortedSet<String> sites() {
    return store.sites(Measurement.LEDGER);
  }

  @Override
  public OptionalLong firstHour(String site) {
    OptionalLong first =
        store.firstMillis(
            Selection.points(
                    Measurement.LEDGER,
                    ONE_SITE_AMOUNT,
                    new TreeSet<>(Set.of(site)),
                    TimeRanges.EVERYTHING)
                .ofWindow(Windows.HOUR_NAME));
    return first.isEmpty() ? first : OptionalLong.of(floor(first.getAsLong(), Windows.HOUR_MILLIS));
  }

  @Override
  public void siteSteps(
      SortedSet<String> sites, TimeRange range, int stepMillis, Consumer<SiteStep> rows) {
    if (stepMillis != Windows.HOUR_MILLIS && stepMillis != Windows.QUARTER_HOUR_MILLIS) {
      throw new IllegalArgumentException("steps of %d ms".formatted(stepMillis));
    }
    SiteStepSums sums = new SiteStepSums(rows);
    readInOrder(
        Selection.points(Measurement.LEDGER, SITE_AMOUNTS, sites, range)
            .ofWindow(Windows.name(stepMillis)),
        row -> sums.add(text(row, "site"), floor(millis(row), stepMillis), row.siteTotals()));
    sums.end();
  }

  @Override
  public void usage(UsageQuery query, Consumer<UsageRow> rows) {
    new UsageRead(query, texts).read(this::read, rows);
  }

  @Override
  public void jobs(SortedSet<String> sites, TimeRange range, Consumer<JobSummary> rows) {
    Selection jobs =
        Selection.points(Measurement.JOB_SUMMARY, JobRows.FIELDS, sites, range)
            .where(
                ("\"start_epoch_millis\" < %d AND"
                        + " (\"end_epoch_millis\" > %d OR \"last_epoch_millis\" > %d)")
                    .formatted(range.to(), range.from(), range.from()));
    JobRows job = new JobRows(texts);
    readAlsoBefore(
        jobs.within(new TimeRange(range.from(), range.to() + LATE_ANCHOR)),
        new TimeRange(Math.max(0, range.from() - LONGEST_JOB), range.from()),
        "last_epoch_millis",
        row -> rows.accept(job.of(row)));
  }

  @Override
  public void grid(SortedSet<String> sites, TimeRange range, Consumer<GridInterval> rows) {
    GridRows interval = new GridRows(texts);
    readAlsoBefore(
        Selection.points(
                Measurement.GRID,
                List.copyOf(Measurement.GRID.fields().keySet()),
                sites,
                new TimeRange(range.from(), range.to() + WITHIN_SECOND))
            .where("\"to_epoch_millis\" > " + range.from()),
        new TimeRange(0, range.from()),
        "to_epoch_millis",
        row -> interval.of(row, range).ifPresent(rows));
  }

  @Override
  public void nodes(SortedSet<String> sites, TimeRange range, Consumer<NodeEnergy> rows) {
    NodeSums sums = new NodeSums();
    Selection days =
        Selection.points(Measurement.NODE_WINDOW, NodeSums.FIELDS, sites, range)
            .ofWindow(Windows.NAME)
            .summed(Sums.BY_TAGS, 0);
    // many points: a day in each request
    RequestsAtOnce.read(store, parts(days, DAY), sums::add);
    sums.end(rows);
  }

  @Override
  public OptionalLong nodeWindowsFrom(SortedSet<String> sites) {
    if (sites.isEmpty()) {
      return OptionalLong.empty();
    }
    OptionalLong first =
        store.firstMillis(
            Selection.points(Measurement.NODE_WINDOW, ONE_NODE_AMOUNT, sites, TimeRanges.EVERYTHING)
                .ofWindow(Windows.NAME));
    return first.isEmpty() ? first : OptionalLong.of(floor(first.getAsLong(), Windows.MILLIS));
  }

  /** Days that have time in common with the range. */
  @Override
  public void nodeDays(SortedSet<String> sites, TimeRange range, Consumer<NodeDay> rows) {
    read(
        Selection.points(
            Measurement.NODE,
            List.of("rack", "labels"),
            sites,
            new TimeRange(floor(range.from(), DAY), range.to())),
        row ->
            rows.accept(
                new NodeDay(
                    text(row, "site"),
                    text(row, "node"),
                    floor(millis(row), DAY),
                    text(row, "rack"),
                    texts.labels(row.text("labels")))));
  }

  /** Hours that begin in the range. */
  @Override
  public void capacity(SortedSet<String> sites, TimeRange range, Consumer<CapacityStep> rows) {
    Map<String, FieldType> fields = Measurement.CAPACITY.fields();
    read(
        Selection.points(Measurement.CAPACITY, List.copyOf(fields.keySet()), sites, range)
            .ofWindow(Windows.HOUR_NAME),
        row -> {
          Map<String, Double> values = new HashMap<>();
          for (String field : fields.keySet()) {
            if (row.has(field)) {
              values.put(field, row.real(field));
            }
          }
          rows.accept(new CapacityStep(text(row, "site"), millis(row), values));
        });
  }

  /** Hours that begin in the range. */
  @Override
  public void poolPeaks(SortedSet<String> sites, TimeRange range, Consumer<PoolPeakStep> rows) {
    read(
        Selection.points(
            Measurement.POOL_PEAK, List.of("peak_mebibytes", "seen_mebibytes"), sites, range),
        row ->
            rows.accept(
                new PoolPeakStep(
                    text(row, "site"),
                    millis(row),
                    text(row, "resource"),
                    text(row, "pool"),
                    text(row, "pool_group"),
                    row.number("peak_mebibytes"),
                    row.number("seen_mebibytes"))));
  }

  /** Changes before that time. */
  @Override
  public void budgets(SortedSet<String> sites, long toEpochMillis, Consumer<BudgetStep> rows) {
    if (sites.isEmpty()) {
      return;
    }
    // few, over years: one request
    store.read(
        Selection.points(
            Measurement.BUDGET,
            List.copyOf(Measurement.BUDGET.fields().keySet()),
            sites,
            new TimeRange(0, Math.max(0, toEpochMillis))),
        row ->
            rows.accept(
                new BudgetStep(
                    text(row, "site"),
                    text(row, "budget"),
                    millis(row),
                    row.number("in_force") != 0,
                    text(row, "period"),
                    row.has("limit_millijoules")
                        ? row.number("limit_millijoules")
                        : Math.round(row.real("limit_watts") * 1e3),
                    text(row, "scope_kind"),
                    text(row, "scope"),
                    text(row, "zone"))));
  }

  private String text(HistoryRow row, String column) {
    return texts.text(row.text(column));
  }

  /** A month at a time, one after the other: rows of a site come by time. */
  private void readInOrder(Selection selection, Consumer<HistoryRow> rows) {
    parts(selection, MOST_DAYS_OF_A_REQUEST * DAY).forEach(part -> store.read(part, rows));
  }

  /** A month at a time, or less, so that no request has to wait for another. */
  private void read(Selection selection, Consumer<HistoryRow> rows) {
    long share = Math.ceilDiv(selection.range().millis(), (long) store.requestsAtOnce());
    long days = Math.clamp(Math.ceilDiv(share, DAY), 1, MOST_DAYS_OF_A_REQUEST);
    RequestsAtOnce.read(store, parts(selection, days * DAY), rows);
  }

  private static List<Selection> parts(Selection selection, long partMillis) {
    if (selection.names().values().stream().anyMatch(Set::isEmpty)) {
      return List.of();
    }
    return TimeRanges.split(selection.range(), partMillis).stream().map(selection::within).toList();
  }

  /**
   * Points of a range, and those before it that meet the condition. Of the time before, first one
   * field is read, then all fields of the days that have such points: they are few, and a store
   * that reads all fields of all points to judge them would take as long as for a whole year.
   */
  private void readAlsoBefore(
      Selection selection, TimeRange before, String field, Consumer<HistoryRow> rows) {
    if (selection.names().values().stream().anyMatch(Set::isEmpty)) {
      return;
    }
    TreeSet<Long> days = new TreeSet<>();
    store.read(
        selection.selecting(List.of(field)).within(before),
        row -> days.add(Math.floorDiv(millis(row), DAY)));
    for (TimeRange part : TimeRanges.ofDays(days, before)) {
      read(selection.within(part), rows);
    }
    read(selection, rows);
  }

  static long millis(HistoryRow row) {
    return Math.floorDiv(row.number(Selection.TIME), 1_000_000);
  }

  private static long floor(long epochMillis, long stepMillis) {
    return Math.floorDiv(epochMillis, stepMillis) * stepMillis;
  }

  @Override
  public void close() {
    store.close();
  }
}

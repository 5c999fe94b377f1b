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

  /** A point of an interval is within the second in which it starts. */
  private static final long WITHIN_SECOND = 1_000;

  private static final List<String> SITE_AMOUNTS = fieldsOf(SiteAmount.values());
  private static final List<String> ONE_SITE_AMOUNT =
      List.of(Measurement.field(SiteAmount.MEASURED_TOTAL_MILLIJOULES));
  private static final List<String> ONE_NODE_AMOUNT = List.of("total_millijoules");

  private final HistoryStore store;
  private final StoreReads reads;
  private final SharedTexts texts = new SharedTexts();

  /** Closes the store when it is closed. */
  public StoredHistory(HistoryStore store) {
    this.store = store;
    this.reads = new StoreReads(store);
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
    return first.isEmpty()
        ? first
        : OptionalLong.of(StoreReads.floor(first.getAsLong(), Windows.HOUR_MILLIS));
  }

  @Override
  public void siteSteps(
      SortedSet<String> sites, TimeRange range, int stepMillis, Consumer<SiteStep> rows) {
    if (stepMillis != Windows.HOUR_MILLIS && stepMillis != Windows.QUARTER_HOUR_MILLIS) {
      throw new IllegalArgumentException("steps of %d ms".formatted(stepMillis));
    }
    SiteStepSums sums = new SiteStepSums(rows);
    reads.inOrder(
        Selection.points(Measurement.LEDGER, SITE_AMOUNTS, sites, range)
            .ofWindow(Windows.name(stepMillis)),
        row ->
            sums.add(
                text(row, "site"),
                StoreReads.floor(StoreReads.millis(row), stepMillis),
                row.siteTotals()));
    sums.end();
  }

  @Override
  public void usage(UsageQuery query, Consumer<UsageRow> rows) {
    new UsageRead(query, texts).read(reads::all, rows);
  }

  @Override
  public void jobs(SortedSet<String> sites, TimeRange range, Consumer<JobSummary> rows) {
    JobRows job = new JobRows(texts);
    reads.alsoBefore(
        JobRows.underWay(sites, range),
        JobRows.before(range),
        "last_epoch_millis",
        row -> rows.accept(job.of(row)));
  }

  @Override
  public void grid(SortedSet<String> sites, TimeRange range, Consumer<GridInterval> rows) {
    GridRows interval = new GridRows(texts);
    reads.alsoBefore(
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
    RequestsAtOnce.read(store, StoreReads.parts(days, DAY), sums::add);
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
    return first.isEmpty()
        ? first
        : OptionalLong.of(StoreReads.floor(first.getAsLong(), Windows.MILLIS));
  }

  /** Days that have time in common with the range. */
  @Override
  public void nodeDays(SortedSet<String> sites, TimeRange range, Consumer<NodeDay> rows) {
    reads.all(
        Selection.points(
            Measurement.NODE,
            List.of("rack", "labels"),
            sites,
            new TimeRange(StoreReads.floor(range.from(), DAY), range.to())),
        row ->
            rows.accept(
                new NodeDay(
                    text(row, "site"),
                    text(row, "node"),
                    StoreReads.floor(StoreReads.millis(row), DAY),
                    text(row, "rack"),
                    texts.labels(row.text("labels")))));
  }

  /** Hours that begin in the range. */
  @Override
  public void capacity(SortedSet<String> sites, TimeRange range, Consumer<CapacityStep> rows) {
    Map<String, FieldType> fields = Measurement.CAPACITY.fields();
    reads.all(
        Selection.points(Measurement.CAPACITY, List.copyOf(fields.keySet()), sites, range)
            .ofWindow(Windows.HOUR_NAME),
        row -> {
          Map<String, Double> values = new HashMap<>();
          for (String field : fields.keySet()) {
            if (row.has(field)) {
              values.put(field, row.real(field));
            }
          }
          rows.accept(new CapacityStep(text(row, "site"), StoreReads.millis(row), values));
        });
  }

  /** Hours that begin in the range. */
  @Override
  public void poolPeaks(SortedSet<String> sites, TimeRange range, Consumer<PoolPeakStep> rows) {
    reads.all(
        Selection.points(
            Measurement.POOL_PEAK, List.of("peak_mebibytes", "seen_mebibytes"), sites, range),
        row ->
            rows.accept(
                new PoolPeakStep(
                    text(row, "site"),
                    StoreReads.millis(row),
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
                    StoreReads.millis(row),
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

  @Override
  public void close() {
    store.close();
  }
}

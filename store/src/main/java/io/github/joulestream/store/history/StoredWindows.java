// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StoreText;
import io.github.joulestream.store.history.Selection.Sums;
import io.github.joulestream.store.history.UsageQuery.Detail;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Single sites, nodes and jobs out of any store. Safe for many threads. A read fails if its last
 * row has not arrived within {@link Bounded#LONGEST}.
 */
public final class StoredWindows implements WindowReader {
  private static final List<String> SITE_AMOUNTS = fieldsOf(SiteAmount.values());
  private static final JobAmount[] AMOUNTS = JobAmount.values();
  private static final List<String> JOB_AMOUNTS = fieldsOf(AMOUNTS);
  private static final List<String> PLACEMENT_FIELDS =
      List.of(
          "job",
          "anchor_epoch_millis",
          "held_epoch_millis",
          "end_epoch_millis",
          "ended_by",
          "gpus",
          "devices",
          "holds");
  private static final List<String> ALERT_FIELDS = List.copyOf(Measurement.ALERT.fields().keySet());

  /** Names of jobs in one request. */
  private static final int JOBS_OF_A_REQUEST = 50;

  private final HistoryStore store;
  private final StoreReads reads;
  private final NanoClock clock;

  /** Closes the store when it is closed. */
  public StoredWindows(HistoryStore store, NanoClock clock) {
    this.store = store;
    this.reads = new StoreReads(store);
    this.clock = clock;
  }

  private static List<String> fieldsOf(Enum<?>[] amounts) {
    return Arrays.stream(amounts).map(Measurement::field).toList();
  }

  private static Selection ofSite(
      Measurement measurement, List<String> fields, String site, TimeRange range) {
    return Selection.points(measurement, fields, tags(Set.of(site)), range);
  }

  /** Names as they are in tags. */
  private static SortedSet<String> tags(Set<String> names) {
    SortedSet<String> tags = new TreeSet<>();
    names.forEach(name -> tags.add(StoreText.tag(name)));
    return tags;
  }

  @Override
  public void sitePower(
      String site, TimeRange range, int stepMillis, int mostRows, Consumer<SiteStep> rows) {
    PowerSteps.check(stepMillis);
    Bounded bounded = new Bounded(mostRows, clock);
    added(
            ofSite(Measurement.LEDGER, SITE_AMOUNTS, site, PowerSteps.whole(range, stepMillis))
                .ofWindow(Windows.name(PowerSteps.windowOf(stepMillis)))
                .limited(bounded.oneMore()),
            stepMillis,
            bounded,
            Totals::ofSite,
            HistoryRow::siteTotals)
        .forEach((start, totals) -> rows.accept(new SiteStep(site, start, totals)));
  }

  @Override
  public void jobPower(
      String site,
      String job,
      TimeRange range,
      int stepMillis,
      int mostRows,
      Consumer<JobStep> rows) {
    PowerSteps.check(stepMillis);
    Bounded bounded = new Bounded(mostRows, clock);
    TimeRange whole = PowerSteps.whole(range, stepMillis);
    // no limit for quarters: they are added up by user and project, of which a job can have several
    Selection selection =
        PowerSteps.areOfQuarters(stepMillis)
            ? ofSite(Measurement.JOB_QUARTER_HOUR, JOB_AMOUNTS, site, whole)
                .ofTexts(Map.of("job", Set.of(StoreText.field(job))))
            : ofSite(Measurement.JOB_WINDOW, JOB_AMOUNTS, site, whole)
                .and("job", tags(Set.of(job)))
                .limited(bounded.oneMore());
    added(selection, stepMillis, bounded, Totals::ofJob, StoredWindows::jobTotals)
        .forEach((start, totals) -> rows.accept(new JobStep(start, totals)));
  }

  private static Totals<JobAmount> jobTotals(HistoryRow row) {
    Totals<JobAmount> totals = Totals.ofJob();
    for (int i = 0; i < AMOUNTS.length; i++) {
      totals.set(AMOUNTS[i], row.number(JOB_AMOUNTS.get(i)));
    }
    return totals;
  }

  /** Adds up points by step. */
  private <A extends Enum<A>> SortedMap<Long, Totals<A>> added(
      Selection points,
      int stepMillis,
      Bounded bounded,
      Supplier<Totals<A>> none,
      Function<HistoryRow, Totals<A>> totals) {
    SortedMap<Long, Totals<A>> steps = new TreeMap<>();
    reads.inOrder(
        points.summed(Sums.BY_TAGS_AND_STEPS, stepMillis),
        row ->
            steps
                .computeIfAbsent(
                    StoreReads.millis(row),
                    _ -> {
                      bounded.count();
                      return none.get();
                    })
                .addAll(totals.apply(row)));
    return steps;
  }

  @Override
  public void nodePower(
      String site,
      String node,
      TimeRange range,
      int stepMillis,
      int mostRows,
      Consumer<NodeStep> rows) {
    PowerSteps.check(stepMillis);
    Bounded bounded = new Bounded(mostRows, clock);
    SortedMap<Long, Map<String, Double>> steps = new TreeMap<>();
    reads.inOrder(
        ofSite(
                Measurement.NODE_WINDOW,
                NodePowerFields.FIELDS,
                site,
                PowerSteps.whole(range, stepMillis))
            .and("node", tags(Set.of(node)))
            .ofWindow(Windows.NAME)
            .summed(Sums.BY_TAGS_AND_STEPS, stepMillis)
            .limited(bounded.oneMore()),
        row -> {
          bounded.count();
          steps.put(StoreReads.millis(row), NodePowerFields.of(row, stepMillis));
        });
    steps.forEach((start, values) -> rows.accept(new NodeStep(start, values)));
  }

  @Override
  public void devices(
      String site, String node, TimeRange range, int mostRows, Consumer<DeviceStep> rows) {
    DeviceSteps steps = new DeviceSteps(new Bounded(mostRows, clock));
    reads.inOrder(
        ofSite(Measurement.DEVICE_WINDOW, DeviceSteps.FIELDS, site, range)
            .and("node", tags(Set.of(node))),
        steps::add);
    steps.end(rows);
  }

  @Override
  public void placementsOfNode(
      String site, String node, TimeRange range, int mostRows, Consumer<PlacementRow> rows) {
    Bounded bounded = new Bounded(mostRows, clock);
    TimeRange anchors = new TimeRange(JobRows.before(range).from(), JobRows.lateAfter(range).to());
    store.read(
        placements(site, range, anchors).and("node", tags(Set.of(node))).limited(bounded.oneMore()),
        row -> {
          bounded.count();
          rows.accept(placement(row));
        });
  }

  @Override
  public void placementsOfJob(
      String site, String job, TimeRange range, int mostRows, Consumer<PlacementRow> rows) {
    Bounded bounded = new Bounded(mostRows, clock);
    String stored = StoreText.field(job);
    reads.inOrder(
        placements(site, range, JobRows.around(range))
            .ofTexts(Map.of("job", Set.of(stored)))
            .limited(bounded.oneMore()),
        row -> {
          bounded.count();
          if (row.text("job").equals(stored)) {
            rows.accept(placement(row));
          }
        });
  }

  /** Those that have time in common with a range, without those that a correction withdrew. */
  private static Selection placements(String site, TimeRange range, TimeRange anchors) {
    return ofSite(Measurement.PLACEMENT, PLACEMENT_FIELDS, site, anchors)
        .where(
            ("\"held_epoch_millis\" < %d"
                    + " AND (\"end_epoch_millis\" > %d OR \"end_epoch_millis\" = -1)"
                    + " AND \"end_epoch_millis\" != \"held_epoch_millis\"")
                .formatted(range.to(), range.from()));
  }

  private static PlacementRow placement(HistoryRow row) {
    return new PlacementRow(
        StoreText.ofTag(row.text("node")),
        row.text("job"),
        row.number("held_epoch_millis"),
        row.number("end_epoch_millis"),
        row.text("ended_by"),
        row.number("gpus"),
        row.text("devices"),
        row.text("holds"));
  }

  @Override
  public void job(
      String site, String job, TimeRange range, int mostRows, Consumer<JobSummary> rows) {
    Bounded bounded = new Bounded(mostRows, clock);
    JobRows summary = new JobRows(new SharedTexts());
    String stored = StoreText.field(job);
    reads.fewInOrder(
        ofSite(Measurement.JOB_SUMMARY, JobRows.FIELDS, site, JobRows.around(range))
            .ofTexts(Map.of("job", Set.of(stored)))
            .limited(bounded.oneMore()),
        "last_epoch_millis",
        row -> {
          bounded.count();
          if (row.text("job").equals(stored)) {
            rows.accept(summary.of(row));
          }
        });
  }

  @Override
  public void jobs(
      SortedSet<String> sites,
      TimeRange range,
      JobFilter filter,
      int mostRows,
      Consumer<JobSummary> rows) {
    JobNames names = new JobNames(filter);
    if (names.areNobodys()) {
      return;
    }
    Bounded bounded = new Bounded(mostRows, clock);
    JobRows job = new JobRows(new SharedTexts());
    Selection jobs = names.limit(JobRows.underWay(tags(sites), range));
    reads.alsoBefore(
        names.areInTheQuery() ? jobs.limited(bounded.oneMore()) : jobs,
        JobRows.before(range),
        "last_epoch_millis",
        row -> {
          bounded.inTime();
          if (names.include(row)) {
            bounded.count();
            rows.accept(job.of(row));
          }
        });
  }

  @Override
  public void jobQuarters(
      String site, SortedSet<String> jobs, TimeRange range, int mostRows, Consumer<UsageRow> rows) {
    Bounded bounded = new Bounded(mostRows, clock);
    UsageQuery query =
        new UsageQuery(
            tags(Set.of(site)),
            PowerSteps.whole(range, Windows.QUARTER_HOUR_MILLIS),
            Windows.QUARTER_HOUR_MILLIS,
            Detail.JOB,
            Set.of(),
            Set.of(),
            EnumSet.allOf(JobAmount.class));
    List<String> stored = jobs.stream().map(StoreText::field).distinct().toList();
    UsageRead usage = new UsageRead(query, new SharedTexts());
    for (int i = 0; i < stored.size(); i += JOBS_OF_A_REQUEST) {
      Set<String> some =
          Set.copyOf(stored.subList(i, Math.min(stored.size(), i + JOBS_OF_A_REQUEST)));
      usage.read(
          (selection, each) ->
              reads.inOrder(
                  selection.ofTexts(Map.of("job", some)).limited(bounded.oneMore()), each),
          row -> {
            if (some.contains(row.job())) {
              bounded.count();
              rows.accept(row);
            }
          });
    }
  }

  @Override
  public void alerts(
      SortedSet<String> sites, TimeRange range, int mostRows, Consumer<AlertRow> rows) {
    if (sites.isEmpty()) {
      return;
    }
    Bounded bounded = new Bounded(mostRows, clock);
    store.read(
        Selection.points(
                Measurement.ALERT,
                ALERT_FIELDS,
                tags(sites),
                new TimeRange(JobRows.before(range).from(), range.to()))
            .where(
                ("\"since_epoch_millis\" < %d"
                        + " AND (\"ended_epoch_millis\" > %d OR \"ended_epoch_millis\" = -1)")
                    .formatted(range.to(), range.from()))
            .limited(bounded.oneMore()),
        row -> {
          bounded.count();
          rows.accept(alert(row));
        });
  }

  private static AlertRow alert(HistoryRow row) {
    return new AlertRow(
        row.text("site"),
        row.text("rule"),
        row.text("alert_id"),
        row.text("state"),
        row.text("severity"),
        row.text("scope"),
        row.text("scope_kind"),
        row.text("budget"),
        row.has("value") ? row.real("value") : Double.NaN,
        row.has("limit_value") ? row.real("limit_value") : Double.NaN,
        row.text("unit"),
        row.number("since_epoch_millis"),
        row.number("updated_epoch_millis"),
        row.number("ended_epoch_millis"),
        row.text("summary"));
  }

  @Override
  public void close() {
    store.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.schemas.GridRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is to be published of a file, given what is known already. Importing a file twice publishes
 * nothing the second time: neither an issue that is known, nor a value that is in force already and
 * whose time of issue is only that of the import. A later issue of the provider that says the same
 * is published: an issue of a time between may still come.
 *
 * @param records to be published, in this order
 * @param first intervals of which nothing was known
 * @param revised later issues of known intervals
 * @param earlier issues that are older than one that is known: kept, and not in force
 * @param unchanged values that say what is known
 * @param stillWithdrawn values of intervals that were withdrawn after they were issued
 * @param refusals values that contradict what is known
 */
public record ImportPlan(
    List<GridRecord> records,
    int first,
    int revised,
    int earlier,
    int unchanged,
    int stillWithdrawn,
    List<FeedRefusal> refusals) {
  public ImportPlan {
    records = List.copyOf(records);
    refusals = List.copyOf(refusals);
  }

  /**
   * Compares.
   *
   * @param known all issues of the series of the entries, at least those that overlap one of them
   */
  public static ImportPlan of(List<FeedEntry> entries, Collection<GridInterval> known) {
    return new Planner(known).plan(entries);
  }

  /** True if both say the same, whenever they were issued. */
  static boolean sameContent(GridInterval one, GridInterval other) {
    return one.valueNano() == other.valueNano()
        && one.currency().equals(other.currency())
        && one.quality() == other.quality()
        && one.withdrawn() == other.withdrawn()
        && one.origin().provider().equals(other.origin().provider())
        && one.origin().zone().equals(other.origin().zone());
  }

  private static final class Planner {
    private final Map<GridSeries, KnownSeries> known = new HashMap<>();
    private final List<GridRecord> records = new ArrayList<>();
    private final List<FeedRefusal> refusals = new ArrayList<>();
    private int first;
    private int revised;
    private int earlier;
    private int unchanged;
    private int stillWithdrawn;

    Planner(Collection<GridInterval> issues) {
      issues.forEach(issue -> series(issue).add(issue));
    }

    private KnownSeries series(GridInterval interval) {
      return known.computeIfAbsent(interval.series(), _ -> new KnownSeries());
    }

    ImportPlan plan(List<FeedEntry> entries) {
      List<FeedEntry> sorted = new ArrayList<>(entries);
      // of several issues of an interval each is compared with the one before it
      sorted.sort(Comparator.comparingLong(entry -> entry.interval().issued()));
      for (FeedEntry entry : sorted) {
        try {
          take(entry.interval(), entry.importTime());
        } catch (Refused e) {
          refusals.add(new FeedRefusal(entry.place(), e.text()));
        }
      }
      // an issue is the latest if no later one came after it
      List<GridRecord> published =
          records.stream()
              .map(record ->
                  new GridRecord(
                      record.interval(), series(record.interval()).isLatest(record.interval())))
              .toList();
      return new ImportPlan(
          published, first, revised, earlier, unchanged, stillWithdrawn, refusals);
    }

    private void take(GridInterval interval, boolean importTime) throws Refused {
      KnownSeries series = series(interval);
      GridInterval latest = series.latest(interval);
      if (latest != null && latest.withdrawn() && latest.issued() >= interval.issued()) {
        stillWithdrawn++;
      }
      GridInterval before = series.before(interval);
      boolean sameIssue = before != null && before.issued() == interval.issued();
      if (before != null && (sameIssue || importTime) && sameContent(before, interval)) {
        unchanged++;
        return;
      }
      if (before != null && sameIssue) {
        throw new Refused(
            "%s to %s of %s, issued at %s, is %s, and known is %s; give it a later time of issue"
                .formatted(
                    KeptText.time(interval.from()),
                    KeptText.time(interval.to()),
                    interval.series().text(),
                    KeptText.time(interval.issued()),
                    interval.origin().given(),
                    before.withdrawn() ? "that it is withdrawn" : before.origin().given()));
      }
      if (latest == null) {
        series.checkOverlaps(interval);
        first++;
      } else if (latest.issued() < interval.issued()) {
        series.checkOverlaps(interval);
        revised++;
      } else {
        earlier++;
      }
      series.add(interval);
      records.add(new GridRecord(interval, true));
    }
  }
}

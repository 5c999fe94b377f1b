// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.UsageQuery;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A group's share of the energy of all jobs, and its rank. Others are never named, and there is no
 * rank among fewer than 3.
 */
final class GroupShare {
  private static final int FEWEST = 3;
  private static final int QUARTER_MILLIS = 900_000;
  private static final int HOUR_MILLIS = 3_600_000;

  private final PeriodData data;
  private final ReportRequest request;
  private final ExactSum allJobs = new ExactSum();
  private final Map<String, ExactSum> others = new HashMap<>();

  /** Reads the energy of all projects, or of all users if the report is of some. */
  GroupShare(ReportSource source, PeriodData data) {
    this.data = data;
    this.request = source.request();
    data.sites().values().forEach(site -> allJobs.add(site.sum(SiteAmount.JOBS_TOTAL_MILLIJOULES)));
    if (isRanked()) {
      source.progress("energy of other groups in " + data.period().label());
      boolean byProject = !request.projects().isEmpty();
      source
          .history()
          .usage(
              query(),
              row ->
                  others
                      .computeIfAbsent(
                          byProject ? row.project() : row.user(), name -> new ExactSum())
                      .add(row.totals().get(JobAmount.TOTAL_MILLIJOULES)));
    }
  }

  private UsageQuery query() {
    TimeRange range = data.period().range();
    int step =
        range.from() % HOUR_MILLIS == 0 && range.to() % HOUR_MILLIS == 0
            ? HOUR_MILLIS
            : QUARTER_MILLIS;
    return new UsageQuery(
        request.sites(),
        new TimeRange(range.from(), Math.ceilDiv(range.to(), step) * (long) step),
        step,
        UsageQuery.Detail.USER_AND_PROJECT,
        Set.of(),
        Set.of(),
        Set.of(JobAmount.TOTAL_MILLIJOULES));
  }

  /** Only a project, or a user, as a whole has a rank among its like. */
  private boolean isRanked() {
    return request.labels().isEmpty() && request.users().isEmpty() != request.projects().isEmpty();
  }

  private SortedSet<String> named() {
    return request.projects().isEmpty() ? request.users() : request.projects();
  }

  /** Share of the energy of all jobs; null if there is none. */
  @Nullable BigDecimal share() {
    return Cells.ratio(data.jobs().sum(JobAmount.TOTAL_MILLIJOULES), allJobs);
  }

  /** The table. */
  Section section() {
    List<Column> columns =
        List.of(
            Column.text("group", "Group"),
            Column.of("energy", "Energy", Quantity.ENERGY, ""),
            Column.of("share", "Share", Quantity.RATIO, "of the energy of all jobs at these sites"),
            Column.of("rank", "Rank", Quantity.COUNT, "by energy, 1 is the largest"),
            Column.of("of", "Of", Quantity.COUNT, "groups with energy; none if fewer than 3"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    if (isRanked()) {
      named().forEach(name -> rows.add(ranked(name)));
    } else {
      ExactSum energy = data.jobs().sum(JobAmount.TOTAL_MILLIJOULES);
      rows.add(
          Cells.row("this report", Cells.sum(energy), Cells.ratio(energy, allJobs), null, null));
    }
    return new Section(
        "share",
        "Share of all jobs",
        List.of(),
        new Table("share", columns, rows, null, Table.ALL_ROWS),
        List.of(),
        false);
  }

  private List<@Nullable Object> ranked(String name) {
    ExactSum energy = others.getOrDefault(name, new ExactSum());
    long groups = others.values().stream().filter(sum -> sum.signum() > 0).count();
    boolean shown = groups >= FEWEST && energy.signum() > 0;
    long rank =
        1
            + others.values().stream()
                .filter(sum -> sum.value().compareTo(energy.value()) > 0)
                .count();
    return Cells.row(
        Cells.name(name),
        Cells.sum(energy),
        Cells.ratio(energy, allJobs),
        shown ? BigDecimal.valueOf(rank) : null,
        shown ? BigDecimal.valueOf(groups) : null);
  }
}

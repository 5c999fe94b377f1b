// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.data.JobUse;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.reports.work.EndedJob;
import io.github.joulestream.reports.work.Quantiles;
import io.github.joulestream.reports.work.WorkGroup;
import io.github.joulestream.reports.work.WorkGroups;
import io.github.joulestream.serve.access.Visibility;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How well groups of jobs used energy. Ratios are of sums, never means of ratios; work per joule is
 * of jobs that ended and whose work is of one unit, and percentiles are over {@link
 * Quantiles#FEWEST} jobs or more.
 */
final class GroupEfficiency {
  private static final int MOST_GROUPS = 10_000;
  private static final String UNKNOWN = "(unknown)";

  /** Percentiles over jobs of others are shown of so many people or more. */
  private static final int FEWEST_PEOPLE = 3;

  private final Grouping grouping;
  private final Period period;
  private final SortedMap<String, Sums> groups = new TreeMap<>();
  private final List<EndedJob> ended = new ArrayList<>();

  private static final class Sums {
    final Use use = new Use();
    final Set<String> jobs = new HashSet<>();
  }

  GroupEfficiency(Grouping grouping, Period period) {
    this.grouping = grouping;
    this.period = period;
  }

  /** Adds all jobs of these. */
  void add(PeriodData data) {
    Set<String> seen = new HashSet<>();
    for (JobUse job : data.jobList()) {
      Sums of = groups.computeIfAbsent(key(job), name -> new Sums());
      of.use.add(job.use());
      String id = job.site() + "/" + job.job();
      of.jobs.add(id);
      EndedJob whole = EndedJob.of(job, period.from().toEpochMilli(), period.to().toEpochMilli());
      // one whose energy was accounted to several people did its work once
      if (whole != null && seen.add(id)) {
        ended.add(whole);
      }
    }
  }

  private String key(JobUse job) {
    return switch (grouping.by()) {
      case USER -> job.user();
      case PROJECT -> job.project();
      case PARTITION -> job.partition();
      // as the groups of work have it
      case LABEL -> Objects.requireNonNullElse(job.labels().get(grouping.label()), "").strip();
      case SITE, NODE, KIND, DAY, JOB ->
          throw new IllegalArgumentException("no efficiency by " + grouping.name());
    };
  }

  /**
   * A row a group, those with most energy first.
   *
   * @param unit of work; empty: the one of most energy
   * @param notes get which one that is
   */
  List<EfficiencyView.Row> rows(Optional<String> unit, Visibility visibility, List<String> notes) {
    WorkGroups work = WorkGroups.of(ended, List.of(grouping));
    List<String> units = work.units();
    String of = unit.orElse(units.isEmpty() ? "" : units.getFirst());
    List<String> others = units.stream().filter(other -> !other.equals(of)).toList();
    if (!others.isEmpty()) {
      notes.add("Jobs also did work in %s: ask with unit=.".formatted(String.join(", ", others)));
    }
    Map<String, WorkGroup> byKey = new HashMap<>();
    if (!of.isEmpty()) {
      work.of(of).forEach(group -> byKey.put(group.key().values().getFirst(), group));
    }
    List<Map.Entry<String, Sums>> sorted = new ArrayList<>(groups.entrySet());
    sorted.sort(
        Comparator.comparing((Map.Entry<String, Sums> group) -> energy(group.getValue()))
            .reversed()
            .thenComparing(Map.Entry::getKey));
    if (sorted.size() > MOST_GROUPS) {
      notes.add("%d groups with less energy are left out.".formatted(sorted.size() - MOST_GROUPS));
    }
    return sorted.stream()
        .limit(MOST_GROUPS)
        .map(group ->
            row(group.getKey(), group.getValue(), of, byKey.get(group.getKey()), visibility))
        .toList();
  }

  private static BigInteger energy(Sums sums) {
    return sums.use.sum(JobAmount.TOTAL_MILLIJOULES).value();
  }

  private static EfficiencyView.Row row(
      String key, Sums sums, String unit, @Nullable WorkGroup work, Visibility visibility) {
    ExactSum held = sums.use.sum(JobAmount.GPU_HELD_MILLIS);
    ExactSum heldIdle = sums.use.sum(JobAmount.HELD_IDLE_MILLIJOULES);
    List<EndedJob> counted = work == null ? List.of() : work.counted();
    Quantiles each =
        Quantiles.of(
            work == null || !hasSpread(counted, visibility) ? new double[0] : work.eachPerJoule());
    return new EfficiencyView.Row(
        key.isEmpty() ? UNKNOWN : key,
        sums.jobs.size(),
        energy(sums),
        held.value(),
        JobView.ratio(sums.use.sum(JobAmount.GPU_BUSY_MILLIS).doubleValue(), held.doubleValue()),
        heldIdle.value(),
        JobView.ratio(heldIdle.doubleValue(), energy(sums).doubleValue()),
        unit,
        counted.size(),
        counted.isEmpty() ? null : counted.stream().mapToDouble(EndedJob::work).sum(),
        value(work == null ? OptionalDouble.empty() : work.workPerJoule()),
        value(each.at(25)),
        value(each.at(50)),
        value(each.at(75)));
  }

  /** A single other person's jobs are not shown by a percentile over a project. */
  private static boolean hasSpread(List<EndedJob> jobs, Visibility visibility) {
    if (jobs.stream().allMatch(job -> visibility.job(job.who().user(), job.who().project()))) {
      return true;
    }
    return jobs.stream().map(job -> job.who().user()).collect(Collectors.toSet()).size()
        >= FEWEST_PEOPLE;
  }

  private static @Nullable Double value(OptionalDouble value) {
    return value.isPresent() ? Double.valueOf(value.getAsDouble()) : null;
  }
}

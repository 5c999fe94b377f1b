// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.data.JobUse;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Tile;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.reports.work.EndedJob;
import io.github.joulestream.reports.work.Said;
import io.github.joulestream.reports.work.WithoutWork;
import io.github.joulestream.reports.work.WorkGroups;
import io.github.joulestream.reports.work.WorkKey;
import io.github.joulestream.reports.work.WorkPair;
import io.github.joulestream.reports.work.WorkSections;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Work per joule of the jobs that ended in the period, by model: which one does more with it. */
public final class ModelsReport implements ReportKind {
  private static final int MOST_UNITS = 6;
  private static final List<String> METHOD =
      List.of(
          "Jobs that ended in the period, with all the energy of their lives, also what they used"
              + " before it.",
          "Work is what the jobs report at their end. Work per joule is the sum of the work over the"
              + " sum of the energy of all devices of the jobs, without idle nodes and the facility's"
              + " overhead.",
          "Architecture, parameters, precision, phase, batch and GPU are the jobs' labels model, arch,"
              + " params_total, params_active, experts, experts_active, precision, phase, batch, gpu,"
              + " gpus and task; nothing is guessed.");

  @Override
  public String name() {
    return "models";
  }

  @Override
  public String summary() {
    return "Work per joule by model: tokens, samples or steps, and whether two models differ";
  }

  @Override
  public boolean usesGroupings() {
    return true;
  }

  @Override
  public Report make(ReportSource source) {
    ReportRequest request = source.request();
    Period period = request.period();
    PeriodData data = source.of(period, ReportSource.Detail.JOBS);
    source.progress("work of jobs that ended in " + period.label());
    List<EndedJob> ended = new ArrayList<>();
    long withoutSummary = 0;
    for (JobUse job : data.jobList()) {
      withoutSummary += job.whole() == null ? 1 : 0;
      EndedJob whole = EndedJob.of(job, period.from().toEpochMilli(), period.to().toEpochMilli());
      if (whole != null) {
        ended.add(whole);
      }
    }
    List<String> notes = new ArrayList<>(METHOD);
    WorkGroups groups = WorkGroups.of(ended, groupings(request, notes));
    List<String> units = groups.units();
    if (withoutSummary > 0) {
      notes.add(
          "%d jobs are left out: the store has no summary of them.".formatted(withoutSummary));
    }
    if (units.size() > MOST_UNITS) {
      notes.add(
          "Units of work beyond the %d with the most energy have no section: %s."
              .formatted(MOST_UNITS, String.join(", ", units.subList(MOST_UNITS, units.size()))));
      units = units.subList(0, MOST_UNITS);
    }
    long failed = ended.stream().filter(job -> !job.completed()).count();
    if (failed > 0) {
      notes.add(
          "%d of the jobs did not complete; what they report as work was done all the same."
              .formatted(failed));
    }
    List<WorkSections> byUnit = units.stream().map(unit -> new WorkSections(groups, unit)).toList();
    List<Section> sections = new ArrayList<>();
    byUnit.forEach(unit -> sections.addAll(unit.all()));
    sections.addAll(WithoutWork.sections(groups));
    return new Report(
        MetaOf.of(name(), "Work per joule", request, data, notes),
        headline(ended, byUnit, period),
        tiles(ended, byUnit),
        sections);
  }

  private static List<Grouping> groupings(ReportRequest request, List<String> notes) {
    List<Grouping> possible = new ArrayList<>();
    for (Grouping grouping : request.groupings()) {
      if (WorkKey.isPossible(grouping)) {
        possible.add(grouping);
      } else {
        notes.add("Whole jobs cannot be grouped by %s.".formatted(grouping.name()));
      }
    }
    return possible.isEmpty() ? WorkKey.BY_MODEL : possible;
  }

  private static String headline(List<EndedJob> ended, List<WorkSections> units, Period period) {
    if (ended.isEmpty()) {
      return "No job ended in %s.".formatted(period.label());
    }
    ExactSum energy = energy(ended);
    long withWork = ended.stream().filter(job -> !job.unit().isEmpty()).count();
    String all =
        "%d %s with %s ended in %s; %d of them %s work."
            .formatted(
                ended.size(),
                ended.size() == 1 ? "job" : "jobs",
                Said.energy(energy.value()),
                period.label(),
                withWork,
                withWork == 1 ? "reports" : "report");
    return firstPair(units).map(pair -> WorkSections.sentence(pair) + " " + all).orElse(all);
  }

  private static Optional<WorkPair> firstPair(List<WorkSections> units) {
    return units.stream().map(WorkSections::pairs).flatMap(Collection::stream).findFirst();
  }

  private static ExactSum energy(List<EndedJob> jobs) {
    ExactSum sum = new ExactSum();
    jobs.forEach(job -> sum.add(job.millijoules()));
    return sum;
  }

  private static List<Tile> tiles(List<EndedJob> ended, List<WorkSections> units) {
    List<Tile> tiles = new ArrayList<>();
    ExactSum energy = energy(ended);
    List<EndedJob> withWork = ended.stream().filter(job -> !job.unit().isEmpty()).toList();
    tiles.add(
        tile(
            "energy",
            "Energy of ended jobs",
            Quantity.ENERGY,
            "",
            new BigDecimal(energy.value()),
            "with what they used before the period"));
    tiles.add(
        tile(
            "jobs",
            "Jobs that ended",
            Quantity.COUNT,
            "",
            BigDecimal.valueOf(ended.size()),
            "%d report work".formatted(withWork.size())));
    tiles.add(
        tile(
            "energy_with_work",
            "Energy with work",
            Quantity.RATIO,
            "",
            share(energy(withWork), energy),
            "of all energy of ended jobs"));
    if (!units.isEmpty()) {
      WorkSections unit = units.getFirst();
      unit.largest()
          .ifPresent(largest ->
              tiles.add(
                  tile(
                      "work_per_joule",
                      "Work per joule",
                      Quantity.NUMBER,
                      unit.unit() + "/J",
                      Said.decimal(largest.workPerJoule().orElseThrow()),
                      largest.key().name() + ", the most energy")));
    }
    firstPair(units)
        .ifPresent(pair ->
            tiles.add(
                tile(
                    "ratio",
                    "First against second",
                    Quantity.NUMBER,
                    "",
                    Said.decimal(pair.comparison().ratio()),
                    pair.comparison().word().text())));
    ExactSum heldIdle = new ExactSum();
    ExactSum gpuHeld = new ExactSum();
    for (EndedJob job : ended) {
      heldIdle.add(job.heldIdleMillijoules());
      gpuHeld.add(job.gpuHeldMillis());
    }
    tiles.add(
        tile(
            "held_idle",
            "Held idle",
            Quantity.RATIO,
            "",
            gpuHeld.isZero() ? null : share(heldIdle, energy),
            "GPUs held under 5 % use, of all energy"));
    return tiles;
  }

  private static @Nullable BigDecimal share(ExactSum part, ExactSum whole) {
    return whole.signum() <= 0 ? null : Said.decimal(part.doubleValue() / whole.doubleValue());
  }

  private static Tile tile(
      String name,
      String title,
      Quantity quantity,
      String unit,
      @Nullable BigDecimal value,
      String note) {
    return new Tile(name, title, quantity, unit, value, null, null, List.of(), note);
  }
}

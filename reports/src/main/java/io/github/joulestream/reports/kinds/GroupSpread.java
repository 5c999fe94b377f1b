// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.reports.advice.Advisor;
import io.github.joulestream.reports.advice.JobFigures;
import io.github.joulestream.reports.advice.Spread;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** How jobs of a class differ: percentiles over jobs, and weighted by GPU hours. */
final class GroupSpread {
  private static final int[] PERCENTS = {5, 25, 50, 75, 95};
  private static final double KILOWATT_HOUR = 3.6e9;
  private static final int SHOWN = 20;
  private static final String ALL = "All";

  private final List<JobFigures> jobs;
  private final Advisor advisor;

  GroupSpread(List<JobFigures> jobs, Advisor advisor) {
    this.jobs = jobs;
    this.advisor = advisor;
  }

  /** Sections that have a row. */
  List<Section> sections() {
    List<Section> sections = new ArrayList<>();
    List<List<@Nullable Object>> energy = new ArrayList<>();
    addEnergy(energy, ALL, jobs);
    advisor.classes().forEach((name, members) -> addEnergy(energy, name, members));
    add(
        sections,
        "spread_energy",
        "Spread of energy per GPU hour",
        Column.text("class", "Class"),
        "kWh/GPU h",
        energy);
    List<List<@Nullable Object>> work = new ArrayList<>();
    Advisor.peers(jobs).values().forEach(peers -> addWork(work, peers));
    add(
        sections,
        "spread_work",
        "Spread of work per joule",
        Column.text("peers", "Jobs of"),
        "",
        work);
    return sections;
  }

  private static void addEnergy(
      List<List<@Nullable Object>> rows, String name, List<JobFigures> jobs) {
    List<JobFigures> onGpus = jobs.stream().filter(job -> job.gpuHours() > 0).toList();
    add(rows, name, onGpus, job -> job.millijoules() / KILOWATT_HOUR / job.gpuHours());
  }

  private static void addWork(List<List<@Nullable Object>> rows, List<JobFigures> peers) {
    JobFigures any = peers.getFirst();
    String name = "%s, %s, %s/J".formatted(any.label("model"), any.gpus().text(), any.unit());
    add(rows, name, peers, JobFigures::workPerJoule);
  }

  private static void add(
      List<List<@Nullable Object>> rows,
      String name,
      List<JobFigures> jobs,
      ToDoubleFunction<JobFigures> figure) {
    rows.add(row(name, "jobs", Spread.of(jobs.stream().mapToDouble(figure).toArray())));
    List<JobFigures> onGpus = jobs.stream().filter(job -> job.gpuHours() > 0).toList();
    rows.add(
        row(
            name,
            "GPU hours",
            Spread.weighted(
                onGpus.stream().mapToDouble(figure).toArray(),
                onGpus.stream().mapToDouble(JobFigures::gpuHours).toArray())));
  }

  private static List<@Nullable Object> row(String name, String weight, Spread spread) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(name);
    row.add(weight);
    row.add(BigDecimal.valueOf(spread.size()));
    for (int percent : PERCENTS) {
      row.add(Cells.number(spread.percentile(percent).orElse(Double.NaN)));
    }
    return row;
  }

  private static void add(
      List<Section> sections,
      String name,
      String title,
      Column first,
      String unit,
      List<List<@Nullable Object>> rows) {
    List<Column> columns = new ArrayList<>();
    columns.add(first);
    columns.add(Column.text("weight", "Weighted by"));
    columns.add(Column.of("n", "n", Quantity.COUNT, "jobs"));
    for (int percent : PERCENTS) {
      columns.add(
          Column.number(
              "p" + percent,
              "p" + percent,
              unit,
              "at or below it are %d %% of them".formatted(percent)));
    }
    if (!rows.isEmpty()) {
      sections.add(
          new Section(
              name,
              title,
              List.of("No percentiles of fewer than %d jobs.".formatted(Spread.FEWEST)),
              new Table(name, columns, rows, null, SHOWN),
              List.of(),
              false));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.reports.advice.Advice;
import io.github.joulestream.reports.advice.Advisor;
import io.github.joulestream.reports.advice.JobFigures;
import io.github.joulestream.reports.advice.OwnQuartile;
import io.github.joulestream.reports.advice.Spread;
import io.github.joulestream.reports.advice.WastedJob;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sections of advice, and of what jobs could have saved. */
final class AdviceSections {
  private static final int SHOWN = 15;
  private static final Column ENERGY =
      Column.of("energy", "Would save", Quantity.ENERGY, "in the period");
  private static final Column COST =
      Column.of("cost", "Cost of it", Quantity.MONEY, "at the price of the energy that is saved");

  private AdviceSections() {}

  /** What classes of jobs can do. */
  static Section advice(Advisor advisor, boolean onFirstPage) {
    List<Column> columns =
        List.of(
            Column.text("class", "Class"),
            Column.text("topic", "Topic"),
            Column.text("advice", "Advice"),
            ENERGY,
            COST,
            Column.of("co2e_location", "CO2e of it", Quantity.MASS, "location-based"),
            Column.text("basis", "Rests on"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Advice advice : advisor.all()) {
      rows.add(
          Cells.row(
              advice.jobClass(),
              advice.topic().text(),
              advice.sentence(),
              advice.millijoules(),
              advice.cost(),
              advice.grams(),
              advice.basis()));
    }
    List<String> sentences = new ArrayList<>();
    sentences.add(
        rows.isEmpty()
            ? ("Nothing to advise: no class of %d jobs or more would have saved 2 %% by more"
                    + " than noise.")
                .formatted(Spread.FEWEST)
            : "Each saving is what its advice alone would have saved; those of one class do not"
                + " add up.");
    sentences.add(
        "How much memory a job used of what it asked for is not known by job, so nothing is advised"
            + " on it.");
    return new Section(
        "advice",
        "Advice",
        sentences,
        new Table("advice", columns, rows, null, SHOWN),
        List.of(),
        onFirstPage);
  }

  /** The jobs that wasted most. */
  static Section wasted(List<WastedJob> jobs, int of, boolean hasMoney) {
    List<Column> columns =
        List.of(
            Column.text("job", "Job"),
            Column.text("user", "User"),
            Column.text("name", "Name"),
            Column.of("energy", "Energy", Quantity.ENERGY, "in the period"),
            Column.of(
                "wasted",
                "Wasted",
                Quantity.ENERGY,
                "the larger one of the energy of its idle GPUs, and of what it used more than the"
                    + " best quarter of its peers for the same work"),
            Column.of("cost", "Cost of it", Quantity.MONEY, ""),
            Column.text("advice", "Advice"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (WastedJob wasted : jobs) {
      JobFigures job = wasted.job();
      rows.add(
          Cells.row(
              job.site() + "/" + job.job(),
              Cells.name(job.user()),
              job.name(),
              energy(job.millijoules()),
              energy(wasted.millijoules()),
              hasMoney ? Cells.number(wasted.cost()) : null,
              wasted.advice()));
    }
    return new Section(
        "wasted",
        "Jobs that wasted most",
        List.of("%d of %,d jobs.".formatted(rows.size(), of)),
        new Table("wasted", columns, rows, null, Table.ALL_ROWS),
        List.of(),
        false);
  }

  /** What jobs would save if they were as good as the best quarter of their peers. */
  static Section ownQuartile(OwnQuartile quartile) {
    List<Column> columns =
        List.of(
            Column.text("model", "Model"),
            Column.text("gpus", "GPUs"),
            Column.text("unit", "Unit"),
            Column.of("jobs", "n", Quantity.COUNT, "jobs"),
            Column.number(
                "p75", "p75 per joule", "", "work per joule that the best quarter does at least"),
            Column.of("energy", "Energy", Quantity.ENERGY, "of these jobs in the period"),
            Column.of(
                "saving", "Would save", Quantity.ENERGY, "sum of max(0, energy - work / p75)"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    double energy = 0;
    double saving = 0;
    int jobs = 0;
    for (OwnQuartile.Peers peers : quartile.peers()) {
      rows.add(
          Cells.row(
              peers.model(),
              peers.gpus().text(),
              peers.unit(),
              BigDecimal.valueOf(peers.jobs()),
              Cells.number(peers.best()),
              energy(peers.millijoules()),
              energy(peers.saving())));
      energy += peers.millijoules();
      saving += peers.saving();
      jobs += peers.jobs();
    }
    return new Section(
        "own_quartile",
        "What if all jobs were as good as the best quarter of their peers",
        List.of(
            "A what-if, and no promise: peers are jobs of one model, unit and number of GPUs, and"
                + " what else differs between them is not known."),
        new Table(
            "own_quartile",
            columns,
            rows,
            Cells.row(
                "All", null, null, BigDecimal.valueOf(jobs), null, energy(energy), energy(saving)),
            SHOWN),
        List.of(),
        false);
  }

  /** Energy of figures that are no whole numbers. */
  static BigDecimal energy(double millijoules) {
    return BigDecimal.valueOf(millijoules).setScale(0, RoundingMode.HALF_UP);
  }
}

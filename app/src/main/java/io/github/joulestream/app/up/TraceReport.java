// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.producers.replay.BenchmarkFigures;
import io.github.joulestream.producers.replay.Figures;
import io.github.joulestream.producers.replay.MlperfEdges;
import io.github.joulestream.producers.replay.SensorFigures;
import io.github.joulestream.producers.replay.TraceSet;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import io.github.joulestream.schemas.JobSummary;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Figures in the files of a replay beside the energy that is booked: figures that are estimates or
 * formulas, and how far the sensors may be off. For people, and as further columns.
 */
final class TraceReport {
  /** Of a run without a replay. */
  static final TraceReport NONE = new TraceReport("", Map.of(), Calibration.NONE);

  private static final List<String> COLUMNS =
      List.of(
          "edges",
          "interconnect_j",
          "conversion_eff",
          "mlcommons_j",
          "bound_less_pct",
          "bound_more_pct");
  private static final List<String> EMPTY = COLUMNS.stream().map(_ -> "").toList();
  private static final int SHOWN = 15;

  private final String site;
  private final Map<String, Figures> figures;
  private final Calibration calibration;

  TraceReport(String site, Map<String, Figures> figures, Calibration calibration) {
    this.site = site;
    this.figures = new TreeMap<>(figures);
    this.calibration = calibration;
  }

  static TraceReport of(TraceSet traces, Calibration calibration) {
    return new TraceReport(traces.site(), traces.figures(), calibration);
  }

  /** Names of the further columns; none where nothing was replayed that has them. */
  List<String> columns() {
    return figures.isEmpty() ? List.of() : COLUMNS;
  }

  /** A job's fields in these columns. */
  List<String> row(JobSummary job) {
    if (figures.isEmpty()) {
      return List.of();
    }
    return switch (of(job)) {
      case null -> EMPTY;
      case BenchmarkFigures of ->
          List.of(
              of.edges().label(),
              number(of.interconnectJoules()),
              of.conversionEfficiency(),
              number(of.mlcommonsJoules()),
              "",
              "");
      case SensorFigures of ->
          of.bound(calibration)
              .map(bound ->
                  List.of(
                      "", "", "", "", percent(bound.lessPercent()), percent(bound.morePercent())))
              .orElse(EMPTY);
    };
  }

  private static String number(OptionalDouble joules) {
    return joules.isEmpty()
        ? ""
        : BigDecimal.valueOf(joules.getAsDouble())
            .setScale(3, RoundingMode.HALF_UP)
            .toPlainString();
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  // ---- for people

  void print(PrintStream out, List<JobSummary> jobs) {
    List<JobSummary> runs =
        jobs.stream().filter(job -> of(job) instanceof BenchmarkFigures).toList();
    if (!runs.isEmpty()) {
      printRuns(out, runs);
    }
    List<JobSummary> sensed =
        jobs.stream().filter(job -> of(job) instanceof SensorFigures).toList();
    if (!sensed.isEmpty()) {
      printSensed(out, sensed);
    }
  }

  private @Nullable Figures of(JobSummary job) {
    return job.site().equals(site) ? figures.get(job.job()) : null;
  }

  private void printRuns(PrintStream out, List<JobSummary> runs) {
    MlperfEdges edges =
        of(runs.getFirst()) instanceof BenchmarkFigures first
            ? first.edges()
            : MlperfEdges.MEASURED;
    out.printf(
        "%nMLPerf Training, --mlperf-edges %s: %s. The interconnect is an estimate and in no total.%n",
        edges.label(),
        switch (edges) {
          case MEASURED -> "energy from run_start to run_stop as it was measured";
          case HELD ->
              "the first and the last value of each node's log are held to run_start and run_stop";
          case MLCOMMONS ->
              "energy as it was measured, and beside it the figure of MLCommons' result_summarizer,"
                  + " which holds interconnect and conversion efficiency";
        });
    List<Column> columns =
        new ArrayList<>(
            List.of(
                Column.left("job", 52),
                Column.right("energy"),
                Column.right("interconnect"),
                Column.right("conversion")));
    boolean compared = edges == MlperfEdges.MLCOMMONS;
    if (compared) {
      columns.add(Column.right("MLCommons"));
    }
    TextTable table = new TextTable(columns.toArray(Column[]::new));
    for (JobSummary job : runs.subList(0, Math.min(SHOWN, runs.size()))) {
      if (of(job) instanceof BenchmarkFigures figuresOfJob) {
        List<String> cells =
            new ArrayList<>(
                List.of(
                    ShownText.of(job.job()),
                    Quantities.energy(job.totals().get(JobAmount.TOTAL_MILLIJOULES)),
                    energy(figuresOfJob.interconnectJoules()),
                    figuresOfJob.conversionEfficiency()));
        if (compared) {
          cells.add(energy(figuresOfJob.mlcommonsJoules()));
        }
        table.row(cells.toArray(String[]::new));
      }
    }
    out.print(table);
    sayMore(out, runs.size());
  }

  private void printSensed(PrintStream out, List<JobSummary> sensed) {
    out.printf("%nGPU sensors: how far a figure may be off, and why%n");
    TextTable table =
        new TextTable(Column.left("", 30), Column.right(""), Column.left(""), Column.left(""));
    for (JobSummary job : sensed.subList(0, Math.min(SHOWN, sensed.size()))) {
      if (of(job) instanceof SensorFigures figuresOfJob) {
        table.row(
            ShownText.of(job.job()),
            Quantities.energy(job.totals().get(JobAmount.TOTAL_MILLIJOULES)),
            figuresOfJob.bound(calibration).map(SensorFigures.Bound::toString).orElse("not known"),
            "(%s)".formatted(String.join("; ", figuresOfJob.words(calibration))));
      }
    }
    out.print(table);
    sayMore(out, sensed.size());
  }

  private static void sayMore(PrintStream out, int size) {
    if (size > SHOWN) {
      out.printf("... and %d more; --summary FILE has all%n", size - SHOWN);
    }
  }

  private static String energy(OptionalDouble joules) {
    return joules.isEmpty() ? "-" : Quantities.energy(Math.round(joules.getAsDouble() * 1000));
  }
}

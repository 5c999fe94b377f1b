// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.runtime.CsvRow;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import io.github.joulestream.schemas.JobSummary;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the store holds of jobs and sites, for people and as a table.
 *
 * @param jobs every job with its totals
 * @param sites the ledger of each site, summed over time
 */
public record Summary(List<JobSummary> jobs, SortedMap<String, Totals<SiteAmount>> sites) {
  /** The columns of the table. */
  public static final String HEADER =
      "site,job,user,project,start,end,duration_s,energy_j,gpu_j,memory_j,storage_j,cpu_j,node_j,"
          + "mean_w,peak_w,coverage,measured_j,estimated_j,modelled_j,work,work_unit,work_per_joule,ended_by,"
          + "whole_node_j,complete";

  /** What no spreadsheet takes as a formula. */
  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

  private static final int TOP_JOBS = 10;

  /** The share of an energy that meters of whole nodes measured; the rest is sums of devices. */
  private static final String NODE_METERS = "node meters";

  public Summary {
    List<JobSummary> sorted = new ArrayList<>(jobs);
    sorted.sort(Comparator.comparing(JobSummary::site).thenComparing(JobSummary::job));
    jobs = List.copyOf(sorted);
    sites = new TreeMap<>(sites);
  }

  /**
   * What is left when all that was booked is taken from what was measured, over all sites, and
   * likewise when the jobs' own totals are taken from the sites' totals of jobs, mJ. Absolute
   * values, so that two errors never hide each other; 0 if the books balance.
   */
  public long differenceMillijoules() {
    long difference = 0;
    SortedMap<String, Long> byJobs = new TreeMap<>();
    for (JobSummary job : jobs) {
      byJobs.merge(job.site(), job.totals().get(JobAmount.TOTAL_MILLIJOULES), Math::addExact);
    }
    for (String site : sites.keySet()) {
      byJobs.putIfAbsent(site, 0L);
    }
    for (var entry : byJobs.entrySet()) {
      Totals<SiteAmount> totals = sites.getOrDefault(entry.getKey(), Totals.ofSite());
      long ofJobs = totals.get(SiteAmount.JOBS_TOTAL_MILLIJOULES);
      difference +=
          Math.abs(
              totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)
                  - ofJobs
                  - totals.get(SiteAmount.IDLE_TOTAL_MILLIJOULES));
      difference += Math.abs(ofJobs - entry.getValue());
    }
    return difference;
  }

  /**
   * Writes one line per job; the file appears whole or not at all.
   *
   * @param complete false if the store lacks something that belongs to the jobs; each line has it
   * @param traces what is known of the jobs besides, in further columns
   */
  void writeCsv(Path file, boolean complete, TraceReport traces) throws IOException {
    StringWriter text = new StringWriter();
    CsvRow csv = new CsvRow(text, "\n");
    for (String column : HEADER.split(",", -1)) {
      csv.exact(column);
    }
    for (String column : traces.columns()) {
      csv.exact(column);
    }
    csv.end();
    for (JobSummary job : jobs) {
      write(job, csv);
      csv.exact(complete ? "yes" : "no");
      for (String field : traces.row(job)) {
        if (NUMBER.matcher(field).matches()) {
          csv.exact(field);
        } else {
          csv.text(field);
        }
      }
      csv.end();
    }
    Path absolute = file.toAbsolutePath();
    Path parent = absolute.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Path unfinished = absolute.resolveSibling(absolute.getFileName() + ".tmp");
    Files.writeString(unfinished, text.toString());
    Files.move(unfinished, absolute, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private static void write(JobSummary job, CsvRow csv) throws IOException {
    long end = end(job);
    long duration = durationMillis(job);
    Totals<JobAmount> totals = job.totals();
    long energy = totals.get(JobAmount.TOTAL_MILLIJOULES);
    csv.text(job.site())
        .text(job.job())
        .text(job.details().user())
        .text(job.details().project())
        .exact(time(job.times().startEpochMillis()))
        .exact(time(end))
        .exact(thousandths(duration))
        .exact(thousandths(energy))
        .exact(thousandths(totals.get(JobAmount.GPU_MILLIJOULES)))
        .exact(thousandths(totals.get(JobAmount.MEMORY_MILLIJOULES)))
        .exact(thousandths(totals.get(JobAmount.STORAGE_MILLIJOULES)))
        .exact(thousandths(totals.get(JobAmount.CPU_MILLIJOULES)))
        .exact(thousandths(totals.get(JobAmount.NODE_MILLIJOULES)))
        .exact(duration == 0 ? "" : String.format(Locale.ROOT, "%.3f", (double) energy / duration))
        .exact(thousandths(peakMilliwatts(job)))
        .exact(coverage(job))
        .exact(thousandths(totals.get(JobAmount.MEASURED_MILLIJOULES)))
        .exact(thousandths(totals.get(JobAmount.ESTIMATED_MILLIJOULES)))
        .exact(thousandths(totals.get(JobAmount.MODELLED_MILLIJOULES)))
        .exact(job.work().amount() == 0 ? "" : significant(job.work().amount(), 12))
        .text(job.work().unit())
        .exact(workPerJoule(job))
        .exact(
            job.endedBy() == JobSummary.EndedBy.NOBODY
                ? ""
                : job.endedBy().name().toLowerCase(Locale.ROOT))
        .exact(thousandths(totals.get(JobAmount.WHOLE_NODE_MILLIJOULES)));
  }

  private static String workPerJoule(JobSummary job) {
    long energy = job.totals().get(JobAmount.TOTAL_MILLIJOULES);
    return job.work().amount() == 0 || energy <= 0
        ? ""
        : significant(job.work().amount() * 1000 / energy, 6);
  }

  private static String significant(double value, int digits) {
    return new BigDecimal(value)
        .round(new MathContext(digits))
        .stripTrailingZeros()
        .toPlainString();
  }

  /** The highest mean of any window of 10 s; for a job of a few seconds, the mean of its life. */
  private static long peakMilliwatts(JobSummary job) {
    long duration = durationMillis(job);
    long energy = job.totals().get(JobAmount.TOTAL_MILLIJOULES);
    return Math.max(
        job.peakMilliwatts(), duration == 0 ? 0 : Math.round(energy * 1000.0 / duration));
  }

  /**
   * The share of the device time whose energy is known; 0 for nodes that only the scheduler
   * reports.
   */
  private static String coverage(JobSummary job) {
    long covered = job.totals().get(JobAmount.COVERED_MILLIS);
    long uncovered = job.totals().get(JobAmount.UNCOVERED_MILLIS);
    return covered + uncovered == 0
        ? job.nodes() == 0 ? "" : "0.000000"
        : String.format(
            Locale.ROOT, "%.6f", (double) covered / (covered + uncovered) * nodesReported(job));
  }

  private static double nodesReported(JobSummary job) {
    long held = job.totals().get(JobAmount.NODES_HELD);
    return job.nodes() == 0 ? 1 : Math.min(1, (double) held / job.nodes());
  }

  private static long end(JobSummary job) {
    return job.times().hasEnded() ? job.times().endEpochMillis() : -1;
  }

  /** From start to end, or to the last energy booked if it has not ended. */
  private static long durationMillis(JobSummary job) {
    long end = end(job) < 0 ? job.times().lastEpochMillis() : end(job);
    return Math.max(0, end - job.times().startEpochMillis());
  }

  private static String time(long epochMillis) {
    return epochMillis < 0 ? "" : Instant.ofEpochMilli(epochMillis).toString();
  }

  /** Whole thousandths as a decimal number, exactly. */
  private static String thousandths(long value) {
    return BigDecimal.valueOf(value, 3).toPlainString();
  }

  // ---- for people

  /**
   * Prints all of it.
   *
   * @param complete false if the store lacks something, so that books and jobs need not agree
   */
  void print(PrintStream out, boolean complete, TraceReport traces) {
    if (!complete) {
      out.printf("%nPARTIAL: what follows is of a run that was stopped before the store had all%n");
    }
    if (sites.isEmpty()) {
      out.println("nothing was measured");
      return;
    }
    TextTable table =
        new TextTable(
            Column.left("site", 26),
            Column.right("measured"),
            Column.right("by jobs"),
            Column.right("idle"),
            Column.right(NODE_METERS),
            Column.right("GPU busy"),
            Column.right("known"));
    sites.forEach((site, totals) ->
        table.row(
            ShownText.of(site),
            Quantities.energy(totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)),
            Quantities.energy(totals.get(SiteAmount.JOBS_TOTAL_MILLIJOULES)),
            Quantities.energy(totals.get(SiteAmount.IDLE_TOTAL_MILLIJOULES)),
            Quantities.percent(
                totals.get(SiteAmount.WHOLE_NODE_MILLIJOULES),
                totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)),
            Quantities.percent(
                totals.get(SiteAmount.GPU_BUSY_MILLIS), totals.get(SiteAmount.GPU_MILLIS)),
            Quantities.percent(
                totals.get(SiteAmount.COVERED_MILLIS),
                totals.get(SiteAmount.COVERED_MILLIS) + totals.get(SiteAmount.UNCOVERED_MILLIS))));
    out.println();
    out.print(table);
    printJobs(out);
    traces.print(out, jobs);
    printLedger(out, complete);
  }

  private void printJobs(PrintStream out) {
    List<JobSummary> top = new ArrayList<>(jobs);
    top.sort(
        Comparator.comparingLong(
            (JobSummary job) -> -job.totals().get(JobAmount.TOTAL_MILLIJOULES)));
    List<JobSummary> shown = top.size() > TOP_JOBS + 5 ? top.subList(0, TOP_JOBS) : top;
    TextTable table =
        new TextTable(
            Column.left(
                shown.size() == top.size()
                    ? "job"
                    : "the %d largest of %,d jobs".formatted(TOP_JOBS, top.size()),
                44),
            Column.left("user", 16),
            Column.left("state"),
            Column.right("duration"),
            Column.right("energy"),
            Column.right(NODE_METERS),
            Column.right("mean power"),
            Column.left("work per joule"));
    for (JobSummary job : shown) {
      long duration = durationMillis(job);
      long energy = job.totals().get(JobAmount.TOTAL_MILLIJOULES);
      table.row(
          ShownText.of(job.job()),
          ShownText.of(job.details().user()),
          job.state().name().toLowerCase(Locale.ROOT),
          Quantities.duration(duration),
          Quantities.energy(energy),
          Quantities.percent(job.totals().get(JobAmount.WHOLE_NODE_MILLIJOULES), energy),
          duration == 0 ? "" : Quantities.power(Math.round((double) energy * 1000 / duration)),
          shownWorkPerJoule(job));
    }
    out.println();
    out.print(table);
  }

  private static String shownWorkPerJoule(JobSummary job) {
    long energy = job.totals().get(JobAmount.TOTAL_MILLIJOULES);
    return job.work().amount() == 0 || energy <= 0
        ? ""
        : "%s %s/J"
            .formatted(
                Quantities.number(job.work().amount() * 1000 / energy),
                TextTable.cut(ShownText.of(job.work().unit()), 16));
  }

  private void printLedger(PrintStream out, boolean complete) {
    Totals<SiteAmount> all = Totals.ofSite();
    sites.values().forEach(all::addAll);
    out.printf(
        Locale.ROOT,
        "%nledger: measured %,d mJ = jobs %,d mJ + idle %,d mJ; %s%n",
        all.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES),
        all.get(SiteAmount.JOBS_TOTAL_MILLIJOULES),
        all.get(SiteAmount.IDLE_TOTAL_MILLIJOULES),
        complete
            ? String.format(Locale.ROOT, "difference %,d mJ", differenceMillijoules())
            : "partial, so not compared");
    long fields =
        all.get(SiteAmount.REFUSED_SENTINEL)
            + all.get(SiteAmount.REFUSED_NEGATIVE)
            + all.get(SiteAmount.REFUSED_OVER_LIMIT);
    long late = all.get(SiteAmount.REFUSED_LATE) + all.get(SiteAmount.REFUSED_OLD);
    out.printf(
        Locale.ROOT,
        "readings: %,d booked, %,d seen again; refused: %,d fields, %,d readings from the future, %,d too late, %,d of a second source of a device%n",
        all.get(SiteAmount.READINGS),
        all.get(SiteAmount.REPEATED_READINGS),
        fields,
        all.get(SiteAmount.REFUSED_FUTURE),
        late,
        all.get(SiteAmount.REFUSED_CONFLICT));
    long overState = all.get(SiteAmount.REFUSED_OVER_STATE);
    long failed = all.get(SiteAmount.FAILED_RECORDS);
    if (overState + failed > 0) {
      out.printf(
          Locale.ROOT,
          "not booked: %,d events over what is kept of one node, %,d records at which the program failed; see the topic dead-letter%n",
          overState,
          failed);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.data.JobUse;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.store.LabelText;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A line of the report of jobs: one job, or what no job had at one site. */
final class JobLine {
  static final String NOT_ALLOCATED = "(not allocated)";

  static final List<Column> COLUMNS =
      List.of(
          Column.text("job", "Job"),
          Column.text("site", "Site"),
          Column.text("user", "User"),
          Column.text("project", "Project"),
          Column.text("name", "Name"),
          Column.text("partition", "Partition"),
          Column.text("labels", "Labels"),
          Column.of("start", "Start", Quantity.TIME, "of the whole job"),
          Column.of("end", "End", Quantity.TIME, "of the whole job; - while it has not ended"),
          Column.text("state", "State"),
          Column.of("energy", "Energy", Quantity.ENERGY, "within the period"),
          Column.of("whole_energy", "Whole", Quantity.ENERGY, "of the whole job so far"),
          Column.of("gpu_energy", "GPUs", Quantity.ENERGY, "of GPUs"),
          Column.of("cpu_energy", "CPUs", Quantity.ENERGY, "of processors"),
          Column.of("memory_energy", "Memory", Quantity.ENERGY, "of main memory"),
          Column.of("storage_energy", "Storage", Quantity.ENERGY, "of drives"),
          Column.of("cost", "Cost", Quantity.MONEY, "of the energy, step by step"),
          Column.of("co2e_location", "CO2e, location", Quantity.MASS, ""),
          Column.of("co2e_market", "CO2e, market", Quantity.MASS, ""),
          Column.of("renewable", "Renewable", Quantity.RATIO, "own and the grid's mix"),
          Column.of("gpu_time", "GPU hours", Quantity.DURATION, "GPUs held, times time"),
          Column.of("gpu_busy", "GPU busy", Quantity.RATIO, "GPU time busy over held"),
          Column.of("held_idle", "Held idle", Quantity.ENERGY, "of GPUs held under 5 % use"),
          Column.of("coverage", "Coverage", Quantity.RATIO, "device time with known energy"),
          Column.of("estimated_share", "Estimated", Quantity.RATIO, "of the energy, or modelled"),
          Column.number("work", "Work", "", "of the whole job, in its unit"),
          Column.text("work_unit", "Unit"),
          Column.number("work_per_joule", "Work per joule", "", "of the whole job"));

  private static final MathContext DIGITS = new MathContext(12);
  private static final BigDecimal MILLIJOULES = BigDecimal.valueOf(1_000);

  private JobLine() {}

  /** Of a job. */
  static List<@Nullable Object> of(JobUse job, boolean hasMoney) {
    JobSummary whole = job.whole();
    Instant end =
        whole == null || !whole.times().hasEnded()
            ? null
            : Instant.ofEpochMilli(whole.times().endEpochMillis());
    BigDecimal wholeEnergy =
        whole == null ? null : BigDecimal.valueOf(whole.totals().get(JobAmount.TOTAL_MILLIJOULES));
    BigDecimal work =
        whole == null || whole.work().amount() == 0 ? null : Cells.number(whole.work().amount());
    return line(
        new Who(
            job.job(),
            job.site(),
            job.user(),
            job.project(),
            job.name(),
            job.partition(),
            labels(job.labels()),
            whole == null ? null : Instant.ofEpochMilli(whole.times().startEpochMillis()),
            end,
            whole == null ? null : whole.state().name()),
        job.use(),
        hasMoney,
        wholeEnergy,
        work,
        work == null || whole == null ? null : whole.work().unit());
  }

  private record Who(
      @Nullable String job,
      String site,
      String user,
      String project,
      String name,
      String partition,
      String labels,
      @Nullable Instant start,
      @Nullable Instant end,
      @Nullable String state) {}

  private static String labels(Map<String, String> labels) {
    return labels.isEmpty() ? "" : LabelText.of(labels);
  }

  /** Of all jobs and of what was not allocated. */
  static List<@Nullable Object> all(Use jobs, List<SiteUse> idle, boolean hasMoney) {
    Use all = new Use();
    all.add(jobs);
    ExactSum energy = jobs.sum(JobAmount.TOTAL_MILLIJOULES).copy();
    Charges charges = new Charges();
    charges.add(jobs.charges());
    for (SiteUse site : idle) {
      energy.add(site.sum(SiteAmount.IDLE_TOTAL_MILLIJOULES));
      charges.add(site.idleCharges());
    }
    List<@Nullable Object> row =
        new java.util.ArrayList<>(
            line(
                new Who("All", "", "", "", "", "", "", null, null, null),
                all,
                hasMoney,
                null,
                null,
                null));
    setCharges(row, energy, charges, hasMoney);
    // kinds of devices, GPUs and coverage are those of jobs
    return row;
  }

  /** Of what no job had. */
  static List<@Nullable Object> notAllocated(SiteUse site, boolean hasMoney) {
    List<@Nullable Object> row =
        new java.util.ArrayList<@Nullable Object>(
            java.util.Collections.nCopies(COLUMNS.size(), null));
    row.set(1, site.site());
    row.set(indexOf("name"), NOT_ALLOCATED);
    setCharges(row, site.sum(SiteAmount.IDLE_TOTAL_MILLIJOULES), site.idleCharges(), hasMoney);
    return row;
  }

  private static void setCharges(
      List<@Nullable Object> row, ExactSum energy, Charges charges, boolean hasMoney) {
    row.set(indexOf("energy"), Cells.sum(energy));
    row.set(indexOf("cost"), hasMoney ? Cells.amount(charges, Figure.COST) : null);
    row.set(indexOf("co2e_location"), Cells.amount(charges, Figure.CO2E_LOCATION));
    row.set(indexOf("co2e_market"), Cells.amount(charges, Figure.CO2E_MARKET));
    row.set(indexOf("renewable"), Cells.share(charges, Figure.RENEWABLE));
  }

  private static int indexOf(String column) {
    for (int i = 0; i < COLUMNS.size(); i++) {
      if (COLUMNS.get(i).name().equals(column)) {
        return i;
      }
    }
    throw new IllegalArgumentException(column);
  }

  private static List<@Nullable Object> line(
      Who who,
      Use use,
      boolean hasMoney,
      @Nullable BigDecimal wholeEnergy,
      @Nullable BigDecimal work,
      @Nullable String unit) {
    ExactSum energy = use.sum(JobAmount.TOTAL_MILLIJOULES);
    ExactSum time = use.sum(JobAmount.COVERED_MILLIS).copy();
    time.add(use.sum(JobAmount.UNCOVERED_MILLIS));
    ExactSum weak = use.sum(JobAmount.ESTIMATED_MILLIJOULES).copy();
    weak.add(use.sum(JobAmount.MODELLED_MILLIJOULES));
    return Cells.row(
        who.job(),
        who.site(),
        who.user(),
        who.project(),
        who.name(),
        who.partition(),
        who.labels(),
        who.start(),
        who.end(),
        who.state(),
        Cells.sum(energy),
        wholeEnergy,
        Cells.sum(use.sum(JobAmount.GPU_MILLIJOULES)),
        Cells.sum(use.sum(JobAmount.CPU_MILLIJOULES)),
        Cells.sum(use.sum(JobAmount.MEMORY_MILLIJOULES)),
        Cells.sum(use.sum(JobAmount.STORAGE_MILLIJOULES)),
        hasMoney ? Cells.amount(use.charges(), Figure.COST) : null,
        Cells.amount(use.charges(), Figure.CO2E_LOCATION),
        Cells.amount(use.charges(), Figure.CO2E_MARKET),
        Cells.share(use.charges(), Figure.RENEWABLE),
        Cells.sum(use.sum(JobAmount.GPU_HELD_MILLIS)),
        Cells.ratio(use.sum(JobAmount.GPU_BUSY_MILLIS), use.sum(JobAmount.GPU_HELD_MILLIS)),
        Cells.sum(use.sum(JobAmount.HELD_IDLE_MILLIJOULES)),
        Cells.ratio(use.sum(JobAmount.COVERED_MILLIS), time),
        Cells.ratio(weak, energy),
        work,
        unit,
        work == null || wholeEnergy == null || wholeEnergy.signum() <= 0
            ? null
            : work.multiply(MILLIJOULES).divide(wholeEnergy, DIGITS));
  }
}

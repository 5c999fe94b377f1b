// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.advice.IdleTime;
import io.github.joulestream.reports.advice.JobFigures;
import io.github.joulestream.reports.advice.JobSteps;
import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Sections of idle devices: where, when, and with whom. */
final class IdleSections {
  private static final int SHOWN = 20;
  private static final int DAYS = 7;
  private static final int HOURS = 24;
  private static final BigInteger MILLI = BigInteger.valueOf(1_000);

  private final PeriodData data;
  private final boolean hasMoney;

  IdleSections(PeriodData data, boolean hasMoney) {
    this.data = data;
    this.hasMoney = hasMoney;
  }

  /** Sites: GPUs and energy that nobody held, or that jobs held idle. */
  Section sites() {
    List<Column> columns =
        List.of(
            Column.text("site", "Site"),
            Column.of("gpu_time", "GPU hours", Quantity.DURATION, "GPUs seen, times time"),
            Column.of("unallocated", "Unallocated", Quantity.DURATION, "GPU hours of no job"),
            Column.of("unallocated_share", "Of GPU hours", Quantity.RATIO, "unallocated over seen"),
            Column.of("idle", "Idle", Quantity.ENERGY, "of devices that no job held"),
            Column.of("held_idle", "Held idle", Quantity.ENERGY, "of GPUs held under 5 % use"),
            Column.of("cost", "Cost of both", Quantity.MONEY, ""));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    ExactSum seen = new ExactSum();
    ExactSum allocated = new ExactSum();
    ExactSum idle = new ExactSum();
    ExactSum heldIdle = new ExactSum();
    BigDecimal cost = BigDecimal.ZERO;
    boolean isCostKnown = hasMoney;
    for (SiteUse site : data.sites().values()) {
      BigDecimal siteCost = cost(site);
      rows.add(
          siteRow(
              site.site(),
              site.sum(SiteAmount.GPU_MILLIS),
              site.sum(SiteAmount.GPU_ALLOCATED_MILLIS),
              site.sum(SiteAmount.IDLE_TOTAL_MILLIJOULES),
              site.sum(SiteAmount.HELD_IDLE_MILLIJOULES),
              siteCost));
      seen.add(site.sum(SiteAmount.GPU_MILLIS));
      allocated.add(site.sum(SiteAmount.GPU_ALLOCATED_MILLIS));
      idle.add(site.sum(SiteAmount.IDLE_TOTAL_MILLIJOULES));
      heldIdle.add(site.sum(SiteAmount.HELD_IDLE_MILLIJOULES));
      isCostKnown &= siteCost != null;
      cost = siteCost == null ? cost : cost.add(siteCost);
    }
    return new Section(
        "idle_sites",
        "Idle devices by site",
        List.of(),
        new Table(
            "idle_sites",
            columns,
            rows,
            siteRow("All", seen, allocated, idle, heldIdle, isCostKnown ? cost : null),
            Table.ALL_ROWS),
        List.of(),
        true);
  }

  private @Nullable BigDecimal cost(SiteUse site) {
    BigDecimal idle = Cells.amount(site.idleCharges(), Figure.COST);
    BigDecimal held = Cells.amount(site.heldIdleCharges(), Figure.COST);
    return !hasMoney || idle == null || held == null ? null : idle.add(held);
  }

  private static List<@Nullable Object> siteRow(
      String name,
      ExactSum seen,
      ExactSum allocated,
      ExactSum idle,
      ExactSum heldIdle,
      @Nullable BigDecimal cost) {
    ExactSum free = seen.copy();
    free.subtract(allocated);
    return Cells.row(
        name,
        Cells.sum(seen),
        Cells.sum(free),
        Cells.ratio(free, seen),
        Cells.sum(idle),
        Cells.sum(heldIdle),
        cost);
  }

  /** GPUs that jobs held and did not use, by an attribute of jobs. */
  Section held(Grouping grouping) {
    String by = grouping.by() == Grouping.By.LABEL ? grouping.label() : grouping.name();
    String name = "idle_" + grouping.name() + "s";
    List<Column> columns =
        List.of(
            Column.text("by", by.substring(0, 1).toUpperCase(Locale.ROOT) + by.substring(1)),
            Column.of("gpu_time", "GPU hours", Quantity.DURATION, "held"),
            Column.of("gpu_busy", "GPU busy", Quantity.RATIO, "of the GPU hours held"),
            Column.of("energy", "Energy", Quantity.ENERGY, ""),
            Column.of("held_idle", "Held idle", Quantity.ENERGY, "of GPUs held under 5 % use"),
            Column.of("held_idle_share", "Of energy", Quantity.RATIO, ""),
            Column.of("held_idle_cost", "Cost of it", Quantity.MONEY, ""));
    List<Map.Entry<String, Use>> groups = new ArrayList<>(data.by(grouping).entrySet());
    groups.sort(
        Comparator.comparing((Map.Entry<String, Use> entry) ->
                entry.getValue().sum(JobAmount.HELD_IDLE_MILLIJOULES).value())
            .reversed()
            .thenComparing(Map.Entry::getKey));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    groups.forEach(entry -> rows.add(groupRow(Cells.name(entry.getKey()), entry.getValue())));
    return new Section(
        name,
        "Held idle by " + by,
        List.of(),
        new Table(name, columns, rows, groupRow("All", data.jobs()), SHOWN),
        List.of(
            new Chart(
                Chart.Form.BARS,
                "Energy of GPUs held idle, by " + by,
                "by",
                List.of(new Chart.Series("held_idle", Chart.Role.HELD_IDLE)),
                "")),
        false);
  }

  private List<@Nullable Object> groupRow(String name, Use use) {
    return Cells.row(
        name,
        Cells.sum(use.sum(JobAmount.GPU_HELD_MILLIS)),
        Cells.ratio(use.sum(JobAmount.GPU_BUSY_MILLIS), use.sum(JobAmount.GPU_HELD_MILLIS)),
        Cells.sum(use.sum(JobAmount.TOTAL_MILLIJOULES)),
        Cells.sum(use.sum(JobAmount.HELD_IDLE_MILLIJOULES)),
        Cells.ratio(use.sum(JobAmount.HELD_IDLE_MILLIJOULES), use.sum(JobAmount.TOTAL_MILLIJOULES)),
        hasMoney ? Cells.amount(use.heldIdle(), Figure.COST) : null);
  }

  /** Mean power of idle devices by hour of the week, in the zone of the period. */
  Section week() {
    List<Map<Integer, BigDecimal>> sites =
        data.sites().values().stream().map(this::weekMilliwatts).toList();
    List<Column> columns = new ArrayList<>();
    columns.add(Column.text("hour", "Hour"));
    List<Chart.Series> series = new ArrayList<>();
    for (DayOfWeek day : DayOfWeek.values()) {
      String name = day.name().toLowerCase(Locale.ROOT);
      columns.add(
          Column.of(
              name,
              day.getDisplayName(TextStyle.SHORT, Locale.ROOT),
              Quantity.POWER,
              "mean of idle and held idle devices"));
      series.add(new Chart.Series(name, Chart.Role.IDLE));
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int hour = 0; hour < HOURS; hour++) {
      List<@Nullable Object> row = new ArrayList<>();
      row.add(String.format(Locale.ROOT, "%02d:00", hour));
      for (int day = 0; day < DAYS; day++) {
        row.add(sum(sites, hour * DAYS + day));
      }
      rows.add(row);
    }
    return new Section(
        "idle_week",
        "Idle power by hour of the week",
        List.of(
            "Mean power of devices that no job held and of GPUs that jobs held idle, of all sites"
                + " together; hours in %s.".formatted(data.period().zone().getId())),
        new Table("idle_week", columns, rows, null, Table.ALL_ROWS),
        List.of(
            new Chart(
                Chart.Form.SMALL_MULTIPLES, "Idle power by hour of the day", "hour", series, "")),
        false);
  }

  /** Mean power of a site by hour of the week, hour x 7 + day; without those with no ledger. */
  private Map<Integer, BigDecimal> weekMilliwatts(SiteUse site) {
    BigInteger[][] energy = new BigInteger[HOURS][DAYS];
    long[][] millis = new long[HOURS][DAYS];
    for (int step = 0; step < site.steps(); step++) {
      if (site.hasLedger(step)) {
        ZonedDateTime time =
            Instant.ofEpochMilli(site.from() + (long) step * site.stepMillis())
                .atZone(data.period().zone());
        int day = time.getDayOfWeek().getValue() - 1;
        int hour = time.getHour();
        BigInteger added =
            BigInteger.valueOf(site.at(step, SiteAmount.IDLE_TOTAL_MILLIJOULES))
                .add(BigInteger.valueOf(site.at(step, SiteAmount.HELD_IDLE_MILLIJOULES)));
        energy[hour][day] =
            Objects.requireNonNullElse(energy[hour][day], BigInteger.ZERO).add(added);
        millis[hour][day] += site.stepMillis();
      }
    }
    Map<Integer, BigDecimal> power = new HashMap<>();
    for (int hour = 0; hour < HOURS; hour++) {
      for (int day = 0; day < DAYS; day++) {
        if (millis[hour][day] > 0) {
          power.put(
              hour * DAYS + day,
              new BigDecimal(energy[hour][day].multiply(MILLI))
                  .divide(BigDecimal.valueOf(millis[hour][day]), 0, RoundingMode.HALF_UP));
        }
      }
    }
    return power;
  }

  private static @Nullable BigDecimal sum(List<Map<Integer, BigDecimal>> sites, int hourOfWeek) {
    BigDecimal sum = null;
    for (Map<Integer, BigDecimal> site : sites) {
      BigDecimal power = site.get(hourOfWeek);
      if (power != null) {
        sum = sum == null ? power : sum.add(power);
      }
    }
    return sum;
  }

  /** Jobs whose GPUs were all idle for whole quarters of an hour. */
  Section jobs(List<JobFigures> jobs, JobSteps steps) {
    List<Column> columns =
        List.of(
            Column.text("job", "Job"),
            Column.text("user", "User"),
            Column.text("class", "Class"),
            Column.of("idle", "All GPUs idle", Quantity.DURATION, "time of the job"),
            Column.of("longest", "Longest", Quantity.DURATION, "without a break"),
            Column.of("gpu_time", "GPU hours", Quantity.DURATION, "of GPUs in that time"),
            Column.of("energy", "Energy", Quantity.ENERGY, "of these GPUs in that time"));
    List<JobFigures> idle = new ArrayList<>(jobs);
    idle.removeIf(job -> steps.idle(job) == null);
    idle.sort(
        Comparator.comparingLong((JobFigures job) -> of(job, steps).gpuMillis())
            .reversed()
            .thenComparing(JobFigures::site)
            .thenComparing(JobFigures::job));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    long gpuMillis = 0;
    BigDecimal energy = BigDecimal.ZERO;
    for (JobFigures job : idle) {
      IdleTime time = of(job, steps);
      rows.add(
          Cells.row(
              job.site() + "/" + job.job(),
              Cells.name(job.user()),
              job.jobClass(),
              BigDecimal.valueOf(time.millis()),
              BigDecimal.valueOf(time.longestMillis()),
              BigDecimal.valueOf(time.gpuMillis()),
              BigDecimal.valueOf(time.millijoules())));
      gpuMillis += time.gpuMillis();
      energy = energy.add(BigDecimal.valueOf(time.millijoules()));
    }
    return new Section(
        "idle_jobs",
        "Jobs that held their GPUs idle for over 10 min",
        List.of(
            "%,d of %,d jobs used none of their GPUs for at least a whole quarter of an hour."
                .formatted(idle.size(), jobs.size())),
        new Table(
            "idle_jobs",
            columns,
            rows,
            Cells.row("All", null, null, null, null, BigDecimal.valueOf(gpuMillis), energy),
            SHOWN),
        List.of(),
        false);
  }

  private static IdleTime of(JobFigures job, JobSteps steps) {
    IdleTime time = steps.idle(job);
    return time == null ? new IdleTime() : time;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.reports.advice.Spread;
import io.github.joulestream.reports.data.JobUse;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** How jobs differ: percentiles over jobs, of their part in the period. */
final class DirectorSpread {
  private static final int[] PERCENTS = {5, 25, 50, 75, 95};
  private static final double KILOWATT_HOUR = 3.6e9;
  private static final double HOUR = 3.6e6;

  private DirectorSpread() {}

  static Section of(List<JobUse> jobs) {
    double[] energy = new double[jobs.size()];
    double[] perGpuHour = new double[jobs.size()];
    double[] busy = new double[jobs.size()];
    int onGpus = 0;
    for (int i = 0; i < jobs.size(); i++) {
      JobUse job = jobs.get(i);
      energy[i] = job.use().sum(JobAmount.TOTAL_MILLIJOULES).doubleValue() / KILOWATT_HOUR;
      double held = job.use().sum(JobAmount.GPU_HELD_MILLIS).doubleValue();
      if (held > 0) {
        perGpuHour[onGpus] = energy[i] / (held / HOUR);
        busy[onGpus] = job.use().sum(JobAmount.GPU_BUSY_MILLIS).doubleValue() / held;
        onGpus++;
      }
    }
    List<Column> columns = new ArrayList<>();
    columns.add(Column.text("figure", "Of a job"));
    columns.add(Column.of("jobs", "Jobs", Quantity.COUNT, ""));
    for (int percent : PERCENTS) {
      columns.add(
          Column.number(
              String.format(Locale.ROOT, "p%d", percent),
              String.format(Locale.ROOT, "p%d", percent),
              "",
              ""));
    }
    List<List<@Nullable Object>> rows =
        List.of(
            row("energy, kWh", energy),
            row("energy per GPU hour, kWh", Arrays.copyOf(perGpuHour, onGpus)),
            row("GPU busy, share", Arrays.copyOf(busy, onGpus)));
    return new Section(
        "spread",
        "How jobs differ",
        List.of(
            "Percentiles over jobs, each of its part in the period; none under %d jobs."
                .formatted(Spread.FEWEST)),
        new Table("spread", columns, rows, null, Table.ALL_ROWS),
        List.of(),
        false);
  }

  private static List<@Nullable Object> row(String name, double[] values) {
    Spread spread = Spread.of(values);
    List<@Nullable Object> row = new ArrayList<>();
    row.add(name);
    row.add(BigDecimal.valueOf(spread.size()));
    for (int percent : PERCENTS) {
      OptionalDouble value = spread.percentile(percent);
      row.add(value.isPresent() ? Cells.number(value.getAsDouble()) : null);
    }
    return row;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Sections of the jobs that reported no work: their energy is known, what it was for is not. */
public final class WithoutWork {
  private static final int SHOWN = 25;

  private WithoutWork() {}

  /** Groups and jobs; nothing if every job reported work. */
  public static List<Section> sections(WorkGroups groups) {
    List<WorkGroup> without = groups.of("");
    return without.isEmpty() ? List.of() : List.of(models(groups, without), jobs(without));
  }

  private static Section models(WorkGroups groups, List<WorkGroup> without) {
    List<Column> columns =
        List.of(
            Column.text("model", "Model"),
            Column.text("setting", "Setting"),
            Column.of("jobs", "Jobs", Quantity.COUNT, "ended, without work"),
            Column.of("of_jobs", "Of", Quantity.COUNT, "all of this group that ended"),
            Column.of("energy", "Energy", Quantity.ENERGY, "of the whole jobs"),
            Column.of("energy_per_job", "Per job", Quantity.ENERGY, "energy over jobs"),
            Column.number(
                "watts_per_gpu",
                "Power per GPU",
                "W",
                "energy of all devices of the jobs over GPU time held"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (WorkGroup group : without) {
      String setting = group.key().setting(groups.groupings());
      OptionalDouble watts = group.wattsPerGpu();
      rows.add(
          Arrays.asList(
              group.key().name(),
              setting.isEmpty() ? null : setting,
              BigDecimal.valueOf(group.jobs().size()),
              BigDecimal.valueOf(group.ofJobs()),
              new BigDecimal(group.energy().value()),
              Said.decimal(group.energy().doubleValue() / group.jobs().size()),
              watts.isPresent() ? Said.decimal(watts.getAsDouble()) : null));
    }
    return new Section(
        "without_work",
        "Models without work",
        List.of(
            "These jobs reported no tokens, samples or steps, so their energy is all that is known."),
        new Table("without_work", columns, rows, null, SHOWN),
        List.of(),
        true);
  }

  private static Section jobs(List<WorkGroup> without) {
    List<Column> columns =
        List.of(
            Column.text("job", "Job"),
            Column.text("model", "Model"),
            Column.text("arch", "Architecture"),
            Column.of("start", "Start", Quantity.TIME, ""),
            Column.of("duration", "Duration", Quantity.DURATION, "from start to end"),
            Column.of("energy", "Energy", Quantity.ENERGY, "of the whole job"),
            Column.of(
                "coverage", "Coverage", Quantity.RATIO, "device time with known energy of all"));
    List<List<@Nullable Object>> rows =
        without.stream()
            .flatMap(group -> group.jobs().stream())
            .sorted(
                Comparator.comparingLong(EndedJob::millijoules)
                    .reversed()
                    .thenComparing(EndedJob.BY_ID))
            .limit(WorkSections.MOST_JOBS)
            .map(WithoutWork::row)
            .toList();
    return new Section(
        "jobs_without_work",
        "Jobs without work",
        WorkSections.leftOut(without.stream().mapToInt(group -> group.jobs().size()).sum()),
        new Table("jobs_without_work", columns, rows, null, SHOWN),
        List.of(),
        false);
  }

  private static List<@Nullable Object> row(EndedJob job) {
    String model = job.label(EndedJob.MODEL);
    String arch = job.label(EndedJob.ARCH);
    return Arrays.asList(
        job.key(),
        model.isEmpty() ? null : model,
        arch.isEmpty() ? null : arch,
        job.hasStart() ? java.time.Instant.ofEpochMilli(job.startMillis()) : null,
        job.millis() > 0 ? BigDecimal.valueOf(job.millis()) : null,
        BigDecimal.valueOf(job.millijoules()),
        Said.decimal(job.coverage()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.store.history.CapacityStep;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Memory and storage of sites in the mean: what is stranded, untouched and rentable. */
final class CapacitySection {
  private static final List<String> RESOURCES = List.of("memory", "storage");

  private final Map<String, Means> sites = new TreeMap<>();

  /** Means of a site's fields, each hour by the number of sums that it is of. */
  private static final class Means {
    private final Map<String, Double> sums = new TreeMap<>();
    private final Map<String, Double> times = new TreeMap<>();

    private void add(CapacityStep step) {
      double weight = step.fields().getOrDefault("times", 1.0);
      step.fields()
          .forEach((field, value) -> {
            sums.merge(field, value * weight, Double::sum);
            times.merge(field, weight, Double::sum);
          });
    }

    private @Nullable BigDecimal mebibytes(String field) {
      Double sum = sums.get(field + "_mebibytes");
      Double weight = times.get(field + "_mebibytes");
      return sum == null || weight == null || weight == 0
          ? null
          : BigDecimal.valueOf(sum / weight).setScale(0, RoundingMode.HALF_UP);
    }
  }

  private CapacitySection() {}

  /** Reads capacity by the hour. */
  static Section of(ReportSource source, PeriodData data) {
    source.progress("memory and storage of " + data.period().label());
    CapacitySection section = new CapacitySection();
    source
        .history()
        .capacity(
            source.request().sites(),
            data.period().range(),
            step -> section.sites.computeIfAbsent(step.site(), site -> new Means()).add(step));
    return section.section();
  }

  private Section section() {
    List<Column> columns =
        List.of(
            Column.text("site", "Site"),
            Column.text("resource", "Of"),
            Column.of("seen", "Seen", Quantity.BYTES, "size"),
            Column.of("allocated", "Allocated", Quantity.BYTES, "to jobs"),
            Column.of("stranded", "Stranded", Quantity.BYTES, "free where all GPUs are allocated"),
            Column.of("rentable", "Rentable", Quantity.BYTES, "free elsewhere"),
            Column.of(
                "untouched",
                "Untouched",
                Quantity.BYTES,
                "allocated and not used, on nodes that report use"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    sites.forEach((site, means) -> {
      for (String resource : RESOURCES) {
        BigDecimal seen = means.mebibytes(resource + "_seen");
        if (seen != null && seen.signum() > 0) {
          rows.add(
              Cells.row(
                  site,
                  resource,
                  seen,
                  means.mebibytes(resource + "_allocated"),
                  means.mebibytes(resource + "_stranded"),
                  means.mebibytes(resource + "_rentable"),
                  means.mebibytes(resource + "_untouched")));
        }
      }
    });
    return new Section(
        "capacity",
        "Memory and storage",
        List.of("Means of the hours of the period that the store has."),
        new Table("capacity", columns, rows, null, Table.ALL_ROWS),
        List.of(),
        false);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sections of how well energy is known. */
final class QualitySections {
  /** What was not used, or is in doubt, and in words. */
  private enum Fault {
    SENTINEL(SiteAmount.REFUSED_SENTINEL, "refused: a value that means no value"),
    NEGATIVE(SiteAmount.REFUSED_NEGATIVE, "refused: under zero"),
    OVER_LIMIT(SiteAmount.REFUSED_OVER_LIMIT, "refused: over the power that the device can have"),
    FUTURE(SiteAmount.REFUSED_FUTURE, "refused: ahead of its own arrival"),
    LATE(SiteAmount.REFUSED_LATE, "refused: older than what can be corrected"),
    OLD(SiteAmount.REFUSED_OLD, "refused: too old for a clock or a spool"),
    CONFLICT(SiteAmount.REFUSED_CONFLICT, "refused: another source reports other values"),
    OVER_STATE(SiteAmount.REFUSED_OVER_STATE, "refused: over what is kept of a node or record"),
    FAILED(SiteAmount.FAILED_RECORDS, "records at which the program failed"),
    REPEATED(SiteAmount.REPEATED_READINGS, "readings of batches that were seen before"),
    CLOCK(SiteAmount.CLOCK_AHEAD_READINGS, "readings of nodes whose clock is ahead"),
    RIVAL(SiteAmount.RIVAL_AGENT_BATCHES, "batches of rival agents of one node"),
    WRAPS(SiteAmount.COUNTER_WRAPS, "counters that passed their modulus"),
    RESETS(SiteAmount.COUNTER_RESETS, "counters that began anew"),
    COUNTER(SiteAmount.COUNTER_FAULTS, "counters that fell or rose too much"),
    DISAGREEING(SiteAmount.DISAGREEING_MINUTES, "device minutes in which counter and power differ"),
    STUCK(SiteAmount.COUNTER_STUCK_MILLIS, "time in which counters did not rise despite power"),
    OVERBOOKED(SiteAmount.OVERBOOKED_MILLIS, "device time given to several jobs at once");

    private final SiteAmount amount;
    private final String words;

    Fault(SiteAmount amount, String words) {
      this.amount = amount;
      this.words = words;
    }

    private boolean isTime() {
      return this == STUCK || this == OVERBOOKED;
    }
  }

  private final PeriodData data;

  QualitySections(PeriodData data) {
    this.data = data;
  }

  /** How much energy is known, and how. */
  Section quality() {
    List<Column> columns =
        List.of(
            Column.text("site", "Site"),
            Column.of("coverage", "Coverage", Quantity.RATIO, "device time with known energy"),
            Column.of("uncovered", "Not covered", Quantity.DURATION, "device time without"),
            Column.of("measured", "Measured", Quantity.RATIO, "of the energy"),
            Column.of("estimated", "Estimated", Quantity.RATIO, "of the energy"),
            Column.of("modelled", "Modelled", Quantity.RATIO, "of the energy"),
            Column.of("whole_nodes", "At node meters", Quantity.RATIO, "of the energy"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (SiteUse site : data.sites().values()) {
      rows.add(qualityRow(site.site(), List.of(site)));
    }
    return new Section(
        "quality",
        "How energy is known",
        List.of(),
        new Table(
            "quality",
            columns,
            rows,
            qualityRow("All", List.copyOf(data.sites().values())),
            Table.ALL_ROWS),
        List.of(),
        true);
  }

  private static List<@Nullable Object> qualityRow(String name, List<SiteUse> sites) {
    ExactSum covered = sum(sites, SiteAmount.COVERED_MILLIS);
    ExactSum uncovered = sum(sites, SiteAmount.UNCOVERED_MILLIS);
    ExactSum time = covered.copy();
    time.add(uncovered);
    ExactSum energy = sum(sites, SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    return Cells.row(
        name,
        Cells.ratio(covered, time),
        Cells.sum(uncovered),
        Cells.ratio(sum(sites, SiteAmount.QUALITY_MEASURED_MILLIJOULES), energy),
        Cells.ratio(sum(sites, SiteAmount.QUALITY_ESTIMATED_MILLIJOULES), energy),
        Cells.ratio(sum(sites, SiteAmount.QUALITY_MODELLED_MILLIJOULES), energy),
        Cells.ratio(sum(sites, SiteAmount.WHOLE_NODE_MILLIJOULES), energy));
  }

  private static ExactSum sum(List<SiteUse> sites, SiteAmount amount) {
    ExactSum sum = new ExactSum();
    sites.forEach(site -> sum.add(site.sum(amount)));
    return sum;
  }

  /** What was refused, and what is in doubt. */
  Section faults() {
    List<Column> columns =
        List.of(
            Column.text("site", "Site"),
            Column.text("what", "What"),
            Column.of("number", "Number", Quantity.COUNT, ""),
            Column.of("time", "Time", Quantity.DURATION, ""),
            Column.of("readings", "Of readings", Quantity.COUNT, "that arrived, each once"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (SiteUse site : data.sites().values()) {
      for (Fault fault : Fault.values()) {
        ExactSum sum = site.sum(fault.amount);
        if (!sum.isZero()) {
          rows.add(
              Cells.row(
                  site.site(),
                  fault.words,
                  fault.isTime() ? null : Cells.sum(sum),
                  fault.isTime() ? Cells.sum(sum) : null,
                  Cells.sum(site.sum(SiteAmount.READINGS))));
        }
      }
    }
    return new Section(
        "faults",
        "What was refused or is in doubt",
        rows.isEmpty() ? List.of("Nothing was refused, and no counter was in doubt.") : List.of(),
        new Table("faults", columns, rows, null, Table.ALL_ROWS),
        List.of(),
        false);
  }
}

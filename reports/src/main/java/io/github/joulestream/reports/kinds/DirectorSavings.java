// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The largest amounts that were used for nothing: idle nodes of sites, GPUs held by projects. */
final class DirectorSavings {
  private static final int TOP = 5;

  private record Saving(String what, ExactSum energy, Charges charges, String basis) {
    BigDecimal millijoules() {
      return Cells.sum(energy);
    }
  }

  private DirectorSavings() {}

  static Section of(PeriodData data, boolean narrowed) {
    List<Saving> savings = new ArrayList<>();
    if (!narrowed) {
      data.sites().values().forEach(site -> savings.add(idle(site)));
    }
    data.by(Grouping.of(narrowed ? Grouping.By.USER : Grouping.By.PROJECT))
        .forEach((name, use) -> savings.add(held(narrowed, name, use)));
    savings.removeIf(saving -> saving.energy().signum() <= 0);
    savings.sort(Comparator.comparing(Saving::millijoules).reversed().thenComparing(Saving::what));
    boolean hasMoney = !PeriodFigures.currency(data).isEmpty();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Saving saving : savings.subList(0, Math.min(TOP, savings.size()))) {
      rows.add(
          Cells.row(
              saving.what(),
              saving.millijoules(),
              hasMoney ? Cells.amount(saving.charges(), Figure.COST) : null,
              Cells.amount(saving.charges(), Figure.CO2E_LOCATION),
              saving.basis()));
    }
    List<Column> columns =
        List.of(
            Column.text("saving", "What would save energy"),
            Column.of("energy", "At most", Quantity.ENERGY, "what was used for it"),
            Column.of("cost", "Cost", Quantity.MONEY, ""),
            Column.of("co2e_location", "CO2e, location", Quantity.MASS, ""),
            Column.text("basis", "It rests on"));
    return new Section(
        "savings",
        "Top savings",
        List.of(
            rows.isEmpty()
                ? "Nothing was idle."
                : "Each is the energy used while nothing was done with it, so the most that can be"
                    + " saved: nodes take time to start, and users need some slack."),
        new Table("savings", columns, rows, null, Table.ALL_ROWS),
        List.of(),
        true);
  }

  private static Saving idle(SiteUse site) {
    BigDecimal free =
        Cells.ratio(site.sum(SiteAmount.GPU_ALLOCATED_MILLIS), site.sum(SiteAmount.GPU_MILLIS));
    return new Saving(
        "Switch off nodes of %s that no job has".formatted(site.site()),
        site.sum(SiteAmount.IDLE_TOTAL_MILLIJOULES),
        site.idleCharges(),
        free == null
            ? "energy of devices that were not allocated"
            : "energy of devices that were not allocated; jobs held %s of the GPU time"
                .formatted(Said.percent(free.doubleValue())));
  }

  private static Saving held(boolean ofUser, String name, Use use) {
    BigDecimal share =
        Cells.ratio(use.sum(JobAmount.HELD_IDLE_MILLIJOULES), use.sum(JobAmount.TOTAL_MILLIJOULES));
    return new Saving(
        "Give back idle GPUs: %s %s".formatted(ofUser ? "user" : "project", Cells.name(name)),
        use.sum(JobAmount.HELD_IDLE_MILLIJOULES),
        use.heldIdle(),
        "energy of GPUs held at a use under 5 %"
            + (share == null
                ? ""
                : "; %s of the energy of its jobs".formatted(Said.percent(share.doubleValue()))));
  }
}

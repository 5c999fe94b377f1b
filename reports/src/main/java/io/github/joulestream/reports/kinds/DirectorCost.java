// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the cost consists of. */
final class DirectorCost {
  private static final MathContext DIGITS = new MathContext(12);

  private record Part(String name, BigDecimal amount) {}

  private DirectorCost() {}

  /** The section, of whole sites; empty without a price, or with several currencies. */
  static Optional<Section> of(PeriodData data) {
    Collection<SiteUse> sites = data.sites().values();
    BigDecimal all = cost(AllSites.charges(sites, SiteUse::charges));
    if (PeriodFigures.currency(data).isEmpty() || all == null) {
      return Optional.empty();
    }
    BigDecimal idle = orZero(cost(AllSites.charges(sites, SiteUse::idleCharges)));
    BigDecimal held = orZero(cost(AllSites.charges(sites, SiteUse::heldIdleCharges)));
    List<Part> parts = new ArrayList<>();
    // what is left, so that the parts add up after each was rounded
    parts.add(new Part("energy that jobs used", all.subtract(idle).subtract(held)));
    parts.add(new Part("energy of GPUs held idle", held));
    parts.add(new Part("energy of what was not allocated", idle));
    AllSites.otherCharges(sites)
        .forEach((name, amount) -> parts.add(new Part(name + " charges", amount)));
    BigDecimal sum = parts.stream().map(Part::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Part part : parts) {
      rows.add(Cells.row(part.name(), part.amount(), share(part.amount(), sum)));
    }
    return Optional.of(
        new Section(
            "cost",
            "What the cost consists of",
            List.of(
                "Costs of energy have the facility's overhead in them, where it is measured. Fixed"
                    + " and demand charges are those of the months, by time; a demand charge is of"
                    + " the month's highest quarter of an hour so far."),
            new Table(
                "cost",
                List.of(
                    Column.text("part", "Part"),
                    Column.of("cost", "Cost", Quantity.MONEY, ""),
                    Column.of("cost_share", "Share", Quantity.RATIO, "of the whole cost")),
                rows,
                Cells.row("All", sum, share(sum, sum)),
                Table.ALL_ROWS),
            List.of(),
            false));
  }

  private static @Nullable BigDecimal cost(Charges charges) {
    return Cells.amount(charges, Figure.COST);
  }

  private static BigDecimal orZero(@Nullable BigDecimal amount) {
    return amount == null ? BigDecimal.ZERO : amount;
  }

  private static @Nullable BigDecimal share(BigDecimal part, BigDecimal whole) {
    return whole.signum() == 0 ? null : part.divide(whole, DIGITS);
  }
}

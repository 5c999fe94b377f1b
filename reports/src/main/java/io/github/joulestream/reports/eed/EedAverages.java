// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.eed;

import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Averages over sites as Annex IV has them: weighted by total energy consumption, of each size
 * category only with at least three data centres.
 */
public final class EedAverages {
  /** Fewer members of a size category are not shown. */
  public static final int FEWEST_MEMBERS = 3;

  private static final MathContext DIGITS = new MathContext(12);
  private static final List<String> RATIOS = List.of("PUE", "WUE", "ERF", "REF");

  private EedAverages() {}

  /** Averages of all sites, and of each size category that has enough of them. */
  public static Section section(List<EedSite> sites) {
    List<Column> columns = new ArrayList<>();
    columns.add(Column.text("group", "Group"));
    columns.add(Column.of("sites", "Sites", Quantity.COUNT, ""));
    columns.add(Column.number("energy", "E_DC", "kWh", "of the sites that have it"));
    columns.add(Column.number("pue", "PUE", "", "average, weighted by E_DC"));
    columns.add(Column.number("wue", "WUE", "m³/MWh", "average, weighted by E_DC"));
    columns.add(Column.number("erf", "ERF", "", "average, weighted by E_DC"));
    columns.add(Column.number("ref", "REF", "", "average, weighted by E_DC"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    rows.add(row("all", sites, 1));
    for (SizeClass size : SizeClass.values()) {
      List<EedSite> members = sites.stream().filter(each -> each.sizeClass() == size).toList();
      if (!members.isEmpty()) {
        rows.add(row(size.text(), members, FEWEST_MEMBERS));
      }
    }
    return new Section(
        "averages",
        "Averages over sites (Annex IV)",
        List.of(
            "Averages are weighted by E_DC, over the sites that have the value. Size categories of"
                + " under %d sites have no averages.".formatted(FEWEST_MEMBERS)),
        new Table("averages", columns, rows, null, Table.ALL_ROWS),
        List.of(),
        true);
  }

  private static List<@Nullable Object> row(String group, List<EedSite> sites, int fewest) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(group);
    row.add(BigDecimal.valueOf(sites.size()));
    List<BigDecimal> energies =
        sites.stream().map(EedSite::siteKwh).flatMap(Optional::stream).toList();
    row.add(
        energies.size() < fewest || energies.isEmpty()
            ? null
            : energies.stream().reduce(BigDecimal.ZERO, BigDecimal::add));
    for (String symbol : RATIOS) {
      row.add(average(sites, symbol, fewest).orElse(null));
    }
    return row;
  }

  /** The average of a ratio; empty if fewer sites than that have it, and E_DC. */
  public static Optional<BigDecimal> average(List<EedSite> sites, String symbol, int fewest) {
    BigDecimal weighted = BigDecimal.ZERO;
    BigDecimal weights = BigDecimal.ZERO;
    int members = 0;
    for (EedSite site : sites) {
      Optional<BigDecimal> ratio = site.ratio(symbol);
      Optional<BigDecimal> energy = site.siteKwh();
      if (ratio.isPresent() && energy.isPresent()) {
        weighted = weighted.add(ratio.get().multiply(energy.get()));
        weights = weights.add(energy.get());
        members++;
      }
    }
    return members < fewest || weights.signum() <= 0
        ? Optional.empty()
        : Optional.of(weighted.divide(weights, DIGITS));
  }
}

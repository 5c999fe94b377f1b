// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reports;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.model.Tile;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What moved between two reports of the same: late data change energy, revisions of the grid's
 * values change cost and CO2e. Compared are the totals and the rows of projects and sites.
 */
final class Moved {
  /** Name of the section and of its table. */
  static final String NAME = "moved";

  private static final Set<String> ROWS_OF = Set.of("project", "site");

  /** Where their figures are; other tables are of a part of them, or of what could have been. */
  private static final Pattern TABLES = Pattern.compile("(projects|sites|fleet)(_more|_charges)?");

  /** What is compared. */
  private enum Figure {
    ENERGY("energy", "Energy", Quantity.ENERGY),
    COST("cost", "Cost", Quantity.MONEY),
    LOCATION("co2e_location", "CO2e, location-based", Quantity.MASS),
    MARKET("co2e_market", "CO2e, market-based", Quantity.MASS);

    private final String column;
    private final String title;
    private final Quantity quantity;

    Figure(String column, String title, Quantity quantity) {
      this.column = column;
      this.title = title;
      this.quantity = quantity;
    }
  }

  private record Of(String what, String name) {}

  /** Figures of a total, a project or a site; those that are not known are left out. */
  private static final class Figures extends EnumMap<Figure, BigDecimal> {
    private static final long serialVersionUID = 1;

    Figures() {
      super(Figure.class);
    }

    /** The same numbers, whatever their scale. */
    boolean sameAs(Figures other) {
      return keySet().equals(other.keySet())
          && keySet().stream()
              .allMatch(figure ->
                  requireNonNull(get(figure)).compareTo(requireNonNull(other.get(figure))) == 0);
    }
  }

  private Moved() {}

  /**
   * The section.
   *
   * @param earlierName of the earlier report, in words: {@code report 3}
   */
  static Section section(Report earlier, String earlierName, Report now) {
    String title = "What moved since " + earlierName;
    List<String> sentences = new ArrayList<>();
    String other = different(earlier, now);
    if (!other.isEmpty()) {
      sentences.add("Not compared with %s: %s.".formatted(earlierName, other));
      return new Section(NAME, title, sentences, null, List.of(), false);
    }
    Map<Of, Figures> before = figures(earlier);
    Map<Of, Figures> after = figures(now);
    Set<Of> all = new LinkedHashSet<>(after.keySet());
    all.addAll(before.keySet());
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Of of : all) {
      Figures was = before.getOrDefault(of, new Figures());
      Figures is = after.getOrDefault(of, new Figures());
      if (!was.sameAs(is)) {
        rows.add(row(of, was, is));
      }
    }
    sentences.add(
        "Compared with %s, as of %s: %s."
            .formatted(
                earlierName,
                earlier.meta().asOf(),
                rows.isEmpty()
                    ? String.format(
                        Locale.ROOT,
                        "nothing moved, %,d totals and rows have the same energy, cost and CO2e",
                        all.size())
                    : String.format(
                        Locale.ROOT, "%,d of %,d totals and rows moved", rows.size(), all.size())));
    if (!earlier.meta().to().equals(now.meta().to())) {
      sentences.add(
          "Not all of the period was settled then: that report went up to %s, this one goes up to %s."
              .formatted(earlier.meta().to(), now.meta().to()));
    }
    if (!earlier.meta().version().equals(now.meta().version())) {
      sentences.add(
          "That report was made by release %s, this one by %s."
              .formatted(earlier.meta().version(), now.meta().version()));
    }
    Table table = rows.isEmpty() ? null : new Table(NAME, columns(), rows, null, Table.ALL_ROWS);
    return new Section(NAME, title, sentences, table, List.of(), false);
  }

  /** Why the two are not of the same; empty if they are. */
  private static String different(Report earlier, Report now) {
    if (!earlier.meta().kind().equals(now.meta().kind())) {
      return "it is a report %s, not %s".formatted(earlier.meta().kind(), now.meta().kind());
    }
    if (!earlier.meta().sites().equals(now.meta().sites())) {
      return "it is of %s".formatted(String.join(", ", earlier.meta().sites()));
    }
    if (!earlier.meta().scope().equals(now.meta().scope())) {
      return "it is of %s"
          .formatted(earlier.meta().scope().isEmpty() ? "everything" : earlier.meta().scope());
    }
    if (!earlier.meta().from().equals(now.meta().from())
        || !earlier.meta().period().equals(now.meta().period())) {
      return "it is of %s, from %s on".formatted(earlier.meta().period(), earlier.meta().from());
    }
    if (!earlier.meta().currency().equals(now.meta().currency())
        && !earlier.meta().currency().isEmpty()
        && !now.meta().currency().isEmpty()) {
      return "its costs are in " + earlier.meta().currency();
    }
    return "";
  }

  private static Map<Of, Figures> figures(Report report) {
    Map<Of, Figures> figures = new LinkedHashMap<>();
    Figures total = new Figures();
    for (Tile tile : report.tiles()) {
      for (Figure figure : Figure.values()) {
        if (tile.name().equals(figure.column) && tile.value() != null) {
          total.put(figure, tile.value());
        }
      }
    }
    if (!total.isEmpty()) {
      figures.put(new Of("total", ""), total);
    }
    for (Section section : report.sections()) {
      Table table = section.table();
      if (table != null) {
        addRows(table, figures);
      }
    }
    return figures;
  }

  private static void addRows(Table table, Map<Of, Figures> figures) {
    List<String> names = table.columns().stream().map(Column::name).toList();
    if (!TABLES.matcher(table.name()).matches() || !ROWS_OF.contains(names.getFirst())) {
      return;
    }
    for (List<@Nullable Object> row : table.rows()) {
      if (!(row.getFirst() instanceof String name)) {
        continue;
      }
      Figures found = figures.computeIfAbsent(new Of(names.getFirst(), name), any -> new Figures());
      for (Figure figure : Figure.values()) {
        int at = names.indexOf(figure.column);
        if (at >= 0
            && table.columns().get(at).quantity() == figure.quantity
            && row.get(at) instanceof BigDecimal value) {
          found.putIfAbsent(figure, value);
        }
      }
    }
  }

  private static List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    columns.add(Column.text("of", "Of"));
    columns.add(Column.text("name", "Name"));
    for (Figure figure : Figure.values()) {
      columns.add(
          Column.of(figure.column + "_before", figure.title + ", before", figure.quantity, ""));
      columns.add(Column.of(figure.column + "_now", figure.title + ", now", figure.quantity, ""));
    }
    return columns;
  }

  private static List<@Nullable Object> row(Of of, Figures was, Figures is) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(of.what);
    row.add(of.name);
    for (Figure figure : Figure.values()) {
      row.add(was.get(figure));
      row.add(is.get(figure));
    }
    return row;
  }
}

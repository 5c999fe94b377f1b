// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A table of our own columns, in any order. */
final class CsvFeed {
  private static final Set<String> REQUIRED = Set.of("from", "kind", "value", "unit");
  private static final List<String> COLUMNS =
      List.of(
          "site",
          "from",
          "to",
          "kind",
          "basis",
          "source",
          "value",
          "unit",
          "currency",
          "provider",
          "zone",
          "quality",
          "issued");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?\\d{1,20}(?:\\.\\d{1,20})?(?:[eE][+-]?\\d{1,2})?");

  private final FeedCollector collector;
  private final FeedOptions options;

  /** Rows of a series that begin at the same ambiguous local time. */
  private final Map<Ambiguous, Integer> ambiguous = new HashMap<>();

  private final Map<Ambiguous, Integer> seen = new HashMap<>();

  private record Ambiguous(GridSeries series, LocalDateTime from) {}

  /** A row of which the times are not worked out yet. */
  private record Parsed(
      String place,
      Map<String, String> cells,
      GridSeries series,
      FeedTimes.Written from,
      FeedTimes.@Nullable Written to) {
    String cell(String column) {
      return cells.getOrDefault(column, "");
    }
  }

  CsvFeed(FeedCollector collector) {
    this.collector = collector;
    this.options = collector.options();
  }

  void read(String text) throws Refused {
    char separator = separator(text);
    List<CsvRows.Row> rows = new CsvRows(text, separator).read();
    if (rows.isEmpty()) {
      throw new Refused("the file is empty");
    }
    List<String> header =
        rows.getFirst().cells().stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    check(header);
    List<Parsed> parsed = new ArrayList<>();
    for (CsvRows.Row row : rows.subList(1, rows.size())) {
      String place = "line " + row.line();
      try {
        parsed.add(parsed(place, header, row.cells(), separator));
      } catch (Refused e) {
        collector.refuse(place, e);
      }
    }
    for (Parsed row : parsed) {
      try {
        collector.add(value(row));
      } catch (Refused e) {
        collector.refuse(row.place, e);
      }
    }
  }

  private static char separator(String text) {
    int end = text.indexOf('\n');
    String header = end < 0 ? text : text.substring(0, end);
    return header.indexOf(';') >= 0 ? ';' : header.indexOf('\t') >= 0 ? '\t' : ',';
  }

  private static void check(List<String> header) throws Refused {
    for (String name : header) {
      if (!COLUMNS.contains(name)) {
        throw new Refused(
            "column '%s' is unknown; there are %s".formatted(name, String.join(", ", COLUMNS)));
      }
      if (header.indexOf(name) != header.lastIndexOf(name)) {
        throw new Refused("column '%s' is there twice".formatted(name));
      }
    }
    String missing =
        REQUIRED.stream()
            .filter(name -> !header.contains(name))
            .sorted()
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      throw new Refused(
          "columns are missing: %s; the first line has the names of the columns"
              .formatted(missing));
    }
  }

  private Parsed parsed(String place, List<String> header, List<String> cells, char separator)
      throws Refused {
    if (cells.size() != header.size()) {
      throw new Refused(
          "%d cells for %d columns%s"
              .formatted(
                  cells.size(),
                  header.size(),
                  separator == ','
                      ? "; with decimal commas, separate columns by semicolons and give --decimal-comma"
                      : ""));
    }
    Map<String, String> row = new LinkedHashMap<>();
    for (int i = 0; i < cells.size(); i++) {
      row.put(header.get(i), cells.get(i));
    }
    String site = row.getOrDefault("site", "");
    if (!site.isEmpty() && !site.equals(options.site())) {
      throw new Refused(
          "is of site '%s', and --site is '%s'; import each site by itself"
              .formatted(site, options.site()));
    }
    GridSeries series = series(row);
    FeedTimes.Written from = FeedTimes.parse(row.getOrDefault("from", ""));
    String end = row.getOrDefault("to", "");
    if (from.isAmbiguous(options.zone())) {
      ambiguous.merge(new Ambiguous(series, from.local()), 1, Integer::sum);
    }
    return new Parsed(place, row, series, from, end.isEmpty() ? null : FeedTimes.parse(end));
  }

  private FeedValue value(Parsed row) throws Refused {
    long from = row.from.epochMillis(options.zone(), which(row));
    String issued = row.cell("issued");
    return new FeedValue(
        row.place,
        row.series,
        from,
        end(row, from),
        number(row.cell("value")),
        row.cell("unit"),
        row.cell("currency").toUpperCase(Locale.ROOT),
        constant(
            GridQuality.class,
            row.cell("quality").isEmpty() ? "measured" : row.cell("quality"),
            "quality"),
        issued.isEmpty()
            ? FeedValue.NOT_STATED
            : FeedTimes.parse(issued).epochMillis(options.zone()),
        new FeedValue.Source(row.cell("provider"), row.cell("zone")));
  }

  /** Which of two times a local one is: of both rows of a series the first is the earlier. */
  private int which(Parsed row) throws Refused {
    if (!options.earlierThenLater() || !row.from.isAmbiguous(options.zone())) {
      return -1;
    }
    Ambiguous time = new Ambiguous(row.series, row.from.local());
    int rows = ambiguous.getOrDefault(time, 0);
    if (rows != 2) {
      throw new Refused(
          "'%s' comes twice in %s, and %d rows of %s have it; write it with its offset"
              .formatted(row.from.text(), options.zone(), rows, row.series.text()));
    }
    return seen.merge(time, 1, Integer::sum) - 1;
  }

  private long end(Parsed row, long from) throws Refused {
    FeedTimes.Written to = row.to;
    if (to == null) {
      return FeedValue.UNTIL_NEXT;
    }
    ZoneId zone = options.zone();
    boolean ambiguousEdge = row.from.isAmbiguous(zone) || to.isAmbiguous(zone);
    if (ambiguousEdge && options.earlierThenLater() && to.offset() == null) {
      // a row of an hour is of an hour, also where clocks are put back
      return from + Duration.between(row.from.local(), to.local()).toMillis();
    }
    return to.epochMillis(zone);
  }

  private static GridSeries series(Map<String, String> row) throws Refused {
    SeriesKind kind = constant(SeriesKind.class, row.getOrDefault("kind", ""), "kind");
    String basis = row.getOrDefault("basis", "").toLowerCase(Locale.ROOT);
    String source = row.getOrDefault("source", "");
    if (kind == SeriesKind.CARBON && basis.isEmpty()) {
      throw new Refused(
          "a carbon intensity needs a basis: location, market or residual; average or marginal;"
              + " lifecycle or direct: location-average-lifecycle");
    }
    if (kind != SeriesKind.CARBON && !basis.isEmpty()) {
      throw new Refused(
          "%s has no basis, and this row has '%s'; leave it empty".formatted(name(kind), basis));
    }
    if (kind.hasSource() && source.isEmpty()) {
      throw new Refused("%s needs a source: %s".formatted(name(kind), names(EnergySource.class)));
    }
    if (!kind.hasSource() && !source.isEmpty()) {
      throw new Refused(
          "%s has no source, and this row has '%s'; leave it empty".formatted(name(kind), source));
    }
    try {
      return kind == SeriesKind.CARBON
          ? GridSeries.carbon(CarbonBasis.parse(basis))
          : GridSeries.of(
              kind,
              source.isEmpty()
                  ? EnergySource.NONE
                  : constant(EnergySource.class, source, "source"));
    } catch (IllegalArgumentException e) {
      throw new Refused(String.valueOf(e.getMessage()), e);
    }
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String text, String what)
      throws Refused {
    for (E constant : type.getEnumConstants()) {
      if (name(constant).equals(text.toLowerCase(Locale.ROOT).replace('-', '_'))) {
        return constant;
      }
    }
    throw new Refused("%s '%s' is unknown; there are %s".formatted(what, text, names(type)));
  }

  private static <E extends Enum<E>> String names(Class<E> type) {
    return Stream.of(type.getEnumConstants())
        .map(CsvFeed::name)
        .filter(name -> !name.equals("none"))
        .collect(Collectors.joining(", "));
  }

  private BigDecimal number(String text) throws Refused {
    if (text.isEmpty()) {
      throw new Refused("there is no value; leave the row out");
    }
    String plain = text;
    if (text.indexOf(',') >= 0) {
      if (!options.decimalComma()) {
        throw new Refused(
            "'%s' has a comma; if it is a decimal comma, give --decimal-comma".formatted(text));
      }
      if (text.indexOf('.') >= 0) {
        throw new Refused(
            "'%s' has a point and a comma; write it without separators of thousands"
                .formatted(text));
      }
      plain = text.replace(',', '.');
    } else if (options.decimalComma() && text.indexOf('.') >= 0) {
      throw new Refused(
          "'%s' has a point, and --decimal-comma is given; write it with a comma".formatted(text));
    }
    if (!NUMBER.matcher(plain).matches()) {
      throw new Refused("'%s' is no number; write it as 81.5".formatted(text));
    }
    return new BigDecimal(plain);
  }
}

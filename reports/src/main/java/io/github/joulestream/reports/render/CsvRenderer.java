// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Meta;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.runtime.CsvRow;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tables as CSV, one a file: RFC 4180 with CR LF, UTF-8, a header once, points before decimals and
 * nothing between thousands. Units are in the names of columns. Energy has two columns, {@code
 * _kwh} of 10 decimals, which is exact to the millijoule, and {@code _millijoules}. An empty field
 * is not known, 0 is measured. Rows at the foot of a table are not written: they are the sum of the
 * others. Each row ends with its currency, if there is money, and with what the report is of.
 * Columns that a later version adds are the last ones.
 */
public final class CsvRenderer implements Renderer {
  private static final BigDecimal MILLIJOULES_PER_KWH = BigDecimal.valueOf(3_600_000_000L);
  private static final int KWH_DECIMALS = 10;
  private static final String CURRENCY = "currency";
  private static final List<String> OF_REPORT =
      List.of("period_start", "period_end", "time_zone", "as_of", "schema_version");

  /**
   * Writes the table of a report that has one.
   *
   * @throws IllegalArgumentException it has none or several: {@link #write} makes a file of each
   */
  @Override
  public void render(Report report, OutputStream out) throws IOException {
    Map<String, Table> tables = tables(report);
    if (tables.size() != 1) {
      throw new IllegalArgumentException(
          "the report has %d tables, and CSV has one a file: %s"
              .formatted(tables.size(), String.join(", ", tables.keySet())));
    }
    render(report, tables.values().iterator().next(), out);
  }

  /** Writes each table into a directory that exists, as {@code NAME.csv}; returns the files. */
  public List<Path> write(Report report, Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Map.Entry<String, Table> table : tables(report).entrySet()) {
      Path file = directory.resolve(table.getKey() + ".csv");
      try (OutputStream out = Files.newOutputStream(file)) {
        render(report, table.getValue(), out);
      }
      files.add(file);
    }
    return files;
  }

  /** The tables of a report by name; a name that is there twice has a number behind it. */
  public static Map<String, Table> tables(Report report) {
    Map<String, Table> tables = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>();
    for (Section section : report.sections()) {
      if (section.table() != null) {
        String name = section.table().name().replaceAll("[^A-Za-z0-9_-]", "_");
        tables.put(Names.distinct(name, taken), section.table());
      }
    }
    return tables;
  }

  /** Writes a table of a report; does not close the stream. */
  public void render(Report report, Table table, OutputStream out) throws IOException {
    Writer writer =
        new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
    CsvRow csv = new CsvRow(writer);
    List<Column> columns = table.columns();
    Set<String> taken = new HashSet<>();
    for (Column column : columns) {
      for (String name : names(column)) {
        csv.text(Names.distinct(name, taken));
      }
    }
    Meta meta = report.meta();
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    if (columns.stream().anyMatch(column -> column.quantity() == Quantity.MONEY)) {
      names.add(CURRENCY);
      values.add(meta.currency());
    }
    names.addAll(OF_REPORT);
    values.addAll(
        List.of(
            meta.from().toString(),
            meta.to().toString(),
            meta.zone().getId(),
            meta.asOf().toString(),
            Integer.toString(Meta.SCHEMA_VERSION)));
    // a table may have its own currency or period in each row
    for (int i = names.size() - 1; i >= 0; i--) {
      if (taken.contains(names.get(i))) {
        names.remove(i);
        values.remove(i);
      }
    }
    for (String name : names) {
      csv.text(name);
    }
    csv.end();
    for (List<@Nullable Object> row : table.rows()) {
      for (int i = 0; i < columns.size(); i++) {
        field(csv, columns.get(i), row.get(i));
      }
      for (String value : values) {
        csv.text(value);
      }
      csv.end();
    }
    writer.flush();
  }

  private static List<String> names(Column column) {
    String name = column.name();
    return switch (column.quantity()) {
      case TEXT, TIME, COUNT, MONEY -> List.of(name);
      case ENERGY -> List.of(Names.withUnit(name, "kwh"), Names.withUnit(name, "millijoules"));
      case POWER -> List.of(Names.withUnit(name, "w"));
      case MASS -> List.of(Names.withUnit(name, "kg"));
      case RATIO -> List.of(Names.withUnit(name, "ratio"));
      case DURATION -> List.of(Names.withUnit(name, "s"));
      case NUMBER -> List.of(Names.withUnit(name, Names.spelled(column.unit())));
      case INTENSITY -> List.of(Names.withUnit(name, "g_per_kwh"));
      case WATER -> List.of(Names.withUnit(name, "l"));
      case BYTES -> List.of(Names.withUnit(name, "mib"));
    };
  }

  private static void field(CsvRow csv, Column column, @Nullable Object value) throws IOException {
    if (column.quantity() == Quantity.TEXT) {
      csv.text(value == null ? "" : value.toString());
      return;
    }
    if (!(value instanceof BigDecimal number)) {
      csv.exact(Exact.of(value));
      if (column.quantity() == Quantity.ENERGY) {
        csv.exact("");
      }
      return;
    }
    switch (column.quantity()) {
      case ENERGY -> {
        csv.exact(kilowattHours(number).toPlainString());
        csv.exact(number.toPlainString());
      }
      case POWER, MASS, DURATION, WATER -> csv.exact(number.movePointLeft(3).toPlainString());
      default -> csv.exact(number.toPlainString());
    }
  }

  /** 1 mJ is 2.78e-10 kWh, so that no two amounts have the same 10 decimals. */
  static BigDecimal kilowattHours(BigDecimal millijoules) {
    return millijoules.divide(MILLIJOULES_PER_KWH, KWH_DECIMALS, RoundingMode.HALF_EVEN);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.runtime.HostileTexts;
import io.github.joulestream.runtime.ShownText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvRendererTest {
  private static final BigDecimal MILLIJOULES_PER_KWH = BigDecimal.valueOf(3_600_000_000L);

  /** A reader of RFC 4180, which is strict: CR LF, and quotes only where they belong. */
  static List<List<String>> parse(String csv) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    int at = 0;
    while (at < csv.length()) {
      StringBuilder field = new StringBuilder();
      if (csv.charAt(at) == '"') {
        at++;
        while (csv.charAt(at) != '"' || (at + 1 < csv.length() && csv.charAt(at + 1) == '"')) {
          at += csv.charAt(at) == '"' ? 1 : 0;
          field.append(csv.charAt(at++));
        }
        at++;
      } else {
        while (",\"\r\n".indexOf(csv.charAt(at)) < 0) {
          field.append(csv.charAt(at++));
        }
      }
      row.add(field.toString());
      if (csv.charAt(at) == ',') {
        at++;
      } else {
        assertThat(csv.substring(at, at + 2)).isEqualTo("\r\n");
        at += 2;
        rows.add(row);
        row = new ArrayList<>();
      }
    }
    assertThat(row).isEmpty();
    return rows;
  }

  private static String csv(Report report, Table table) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new CsvRenderer().render(report, table, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String neutral(String text) {
    String shown = ShownText.of(text);
    return HostileTexts.isFormula(shown) ? "'" + shown : shown;
  }

  @Test
  void everyCell_isReadBackExactly() throws IOException {
    for (int seed = 0; seed < 60; seed++) {
      Report report = Reports.of(seed);
      for (Table table : CsvRenderer.tables(report).values()) {
        List<List<String>> rows = parse(csv(report, table));
        assertThat(rows).hasSize(table.rows().size() + 1);
        for (int i = 0; i < table.rows().size(); i++) {
          assertThat(rows.get(i + 1)).hasSameSizeAs(rows.getFirst());
          row(rows.get(i + 1), table.columns(), table.rows().get(i), report);
        }
      }
    }
  }

  private static void row(
      List<String> read, List<Column> columns, List<@Nullable Object> row, Report report) {
    int at = 0;
    for (int i = 0; i < columns.size(); i++) {
      Object value = row.get(i);
      String field = read.get(at++);
      Quantity quantity = columns.get(i).quantity();
      if (quantity == Quantity.TEXT) {
        assertThat(field).isEqualTo(value == null ? "" : neutral((String) value));
        continue;
      }
      if (quantity == Quantity.ENERGY) {
        String millijoules = read.get(at++);
        if (value == null) {
          assertThat(millijoules).isEmpty();
        } else {
          assertThat(new BigDecimal(millijoules)).isEqualByComparingTo((BigDecimal) value);
          BigDecimal whole = ((BigDecimal) value).setScale(0, RoundingMode.HALF_UP);
          if (whole.compareTo((BigDecimal) value) == 0) {
            assertThat(
                    new BigDecimal(field)
                        .multiply(MILLIJOULES_PER_KWH)
                        .setScale(0, RoundingMode.HALF_UP))
                .isEqualByComparingTo(whole);
          }
        }
      } else if (value instanceof BigDecimal number) {
        boolean thousandth =
            switch (quantity) {
              case POWER, MASS, DURATION, WATER -> true;
              default -> false;
            };
        assertThat(new BigDecimal(field).movePointRight(thousandth ? 3 : 0))
            .isEqualByComparingTo(number);
        assertThat(field).doesNotContain("E").doesNotContain("e");
      } else {
        assertThat(field).isEqualTo(value == null ? "" : value.toString());
      }
    }
    assertThat(read.subList(read.size() - 5, read.size()))
        .containsExactly(
            report.meta().from().toString(),
            report.meta().to().toString(),
            report.meta().zone().getId(),
            report.meta().asOf().toString(),
            "1");
  }

  @Test
  void header_saysUnits() throws IOException {
    Report report = Samples.rich();
    Map<String, Table> tables = CsvRenderer.tables(report);
    assertThat(parse(csv(report, Objects.requireNonNull(tables.get("wide")))).getFirst())
        .containsExactly(
            "site",
            "a_text",
            "a_time",
            "a_energy_kwh",
            "a_energy_millijoules",
            "a_power_w",
            "a_money",
            "a_mass_kg",
            "a_ratio",
            "a_count",
            "a_duration_s",
            "a_number_tokens_per_j",
            "a_intensity_g_per_kwh",
            "a_water_l",
            "a_bytes_mib",
            "currency",
            "period_start",
            "period_end",
            "time_zone",
            "as_of",
            "schema_version");
    assertThat(
            csv(report, Objects.requireNonNull(tables.get("savings"))).lines().skip(1).findFirst())
        .contains(
            "Give GPUs back after 10 idle minutes,96200.0000000000,346320000000000,11544,EUR,"
                + "2026-09-30T22:00:00Z,2026-10-31T23:00:00Z,Europe/Berlin,2026-11-02T06:00:00Z,1");
  }

  @Test
  void amountsOneMillijouleApart_differInKilowattHours() {
    BigDecimal amount = new BigDecimal("123456789012345678");
    BigDecimal next = amount.add(BigDecimal.ONE);
    assertThat(CsvRenderer.kilowattHours(amount))
        .isNotEqualByComparingTo(CsvRenderer.kilowattHours(next));
    assertThat(CsvRenderer.kilowattHours(BigDecimal.ONE)).isEqualByComparingTo("0.0000000003");
  }

  @Test
  void aTableHasAFile(@TempDir Path directory) throws IOException {
    Report report = Samples.rich();
    List<Path> files = new CsvRenderer().write(report, directory);
    assertThat(files)
        .extracting(file -> file.getFileName().toString())
        .contains("where_it_went.csv", "days.csv", "top_projects.csv", "projects.csv");
    assertThat(Files.readString(directory.resolve("days.csv")))
        .isEqualTo(csv(report, Objects.requireNonNull(CsvRenderer.tables(report).get("days"))));
  }

  @Test
  void aStream_isOfOneTable() throws IOException {
    Report several = Samples.rich();
    assertThatThrownBy(() -> Reports.bytes(new CsvRenderer(), several))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("9 tables")
        .hasMessageContaining("savings");
    Report one =
        new Report(
            several.meta(), "", List.of(), List.of(Samples.projects(3, Table.ALL_ROWS, false)));
    assertThat(Reports.text(new CsvRenderer(), one)).startsWith("project,energy_kwh,");
  }

  @Test
  void tablesOfOneName_haveTwoFiles() {
    Section section = Samples.projects(3, Table.ALL_ROWS, false);
    Report report =
        new Report(Samples.meta("EUR", List.of("a")), "", List.of(), List.of(section, section));
    assertThat(CsvRenderer.tables(report)).containsOnlyKeys("projects", "projects_2");
  }

  @Test
  void aTableWithItsOwnCurrencyAndPeriod_keepsThem() throws IOException {
    Table table =
        new Table(
            "trend",
            List.of(
                Column.of("period_start", "From", Quantity.TIME, ""),
                Column.of("cost", "Cost", Quantity.MONEY, ""),
                Column.text("currency", "Currency")),
            List.of(Samples.row(Samples.AS_OF, BigDecimal.ONE, "USD")),
            null,
            Table.ALL_ROWS);
    List<List<String>> rows =
        parse(csv(new Report(Samples.meta("EUR", List.of()), "", List.of(), List.of()), table));
    assertThat(rows.getFirst())
        .containsExactly(
            "period_start",
            "cost",
            "currency",
            "period_end",
            "time_zone",
            "as_of",
            "schema_version");
    assertThat(rows.get(1)).startsWith("2026-11-02T06:00:00Z", "1", "USD", "2026-10-31T23:00:00Z");
  }
}

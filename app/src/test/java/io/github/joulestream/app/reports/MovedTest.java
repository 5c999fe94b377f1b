// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reports;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Meta;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.model.Tile;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What moved between two reports. */
class MovedTest {
  private static final Instant FROM = Instant.parse("2026-10-01T00:00:00Z");
  private static final Instant TO = Instant.parse("2026-11-01T00:00:00Z");

  private static @Nullable BigDecimal number(@Nullable String value) {
    return value == null ? null : new BigDecimal(value);
  }

  private static Meta meta(String scope, Instant to, String currency, String version) {
    return new Meta(
        "director",
        "Report",
        List.of("dc1"),
        scope,
        "2026-10",
        FROM,
        to,
        ZoneOffset.UTC,
        Instant.parse("2026-11-02T00:00:00Z"),
        true,
        null,
        currency,
        BigInteger.ZERO,
        List.of(),
        List.of(),
        version);
  }

  private static Table table(String name, String first, List<List<@Nullable Object>> rows) {
    return new Table(
        name,
        List.of(
            Column.text(first, "Name"),
            Column.of("energy", "Energy", Quantity.ENERGY, ""),
            Column.of("cost", "Cost", Quantity.MONEY, ""),
            Column.of("co2e_market", "CO2e", Quantity.MASS, ""),
            Column.of("gpu_time", "GPU time", Quantity.DURATION, "")),
        rows,
        null,
        Table.ALL_ROWS);
  }

  private static List<@Nullable Object> row(
      String name, @Nullable String energy, @Nullable String cost, @Nullable String mass) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(name);
    row.add(number(energy));
    row.add(number(cost));
    row.add(number(mass));
    row.add(number("1"));
    return row;
  }

  private static Report report(Meta meta, @Nullable String energy, Table... tables) {
    List<Section> sections = new ArrayList<>();
    for (Table table : tables) {
      sections.add(new Section(table.name(), "", List.of(), table, List.of(), false));
    }
    Tile tile =
        new Tile(
            "energy", "Energy", Quantity.ENERGY, "", number(energy), null, null, List.of(), "");
    return new Report(meta, "", List.of(tile), sections);
  }

  private static final Meta META = meta("", TO, "EUR", "1");

  @Test
  void whatMoved_isListedWithBothValues() {
    Report earlier =
        report(
            META,
            "1000",
            table(
                "projects",
                "project",
                List.of(
                    row("climate", "600", "3.10", "5"),
                    row("gone", "10", null, null),
                    row("same", "390", null, "7"))));
    Report now =
        report(
            META,
            "1001",
            table(
                "projects",
                "project",
                List.of(
                    row("climate", "601", "3.1", "4"),
                    row("same", "390.0", null, "7"),
                    row("new", "10", "1", null))));
    Section moved = Moved.section(earlier, "report 3", now);
    assertThat(moved.title()).isEqualTo("What moved since report 3");
    assertThat(moved.sentences())
        .containsExactly(
            "Compared with report 3, as of 2026-11-02T00:00:00Z: 4 of 5 totals and rows moved.");
    Table table = Objects.requireNonNull(moved.table());
    assertThat(table.columns())
        .extracting(Column::name)
        .containsExactly(
            "of",
            "name",
            "energy_before",
            "energy_now",
            "cost_before",
            "cost_now",
            "co2e_location_before",
            "co2e_location_now",
            "co2e_market_before",
            "co2e_market_now");
    assertThat(table.rows())
        .containsExactly(
            all("total", "", "1000", "1001", null, null, null, null, null, null),
            all("project", "climate", "600", "601", "3.10", "3.1", null, null, "5", "4"),
            all("project", "new", null, "10", null, "1", null, null, null, null),
            all("project", "gone", "10", null, null, null, null, null, null, null));
  }

  private static List<@Nullable Object> all(String of, String name, @Nullable String... numbers) {
    List<@Nullable Object> row = new ArrayList<>(List.of(of, name));
    for (String value : numbers) {
      row.add(number(value));
    }
    return row;
  }

  @Test
  void ifNothingMoved_itSaysSo() {
    Table sites = table("sites", "site", List.of(row("dc1", "1000", null, null)));
    Section moved = Moved.section(report(META, "1000", sites), "a", report(META, "1e3", sites));
    assertThat(moved.table()).isNull();
    assertThat(moved.sentences()).hasSize(1);
    assertThat(moved.sentences().getFirst())
        .contains("nothing moved, 2 totals and rows have the same energy, cost and CO2e");
  }

  @Test
  void tablesOfOthers_andOfJobs_areNotCompared() {
    List<Column> jobs =
        List.of(
            Column.text("site", "Site"),
            Column.text("job", "Job"),
            Column.of("energy", "Energy", Quantity.ENERGY, ""));
    Table before = new Table("jobs", jobs, List.of(List.of("dc1", "7", BigDecimal.ONE)), null, 1);
    Table after = new Table("jobs", jobs, List.of(List.of("dc1", "7", BigDecimal.TEN)), null, 1);
    Table top = table("top_projects", "project", List.of(row("(others, 3)", "1", null, null)));
    Table topNow = table("top_projects", "project", List.of(row("(others, 3)", "2", null, null)));
    Table users = table("users", "user", List.of(row("ada", "1", null, null)));
    Table usersNow = table("users", "user", List.of(row("ada", "2", null, null)));
    Section moved =
        Moved.section(
            report(META, "5", before, users, top), "a", report(META, "5", after, usersNow, topNow));
    assertThat(moved.table()).isNull();
  }

  @Test
  void aReportOfSomethingElse_isNotCompared() {
    Report now = report(META, "5");
    Report other = report(meta("project=x", TO, "EUR", "1"), "6");
    Section moved = Moved.section(other, "a.json", now);
    assertThat(moved.table()).isNull();
    assertThat(moved.sentences()).containsExactly("Not compared with a.json: it is of project=x.");
    assertThat(Moved.section(report(meta("", TO, "USD", "1"), "6"), "a", now).sentences())
        .containsExactly("Not compared with a: its costs are in USD.");
    assertThat(Moved.section(report(meta("", TO, "", "1"), "6"), "a", now).table()).isNotNull();
  }

  @Test
  void anEarlierEnd_andAnotherRelease_areSaid() {
    Instant middle = Instant.parse("2026-10-15T12:00:00Z");
    Section moved =
        Moved.section(report(meta("", middle, "EUR", "0.9"), "1"), "a", report(META, "2"));
    assertThat(moved.sentences().subList(1, 3))
        .containsExactly(
            "Not all of the period was settled then: that report went up to 2026-10-15T12:00:00Z, this one"
                + " goes up to 2026-11-01T00:00:00Z.",
            "That report was made by release 0.9, this one by 1.");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Chart.Form;
import io.github.joulestream.reports.model.Chart.Role;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Factor;
import io.github.joulestream.reports.model.Meta;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.model.Tile;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A report with every form of chart, gaps, values below 0, unknown ones and long names. */
final class Samples {
  static final Instant FROM = Instant.parse("2026-09-30T22:00:00Z");
  static final Instant TO = Instant.parse("2026-10-31T23:00:00Z");
  static final Instant AS_OF = Instant.parse("2026-11-02T06:00:00Z");

  private Samples() {}

  static Meta meta(String currency, List<String> sites) {
    return new Meta(
        "director",
        "Energy, cost and carbon of alpha",
        sites,
        "",
        "2026-10",
        FROM,
        TO,
        ZoneId.of("Europe/Berlin"),
        AS_OF,
        true,
        new BigDecimal("0.9731"),
        currency,
        BigInteger.ZERO,
        List.of(
            new Factor(
                "carbon, location-based",
                "231 g/kWh in the mean, 745 hourly values",
                "Example provider, zone DE",
                "98.9 % measured, 1.1 % estimated"),
            new Factor(
                "carbon, market-based", "98 g/kWh in the mean", "contract of the site", "measured"),
            new Factor("price", "0.12 EUR/kWh in the mean", "tariff of the site", "measured")),
        List.of(
            "Energy of nodes is measured at the devices; losses of power supplies are not in it.",
            "Two hours of 2026-10-12 have no price: their energy is in no cost.",
            "The facility's meter was silent for 3 hours; the ratio is of the hours it covered."),
        "0.1.0");
  }

  static Report rich() {
    return new Report(
        meta("EUR", List.of("alpha")),
        "alpha used 4.12 GWh in October 2026, 3.1 % less than in September: 494 000 EUR and 952 t"
            + " CO2e by location, 404 t by market.",
        tiles(),
        List.of(
            whereItWent(),
            days(),
            projects(12, 5, true),
            savings(),
            lines(),
            multiples(),
            scatter(),
            wide(),
            projects(60, Table.ALL_ROWS, false)));
  }

  static BigDecimal mwh(double value) {
    return BigDecimal.valueOf(value)
        .multiply(BigDecimal.valueOf(3_600_000_000_000L))
        .setScale(0, RoundingMode.HALF_UP);
  }

  static List<@Nullable Object> row(@Nullable Object... values) {
    return new ArrayList<@Nullable Object>(Arrays.asList(values));
  }

  private static List<Tile> tiles() {
    Random random = new Random(5);
    return List.of(
        tile(random, "energy", "Energy", Quantity.ENERGY, mwh(4123.4), "97 % of device time"),
        tile(random, "cost", "Cost", Quantity.MONEY, new BigDecimal("494211.37"), "0.120 EUR/kWh"),
        tile(
            random,
            "co2e",
            "CO2e by location",
            Quantity.MASS,
            new BigDecimal("952400000"),
            "by market 404 t"),
        tile(
            random,
            "facility_ratio",
            "Facility per measured IT",
            Quantity.NUMBER,
            new BigDecimal("1.314"),
            "an upper bound of PUE"),
        tile(
            random,
            "idle_waste",
            "Idle waste",
            Quantity.RATIO,
            new BigDecimal("0.1243"),
            "512 MWh, 61 400 EUR"),
        new Tile(
            "gpu_hour",
            "Energy per GPU hour",
            Quantity.ENERGY,
            "",
            null,
            null,
            null,
            Arrays.asList(null, null, null),
            "no GPU was held"));
  }

  private static Tile tile(
      Random random, String name, String title, Quantity quantity, BigDecimal value, String note) {
    List<@Nullable BigDecimal> trend = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      trend.add(
          i == 4 ? null : value.multiply(BigDecimal.valueOf(0.8 + random.nextDouble() * 0.3)));
    }
    trend.add(value);
    return new Tile(
        name,
        title,
        quantity,
        "",
        value,
        new BigDecimal("-0.0312"),
        new BigDecimal("0.117"),
        trend,
        note);
  }

  private static Section whereItWent() {
    List<Column> columns =
        List.of(
            Column.of("jobs", "Jobs, busy", Quantity.ENERGY, "Energy of jobs without held idle."),
            Column.of("held_idle", "Held idle", Quantity.ENERGY, "GPUs held under 5 % of use."),
            Column.of("idle", "Not allocated", Quantity.ENERGY, "Energy of devices of no job."),
            Column.of("overhead", "Overhead", Quantity.ENERGY, "Facility less measured."),
            Column.of("facility", "Facility", Quantity.ENERGY, "At the facility's meter."));
    Table table =
        new Table(
            "where_it_went",
            columns,
            List.of(row(mwh(2610), mwh(118.2), mwh(394.1), mwh(1001.1), mwh(4123.4))),
            null,
            0);
    return new Section(
        "where_it_went",
        "Where it went",
        List.of(),
        table,
        List.of(
            new Chart(
                Form.PARTS,
                "63 % of the energy did work",
                "facility",
                List.of(
                    new Chart.Series("jobs", Role.JOBS),
                    new Chart.Series("held_idle", Role.HELD_IDLE),
                    new Chart.Series("idle", Role.IDLE),
                    new Chart.Series("overhead", Role.OVERHEAD)),
                "")),
        true);
  }

  private static Section days() {
    List<Column> columns =
        List.of(
            Column.text("day", "Day"),
            Column.of("jobs", "Jobs", Quantity.ENERGY, ""),
            Column.of("held_idle", "Held idle", Quantity.ENERGY, ""),
            Column.of("idle", "Not allocated", Quantity.ENERGY, ""));
    Random random = new Random(1);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 31; i++) {
      String day = LocalDate.of(2026, 10, 1).plusDays(i).toString();
      rows.add(
          i == 9 || i == 10
              ? row(day, null, null, null)
              : row(
                  day,
                  mwh(80 + random.nextDouble() * 20),
                  mwh(4),
                  mwh((i < 12 ? 20 : 12) + random.nextDouble() * 3)));
    }
    return new Section(
        "days",
        "Days",
        List.of("Two days were not measured."),
        new Table("days", columns, rows, null, 0),
        List.of(
            new Chart(
                Form.COLUMNS,
                "Idle energy fell by a third after the 12th",
                "day",
                List.of(
                    new Chart.Series("jobs", Role.JOBS),
                    new Chart.Series("held_idle", Role.HELD_IDLE),
                    new Chart.Series("idle", Role.IDLE)),
                "")),
        true);
  }

  static Section projects(int count, int shown, boolean first) {
    List<Column> columns =
        List.of(
            Column.text("project", "Project"),
            Column.of("energy", "Energy", Quantity.ENERGY, "Energy of all devices of its jobs."),
            Column.of("share", "Share", Quantity.RATIO, "Of the energy of all jobs."),
            Column.of("cost", "Cost", Quantity.MONEY, "By the hour."),
            Column.of("co2e_location", "CO2e by location", Quantity.MASS, "By the hour."),
            Column.of("gpu_hours", "GPU time", Quantity.DURATION, "GPUs held, times time."),
            Column.of("busy", "GPU use", Quantity.RATIO, "Busy over held GPU time."));
    Random random = new Random(2);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double energy = 900 * Math.pow(0.78, i);
      rows.add(
          row(
              i == 1
                  ? "a-project-with-a-name-that-somebody-made-very-long-since-nothing-kept-them"
                  : i == count - 1 ? "(others, 37)" : "project-" + i,
              mwh(energy),
              new BigDecimal("0.21").multiply(BigDecimal.valueOf(Math.pow(0.78, i))),
              i == 3 ? null : BigDecimal.valueOf(energy * 120).setScale(2, RoundingMode.HALF_UP),
              BigDecimal.valueOf(energy * 231000).setScale(0, RoundingMode.HALF_UP),
              BigDecimal.valueOf((long) (energy * 3_600_000_0L)),
              i == 4 ? BigDecimal.ZERO : BigDecimal.valueOf(random.nextDouble())));
    }
    List<@Nullable Object> totals =
        row(
            "Total",
            mwh(2728.2),
            BigDecimal.ONE,
            new BigDecimal("327384.11"),
            new BigDecimal("630210000"),
            new BigDecimal("147000000000"),
            new BigDecimal("0.64"));
    return new Section(
        first ? "top_projects" : "projects",
        first ? "Top five projects" : "Projects",
        List.of(),
        new Table(first ? "top_projects" : "projects", columns, rows, totals, shown),
        first
            ? List.of()
            : List.of(
                new Chart(
                    Form.BARS,
                    "One project used a fifth of the energy",
                    "project",
                    List.of(new Chart.Series("energy", Role.JOBS)),
                    "")),
        first);
  }

  private static Section savings() {
    List<Column> columns =
        List.of(
            Column.text("saving", "Saving"),
            Column.of("energy", "Energy", Quantity.ENERGY, "What it would have saved; modelled."),
            Column.of("cost", "Cost", Quantity.MONEY, ""));
    return new Section(
        "savings",
        "Top savings",
        List.of(),
        new Table(
            "savings",
            columns,
            List.of(
                row("Give GPUs back after 10 idle minutes", mwh(96.2), new BigDecimal("11544")),
                row("Cap GPUs of phase=infer at 450 W", mwh(41.7), new BigDecimal("5004.2")),
                row("Move flexible jobs by 4 h", mwh(-1.3), new BigDecimal("-812.55"))),
            null,
            Table.ALL_ROWS),
        List.of(),
        true);
  }

  private static Section lines() {
    List<Column> columns =
        List.of(
            Column.of("hour", "Hour", Quantity.TIME, ""),
            Column.of("measured", "Measured", Quantity.POWER, ""),
            Column.of("limit", "Limit", Quantity.POWER, ""),
            Column.of("export", "Export", Quantity.POWER, "Below 0: taken from the grid."));
    Random random = new Random(3);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 24 * 31; i++) {
      double power = 5.6e9 + 4e8 * Math.sin(i * Math.PI / 12) + 2e8 * random.nextDouble();
      rows.add(
          row(
              FROM.plusSeconds(3600L * i),
              (i > 200 && i < 260) || i == 400 ? null : BigDecimal.valueOf((long) power),
              BigDecimal.valueOf(6_200_000_000L),
              BigDecimal.valueOf((long) (9e8 * Math.sin(i * Math.PI / 12 + 1)))));
    }
    return new Section(
        "power",
        "Power",
        List.of("Power by the hour. In the gap nothing was measured."),
        new Table("power", columns, rows, null, 5),
        List.of(
            new Chart(
                Form.LINES,
                "Power stayed below its limit but for three evenings",
                "hour",
                List.of(
                    new Chart.Series("measured", Role.GPU),
                    new Chart.Series("limit", Role.LIMIT),
                    new Chart.Series("export", Role.RENEWABLE)),
                "")),
        false);
  }

  private static Section multiples() {
    List<Column> columns = new ArrayList<>(List.of(Column.text("day", "Day")));
    List<Chart.Series> series = new ArrayList<>();
    Role[] roles = {
      Role.GPU, Role.CPU, Role.MEMORY, Role.STORAGE, Role.REST_OF_NODE, Role.OTHER, Role.OTHER
    };
    String[] names = {"GPU", "CPU", "Memory", "Storage", "Rest of node", "Fans", "Switches"};
    for (int i = 0; i < names.length; i++) {
      String name = names[i].toLowerCase(Locale.ROOT).replace(' ', '_');
      columns.add(Column.of(name, names[i], Quantity.ENERGY, ""));
      series.add(new Chart.Series(name, roles[i]));
    }
    Random random = new Random(4);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int day = 1; day <= 14; day++) {
      List<@Nullable Object> row = row(String.format(Locale.ROOT, "2026-10-%02d", day));
      for (int i = 0; i < names.length; i++) {
        row.add(
            day == 5 && i == 2
                ? null
                : mwh((60.0 / (i + 1)) * (0.8 + random.nextDouble() * 0.4) * (i == 5 ? -0.2 : 1)));
      }
      rows.add(row);
    }
    return new Section(
        "kinds",
        "By kind of device",
        List.of(),
        new Table("kinds", columns, rows, null, 3),
        List.of(
            new Chart(Form.SMALL_MULTIPLES, "GPUs use half of it", "day", series, ""),
            new Chart(Form.COLUMNS, "All kinds in one", "day", series, ""),
            new Chart(Form.BARS, "The same as bars", "day", series.subList(0, 4), "")),
        false);
  }

  private static Section scatter() {
    List<Column> columns =
        List.of(
            Column.text("job", "Job"),
            Column.text("arch", "Architecture"),
            Column.number("rate", "Tokens per s and GPU", "tokens/s", "Of the whole job."),
            Column.number("cost", "Energy per token", "J/token", "Of the whole job."));
    Random random = new Random(6);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      double rate = Math.exp(random.nextDouble() * 4 + 3);
      boolean moe = random.nextBoolean();
      rows.add(
          row(
              "job-" + i,
              moe ? "moe" : i % 3 == 0 ? "hybrid" : "dense",
              BigDecimal.valueOf(rate),
              i == 7
                  ? null
                  : BigDecimal.valueOf(
                      (moe ? 20 : 40) / Math.sqrt(rate) * (0.7 + 0.6 * random.nextDouble()))));
    }
    return new Section(
        "models",
        "Work per joule",
        List.of("A mixture of experts used half the energy per token at the same rate."),
        new Table("models", columns, rows, null, 4),
        List.of(
            new Chart(
                Form.SCATTER,
                "A mixture of experts used half the energy per token",
                "rate",
                List.of(new Chart.Series("cost", Role.OTHER)),
                "arch")),
        false);
  }

  private static Section wide() {
    List<Column> columns = new ArrayList<>(List.of(Column.text("site", "Site")));
    for (Quantity quantity : Quantity.values()) {
      String name = quantity.name().toLowerCase(Locale.ROOT);
      columns.add(
          new Column(
              "a_" + name,
              "A figure of " + name,
              quantity,
              quantity == Quantity.NUMBER ? "tokens/J" : "",
              "A value of " + name + "."));
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      List<@Nullable Object> row = row("site-" + i);
      for (Quantity quantity : Quantity.values()) {
        row.add(
            switch (quantity) {
              case TEXT -> "text " + i;
              case TIME -> FROM.plusSeconds(i * 4321L);
              default -> i == 3 ? null : BigDecimal.valueOf(1234567, 2).scaleByPowerOfTen(i - 1);
            });
      }
      rows.add(row);
    }
    return new Section(
        "wide",
        "Many columns",
        List.of(),
        new Table("wide", columns, rows, null, 9),
        List.of(),
        false);
  }
}

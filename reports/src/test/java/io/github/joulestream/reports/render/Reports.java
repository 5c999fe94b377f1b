// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Factor;
import io.github.joulestream.reports.model.Meta;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.model.Tile;
import io.github.joulestream.runtime.HostileTexts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Reports of a seed, with texts that nobody would choose, and their renderings. */
final class Reports {
  static final List<String> HOSTILE = new ArrayList<>(HostileTexts.all());

  static {
    HOSTILE.addAll(
        List.of("", "\u202Eabc\u05D0\u05D1\u0627\u0644", "x".repeat(10_000), " spaces "));
  }

  private static final List<Quantity> QUANTITIES = List.of(Quantity.values());
  private static final List<Quantity> AMOUNTS =
      QUANTITIES.stream()
          .filter(quantity -> quantity != Quantity.TEXT && quantity != Quantity.TIME)
          .toList();

  private static final ZoneId[] ZONES = {
    ZoneId.of("Europe/Berlin"),
    ZoneId.of("Asia/Kolkata"),
    ZoneId.of("America/New_York"),
    ZoneId.of("UTC")
  };

  private final Random random;

  private Reports(long seed) {
    random = new Random(seed);
  }

  /** The report of a seed. */
  static Report of(long seed) {
    return new Reports(seed).report();
  }

  static byte[] bytes(Renderer renderer, Report report) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    renderer.render(report, out);
    return out.toByteArray();
  }

  static String text(Renderer renderer, Report report) throws IOException {
    return new String(bytes(renderer, report), StandardCharsets.UTF_8);
  }

  private String words() {
    return HOSTILE.get(random.nextInt(HOSTILE.size()));
  }

  private @Nullable BigDecimal number() {
    return switch (random.nextInt(8)) {
      case 0 -> null;
      case 1 -> BigDecimal.ZERO;
      case 2 -> BigDecimal.valueOf(random.nextLong());
      case 3 -> new BigDecimal(new BigInteger(90, random), random.nextInt(20));
      case 4 -> BigDecimal.valueOf(-random.nextInt(100_000), 3);
      case 5 -> BigDecimal.valueOf(random.nextInt(100)).scaleByPowerOfTen(random.nextInt(25));
      default -> BigDecimal.valueOf(random.nextInt(10_000_000), random.nextInt(9));
    };
  }

  private Report report() {
    List<Tile> tiles = new ArrayList<>();
    for (int i = random.nextInt(7); i > 0; i--) {
      tiles.add(tile(i));
    }
    List<Section> sections = new ArrayList<>();
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      sections.add(section(i, i < count / 2));
    }
    return new Report(meta(), words(), tiles, sections);
  }

  private Meta meta() {
    Instant from = Instant.ofEpochSecond(1_700_000_000L + 900L * random.nextInt(100_000));
    List<Factor> factors = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      factors.add(new Factor(words(), words(), words(), words()));
    }
    List<String> sites = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      sites.add(words());
      notes.add(words());
    }
    return new Meta(
        "director",
        words(),
        sites,
        words(),
        words(),
        from,
        from.plusSeconds(900L * random.nextInt(100_000)),
        ZONES[random.nextInt(ZONES.length)],
        from.plusSeconds(90_000_000L + random.nextInt(1000)).plusMillis(random.nextInt(1000)),
        random.nextBoolean(),
        number(),
        random.nextBoolean() ? "EUR" : "",
        new BigInteger(70, random).negate(),
        factors,
        notes,
        words());
  }

  private Tile tile(int number) {
    List<@Nullable BigDecimal> trend = new ArrayList<>();
    for (int i = random.nextInt(14); i > 0; i--) {
      trend.add(number());
    }
    Quantity quantity = AMOUNTS.get(random.nextInt(AMOUNTS.size()));
    return new Tile(
        "tile_" + number, words(), quantity, words(), number(), number(), number(), trend, words());
  }

  private Section section(int number, boolean first) {
    List<String> sentences = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      sentences.add(words());
    }
    if (random.nextInt(6) == 0) {
      return new Section("s" + number, words(), sentences, null, List.of(), first);
    }
    List<Column> columns = new ArrayList<>();
    int width = 2 + random.nextInt(9);
    for (int i = 0; i < width; i++) {
      Quantity quantity = QUANTITIES.get(random.nextInt(QUANTITIES.size()));
      columns.add(
          new Column(
              "c" + i, words(), quantity, quantity == Quantity.NUMBER ? words() : "", words()));
    }
    int[] sizes = {0, 1, 2, 7, 30};
    int size = sizes[random.nextInt(sizes.length)];
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      rows.add(row(columns));
    }
    Table table =
        new Table(
            "t" + number,
            columns,
            rows,
            random.nextBoolean() ? row(columns) : null,
            random.nextBoolean() ? Table.ALL_ROWS : random.nextInt(10));
    return new Section("s" + number, words(), sentences, table, charts(columns), first);
  }

  private List<@Nullable Object> row(List<Column> columns) {
    List<@Nullable Object> row = new ArrayList<>();
    for (Column column : columns) {
      row.add(
          switch (column.quantity()) {
            case TEXT -> random.nextInt(8) == 0 ? null : words();
            case TIME ->
                random.nextInt(8) == 0
                    ? null
                    : Instant.ofEpochSecond(1_700_000_000L + random.nextInt(50_000_000));
            default -> number();
          });
    }
    return row;
  }

  private List<Chart> charts(List<Column> columns) {
    List<String> numbers = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (Column column : columns) {
      if (column.quantity() == Quantity.TEXT) {
        texts.add(column.name());
      } else if (column.quantity() != Quantity.TIME) {
        numbers.add(column.name());
      }
    }
    if (numbers.isEmpty()) {
      return List.of();
    }
    List<Chart> charts = new ArrayList<>();
    for (Chart.Form form : Chart.Form.values()) {
      List<Chart.Series> series = new ArrayList<>();
      Collections.shuffle(numbers, random);
      for (String column : numbers.subList(0, 1 + random.nextInt(numbers.size()))) {
        Chart.Role[] roles = Chart.Role.values();
        series.add(new Chart.Series(column, roles[random.nextInt(roles.length)]));
      }
      charts.add(
          new Chart(
              form,
              words(),
              columns.get(random.nextInt(columns.size())).name(),
              series,
              texts.isEmpty() || random.nextBoolean() ? "" : texts.getFirst()));
    }
    return charts;
  }
}

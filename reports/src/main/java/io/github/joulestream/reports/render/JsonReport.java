// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Factor;
import io.github.joulestream.reports.model.Meta;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.model.Tile;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what {@link JsonRenderer} wrote, as to compare it with the same report made later. */
public final class JsonReport {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNumberLength(400).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private JsonReport() {}

  /**
   * Reads a report; does not close the stream.
   *
   * @throws IOException it is no JSON, no report, or of another version of the form
   */
  public static Report read(InputStream in) throws IOException {
    try (JsonParser json = MAPPER.getFactory().createParser(in)) {
      json.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
      return report(json);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException("not a report of this version: " + e.getMessage(), e);
    }
  }

  private static Report report(JsonParser json) throws IOException {
    Meta meta = null;
    String headline = "";
    List<Tile> tiles = new ArrayList<>();
    List<Section> sections = new ArrayList<>();
    expect(json, JsonToken.START_OBJECT, json.nextToken());
    for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
      json.nextToken();
      switch (field) {
        case "meta" -> meta = meta(json.readValueAsTree());
        case "headline" -> headline = json.getText();
        case "tiles" -> {
          JsonNode all = json.readValueAsTree();
          all.forEach(tile -> tiles.add(tile(tile)));
        }
        case "sections" -> {
          expect(json, JsonToken.START_ARRAY, json.currentToken());
          while (json.nextToken() == JsonToken.START_OBJECT) {
            sections.add(section(json));
          }
        }
        default -> json.skipChildren();
      }
    }
    if (meta == null) {
      throw new IOException("not a report: it has no meta");
    }
    return new Report(meta, headline, tiles, sections);
  }

  private static void expect(JsonParser json, JsonToken expected, @Nullable JsonToken token)
      throws IOException {
    if (token != expected) {
      throw new IOException(
          "not a report: %s at %s".formatted(token, json.currentLocation().offsetDescription()));
    }
  }

  private static Meta meta(JsonNode meta) {
    int version = meta.path("schema_version").asInt();
    if (version != Meta.SCHEMA_VERSION) {
      throw new IllegalArgumentException(
          "schema_version %d, not %d".formatted(version, Meta.SCHEMA_VERSION));
    }
    List<Factor> factors = new ArrayList<>();
    for (JsonNode factor : need(meta, "factors")) {
      factors.add(
          new Factor(
              text(factor, "name"),
              text(factor, "value"),
              text(factor, "source"),
              text(factor, "quality")));
    }
    return new Meta(
        text(meta, "kind"),
        text(meta, "title"),
        texts(meta, "sites"),
        text(meta, "scope"),
        text(meta, "period"),
        Instant.parse(text(meta, "from")),
        Instant.parse(text(meta, "to")),
        ZoneId.of(text(meta, "time_zone")),
        Instant.parse(text(meta, "as_of")),
        need(meta, "complete").asBoolean(),
        number(need(meta, "coverage_ratio")),
        text(meta, "currency"),
        need(meta, "difference_millijoules").bigIntegerValue(),
        factors,
        texts(meta, "notes"),
        text(meta, "version"));
  }

  private static Tile tile(JsonNode tile) {
    Quantity quantity = quantity(tile);
    List<@Nullable BigDecimal> trend = new ArrayList<>();
    for (JsonNode value : need(tile, "trend")) {
      trend.add(number(value));
    }
    return new Tile(
        text(tile, "name"),
        text(tile, "title"),
        quantity,
        text(tile, "unit"),
        number(need(tile, Names.tile(quantity))),
        number(need(tile, "change_from_before_ratio")),
        number(need(tile, "change_from_year_before_ratio")),
        trend,
        text(tile, "note"));
  }

  private static Section section(JsonParser json) throws IOException {
    String name = "";
    String title = "";
    List<String> sentences = List.of();
    Table table = null;
    List<Chart> charts = new ArrayList<>();
    boolean onFirstPage = false;
    for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
      JsonToken token = json.nextToken();
      switch (field) {
        case "name" -> name = json.getText();
        case "title" -> title = json.getText();
        case "sentences" -> sentences = texts(json.readValueAsTree());
        case "on_first_page" -> onFirstPage = json.getBooleanValue();
        case "table" -> table = token == JsonToken.VALUE_NULL ? null : table(json);
        case "charts" -> {
          JsonNode all = json.readValueAsTree();
          all.forEach(chart -> charts.add(chart(chart)));
        }
        default -> json.skipChildren();
      }
    }
    return new Section(name, title, sentences, table, charts, onFirstPage);
  }

  private static Table table(JsonParser json) throws IOException {
    String name = "";
    int shownRows = Table.ALL_ROWS;
    List<Column> columns = new ArrayList<>();
    Map<String, Integer> positions = new HashMap<>();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    List<@Nullable Object> totals = null;
    expect(json, JsonToken.START_OBJECT, json.currentToken());
    for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
      JsonToken token = json.nextToken();
      switch (field) {
        case "name" -> name = json.getText();
        case "shown_rows" ->
            shownRows = token == JsonToken.VALUE_NULL ? Table.ALL_ROWS : json.getIntValue();
        case "columns" -> {
          JsonNode all = json.readValueAsTree();
          for (JsonNode column : all) {
            positions.put(text(column, "key"), columns.size());
            columns.add(column(column));
          }
        }
        case "rows" -> {
          while (json.nextToken() == JsonToken.START_OBJECT) {
            rows.add(row(json, columns, positions));
          }
        }
        case "totals" ->
            totals = token == JsonToken.VALUE_NULL ? null : row(json, columns, positions);
        default -> json.skipChildren();
      }
    }
    return new Table(name, columns, rows, totals, shownRows);
  }

  private static List<@Nullable Object> row(
      JsonParser json, List<Column> columns, Map<String, Integer> positions) throws IOException {
    @Nullable Object[] row = new Object[columns.size()];
    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
      Integer position = positions.get(key);
      if (position == null) {
        throw new IOException("not a report: no column has the key " + key);
      }
      boolean known = json.nextToken() != JsonToken.VALUE_NULL;
      row[position] =
          !known
              ? null
              : switch (columns.get(position).quantity()) {
                case TEXT -> json.getText();
                case TIME -> Instant.parse(json.getText());
                default -> json.getDecimalValue();
              };
    }
    return new ArrayList<@Nullable Object>(java.util.Arrays.asList(row));
  }

  private static Column column(JsonNode column) {
    return new Column(
        text(column, "name"),
        text(column, "title"),
        quantity(column),
        text(column, "unit"),
        text(column, "meaning"));
  }

  private static Chart chart(JsonNode chart) {
    List<Chart.Series> series = new ArrayList<>();
    for (JsonNode one : need(chart, "series")) {
      series.add(
          new Chart.Series(
              text(one, "column"), Chart.Role.valueOf(text(one, "role").toUpperCase(Locale.ROOT))));
    }
    return new Chart(
        Chart.Form.valueOf(text(chart, "form").toUpperCase(Locale.ROOT)),
        text(chart, "title"),
        text(chart, "x"),
        series,
        text(chart, "shape"));
  }

  private static Quantity quantity(JsonNode node) {
    return Quantity.valueOf(text(node, "quantity").toUpperCase(Locale.ROOT));
  }

  private static JsonNode need(JsonNode node, String name) {
    JsonNode value = node.get(name);
    if (value == null) {
      throw new IllegalArgumentException("%s is missing".formatted(name));
    }
    return value;
  }

  private static String text(JsonNode node, String name) {
    return need(node, name).asText();
  }

  private static List<String> texts(JsonNode node, String name) {
    return texts(need(node, name));
  }

  private static List<String> texts(JsonNode node) {
    List<String> texts = new ArrayList<>();
    node.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static @Nullable BigDecimal number(JsonNode node) {
    return node.isNull() ? null : node.decimalValue();
  }
}

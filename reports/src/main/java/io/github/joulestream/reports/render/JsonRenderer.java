// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Factor;
import io.github.joulestream.reports.model.Meta;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.model.Tile;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The data of a report as JSON: docs/report.schema.json describes it. Numbers have all their digits
 * and no exponent; null is what is not known. Times are UTC. {@link JsonReport} reads it.
 */
public final class JsonRenderer implements Renderer {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .build();

  @Override
  public void render(Report report, OutputStream out) throws IOException {
    try (JsonGenerator json = FACTORY.createGenerator(out, JsonEncoding.UTF8)) {
      DefaultIndenter lines = new DefaultIndenter("  ", "\n");
      json.setPrettyPrinter(
          new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines));
      json.writeStartObject();
      json.writeFieldName("meta");
      meta(json, report.meta());
      text(json, "headline", report.headline());
      json.writeArrayFieldStart("tiles");
      for (Tile tile : report.tiles()) {
        tile(json, tile);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("sections");
      for (Section section : report.sections()) {
        section(json, section);
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  private static void meta(JsonGenerator json, Meta meta) throws IOException {
    json.writeStartObject();
    json.writeNumberField("schema_version", Meta.SCHEMA_VERSION);
    text(json, "kind", meta.kind());
    text(json, "title", meta.title());
    texts(json, "sites", meta.sites());
    text(json, "scope", meta.scope());
    text(json, "period", meta.period());
    text(json, "from", meta.from().toString());
    text(json, "to", meta.to().toString());
    text(json, "time_zone", meta.zone().getId());
    text(json, "offset", meta.zone().getRules().getOffset(meta.from()).getId());
    text(json, "as_of", meta.asOf().toString());
    json.writeBooleanField("complete", meta.complete());
    number(json, "coverage_ratio", meta.coverage());
    text(json, "currency", meta.currency());
    json.writeFieldName("difference_millijoules");
    json.writeNumber(meta.differenceMillijoules());
    json.writeArrayFieldStart("factors");
    for (Factor factor : meta.factors()) {
      json.writeStartObject();
      text(json, "name", factor.name());
      text(json, "value", factor.value());
      text(json, "source", factor.source());
      text(json, "quality", factor.quality());
      json.writeEndObject();
    }
    json.writeEndArray();
    texts(json, "notes", meta.notes());
    text(json, "version", meta.version());
    json.writeEndObject();
  }

  private static void tile(JsonGenerator json, Tile tile) throws IOException {
    json.writeStartObject();
    text(json, "name", tile.name());
    text(json, "title", tile.title());
    text(json, "quantity", tile.quantity().name().toLowerCase(Locale.ROOT));
    text(json, "unit", tile.unit());
    number(json, Names.tile(tile.quantity()), tile.value());
    number(json, "change_from_before_ratio", tile.changeFromBefore());
    number(json, "change_from_year_before_ratio", tile.changeFromYearBefore());
    json.writeArrayFieldStart("trend");
    for (BigDecimal value : tile.trend()) {
      number(json, value);
    }
    json.writeEndArray();
    text(json, "note", tile.note());
    json.writeEndObject();
  }

  private static void section(JsonGenerator json, Section section) throws IOException {
    json.writeStartObject();
    text(json, "name", section.name());
    text(json, "title", section.title());
    texts(json, "sentences", section.sentences());
    json.writeBooleanField("on_first_page", section.onFirstPage());
    json.writeFieldName("table");
    if (section.table() == null) {
      json.writeNull();
    } else {
      table(json, section.table());
    }
    json.writeArrayFieldStart("charts");
    for (Chart chart : section.charts()) {
      chart(json, chart);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void table(JsonGenerator json, Table table) throws IOException {
    List<String> keys = Names.json(table.columns());
    json.writeStartObject();
    text(json, "name", table.name());
    json.writeFieldName("shown_rows");
    if (table.shownRows() == Table.ALL_ROWS) {
      json.writeNull();
    } else {
      json.writeNumber(table.shownRows());
    }
    json.writeArrayFieldStart("columns");
    for (int i = 0; i < keys.size(); i++) {
      Column column = table.columns().get(i);
      json.writeStartObject();
      text(json, "key", keys.get(i));
      text(json, "name", column.name());
      text(json, "title", column.title());
      text(json, "quantity", column.quantity().name().toLowerCase(Locale.ROOT));
      text(json, "unit", column.unit());
      text(json, "meaning", column.meaning());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("rows");
    for (List<@Nullable Object> row : table.rows()) {
      row(json, keys, row);
    }
    json.writeEndArray();
    json.writeFieldName("totals");
    if (table.totals() == null) {
      json.writeNull();
    } else {
      row(json, keys, table.totals());
    }
    json.writeEndObject();
  }

  private static void row(JsonGenerator json, List<String> keys, List<@Nullable Object> row)
      throws IOException {
    json.writeStartObject();
    for (int i = 0; i < keys.size(); i++) {
      json.writeFieldName(keys.get(i));
      switch (row.get(i)) {
        case null -> json.writeNull();
        case BigDecimal number -> json.writeNumber(number);
        case Instant time -> json.writeString(time.toString());
        case Object other -> json.writeString(Texts.encodable(other.toString()));
      }
    }
    json.writeEndObject();
  }

  private static void chart(JsonGenerator json, Chart chart) throws IOException {
    json.writeStartObject();
    text(json, "form", chart.form().name().toLowerCase(Locale.ROOT));
    text(json, "title", chart.title());
    text(json, "x", chart.x());
    json.writeArrayFieldStart("series");
    for (Chart.Series series : chart.series()) {
      json.writeStartObject();
      text(json, "column", series.column());
      text(json, "role", series.role().name().toLowerCase(Locale.ROOT));
      json.writeEndObject();
    }
    json.writeEndArray();
    text(json, "shape", chart.shape());
    json.writeEndObject();
  }

  private static void text(JsonGenerator json, String name, String text) throws IOException {
    json.writeStringField(name, Texts.encodable(text));
  }

  private static void texts(JsonGenerator json, String name, List<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(Texts.encodable(text));
    }
    json.writeEndArray();
  }

  private static void number(JsonGenerator json, String name, @Nullable BigDecimal number)
      throws IOException {
    json.writeFieldName(name);
    number(json, number);
  }

  private static void number(JsonGenerator json, @Nullable BigDecimal number) throws IOException {
    if (number == null) {
      json.writeNull();
    } else {
      json.writeNumber(number);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.joulestream.store.history.HistoryRow;
import io.github.joulestream.store.history.StreamedJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The body of an answer to InfluxQL in chunks: one document of JSON after the other. An error in
 * any of them ends it; so does an end after a part that announces more.
 */
final class InfluxQlAnswer {
  private final JsonParser json;
  private final Consumer<HistoryRow> rows;
  private final HistoryRow row = new HistoryRow();
  private boolean more;

  private InfluxQlAnswer(JsonParser json, Consumer<HistoryRow> rows) {
    this.json = json;
    this.rows = rows;
  }

  /** Passes all rows on. */
  static void read(JsonParser json, Consumer<HistoryRow> rows) throws IOException {
    InfluxQlAnswer answer = new InfluxQlAnswer(json, rows);
    boolean some = false;
    for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
      if (token != JsonToken.START_OBJECT) {
        throw new IOException("its answer has a " + token + " in place of a document");
      }
      some = true;
      answer.document();
    }
    if (!some || answer.more) {
      throw new IOException("it ended an answer in its middle");
    }
  }

  private void document() throws IOException {
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      switch (name) {
        case "results" -> objects(this::result);
        case "error" -> refuse();
        default -> skip();
      }
    }
    end();
  }

  private void result() throws IOException {
    more = false;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      switch (name) {
        case "series" -> objects(this::series);
        case "partial" -> more = json.nextToken() == JsonToken.VALUE_TRUE;
        case "error" -> refuse();
        default -> skip();
      }
    }
    end();
  }

  private void series() throws IOException {
    Map<String, String> tags = Map.of();
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      switch (name) {
        case "tags" -> tags = tags();
        case "columns" -> row.header(columns(), tags);
        case "values" -> {
          StreamedJson.expect(json, JsonToken.START_ARRAY);
          while (json.nextToken() == JsonToken.START_ARRAY) {
            row.read(json);
            rows.accept(row);
          }
        }
        default -> skip();
      }
    }
    end();
  }

  private Map<String, String> tags() throws IOException {
    Map<String, String> tags = new LinkedHashMap<>();
    StreamedJson.expect(json, JsonToken.START_OBJECT);
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      String value = json.nextTextValue();
      tags.put(name, value == null ? "" : value);
    }
    end();
    return tags;
  }

  private List<String> columns() throws IOException {
    List<String> columns = new ArrayList<>();
    StreamedJson.expect(json, JsonToken.START_ARRAY);
    for (String column = json.nextTextValue(); column != null; column = json.nextTextValue()) {
      columns.add(column);
    }
    return columns;
  }

  /** What an element of an array is read by. */
  @FunctionalInterface
  private interface Part {
    void read() throws IOException;
  }

  private void objects(Part part) throws IOException {
    StreamedJson.expect(json, JsonToken.START_ARRAY);
    while (json.nextToken() == JsonToken.START_OBJECT) {
      part.read();
    }
  }

  private void end() throws IOException {
    if (json.currentToken() != JsonToken.END_OBJECT) {
      throw new IOException("it ended an answer in its middle");
    }
  }

  private void skip() throws IOException {
    json.nextToken();
    json.skipChildren();
  }

  private void refuse() throws IOException {
    throw new InfluxQl.QueryRefused(String.valueOf(json.nextTextValue()));
  }
}

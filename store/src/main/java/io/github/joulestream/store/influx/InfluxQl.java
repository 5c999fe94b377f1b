// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.store.ResultRow;
import io.github.joulestream.store.history.HistoryRow;
import io.github.joulestream.store.history.ReadLimits;
import io.github.joulestream.store.history.StreamedJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** InfluxQL over {@code /query}, which 1.x, 2.x and 3.x have in common. */
public final class InfluxQl {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CHUNK_ROWS = 5_000;
  private static final int MAX_REFUSAL = 1 << 20;

  private final InfluxAddress address;
  private final InfluxHttp http;

  InfluxQl(InfluxAddress address, InfluxHttp http) {
    this.address = address;
    this.http = http;
  }

  InfluxAddress address() {
    return address;
  }

  /** The server refuses this query. */
  public static final class QueryRefused extends IOException {
    private static final long serialVersionUID = 1;

    QueryRefused(String message) {
      super(message);
    }
  }

  /** A row, by column; tags that were grouped by are columns too. */
  public record Row(JsonNode tags, Map<String, Integer> columns, JsonNode values)
      implements ResultRow {
    @Override
    public long number(String column) {
      return value(column).asLong();
    }

    @Override
    public double real(String column) {
      return value(column).asDouble();
    }

    @Override
    public String text(String column) {
      return value(column).asText("");
    }

    boolean isNull(String column) {
      return value(column).isNull();
    }

    private JsonNode value(String column) {
      Integer index = columns.get(column);
      if (index != null) {
        return values.path(index);
      }
      // a field that was not written yet is no column
      return tags.path(column);
    }
  }

  /**
   * Queries, and passes the rows on as they arrive; times are in ns.
   *
   * @throws InfluxApi.Denied if the server denies it
   * @throws QueryRefused if it does not answer this
   */
  public void query(String database, String query, Consumer<Row> rows) throws IOException {
    HttpResponse<InputStream> response = http.stream("/query", parameters(database, query));
    try (InputStream body = accepted(response);
        MappingIterator<JsonNode> chunks = JSON.readerFor(JsonNode.class).readValues(body)) {
      while (chunks.hasNextValue()) {
        chunk(chunks.nextValue(), rows);
      }
    }
  }

  /**
   * As {@link #query}, for answers of any length: only a pause ends it, and one object has the
   * values of each row in turn.
   */
  public void stream(String database, String query, ReadLimits limits, Consumer<HistoryRow> rows)
      throws IOException {
    HttpResponse<InputStream> response =
        http.longStream("/query", parameters(database, query), limits);
    try (InputStream body = accepted(response);
        JsonParser json = StreamedJson.parser(body)) {
      InfluxQlAnswer.read(json, rows);
    } catch (JsonProcessingException e) {
      throw StreamedJson.why(e);
    }
  }

  private static Map<String, String> parameters(String database, String query) {
    return Map.of(
        "db",
        database,
        "q",
        query,
        "epoch",
        "ns",
        "chunked",
        "true",
        "chunk_size",
        Integer.toString(CHUNK_ROWS));
  }

  /** The body of an answer with rows. */
  private static InputStream accepted(HttpResponse<InputStream> response) throws IOException {
    if (response.statusCode() / 100 == 2) {
      return response.body();
    }
    try (InputStream body = response.body()) {
      InfluxAnswer answer =
          new InfluxAnswer(
              response.statusCode(), new String(body.readNBytes(MAX_REFUSAL), UTF_8), 0);
      if (answer.denied()) {
        throw new InfluxApi.Denied(answer);
      }
      throw new QueryRefused("answers %s".formatted(answer));
    }
  }

  private static void chunk(JsonNode chunk, Consumer<Row> rows) throws QueryRefused {
    refuse(chunk.get("error"));
    for (JsonNode result : chunk.path("results")) {
      refuse(result.get("error"));
      for (JsonNode series : result.path("series")) {
        Map<String, Integer> columns = new HashMap<>();
        for (JsonNode column : series.path("columns")) {
          columns.put(column.asText(), columns.size());
        }
        for (JsonNode values : series.path("values")) {
          rows.accept(new Row(series.path("tags"), columns, values));
        }
      }
    }
  }

  private static void refuse(@Nullable JsonNode error) throws QueryRefused {
    if (error != null) {
      throw new QueryRefused(error.asText());
    }
  }
}

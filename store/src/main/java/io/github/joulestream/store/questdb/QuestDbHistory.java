// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.questdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.runtime.HttpEndpoint;
import io.github.joulestream.runtime.StreamedBody;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StoreText;
import io.github.joulestream.store.history.HistoryRow;
import io.github.joulestream.store.history.HistoryStore;
import io.github.joulestream.store.history.ReadLimits;
import io.github.joulestream.store.history.Selection;
import io.github.joulestream.store.history.StreamedJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** History out of a QuestDB by SQL over HTTP, embedded or elsewhere. */
public final class QuestDbHistory implements HistoryStore {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NO_TABLE = "table does not exist";

  private final HttpEndpoint endpoint;
  private final Map<Measurement, Set<String>> columns = new ConcurrentHashMap<>();
  private final ReadLimits limits;

  /** Connects with the first query. */
  public QuestDbHistory(URI url, ReadLimits limits) {
    endpoint = new HttpEndpoint(url, HttpEndpoint.Limits.DEFAULT);
    this.limits = limits;
  }

  /** The store does not answer a query, and why. */
  private static final class Refused extends IOException {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  @Override
  public void read(Selection selection, Consumer<HistoryRow> rows) {
    if (columnsOf(selection.measurement()).isEmpty()) {
      return;
    }
    query(sql(selection), rows);
  }

  /** It works on each with all the processors that it may use. */
  @Override
  public int requestsAtOnce() {
    return 1;
  }

  /** What a table of an older release lacks is left out: rows do not have it. */
  private String sql(Selection selection) {
    Set<String> known = columnsOf(selection.measurement());
    boolean sums = selection.sums() != Selection.Sums.NONE;
    List<String> select = new ArrayList<>();
    for (String tag : selection.tags()) {
      select.add(quoted(tag));
    }
    switch (selection.sums()) {
      case NONE -> select.add("cast(timestamp AS LONG) AS " + Selection.TIME);
      case BY_TAGS_AND_STEPS ->
          select.add(
              "cast(timestamp_floor('%s', timestamp) AS LONG) AS %s"
                  .formatted(Windows.name(selection.stepMillis()), Selection.TIME));
      case BY_TAGS -> {}
    }
    for (String field : selection.fields()) {
      if (known.contains(field)) {
        select.add(sums ? "sum(%1$s) AS %1$s".formatted(quoted(field)) : quoted(field));
      }
    }
    String sql =
        "SELECT %s FROM %s WHERE %s"
            .formatted(
                String.join(", ", select),
                selection.measurement().measurementName(),
                condition(selection, known));
    return selection.mostRows() == 0 ? sql : sql + " LIMIT " + selection.mostRows();
  }

  private static String condition(Selection selection, Set<String> known) {
    List<String> conditions = new ArrayList<>();
    conditions.add(QuestDbReader.within(selection.range().from(), selection.range().to()));
    if (!selection.window().isEmpty()) {
      conditions.add("%s = %s".formatted(Measurement.WINDOW, literal(selection.window())));
    }
    selection.names().forEach((tag, names) -> conditions.add(oneOf(tag, names)));
    if (!selection.condition().isEmpty()) {
      conditions.add("(" + selection.condition() + ")");
    }
    if (!selection.texts().isEmpty()) {
      conditions.add(anyOf(selection.texts(), known));
    }
    return String.join(" AND ", conditions);
  }

  /** False where the table has none of these columns, as no row has such a text. */
  private static String anyOf(Map<String, Set<String>> texts, Set<String> known) {
    List<String> either = new ArrayList<>();
    texts.forEach((field, of) -> {
      if (!of.isEmpty() && known.contains(field)) {
        either.add(oneOf(field, of));
      }
    });
    return either.isEmpty() ? "false" : "(" + String.join(" OR ", either) + ")";
  }

  /** Of a tag, or a field of text: an empty text is absent in both. */
  private static String oneOf(String tag, Set<String> names) {
    List<String> literals =
        names.stream()
            .filter(name -> !name.isEmpty())
            .sorted()
            .map(QuestDbHistory::literal)
            .toList();
    List<String> either = new ArrayList<>();
    if (!literals.isEmpty()) {
      either.add("%s IN (%s)".formatted(quoted(tag), String.join(", ", literals)));
    }
    if (names.contains("")) {
      either.add(quoted(tag) + " IS NULL");
    }
    return "(" + String.join(" OR ", either) + ")";
  }

  /**
   * A text as SQL: a quote is doubled, and nothing else has a meaning in it. What no store holds,
   * as a line break, is not in it either.
   */
  static String literal(String text) {
    return "'" + StoreText.field(text).replace("'", "''") + "'";
  }

  /** Of names of the catalogue. */
  private static String quoted(String name) {
    return '"' + name + '"';
  }

  @Override
  public SortedSet<String> sites(Measurement measurement) {
    SortedSet<String> sites = new TreeSet<>();
    if (!columnsOf(measurement).isEmpty()) {
      query(
          "SELECT DISTINCT site FROM " + measurement.measurementName(),
          row -> sites.add(row.text("site")));
      sites.remove("");
    }
    return sites;
  }

  @Override
  public OptionalLong firstMillis(Selection of) {
    if (columnsOf(of.measurement()).isEmpty()) {
      return OptionalLong.empty();
    }
    List<Long> first = new ArrayList<>();
    query(
        "SELECT cast(min(timestamp) AS LONG) AS %s FROM %s WHERE %s"
            .formatted(
                Selection.TIME,
                of.measurement().measurementName(),
                condition(of, columnsOf(of.measurement()))),
        row -> {
          if (row.has(Selection.TIME)) {
            first.add(Math.floorDiv(row.number(Selection.TIME), 1_000_000));
          }
        });
    return first.stream().mapToLong(Long::longValue).min();
  }

  /** Of the table of a measurement; none if there is no table. */
  private Set<String> columnsOf(Measurement measurement) {
    Set<String> known = columns.get(measurement);
    if (known == null) {
      Set<String> found = new HashSet<>();
      try {
        ask(
            "SELECT \"column\" FROM table_columns(%s)"
                .formatted(literal(measurement.measurementName())),
            row -> found.add(row.text("column")));
      } catch (Refused e) {
        if (!String.valueOf(e.getMessage()).contains(NO_TABLE)) {
          throw unreadable(e);
        }
      } catch (IOException e) {
        throw unreadable(e);
      }
      // a table that is not there may be made while this reads
      if (!found.isEmpty()) {
        columns.put(measurement, found);
      }
      known = found;
    }
    return known;
  }

  private void query(String sql, Consumer<HistoryRow> rows) {
    try {
      ask(sql, rows);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private UncheckedIOException unreadable(IOException e) {
    return new UncheckedIOException(
        "the store at %s cannot be read: %s".formatted(endpoint.url(), e.getMessage()), e);
  }

  private void ask(String sql, Consumer<HistoryRow> rows) throws IOException {
    HttpResponse<InputStream> response =
        endpoint.send(
            endpoint.request("/exec", Map.of("query", sql)).GET().build(),
            StreamedBody.of(limits.pause()),
            limits.silence());
    try (InputStream body = response.body()) {
      int status = response.statusCode();
      if (status == 401 || status == 403) {
        throw new IOException(
            "it denies access (%d) -> give user and password in its address, as http://user:password@host:9000"
                .formatted(status));
      }
      if (status != 200) {
        throw refusal(status, new String(body.readNBytes(StreamedJson.MOST_OF_REFUSAL), UTF_8));
      }
      try (JsonParser json = StreamedJson.parser(body)) {
        answer(json, rows);
      } catch (JsonProcessingException e) {
        throw StreamedJson.why(e);
      }
    }
  }

  private static Refused refusal(int status, String body) {
    String error;
    try {
      JsonNode answer = JSON.readTree(body);
      error = answer == null ? "" : answer.path("error").asText("");
    } catch (IOException e) {
      error = "";
    }
    return new Refused("it answers %d: %s".formatted(status, error.isEmpty() ? body : error));
  }

  /** Complete only with the number of its rows, which comes last. */
  private static void answer(JsonParser json, Consumer<HistoryRow> rows) throws IOException {
    HistoryRow row = new HistoryRow();
    long read = 0;
    long count = -1;
    StreamedJson.expect(json, JsonToken.START_OBJECT);
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      switch (name) {
        case "columns" -> row.header(columns(json), Map.of());
        case "dataset" -> {
          StreamedJson.expect(json, JsonToken.START_ARRAY);
          while (json.nextToken() == JsonToken.START_ARRAY) {
            row.read(json);
            read++;
            rows.accept(row);
          }
        }
        case "count" -> count = json.nextLongValue(-1);
        case "error" -> throw new Refused("it ends an answer with: " + json.nextTextValue());
        default -> {
          json.nextToken();
          json.skipChildren();
        }
      }
    }
    if (json.currentToken() != JsonToken.END_OBJECT || count != read) {
      throw new IOException("it ended an answer in its middle, after %,d rows".formatted(read));
    }
  }

  private static List<String> columns(JsonParser json) throws IOException {
    List<String> names = new ArrayList<>();
    StreamedJson.expect(json, JsonToken.START_ARRAY);
    while (json.nextToken() == JsonToken.START_OBJECT) {
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        if (name.equals("name")) {
          names.add(json.nextTextValue());
        } else {
          json.nextToken();
          json.skipChildren();
        }
      }
    }
    return names;
  }

  @Override
  public void close() {
    endpoint.close();
  }
}

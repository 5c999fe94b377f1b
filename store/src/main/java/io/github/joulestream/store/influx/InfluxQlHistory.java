// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.catalogue.Retention;
import io.github.joulestream.store.StoreText;
import io.github.joulestream.store.history.HistoryRow;
import io.github.joulestream.store.history.HistoryStore;
import io.github.joulestream.store.history.ReadLimits;
import io.github.joulestream.store.history.Selection;
import io.github.joulestream.store.history.StepSums;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** History out of an InfluxDB by InfluxQL; a bucket is the database of its name. */
public final class InfluxQlHistory implements HistoryStore {
  private static final String NO_DATABASE = "database not found";

  private final InfluxApi api;
  private final Buckets buckets;
  private final ReadLimits limits;

  /** Closes the API when it is closed. */
  public InfluxQlHistory(InfluxApi api, Buckets buckets, ReadLimits limits) {
    this.api = api;
    this.buckets = buckets;
    this.limits = limits;
  }

  /**
   * Sums of steps are made here: for sums of n fields in steps InfluxDB 1 takes n times as long as
   * for one, and more than three times as long as to send the rows.
   */
  @Override
  public void read(Selection selection, Consumer<HistoryRow> rows) {
    List<String> fields = new ArrayList<>();
    for (String field : selection.fields()) {
      fields.add(
          selection.sums() == Selection.Sums.BY_TAGS
              ? "sum(%1$s) AS %1$s".formatted(quoted(field))
              : quoted(field));
    }
    String query = select(selection, String.join(", ", fields));
    if (selection.sums() == Selection.Sums.BY_TAGS_AND_STEPS) {
      StepSums sums = new StepSums(selection, rows);
      query(database(selection), query, sums);
      sums.end();
    } else {
      query(database(selection), query, rows);
    }
  }

  /** It works on each with one processor. */
  @Override
  public int requestsAtOnce() {
    return 2;
  }

  private static String select(Selection selection, String fields) {
    String query =
        "SELECT %s FROM %s WHERE %s GROUP BY %s"
            .formatted(
                fields,
                quoted(selection.measurement().measurementName()),
                condition(selection),
                String.join(", ", selection.tags().stream().map(InfluxQlHistory::quoted).toList()));
    // of points that are added up here all are needed
    return selection.mostRows() == 0 || selection.sums() == Selection.Sums.BY_TAGS_AND_STEPS
        ? query
        : query + " LIMIT " + selection.mostRows();
  }

  private static String condition(Selection selection) {
    List<String> conditions = new ArrayList<>();
    conditions.add(InfluxQlReader.within(selection.range().from(), selection.range().to()));
    if (!selection.window().isEmpty()) {
      conditions.add("%s = %s".formatted(quoted(Measurement.WINDOW), literal(selection.window())));
    }
    selection.names().forEach((tag, names) -> conditions.add(anyOf(Map.of(tag, names))));
    if (!selection.condition().isEmpty()) {
      conditions.add("(" + selection.condition() + ")");
    }
    if (!selection.texts().isEmpty()) {
      conditions.add(anyOf(selection.texts()));
    }
    return String.join(" AND ", conditions);
  }

  /** Any of these tags or fields of text has any of its texts; an empty tag is an absent one. */
  private static String anyOf(Map<String, Set<String>> texts) {
    return texts.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .flatMap(entry ->
            entry.getValue().stream()
                .sorted()
                .map(text -> "%s = %s".formatted(quoted(entry.getKey()), literal(text))))
        .collect(Collectors.joining(" OR ", "(", ")"));
  }

  /** Of names of the catalogue. */
  private static String quoted(String name) {
    return '"' + name + '"';
  }

  /**
   * A text as InfluxQL: a backslash makes what follows it literal. What no store holds, as a line
   * break, is not in it either.
   */
  static String literal(String text) {
    return "'" + StoreText.field(text).replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  private String database(Selection selection) {
    Retention retention = selection.measurement().retention(selection.window());
    return buckets.of(retention).name();
  }

  @Override
  public SortedSet<String> sites(Measurement measurement) {
    Set<String> databases = new LinkedHashSet<>();
    databases.add(buckets.of(measurement.retention("")).name());
    databases.add(buckets.of(measurement.retention("1h")).name());
    SortedSet<String> sites = new TreeSet<>();
    for (String database : databases) {
      query(
          database,
          "SHOW TAG VALUES FROM %s WITH KEY = \"site\""
              .formatted(quoted(measurement.measurementName())),
          row -> sites.add(row.text("value")));
    }
    return sites;
  }

  @Override
  public OptionalLong firstMillis(Selection of) {
    List<Long> first = new ArrayList<>();
    query(
        database(of),
        select(of, "first(%s)".formatted(quoted(of.fields().getFirst()))),
        row -> first.add(Math.floorDiv(row.number(Selection.TIME), 1_000_000)));
    return first.stream().mapToLong(Long::longValue).min();
  }

  private void query(String database, String query, Consumer<HistoryRow> rows) {
    try {
      api.influxQl().stream(database, query, limits, rows);
    } catch (InfluxApi.Denied e) {
      throw unreadable(
          new IOException(
              "%s -> give --store-token-file of a user who may read %s %s"
                  .formatted(e.getMessage(), api.bucketWord(), database),
              e));
    } catch (InfluxQl.QueryRefused e) {
      // a store that nobody has written to yet
      if (!String.valueOf(e.getMessage()).contains(NO_DATABASE)) {
        throw unreadable(e);
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private UncheckedIOException unreadable(IOException e) {
    return new UncheckedIOException(
        "the store at %s cannot be read: %s".formatted(api.address(), e.getMessage()), e);
  }

  @Override
  public void close() {
    api.close();
  }
}

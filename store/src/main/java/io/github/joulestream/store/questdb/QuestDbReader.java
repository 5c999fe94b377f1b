// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.questdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.runtime.HttpEndpoint;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.JobFragments;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.ResultRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads from a QuestDB by SQL over HTTP, embedded or elsewhere. */
public final class QuestDbReader implements ResultReader {
  // 100,000 jobs are about 70 MB
  private static final HttpEndpoint.Limits LIMITS =
      new HttpEndpoint.Limits(Duration.ofSeconds(30), Duration.ofMinutes(2), 512 << 20);
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final String NANOS_PER_MILLI = "000000L";

  private final HttpEndpoint endpoint;

  /** Connects with the first query. */
  public QuestDbReader(URI url) {
    endpoint = new HttpEndpoint(url, LIMITS);
  }

  /** A row, by column. */
  private record Row(Map<String, Integer> columns, JsonNode values) implements ResultRow {
    @Override
    public long number(String column) {
      return values.get(index(column)).asLong();
    }

    @Override
    public double real(String column) {
      return values.get(index(column)).asDouble();
    }

    @Override
    public String text(String column) {
      JsonNode value = values.get(index(column));
      return value.isNull() ? "" : value.asText();
    }

    boolean isNull(String column) {
      return values.get(index(column)).isNull();
    }

    private int index(String column) {
      Integer index = columns.get(column);
      if (index == null) {
        throw new IllegalArgumentException("no column " + column + " in " + columns.keySet());
      }
      return index;
    }
  }

  @Override
  public List<JobSummary> jobSummaries() {
    List<JobSummary> jobs = new ArrayList<>();
    for (Row row : query("SELECT * FROM " + Measurement.JOB_SUMMARY.measurementName())) {
      jobs.add(row.jobSummary());
    }
    return JobFragments.together(jobs);
  }

  @Override
  public SortedMap<String, Totals<SiteAmount>> ledger(long fromEpochMillis, long toEpochMillis) {
    String sums =
        Arrays.stream(SiteAmount.values())
            .map(Measurement::field)
            .map(field -> "sum(%s) %s".formatted(field, field))
            .collect(Collectors.joining(", "));
    SortedMap<String, Totals<SiteAmount>> sites = new TreeMap<>();
    String sql =
        "SELECT site, %s FROM %s WHERE window = '%s' AND %s GROUP BY site"
            .formatted(
                sums,
                Measurement.LEDGER.measurementName(),
                Windows.NAME,
                within(fromEpochMillis, toEpochMillis));
    for (Row row : query(sql)) {
      sites.put(row.text("site"), row.siteTotals());
    }
    return sites;
  }

  @Override
  public SortedMap<String, Long> newestWindows() {
    SortedMap<String, Long> newest = new TreeMap<>();
    String sql =
        "SELECT site, cast(max(timestamp) AS LONG) newest FROM %s WHERE window = '%s' GROUP BY site"
            .formatted(Measurement.LEDGER.measurementName(), Windows.NAME);
    for (Row row : query(sql)) {
      newest.put(row.text("site"), Math.floorDiv(row.number("newest"), 1_000_000));
    }
    return newest;
  }

  @Override
  public List<Unbalanced> unbalanced(long fromEpochMillis, long toEpochMillis) {
    List<Unbalanced> found = new ArrayList<>();
    String sql =
        "SELECT site, cast(timestamp AS LONG) nanos, difference_millijoules FROM %s"
                .formatted(Measurement.LEDGER.measurementName())
            + " WHERE difference_millijoules != 0 AND %s ORDER BY timestamp"
                .formatted(within(fromEpochMillis, toEpochMillis));
    for (Row row : query(sql)) {
      found.add(
          new Unbalanced(
              row.text("site"),
              Math.floorDiv(row.number("nanos"), 1_000_000),
              row.number("difference_millijoules")));
    }
    return found;
  }

  /** A condition on the time of a point. */
  static String within(long fromEpochMillis, long toEpochMillis) {
    return "timestamp >= %d%s AND timestamp < %d%s"
        .formatted(fromEpochMillis, NANOS_PER_MILLI, toEpochMillis, NANOS_PER_MILLI);
  }

  @Override
  public long jobEnergyMillijoules() {
    Row row =
        query(
                "SELECT sum(%s) energy FROM %s"
                    .formatted(
                        Measurement.field(JobAmount.TOTAL_MILLIJOULES),
                        Measurement.JOB_WINDOW.measurementName()))
            .getFirst();
    return row.isNull("energy") ? 0 : row.number("energy");
  }

  @Override
  public OptionalLong newestJobEnergyEpochMillis() {
    Row row =
        query(
                "SELECT cast(max(timestamp) AS LONG) newest FROM "
                    + Measurement.JOB_WINDOW.measurementName())
            .getFirst();
    return row.isNull("newest")
        ? OptionalLong.empty()
        : OptionalLong.of(Math.floorDiv(row.number("newest"), 1_000_000));
  }

  /**
   * True if queries see everything that was written.
   *
   * @throws IllegalStateException if a table is suspended: the store met an error in its own log
   */
  public boolean applied() {
    for (Row row : query("SELECT name, suspended, writerTxn, sequencerTxn FROM wal_tables()")) {
      if (row.text("suspended").equals("true")) {
        throw new IllegalStateException(
            "the store has suspended table %s; see its log".formatted(row.text("name")));
      }
      if (row.number("writerTxn") < row.number("sequencerTxn")) {
        return false;
      }
    }
    return true;
  }

  private List<Row> query(String sql) {
    URI query = endpoint.url().resolve("/exec?query=" + URLEncoder.encode(sql, UTF_8));
    try {
      HttpResponse<byte[]> response = endpoint.sendForBytes(endpoint.requestTo(query).build());
      JsonNode answer = JSON.readTree(response.body());
      if (response.statusCode() != 200) {
        throw new IOException(
            "%s refuses '%s': %s".formatted(endpoint.url(), sql, answer.path("error").asText()));
      }
      Map<String, Integer> columns = new HashMap<>();
      for (JsonNode column : answer.get("columns")) {
        columns.put(column.get("name").asText(), columns.size());
      }
      List<Row> rows = new ArrayList<>();
      answer.get("dataset").forEach(values -> rows.add(new Row(columns, values)));
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException("the store at " + endpoint.url() + " cannot be read", e);
    }
  }

  @Override
  public void close() {
    endpoint.close();
  }
}

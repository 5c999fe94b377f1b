// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.JobFragments;
import io.github.joulestream.store.ResultReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Reads by InfluxQL; a bucket is the database of its name. */
public final class InfluxQlReader implements ResultReader {
  private static final String NANOS_PER_MILLI = "000000";

  private final InfluxApi api;
  private final Buckets buckets;

  /** Closes the API when it is closed. */
  public InfluxQlReader(InfluxApi api, Buckets buckets) {
    this.api = api;
    this.buckets = buckets;
  }

  @Override
  public List<JobSummary> jobSummaries() {
    List<JobSummary> jobs = new ArrayList<>();
    query(
        buckets.years().name(),
        "SELECT * FROM " + Measurement.JOB_SUMMARY.measurementName(),
        row -> jobs.add(row.jobSummary()));
    return JobFragments.together(jobs);
  }

  @Override
  public SortedMap<String, Totals<SiteAmount>> ledger(long fromEpochMillis, long toEpochMillis) {
    String sums =
        Arrays.stream(SiteAmount.values())
            .map(Measurement::field)
            .map("sum(\"%1$s\") AS \"%1$s\""::formatted)
            .collect(Collectors.joining(", "));
    SortedMap<String, Totals<SiteAmount>> sites = new TreeMap<>();
    query(
        buckets.weeks().name(),
        "SELECT %s FROM %s WHERE \"window\" = '%s' AND %s GROUP BY \"site\""
            .formatted(
                sums,
                Measurement.LEDGER.measurementName(),
                Windows.NAME,
                within(fromEpochMillis, toEpochMillis)),
        row -> sites.put(row.text("site"), row.siteTotals()));
    return sites;
  }

  @Override
  public SortedMap<String, Long> newestWindows() {
    SortedMap<String, Long> newest = new TreeMap<>();
    query(
        buckets.weeks().name(),
        "SELECT last(difference_millijoules) FROM %s WHERE \"window\" = '%s' GROUP BY \"site\""
            .formatted(Measurement.LEDGER.measurementName(), Windows.NAME),
        row -> newest.put(row.text("site"), Math.floorDiv(row.number("time"), 1_000_000)));
    return newest;
  }

  @Override
  public List<Unbalanced> unbalanced(long fromEpochMillis, long toEpochMillis) {
    List<Unbalanced> found = new ArrayList<>();
    Set<String> databases = new LinkedHashSet<>();
    databases.add(buckets.weeks().name());
    databases.add(buckets.years().name());
    for (String database : databases) {
      query(
          database,
          "SELECT difference_millijoules FROM %s WHERE difference_millijoules <> 0 AND %s"
                  .formatted(
                      Measurement.LEDGER.measurementName(), within(fromEpochMillis, toEpochMillis))
              + " GROUP BY \"site\"",
          row ->
              found.add(
                  new Unbalanced(
                      row.text("site"),
                      Math.floorDiv(row.number("time"), 1_000_000),
                      row.number("difference_millijoules"))));
    }
    found.sort(Comparator.comparingLong(Unbalanced::windowStartEpochMillis));
    return found;
  }

  static String within(long fromEpochMillis, long toEpochMillis) {
    return "time >= %d%s AND time < %d%s"
        .formatted(fromEpochMillis, NANOS_PER_MILLI, toEpochMillis, NANOS_PER_MILLI);
  }

  @Override
  public long jobEnergyMillijoules() {
    long[] energy = new long[1];
    query(
        buckets.weeks().name(),
        "SELECT sum(%s) AS energy FROM %s"
            .formatted(
                Measurement.field(JobAmount.TOTAL_MILLIJOULES),
                Measurement.JOB_WINDOW.measurementName()),
        row -> energy[0] = row.number("energy"));
    return energy[0];
  }

  @Override
  public OptionalLong newestJobEnergyEpochMillis() {
    List<Long> newest = new ArrayList<>();
    query(
        buckets.weeks().name(),
        "SELECT last(%s) FROM %s"
            .formatted(
                Measurement.field(JobAmount.TOTAL_MILLIJOULES),
                Measurement.JOB_WINDOW.measurementName()),
        row -> newest.add(Math.floorDiv(row.number("time"), 1_000_000)));
    return newest.stream().mapToLong(Long::longValue).max();
  }

  private void query(String database, String query, Consumer<InfluxQl.Row> rows) {
    try {
      api.influxQl().query(database, query, rows);
    } catch (InfluxApi.Denied e) {
      throw unreadable(
          new IOException(
              "%s -> give --store-token-file of a user who may read %s %s"
                  .formatted(e.getMessage(), api.bucketWord(), database),
              e));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private UncheckedIOException unreadable(IOException e) {
    return new UncheckedIOException("the store at " + api.address() + " cannot be read", e);
  }

  @Override
  public void close() {
    api.close();
  }
}

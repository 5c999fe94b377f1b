// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.energy.Balance;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.catalogue.Measurement;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.Serde;

/**
 * Jobs and sites by quarter of an hour, as the topics have them or as the store has them, without
 * those that are zero.
 *
 * @param jobs what a job's quarters add up to, by site and job
 * @param summaries what its summaries add up to
 * @param quarters what the jobs of a site and quarter add up to, by site and start
 * @param sites both sides of the ledger of each site and quarter
 * @param fromTens windows of 10 s of each site and quarter, added up
 * @param hours windows of an hour, by site and start
 */
record QuarterBooks(
    Map<String, Totals<JobAmount>> jobs,
    Map<String, Totals<JobAmount>> summaries,
    Map<String, Totals<JobAmount>> quarters,
    Map<String, Totals<SiteAmount>> sites,
    Map<String, Totals<SiteAmount>> fromTens,
    Map<String, Totals<SiteAmount>> hours) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int QUARTER = Windows.QUARTER_HOUR_MILLIS;

  private QuarterBooks() {
    this(
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>());
  }

  private void addQuarter(String site, String job, long start, Totals<JobAmount> totals) {
    jobs.computeIfAbsent(site + "/" + job, _ -> Totals.ofJob()).addAll(totals);
    quarters.computeIfAbsent(site + " " + start, _ -> Totals.ofJob()).addAll(totals);
  }

  private void addSummary(String site, String job, Totals<JobAmount> totals) {
    summaries.computeIfAbsent(site + "/" + job, _ -> Totals.ofJob()).addAll(totals);
  }

  private void addWindow(String site, long start, int millis, Totals<SiteAmount> totals) {
    switch (millis) {
      case Windows.MILLIS -> add(fromTens, site, start, QUARTER, totals);
      case QUARTER -> add(sites, site, start, QUARTER, totals);
      default -> add(hours, site, start, Windows.HOUR_MILLIS, totals);
    }
  }

  private static void add(
      Map<String, Totals<SiteAmount>> to,
      String site,
      long start,
      int millis,
      Totals<SiteAmount> totals) {
    to.computeIfAbsent(site + " " + Math.floorDiv(start, millis) * millis, _ -> Totals.ofSite())
        .addAll(totals);
  }

  private QuarterBooks withoutZeros() {
    for (Map<String, ? extends Totals<?>> sums :
        List.of(jobs, summaries, quarters, sites, fromTens, hours)) {
      sums.values().removeIf(Totals::isZero);
    }
    return this;
  }

  // ---- laws

  /** What does not hold: of a job's quarters, of a site's, of windows of other lengths. */
  List<String> differences() {
    List<String> found = new ArrayList<>();
    compare("quarters of a job and its summary", jobs, summaries, found);
    compare("a quarter of a site and its windows of 10 s", sites, fromTens, found);
    Map<String, Totals<SiteAmount>> ofQuarters = new TreeMap<>();
    sites.forEach((key, totals) -> {
      int space = key.lastIndexOf(' ');
      add(
          ofQuarters,
          key.substring(0, space),
          Long.parseLong(key.substring(space + 1)),
          Windows.HOUR_MILLIS,
          totals);
    });
    compare("quarters of a site and its hour", ofQuarters, hours, found);
    Map<String, Totals<JobAmount>> allQuarters = new TreeMap<>(quarters);
    sites.keySet().forEach(key -> allQuarters.putIfAbsent(key, Totals.ofJob()));
    allQuarters.forEach((key, ofJobs) -> {
      Totals<SiteAmount> ledger = sites.getOrDefault(key, Totals.ofSite());
      for (Balance balance : Balance.ALL) {
        JobAmount amount =
            balance.kind() == null ? JobAmount.TOTAL_MILLIJOULES : JobAmount.of(balance.kind());
        long difference =
            ledger.get(balance.measured()) - ledger.get(balance.idle()) - ofJobs.get(amount);
        if (difference != 0) {
          found.add("%s of %s: measured - idle - jobs = %d".formatted(amount, key, difference));
        }
      }
    });
    return found;
  }

  private static <A extends Enum<A>> void compare(
      String what,
      Map<String, Totals<A>> left,
      Map<String, Totals<A>> right,
      List<String> differences) {
    Map<String, Totals<A>> all = new TreeMap<>(left);
    right.forEach(all::putIfAbsent);
    for (String key : all.keySet()) {
      Totals<A> one = left.get(key);
      Totals<A> other = right.get(key);
      if (one == null || other == null || !one.equals(other)) {
        differences.add("%s, %s: %s and %s".formatted(what, key, one, other));
      }
    }
  }

  // ---- from topics

  /**
   * The last record of each key of the store, of a reader that sees what is committed.
   *
   * @param kafka how to reach it
   */
  static QuarterBooks ofTopics(Map<String, Object> kafka) {
    QuarterBooks books = new QuarterBooks();
    latest(
            kafka,
            Topic.JOB_QUARTER_HOUR,
            WireSerdes.jobQuarterHours(),
            quarter ->
                List.of(
                    quarter.site(),
                    quarter.job(),
                    quarter.windowStartEpochMillis(),
                    quarter.details().user(),
                    quarter.details().project(),
                    quarter.fragmentEpochMillis()))
        .forEach(quarter ->
            books.addQuarter(
                quarter.site(), quarter.job(), quarter.windowStartEpochMillis(), quarter.totals()));
    latest(
            kafka,
            Topic.JOB_SUMMARY,
            WireSerdes.jobSummaries(),
            job -> List.of(job.site(), job.job(), job.fragmentEpochMillis()))
        .forEach(job -> books.addSummary(job.site(), job.job(), job.totals()));
    latest(
            kafka,
            Topic.LEDGER,
            WireSerdes.siteWindows(),
            window ->
                List.of(
                    window.site(),
                    window.windowMillis(),
                    window.windowStartEpochMillis(),
                    window.fragmentEpochMillis()))
        .forEach(window ->
            books.addWindow(
                window.site(),
                window.windowStartEpochMillis(),
                window.windowMillis(),
                window.totals()));
    return books.withoutZeros();
  }

  private static <T> List<T> latest(
      Map<String, Object> kafka, Topic topic, Serde<T> serde, Function<T, Object> key) {
    return List.copyOf(new PipelineTopics(kafka).latest(topic, serde, key).values());
  }

  // ---- from the store

  /**
   * What SQL answers.
   *
   * @param store a QuestDB
   */
  static QuarterBooks ofStore(URI store) throws IOException {
    QuarterBooks books = new QuarterBooks();
    String ofJobs = sums(JobAmount.values());
    for (JsonNode row :
        rows(
            store,
            "SELECT site, job, start_epoch_millis, %s FROM %s"
                .formatted(ofJobs, Measurement.JOB_QUARTER_HOUR.measurementName()))) {
      books.addQuarter(
          row.get(0).asText(),
          row.get(1).asText(),
          row.get(2).asLong(),
          totals(Totals.ofJob(), JobAmount.values(), row, 3));
    }
    for (JsonNode row :
        rows(
            store,
            "SELECT site, job, %s FROM %s"
                .formatted(ofJobs, Measurement.JOB_SUMMARY.measurementName()))) {
      books.addSummary(
          row.get(0).asText(),
          row.get(1).asText(),
          totals(Totals.ofJob(), JobAmount.values(), row, 2));
    }
    Map<String, Integer> lengths =
        Map.of(
            Windows.NAME, Windows.MILLIS,
            Windows.QUARTER_HOUR_NAME, QUARTER,
            Windows.HOUR_NAME, Windows.HOUR_MILLIS);
    for (JsonNode row :
        rows(
            store,
            "SELECT site, cast(timestamp AS LONG) / 1000000, window, %s FROM %s"
                .formatted(columns(SiteAmount.values()), Measurement.LEDGER.measurementName()))) {
      Integer millis = lengths.get(row.get(2).asText());
      if (millis == null) {
        throw new IOException("a window of " + row.get(2));
      }
      books.addWindow(
          row.get(0).asText(),
          row.get(1).asLong(),
          millis,
          totals(Totals.ofSite(), SiteAmount.values(), row, 3));
    }
    return books.withoutZeros();
  }

  private static String sums(Enum<?>[] amounts) {
    return Arrays.stream(amounts)
        .map(Measurement::field)
        .map("sum(%1$s) AS %1$s"::formatted)
        .collect(Collectors.joining(", "));
  }

  private static String columns(Enum<?>[] amounts) {
    return Arrays.stream(amounts).map(Measurement::field).collect(Collectors.joining(", "));
  }

  private static <A extends Enum<A>> Totals<A> totals(
      Totals<A> totals, A[] amounts, JsonNode row, int from) {
    for (int i = 0; i < amounts.length; i++) {
      totals.set(amounts[i], row.get(from + i).asLong());
    }
    return totals;
  }

  private static JsonNode rows(URI store, String sql) throws IOException {
    URI query = store.resolve("/exec?query=" + URLEncoder.encode(sql, UTF_8));
    try (InputStream answer = query.toURL().openStream()) {
      return JSON.readTree(answer).get("dataset");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.runtime.SecretFile;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.connect.StoreKind;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.MadeYear;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.UsageQuery;
import io.github.joulestream.store.history.UsageQuery.Detail;
import io.github.joulestream.store.influx.InfluxAddress;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * How long the store takes to give back a year of jobs, as reports read it, and whether that is
 * what was written.
 */
final class Year {
  private static final Set<JobAmount> AMOUNTS =
      EnumSet.of(
          JobAmount.TOTAL_MILLIJOULES,
          JobAmount.GPU_MILLIJOULES,
          JobAmount.HELD_IDLE_MILLIJOULES,
          JobAmount.COVERED_MILLIS,
          JobAmount.UNCOVERED_MILLIS,
          JobAmount.GPU_HELD_MILLIS,
          JobAmount.GPU_BUSY_MILLIS);
  private static final long PROGRESS = 1_000_000;

  private final MadeYear.Settings year;
  private final TimeRange range;
  private final SortedSet<String> sites = new TreeSet<>(MadeYear.SITES);
  private final ObjectNode all = Bench.object();

  private Year(MadeYear.Settings year) {
    this.year = year;
    this.range = new TimeRange(year.from(), year.to());
  }

  private static String token(String file) {
    return file.isEmpty()
        ? InfluxAddress.NO_TOKEN
        : SecretFile.text(Path.of(file), "token-file", 64 << 10).strip();
  }

  public static void main(String[] args) throws Exception {
    Settings settings =
        new Settings("How long a store takes to give back a year of jobs at three sites.")
            .with("store", "", "address of a store; without it, one is started")
            .with("kind", "questdb", "of the store that is started: questdb or influxdb")
            .with("token-file", "", "file with the token of the store")
            .with("bucket", "year", "name of its buckets")
            .with("jobs", "1000000", "jobs that start in the year")
            .with("from", "2025-01-01T00:00:00Z", "its beginning")
            .with("write", "true", "false: the year is in the store already")
            .withCommon()
            .read(args);
    MadeYear.Settings million =
        MadeYear.Settings.year(Instant.parse(settings.text("from")).toEpochMilli());
    MadeYear.Settings year =
        new MadeYear.Settings(
            million.seed(),
            million.from(),
            million.days(),
            settings.number("jobs"),
            million.users(),
            million.projects());
    try (Bench bench = new Bench(settings)) {
      String url = settings.text("store");
      if (url.isEmpty()) {
        url =
            settings.text("kind").equals("questdb")
                ? bench.start(Store.class, bench.folder("questdb").toString()).await("READY ")
                : InfluxServer.start(bench, bench.folder("influx"));
      }
      StoreConnection store =
          StoreConnection.to(
              new InfluxAddress(URI.create(url), token(settings.text("token-file")), "joulestream"),
              null,
              // an old year is not too old
              forEver(settings.text("bucket")));
      Bench.say("%s at %s", store.kind().words(), url);
      Year of = new Year(year);
      MadeYear.Truth truth = of.write(store, url, settings.is("write"));
      of.read(store, truth);
      bench.report(of.all);
    }
  }

  private static Buckets forEver(String name) {
    return new Buckets(
        new Buckets.Bucket(Buckets.devicesName(name), Duration.ZERO),
        new Buckets.Bucket(name, Duration.ZERO),
        new Buckets.Bucket(Buckets.yearsName(name), Duration.ZERO));
  }

  private MadeYear.Truth write(StoreConnection store, String url, boolean really)
      throws IOException, InterruptedException {
    store.prepare();
    long begin = System.nanoTime();
    long[] points = new long[1];
    MadeYear.Truth truth;
    try (PointSink sink = store.sink()) {
      truth =
          MadeYear.write(
              year,
              batch -> {
                if (really && !batch.isEmpty()) {
                  sink.write(batch);
                }
                if ((points[0] + batch.size()) / PROGRESS > points[0] / PROGRESS) {
                  Bench.say("%,d points", points[0] + batch.size());
                }
                points[0] += batch.size();
              });
    }
    if (store.kind() == StoreKind.QUESTDB) {
      try (QuestDbReader reader = new QuestDbReader(URI.create(url))) {
        while (!reader.applied()) {
          TimeUnit.MILLISECONDS.sleep(200);
        }
      }
    }
    note("write", begin, points[0]);
    Bench.say("%,d jobs, %,d quarters of jobs", truth.jobs(), truth.quarters());
    return truth;
  }

  private void read(StoreConnection store, MadeYear.Truth truth) {
    try (HistoryReader history = store.history()) {
      for (int step : new int[] {Windows.HOUR_MILLIS, Windows.QUARTER_HOUR_MILLIS}) {
        ledger(history, step, truth);
      }
      usage(history, Detail.USER_AND_PROJECT, truth);
      jobs(history, range, "jobs", truth);
      usage(history, Detail.JOB, truth);
      grid(history);
      // a month of a long history
      TimeRange december = new TimeRange(range.to() - TimeUnit.DAYS.toMillis(31), range.to());
      long begin = System.nanoTime();
      long[] rows = new long[1];
      history.jobs(sites, december, _ -> rows[0]++);
      note("jobs of the last month", begin, rows[0]);
    }
  }

  private void ledger(HistoryReader history, int step, MadeYear.Truth truth) {
    long begin = System.nanoTime();
    long[] rows = new long[1];
    Map<String, Totals<SiteAmount>> read = new TreeMap<>();
    history.siteSteps(
        sites,
        range,
        step,
        row -> {
          rows[0]++;
          read.computeIfAbsent(row.site(), _ -> Totals.ofSite()).addAll(row.totals());
        });
    note("ledger by " + Windows.name(step), begin, rows[0]);
    check("ledger", read, truth.sites());
  }

  private void usage(HistoryReader history, Detail detail, MadeYear.Truth truth) {
    long begin = System.nanoTime();
    long[] rows = new long[1];
    Map<String, Totals<JobAmount>> read = new TreeMap<>();
    history.usage(
        new UsageQuery(sites, range, Windows.HOUR_MILLIS, detail, Set.of(), Set.of(), AMOUNTS),
        row -> {
          rows[0]++;
          read.computeIfAbsent(row.user(), _ -> Totals.ofJob()).addAll(row.totals());
        });
    note("usage by " + detail, begin, rows[0]);
    check("usage", read, asked(truth.users()));
  }

  private static Map<String, Totals<JobAmount>> asked(Map<String, Totals<JobAmount>> of) {
    Map<String, Totals<JobAmount>> asked = new TreeMap<>();
    of.forEach((name, totals) -> {
      Totals<JobAmount> some = asked.computeIfAbsent(name, _ -> Totals.ofJob());
      AMOUNTS.forEach(amount -> some.set(amount, totals.get(amount)));
    });
    return asked;
  }

  private void jobs(HistoryReader history, TimeRange of, String what, MadeYear.Truth truth) {
    long begin = System.nanoTime();
    long[] rows = new long[1];
    Map<String, Totals<JobAmount>> read = new TreeMap<>();
    history.jobs(
        sites,
        of,
        (JobSummary job) -> {
          rows[0]++;
          read.computeIfAbsent(job.details().user(), _ -> Totals.ofJob()).addAll(job.totals());
        });
    note(what, begin, rows[0]);
    check(what, read, truth.users());
    check("number of jobs", rows[0], truth.jobs());
  }

  private void grid(HistoryReader history) {
    long begin = System.nanoTime();
    long[] rows = new long[1];
    history.grid(sites, range, _ -> rows[0]++);
    note("grid", begin, rows[0]);
    check("grid", rows[0], 3L * 3 * 24 * year.days());
  }

  private static void check(String what, Object read, Object written) {
    if (!read.equals(written)) {
      throw new IllegalStateException("%s: read %s, written %s".formatted(what, read, written));
    }
  }

  private void note(String what, long begin, long rows) {
    double seconds = (System.nanoTime() - begin) / 1e9;
    Runtime jvm = Runtime.getRuntime();
    Bench.say(
        "%-30s %8.2f s, %,12d rows, %,d MB of heap",
        what, seconds, rows, (jvm.totalMemory() - jvm.freeMemory()) >> 20);
    all.put(what, seconds);
  }
}

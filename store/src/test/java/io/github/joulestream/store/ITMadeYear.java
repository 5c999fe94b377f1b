// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Buckets.Bucket;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.MadeYear;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.UsageQuery;
import io.github.joulestream.store.influx.InfluxAddress;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand jobs of the generator that benchmarks make a year of a million with: every way of
 * reading them has the sums that were written, and jobs and idle are what was measured.
 */
class ITMadeYear {
  private static final MadeYear.Settings SETTINGS =
      new MadeYear.Settings(
          7, Instant.parse("2025-03-20T00:00:00Z").toEpochMilli(), 20, 10_000, 300, 40);

  @TempDir Path folder;

  @Test
  void isWhatWasWritten_inQuestDb() throws IOException {
    try (EmbeddedQuestDb store = EmbeddedQuestDb.start(folder, 0);
        QuestDbReader reader = new QuestDbReader(store.url())) {
      StoreConnection connection =
          StoreConnection.to(
              new InfluxAddress(store.url(), InfluxAddress.NO_TOKEN, "-"),
              null,
              Buckets.named("year"));
      MadeYear.Truth truth = write(connection);
      long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
      while (!reader.applied()) {
        assertThat(System.nanoTime()).as("applied in time").isLessThan(end);
        LockSupport.parkNanos(5_000_000);
      }
      check(connection, truth);
    }
  }

  @Test
  void isWhatWasWritten_inInfluxDb() throws IOException {
    try (Influxd server = Influxd.start(folder)) {
      StoreConnection connection =
          StoreConnection.to(
              server.address(),
              null,
              new Buckets(
                  new Bucket("days", Duration.ZERO),
                  new Bucket("weeks", Duration.ZERO),
                  new Bucket("years", Duration.ZERO)));
      connection.prepare();
      check(connection, write(connection));
      goesAwayInTheMiddle(connection, server);
    }
  }

  /** What arrived until then is not taken for all. */
  private static void goesAwayInTheMiddle(StoreConnection connection, Influxd server) {
    AtomicLong rows = new AtomicLong();
    try (HistoryReader history = connection.history()) {
      assertThatThrownBy(() ->
              history.usage(
                  allUsage(UsageQuery.Detail.JOB),
                  _ -> {
                    if (rows.incrementAndGet() == 10) {
                      kill(server);
                    }
                  }))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageStartingWith("the store at " + server.url() + " cannot be read: ")
          .hasMessageNotContaining("\n");
    }
    assertThat(rows.get()).isGreaterThanOrEqualTo(10);
  }

  private static void kill(Influxd server) {
    try {
      server.kill();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static UsageQuery allUsage(UsageQuery.Detail detail) {
    return new UsageQuery(
        new TreeSet<>(MadeYear.SITES),
        new TimeRange(SETTINGS.from(), SETTINGS.to()),
        Windows.HOUR_MILLIS,
        detail,
        Set.of(),
        Set.of(),
        EnumSet.allOf(JobAmount.class));
  }

  private static MadeYear.Truth write(StoreConnection connection) {
    try (PointSink sink = connection.sink()) {
      return MadeYear.write(SETTINGS, sink::write);
    }
  }

  private static void check(StoreConnection connection, MadeYear.Truth truth) {
    SortedSet<String> sites = new TreeSet<>(MadeYear.SITES);
    TimeRange range = new TimeRange(SETTINGS.from(), SETTINGS.to());
    try (HistoryReader history = connection.history()) {
      assertThat(history.sites()).isEqualTo(sites);
      assertThat(history.firstHour("ohio")).hasValue(SETTINGS.from());
      Totals<JobAmount> ofJobs = Totals.ofJob();
      for (UsageQuery.Detail detail : UsageQuery.Detail.values()) {
        Map<String, Totals<JobAmount>> users = new TreeMap<>();
        Map<String, Totals<JobAmount>> projects = new TreeMap<>();
        history.usage(
            allUsage(detail),
            row -> {
              users.computeIfAbsent(row.user(), _ -> Totals.ofJob()).addAll(row.totals());
              projects.computeIfAbsent(row.project(), _ -> Totals.ofJob()).addAll(row.totals());
            });
        assertThat(users).isEqualTo(truth.users());
        assertThat(projects).isEqualTo(truth.projects());
      }
      AtomicLong jobs = new AtomicLong();
      history.jobs(
          sites,
          range,
          job -> {
            jobs.incrementAndGet();
            ofJobs.addAll(job.totals());
          });
      assertThat(jobs).hasValue(10_000);
      long total = ofJobs.get(JobAmount.TOTAL_MILLIJOULES);
      for (int step : new int[] {Windows.HOUR_MILLIS, Windows.QUARTER_HOUR_MILLIS}) {
        Map<String, Totals<SiteAmount>> ledger = new TreeMap<>();
        Totals<SiteAmount> all = Totals.ofSite();
        history.siteSteps(
            sites,
            range,
            step,
            row -> {
              ledger.computeIfAbsent(row.site(), _ -> Totals.ofSite()).addAll(row.totals());
              all.addAll(row.totals());
            });
        assertThat(ledger).isEqualTo(truth.sites());
        assertThat(all.get(SiteAmount.JOBS_TOTAL_MILLIJOULES)).isEqualTo(total);
        assertThat(all.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
            .isEqualTo(total + all.get(SiteAmount.IDLE_TOTAL_MILLIJOULES));
      }
      AtomicLong intervals = new AtomicLong();
      history.grid(sites, range, _ -> intervals.incrementAndGet());
      assertThat(intervals).hasValue(3L * 3 * 24 * SETTINGS.days());
    }
  }
}

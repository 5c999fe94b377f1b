// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeShares;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.Placement.EndedBy;
import io.github.joulestream.schemas.Placement.HeldDevice;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.store.Influxd;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.SampleDevices;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.points.DeviceWindowPoints;
import io.github.joulestream.store.points.JobQuarterHourPoint;
import io.github.joulestream.store.points.JobSummaryPoint;
import io.github.joulestream.store.points.JobWindowPoint;
import io.github.joulestream.store.points.LedgerPoint;
import io.github.joulestream.store.points.NodePoint;
import io.github.joulestream.store.points.NodeWindowPoint;
import io.github.joulestream.store.points.PlacementPoint;
import io.github.joulestream.store.points.SiteWindowPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What past jobs leave behind in a real InfluxDB: points, but no series in what is kept long. */
class ITSeries {
  /** 100,000 for the long run. */
  private static final int JOBS = Integer.getInteger("series.jobs", 5_000);

  private static final int BATCH = 5_000;
  private static final int WINDOWS_OF_A_JOB = 200;
  private static final int NODES = 50;
  private static final int USERS = 10;
  private static final Buckets BUCKETS = Buckets.named("joulestream");
  private static final long HOUR = 3_600_000;
  private static final long NOW = Math.floorDiv(System.currentTimeMillis(), HOUR) * HOUR;

  @TempDir Path folder;

  private final Random random = new Random(7);

  private JobSummary job(long i) {
    long start = NOW - Duration.ofDays(300).toMillis() + i * 250_000 + random.nextInt(1_000);
    long length = 60_000L + random.nextInt(20_000_000);
    return new JobSummary(
        "site",
        "cluster/" + (4_000_000 + i),
        new JobDetails(
            "user" + random.nextInt(300),
            "project" + random.nextInt(40),
            "train",
            "gpu",
            Map.of("image", "trainer")),
        JobState.COMPLETED,
        new JobTimes(start, start, start + length, start + length),
        random.nextInt(6_000_000),
        new JobWork(random.nextInt(100_000), "tokens"),
        filled(Totals.ofJob(), JobAmount.values().length, length),
        0,
        1 + random.nextInt(4));
  }

  /** Amounts as they come: many are 0, the others have no pattern. */
  private <A extends Enum<A>> Totals<A> filled(Totals<A> totals, int amounts, long scale) {
    for (int i = 0; i < amounts; i++) {
      totals.set(i, i % 3 == 2 ? 0 : random.nextLong(scale * 700));
    }
    return totals;
  }

  private SiteWindow siteWindow(long i, int length) {
    return new SiteWindow(
        "site",
        NOW - (long) length * (i + 1),
        length,
        filled(Totals.ofSite(), SiteAmount.values().length, length * 800L));
  }

  private static void write(PointSink sink, long count, LongFunction<StorePoint> point) {
    List<StorePoint> batch = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      batch.add(point.apply(i));
      if (batch.size() == BATCH || i == count - 1) {
        sink.write(batch);
        batch.clear();
      }
    }
  }

  /** Each series once: the server's own count takes one of two shards for two. */
  private static int series(InfluxApi api, String database) throws IOException {
    Set<String> series = new HashSet<>();
    api.influxQl()
        .query(
            database,
            "SHOW SERIES ON \"%s\"".formatted(database),
            row -> series.add(row.text("key")));
    return series.size();
  }

  /** What is on the disk when the server has nothing more to put in order; bytes. */
  private static double settled(Influxd server, String database) throws IOException {
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    long before = -1;
    int same = 0;
    while (same < 16) {
      long now = server.diskBytes(database) + server.logBytes(database);
      // an empty log for each shard is left
      same = now == before && server.logBytes(database) < 100_000 ? same + 1 : 0;
      before = now;
      assertThat(System.nanoTime()).as("its files settle in time").isLessThan(end);
      LockSupport.parkNanos(250_000_000);
    }
    return server.diskBytes(database);
  }

  @Test
  void pastJobs_addNoSeries_toWhatIsKeptForYears() throws Exception {
    try (Influxd server = Influxd.start(folder);
        InfluxApi api = new InfluxV1(server.address())) {
      StoreConnection connection = StoreConnection.to(server.address(), null, BUCKETS);
      connection.prepare();
      String years = BUCKETS.years().name();
      try (PointSink sink = connection.sink();
          ResultReader reader = connection.reader()) {
        write(sink, 10, i -> JobSummaryPoint.of(job(i)));
        write(sink, 10, i -> LedgerPoint.of(siteWindow(i, (int) HOUR)));
        write(sink, 10, i -> SiteWindowPoint.of(siteWindow(i, (int) HOUR)));
        int seriesBefore = series(api, years);

        write(sink, JOBS, i -> JobSummaryPoint.of(job(10 + i)));
        int seriesAfter = series(api, years);
        assertThat(seriesAfter).isEqualTo(seriesBefore).isEqualTo(3);
        assertThat(reader.jobSummaries()).hasSize(10 + JOBS);

        // what is kept for weeks, each measurement for itself
        int windows = 8_000;
        fill(server, "ledgers", windows, i -> LedgerPoint.of(siteWindow(i, 10_000)));
        fill(server, "powers", windows, i -> SiteWindowPoint.of(siteWindow(i, 10_000)));
        fill(server, "energies", windows, this::jobWindow);
        fill(server, "nodes", windows, this::nodeWindow);
        // there a job has a series, as long as its windows are kept
        assertThat(series(api, "energies")).isEqualTo(windows / WINDOWS_OF_A_JOB);
        System.out.printf(
            "%,d jobs: %d series before, %d after; bytes on disk per job summary %.0f, "
                + "per window of 10 s: ledger %.0f, site_window %.0f, job_window %.0f, node_window %.0f%n",
            JOBS,
            seriesBefore,
            seriesAfter,
            settled(server, years) / JOBS,
            settled(server, "ledgers") / windows,
            settled(server, "powers") / windows,
            settled(server, "energies") / windows,
            settled(server, "nodes") / windows);
      }
    }
  }

  /** Series grow with hardware and people, whatever the number of windows, jobs and days. */
  @Test
  void devicesPlacementsQuartersAndNodes_addNoSeriesWithTime() throws Exception {
    try (Influxd server = Influxd.start(folder);
        InfluxApi api = new InfluxV1(server.address())) {
      int windows = 1_080; // three hours
      SampleDevices samples = new SampleDevices(7);
      List<StorePoint> devices = new ArrayList<>();
      for (int i = 0; i < windows; i++) {
        devices.addAll(DeviceWindowPoints.of(samples.window("site", "node1", NOW - 10_000L * i)));
      }
      fill(server, "devices", devices.size(), i -> devices.get((int) i));
      assertThat(series(api, "devices")).isEqualTo(SampleDevices.DEVICES);
      for (DeviceKind kind :
          List.of(DeviceKind.GPU, DeviceKind.CPU, DeviceKind.MEMORY, DeviceKind.STORAGE)) {
        List<StorePoint> ofKind =
            devices.stream().filter(p -> kind.name().equals(p.tags().get("kind"))).toList();
        fill(server, kind.name(), ofKind.size(), i -> ofKind.get((int) i));
      }
      fill(server, "placements", JOBS, this::placement);
      fill(server, "quarters", JOBS, this::quarter);
      fill(server, "reports", JOBS, this::report);
      assertThat(series(api, "placements")).isEqualTo(NODES);
      assertThat(series(api, "quarters")).isLessThanOrEqualTo(USERS * 2);
      assertThat(series(api, "reports")).isEqualTo(NODES);
      System.out.printf(
          "bytes on disk per point: device_window %.0f (GPU %.0f, CPU %.0f, memory %.0f, drive %.0f), "
              + "placement %.0f, job_quarter_hour %.0f, node %.0f%n",
          settled(server, "devices") / devices.size(),
          settled(server, "GPU") / windows / 8,
          settled(server, "CPU") / windows / 2,
          settled(server, "MEMORY") / windows,
          settled(server, "STORAGE") / windows / 4,
          settled(server, "placements") / JOBS,
          settled(server, "quarters") / JOBS,
          settled(server, "reports") / JOBS);
    }
  }

  private StorePoint placement(long i) {
    long start = NOW - Duration.ofDays(300).toMillis() + i * 250_000 + random.nextInt(1_000);
    long end = start + 60_000L + random.nextInt(20_000_000);
    List<HeldDevice> held = new ArrayList<>();
    for (int gpu = 0; gpu < 4; gpu++) {
      held.add(new HeldDevice("gpu" + gpu, start, end, 10_000));
    }
    return PlacementPoint.of(
        new Placement(
            "site",
            "node" + i % NODES,
            "cluster/" + (4_000_000 + i),
            start,
            start,
            end,
            EndedBy.HOOK,
            held,
            NodeShares.AS_GPUS,
            8));
  }

  /** 50 jobs at a time, of 10 users with 2 projects each. */
  private StorePoint quarter(long i) {
    long job = i / 200 * 50 + i % 50;
    return JobQuarterHourPoint.of(
        new JobQuarterHour(
            "site",
            "cluster/" + (4_000_000 + job),
            new JobDetails(
                "user" + job % USERS,
                "project" + job % (USERS * 2),
                "train",
                "gpu",
                Map.of("image", "trainer")),
            Math.floorDiv(NOW, 900_000) * 900_000 - i / 50 * 900_000,
            900_000,
            filled(Totals.ofJob(), JobAmount.values().length, 900_000L),
            0));
  }

  private StorePoint report(long i) {
    return NodePoint.of(
        new NodeRecord(
            "site",
            "node" + i % NODES,
            NOW - i / NODES * 86_400_000 - random.nextInt(1_000_000),
            "0.2.0",
            Map.of("rack", "r12", "room", "b"),
            random.nextInt(3),
            0,
            List.of()));
  }

  private StorePoint nodeWindow(long i) {
    return NodeWindowPoint.of(
        new NodeWindow(
            "site",
            "node" + i / WINDOWS_OF_A_JOB,
            NOW - 10_000L * (i + 1),
            10_000,
            filled(Totals.ofSite(), SiteAmount.values().length, 10_000L),
            i));
  }

  private StorePoint jobWindow(long i) {
    return JobWindowPoint.of(
        new JobWindow(
            "site",
            "job" + i / WINDOWS_OF_A_JOB,
            NOW - 10_000L * (i + 1),
            10_000,
            filled(Totals.ofJob(), JobAmount.values().length, 10_000L)));
  }

  private static void fill(
      Influxd server, String database, int count, LongFunction<StorePoint> point)
      throws IOException {
    Buckets one = Buckets.one(database);
    StoreConnection connection = StoreConnection.to(server.address(), null, one);
    connection.prepare();
    try (PointSink sink = connection.sink()) {
      write(sink, count, point);
    }
  }
}

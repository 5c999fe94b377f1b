// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.DeviceTotals;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeShares;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.Placement.EndedBy;
import io.github.joulestream.schemas.Placement.HeldDevice;
import io.github.joulestream.schemas.PoolPeaks;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Buckets.Bucket;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.influx.InfluxAddress;
import io.github.joulestream.store.points.DeviceWindowPoints;
import io.github.joulestream.store.points.JobQuarterHourPoint;
import io.github.joulestream.store.points.LedgerPoint;
import io.github.joulestream.store.points.NodePoint;
import io.github.joulestream.store.points.PlacementPoint;
import io.github.joulestream.store.points.PoolPeakPoints;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every query of docs/store.md, as it stands there, against a real InfluxDB and the embedded
 * QuestDB: the answers of both are those that the page promises.
 */
class ITStoreQueries {
  private static final Path PAGE = Path.of("..", "docs", "store.md");
  private static final Pattern SECTION = Pattern.compile("(?m)^### (.+)$");
  private static final int QUARTER = 900_000;
  private static final long EIGHT = at("2026-03-02T08:00:00Z");
  private static final long NINE = at("2026-03-02T09:00:00Z");

  /** Columns, and rows in any order. */
  private record Expected(String columns, List<String> rows) {
    Expected(String columns, String... rows) {
      this(columns, List.of(rows));
    }
  }

  private static final Map<String, Expected> EXPECTED =
      Map.of(
          "Nodes of a job",
          new Expected(
              "node|devices|held_epoch_millis|end_epoch_millis",
              "n1|gpu0, gpu10|" + EIGHT + "|" + NINE,
              "n2|gpu0|" + EIGHT + "|-1"),
          "Jobs of a node now",
          new Expected("job|devices|gpus", "c/18|gpu2, gpu3|2"),
          "Jobs of a node at a time",
          new Expected("job|devices", "c/17|gpu0, gpu10", "c/18|gpu2, gpu3"),
          "Devices of a job, with their energy in a range of time",
          new Expected(
              "node|device|energy_millijoules",
              // six windows, and a fragment of one of them
              "n1|gpu0|" + (6 * 3_000_000 + 7),
              "n1|gpu10|" + 6 * 3_000_010,
              "n2|gpu0|" + 6 * 3_000_000),
          "Energy of a user by day in Asia/Kolkata",
          new Expected(
              "time|total_millijoules",
              "2026-02-28T18:30:00Z|100",
              "2026-03-01T18:30:00Z|" + (20 + 3_000 + 500)),
          "Energy by user and project",
          new Expected("user|project|total_millijoules", "ann|alpha|3500", "bob|beta|0", "||70"),
          "Balance of a quarter of an hour",
          new Expected("measured|idle|jobs|difference", "4000|430|3570|0"),
          "Temperature and throttling of one GPU",
          new Expected(
              "time|mean|max|throttled",
              "2026-03-02T08:00:00Z|62.5|66|0.25",
              "2026-03-02T08:01:00Z|62.5|66|0.25"),
          "Nodes of a site, with rack",
          new Expected(
              "node|rack|agent_version|reported_epoch_millis",
              "n1|r1|0.3|" + NINE,
              "n2|r2|0.2|" + EIGHT,
              "n3||0.2|" + EIGHT),
          "What pools need",
          new Expected("pool|need|seen", "1|1700|2000", "8|1100|2000"));

  @TempDir Path folder;

  private static long at(String time) {
    return Instant.parse(time).toEpochMilli();
  }

  private static StorePoint placement(
      String node, String job, long held, long end, String... devices) {
    return PlacementPoint.of(
        new Placement(
            "east",
            node,
            job,
            held,
            held,
            end,
            end < 0 ? EndedBy.NOBODY : EndedBy.HOOK,
            Stream.of(devices).map(id -> new HeldDevice(id, held, end, 10_000)).toList(),
            NodeShares.AS_GPUS,
            8));
  }

  private static StorePoint quarter(
      String job, String user, String project, long start, long fragment, long millijoules) {
    return JobQuarterHourPoint.of(
        new JobQuarterHour(
            "east",
            job,
            new JobDetails(user, project, "train", "gpu", Map.of()),
            start,
            QUARTER,
            Totals.ofJob().add(JobAmount.TOTAL_MILLIJOULES, millijoules),
            fragment));
  }

  private static StorePoint ledger(long start, long measured, long jobs) {
    return LedgerPoint.of(
        new SiteWindow(
            "east",
            start,
            10_000,
            Totals.ofSite()
                .add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, measured)
                .add(SiteAmount.JOBS_TOTAL_MILLIJOULES, jobs)
                .add(SiteAmount.IDLE_TOTAL_MILLIJOULES, measured - jobs)));
  }

  private static StorePoint report(String node, long time, String version, String rack) {
    Map<String, String> labels = rack.isEmpty() ? Map.of("room", "b") : Map.of("rack", rack);
    return NodePoint.of(new NodeRecord("east", node, time, version, labels, 0, 0, List.of()));
  }

  private static List<StorePoint> devices(String node, int number, long start, int window) {
    List<DeviceTotals> devices = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      Totals<DeviceAmount> totals =
          Totals.ofDevice()
              .add(DeviceAmount.ENERGY_MILLIJOULES, 3_000_000L + i)
              .add(DeviceAmount.COVERED_MILLIS, window)
              .add(DeviceAmount.TEMPERATURE_SAMPLES, 2)
              .add(DeviceAmount.TEMPERATURE_DECIDEGREES, 1_250)
              .add(DeviceAmount.THROTTLE_SAMPLES, 4)
              .add(DeviceAmount.THROTTLED_SAMPLES, 1);
      totals.raise(
          DeviceAmount.PEAK_TEMPERATURE_DECIKELVINS, DeviceAmount.ZERO_CELSIUS_DECIKELVINS + 660);
      devices.add(new DeviceTotals("gpu" + i, DeviceKind.GPU, "H200", 0, totals));
    }
    return DeviceWindowPoints.of(new DeviceWindow("east", node, start, window, devices, 0));
  }

  /** Of groups that have 2,000 MiB together. */
  private static List<StorePoint> peaks(long hour, int size, long... peaks) {
    List<PoolPeaks.Group> groups = new ArrayList<>();
    for (long peak : peaks) {
      groups.add(new PoolPeaks.Group(groups.size(), peak, 2_000 / peaks.length));
    }
    return PoolPeakPoints.of(new PoolPeaks("east", hour, DeviceKind.MEMORY, size, groups));
  }

  private static List<StorePoint> points() {
    List<StorePoint> points = new ArrayList<>();
    // as long as it ran, and then ended
    points.add(placement("n1", "c/17", EIGHT, Placement.OPEN, "gpu0", "gpu10"));
    points.add(placement("n1", "c/17", EIGHT, NINE, "gpu0", "gpu10"));
    points.add(placement("n2", "c/17", EIGHT, Placement.OPEN, "gpu0"));
    // a correction withdrew it
    points.add(placement("n3", "c/17", EIGHT, EIGHT, "gpu0"));
    points.add(placement("n1", "c/18", EIGHT - 7_200_000, Placement.OPEN, "gpu2", "gpu3"));
    points.add(placement("n1", "c/16", EIGHT - 9_200_000, EIGHT, "gpu0"));
    points.add(placement("n1", "c/20", NINE, NINE + 1, "gpu0"));

    points.add(quarter("c/17", "ann", "alpha", at("2026-03-01T18:15:00Z"), 0, 90));
    points.add(quarter("c/17", "ann", "alpha", at("2026-03-01T18:15:00Z"), 0, 100));
    points.add(quarter("c/17", "ann", "alpha", at("2026-03-01T18:30:00Z"), 0, 20));
    points.add(quarter("c/17", "ann", "alpha", EIGHT, 0, 3_000));
    points.add(quarter("c/17", "ann", "alpha", EIGHT, EIGHT + 60_000, 500));
    // it was accounted to somebody else at first
    points.add(quarter("c/17", "bob", "beta", EIGHT, 0, 3_000));
    points.add(quarter("c/17", "bob", "beta", EIGHT, 0, 0));
    // nobody is known, and it is written again
    points.add(quarter("c/19", "", "", EIGHT, 0, 60));
    points.add(quarter("c/19", "", "", EIGHT, 0, 70));
    points.add(ledger(EIGHT, 1_000, 970));
    points.add(ledger(EIGHT + 10_000, 3_000, 2_600));
    points.add(ledger(EIGHT + QUARTER, 5_000, 1));

    for (int window = 0; window < 12; window++) {
      long start = EIGHT + window * 10_000L;
      points.addAll(devices("n1", 11, start, 10_000));
      points.addAll(devices("n2", 1, start, 10_000));
    }
    points.addAll(devices("n1", 1, EIGHT, 60_000));
    points.addAll(
        DeviceWindowPoints.of(
            new DeviceWindow(
                "east",
                "n1",
                EIGHT,
                10_000,
                List.of(
                    new DeviceTotals(
                        "gpu0",
                        DeviceKind.GPU,
                        "H200",
                        0,
                        Totals.ofDevice().add(DeviceAmount.ENERGY_MILLIJOULES, 7))),
                1)));

    // the peak of the first node rises within the hour
    points.addAll(peaks(EIGHT, 1, 500, 300));
    points.addAll(peaks(EIGHT, 1, 900, 300));
    points.addAll(peaks(NINE, 1, 300, 800));
    points.addAll(peaks(EIGHT, 8, 1_100));
    points.addAll(peaks(NINE, 8, 1_000));

    points.add(report("n1", EIGHT - 86_400_000, "0.1", "r7"));
    points.add(report("n1", EIGHT, "0.2", "r1"));
    points.add(report("n1", NINE, "0.3", "r1"));
    points.add(report("n2", EIGHT, "0.2", "r2"));
    points.add(report("n3", EIGHT, "0.2", ""));
    return points;
  }

  /** The blocks of a language by the section that they are in. */
  private static Map<String, String> queries(String language) throws IOException {
    String page = Files.readString(PAGE);
    String part = page.substring(page.indexOf("\n## Queries\n"));
    part = part.substring(0, part.indexOf("\n## ", 1));
    Map<String, String> queries = new LinkedHashMap<>();
    Matcher section = SECTION.matcher(part);
    while (section.find()) {
      String rest = part.substring(section.end());
      int next = rest.indexOf("\n### ");
      Matcher block =
          Pattern.compile("(?s)```" + language + "\n(.*?)```")
              .matcher(next < 0 ? rest : rest.substring(0, next));
      assertThat(block.find()).as("%s of '%s'", language, section.group(1)).isTrue();
      queries.put(section.group(1), block.group(1));
    }
    return queries;
  }

  /** Of several statements each answers with some of the columns of one row. */
  private static List<String> rows(List<Map<String, String>> answer, String columns) {
    return answer.stream()
        .map(row ->
            String.join(
                "|", Stream.of(columns.split("\\|")).map(c -> row.getOrDefault(c, "")).toList()))
        .toList();
  }

  private static Map<String, String> together(List<Map<String, String>> answer) {
    Map<String, String> row = new LinkedHashMap<>();
    answer.forEach(row::putAll);
    return row;
  }

  @Test
  void everyQueryOfThePage_hasTheSameAnswer_fromQuestDb() throws Exception {
    try (EmbeddedQuestDb store = EmbeddedQuestDb.start(folder, 0);
        QuestDbReader reader = new QuestDbReader(store.url());
        PointSink sink =
            StoreConnection.to(
                    new InfluxAddress(store.url(), InfluxAddress.NO_TOKEN, "-"),
                    null,
                    Buckets.named("joulestream"))
                .sink();
        Answers answers = new Answers()) {
      sink.write(points());
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (!reader.applied()) {
        assertThat(System.nanoTime()).as("applied in time").isLessThan(end);
        LockSupport.parkNanos(5_000_000);
      }
      Map<String, String> queries = queries("sql");
      assertThat(queries.keySet()).isEqualTo(EXPECTED.keySet());
      for (Map.Entry<String, String> query : queries.entrySet()) {
        Expected expected = requireNonNull(EXPECTED.get(query.getKey()), query.getKey());
        assertThat(rows(answers.sql(store.url(), query.getValue()), expected.columns))
            .as(query.getKey())
            .containsExactlyInAnyOrderElementsOf(expected.rows);
      }
    }
  }

  @Test
  void everyQueryOfThePage_hasTheSameAnswer_fromInfluxDb() throws Exception {
    // the day of the page is long ago by now
    Buckets buckets =
        new Buckets(
            new Bucket("joulestream-devices", Duration.ZERO),
            new Bucket("joulestream", Duration.ZERO),
            new Bucket("joulestream-years", Duration.ZERO));
    try (Influxd server = Influxd.start(folder);
        Answers answers = new Answers()) {
      StoreConnection connection = StoreConnection.to(server.address(), null, buckets);
      connection.prepare();
      try (PointSink sink = connection.sink()) {
        sink.write(points());
      }
      Map<String, String> queries = queries("influxql");
      assertThat(queries.keySet()).isEqualTo(EXPECTED.keySet());
      for (Map.Entry<String, String> query : queries.entrySet()) {
        Expected expected = requireNonNull(EXPECTED.get(query.getKey()), query.getKey());
        List<Map<String, String>> answer =
            answers.influxQl(server.url(), "joulestream", query.getValue());
        if (query.getKey().startsWith("Balance")) {
          Map<String, String> row = together(answer);
          row.put(
              "difference",
              Long.toString(number(row, "measured") - number(row, "idle") - number(row, "jobs")));
          answer = List.of(row);
        }
        assertThat(rows(answer, expected.columns))
            .as(query.getKey())
            .containsExactlyInAnyOrderElementsOf(expected.rows);
      }
    }
  }

  private static long number(Map<String, String> row, String column) {
    return Long.parseLong(row.getOrDefault(column, ""));
  }
}

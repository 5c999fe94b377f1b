// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.dashboards.AllQueries;
import io.github.joulestream.dashboards.AllQueries.Asked;
import io.github.joulestream.dashboards.Grafana;
import io.github.joulestream.dashboards.Macros;
import io.github.joulestream.dashboards.Merged;
import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.store.writer.StoreWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that Grafana asks, of a real InfluxDB that the whole pipeline filled. The figures are
 * held against what a consumer of its own reads from the topics of results.
 */
class ITDashboardsPipeline {
  private static final long HOUR = FilledPipeline.HOUR;
  private static final int WINDOW = FilledPipeline.WINDOW;
  private static final double KILOWATT_HOUR = FilledPipeline.KILOWATT_HOUR;

  /** Of device windows: what no simulated device reports, or not in an hour. */
  private static final String[] NOT_OF_EVERY_DEVICE = {
    "fan", "XID errors", "XID code", "ECC corrected", "ECC uncorrected", "XID"
  };

  @TempDir static Path folder;
  private static FilledPipeline pipeline;
  private static PipelineTopics topics;
  private static Grafana grafana;

  @BeforeAll
  static void fill() throws Exception {
    pipeline = FilledPipeline.start(folder);
    topics = pipeline.topics();
    grafana = pipeline.grafana();
  }

  @AfterAll
  static void stop() {
    if (pipeline != null) {
      pipeline.close();
    }
  }

  private static Macros with(String... namesAndValues) {
    return pipeline.with(namesAndValues);
  }

  static List<Asked> queries() {
    return AllQueries.ofDashboards();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("queries")
  void everyQuery_isAnswered(Asked query) throws IOException, InterruptedException {
    if (query.text().contains("FROM \"alert\"")) {
      // which alerts there are, and whether they are over, changes while this looks
      if (grafana.ask(query, with()).has("series")) {
        grafana.check(query, with(), query.columns().toArray(String[]::new));
      }
    } else if (query
        .text()
        .matches(".*FROM \"(device_window|placement|job_quarter_hour|node)\".*")) {
      // nothing is written to their topics yet
      grafana.ask(query, with());
    } else if (query.text().contains("FROM \"placement\"") && query.text().contains("> ${__to}")) {
      // who holds something while jobs run; at the end of the range all are over
      grafana.check(query, pipeline.atTheEnd(middleOfAPlacement()));
    } else if (query.text().contains("\"source\" = 'RENEWABLE'")) {
      // the simulator gives shares of sources
      assertThat(grafana.ask(query, with()).has("series")).isFalse();
    } else if (query.text().contains("storage_growth")) {
      // known after a week
      assertThat(grafana.ask(query, with()).has("series")).isFalse();
    } else if (query.text().contains("${__to}ms - ")) {
      boolean ofJobs = query.text().contains("FROM \"job_window\"");
      grafana.check(
          query, pipeline.atTheEnd(ofJobs ? lastWindowOfJobs() : pipeline.lastWindowOfNodes()));
    } else {
      // a day without an error of a GPU has none to show
      String[] mayBeEmpty =
          query.text().contains("FROM \"device_window\"") ? NOT_OF_EVERY_DEVICE : new String[0];
      grafana.check(query, with(), mayBeEmpty);
      grafana.check(query, with("window", "1h|3600000"), mayBeEmpty);
    }
  }

  private static long middleOfAPlacement() {
    Placement held =
        topics.placements().stream()
            .filter(p -> p.endEpochMillis() > p.heldEpochMillis() + 60_000)
            .findFirst()
            .orElseThrow();
    return (held.heldEpochMillis() + held.endEpochMillis()) / 2;
  }

  private static long lastWindowOfJobs() {
    return topics.jobWindows().stream()
        .mapToLong(JobWindow::windowStartEpochMillis)
        .max()
        .orElseThrow();
  }

  static List<Map.Entry<Asked, Duration>> rules() {
    return List.copyOf(AllQueries.ofRules().entrySet());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void everyRule_hasAValueOfTheSite(Map.Entry<Asked, Duration> rule)
      throws IOException, InterruptedException {
    long now =
        topics.ledger().stream()
                .filter(w -> w.windowMillis() == WINDOW)
                .mapToLong(SiteWindow::windowStartEpochMillis)
                .max()
                .orElseThrow()
            + WINDOW;
    Macros macros = new Macros(now - rule.getValue().toMillis(), now - 1, "10s", Map.of());
    grafana.check(rule.getKey(), macros);
    JsonNode series = grafana.ask(rule.getKey(), macros).path("series");
    assertThat(series.get(0).at("/tags/site").asText()).isEqualTo("simulated");
  }

  private static double kilowattHours(int windowMillis, SiteAmount amount) {
    return pipeline.measured(windowMillis, amount) / KILOWATT_HOUR;
  }

  @Test
  void fleet_showsWhatTheTopicsSay() throws IOException, InterruptedException {
    for (int millis : new int[] {WINDOW, (int) HOUR}) {
      Macros macros = with("window", millis == WINDOW ? "10s|10000" : "1h|3600000");
      double energy = kilowattHours(millis, SiteAmount.MEASURED_TOTAL_MILLIJOULES);
      near(grafana.shown("Fleet / Energy", 1, macros), energy);
      Merged merged = new Merged(grafana, macros);
      // prices and intensities that the simulator makes up
      assertThat(merged.shown("Fleet", "Cost, ${currency}").orElseThrow() / energy)
          .isBetween(-0.2, 0.4);
      assertThat(merged.shown("Fleet", "CO2e").orElseThrow() / energy).isBetween(80.0, 600.0);
      assertThat(merged.shown("Fleet", "Without a price")).isEmpty();
      near(
          grafana.shown("Fleet / Where the energy went", 3, macros),
          kilowattHours(millis, SiteAmount.IDLE_TOTAL_MILLIJOULES));
      near(
          grafana.shown("Fleet / Utilisation over the range", 1, macros),
          (double) pipeline.measured(millis, SiteAmount.GPU_BUSY_MILLIS)
              / pipeline.measured(millis, SiteAmount.GPU_MILLIS));
      near(
          grafana.shown("Memory and storage / Memory seen", 1, macros), memoryOfLastMinute(millis));
    }
    nodesDrawWhatTheTopicsSay();
  }

  /** Bytes, mean of the windows of the last interval. */
  private static double memoryOfLastMinute(int millis) {
    SortedMap<Long, Long> byWindow = new TreeMap<>();
    topics.ledger().stream()
        .filter(w -> w.windowMillis() == millis)
        .forEach(w ->
            byWindow.merge(
                w.windowStartEpochMillis(),
                w.totals().get(SiteAmount.MEMORY_MEBIBYTE_MILLIS),
                Long::sum));
    long minute = byWindow.lastKey() / 60_000 * 60_000;
    return byWindow.tailMap(minute).values().stream()
            .mapToLong(amount -> amount)
            .average()
            .orElseThrow()
        * (1 << 20)
        / millis;
  }

  /** The table of nodes, at the end of what there is: mean power of the last ten minutes, W. */
  private static void nodesDrawWhatTheTopicsSay() throws IOException, InterruptedException {
    long end = pipeline.lastWindowOfNodes();
    Map<String, SortedMap<Long, Long>> byNode = new HashMap<>();
    topics.nodes().stream()
        .filter(w -> w.windowStartEpochMillis() > end - 600_000)
        .forEach(w ->
            byNode
                .computeIfAbsent(w.node(), _ -> new TreeMap<>())
                .merge(
                    w.windowStartEpochMillis(),
                    w.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES),
                    Long::sum));
    JsonNode rows =
        grafana
            .ask(Grafana.query("Fleet / Top nodes"), pipeline.atTheEnd(end))
            .at("/series/0/values");
    assertThat(rows).hasSize(Math.min(20, FilledPipeline.NODES));
    for (JsonNode row : rows) {
      SortedMap<Long, Long> windows = byNode.getOrDefault(row.get(3).asText(), new TreeMap<>());
      near(
          row.get(1).asDouble(),
          windows.values().stream().mapToLong(energy -> energy).average().orElseThrow() / WINDOW);
    }
  }

  @Test
  void site_showsWhatTheTopicsSay() throws IOException, InterruptedException {
    SortedMap<Long, Long> power = new TreeMap<>();
    topics.ledger().stream()
        .filter(w -> w.windowMillis() == WINDOW)
        .forEach(w ->
            power.merge(
                w.windowStartEpochMillis(),
                w.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES),
                Long::sum));
    var watts =
        power.values().stream().mapToDouble(energy -> (double) energy / WINDOW).summaryStatistics();
    near(grafana.shown("Site / Peak power", 1, with()), watts.getMax());
    near(grafana.shown("Site / Mean power", 1, with()), watts.getAverage());
    double covered = pipeline.measured(WINDOW, SiteAmount.COVERED_MILLIS);
    near(
        grafana.shown("Site / Coverage", 1, with()),
        covered / (covered + pipeline.measured(WINDOW, SiteAmount.UNCOVERED_MILLIS)));
    near(
        grafana.shown("Site / Quality of the energy", 3, with()),
        kilowattHours(WINDOW, SiteAmount.QUALITY_MODELLED_MILLIJOULES));
  }

  @Test
  void node_showsWhatTheTopicsSay() throws IOException, InterruptedException {
    Totals<SiteAmount> node = Totals.ofSite();
    topics.nodes().stream()
        .filter(w -> w.node().equals(pipeline.chosen("node")))
        .forEach(w -> node.addAll(w.totals()));
    near(
        grafana.shown("Node and devices / Energy of the node", 1, with()),
        node.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES) / KILOWATT_HOUR);
    near(
        grafana.shown("Node and devices / Where the node's energy went", 3, with()),
        node.get(SiteAmount.IDLE_TOTAL_MILLIJOULES) / KILOWATT_HOUR);
    near(
        grafana.shown("Node and devices / GPUs busy", 1, with()),
        (double) node.get(SiteAmount.GPU_BUSY_MILLIS) / node.get(SiteAmount.GPU_MILLIS));
  }

  @Test
  void jobs_showWhatTheTopicsSay() throws IOException, InterruptedException {
    JobSummary job = pipeline.largestJob();
    double energy = job.totals().get(JobAmount.TOTAL_MILLIJOULES) / KILOWATT_HOUR;
    near(grafana.shown("Job / Energy of the job", 1, with()), energy);
    near(grafana.shown("Job / Energy of the job so far", 1, with()), energy);
    near(grafana.shown("Job / Peak power of the job", 1, with()), job.peakMilliwatts() / 1000.0);
    near(
        grafana.shown("Job / Work per joule", 1, with()),
        job.work().amount() / (job.totals().get(JobAmount.TOTAL_MILLIJOULES) / 1000.0));
    near(grafana.shown("Efficiency / Jobs", 1, with()), topics.jobs().size());
    near(
        grafana.shown("Efficiency / Energy of the jobs", 1, with()),
        FilledPipeline.sum(topics.jobs()) / KILOWATT_HOUR);
    long end = lastWindowOfJobs();
    long atTheEnd =
        topics.jobWindows().stream()
            .filter(w -> w.windowStartEpochMillis() > end - 600_000)
            .map(JobWindow::job)
            .distinct()
            .count();
    assertThat(
            grafana
                .ask(Grafana.query("Fleet / Top jobs"), pipeline.atTheEnd(end))
                .at("/series/0/values"))
        .hasSize((int) Math.min(20, atTheEnd));
    assertThat(
            grafana
                .ask(Grafana.query("Site / annotation Jobs that ended"), with())
                .at("/series/0/values"))
        .hasSize(
            (int)
                topics.jobs().stream()
                    .filter(j -> j.times().endEpochMillis() <= with().toEpochMillis())
                    .count());
  }

  @Test
  void devices_showWhatTheTopicSays() throws IOException, InterruptedException {
    String node = pipeline.chosen("node");
    JsonNode gpus =
        grafana.ask(Grafana.query("Node and devices / GPUs, one by one"), with()).get("series");
    assertThat(gpus).isNotEmpty();
    for (JsonNode gpu : gpus) {
      String device = gpu.at("/tags/device").asText();
      Totals<DeviceAmount> totals = pipeline.device(node, device);
      JsonNode row = gpu.at("/values/0");
      double energy = totals.get(DeviceAmount.ENERGY_MILLIJOULES);
      near(row.get(1).asDouble(), energy / KILOWATT_HOUR);
      near(row.get(2).asDouble(), energy / totals.get(DeviceAmount.COVERED_MILLIS));
      long hottest = totals.get(DeviceAmount.PEAK_TEMPERATURE_DECIKELVINS);
      if (hottest == 0) {
        assertThat(row.get(6).isNull()).as("no temperature of " + device).isTrue();
      } else {
        near(row.get(6).asDouble(), (hottest - DeviceAmount.ZERO_CELSIUS_DECIKELVINS) / 10.0);
      }
    }
    // devices of nodes that have no meter, or what their meters see of them
    near(
        (double) pipeline.ofDevices(_ -> true, DeviceAmount.TOTAL_MILLIJOULES),
        (double) pipeline.measured(WINDOW, SiteAmount.MEASURED_TOTAL_MILLIJOULES));
  }

  @Test
  void placements_showWhatTheTopicSays() throws IOException, InterruptedException {
    String node = pipeline.chosen("node");
    Set<List<Object>> ofNode = new HashSet<>();
    for (JsonNode row :
        grafana
            .ask(Grafana.query("Node and devices / Jobs of the node"), with())
            .at("/series/0/values")) {
      ofNode.add(List.of(row.get(1).asText(), row.get(2).asLong(), row.get(3).asLong()));
    }
    assertThat(ofNode)
        .isNotEmpty()
        .isEqualTo(
            topics.placements().stream()
                .filter(p -> p.node().equals(node) && p.endEpochMillis() != p.heldEpochMillis())
                .map(p -> List.<Object>of(p.job(), p.heldEpochMillis(), p.endEpochMillis()))
                .collect(Collectors.toSet()));
    String job = pipeline.largestJob().job();
    List<String> nodes = new ArrayList<>();
    grafana
        .ask(Grafana.query("Job / Nodes of the job"), with())
        .at("/series/0/values")
        .forEach(row -> nodes.add(row.get(1).asText()));
    assertThat(nodes)
        .containsExactlyInAnyOrderElementsOf(
            topics.placements().stream()
                .filter(p -> p.job().equals(job) && p.endEpochMillis() != p.heldEpochMillis())
                .map(Placement::node)
                .toList());
    // the store has each node with its rack
    assertThat(grafana.ask(inventory(), with()).get("series"))
        .hasSize(FilledPipeline.NODES)
        .allSatisfy(series -> assertThat(series.at("/values/0/1").asText()).startsWith("r0"));
  }

  private static Asked inventory() {
    return AllQueries.ofDashboards().stream()
        .filter(query -> query.text().contains("FROM \"node\""))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void quarterHours_addUpToTheJobs() throws IOException, InterruptedException {
    double energy = FilledPipeline.sum(topics.jobs()) / KILOWATT_HOUR;
    near(grafana.shown("Efficiency / Energy in the range", 1, with()), energy);
    double ofUsers = 0;
    for (JsonNode user :
        grafana.ask(Grafana.query("Efficiency / Energy by user"), with()).get("series")) {
      ofUsers += user.at("/values/0/1").asDouble();
    }
    near(ofUsers, energy);
    double ofJob = 0;
    for (JsonNode row :
        grafana
            .ask(Grafana.query("Job / Energy of the job by quarter hour"), with())
            .at("/series/0/values")) {
      ofJob += row.get(1).asDouble();
    }
    near(ofJob, pipeline.largestJob().totals().get(JobAmount.TOTAL_MILLIJOULES) / KILOWATT_HOUR);
  }

  @Test
  void budgets_showsWhatWasSet() throws IOException, InterruptedException {
    JsonNode rows =
        grafana
            .ask(Grafana.query("Budgets and alerts / Budgets in force"), with())
            .at("/series/0/values");
    assertThat(rows).extracting(row -> row.get(2).asText()).containsExactlyInAnyOrder("all", "day");
    near(rows.get(0).get(5).asDouble() + rows.get(1).get(5).asDouble(), 1_000);
    near(rows.get(0).get(6).asDouble() + rows.get(1).get(6).asDouble(), 5 * 3.6e6);
  }

  @Test
  void alerts_showsWhatTheTopicSays() throws Exception {
    Asked rows = Grafana.query("Budgets and alerts / Alerts that began in the range");
    Await.until(
        "the store has the alerts, of which there are some",
        () -> {
          // each time that an alert held; its id is not in the table, but its scope is
          Set<List<Object>> expected = new HashSet<>();
          topics
              .latest(
                  Topic.ALERTS,
                  WireSerdes.alerts(),
                  alert -> List.of(alert.id(), alert.times().sinceEpochMillis() / 1_000))
              .values()
              .forEach(alert ->
                  expected.add(
                      List.of(
                          alert.times().sinceEpochMillis() / 1_000,
                          alert.rule().label(),
                          alert.scope())));
          Set<List<Object>> shown = new HashSet<>();
          for (JsonNode row : grafana.ask(rows, with()).at("/series/0/values")) {
            shown.add(
                List.of(row.get(0).asLong() / 1_000, row.get(2).asText(), row.get(5).asText()));
          }
          return !shown.isEmpty() && shown.equals(expected);
        });
  }

  @Test
  void pipeline_showsThatTheBooksBalance_andThatNobodyIsBehind() throws Exception {
    near(grafana.shown("Pipeline / Largest difference", 1, with()), 0);
    near(grafana.shown("Pipeline / Smallest difference", 1, with()), 0);
    double refused =
        Arrays.stream(SiteAmount.values())
            .filter(amount -> amount.name().startsWith("REFUSED_"))
            .mapToLong(amount -> pipeline.measured(WINDOW, amount))
            .sum();
    assertThat(refused).isPositive();
    near(grafana.shown("Pipeline / Refused", 1, with()), refused);
    Asked lag = Grafana.query("Pipeline / Behind, by reader and topic");
    Await.until(
        "the probe sees that all is read",
        () -> {
          Map<String, Double> last = new TreeMap<>();
          for (JsonNode series : grafana.ask(lag, with()).path("series")) {
            for (JsonNode row : series.get("values")) {
              if (!row.get(1).isNull()) {
                last.put(
                    series.at("/tags/component").asText() + " " + series.at("/tags/topic").asText(),
                    row.get(1).asDouble());
              }
            }
          }
          assertThat(last)
              .containsKeys(
                  "joulestream telemetry",
                  StoreWriter.GROUP + " " + Topic.JOB_WINDOW.topicName(),
                  StoreWriter.GROUP + " " + Topic.NODE_WINDOW.topicName());
          return last.entrySet().stream()
              .filter(entry -> !entry.getKey().contains("repartition"))
              .allMatch(entry -> entry.getValue() == 0);
        });
  }

  private static void near(double value, double expected) {
    assertThat(value).isCloseTo(expected, within(Math.abs(expected) * 1e-9 + 1e-9));
  }
}

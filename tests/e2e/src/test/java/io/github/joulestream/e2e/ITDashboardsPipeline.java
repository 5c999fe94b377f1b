// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.dashboards.AllQueries;
import io.github.joulestream.dashboards.AllQueries.Asked;
import io.github.joulestream.dashboards.Grafana;
import io.github.joulestream.dashboards.Macros;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.store.Influxd;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.writer.StoreWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that Grafana asks, of a real InfluxDB that the whole pipeline filled: a simulated
 * site, a broker, the topologies and the store writer, each as its users run it. The figures are
 * held against what a consumer of its own reads from the topics of results.
 */
class ITDashboardsPipeline {
  private static final int NODES = 3;
  private static final int JOBS = 10;
  private static final long HOUR = 3_600_000;
  private static final int WINDOW = 10_000;
  private static final double KILOWATT_HOUR = 3.6e9;

  @TempDir static Path folder;
  private static Influxd influx;
  private static EmbeddedKafka broker;
  private static final List<Program> programs = new ArrayList<>();
  private static Grafana grafana;
  private static Buckets buckets;

  // by consumers of the topics: what is there, once for each key
  private static List<SiteWindow> ledger = List.of();
  private static List<NodeWindow> nodes = List.of();
  private static List<JobWindow> jobWindows = List.of();
  private static List<JobSummary> jobs = List.of();
  private static Map<String, Object> kafka = Map.of();
  private static long from;
  private static long to;
  private static Map<String, List<String>> chosen = Map.of();

  @BeforeAll
  static void fill() throws Exception {
    influx = Influxd.shared(folder.resolve("influx"));
    broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    kafka = Map.of("bootstrap.servers", broker.bootstrap());
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin).create(2, (short) 1);
    }
    String name = "pipeline-" + UUID.randomUUID();
    buckets = Buckets.named(name);
    start("streams", "--state", folder.resolve("streams").toString(), "--threads", "1");
    start(
        "store-writer",
        "--store-url",
        influx.url().toString(),
        "--token",
        influx.address().token(),
        "--org",
        influx.address().org(),
        "--bucket",
        name);
    set("all", "--power", "1kW");
    set("day", "--energy", "5kWh", "--per", "day");
    Program simulation =
        start(
            "simulate",
            "--nodes",
            Integer.toString(NODES),
            "--jobs",
            Integer.toString(JOBS),
            "--past",
            "70m",
            "--end-jobs",
            "--faults",
            // a bad day, on which all arrives
            "lost=0,missing=0,sentinels=0.002");
    assertThat(simulation.await()).as(simulation.output()).isZero();
    Matcher published =
        Pattern.compile("([0-9,]+) readings published").matcher(simulation.output());
    assertThat(published.find()).as(simulation.output()).isTrue();
    long readings = Long.parseLong(published.group(1).replace(",", ""));

    awaitBooked(readings);
    awaitStored();
    choose();
    grafana = new Grafana(influx.address(), buckets, Path.of("..", "..", "dashboards"));
    // the probe of the store writer tells every 10 s
    Asked age = Grafana.query("Pipeline / Age of the newest window");
    Await.until("how the pipeline does is told", () -> grafana.ask(age, with()).has("series"));
  }

  private static void set(String budget, String... limit) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("budget", "set", budget, "--site", "simulated", "--scope", "site"));
    arguments.addAll(List.of(limit));
    Program program = start(arguments.toArray(String[]::new));
    assertThat(program.await()).as(program.output()).isZero();
  }

  private static Program start(String... arguments) throws IOException {
    Program program = Program.start(Map.of("JOULESTREAM_KAFKA", broker.bootstrap()), arguments);
    programs.add(program);
    return program;
  }

  @AfterAll
  static void stop() {
    programs.forEach(Program::close);
    if (grafana != null) {
      grafana.close();
    }
    if (broker != null) {
      broker.close();
    }
    if (influx != null) {
      influx.close();
    }
  }

  /** Until every reading is in the books, and every job has ended. */
  private static void awaitBooked(long readings) throws Exception {
    await("readings are in the books", () -> measured(WINDOW, SiteAmount.READINGS), () -> readings);
    await(
        "readings are in the nodes' books",
        () -> nodes.stream().mapToLong(w -> w.totals().get(SiteAmount.READINGS)).sum(),
        () -> readings);
    await(
        "jobs are over",
        () -> jobs.stream().filter(job -> job.state().ended()).count(),
        () -> JOBS);
    await(
        "energy is in the jobs' summaries",
        () -> sum(jobs),
        () -> measured(WINDOW, SiteAmount.JOBS_TOTAL_MILLIJOULES));
    await("energy is in the jobs' windows", () -> energy(jobWindows), () -> sum(jobs));
  }

  private static void await(String what, LongSupplier have, LongSupplier expected)
      throws Exception {
    long[] seen = new long[2];
    try {
      Await.until(
          what,
          () -> {
            readTopics();
            seen[0] = have.getAsLong();
            seen[1] = expected.getAsLong();
            return seen[0] == seen[1];
          });
    } catch (AssertionError e) {
      throw new AssertionError("%s: %,d of %,d".formatted(what, seen[0], seen[1]), e);
    }
  }

  private static void readTopics() {
    ledger =
        List.copyOf(
            latest(
                    Topic.LEDGER,
                    WireSerdes.siteWindows(),
                    w ->
                        List.of(
                            w.site(),
                            w.windowMillis(),
                            w.windowStartEpochMillis(),
                            w.fragmentEpochMillis()))
                .values());
    nodes =
        List.copyOf(
            latest(
                    Topic.NODE_WINDOW,
                    WireSerdes.nodeWindows(),
                    w -> List.of(w.node(), w.windowStartEpochMillis(), w.fragment()))
                .values());
    jobWindows =
        List.copyOf(
            latest(
                    Topic.JOB_WINDOW,
                    WireSerdes.jobWindows(),
                    w -> List.of(w.job(), w.windowStartEpochMillis(), w.fragmentEpochMillis()))
                .values());
    jobs =
        List.copyOf(
            latest(
                    Topic.JOB_SUMMARY,
                    WireSerdes.jobSummaries(),
                    job -> List.of(job.job(), job.fragmentEpochMillis()))
                .values());
  }

  /** The last record of each key, of a consumer that sees what is committed. */
  private static <T> Map<Object, T> latest(Topic topic, Serde<T> serde, Function<T, Object> key) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put("isolation.level", "read_committed");
    Map<Object, T> latest = new HashMap<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.topicName()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          if (record.value() == null) {
            continue; // forgotten
          }
          T value = serde.deserializer().deserialize(record.topic(), record.value());
          latest.put(key.apply(value), value);
        }
      }
    }
    return latest;
  }

  private static long sum(
      List<SiteWindow> windows, Predicate<SiteWindow> which, SiteAmount amount) {
    return windows.stream().filter(which).mapToLong(w -> w.totals().get(amount)).sum();
  }

  private static long sum(List<JobSummary> jobs) {
    return jobs.stream().mapToLong(job -> job.totals().get(JobAmount.TOTAL_MILLIJOULES)).sum();
  }

  private static long energy(List<JobWindow> windows) {
    return windows.stream().mapToLong(w -> w.totals().get(JobAmount.TOTAL_MILLIJOULES)).sum();
  }

  /** Until the store's own reader says of books and jobs what the topics say. */
  private static void awaitStored() throws Exception {
    Totals<SiteAmount> expected = Totals.ofSite();
    ledger.stream()
        .filter(w -> w.windowMillis() == WINDOW)
        .forEach(w -> expected.addAll(w.totals()));
    try (ResultReader reader = StoreConnection.to(influx.address(), null, buckets).reader()) {
      Await.until(
          "the store has all",
          () ->
              reader
                      .ledger(0, ResultReader.END_EPOCH_MILLIS)
                      .getOrDefault("simulated", Totals.ofSite())
                      .equals(expected)
                  && reader.jobEnergyMillijoules() == energy(jobWindows)
                  && reader.jobSummaries().size() == jobs.size());
    }
  }

  /** A range of whole hours that holds all, and the largest job. */
  private static void choose() {
    from =
        ledger.stream().mapToLong(SiteWindow::windowStartEpochMillis).min().orElseThrow()
            / HOUR
            * HOUR;
    to =
        (ledger.stream().mapToLong(SiteWindow::windowStartEpochMillis).max().orElseThrow() / HOUR
                    + 1)
                * HOUR
            - 1;
    chosen =
        Map.ofEntries(
            Map.entry("site", List.of("simulated")),
            Map.entry("node", List.of(nodes.getFirst().node())),
            Map.entry("device", List.of(Macros.ALL)),
            Map.entry("placed", jobs.stream().map(JobSummary::job).toList()),
            Map.entry("placed_on", nodes.stream().map(NodeWindow::node).distinct().toList()),
            Map.entry("job", List.of(largestJob().job())),
            Map.entry("user", List.of(Macros.ALL)),
            Map.entry("project", List.of(Macros.ALL)),
            Map.entry("work_unit", List.of(largestJob().work().unit())),
            Map.entry("window", List.of("10s|10000")),
            // so that the power is over it, at times
            Map.entry("budget", List.of("1")),
            Map.entry("daily", List.of("100")),
            Map.entry("memory_credit", List.of("4000")),
            Map.entry("storage_credit", List.of("4000")),
            Map.entry("price", List.of("0.25")),
            Map.entry("carbon", List.of("300")));
  }

  private static JobSummary largestJob() {
    return jobs.stream()
        .max(Comparator.comparingLong(job -> job.totals().get(JobAmount.TOTAL_MILLIJOULES)))
        .orElseThrow();
  }

  private static Macros with(String... namesAndValues) {
    Map<String, List<String>> all = new HashMap<>(chosen);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      all.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
    }
    return new Macros(from, to, "1m", all);
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
    } else if (query.text().contains("${__to}ms - ")) {
      boolean ofJobs = query.text().contains("FROM \"job_window\"");
      grafana.check(query, atTheEnd(ofJobs ? lastWindowOfJobs() : lastWindowOfNodes()));
    } else {
      grafana.check(query, with());
      grafana.check(query, with("window", "1h|3600000"));
    }
  }

  private static long lastWindowOfNodes() {
    return nodes.stream().mapToLong(NodeWindow::windowStartEpochMillis).max().orElseThrow();
  }

  private static long lastWindowOfJobs() {
    return jobWindows.stream().mapToLong(JobWindow::windowStartEpochMillis).max().orElseThrow();
  }

  /** A range that ends with this window, as that of somebody who looks while it goes. */
  private static Macros atTheEnd(long lastWindow) {
    return new Macros(from, lastWindow + WINDOW - 1, "1m", with().chosen());
  }

  static List<Map.Entry<Asked, Duration>> rules() {
    return List.copyOf(AllQueries.ofRules().entrySet());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void everyRule_hasAValueOfTheSite(Map.Entry<Asked, Duration> rule)
      throws IOException, InterruptedException {
    long now =
        ledger.stream()
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

  private static long measured(int windowMillis, SiteAmount amount) {
    return sum(ledger, w -> w.windowMillis() == windowMillis, amount);
  }

  private static double kilowattHours(int windowMillis, SiteAmount amount) {
    return measured(windowMillis, amount) / KILOWATT_HOUR;
  }

  @Test
  void fleet_showsWhatTheTopicsSay() throws IOException, InterruptedException {
    for (int millis : new int[] {WINDOW, (int) HOUR}) {
      Macros macros = with("window", millis == WINDOW ? "10s|10000" : "1h|3600000");
      double energy = kilowattHours(millis, SiteAmount.MEASURED_TOTAL_MILLIJOULES);
      near(grafana.shown("Fleet / Energy", 1, macros), energy);
      near(grafana.shown("Fleet / Cost", 1, macros), energy * 0.25);
      near(grafana.shown("Fleet / CO2", 1, macros), energy * 300);
      near(
          grafana.shown("Fleet / Where the energy went", 3, macros),
          kilowattHours(millis, SiteAmount.IDLE_TOTAL_MILLIJOULES));
      near(
          grafana.shown("Fleet / Utilisation over the range", 1, macros),
          (double) measured(millis, SiteAmount.GPU_BUSY_MILLIS)
              / measured(millis, SiteAmount.GPU_MILLIS));
      near(
          grafana.shown("Memory and storage / Memory there", 1, macros),
          memoryOfLastMinute(millis));
    }
    nodesDrawWhatTheTopicsSay();
  }

  /** Bytes, mean of the windows of the last interval. */
  private static double memoryOfLastMinute(int millis) {
    SortedMap<Long, Long> byWindow = new TreeMap<>();
    ledger.stream()
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
    long end = lastWindowOfNodes();
    Map<String, SortedMap<Long, Long>> byNode = new HashMap<>();
    nodes.stream()
        .filter(w -> w.windowStartEpochMillis() > end - 600_000)
        .forEach(w ->
            byNode
                .computeIfAbsent(w.node(), _ -> new TreeMap<>())
                .merge(
                    w.windowStartEpochMillis(),
                    w.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES),
                    Long::sum));
    JsonNode rows =
        grafana.ask(Grafana.query("Fleet / Top nodes"), atTheEnd(end)).at("/series/0/values");
    assertThat(rows).hasSize(Math.min(20, NODES));
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
    ledger.stream()
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
    double covered = measured(WINDOW, SiteAmount.COVERED_MILLIS);
    near(
        grafana.shown("Site / Coverage", 1, with()),
        covered / (covered + measured(WINDOW, SiteAmount.UNCOVERED_MILLIS)));
    near(
        grafana.shown("Site / Quality of the energy", 3, with()),
        kilowattHours(WINDOW, SiteAmount.QUALITY_MODELLED_MILLIJOULES));
  }

  @Test
  void node_showsWhatTheTopicsSay() throws IOException, InterruptedException {
    Totals<SiteAmount> node = Totals.ofSite();
    nodes.stream()
        .filter(w -> w.node().equals(nodes.getFirst().node()))
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
    JobSummary job = largestJob();
    double energy = job.totals().get(JobAmount.TOTAL_MILLIJOULES) / KILOWATT_HOUR;
    near(grafana.shown("Job / Energy of the job", 1, with()), energy);
    near(grafana.shown("Job / Energy of the job so far", 1, with()), energy);
    near(grafana.shown("Job / Peak power of the job", 1, with()), job.peakMilliwatts() / 1000.0);
    near(
        grafana.shown("Job / Work per joule", 1, with()),
        job.work().amount() / (job.totals().get(JobAmount.TOTAL_MILLIJOULES) / 1000.0));
    near(grafana.shown("Efficiency / Jobs", 1, with()), jobs.size());
    near(grafana.shown("Efficiency / Energy of the jobs", 1, with()), sum(jobs) / KILOWATT_HOUR);
    long end = lastWindowOfJobs();
    long atTheEnd =
        jobWindows.stream()
            .filter(w -> w.windowStartEpochMillis() > end - 600_000)
            .map(JobWindow::job)
            .distinct()
            .count();
    assertThat(grafana.ask(Grafana.query("Fleet / Top jobs"), atTheEnd(end)).at("/series/0/values"))
        .hasSize((int) Math.min(20, atTheEnd));
    assertThat(
            grafana
                .ask(Grafana.query("Site / annotation Jobs that ended"), with())
                .at("/series/0/values"))
        .hasSize((int) jobs.stream().filter(j -> j.times().endEpochMillis() <= to).count());
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
          latest(
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
            .mapToLong(amount -> measured(WINDOW, amount))
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

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.dashboards.AllQueries.Asked;
import io.github.joulestream.dashboards.Grafana;
import io.github.joulestream.dashboards.Macros;
import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.DeviceTotals;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.store.Influxd;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.connect.StoreConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;

/**
 * A real InfluxDB that the whole pipeline filled: a simulated site, a broker, the topologies and
 * the store writer, each as its users run it.
 */
final class FilledPipeline implements AutoCloseable {
  static final int NODES = 3;
  static final long HOUR = 3_600_000;
  static final int WINDOW = 10_000;
  static final double KILOWATT_HOUR = 3.6e9;

  private static final int JOBS = 10;

  private final Influxd influx;
  private final List<Program> programs = new ArrayList<>();
  private final EmbeddedKafka broker;
  private final Buckets buckets = Buckets.named("pipeline-" + UUID.randomUUID());
  private final Grafana grafana;
  private final PipelineTopics topics;
  private long from;
  private long to;
  private Map<String, List<String>> chosen = Map.of();

  private FilledPipeline(Influxd influx, EmbeddedKafka broker) throws IOException {
    this.influx = influx;
    this.broker = broker;
    topics = new PipelineTopics(Map.of("bootstrap.servers", broker.bootstrap()));
    grafana = new Grafana(influx.address(), buckets, Path.of("..", "..", "dashboards"));
  }

  static FilledPipeline start(Path folder) throws Exception {
    FilledPipeline pipeline =
        new FilledPipeline(
            Influxd.shared(folder.resolve("influx")),
            EmbeddedKafka.start(folder.resolve("kafka"), 0));
    try {
      pipeline.fill(folder);
      return pipeline;
    } catch (Throwable e) {
      pipeline.close();
      throw e;
    }
  }

  Grafana grafana() {
    return grafana;
  }

  PipelineTopics topics() {
    return topics;
  }

  private void fill(Path folder) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      new TopicAdmin(admin).create(2, (short) 1);
    }
    start("streams", "--state", folder.resolve("streams").toString(), "--threads", "1");
    start(
        "store-writer",
        "--store-url",
        influx.url().toString(),
        "--store-token-file",
        Files.writeString(folder.resolve("store.token"), influx.address().token()).toString(),
        "--org",
        influx.address().org(),
        "--bucket",
        buckets.weeks().name());
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
    // the store writer reports its state every 10 s
    Asked age = Grafana.query("Pipeline / Age of the newest window");
    Await.until(
        "the state of the pipeline is stored", () -> grafana.ask(age, with()).has("series"));
    Await.until("the store has devices, placements and quarter hours", this::hasDevices);
  }

  private void set(String budget, String... limit) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("budget", "set", budget, "--site", "simulated", "--scope", "site"));
    arguments.addAll(List.of(limit));
    Program program = start(arguments.toArray(String[]::new));
    assertThat(program.await()).as(program.output()).isZero();
  }

  private Program start(String... arguments) throws IOException {
    Program program = Program.start(Map.of("JOULESTREAM_KAFKA", broker.bootstrap()), arguments);
    programs.add(program);
    return program;
  }

  @Override
  public void close() {
    programs.forEach(Program::close);
    grafana.close();
    broker.close();
    influx.close();
  }

  /** Until every reading is in the books, and every job has ended. */
  private void awaitBooked(long readings) throws Exception {
    await("readings are in the books", () -> measured(WINDOW, SiteAmount.READINGS), () -> readings);
    await(
        "readings are in the nodes' books",
        () -> topics.nodes().stream().mapToLong(w -> w.totals().get(SiteAmount.READINGS)).sum(),
        () -> readings);
    await(
        "jobs are over",
        () -> topics.jobs().stream().filter(job -> job.state().ended()).count(),
        () -> JOBS);
    await(
        "energy is in the jobs' summaries",
        () -> sum(topics.jobs()),
        () -> measured(WINDOW, SiteAmount.JOBS_TOTAL_MILLIJOULES));
    await(
        "energy is in the jobs' windows",
        () -> energy(topics.jobWindows()),
        () -> sum(topics.jobs()));
    await("energy is in the jobs' quarter hours", this::ofQuarters, () -> sum(topics.jobs()));
    await(
        "energy is in the devices' windows",
        () -> ofDevices(_ -> true, DeviceAmount.TOTAL_MILLIJOULES),
        () -> measured(WINDOW, SiteAmount.MEASURED_TOTAL_MILLIJOULES));
    await(
        "placements are over",
        () ->
            topics.placements().stream().filter(p -> p.endEpochMillis() != Placement.OPEN).count(),
        () -> topics.placements().size());
  }

  private void await(String what, LongSupplier have, LongSupplier expected) throws Exception {
    long[] seen = new long[2];
    try {
      Await.until(
          what,
          () -> {
            topics.read();
            seen[0] = have.getAsLong();
            seen[1] = expected.getAsLong();
            return seen[0] == seen[1];
          });
    } catch (AssertionError e) {
      throw new AssertionError("%s: %,d of %,d".formatted(what, seen[0], seen[1]), e);
    }
  }

  private static long sum(
      List<SiteWindow> windows, Predicate<SiteWindow> which, SiteAmount amount) {
    return windows.stream().filter(which).mapToLong(w -> w.totals().get(amount)).sum();
  }

  static long sum(List<JobSummary> jobs) {
    return jobs.stream().mapToLong(job -> job.totals().get(JobAmount.TOTAL_MILLIJOULES)).sum();
  }

  private static long energy(List<JobWindow> windows) {
    return windows.stream().mapToLong(w -> w.totals().get(JobAmount.TOTAL_MILLIJOULES)).sum();
  }

  /** Until the store's own reader says of books and jobs what the topics say. */
  private void awaitStored() throws Exception {
    Totals<SiteAmount> expected = Totals.ofSite();
    topics.ledger().stream()
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
                  && reader.jobEnergyMillijoules() == energy(topics.jobWindows())
                  && reader.jobSummaries().size() == topics.jobs().size());
    }
  }

  /** A range of whole hours that holds all, and the largest job. */
  private void choose() {
    from =
        topics.ledger().stream().mapToLong(SiteWindow::windowStartEpochMillis).min().orElseThrow()
            / HOUR
            * HOUR;
    // also what the store writer reports of itself, if an hour has begun since the last window
    long last =
        Math.max(
            System.currentTimeMillis(),
            topics.ledger().stream()
                .mapToLong(SiteWindow::windowStartEpochMillis)
                .max()
                .orElseThrow());
    to = (last / HOUR + 1) * HOUR - 1;
    chosen =
        Map.ofEntries(
            Map.entry("site", List.of("simulated")),
            Map.entry("node", List.of(nodeWithTemperatures())),
            Map.entry("device", List.of(Macros.ALL)),
            Map.entry("placed", topics.jobs().stream().map(JobSummary::job).toList()),
            Map.entry(
                "placed_on", topics.nodes().stream().map(NodeWindow::node).distinct().toList()),
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
            Map.entry("currency", List.of("EUR")),
            Map.entry("price", List.of("0.25")),
            Map.entry("carbon", List.of("300")));
  }

  /** Its GPUs have statuses: a bad day has nodes without. */
  private String nodeWithTemperatures() {
    return topics.devices().stream()
        .filter(w ->
            w.devices().stream()
                .anyMatch(device ->
                    device.kind() == DeviceKind.GPU
                        && device.totals().get(DeviceAmount.TEMPERATURE_SAMPLES) > 0))
        .map(DeviceWindow::node)
        .sorted()
        .findFirst()
        .orElseThrow();
  }

  JobSummary largestJob() {
    return topics.jobs().stream()
        .max(Comparator.comparingLong(job -> job.totals().get(JobAmount.TOTAL_MILLIJOULES)))
        .orElseThrow();
  }

  /** What is chosen, or what is said here. */
  Macros with(String... namesAndValues) {
    Map<String, List<String>> all = new HashMap<>(chosen);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      all.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
    }
    return new Macros(from, to, "1m", all);
  }

  /** A range that ends with this window, as that of somebody who looks while it goes. */
  Macros atTheEnd(long lastWindow) {
    return new Macros(from, lastWindow + WINDOW - 1, "1m", with().chosen());
  }

  long lastWindowOfNodes() {
    return topics.nodes().stream()
        .mapToLong(NodeWindow::windowStartEpochMillis)
        .max()
        .orElseThrow();
  }

  long measured(int windowMillis, SiteAmount amount) {
    return sum(topics.ledger(), w -> w.windowMillis() == windowMillis, amount);
  }

  /** Energy of all devices by themselves. */
  long ofDevices(Predicate<DeviceTotals> which, DeviceAmount amount) {
    return topics.devices().stream()
        .flatMap(w -> w.devices().stream())
        .filter(which)
        .mapToLong(device -> device.totals().get(amount))
        .sum();
  }

  /** All that is known of a device. */
  Totals<DeviceAmount> device(String node, String device) {
    Totals<DeviceAmount> totals = Totals.ofDevice();
    topics.devices().stream()
        .filter(w -> w.node().equals(node))
        .flatMap(w -> w.devices().stream())
        .filter(of -> of.id().equals(device))
        .forEach(of -> totals.addAll(of.totals()));
    return totals;
  }

  /** What is chosen of a variable. */
  String chosen(String variable) {
    return chosen.getOrDefault(variable, List.of()).getFirst();
  }

  long ofQuarters() {
    return topics.quarters().stream()
        .mapToLong(quarter -> quarter.totals().get(JobAmount.TOTAL_MILLIJOULES))
        .sum();
  }

  private boolean hasDevices() throws IOException, InterruptedException {
    Asked jobsOfNode = Grafana.query("Node and devices / Jobs of the node");
    long placements =
        topics.placements().stream()
            .filter(p -> p.node().equals(chosen("node")))
            .filter(p -> p.endEpochMillis() != p.heldEpochMillis())
            .count();
    Asked gpus = Grafana.query("Node and devices / GPUs, one by one");
    double energy = 0;
    for (JsonNode gpu : grafana.ask(gpus, with()).path("series")) {
      energy += gpu.at("/values/0/1").asDouble();
    }
    double ofTopic =
        topics.devices().stream()
            .filter(w -> w.node().equals(chosen("node")))
            .flatMap(w -> w.devices().stream())
            .filter(device -> device.kind() == DeviceKind.GPU)
            .mapToDouble(device -> device.totals().get(DeviceAmount.ENERGY_MILLIJOULES))
            .sum();
    return grafana.ask(jobsOfNode, with()).at("/series/0/values").size() == placements
        && Math.abs(energy - ofTopic / KILOWATT_HOUR) < 1e-9
        && Math.abs(
                grafana.shown("Efficiency / Energy in the range", 1, with())
                    - ofQuarters() / KILOWATT_HOUR)
            < 1e-9;
  }
}

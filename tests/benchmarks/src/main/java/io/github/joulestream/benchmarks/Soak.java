// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.app.Main;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.apache.kafka.clients.admin.Admin;

/**
 * Whether all of it keeps pace with a site in real time: broker, load, topologies, store writer and
 * store, each a process, and the programs as one starts them. Prints how far the two groups are
 * behind, how old the ledger's news are and what each process spends, and judges in the end.
 */
final class Soak {
  private static final Duration EVERY = Duration.ofSeconds(10);
  private static final Duration DRAIN = Duration.ofMinutes(2);
  private static final int TURN_SECONDS = 60;
  // of data: a commit, and what a poll and a pause of the collector may add
  private static final double MAX_BEHIND_SECONDS = 3;
  private static final double MAX_GROWTH_SECONDS = 1;
  private static final long MAX_LATE_MILLIS = 2_000;

  private final Settings settings;
  private final Bench bench;
  private final String bootstrap;
  private final Admin admin;
  private final Map<String, Child> processes = new LinkedHashMap<>();
  private long readings;

  private Soak(Settings settings, Bench bench, String bootstrap, Admin admin) {
    this.settings = settings;
    this.bench = bench;
    this.bootstrap = bootstrap;
    this.admin = admin;
  }

  public static void main(String[] args) throws Exception {
    Settings settings =
        new Settings("Whether everything keeps pace with a site in real time.")
            .with("nodes", "1000", "nodes of the site, 15 devices each, read once a second")
            .with("rows", "1", "readings of a device in a batch: 1, 5 or 10")
            .with("jobs", "hours", "hours: how long most jobs last; minute: all end each minute")
            .with("simulated", "100", "nodes that are simulated; the others are copies")
            .with("minutes", "5", "how long; with find, of each step")
            .with(
                "phases",
                "20",
                "moments of a minute at which nodes are; with jobs=minute their jobs end then")
            .with("together", "1", "copies of a node in a phase that have the same jobs")
            .with("warm", "60", "seconds at the beginning whose figures are shown apart")
            .with("partitions", "4", "of the topics")
            .with("threads", "2", "stream threads")
            .with("loadthreads", "1", "threads of the load")
            .with("devices", "10s", "length of the windows of devices, or off")
            .with("profile", "false", "whether to show what streams spends processor time on")
            .with("find", "false", "whether to go on with more nodes until it does not keep pace")
            .with("percent", "150", "nodes of a step in parts of the step before, with find")
            .withCommon()
            .read(args);
    if (settings.number("percent") <= 100) {
      throw settings.refuse("percent must be over 100");
    }
    try (Bench bench = new Bench(settings)) {
      Child broker = bench.start(Broker.class, bench.folder("kafka").toString(), "0");
      String bootstrap = broker.await("READY ");
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
        Soak soak = new Soak(settings, bench, bootstrap, admin);
        soak.processes.put("broker", broker);
        soak.run();
      }
    }
  }

  private void run() throws Exception {
    Preload.createTopics(Map.of("bootstrap.servers", bootstrap), settings.number("partitions"));
    Child store = bench.start(Store.class, bench.folder("store").toString());
    String url = store.await("READY ");
    Child streams =
        bench.start(
            Main.class,
            "streams",
            "--kafka",
            bootstrap,
            "--state",
            bench.folder("state").toString(),
            "--threads",
            settings.text("threads"),
            "--device-windows",
            settings.text("devices"));
    streams.await("the topologies run");
    Child writer =
        bench.start(Main.class, "store-writer", "--kafka", bootstrap, "--store-url", url);
    writer.await("writing into");
    processes.put("streams", streams);
    processes.put("writer", writer);
    processes.put("store", store);

    ObjectNode all = Bench.object();
    int held = 0;
    int nodes = settings.number("nodes");
    while (step(streams, nodes, all.withArray("steps").addObject())) {
      held = nodes;
      if (!settings.is("find")) {
        break;
      }
      nodes = (int) ((long) nodes * settings.number("percent") / 100);
    }
    all.put("held_nodes", held);
    if (settings.is("find")) {
      Bench.say(
          held == 0
              ? "not even the first held"
              : "the most that held: %,d nodes, %,d readings a second",
          held,
          held * 15L);
    }
    bench.report(all);
  }

  /** Runs with so many nodes; true if everything kept pace. */
  private boolean step(Child streams, int nodes, ObjectNode result) throws Exception {
    Child load =
        bench.start(
            Load.class,
            "bootstrap=" + bootstrap,
            "nodes=" + nodes,
            "simulated=" + settings.text("simulated"),
            "together=" + settings.text("together"),
            "phases=" + settings.text("phases"),
            "threads=" + settings.text("loadthreads"),
            "rows=" + settings.text("rows"),
            "jobs=" + settings.text("jobs"),
            "turn=" + TURN_SECONDS,
            "turns=" + settings.number("minutes") * 60 / TURN_SECONDS);
    JsonNode ready = Child.JSON.readTree(load.await("READY "));
    double batchesPerSecond = ready.get("batches_per_s").asDouble();
    processes.put("load", load);
    Map<String, Double> cpuBefore = cpuSeconds();
    Bench.say(
        "%n%,d nodes, %,.0f batches a second%n%7s %14s %14s %17s   CPU s of %s",
        nodes,
        batchesPerSecond,
        "s",
        "streams behind",
        "writer behind",
        "news p50, p99 s",
        String.join(", ", processes.keySet()));
    List<Double> behind = new ArrayList<>();
    List<Double> writerBehind = new ArrayList<>();
    List<Double> ages;
    int cold = 0;
    Map<String, Double> cpuWarm = Map.of();
    Map<String, Double> cpuEnd = Map.of();
    int warmRows = 0;
    CpuProfile profile =
        settings.is("profile") ? CpuProfile.start(streams.pid(), bench.folder("profile")) : null;
    try (Freshness freshness =
        new Freshness(bootstrap, ready.get("devices").asLong(), ready.get("newest_ms").asLong())) {
      while (!load.ended(EVERY)) {
        behind.add(Topics.lagOfTopologies(admin) / batchesPerSecond);
        writerBehind.add((double) Topics.lagOfWriter(admin));
        cpuEnd = cpuSeconds();
        row(behind, writerBehind.getLast(), freshness.seconds(), cpuBefore, cpuEnd);
        if (behind.size() * EVERY.toSeconds() <= settings.number("warm")) {
          cold = freshness.seconds().size();
          warmRows = behind.size();
          cpuWarm = cpuEnd;
        }
        if (profile != null && behind.size() == warmRows) {
          profile.begin();
        }
      }
      processes.remove("load");
      if (profile != null) {
        result.set("split", profile.stop().json());
        CpuSplit.print("streams", result.get("split"));
      }
      Topics.awaitWorkedThrough(admin, DRAIN);
      ages = List.copyOf(freshness.seconds());
    }
    List<Double> warmAges = ages.subList(cold, ages.size());
    JsonNode loaded = load.result();
    long measured = Topics.awaitSteady(() -> Ledger.measuredMillijoules(bootstrap));
    readings += loaded.get("readings").asLong();
    long missing = readings - Ledger.readings(bootstrap);
    result.put("nodes", nodes);
    result.put("batches_per_s", batchesPerSecond);
    result.put("readings", loaded.get("readings").asLong());
    result.put("missing_readings", missing);
    result.put("load_late_ms", loaded.get("worst_behind_ms").asLong());
    result.put("measured_mj", measured);
    result.put("news_p50_s", Statistics.percentile(ages, 50));
    result.put("news_p99_s", Statistics.percentile(ages, 99));
    result.put("warm_news_p50_s", Statistics.percentile(warmAges, 50));
    result.put("warm_news_p99_s", Statistics.percentile(warmAges, 99));
    result.set("streams_behind_s", Child.JSON.valueToTree(behind));
    result.set("writer_behind_records", Child.JSON.valueToTree(writerBehind));
    double warmSeconds = (behind.size() - warmRows) * (double) EVERY.toSeconds();
    ObjectNode busy = result.putObject("warm_cores");
    for (Map.Entry<String, Double> process : cpuEnd.entrySet()) {
      double spent = process.getValue() - cpuWarm.getOrDefault(process.getKey(), 0.0);
      busy.put(process.getKey(), spent / warmSeconds);
    }
    double readingsPerSecond = ready.get("readings_per_s").asDouble();
    result.put("readings_per_s", readingsPerSecond);
    String verdict = verdict(behind, loaded.get("worst_behind_ms").asLong(), ages.size(), missing);
    result.put("verdict", verdict);
    Bench.say(
        "news of %d windows: p50 %.2f s, p99 %.2f s; after the first %d s: p50 %.2f s, p99 %.2f s%n"
            + "cores busy then: %s; streams, processor time of a reading: %.0f ns%n"
            + "the ledger's difference is 0, readings missing %,d%n%s",
        ages.size(),
        Statistics.percentile(ages, 50),
        Statistics.percentile(ages, 99),
        settings.number("warm"),
        Statistics.percentile(warmAges, 50),
        Statistics.percentile(warmAges, 99),
        cores(busy),
        busy.path("streams").asDouble() * 1e9 / readingsPerSecond,
        missing,
        verdict);
    return verdict.startsWith("keeps pace");
  }

  private static String cores(JsonNode busy) {
    StringJoiner text = new StringJoiner(", ");
    busy.properties()
        .forEach(process ->
            text.add("%s %.2f".formatted(process.getKey(), process.getValue().asDouble())));
    return text.toString();
  }

  private static void row(
      List<Double> behind,
      double writerBehind,
      List<Double> ages,
      Map<String, Double> cpuBefore,
      Map<String, Double> cpuNow) {
    StringBuilder cpu = new StringBuilder();
    cpuNow.forEach((name, seconds) ->
        cpu.append(" %.1f".formatted(seconds - cpuBefore.getOrDefault(name, 0.0))));
    Bench.say(
        "%7d %12.2f s %,10.0f rec %8.2f %8.2f  %s",
        behind.size() * EVERY.toSeconds(),
        behind.getLast(),
        writerBehind,
        Statistics.percentile(ages, 50),
        Statistics.percentile(ages, 99),
        cpu);
  }

  private Map<String, Double> cpuSeconds() {
    Map<String, Double> seconds = new LinkedHashMap<>();
    processes.forEach((name, child) -> seconds.put(name, child.cpuSeconds()));
    return seconds;
  }

  private static String verdict(List<Double> behind, long lateMillis, int windows, long missing) {
    int third = Math.max(1, behind.size() / 3);
    double first = Statistics.mean(behind.subList(0, third));
    double last = Statistics.mean(behind.subList(behind.size() - third, behind.size()));
    String why =
        String.format(
            Locale.ROOT,
            "behind by %.2f s of data in the first third, %.2f s in the last; the load was at most %d ms late",
            first,
            last,
            lateMillis);
    if (missing != 0) {
      return "loses readings: " + missing;
    }
    if (lateMillis > MAX_LATE_MILLIS) {
      return "says nothing, the load itself does not keep pace: " + why;
    }
    return last <= MAX_BEHIND_SECONDS && last - first <= MAX_GROWTH_SECONDS && windows > 0
        ? "keeps pace: " + why
        : "does not keep pace: " + why;
  }
}

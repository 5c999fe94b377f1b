// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.app.Main;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * What the API bears, and what that costs the pipeline beside it: broker, load, topologies, store,
 * store writer and server, each a process, first without readers, then with event streams and
 * requests at a fixed rate.
 */
final class Serve {
  private static final String SITE = "simulated";
  private static final int TURN_SECONDS = 60;
  private static final int TURNS = 1_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Settings settings;
  private final Bench bench;
  private final Map<String, Child> processes = new LinkedHashMap<>();
  private final ObjectNode result = Bench.object();

  private Serve(Settings settings, Bench bench) {
    this.settings = settings;
    this.bench = bench;
  }

  public static void main(String[] args) throws Exception {
    Settings settings =
        new Settings("What the API bears, and what that costs the pipeline beside it.")
            .with("nodes", "1000", "nodes of the site, 15 devices each, a batch a second")
            .with("simulated", "100", "nodes that are simulated; the others are copies")
            .with("streams", "200", "event streams")
            .with("viewers", "50", "people whose they are, with a token each")
            .with("rate", "500", "requests a second")
            .with("seconds", "60", "how long")
            .with("ramp", "60", "seconds at half of that rate before, for the compiler")
            .with("warm", "90", "seconds before anything is measured")
            .with("before", "60", "seconds of the pipeline alone")
            .with("partitions", "4", "of the topics")
            .with("threads", "2", "stream threads")
            .withCommon()
            .read(args);
    try (Bench bench = new Bench(settings)) {
      new Serve(settings, bench).run();
    }
  }

  private Duration seconds(String name) {
    return Duration.ofSeconds(settings.number(name));
  }

  private void run() throws Exception {
    Child broker = bench.start(Broker.class, bench.folder("kafka").toString(), "0");
    String bootstrap = broker.await("READY ");
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
            settings.text("threads"));
    streams.await("the topologies run");
    Child writer =
        bench.start(Main.class, "store-writer", "--kafka", bootstrap, "--store-url", url);
    writer.await("writing into");
    Tokens tokens = Tokens.write(bench.folder("access"), settings.number("viewers"));
    Child server =
        bench.start(
            Main.class,
            "serve",
            "--kafka",
            bootstrap,
            "--store-url",
            url,
            "--listen",
            "127.0.0.1:0",
            "--tokens",
            tokens.file().toString());
    String address = server.await("serving ").split(" ", 2)[0];
    Bench.say("the server is at %s", address);
    processes.put("broker", broker);
    processes.put("store", store);
    processes.put("streams", streams);
    processes.put("writer", writer);
    processes.put("server", server);
    Child load =
        bench.start(
            Load.class,
            "bootstrap=" + bootstrap,
            "nodes=" + settings.text("nodes"),
            "simulated=" + settings.text("simulated"),
            "site=" + SITE,
            "turn=" + TURN_SECONDS,
            // it ends with this
            "turns=" + TURNS);
    JsonNode ready = Child.JSON.readTree(load.await("READY "));
    processes.put("load", load);
    try (Freshness ledger =
            new Freshness(
                bootstrap, ready.get("devices").asLong(), ready.get("newest_ms").asLong());
        StoreAge age = new StoreAge(URI.create(url), SITE)) {
      measure(URI.create(address), tokens, ledger, age);
    }
    bench.report(result);
  }

  private static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .executor(Executors.newVirtualThreadPerTaskExecutor())
        .connectTimeout(Duration.ofSeconds(10))
        .build();
  }

  private void measure(URI url, Tokens tokens, Freshness ledger, StoreAge age) throws Exception {
    TimeUnit.SECONDS.sleep(settings.number("warm"));
    try (HttpLoad requests = new HttpLoad(client(), tokens)) {
      ServeRoutes routes = new ServeRoutes(url, SITE, client(), tokens);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!routes.learn()) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("the server shows no nodes and jobs");
        }
        TimeUnit.SECONDS.sleep(1);
      }
      Bench.say("%,d nodes and %,d jobs to ask for", routes.nodes(), routes.jobs());
      Phase before = new Phase("before", ledger, age);
      TimeUnit.SECONDS.sleep(settings.number("before"));
      before.end(seconds("before"));
      try (EventReaders readers =
          new EventReaders(client(), routes.events(), settings.number("streams"), tokens)) {
        while (readers.open() + readers.problems().size() < settings.number("streams")) {
          TimeUnit.MILLISECONDS.sleep(100);
        }
        try (HttpLoad ramp = new HttpLoad(client(), tokens)) {
          ramp.run(routes, Math.max(1, settings.number("rate") / 2), seconds("ramp"));
          Bench.say("at half of the rate: %,d errors", ramp.errors());
        }
        Phase during = new Phase("during", ledger, age);
        readers.count();
        requests.run(routes, settings.number("rate"), seconds("seconds"));
        readers.stopCounting();
        during.end(seconds("seconds"));
        print(requests, readers);
      }
    }
  }

  private void print(HttpLoad requests, EventReaders readers) {
    double seconds = settings.number("seconds");
    requests.print(seconds("seconds"));
    Bench.say(
        "%d streams: %,.1f frames/s each, %,.1f kB/s each, %,.0f kB/s together,"
            + " between two frames p50 %,.0f ms, p99 %,.0f ms, at most %,.0f ms",
        readers.open(),
        readers.frames() / seconds / readers.open(),
        readers.bytes() / 1e3 / seconds / readers.open(),
        readers.bytes() / 1e3 / seconds,
        Statistics.percentile(readers.gapsMillis(), 50),
        Statistics.percentile(readers.gapsMillis(), 99),
        Statistics.percentile(readers.gapsMillis(), 100));
    requests.put(result.putObject("routes"));
    result
        .putObject("streams")
        .put("open", readers.open())
        .put("frames", readers.frames())
        .put("bytes", readers.bytes())
        .put("gap_p50_ms", Statistics.percentile(readers.gapsMillis(), 50))
        .put("gap_p99_ms", Statistics.percentile(readers.gapsMillis(), 99))
        .put("gap_max_ms", Statistics.percentile(readers.gapsMillis(), 100));
    requests.problems().forEach(problem -> Bench.say("%s", problem));
    readers.problems().forEach(problem -> Bench.say("%s", problem));
    long errors = requests.errors() + readers.problems().size();
    result.put("errors", errors);
    Bench.say("%s", errors == 0 ? "no errors" : errors + " ERRORS");
  }

  /** A part of the run. */
  private final class Phase {
    private final String name;
    private final Freshness ledger;
    private final StoreAge age;
    private final int windowsBefore;
    private final Map<String, Double> cpuBefore;

    Phase(String name, Freshness ledger, StoreAge age) {
      this.name = name;
      this.ledger = ledger;
      this.age = age;
      this.windowsBefore = ledger.seconds().size();
      age.take();
      this.cpuBefore = cpuSeconds();
    }

    void end(Duration length) {
      List<Double> all = List.copyOf(ledger.seconds());
      List<Double> windows = all.subList(windowsBefore, all.size());
      List<Double> ages = age.take();
      ObjectNode phase = result.putObject(name);
      StringBuilder cpu = new StringBuilder();
      cpuSeconds()
          .forEach((process, seconds) -> {
            double share = (seconds - cpuBefore.getOrDefault(process, 0.0)) / length.toSeconds();
            cpu.append(" %s %.0f %%".formatted(process, 100 * share));
            phase.put("cpu_" + process, share);
          });
      phase.put("windows", windows.size());
      phase.put("ledger_p50_s", Statistics.percentile(windows, 50));
      phase.put("ledger_max_s", Statistics.percentile(windows, 100));
      phase.put("store_age_p50_s", Statistics.percentile(ages, 50));
      phase.put("store_age_p99_s", Statistics.percentile(ages, 99));
      Bench.say(
          "%s: ledger whole p50 %.1f s, max %.1f s after its last reading (%d windows);"
              + " newest window in the store p50 %.1f s, p99 %.1f s old;"
              + " processors:%s",
          name,
          Statistics.percentile(windows, 50),
          Statistics.percentile(windows, 100),
          windows.size(),
          Statistics.percentile(ages, 50),
          Statistics.percentile(ages, 99),
          cpu);
    }

    private Map<String, Double> cpuSeconds() {
      Map<String, Double> seconds = new LinkedHashMap<>();
      processes.forEach((process, child) -> seconds.put(process, child.cpuSeconds()));
      seconds.put(
          "requests",
          ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L)
              / 1e9);
      return seconds;
    }
  }
}

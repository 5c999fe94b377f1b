// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.joulestream.app.Main;
import io.github.joulestream.app.alerts.BudgetTopic;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Thresholds;
import io.github.joulestream.producers.publish.KafkaPublisher;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How long it takes from the first sample over a limit until Alertmanager has the alert: agents'
 * telemetry, the books, the watch over budgets and the sender, each as it is deployed. Racks of
 * four nodes pass their limit one after the other, at random moments, by the power of one node.
 *
 * <p>Between sender and Alertmanager stands a server that passes requests on and takes the time of
 * the answer. Where there is no Alertmanager it answers itself, and says so.
 */
final class AlertLatency {
  private static final String SITE = "site";
  private static final int RACK_NODES = 4;
  private static final int GPUS = 8;
  private static final long IDLE_MILLIWATTS = 300_000;
  private static final long BUSY_MILLIWATTS = 700_000;
  // over what a rack draws, and under that and half of what one node draws more
  private static final long LIMIT_MILLIWATTS = RACK_NODES * GPUS * IDLE_MILLIWATTS + 500_000;
  private static final double BIN_SECONDS = 0.25;
  private static final Duration LAST = Duration.ofSeconds(30);

  private final Settings settings;
  private final EpochClock clock = EpochClock.system();
  private final NanoClock nanos = NanoClock.system();
  private final Map<String, Long> overSince = new ConcurrentHashMap<>();
  private final Map<String, Long> receivedAt = new ConcurrentHashMap<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private AlertLatency(Settings settings) {
    this.settings = settings;
  }

  public static void main(String[] args) throws Exception {
    Settings settings =
        new Settings("How long it takes from a sample over a limit to the alert at Alertmanager.")
            .with(
                "nodes", "1000", "nodes of the site, each with eight GPUs, each read once a second")
            .with("breaches", "240", "racks of four nodes that pass their limit")
            .with("seconds", "120", "over which they do")
            .with("warmup", "40", "seconds before that")
            .with("partitions", "4", "of the topics")
            .with("threads", "2", "of each topology")
            .withCommon()
            .read(args);
    if (settings.number("breaches") * RACK_NODES > settings.number("nodes")) {
      throw settings.refuse("a breach takes %d nodes".formatted(RACK_NODES));
    }
    new AlertLatency(settings).run();
  }

  private void run() throws Exception {
    try (Bench bench = new Bench(settings)) {
      String bootstrap = bench.broker();
      Map<String, Object> kafka = Map.of("bootstrap.servers", bootstrap);
      Preload.createTopics(kafka, settings.number("partitions"));
      URI alertmanager = alertmanager(bench);
      HttpServer between = between(alertmanager);
      bench
          .start(
              Main.class,
              "streams",
              "--kafka",
              bootstrap,
              "--state",
              bench.folder("state").toString(),
              "--threads",
              settings.text("threads"))
          .await("the topologies run");
      bench
          .start(
              Main.class,
              "alert-sender",
              "--kafka",
              bootstrap,
              "--alertmanager",
              "http://127.0.0.1:" + between.getAddress().getPort())
          .await("waiting for alerts");
      setBudgets(kafka);
      load(kafka);
      long end = nanos.nanos() + LAST.toNanos();
      while (receivedAt.size() < overSince.size() && nanos.nanos() < end) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
      report(bench, alertmanager);
      between.stop(0);
    }
  }

  private void setBudgets(Map<String, Object> kafka) {
    List<Budget> budgets = new ArrayList<>();
    for (int rack = 0; rack < settings.number("breaches"); rack++) {
      Budget all =
          Budget.of(
              SITE, name(rack), Scope.nodes("rack", name(rack)), new PowerLimit(LIMIT_MILLIWATTS));
      budgets.add(
          new Budget(
              all.site(),
              all.id(),
              all.scope(),
              all.limit(),
              all.zone(),
              new Thresholds(List.of(100), all.thresholds().hysteresisPercent()),
              new AlertTiming(
                  0, all.timing().resolveAfterMillis(), all.timing().cooldownMillis(), 0),
              "",
              "",
              0));
    }
    new BudgetTopic(KafkaClients.of(kafka)).write(budgets);
  }

  private static String name(int rack) {
    return "r" + rack;
  }

  // ---- the site

  /** Each node says once a second what its GPUs draw, the nodes one after the other. */
  private void load(Map<String, Object> kafka) {
    int nodes = settings.number("nodes");
    int seconds = settings.number("warmup") + settings.number("seconds");
    Random random = new Random(1);
    // second in which a rack passes its limit
    int[] breach = new int[nodes / RACK_NODES];
    Arrays.fill(breach, Integer.MAX_VALUE);
    for (int rack = 0; rack < settings.number("breaches"); rack++) {
      breach[rack] = settings.number("warmup") + random.nextInt(settings.number("seconds"));
    }
    List<Device> gpus = new ArrayList<>();
    for (int gpu = 0; gpu < GPUS; gpu++) {
      gpus.add(Device.sensor("gpu" + gpu, DeviceKind.GPU));
    }
    long agentEpoch = clock.epochMillis();
    long worst = 0;
    try (KafkaPublisher publisher =
        KafkaPublisher.connect(KafkaClients.of(kafka), "joulestream-alert-latency")) {
      for (int node = 0; node < nodes; node++) {
        publisher.publish(
            new NodeRecord(
                SITE,
                "n" + node,
                agentEpoch,
                "",
                Map.of("rack", name(node / RACK_NODES)),
                0,
                0,
                List.of()));
      }
      long began = nanos.nanos();
      for (int second = 0; second < seconds; second++) {
        for (int node = 0; node < nodes; node++) {
          long due = began + second * 1_000_000_000L + node * 1_000_000_000L / nodes;
          long ahead = due - nanos.nanos();
          if (ahead > 0) {
            LockSupport.parkNanos(ahead);
          }
          worst = Math.max(worst, -ahead);
          int rack = node / RACK_NODES;
          boolean over = node % RACK_NODES == 0 && second >= breach[rack];
          long now = clock.epochMillis();
          publisher.publish(batch(node, agentEpoch, second, now, over, gpus));
          if (over) {
            overSince.putIfAbsent(name(rack), now);
          }
        }
      }
      publisher.flush();
    }
    Bench.say("the load was at most %d ms late", worst / 1_000_000);
  }

  private static TelemetryBatch batch(
      int node, long agentEpoch, int second, long now, boolean over, List<Device> gpus) {
    List<DeviceSeries> series = new ArrayList<>(gpus.size());
    for (Device gpu : gpus) {
      series.add(
          new DeviceSeries(
              gpu,
              Readings.ofPower(
                  new long[] {now}, new long[] {over ? BUSY_MILLIWATTS : IDLE_MILLIWATTS})));
    }
    return new TelemetryBatch(SITE, "n" + node, agentEpoch, second, series);
  }

  // ---- who receives them

  /** Starts one; null where there is none. */
  private @Nullable URI alertmanager(Bench bench) throws IOException, InterruptedException {
    String program =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
            .flatMap(bin ->
                List.of("prometheus-alertmanager", "alertmanager").stream()
                    .map(name -> Path.of(bin, name)))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst()
            .orElse(null);
    if (program == null) {
      Bench.say("no Alertmanager on the PATH: a plain HTTP server stands in for it");
      return null;
    }
    Path folder = bench.folder("alertmanager");
    Path config =
        Files.writeString(
            folder.resolve("alertmanager.yml"),
            "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n");
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    bench.startProgram(
        folder.resolve("log"),
        program,
        "--config.file=" + config,
        "--storage.path=" + folder.resolve("data"),
        "--web.listen-address=127.0.0.1:" + port,
        "--cluster.listen-address=");
    URI url = URI.create("http://127.0.0.1:" + port);
    long end = nanos.nanos() + LAST.toNanos();
    while (true) {
      try {
        http.send(
            HttpRequest.newBuilder(url.resolve("/-/ready")).build(),
            HttpResponse.BodyHandlers.discarding());
        return url;
      } catch (IOException e) {
        if (nanos.nanos() > end) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  private HttpServer between(@Nullable URI alertmanager) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", exchange -> passOn(exchange, alertmanager));
    server.start();
    return server;
  }

  private void passOn(HttpExchange exchange, @Nullable URI alertmanager) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    byte[] answer = "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    int status = 200;
    try {
      if (alertmanager != null) {
        HttpResponse<byte[]> response =
            http.send(
                HttpRequest.newBuilder(alertmanager.resolve(exchange.getRequestURI()))
                    .header("Content-Type", "application/json")
                    .method(
                        exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body))
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        status = response.statusCode();
        answer = response.body();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      status = 503;
    }
    long now = clock.epochMillis();
    if (status == 200 && exchange.getRequestMethod().equals("POST")) {
      for (JsonNode alert : Child.JSON.readTree(body)) {
        String scope = alert.at("/labels/scope").asText();
        if (scope.startsWith("rack=")) {
          receivedAt.putIfAbsent(scope.substring("rack=".length()), now);
        }
      }
    }
    exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  // ---- what came of it

  private void report(Bench bench, @Nullable URI alertmanager) throws Exception {
    List<Double> seconds = new ArrayList<>();
    List<String> early = new ArrayList<>();
    overSince.forEach((rack, since) -> {
      Long received = receivedAt.get(rack);
      if (received != null && received < since) {
        early.add(rack);
      } else if (received != null) {
        seconds.add((received - since) / 1e3);
      }
    });
    int lost = overSince.size() - seconds.size() - early.size();
    Bench.say(
        "%,d nodes at 1 Hz, %,d breaches: alerts at %s after p50 %.2f s, p99 %.2f s, at most %.2f s;"
            + " %d did not come, %d came before their time",
        settings.number("nodes"),
        overSince.size(),
        alertmanager == null ? "an HTTP server" : "Alertmanager",
        Statistics.percentile(seconds, 50),
        Statistics.percentile(seconds, 99),
        Statistics.percentile(seconds, 100),
        lost,
        early.size());
    ObjectNode result = Bench.object();
    result.put("nodes", settings.number("nodes"));
    result.put("alertmanager", alertmanager != null);
    result.put("breaches", overSince.size());
    result.put("lost", lost);
    result.put("early", early.size());
    result.put("p50_s", Statistics.percentile(seconds, 50));
    result.put("p99_s", Statistics.percentile(seconds, 99));
    result.put("max_s", Statistics.percentile(seconds, 100));
    result.set("seconds", Child.JSON.valueToTree(seconds));
    int bins = (int) (Statistics.percentile(seconds, 100) / BIN_SECONDS) + 1;
    for (int bin = 0; bin < bins && !seconds.isEmpty(); bin++) {
      double from = bin * BIN_SECONDS;
      long count = seconds.stream().filter(s -> s >= from && s < from + BIN_SECONDS).count();
      Bench.say(
          "%5.2f to %5.2f s %5d %s", from, from + BIN_SECONDS, count, "#".repeat((int) count));
    }
    if (alertmanager != null) {
      JsonNode active =
          Child.JSON.readTree(
              http.send(
                      HttpRequest.newBuilder(alertmanager.resolve("/api/v2/alerts")).build(),
                      HttpResponse.BodyHandlers.ofString())
                  .body());
      result.put("at_alertmanager", active.size());
      Bench.say("Alertmanager has %,d alerts", active.size());
    }
    bench.report(result);
  }
}

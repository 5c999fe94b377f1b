// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.serve.ApiDocument;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every figure of sites, nodes, ledger, grid, budgets and alerts that the API answers beside a
 * running pipeline is that of the store and its ledger, asked without the API; and its answers are
 * as the document describes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ITFigures {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SITE = "/api/v1/sites/simulated";
  private static final long WINDOW = 10_000;

  /** Windows that are compared. */
  private static final int WINDOWS = 3;

  @TempDir static Path folder;

  private final ApiDocument document = new ApiDocument();
  private final HttpClient client = HttpClient.newHttpClient();
  private @Nullable Program up;
  private @Nullable Program serve;

  @SuppressWarnings("NullAway.Init") // by start
  private URI store;

  @SuppressWarnings("NullAway.Init") // by start
  private String api;

  @SuppressWarnings("NullAway.Init") // by start
  private String kafka;

  // windows of 10 s that nothing is added to any more
  private long from;
  private long to;

  @BeforeAll
  void start() throws Exception {
    Program pipeline =
        Program.start(
            "up",
            "--simulate",
            "4",
            "--data",
            folder.resolve("data").toString(),
            "--kafka-port",
            "0",
            "--store-port",
            "0",
            "--no-agent");
    up = pipeline;
    pipeline.awaitLine("first energy in the store");
    kafka = found(pipeline, "Kafka  (127.0.0.1:\\d+)");
    store = URI.create(found(pipeline, "store  (http://127.0.0.1:\\d+)"));
    Program server =
        Program.start(
            "serve",
            "--kafka",
            kafka,
            "--store-url",
            store.toString(),
            "--listen",
            "127.0.0.1:0",
            "--metrics-port",
            "0",
            "--requests-per-second",
            "0");
    serve = server;
    server.awaitLine("serving http://");
    api = found(server, "serving (http://127.0.0.1:\\d+)");
    Await.until(
        "windows that are over",
        Duration.ofMinutes(3),
        () -> {
          List<long[]> windows =
              rows(
                  "SELECT cast(timestamp AS LONG) / 1000000 FROM ledger WHERE window = '10s'"
                      + " AND site = 'simulated' ORDER BY timestamp");
          if (windows.size() < WINDOWS + 5) {
            return false;
          }
          from = windows.get(1)[0];
          to = from + WINDOWS * WINDOW;
          return windows.getLast()[0] >= to + 3 * WINDOW;
        });
  }

  @AfterAll
  void stop() {
    if (serve != null) {
      serve.close();
    }
    if (up != null) {
      up.close();
    }
  }

  private static String found(Program program, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(program.output());
    assertThat(matcher.find()).as(program.output()).isTrue();
    return matcher.group(1);
  }

  private HttpResponse<String> ask(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(api + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = ask(path);
    assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private JsonNode dataset(String sql) throws IOException {
    URI query = store.resolve("/exec?query=" + URLEncoder.encode(sql, UTF_8));
    try (InputStream answer = query.toURL().openStream()) {
      return JSON.readTree(answer).path("dataset");
    }
  }

  private List<long[]> rows(String sql) throws IOException {
    List<long[]> rows = new ArrayList<>();
    for (JsonNode row : dataset(sql)) {
      long[] values = new long[row.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = row.get(i).longValue();
      }
      rows.add(values);
    }
    return rows;
  }

  private String range() {
    return "from=%s&to=%s".formatted(Instant.ofEpochMilli(from), Instant.ofEpochMilli(to));
  }

  private String within() {
    return " AND timestamp >= '%s' AND timestamp < '%s'"
        .formatted(Instant.ofEpochMilli(from), Instant.ofEpochMilli(to));
  }

  private static String camel(String name) {
    StringBuilder camel = new StringBuilder();
    for (String part : name.toLowerCase(Locale.ROOT).split("_")) {
      camel.append(
          camel.isEmpty()
              ? part
              : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
    }
    return camel.toString();
  }

  @Test
  @SuppressWarnings("EnumOrdinal") // a position in the columns that it asks for
  void allAmountsOfTheLedger() throws Exception {
    String sums =
        Arrays.stream(SiteAmount.values())
            .map(amount -> "sum(" + amount.name().toLowerCase(Locale.ROOT) + ")")
            .collect(Collectors.joining(", "));
    long[] stored =
        rows("SELECT "
                + sums
                + " FROM ledger WHERE window = '10s' AND site = 'simulated'"
                + within())
            .getFirst();
    JsonNode ledger = get(SITE + "/ledger?" + range());
    for (SiteAmount amount : SiteAmount.values()) {
      assertThat(ledger.path("amounts").path(camel(amount.name())).longValue())
          .as(amount.name())
          .isEqualTo(stored[amount.ordinal()]);
    }
    assertThat(ledger.path("amounts")).hasSize(SiteAmount.values().length);
    assertThat(ledger.path("measuredMillijoules").longValue())
        .isPositive()
        .isEqualTo(stored[SiteAmount.MEASURED_TOTAL_MILLIJOULES.ordinal()])
        .isEqualTo(
            ledger.path("jobsMillijoules").longValue()
                + ledger.path("idleMillijoules").longValue());
    assertThat(ledger.path("differenceMillijoules").longValue()).isZero();
  }

  @Test
  void powerOfTheSite() throws Exception {
    JsonNode power = get(SITE + "/power?step=10s&" + range());
    assertThat(power.path("steps").intValue()).isEqualTo(WINDOWS);
    List<long[]> stored =
        rows(
            "SELECT sum(measured_total_millijoules), sum(measured_gpu_millijoules),"
                + " sum(measured_cpu_millijoules), sum(measured_memory_millijoules),"
                + " sum(measured_storage_millijoules), sum(measured_node_millijoules),"
                + " sum(jobs_total_millijoules), sum(idle_total_millijoules),"
                + " sum(held_idle_millijoules) FROM ledger"
                + " WHERE window = '10s' AND site = 'simulated'"
                + within()
                + " SAMPLE BY 10s ALIGN TO CALENDAR");
    List<String> names =
        List.of("total", "gpu", "cpu", "memory", "storage", "node", "jobs", "idle", "heldIdle");
    assertThat(stored).hasSize(WINDOWS);
    for (int step = 0; step < WINDOWS; step++) {
      for (int i = 0; i < names.size(); i++) {
        assertThat(power.path("series").path(names.get(i) + "Milliwatts").get(step).longValue())
            .as(names.get(i) + " at " + step)
            .isEqualTo(Math.round(stored.get(step)[i] / 10.0));
      }
    }
    assertThat(power.at("/series/totalMilliwatts/0").longValue()).isPositive();
  }

  @Test
  void powerAndDevicesOfEachNode() throws Exception {
    JsonNode nodes = get(SITE + "/nodes").path("nodes");
    assertThat(nodes).hasSize(4);
    for (JsonNode node : nodes) {
      String name = node.path("node").textValue();
      JsonNode power = get(SITE + "/nodes/" + name + "/power?step=10s&" + range());
      List<long[]> stored =
          rows(
              "SELECT sum(total_millijoules), sum(gpu_busy_millis), sum(gpu_millis)"
                  + " FROM node_window WHERE site = 'simulated' AND node = '"
                  + name
                  + "'"
                  + within()
                  + " SAMPLE BY 10s ALIGN TO CALENDAR");
      assertThat(stored).hasSize(WINDOWS);
      for (int step = 0; step < WINDOWS; step++) {
        assertThat(power.path("series").path("totalMilliwatts").get(step).longValue())
            .isEqualTo(Math.round(stored.get(step)[0] / 10.0));
        assertThat(power.path("series").path("busyRatio").get(step).doubleValue())
            .isEqualTo((double) stored.get(step)[1] / stored.get(step)[2]);
      }
      long ofDevices = 0;
      JsonNode devices = get(SITE + "/nodes/" + name + "/devices?" + range()).path("devices");
      for (JsonNode device : devices) {
        for (JsonNode energy : device.path("values").path("energyMillijoules")) {
          ofDevices += energy.longValue();
        }
      }
      assertThat(ofDevices)
          .isPositive()
          .isEqualTo(
              rows("SELECT sum(energy_millijoules) FROM device_window"
                      + " WHERE site = 'simulated' AND node = '"
                      + name
                      + "'"
                      + within())
                  .getFirst()[0]);
      JsonNode held = get(SITE + "/nodes/" + name + "/placement?from=24h").path("placements");
      long stored24 =
          rows("SELECT count() FROM placement WHERE site = 'simulated' AND node = '" + name + "'")
              .getFirst()[0];
      assertThat(held.size()).isBetween((int) stored24 - 2, (int) stored24 + 2);
    }
  }

  @Test
  void theSiteNow_isTheSumOfItsNodes_andItsParts() throws Exception {
    Await.until(
        "a state that lasts for three answers",
        () -> {
          JsonNode before = get(SITE);
          JsonNode nodes = get(SITE + "/nodes?limit=1000");
          JsonNode after = get(SITE);
          if (!before.path("arrived").equals(after.path("arrived"))) {
            return false;
          }
          long sum = 0;
          int reporting = 0;
          for (JsonNode node : nodes.path("nodes")) {
            if (!node.path("silent").booleanValue()) {
              sum += node.path("milliwatts").longValue();
              reporting++;
            }
          }
          assertThat(after.path("milliwatts").longValue()).isPositive().isEqualTo(sum);
          assertThat(after.path("nodesReporting").intValue()).isEqualTo(reporting).isEqualTo(4);
          assertThat(
                  after.path("jobsMilliwatts").longValue()
                      + after.path("idleMilliwatts").longValue())
              .isEqualTo(sum);
          assertThat(after.path("differenceMillijoules").longValue()).isZero();
          return true;
        });
  }

  @Test
  void theGrid_isTheFeedsValue_andThatOfNow() throws Exception {
    Map<String, Double> prices = new HashMap<>();
    for (JsonNode row :
        dataset(
            "SELECT cast(timestamp AS LONG) / 1000000, value_nano FROM grid_now"
                + " WHERE site = 'simulated' AND kind = 'PRICE' AND in_force = 1")) {
      long hour = Math.floorDiv(row.get(0).longValue(), 3_600_000L) * 3_600_000L;
      prices.put(Instant.ofEpochMilli(hour).toString(), row.get(1).longValue() / 1e9);
    }
    JsonNode grid = get("/api/v1/grid/simulated");
    int known = 0;
    for (JsonNode hour : grid.path("hours")) {
      JsonNode price = hour.path("pricePerKilowattHour");
      Double fed = prices.get(hour.path("from").textValue());
      if (fed != null) {
        assertThat(price.doubleValue()).as(hour.toString()).isEqualTo(fed);
        known++;
      }
    }
    assertThat(known).isGreaterThan(24);
    JsonNode now = get(SITE).path("supply");
    String hour =
        Instant.ofEpochMilli(Math.floorDiv(Instant.now().toEpochMilli(), 3_600_000L) * 3_600_000L)
            .toString();
    assertThat(now.path("pricePerKilowattHour").doubleValue()).isEqualTo(prices.get(hour));
    assertThat(now.path("synthetic").booleanValue()).isTrue();
    assertThat(now.path("gramsCo2ePerKilowattHour").isNumber()).isTrue();
    assertThat(now.path("renewableRatio").doubleValue()).isBetween(0.0, 1.0);
  }

  @Test
  @Order(1)
  void aBudget_hasTheLedgersEnergy_andItsAlertIsThatOfTheStore() throws Exception {
    for (List<String> limit :
        List.of(
            List.of("hour", "--energy=100MWh", "--per=hour"),
            List.of("low", "--power=1W", "--zone=UTC"))) {
      try (Program set =
          Program.start(
              "budget",
              "set",
              limit.getFirst(),
              "--site=simulated",
              "--scope=site",
              limit.get(1),
              limit.get(2),
              "--kafka",
              kafka)) {
        assertThat(set.await()).as(set.output()).isZero();
      }
    }
    Await.until(
        "both budgets are in force", () -> get("/api/v1/budgets").path("budgets").size() == 2);
    // what was read is kept for some seconds
    Await.until(
        "a value that was read between two reads of the store",
        () -> {
          BigInteger before = energyOfThisHour();
          JsonNode hour = get("/api/v1/budgets").at("/budgets/0");
          BigInteger after = energyOfThisHour();
          BigInteger value = hour.path("valueMillijoules").bigIntegerValue();
          assertThat(hour.path("id").textValue()).isEqualTo("hour");
          assertThat(value).isLessThanOrEqualTo(after);
          return value.compareTo(before) >= 0;
        });
    JsonNode budgets = get("/api/v1/budgets").path("budgets");
    assertThat(budgets.get(1).path("limitMilliwatts").longValue()).isEqualTo(1_000);
    assertThat(budgets.get(1).path("usedRatio").doubleValue()).isGreaterThan(1);
    Await.until(
        "an alert fires, and is in the store",
        () ->
            get("/api/v1/alerts?state=firing").path("alerts").size() == 1
                && dataset("SELECT alert_id FROM alert").size() == 1);
    JsonNode alert = get("/api/v1/alerts?from=1h").path("alerts").get(0);
    JsonNode stored =
        dataset(
                "SELECT alert_id, rule, severity, scope, budget, unit, limit_value,"
                    + " since_epoch_millis FROM alert")
            .get(0);
    for (JsonNode one : List.of(alert, get("/api/v1/alerts").path("alerts").get(0))) {
      List<String> names = List.of("id", "rule", "severity", "scope", "budget", "unit");
      for (int i = 0; i < names.size(); i++) {
        assertThat(one.path(names.get(i)).asText()).isEqualTo(stored.get(i).asText());
      }
      assertThat(one.path("limit").doubleValue()).isEqualTo(stored.get(6).doubleValue());
      assertThat(Instant.parse(one.path("since").asText()).toEpochMilli())
          .isEqualTo(stored.get(7).longValue());
    }
    assertThat(get(SITE).path("alertsFiring").intValue()).isEqualTo(1);
    assertThat(get(SITE).path("budget").path("id").textValue()).isEqualTo("low");
  }

  private BigInteger energyOfThisHour() throws IOException {
    long hour = Math.floorDiv(Instant.now().toEpochMilli(), 3_600_000L) * 3_600_000L;
    long[] sum =
        rows("SELECT sum(measured_total_millijoules) FROM ledger WHERE window = '15m'"
                + " AND site = 'simulated' AND timestamp >= '"
                + Instant.ofEpochMilli(hour)
                + "'")
            .getFirst();
    return BigInteger.valueOf(sum[0]);
  }

  /** The blocks of docs/api.md, as somebody would paste them. */
  @Test
  @Order(3)
  void theExamplesOfTheDocs_run() throws Exception {
    String page = Files.readString(Path.of("../../docs/api.md"));
    Matcher blocks = Pattern.compile("```(sh|python)\\n(.*?)```", Pattern.DOTALL).matcher(page);
    int ran = 0;
    while (blocks.find()) {
      boolean isShell = blocks.group(1).equals("sh");
      String text = blocks.group(2).replace("http://127.0.0.1:8080", api);
      for (String part : isShell ? text.split("\n") : new String[] {text}) {
        List<String> command =
            isShell
                ? List.of("bash", "-c", "set -o pipefail; " + part)
                : List.of("python3", "-c", part);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(part + "\n" + output).isZero();
        // nothing fires, perhaps
        if (!part.contains("/alerts")) {
          assertThat(output).as(part).isNotBlank().doesNotContain("problem+json");
        }
        ran++;
      }
    }
    assertThat(ran).isGreaterThan(7);
  }

  /** Of a site, node and job that there are. */
  @Test
  @Order(2)
  void answersOfARunningPipeline_areAsTheDocumentDescribes() throws Exception {
    String node = get(SITE + "/nodes?limit=1").at("/nodes/0/node").textValue();
    JsonNode jobs = get("/api/v1/jobs").path("jobs");
    assertThat(jobs).isNotEmpty();
    String[] job = jobs.get(0).path("path").textValue().split("/");
    int checked = 0;
    for (String operation : document.operations().keySet()) {
      String path = operation.substring(operation.indexOf(' ') + 1);
      if (!operation.startsWith("GET ") || !document.types(path).contains("application/json")) {
        continue;
      }
      String asked =
          path.replace("{site}", "simulated")
              .replace("{node}", node)
              .replace("{cluster}", job[5])
              .replace("{id}", job[6])
              .replace("{kind}", "operations");
      asked +=
          switch (path) {
            case "/api/v1/whatif/pooling" -> "?site=simulated&from=24h";
            case "/api/v1/reports/{kind}" -> "?period=today&format=json";
            default -> "";
          };
      HttpResponse<String> answer = ask(asked);
      assertThat(answer.statusCode()).as(asked + " " + answer.body()).isEqualTo(200);
      assertThat(document.errors("get", path, 200, answer.body()))
          .as(asked + " " + answer.body())
          .isEmpty();
      checked++;
    }
    assertThat(checked).isGreaterThan(20);
  }
}

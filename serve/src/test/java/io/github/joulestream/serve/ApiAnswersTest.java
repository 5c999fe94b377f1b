// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Limit;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.reports.order.SiteFile;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.serve.access.AccessSettings;
import io.github.joulestream.serve.access.ConfiguredAccess;
import io.github.joulestream.serve.access.Networks;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.http.HttpSettings;
import io.github.joulestream.serve.http.Route;
import io.github.joulestream.serve.live.LiveGpu;
import io.github.joulestream.serve.live.LiveJobNode;
import io.github.joulestream.serve.live.SitePoint;
import io.github.joulestream.serve.stream.FakeSite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes and answers are those of the document; whoever asks gets what they may see. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiAnswersTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long NOW = FakeSite.NOW;
  private static final long HOUR = 3_600_000;

  private final ApiDocument document = new ApiDocument();
  private final FakeSite site = new FakeSite("s", 12, 4);
  private final Map<String, JobSummary> stored = new LinkedHashMap<>();
  private final FakeHistory history = new FakeHistory(stored, grid());
  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init") // by start
  private ApiServer server;

  private static List<GridInterval> grid() {
    List<GridInterval> grid = new ArrayList<>();
    long start = Math.floorDiv(NOW, HOUR) * HOUR;
    GridSeries carbon =
        GridSeries.carbon(
            new CarbonBasis(
                CarbonBasis.Method.LOCATION,
                CarbonBasis.Rate.AVERAGE,
                CarbonBasis.Scope.LIFECYCLE));
    for (int hour = -3; hour < 3; hour++) {
      long from = start + hour * HOUR;
      for (GridSeries series : List.of(GridSeries.of(SeriesKind.PRICE), carbon)) {
        grid.add(
            new GridInterval(
                "s",
                series,
                from,
                from + HOUR,
                (hour + 10) * GridInterval.NANO / 4,
                series.kind().isMoney() ? "EUR" : "",
                hour < 0 ? GridQuality.MEASURED : GridQuality.SYNTHETIC,
                NOW - HOUR,
                false,
                GridInterval.Origin.UNKNOWN));
      }
    }
    return grid;
  }

  @BeforeAll
  void start() {
    site.run("c/1", "ada", "climate", 3_000_000, 0, 1);
    site.run("c/2", "bob", "ocean", 5_000_000, 1);
    site.jobNodes.put(
        "c/1",
        List.of(
            new LiveJobNode("n0", 2_000_000, 20_000, 100),
            new LiveJobNode("n1", 1_000_000, 5_000, 100)));
    site.jobNodes.put("c/2", List.of(new LiveJobNode("n1", 5_000_000, 5_000, 100)));
    site.jobs.values().forEach(job -> stored.put(job.job(), requireNonNull(job.summary())));
    site.now = FakeSite.now(8_000_000);
    site.now.milliwattsByKind()[DeviceKind.GPU.code()] = 6_000_000;
    List<SitePoint> curve = new ArrayList<>();
    for (int i = 60; i > 0; i--) {
      Totals<SiteAmount> totals = FakeHistory.site(10_000);
      totals.add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, (60 - i) * 1_000L);
      curve.add(new SitePoint(Math.floorDiv(NOW, 10_000) * 10_000 - i * 10_000L, totals));
    }
    site.curve = curve;
    site.grid = grid();
    site.budgets.add(Budget.of("s", "whole", Scope.SITE, Limit.of(Quantity.POWER, 10_000_000)));
    site.budgets.add(
        Budget.of("s", "day", Scope.SITE, Limit.of(Quantity.ENERGY_PER_DAY, 1L << 40)));
    site.budgets.add(
        Budget.of("s", "rack", Scope.nodes("rack", "r0"), Limit.of(Quantity.POWER, 1_000)));
    site.budgets.add(
        Budget.of("s", "bob", Scope.user("bob"), Limit.of(Quantity.POWER, 10_000_000)));
    site.budgets.add(
        Budget.of(
            "s",
            "climate",
            Scope.project("climate"),
            Limit.of(Quantity.ENERGY_PER_HOUR, 1L << 40)));
    site.records.put(
        "n1",
        new NodeRecord(
            "s", "n1", NOW - 5_000, "1", Map.of("rack", "r0"), 0, 0, List.of("no RAPL")));
    site.gpus =
        List.of(
            new LiveGpu("gpu0", 700_000, 9_000, 655),
            new LiveGpu("gpu1", 1, -1, Integer.MIN_VALUE));
    HttpSettings http =
        new HttpSettings(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            null,
            Set.of(),
            0,
            HttpSettings.Limits.USUAL);
    AccessSettings access =
        new AccessSettings(
            null,
            null,
            new AccessSettings.Proxy(
                Networks.of(List.of("127.0.0.0/8")),
                "X-User",
                "X-Roles",
                "X-Projects",
                Map.of("manager", Role.MANAGER, "viewer", Role.VIEWER, "admin", Role.ADMIN)),
            null,
            true);
    server =
        ApiServer.start(
            new ServeSettings(
                http,
                new TreeMap<>(Map.of("s", ZoneId.of("Europe/Berlin"))),
                SiteFile.NONE,
                CarbonBasis.Scope.LIFECYCLE),
            new ConfiguredAccess(access, http.address(), () -> NOW, NanoClock.system()),
            new ApiServer.Sources(site, history, history),
            new ApiServer.State(new Metrics(), () -> Health.GOOD),
            () -> NOW,
            NanoClock.system());
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private HttpResponse<String> get(String path, String user, String role)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .header("X-User", user)
            .header("X-Roles", role)
            .header("X-Projects", "climate")
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return get(path, "root", "admin");
  }

  private JsonNode json(String path, String user, String role)
      throws IOException, InterruptedException {
    return JSON.readTree(get(path, user, role).body());
  }

  private static String filled(String path) {
    return path.replace("{site}", "s")
        .replace("{node}", "n1")
        .replace("{cluster}", "c")
        .replace("{id}", "1")
        .replace("{kind}", "director");
  }

  @Test
  void routes_areThoseOfTheDocument_withItsParameters() {
    SortedMap<String, SortedSet<String>> routes = new TreeMap<>();
    for (Route route : server.routes()) {
      if (route.path().startsWith("/api/")) {
        routes.put(route.method() + " " + route.path(), new TreeSet<>(route.parameters()));
      }
    }
    assertThat(routes).isEqualTo(document.operations());
  }

  @Test
  void answers_areAsTheDocumentDescribes() throws IOException, InterruptedException {
    int checked = 0;
    for (String operation : document.operations().keySet()) {
      String path = operation.substring(operation.indexOf(' ') + 1);
      if (!operation.startsWith("GET ") || !document.types(path).contains("application/json")) {
        continue;
      }
      String query =
          switch (path) {
            case "/api/v1/whatif/pooling" -> "?site=s&from=24h";
            case "/api/v1/reports/{kind}" -> "?period=today&format=json";
            default -> "";
          };
      HttpResponse<String> answer = get(filled(path) + query);
      assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
      assertThat(document.errors("get", path, 200, answer.body()))
          .as(path + " " + answer.body())
          .isEmpty();
      checked++;
    }
    assertThat(checked).isGreaterThanOrEqualTo(20);
  }

  @Test
  void answersOfARange_areAsTheDocumentDescribes() throws IOException, InterruptedException {
    for (Map.Entry<String, SortedSet<String>> operation : document.operations().entrySet()) {
      String path = operation.getKey().substring(operation.getKey().indexOf(' ') + 1);
      if (operation.getKey().startsWith("GET ") && operation.getValue().contains("from")) {
        String range = "?from=2h&to=1ms&zone=Europe/Berlin";
        HttpResponse<String> answer =
            get(filled(path) + range + (path.endsWith("pooling") ? "&site=s" : ""));
        assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
        assertThat(document.errors("get", path, 200, answer.body())).as(answer.body()).isEmpty();
        JsonNode json = JSON.readTree(answer.body());
        assertThat(json.path("range").path("zone").asText()).as(path).isEqualTo("Europe/Berlin");
      }
    }
  }

  @Test
  void tables_haveOneHeadAndItsColumns() throws IOException, InterruptedException {
    int tables = 0;
    for (String operation : document.operations().keySet()) {
      String path = operation.substring(operation.indexOf(' ') + 1);
      if (!document.types(path).contains("text/csv") || path.contains("/reports/")) {
        continue;
      }
      HttpResponse<String> answer =
          get(filled(path) + "?format=csv" + (path.endsWith("pooling") ? "&site=s" : ""));
      assertThat(answer.statusCode()).as(path + answer.body()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/csv");
      String head = answer.body().lines().findFirst().orElse("");
      assertThat(head).as(path).matches("[a-z0-9_]+(,[a-z0-9_]+)+");
      assertThat(List.of(head.split(","))).as(path).doesNotHaveDuplicates();
      tables++;
    }
    assertThat(tables).isGreaterThanOrEqualTo(12);
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/sites/x, /api/v1/sites/{site}, 404",
    "/api/v1/sites/s?x=1, /api/v1/sites/{site}, 400",
    "/api/v1/sites/s/power?step=7s, /api/v1/sites/{site}/power, 400",
    "/api/v1/sites/s/power?from=90d&step=10s, /api/v1/sites/{site}/power, 422",
    "/api/v1/sites/s/power?from=1h&to=2h, /api/v1/sites/{site}/power, 400",
    "/api/v1/sites/s/nodes?limit=-1, /api/v1/sites/{site}/nodes, 400",
    "/api/v1/sites/s/nodes?cursor=xx, /api/v1/sites/{site}/nodes, 400",
    "/api/v1/sites/s/nodes/x, /api/v1/sites/{site}/nodes/{node}, 404",
    "/api/v1/sites/s/nodes/n1/devices?from=90d, /api/v1/sites/{site}/nodes/{node}/devices, 422",
    "/api/v1/alerts?state=x, /api/v1/alerts, 400",
    "/api/v1/budgets?site=x, /api/v1/budgets, 404",
    "/api/v1/grid/s?from=900d, /api/v1/grid/{site}, 422",
    "/api/v1/live/s?cells=x, /api/v1/live/{site}, 400",
    "/api/v1/live/s?jobs=1001, /api/v1/live/{site}, 400",
    "/api/v1/live/x, /api/v1/live/{site}, 404",
    "/api/v1/jobs/s/-/none, '/api/v1/jobs/{site}/{cluster}/{id}', 404"
  })
  void whatIsRefused_isAProblem(String asked, String path, int status)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = get(asked);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(document.errors("get", path, status, answer.body())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/sites/{site}/power",
        "/api/v1/sites/{site}/ledger",
        "/api/v1/sites/{site}/nodes/{node}/power",
        "/api/v1/sites/{site}/nodes/{node}/devices",
        "/api/v1/sites/{site}/nodes/{node}/placement",
        "/api/v1/grid/{site}"
      })
  void aStoreThatCannotBeRead_isAProblemWithoutItsAddress(String path)
      throws IOException, InterruptedException {
    history.broken = true;
    try {
      HttpResponse<String> answer = get(filled(path));
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).doesNotContain("10.1.2.3");
      assertThat(document.errors("get", path, 503, answer.body())).isEmpty();
    } finally {
      history.broken = false;
    }
  }

  /** A tab of a browser shows a sentence; a program gets the problem. */
  @Test
  void aReportThatThereIsNot_isAPageInABrowser() throws IOException, InterruptedException {
    String path = "/api/v1/reports/director?period=%3Cscript%3Ealert(1)%3C/script%3E";
    HttpResponse<String> page =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .header("X-User", "root")
                .header("X-Roles", "admin")
                .header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(page.body()).contains("<h1>A parameter is wrong</h1>").doesNotContain("<script>");
    HttpResponse<String> problem = get(path);
    assertThat(problem.statusCode()).isEqualTo(400);
    assertThat(problem.headers().firstValue("Content-Type")).contains("application/problem+json");
  }

  @Test
  void figuresOfASite() throws IOException, InterruptedException {
    JsonNode now = json("/api/v1/sites/s", "root", "admin");
    assertThat(now.path("milliwatts").longValue()).isEqualTo(8_000_000);
    assertThat(now.path("byKind").path("gpu").longValue()).isEqualTo(6_000_000);
    assertThat(now.path("zone").asText()).isEqualTo("Europe/Berlin");
    assertThat(now.path("jobsRunning").intValue()).isEqualTo(2);
    assertThat(now.path("facilityMilliwatts").isNull()).isTrue();
    assertThat(now.path("supply").path("pricePerKilowattHour").doubleValue()).isEqualTo(2.5);
    assertThat(now.path("supply").path("currency").asText()).isEqualTo("EUR");
    assertThat(now.path("supply").path("synthetic").booleanValue()).isTrue();
    assertThat(now.path("budget").path("id").asText()).isEqualTo("whole");
    assertThat(now.path("budget").path("usedRatio").doubleValue()).isEqualTo(0.8);
    // 100 mW a window, on 9 W, and 90 windows ahead of the last of 59 that are whole
    assertThat(now.path("forecast").path("milliwatts").longValue())
        .isEqualTo(9_000 + 100 * (58 + 90));

    JsonNode power = json("/api/v1/sites/s/power?from=1m&step=10s", "root", "admin");
    assertThat(power.path("steps").intValue()).isEqualTo(6);
    assertThat(power.path("series").path("totalMilliwatts").toString())
        .isEqualTo("[null,null,null,9000,9000,null]");
    assertThat(power.path("series").path("coverageRatio").get(3).doubleValue()).isEqualTo(0.75);
    assertThat(power.path("series").path("facilityMilliwatts").get(3).isNull()).isTrue();

    // 13,485,145 mJ in 10 s: half a milliwatt is rounded up, though 1348.5145 W has no exact form
    JsonNode node = json("/api/v1/sites/s/nodes/n1/power?from=1m&step=10s", "root", "admin");
    assertThat(node.path("series").path("totalMilliwatts").toString())
        .isEqualTo("[null,null,null,null,1348515,null]");

    JsonNode ledger = json("/api/v1/sites/s/ledger?from=2026-09-21T00:00:00Z", "root", "admin");
    assertThat(ledger.path("differenceMillijoules").longValue()).isZero();
    assertThat(ledger.path("amounts").path("refusedLate").longValue()).isPositive();
  }

  @Test
  void nodes_comeInPages() throws IOException, InterruptedException {
    List<String> names = new ArrayList<>();
    String next = "/api/v1/sites/s/nodes?limit=5";
    int pages = 0;
    while (next != null) {
      HttpResponse<String> answer = get(next);
      JsonNode page = JSON.readTree(answer.body());
      page.path("nodes").forEach(node -> names.add(node.path("node").asText()));
      next = page.path("next").textValue();
      assertThat(answer.headers().firstValue("Link").isPresent()).isEqualTo(next != null);
      pages++;
    }
    assertThat(pages).isEqualTo(3);
    assertThat(names).isEqualTo(site.table.names());
    assertThat(json("/api/v1/sites/s/nodes?rack=r2&limit=4", "root", "admin").path("next").isNull())
        .isTrue();
    assertThat(json("/api/v1/sites/s/nodes?rack=r2", "root", "admin").path("nodes")).hasSize(4);
  }

  @Test
  void othersJobs_areOnANodeWithoutNames() throws IOException, InterruptedException {
    JsonNode staff = json("/api/v1/sites/s/nodes/n1", "eve", "viewer").at("/now/jobs");
    assertThat(staff.findValuesAsText("job")).containsExactly("c/1", "c/2");
    for (String path :
        List.of(
            "/api/v1/sites/s/nodes/n1",
            "/api/v1/sites/s/nodes",
            "/api/v1/sites/s/nodes?format=csv",
            "/api/v1/sites/s/nodes/n1/placement",
            "/api/v1/sites/s/nodes/n1/placement?format=csv",
            "/api/v1/alerts?from=24h",
            "/api/v1/alerts",
            "/api/v1/budgets")) {
      String body = get(path, "ada", "").body();
      assertThat(body).as(path).doesNotContain("c/2").doesNotContain("bob");
    }
    JsonNode own = json("/api/v1/sites/s/nodes/n1", "ada", "").at("/now/jobs");
    assertThat(own).hasSize(2);
    assertThat(own.get(0).path("job").asText()).isEqualTo("c/1");
    assertThat(own.get(1).path("job").isNull()).isTrue();
    assertThat(own.get(1).path("milliwatts").longValue()).isEqualTo(5_000_000);
    JsonNode placed = json("/api/v1/sites/s/nodes/n1/placement", "ada", "").path("placements");
    assertThat(placed.findValuesAsText("job")).containsExactly("c/1", "null");
    JsonNode alerts = json("/api/v1/alerts?from=24h", "ada", "").path("alerts");
    assertThat(alerts.findValuesAsText("summary"))
        .containsExactlyInAnyOrder("c/1", "power of s is high");
  }

  @Test
  void budgets_haveTheValuesOfTheirScopes() throws IOException, InterruptedException {
    Map<String, JsonNode> budgets = new TreeMap<>();
    json("/api/v1/budgets", "root", "admin")
        .path("budgets")
        .forEach(budget -> budgets.put(budget.path("id").asText(), budget));
    assertThat(budgets).containsOnlyKeys("bob", "climate", "day", "rack", "whole");
    assertThat(requireNonNull(budgets.get("whole")).path("valueMilliwatts").longValue())
        .isEqualTo(8_000_000);
    assertThat(requireNonNull(budgets.get("bob")).path("valueMilliwatts").longValue())
        .isEqualTo(5_000_000);
    assertThat(requireNonNull(budgets.get("rack")).path("valueMilliwatts").isNull()).isTrue();
    assertThat(requireNonNull(budgets.get("day")).path("valueMillijoules").longValue())
        .isEqualTo(4 * 9L * 900_000);
    assertThat(requireNonNull(budgets.get("day")).path("limitMilliwatts").isNull()).isTrue();
    assertThat(json("/api/v1/budgets", "ada", "").path("budgets").findValuesAsText("id"))
        .containsExactly("climate", "day", "rack", "whole");
  }

  @Test
  void devices_areColumns() throws IOException, InterruptedException {
    JsonNode devices = json("/api/v1/sites/s/nodes/n1/devices", "root", "admin").path("devices");
    assertThat(devices.findValuesAsText("device")).containsExactly("gpu2", "gpu10");
    assertThat(devices.get(0).path("values").path("meanWatts").toString())
        .isEqualTo("[700.0,710.5]");
    assertThat(devices.get(0).path("values").path("temperatureCelsius").toString())
        .isEqualTo("[null,61.0]");
    assertThat(devices.get(0).path("times")).hasSize(2);
  }

  @Test
  void theGrid_isOfWholeHours() throws IOException, InterruptedException {
    JsonNode grid = json("/api/v1/grid/s", "root", "admin");
    assertThat(grid.path("hours").size()).isBetween(48, 49);
    int known = 0;
    for (JsonNode hour : grid.path("hours")) {
      known += hour.path("pricePerKilowattHour").isNull() ? 0 : 1;
      assertThat(hour.path("quality").asText().isEmpty())
          .isEqualTo(hour.path("pricePerKilowattHour").isNull());
    }
    assertThat(known).isEqualTo(6);
  }
}

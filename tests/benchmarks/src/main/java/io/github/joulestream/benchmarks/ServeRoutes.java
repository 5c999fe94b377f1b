// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.runtime.EpochClock;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What people and their programs ask of a site: mostly what is now, at times a curve out of the
 * store, now and then sums of a day. Nodes and jobs are those that the API itself lists.
 */
final class ServeRoutes {
  private final URI server;
  private final String site;
  private final HttpClient client;
  private final Tokens tokens;
  private final EpochClock clock = EpochClock.system();
  private final Random random = new Random(7);
  private final List<Route> routes = new ArrayList<>();
  private int weights;
  private List<String> nodes = List.of();
  private List<String> jobs = List.of();

  /** A request. */
  record Asked(String route, URI url) {}

  /** The path of a route's next request. */
  @FunctionalInterface
  private interface Path {
    String next();
  }

  private record Route(String name, int weight, Path path) {}

  ServeRoutes(URI server, String site, HttpClient client, Tokens tokens) {
    this.server = server;
    this.site = site;
    this.client = client;
    this.tokens = tokens;
    String base = "/api/v1/sites/" + encoded(site);
    String ofSite = "?site=" + encoded(site);
    add("sites", 10, () -> "/api/v1/sites");
    add("site", 15, () -> base);
    add("nodes", 8, () -> base + "/nodes?limit=100");
    add("node", 10, () -> base + "/nodes/" + oneOf(nodes));
    add("jobs", 12, () -> "/api/v1/jobs" + ofSite + "&limit=100&sort=-power");
    add("job", 10, () -> oneOf(jobs));
    add("alerts", 5, () -> "/api/v1/alerts" + ofSite);
    add("budgets", 5, () -> "/api/v1/budgets" + ofSite);
    add("me", 3, () -> "/api/v1/me");
    add("site power", 7, () -> base + "/power");
    add("job power", 5, () -> oneOf(jobs) + "/power");
    add("node power", 4, () -> base + "/nodes/" + oneOf(nodes) + "/power");
    add("node placement", 2, () -> base + "/nodes/" + oneOf(nodes) + "/placement");
    add("devices", 1, () -> base + "/nodes/" + oneOf(nodes) + "/devices");
    add("grid", 1, () -> "/api/v1/grid/" + encoded(site));
    add("usage", 1, () -> "/api/v1/usage" + ofSite + "&groupBy=user&" + today());
    add("efficiency", 1, () -> "/api/v1/efficiency" + ofSite + "&" + today());
  }

  private void add(String name, int weight, Path path) {
    routes.add(new Route(name, weight, path));
    weights += weight;
  }

  private String oneOf(List<String> names) {
    return names.get(random.nextInt(names.size()));
  }

  private String today() {
    Instant hour = Instant.ofEpochMilli(clock.epochMillis()).truncatedTo(ChronoUnit.HOURS);
    return "from=%s&to=%s"
        .formatted(hour.minus(23, ChronoUnit.HOURS), hour.plus(1, ChronoUnit.HOURS));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  URI events() {
    return server.resolve("/api/v1/live/" + encoded(site));
  }

  /** Asks which nodes and jobs there are; false if there are none yet. */
  boolean learn() throws IOException, InterruptedException {
    List<String> known = new ArrayList<>();
    for (JsonNode node :
        get("/api/v1/sites/%s/nodes?limit=1000".formatted(encoded(site))).path("nodes")) {
      known.add(encoded(node.path("node").asText()));
    }
    nodes = known;
    List<String> running = new ArrayList<>();
    for (JsonNode job : get("/api/v1/jobs?limit=1000&site=" + encoded(site)).path("jobs")) {
      running.add(job.path("path").asText());
    }
    jobs = running;
    return !nodes.isEmpty() && !jobs.isEmpty();
  }

  int nodes() {
    return nodes.size();
  }

  int jobs() {
    return jobs.size();
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        client.send(
            tokens.request(server.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    // a site that has no data yet
    return answer.statusCode() == 200
        ? Child.JSON.readTree(answer.body())
        : Child.JSON.createObjectNode();
  }

  /** The next request; by one thread. */
  Asked next() {
    int at = random.nextInt(weights);
    for (Route route : routes) {
      at -= route.weight();
      if (at < 0) {
        return new Asked(route.name(), server.resolve(route.path().next()));
      }
    }
    throw new IllegalStateException("no route");
  }
}

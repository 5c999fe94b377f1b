// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.joulestream.reports.order.SiteFile;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.serve.access.Access;
import io.github.joulestream.serve.access.Credentials;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Viewer;
import io.github.joulestream.serve.api.EfficiencyApi;
import io.github.joulestream.serve.api.JobCharges;
import io.github.joulestream.serve.api.JobsApi;
import io.github.joulestream.serve.api.PoolingApi;
import io.github.joulestream.serve.api.ReportsApi;
import io.github.joulestream.serve.api.UsageApi;
import io.github.joulestream.serve.http.HttpCounts;
import io.github.joulestream.serve.http.HttpServer;
import io.github.joulestream.serve.http.HttpSettings;
import io.github.joulestream.serve.http.Route;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.WindowReader;
import io.github.joulestream.store.influx.InfluxAddress;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The API over a store that has {@link MadeMonth}, in which no job is live. Who asks says who they
 * are in a header, as {@code ada;USER;climate,physics}; without it they are an admin.
 */
final class MadeApi implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-11-20T00:00:00Z");
  static final String RANGE = "from=2026-10-23&to=2026-10-27";

  private static final String WHO = "X-Test-Viewer";
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  final MadeMonth month = new MadeMonth();
  final HistoryReader history;
  final WindowReader windows;
  private final EmbeddedQuestDb store;
  private final StoreConnection connection;
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final boolean sitesForAll;

  MadeApi(Path folder, boolean sitesForAll) throws IOException {
    this.sitesForAll = sitesForAll;
    store = EmbeddedQuestDb.start(folder, 0);
    connection =
        StoreConnection.to(
            new InfluxAddress(store.url(), InfluxAddress.NO_TOKEN, "-"), null, Buckets.named("x"));
    try (PointSink sink = connection.sink()) {
      month.writeTo(sink);
    }
    awaitVisible();
    history = connection.history();
    windows = connection.windows();
    EpochClock clock = NOW::toEpochMilli;
    LiveSites live = new NoLiveSites();
    List<Route> routes = new ArrayList<>();
    Stream.of(
            new JobsApi(
                    live,
                    history,
                    windows,
                    new JobCharges(live, history, windows, clock, NanoClock.system()),
                    clock)
                .routes(),
            new UsageApi(live, history, clock).routes(),
            new EfficiencyApi(live, history, clock).routes(),
            new PoolingApi(live, history, clock).routes(),
            new ReportsApi(history, SiteFile.NONE, clock).routes())
        .forEach(routes::addAll);
    server =
        HttpServer.start(
            new HttpSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                null,
                Set.of(),
                0,
                HttpSettings.Limits.USUAL),
            new HeaderAccess(),
            routes,
            new HttpCounts(),
            NanoClock.system());
  }

  private static final class NoLiveSites implements LiveSites {
    @Override
    public SortedSet<String> names() {
      return new TreeSet<>();
    }

    @Override
    public Optional<LiveSite> site(String name) {
      return Optional.empty();
    }

    @Override
    public boolean caughtUp() {
      return true;
    }
  }

  private final class HeaderAccess implements Access {
    @Override
    public Viewer viewer(Credentials credentials) {
      List<String> who = credentials.headers().values(WHO);
      if (who.isEmpty()) {
        return new Viewer("", Role.ADMIN, new TreeSet<>());
      }
      String[] parts = who.getFirst().split(";", -1);
      TreeSet<String> projects = new TreeSet<>(List.of(parts[2].split(",", -1)));
      projects.remove("");
      return new Viewer(parts[0], Role.valueOf(parts[1].toUpperCase(Locale.ROOT)), projects);
    }

    @Override
    public boolean sitesForAll() {
      return sitesForAll;
    }

    @Override
    public String describe() {
      return "a header";
    }
  }

  /** Something of a site arrives late. */
  void writeLate(long millijoules) {
    try (PointSink sink = connection.sink()) {
      month.writeLate(sink, millijoules);
    }
    awaitVisible();
  }

  private void awaitVisible() {
    long deadline = System.nanoTime() + 20_000_000_000L;
    try (QuestDbReader reader = new QuestDbReader(store.url())) {
      while (!reader.applied()) {
        assertThat(System.nanoTime()).as("applied in time").isLessThan(deadline);
        LockSupport.parkNanos(5_000_000);
      }
    }
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  HttpResponse<String> ask(String who, String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    if (!who.isEmpty()) {
      request.header(WHO, who);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }

  /** What an admin is answered. */
  JsonNode get(String path) throws IOException {
    return get("", path);
  }

  JsonNode get(String who, String path) throws IOException {
    HttpResponse<String> answer = ask(who, path);
    assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
    return json(answer.body());
  }

  @Override
  public void close() {
    client.close();
    server.close();
    history.close();
    windows.close();
    store.close();
  }
}

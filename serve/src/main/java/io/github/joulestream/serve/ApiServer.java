// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.serve.access.ConfiguredAccess;
import io.github.joulestream.serve.api.AlertsApi;
import io.github.joulestream.serve.api.BudgetsApi;
import io.github.joulestream.serve.api.ChargeFigures;
import io.github.joulestream.serve.api.EfficiencyApi;
import io.github.joulestream.serve.api.GridApi;
import io.github.joulestream.serve.api.JobCharges;
import io.github.joulestream.serve.api.JobsApi;
import io.github.joulestream.serve.api.MeApi;
import io.github.joulestream.serve.api.NodesApi;
import io.github.joulestream.serve.api.PoolingApi;
import io.github.joulestream.serve.api.ReportsApi;
import io.github.joulestream.serve.api.SessionApi;
import io.github.joulestream.serve.api.SiteStates;
import io.github.joulestream.serve.api.SitesApi;
import io.github.joulestream.serve.api.UsageApi;
import io.github.joulestream.serve.http.HttpCounts;
import io.github.joulestream.serve.http.HttpServer;
import io.github.joulestream.serve.http.HttpSettings;
import io.github.joulestream.serve.http.Route;
import io.github.joulestream.serve.http.ServiceRoutes;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.serve.page.PageFiles;
import io.github.joulestream.serve.stream.JobCosts;
import io.github.joulestream.serve.stream.LiveApi;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.WindowReader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The API and the page. It answers from its start on, whatever else is there yet. */
public final class ApiServer implements AutoCloseable {
  private final ServeSettings settings;
  private final ConfiguredAccess access;
  private final LiveApi events;
  private final HttpServer server;
  private final List<Route> routes;

  /**
   * What is read.
   *
   * @param live sites as they are now
   * @param history years of a store
   * @param windows single sites, nodes and jobs of it
   */
  public record Sources(LiveSites live, HistoryReader history, WindowReader windows) {}

  /**
   * What is shown of the service itself.
   *
   * @param metrics get its figures too
   * @param health how it is
   */
  public record State(Metrics metrics, Supplier<Health> health) {}

  private ApiServer(
      ServeSettings settings,
      ConfiguredAccess access,
      Sources sources,
      State state,
      EpochClock clock,
      NanoClock nanos) {
    this.settings = settings;
    this.access = access;
    LiveSites live = sources.live();
    SiteStates states = new SiteStates(clock, settings.zones(), settings.carbon());
    JobCharges charges = new JobCharges(live, sources.history(), sources.windows(), clock, nanos);
    HttpCounts counts = new HttpCounts();
    counts.showIn(state.metrics());
    events = new LiveApi(live, states, costs(charges), clock, nanos);
    List<Route> all = new ArrayList<>();
    Stream.of(
            new PageFiles(live, clock).routes(),
            new ServiceRoutes(state.metrics(), state.health()).routes(),
            new MeApi(access).routes(),
            new SessionApi(access, access, settings.http().tls() != null).routes(),
            new SitesApi(live, states, sources.windows(), clock).routes(),
            new NodesApi(live, sources.windows(), clock).routes(),
            new BudgetsApi(live, sources.history(), sources.windows(), clock).routes(),
            new AlertsApi(live, sources.windows(), clock).routes(),
            new GridApi(live, states, sources.history(), clock).routes(),
            new JobsApi(live, sources.history(), sources.windows(), charges, clock).routes(),
            new UsageApi(live, sources.history(), clock).routes(),
            new EfficiencyApi(live, sources.history(), clock).routes(),
            new PoolingApi(live, sources.history(), clock).routes(),
            new ReportsApi(sources.history(), settings.siteFile(), clock).routes(),
            events.routes())
        .forEach(all::addAll);
    routes = List.copyOf(all);
    try {
      server = HttpServer.start(settings.http(), access, routes, counts, nanos);
    } catch (RuntimeException e) {
      events.close();
      throw e;
    }
  }

  /**
   * Starts it.
   *
   * @throws io.github.joulestream.runtime.UserError if it cannot listen where it should
   */
  public static ApiServer start(
      ServeSettings settings,
      ConfiguredAccess access,
      Sources sources,
      State state,
      EpochClock clock,
      NanoClock nanos) {
    return new ApiServer(settings, access, sources, state, clock, nanos);
  }

  private static JobCosts costs(JobCharges charges) {
    return (site, job, millijoules) -> {
      ChargeFigures figures = charges.of(site, job, millijoules);
      return new JobCosts.JobCost(figures.cost(), figures.currency(), figures.co2eLocationGrams());
    };
  }

  /** All that is answered. */
  List<Route> routes() {
    return routes;
  }

  /** Where it listens. */
  public int port() {
    return server.port();
  }

  /** Its address for people: {@code http://127.0.0.1:8080}. */
  public String address() {
    HttpSettings http = settings.http();
    return "%s://%s:%d"
        .formatted(
            http.tls() == null ? "http" : "https", http.address().getHostString(), server.port());
  }

  /** How it is known who asks, in a line. */
  public String access() {
    return access.describe();
  }

  /** Says bye on event streams; what is under way is answered, within 3 s. */
  @Override
  public void close() {
    events.close();
    server.close();
  }
}

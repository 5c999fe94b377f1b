// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.serve.access.Access;
import io.github.joulestream.serve.access.Credentials;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Viewer;
import io.github.joulestream.serve.api.MeApi;
import io.github.joulestream.serve.api.SiteStates;
import io.github.joulestream.serve.api.SitesApi;
import io.github.joulestream.serve.http.HttpCounts;
import io.github.joulestream.serve.http.HttpServer;
import io.github.joulestream.serve.http.HttpSettings;
import io.github.joulestream.serve.http.Route;
import io.github.joulestream.serve.page.PageFiles;
import io.github.joulestream.serve.stream.JobCosts;
import io.github.joulestream.serve.stream.LiveApi;
import io.github.joulestream.store.history.WindowReader;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The page and the event stream of a {@link MadeSite}, for everybody, without a store. */
final class MadePage implements AutoCloseable {
  private static final int NODES_PER_RACK = 32;

  private final LiveApi live;
  private final HttpServer server;

  MadePage(int nodes) {
    MadeSite site = new MadeSite(nodes, NODES_PER_RACK, EpochClock.system());
    SiteStates states = new SiteStates(EpochClock.system(), Map.of(), CarbonBasis.Scope.LIFECYCLE);
    live =
        new LiveApi(
            site,
            states,
            (of, job, energy) -> JobCosts.JobCost.UNKNOWN,
            EpochClock.system(),
            NanoClock.system());
    Access access = new Everybody();
    List<Route> routes =
        Stream.of(
                new PageFiles(site, EpochClock.system()).routes(),
                new MeApi(access).routes(),
                new SitesApi(site, states, nothing(), EpochClock.system()).routes(),
                live.routes())
            .flatMap(List::stream)
            .toList();
    server =
        HttpServer.start(
            new HttpSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                null,
                HttpSettings.LOOPBACK_HOSTS,
                0,
                HttpSettings.Limits.USUAL),
            access,
            routes,
            new HttpCounts(),
            NanoClock.system());
  }

  /** A store in which nothing is. */
  private static WindowReader nothing() {
    return (WindowReader)
        Proxy.newProxyInstance(
            WindowReader.class.getClassLoader(),
            new Class<?>[] {WindowReader.class},
            (proxy, method, arguments) -> null);
  }

  private static final class Everybody implements Access {
    @Override
    public Viewer viewer(Credentials credentials) {
      return new Viewer("", Role.ADMIN, new TreeSet<>());
    }

    @Override
    public boolean sitesForAll() {
      return true;
    }

    @Override
    public String describe() {
      return "everybody, in a test";
    }
  }

  /** Its first address. */
  URI root() {
    return URI.create("http://127.0.0.1:" + server.port() + "/");
  }

  @Override
  public void close() {
    live.close();
    server.close();
  }
}

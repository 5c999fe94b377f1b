// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.reports.order.SiteFile;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.serve.ApiServer;
import io.github.joulestream.serve.LaterSites;
import io.github.joulestream.serve.ServeSettings;
import io.github.joulestream.serve.access.AccessSettings;
import io.github.joulestream.serve.access.ConfiguredAccess;
import io.github.joulestream.serve.http.HttpSettings;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.connect.StoreKind;
import io.github.joulestream.store.influx.InfluxAddress;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The page and the API of {@code up}, for this machine alone. It is there before broker and store
 * are, and shows what there is by then.
 *
 * <p>Nothing watches whether the store answers, as {@code serve} does: it is part of this process
 * and ends with it. Where it takes no points, as with a full disk, the health of {@code up} has the
 * reason among its words.
 */
final class Page {
  private static final HttpSettings.Limits USUAL = HttpSettings.Limits.USUAL;

  private final LaterSites sites = new LaterSites();
  private volatile @Nullable URI store;

  /** Live sites are read from now on. */
  void show(LiveSites live) {
    sites.become(live);
  }

  /** The store answers there from now on. */
  void read(URI url) {
    store = url;
  }

  /**
   * Starts serving; prints where.
   *
   * @throws UserError if the port was named and is in use
   */
  Started start(
      FreePorts.Choice port,
      ApiServer.State state,
      PrintStream out,
      EpochClock clock,
      NanoClock nanos)
      throws IOException {
    StoreConnection.SharedReaders readers = StoreConnection.sharedLater(this::connect);
    try {
      ApiServer server =
          FreePorts.open(port, number -> server(number, readers, state, clock, nanos));
      out.printf(
          "  page   %s  (for this machine alone, without a token)%s%n",
          server.address(), Pipeline.moved(server.port(), port));
      return new Started(server, readers);
    } catch (IOException | RuntimeException e) {
      readers.close();
      throw e;
    }
  }

  private StoreConnection connect() throws IOException {
    URI url = store;
    if (url == null) {
      throw new IOException("the store is starting");
    }
    return new StoreConnection(
        StoreKind.QUESTDB,
        new InfluxAddress(url, InfluxAddress.NO_TOKEN, "none"),
        Buckets.one(Buckets.DEFAULT_NAME));
  }

  private ApiServer server(
      int port,
      StoreConnection.SharedReaders readers,
      ApiServer.State state,
      EpochClock clock,
      NanoClock nanos)
      throws BindException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    try {
      return ApiServer.start(
          new ServeSettings(
              // who sits at this machine may ask as often as they like
              new HttpSettings(
                  address,
                  null,
                  HttpSettings.LOOPBACK_HOSTS,
                  0,
                  new HttpSettings.Limits(
                      USUAL.connections(),
                      USUAL.streams(),
                      USUAL.streams(),
                      USUAL.queuedBytes(),
                      USUAL.requestMillis(),
                      USUAL.answerMillis(),
                      USUAL.heartbeatMillis())),
              new TreeMap<>(),
              SiteFile.NONE,
              CarbonBasis.Scope.LIFECYCLE),
          new ConfiguredAccess(
              new AccessSettings(null, null, null, null, true), address, clock, nanos),
          new ApiServer.Sources(sites, readers.history(), readers.windows()),
          state,
          clock,
          nanos);
    } catch (UserError e) {
      throw bindFailure(e);
    }
  }

  /** As {@link FreePorts} expects it, if the port is in use. */
  private static BindException bindFailure(UserError failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException bind) {
        return bind;
      }
    }
    throw failure;
  }

  /** A page that is served. */
  record Started(ApiServer server, StoreConnection.SharedReaders readers) implements AutoCloseable {
    @Override
    public void close() {
      server.close();
      readers.close();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.serve.api.SiteStates;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.EventSource;
import io.github.joulestream.serve.http.Parameters;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Route;
import io.github.joulestream.serve.live.LiveSites;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sites as server-sent events. One thread makes the frames of all sites. */
public final class LiveApi implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LiveApi.class);
  private static final int USUAL_JOBS = 200;
  private static final int MOST_JOBS = 1_000;
  private static final long TICK_MILLIS = 1_000;
  private static final long CLOSE_MILLIS = 5_000;

  private final LiveSites sites;
  private final SiteStates states;
  private final JobCosts costs;
  private final EpochClock clock;
  private final EpochClock ages;
  private final long run;
  private final Map<String, SiteFrames> frames = new HashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("live-events").daemon().factory());

  /** Begins to make frames when somebody listens. */
  public LiveApi(
      LiveSites sites, SiteStates states, JobCosts costs, EpochClock clock, NanoClock nanos) {
    this.sites = sites;
    this.states = states;
    this.costs = costs;
    this.clock = clock;
    this.ages = EpochClock.steady(clock, nanos);
    this.run = clock.epochMillis();
    ScheduledFuture<?> _ =
        thread.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The event stream of a site. */
  public List<Route> routes() {
    return List.of(Route.get("/api/v1/live/{site}", Set.of("cells", "jobs"), this::live));
  }

  private Answer live(ApiRequest request) throws Problem {
    String site = request.path("site");
    if (sites.site(site).isEmpty()) {
      throw Problem.notFound("no such site");
    }
    Parameters parameters = Parameters.of(request, clock);
    CellsMode mode =
        CellsMode.valueOf(
            parameters
                .word(
                    "cells",
                    CellsMode.NODES.word(),
                    Stream.of(CellsMode.values()).map(CellsMode::word).toList())
                .toUpperCase(Locale.ROOT));
    Viewing viewing =
        new Viewing(
            request.visibility(), mode, parameters.number("jobs", USUAL_JOBS, 0, MOST_JOBS));
    return Answer.of(new Answer.Events((last, sink) -> open(site, viewing, last, sink)));
  }

  private AutoCloseable open(
      String site, Viewing viewing, String lastEventId, EventSource.Sink sink) {
    FrameClient client =
        new FrameClient(viewing, FrameId.of(run, site, viewing), lastEventId, sink);
    try {
      thread.execute(() -> add(site, client));
    } catch (RejectedExecutionException e) {
      // the server ends
      client.bye();
    }
    return () -> remove(site, client);
  }

  private void add(String site, FrameClient client) {
    try {
      frames
          .computeIfAbsent(site, name -> new SiteFrames(name, sites, states, costs))
          .add(client, ages.epochMillis());
    } catch (RuntimeException e) {
      log.warn("no events of {}", site, e);
      remove(site, client);
      client.bye();
    }
  }

  private void remove(String site, FrameClient client) {
    if (!thread.isShutdown()) {
      thread.execute(() -> {
        SiteFrames of = frames.get(site);
        if (of != null) {
          of.remove(client);
        }
      });
    }
  }

  private void tick() {
    long now = ages.epochMillis();
    frames.forEach((site, of) -> {
      try {
        of.tick(now);
      } catch (RuntimeException e) {
        // thrown on, it would end all later frames
        log.warn("no frame of {}", site, e);
      }
    });
  }

  /** Ends all connections, each with {@code bye}. */
  @Override
  public void close() {
    thread.execute(() -> frames.values().forEach(SiteFrames::close));
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
        log.warn("some event streams did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

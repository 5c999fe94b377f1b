// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests at a fixed rate, whether answers come or not: a time is from when a request was due to
 * the last byte of its answer, so that a server that stops for a while does not hide it.
 */
final class HttpLoad implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int MOST_PROBLEMS = 20;

  private final HttpClient client;
  private final Tokens tokens;
  private final ConcurrentMap<String, Route> routes = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
  private final LongAdder errors = new LongAdder();

  /** What was asked of a route. */
  private static final class Route {
    private final ConcurrentLinkedQueue<Double> millis = new ConcurrentLinkedQueue<>();
    private final LongAdder errors = new LongAdder();
    private final LongAdder bytes = new LongAdder();
  }

  HttpLoad(HttpClient client, Tokens tokens) {
    this.client = client;
    this.tokens = tokens;
  }

  /** Asks for so long; returns when all answers have come, or have not in time. */
  void run(ServeRoutes from, int perSecond, Duration length) {
    long begin = System.nanoTime();
    long requests = perSecond * length.toSeconds();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (long i = 0; i < requests; i++) {
        long due = begin + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
        for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
          LockSupport.parkNanos(early);
        }
        ServeRoutes.Asked asked = from.next();
        threads.execute(() -> ask(asked, due));
      }
    }
  }

  private void ask(ServeRoutes.Asked asked, long due) {
    Route route = routes.computeIfAbsent(asked.route(), _ -> new Route());
    try {
      // as browsers do
      HttpRequest request =
          tokens.request(asked.url()).timeout(LIMIT).header("Accept-Encoding", "gzip").build();
      HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      route.bytes.add(answer.body().length);
      if (answer.statusCode() != 200) {
        problem(route, asked.url(), "answers " + answer.statusCode());
      }
    } catch (IOException e) {
      problem(route, asked.url(), e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      problem(route, asked.url(), "interrupted");
    }
    route.millis.add((System.nanoTime() - due) / 1e6);
  }

  private void problem(Route route, URI url, String what) {
    route.errors.increment();
    errors.increment();
    if (problems.size() < MOST_PROBLEMS) {
      problems.add("%s: %s".formatted(url, what));
    }
  }

  long errors() {
    return errors.sum();
  }

  /** The first of what went wrong. */
  Collection<String> problems() {
    return problems;
  }

  /** A line for each route, and one for all. */
  void print(Duration length) {
    Bench.say(
        "%-16s %9s %8s %9s %9s %9s %9s %7s",
        "route", "requests", "p50 ms", "p95 ms", "p99 ms", "max ms", "kB each", "errors");
    List<Double> all = new ArrayList<>();
    long bytes = 0;
    for (Map.Entry<String, Route> route : new TreeMap<>(routes).entrySet()) {
      all.addAll(route.getValue().millis);
      bytes += route.getValue().bytes.sum();
      line(
          route.getKey(),
          route.getValue().millis,
          route.getValue().bytes.sum(),
          route.getValue().errors.sum());
    }
    line("all", all, bytes, errors());
    Bench.say(
        "%,.0f requests/s, %,.0f kB/s",
        (double) all.size() / length.toSeconds(), bytes / 1e3 / length.toSeconds());
  }

  private static void line(String route, Collection<Double> millis, long bytes, long errors) {
    Bench.say(
        "%-16s %,9d %8.1f %9.1f %9.1f %9.1f %9.1f %7d",
        route,
        millis.size(),
        Statistics.percentile(millis, 50),
        Statistics.percentile(millis, 95),
        Statistics.percentile(millis, 99),
        Statistics.percentile(millis, 100),
        bytes / 1e3 / millis.size(),
        errors);
  }

  /** The same as JSON. */
  void put(ObjectNode into) {
    routes.forEach((name, route) ->
        into.putObject(name)
            .put("requests", route.millis.size())
            .put("errors", route.errors.sum())
            .put("bytes", route.bytes.sum())
            .put("p50_ms", Statistics.percentile(route.millis, 50))
            .put("p95_ms", Statistics.percentile(route.millis, 95))
            .put("p99_ms", Statistics.percentile(route.millis, 99))
            .put("max_ms", Statistics.percentile(route.millis, 100)));
  }

  @Override
  public void close() {
    client.close();
  }
}

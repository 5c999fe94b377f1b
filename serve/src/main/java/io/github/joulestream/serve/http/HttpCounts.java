// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What the server counts. Counting never blocks. */
public final class HttpCounts {
  /** Upper bounds of durations, ms. */
  static final long[] BOUNDS_MILLIS = {
    1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000
  };

  private static final double MILLIS = 1e3;

  private final Map<Key, LongAdder> requests = new ConcurrentHashMap<>();
  private final LongAdder[] durations = new LongAdder[BOUNDS_MILLIS.length + 1];
  private final LongAdder durationMicros = new LongAdder();
  private final Map<String, LongAdder> refused = new ConcurrentHashMap<>();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder eventBytes = new LongAdder();
  private final AtomicInteger streams = new AtomicInteger();

  private record Key(String route, int status) {}

  public HttpCounts() {
    for (int i = 0; i < durations.length; i++) {
      durations[i] = new LongAdder();
    }
  }

  void request(String route, int status) {
    requests.computeIfAbsent(new Key(route, status), key -> new LongAdder()).increment();
  }

  void duration(long micros) {
    int bucket = 0;
    while (bucket < BOUNDS_MILLIS.length && micros > BOUNDS_MILLIS[bucket] * 1_000) {
      bucket++;
    }
    durations[bucket].increment();
    durationMicros.add(micros);
  }

  /**
   * A request that was refused before it came to a route's endpoint.
   *
   * @param why in a word
   */
  void refused(String why) {
    refused.computeIfAbsent(why, key -> new LongAdder()).increment();
  }

  /** A client of an event stream that did not read in time. */
  void dropped() {
    dropped.increment();
  }

  void eventBytes(long bytes) {
    eventBytes.add(bytes);
  }

  AtomicInteger openStreams() {
    return streams;
  }

  /** Shows all of it. */
  public void showIn(Metrics metrics) {
    metrics
        .showLabelled(Metric.SERVE_REQUESTS, this::requests)
        .showHistogram(Metric.SERVE_DURATION, this::durations, this::durationSeconds)
        .show(Metric.SERVE_REFUSED, "reason", this::refusals)
        .show(Metric.SERVE_STREAMS, this::streams)
        .show(Metric.SERVE_DROPPED, this::droppedClients)
        .show(Metric.SERVE_EVENT_BYTES, this::sentEventBytes);
  }

  /** Requests by labels in Prometheus' form, {@code route="/api/v1/sites",status="200"}. */
  public Map<String, Double> requests() {
    Map<String, Double> all = new TreeMap<>();
    requests.forEach((key, count) ->
        all.put(
            "{route=\"%s\",status=\"%d\"}".formatted(key.route, key.status), count.doubleValue()));
    return all;
  }

  /** How many were answered within so many seconds, cumulative, by bound; of event streams none. */
  public Map<Double, Long> durations() {
    Map<Double, Long> all = new TreeMap<>();
    long count = 0;
    for (int i = 0; i < durations.length; i++) {
      count += durations[i].sum();
      all.put(
          i < BOUNDS_MILLIS.length ? BOUNDS_MILLIS[i] / MILLIS : Double.POSITIVE_INFINITY, count);
    }
    return all;
  }

  /** Sum of these durations, s. */
  public double durationSeconds() {
    return durationMicros.sum() / (MILLIS * MILLIS);
  }

  /** Refused requests by reason. */
  public Map<String, Long> refusals() {
    Map<String, Long> all = new TreeMap<>();
    refused.forEach((why, count) -> all.put(why, count.sum()));
    return all;
  }

  /** Event streams that were closed as their client was behind. */
  public long droppedClients() {
    return dropped.sum();
  }

  /** Bytes of events that were sent. */
  public long sentEventBytes() {
    return eventBytes.sum();
  }

  /** Event streams that are open. */
  public int streams() {
    return streams.get();
  }
}

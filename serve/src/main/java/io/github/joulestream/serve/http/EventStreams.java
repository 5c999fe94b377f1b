// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import io.github.joulestream.runtime.NanoClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** All event streams that are open, as many as may be. */
final class EventStreams implements AutoCloseable {
  private static final Duration LATER = Duration.ofSeconds(30);

  private final HttpSettings.Limits limits;
  private final HttpCounts counts;
  private final NanoClock clock;
  // with who asked for them
  private final Map<EventStream, Asker> open = new ConcurrentHashMap<>();
  private final AtomicBoolean isChecking = new AtomicBoolean();
  private final Map<String, Integer> byViewer = new HashMap<>();
  private boolean ended;

  EventStreams(
      HttpSettings.Limits limits,
      HttpCounts counts,
      NanoClock clock,
      ScheduledExecutorService timer) {
    this.limits = limits;
    this.counts = counts;
    this.clock = clock;
    int period = Math.max(1, Math.min(1_000, limits.heartbeatMillis() / 4));
    ScheduledFuture<?> _ =
        timer.scheduleWithFixedDelay(
            () -> open.keySet().forEach(EventStream::tick), period, period, TimeUnit.MILLISECONDS);
    ScheduledFuture<?> _ =
        timer.scheduleWithFixedDelay(
            this::check, limits.heartbeatMillis(), limits.heartbeatMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Ends streams of those who would be refused by now, or would see something else: a token or a
   * session ends, and a stream does not by itself. On a thread of its own: keys of an issuer may
   * have to be read.
   */
  private void check() {
    if (isChecking.compareAndSet(false, true)) {
      Thread.ofVirtual()
          .name("access-of-streams")
          .start(() -> {
            try {
              open.forEach((stream, asker) -> {
                if (!asker.isStillKnown()) {
                  counts.refused("stream of one who is not known any more");
                  stream.bye();
                }
              });
            } finally {
              isChecking.set(false);
            }
          });
    }
  }

  /**
   * Opens one; the callback completes when it is over.
   *
   * @param asker whose it is
   * @throws Problem if there are too many
   */
  void open(EventSource source, Asker asker, Request request, Response response, Callback callback)
      throws Problem {
    String who = asker.name();
    begin(who);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
    response.getHeaders().put("X-Accel-Buffering", "no");
    EventStream made =
        new EventStream(
            request,
            response,
            callback,
            limits,
            counts,
            clock,
            stream -> {
              open.remove(stream);
              end(who);
            });
    open.put(made, asker);
    made.open(
        source, String.valueOf(request.getHeaders().get("Last-Event-ID")).replace("null", ""));
    boolean late;
    synchronized (this) {
      late = ended;
    }
    if (late) {
      made.bye();
    }
  }

  private synchronized void begin(String who) throws Problem {
    if (ended) {
      throw Problem.unavailable("the server ends", LATER);
    }
    if (counts.openStreams().get() >= limits.streams()) {
      counts.refused("streams");
      throw Problem.unavailable(
          "there are %,d event streams, and no more are served".formatted(limits.streams()), LATER);
    }
    if (byViewer.getOrDefault(who, 0) >= limits.streamsPerViewer()) {
      counts.refused("streams of a viewer");
      throw Problem.tooMany(
          "you have %,d event streams open; close one".formatted(limits.streamsPerViewer()), LATER);
    }
    byViewer.merge(who, 1, Integer::sum);
    counts.openStreams().incrementAndGet();
  }

  private synchronized void end(String who) {
    counts.openStreams().decrementAndGet();
    byViewer.computeIfPresent(who, (key, streams) -> streams == 1 ? null : streams - 1);
  }

  /** Says bye to all; none is opened any more. */
  @Override
  public void close() {
    synchronized (this) {
      ended = true;
    }
    open.keySet().forEach(EventStream::bye);
  }
}

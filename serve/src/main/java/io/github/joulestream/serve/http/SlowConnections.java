// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import io.github.joulestream.runtime.NanoClock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;

/**
 * Closes connections on which no request arrives in time, or an answer is not taken in time. An
 * idle timeout alone does not: a byte now and then is enough for it.
 */
final class SlowConnections implements Connection.Listener {
  private static final int CHECK_MILLIS = 1_000;
  private static final int NANOS_PER_MILLI = 1_000_000;
  private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD");

  private final long requestNanos;
  private final long answerNanos;
  private final NanoClock clock;
  private final HttpCounts counts;
  private final Map<Connection, State> connections = new ConcurrentHashMap<>();

  /** Since when a connection is in which state. */
  private record State(boolean answering, boolean stream, long since) {}

  SlowConnections(
      HttpSettings.Limits limits,
      NanoClock clock,
      HttpCounts counts,
      ScheduledExecutorService timer) {
    this.requestNanos = (long) limits.requestMillis() * NANOS_PER_MILLI;
    this.answerNanos = (long) limits.answerMillis() * NANOS_PER_MILLI;
    this.clock = clock;
    this.counts = counts;
    int period = Math.min(CHECK_MILLIS, limits.requestMillis() / 4 + 1);
    ScheduledFuture<?> _ =
        timer.scheduleWithFixedDelay(this::check, period, period, TimeUnit.MILLISECONDS);
  }

  @Override
  public void onOpened(Connection connection) {
    connections.put(connection, new State(false, false, clock.nanos()));
  }

  @Override
  public void onClosed(Connection connection) {
    connections.remove(connection);
  }

  /** The head of a request has arrived; where a body follows, that has to arrive in time too. */
  void begun(Request request) {
    Connection connection = request.getConnectionMetaData().getConnection();
    boolean isAll = WITHOUT_BODY.contains(request.getMethod());
    set(connection, new State(isAll, false, clock.nanos()));
    Request.addCompletionListener(
        request, failure -> set(connection, new State(false, false, clock.nanos())));
  }

  /** It is answered by an event stream, which has rules of its own. */
  void streams(Request request) {
    set(request.getConnectionMetaData().getConnection(), new State(true, true, clock.nanos()));
  }

  private void set(Connection connection, State state) {
    connections.replace(connection, state);
  }

  private void check() {
    long now = clock.nanos();
    connections.forEach((connection, state) -> {
      long limit = state.answering ? answerNanos : requestNanos;
      if (!state.stream && now - state.since > limit) {
        counts.refused(state.answering ? "slow to read" : "slow to ask");
        connection.getEndPoint().close();
      }
    });
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.producers.agent.NodeAgent;
import io.github.joulestream.producers.replay.TraceSet;
import io.github.joulestream.producers.simulate.SimulationRunner;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.store.questdb.QuestDbReader;
import io.github.joulestream.store.writer.StoreWriter;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How the parts of {@code up} get on, as lines; the first part that fails ends the run. */
final class Progress {
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(2);
  private static final Duration LATER_LINE_INTERVAL = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(50);
  // if nothing at all moves for this long, something is broken
  private static final Duration STANDSTILL = Duration.ofSeconds(90);
  private static final Duration INTERRUPTED_LIMIT = Duration.ofSeconds(20);

  // it asks Kafka how far the parts are, which may take a minute each time
  private static final Duration STUCK = Duration.ofMinutes(5);

  private final io.github.joulestream.runtime.Progress loop =
      new io.github.joulestream.runtime.Progress("the run", STUCK);
  private final PrintStream out;
  private final NanoClock nanos;
  private final long startNanos;
  private final BooleanSupplier stopAsked;
  private final LongSupplier published;
  private final List<Supplier<Optional<Throwable>>> failures;
  private final CompletionCheck drain;
  private final StoreWriter writer;
  private final LiveView live;
  private final @Nullable SimulationRunner simulation;
  private final @Nullable NodeAgent agent;
  private final @Nullable TraceSet traces;
  private long lastLineNanos;
  private long lastReadings;
  private boolean saidFirst;

  /**
   * @param published readings of a replay or of a simulated past so far
   * @param failures why parts gave up, if they did
   */
  Progress(
      PrintStream out,
      NanoClock nanos,
      long startNanos,
      BooleanSupplier stopAsked,
      LongSupplier published,
      List<Supplier<Optional<Throwable>>> failures,
      CompletionCheck drain,
      StoreWriter writer,
      LiveView live,
      @Nullable SimulationRunner simulation,
      @Nullable NodeAgent agent,
      @Nullable TraceSet traces) {
    this.out = out;
    this.nanos = nanos;
    this.startNanos = startNanos;
    this.stopAsked = stopAsked;
    this.published = published;
    this.failures = List.copyOf(failures);
    this.drain = drain;
    this.writer = writer;
    this.live = live;
    this.simulation = simulation;
    this.agent = agent;
    this.traces = traces;
    this.lastLineNanos = nanos.nanos();
  }

  private double seconds() {
    return (nanos.nanos() - startNanos) / 1e9;
  }

  void tick() throws ExecutionException, InterruptedException {
    loop.turned();
    throwFailures();
    if (!saidFirst && writer.firstWriteEpochMillis() >= 0) {
      saidFirst = true;
      out.printf(Locale.ROOT, "first energy in the store after %.1f s%n", seconds());
    }
    Duration interval = seconds() < 30 ? LINE_INTERVAL : LATER_LINE_INTERVAL;
    if (nanos.nanos() - lastLineNanos >= interval.toNanos()) {
      line();
    }
  }

  /** How the run's own loop is: bad if it is stuck. */
  Health health() {
    return loop.or(Health.GOOD);
  }

  /** Why the first part that gave up did so. */
  Optional<Throwable> failure() {
    return failures.stream().flatMap(failure -> failure.get().stream()).findFirst();
  }

  private void throwFailures() {
    Throwable e = failure().orElse(null);
    if (e instanceof UserError known) {
      throw known;
    }
    if (e != null) {
      throw new IllegalStateException("a part of the pipeline failed: " + e.getMessage(), e);
    }
  }

  private long readings() {
    return published.getAsLong()
        + (simulation == null ? 0 : simulation.readings())
        + (agent == null ? 0 : agent.readings());
  }

  private void line() throws ExecutionException, InterruptedException {
    long now = nanos.nanos();
    long readings = readings();
    double rate = (readings - lastReadings) * 1e9 / (now - lastLineNanos);
    lastLineNanos = now;
    lastReadings = readings;
    String of = traces == null || simulation != null ? "" : " of %,d".formatted(traces.readings());
    String power =
        live.siteMilliwatts().entrySet().stream()
            .map(site -> ShownText.of(site.getKey()) + " " + Summary.power(site.getValue()))
            .collect(Collectors.joining(", "));
    out.printf(
        Locale.ROOT,
        "%6.0f s  %s published (%,.0f/s), %s to do, %s to be stored, %s stored, %s running%s%n",
        seconds(),
        of.isEmpty()
            ? Summary.count(readings, "reading")
            : "%,d%s readings".formatted(readings, of),
        rate,
        Summary.count(drain.lag(), "record"),
        Summary.count(writer.behind(), "result"),
        Summary.count(writer.pointsWritten(), "point"),
        Summary.count(live.jobsRunning(), "job"),
        power.isEmpty() ? "" : "; " + power);
  }

  /**
   * Waits until the store has everything; false if that was given up after the end was asked for.
   */
  boolean drain(QuestDbReader reader) throws ExecutionException, InterruptedException {
    long began = nanos.nanos();
    long lastMove = began;
    long moves = -1;
    while (!(drain.done() && reader.applied())) {
      tick();
      long now = nanos.nanos();
      long nowMoves = writer.pointsWritten() - drain.lag();
      if (nowMoves != moves) {
        moves = nowMoves;
        lastMove = now;
      }
      if (now - lastMove > STANDSTILL.toNanos()) {
        throw new IllegalStateException(
            "nothing has moved for %d s with %s to do and %s to be stored; the log says more"
                .formatted(
                    STANDSTILL.toSeconds(),
                    Summary.count(drain.lag(), "record"),
                    Summary.count(writer.behind(), "result")));
      }
      if (stopAsked.getAsBoolean() && now - began > INTERRUPTED_LIMIT.toNanos()) {
        return false;
      }
      TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
    }
    loop.idle(); // what comes now reads the store once
    line();
    out.printf(Locale.ROOT, "everything is in the store after %.1f s%n", seconds());
    return true;
  }
}

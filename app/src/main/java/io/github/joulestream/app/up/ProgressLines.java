// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.producers.agent.NodeAgent;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.Progress;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.serve.live.LiveTopics;
import io.github.joulestream.store.writer.StoreWriter;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The progress of {@code up} as lines; the first component that fails ends the run. */
final class ProgressLines {
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(2);
  private static final Duration LATER_LINE_INTERVAL = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(50);
  // without any progress for this long, something is broken
  private static final Duration STANDSTILL = Duration.ofSeconds(90);
  private static final Duration INTERRUPTED_LIMIT = Duration.ofSeconds(20);

  // it asks Kafka for offsets, which may take a minute each time
  private static final Duration STUCK = Duration.ofMinutes(5);

  private final Progress loop = new Progress("the run", STUCK);
  private final PrintStream out;
  private final NanoClock nanos;
  private final long startNanos;
  private final BooleanSupplier stopRequested;
  private final Pipeline pipeline;
  private final List<Workload> workloads;
  private final @Nullable NodeAgent agent;
  private long lastLineNanos;
  private long lastReadings;
  private boolean firstReported;

  /**
   * @param startNanos when the program started
   * @param stopRequested true when the user wants it to end
   * @param agent the agent of this machine, if it is sampled too
   */
  ProgressLines(
      PrintStream out,
      NanoClock nanos,
      long startNanos,
      BooleanSupplier stopRequested,
      Pipeline pipeline,
      List<Workload> workloads,
      @Nullable NodeAgent agent) {
    this.out = out;
    this.nanos = nanos;
    this.startNanos = startNanos;
    this.stopRequested = stopRequested;
    this.pipeline = pipeline;
    this.workloads = List.copyOf(workloads);
    this.agent = agent;
    this.lastLineNanos = nanos.nanos();
  }

  private double seconds() {
    return (nanos.nanos() - startNanos) / 1e9;
  }

  void tick() throws ExecutionException, InterruptedException {
    loop.turned();
    throwFailures();
    if (!firstReported && pipeline.writer().firstWriteEpochMillis() >= 0) {
      firstReported = true;
      out.printf(Locale.ROOT, "first energy in the store after %.1f s%n", seconds());
    }
    Duration interval = seconds() < 30 ? LINE_INTERVAL : LATER_LINE_INTERVAL;
    if (nanos.nanos() - lastLineNanos >= interval.toNanos()) {
      line();
    }
  }

  /** The health of all that runs; bad if a component failed or the run's own loop is stuck. */
  Health health() {
    Throwable e = failure().orElse(null);
    if (e != null) {
      return Health.bad("a component of the pipeline failed: " + e.getMessage());
    }
    return Stream.of(
            pipeline.health(),
            workloads.stream().map(Workload::health),
            Stream.of(loop.or(Health.GOOD)))
        .flatMap(health -> health)
        .filter(health -> !health.equals(Health.GOOD))
        .min(Comparator.comparing(Health::ok).thenComparing(Health::ready))
        .orElse(Health.GOOD);
  }

  /** Why the first component that failed did so. */
  private Optional<Throwable> failure() {
    return Stream.of(
            workloads.stream().map(Workload::failure),
            Stream.ofNullable(agent).map(NodeAgent::failure),
            pipeline.failures())
        .flatMap(failure -> failure)
        .flatMap(Optional::stream)
        .findFirst();
  }

  private void throwFailures() {
    Throwable e = failure().orElse(null);
    if (e instanceof UserError known) {
      throw known;
    }
    if (e != null) {
      throw new IllegalStateException("a component of the pipeline failed: " + e.getMessage(), e);
    }
  }

  private long readings() {
    return workloads.stream().mapToLong(Workload::readings).sum()
        + (agent == null ? 0 : agent.readings());
  }

  private void line() throws ExecutionException, InterruptedException {
    long now = nanos.nanos();
    long readings = readings();
    double rate = (readings - lastReadings) * 1e9 / (now - lastLineNanos);
    lastLineNanos = now;
    lastReadings = readings;
    OptionalLong total =
        workloads.size() == 1 ? workloads.getFirst().totalReadings() : OptionalLong.empty();
    LiveTopics live = pipeline.live();
    StoreWriter writer = pipeline.writer();
    String power =
        live.siteMilliwatts().entrySet().stream()
            .map(site -> ShownText.of(site.getKey()) + " " + Quantities.power(site.getValue()))
            .collect(Collectors.joining(", "));
    out.printf(
        Locale.ROOT,
        "%6.0f s  %s published (%,.0f/s), %s to do, %s to be stored, %s stored, %s running%s%n",
        seconds(),
        total.isEmpty()
            ? Quantities.count(readings, "reading")
            : String.format(Locale.ROOT, "%,d of %,d readings", readings, total.getAsLong()),
        rate,
        Quantities.count(pipeline.completion().lag(), "record"),
        Quantities.count(writer.behind(), "result"),
        Quantities.count(writer.pointsWritten(), "point"),
        Quantities.count(live.jobsRunning(), "job"),
        power.isEmpty() ? "" : "; " + power);
  }

  /**
   * Waits until the store has everything; false if that was given up because the user wants it to
   * end.
   */
  boolean awaitStored() throws ExecutionException, InterruptedException {
    CompletionCheck completion = pipeline.completion();
    completion.expectNoMore();
    StoreWriter writer = pipeline.writer();
    long began = nanos.nanos();
    long lastMove = began;
    long moves = -1;
    while (!(completion.done() && pipeline.reader().applied())) {
      tick();
      long now = nanos.nanos();
      long nowMoves = writer.pointsWritten() - completion.lag();
      if (nowMoves != moves) {
        moves = nowMoves;
        lastMove = now;
      }
      if (now - lastMove > STANDSTILL.toNanos()) {
        throw new IllegalStateException(
            "nothing has moved for %d s with %s to do and %s to be stored; see the log"
                .formatted(
                    STANDSTILL.toSeconds(),
                    Quantities.count(completion.lag(), "record"),
                    Quantities.count(writer.behind(), "result")));
      }
      if (stopRequested.getAsBoolean() && now - began > INTERRUPTED_LIMIT.toNanos()) {
        return false;
      }
      TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
    }
    loop.idle(); // what follows reads the store once
    line();
    out.printf(Locale.ROOT, "everything is in the store after %.1f s%n", seconds());
    return true;
  }
}

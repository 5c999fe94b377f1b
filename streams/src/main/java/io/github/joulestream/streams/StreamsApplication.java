// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.streams.accounting.AttributeEnergy;
import io.github.joulestream.streams.failure.RecordRefusals;
import io.github.joulestream.streams.state.CacheBudget;
import io.github.joulestream.streams.state.PendingOutput;
import io.github.joulestream.streams.topology.AccountingTopology;
import io.github.joulestream.streams.topology.AlertsTopology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The topologies of an instance, running: the accounting and the alerts, or one of them. Both have
 * the same life cycle, health and metrics:
 *
 * <pre>
 *   start() -> starting -> restoring 43 % -> ok (ready) -> close()
 *                 |              |            |
 *                 +---- no progress for the start time-out, or too many failed threads -> failure()
 * </pre>
 *
 * <p>A task that is restored processes and commits its records while others are still restored.
 * Safe for many threads.
 */
public final class StreamsApplication implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(200);

  private final RestoreProgress restore = new RestoreProgress(NanoClock.system());
  private final Limits limits;
  private final CacheBudget budget;
  private final PendingOutput pending;
  private final Map<String, RecordRefusals> refusals = new TreeMap<>();
  private final List<RunningTopology> topologies = new ArrayList<>();

  /** The accounting and the alerts. */
  public StreamsApplication(StreamsSettings settings) {
    this(settings, true, true);
  }

  private StreamsApplication(StreamsSettings settings, boolean accounting, boolean alerts) {
    this.limits = settings.limits();
    this.budget = new CacheBudget(settings.cacheBytes());
    Properties accountingConfig = StreamsConfigs.accounting(settings);
    AccountingTopology books =
        new AccountingTopology(
            accountingConfig,
            limits,
            settings.calibration(),
            budget,
            settings.deviceWindowMillis(),
            settings.siteKeys());
    this.pending = books.pendingOutput();
    if (accounting) {
      refusals.put("accounting", books.refusals());
      topologies.add(
          new RunningTopology("accounting", books.get(), accountingConfig, settings, restore));
    }
    if (alerts) {
      Properties config = StreamsConfigs.alerts(settings);
      AlertsTopology topology = new AlertsTopology(config, settings.siteKeys());
      refusals.put("alerts", topology.refusals());
      topologies.add(new RunningTopology("alerts", topology.get(), config, settings, restore));
    }
  }

  /** The accounting alone. */
  public static StreamsApplication accounting(StreamsSettings settings) {
    return new StreamsApplication(settings, true, false);
  }

  /** The alerts alone. */
  public static StreamsApplication alerts(StreamsSettings settings) {
    return new StreamsApplication(settings, false, true);
  }

  /** Starts all topologies, and returns at once. */
  public void start() {
    topologies.forEach(RunningTopology::start);
  }

  /** True while all tasks run. */
  public boolean isReady() {
    return topologies.stream().allMatch(RunningTopology::isRunning);
  }

  /**
   * Waits until all tasks run, however long state is restored.
   *
   * @throws UserError if another release wrote the state
   * @throws IllegalStateException if a topology gave up, or made no progress for the start time-out
   */
  public void awaitReady() throws InterruptedException {
    for (RunningTopology topology : topologies) {
      while (!topology.awaitRunning(LOOK.toNanos(), TimeUnit.NANOSECONDS)) {
        Optional<Throwable> failure = failure();
        if (failure.isPresent() && failure.get() instanceof UserError error) {
          throw error;
        }
        if (failure.isPresent()) {
          throw new IllegalStateException(failure.get().getMessage(), failure.get());
        }
      }
    }
  }

  /** How far the restoration of state is, in one line, while state is restored. */
  public Optional<String> restoring() {
    return restore.line();
  }

  /**
   * Health of the worst topology: bad if it gave up or makes no progress; alive but not ready while
   * tasks start, move or are restored; good, with a remark, while nodes are set aside or after
   * forged records.
   */
  public Health health() {
    Health worst =
        topologies.stream()
            .map(RunningTopology::health)
            .min(Comparator.comparing(Health::ok).thenComparing(Health::ready))
            .orElseThrow();
    if (worst.ok() && !worst.ready()) {
      return restore.line().map(Health::starting).orElse(worst);
    }
    int nodes = nodesSetAside();
    long forged = refusals.values().stream().mapToLong(RecordRefusals::forged).sum();
    if (worst.equals(Health.GOOD) && nodes > 0) {
      return Health.good(
          "nodes set aside: %d; see joulestream node list --set-aside".formatted(nodes));
    }
    return worst.equals(Health.GOOD) && forged > 0
        ? Health.good(
            "forged records refused since the start: %d; see joulestream dead-letter list"
                .formatted(forged))
        : worst;
  }

  /** Why a topology gave up, or that its start made no progress for the start time-out. */
  public Optional<Throwable> failure() {
    return topologies.stream().flatMap(topology -> topology.failure().stream()).findFirst();
  }

  /** Adds the metrics of all topologies. */
  public void showIn(Metrics metrics) {
    metrics
        .show(Metric.STREAMS_RUNNING, "topology", () -> each(t -> t.isRunning() ? 1 : 0))
        .show(Metric.STREAMS_RECORDS_IN, "topology", () -> each(t -> t.figures().recordsIn()))
        .show(Metric.STREAMS_RECORDS_OUT, "topology", () -> each(t -> t.figures().recordsOut()))
        .show(Metric.STREAMS_LAG, "topology", () -> each(t -> t.figures().lag()))
        .show(Metric.STREAMS_COMMITS, "topology", () -> each(t -> t.figures().commits()))
        .show(
            Metric.STREAMS_COMMIT_LATENCY,
            "topology",
            () -> each(t -> t.figures().commitSecondsAverage()))
        .show(
            Metric.STREAMS_COMMIT_LATENCY_MAX,
            "topology",
            () -> each(t -> t.figures().commitSecondsMax()))
        .show(Metric.STREAMS_FAILED_THREADS, "topology", () -> each(t -> t.threads().failures()))
        .show(Metric.STREAMS_REPLACED_THREADS, "topology", () -> each(t -> t.threads().total()))
        .show(Metric.STREAMS_REFUSED, "topology", () -> refusals(RecordRefusals::count))
        .show(Metric.STREAMS_FORGED, "topology", () -> refusals(RecordRefusals::forged))
        .show(Metric.STREAMS_SET_ASIDE, this::nodesSetAside)
        .show(Metric.STREAMS_RESTORED, "store", restore::restoredByStore)
        .show(Metric.STREAMS_RESTORE_REMAINING, "store", restore::remainingByStore)
        .show(Metric.STREAMS_RESTORING, "store", restore::openByStore)
        .show(Metric.STREAMS_RESTORED_RATIO, restore::ratio)
        .show(Metric.STREAMS_CACHE_BYTES, budget::usedBytes)
        .show(Metric.STREAMS_CACHE_LIMIT, budget::bytes)
        .show(Metric.STREAMS_CACHE_EVICTIONS, budget::evictions)
        .show(Metric.STREAMS_LIMIT, "limit", this::limitSeconds);
  }

  private Map<String, Double> each(ToDoubleFunction<RunningTopology> figure) {
    Map<String, Double> values = new TreeMap<>();
    topologies.forEach(topology -> values.put(topology.label(), figure.applyAsDouble(topology)));
    return values;
  }

  private Map<String, Long> refusals(ToLongFunction<RecordRefusals> figure) {
    Map<String, Long> counts = new TreeMap<>();
    refusals.forEach((topology, refused) -> counts.put(topology, figure.applyAsLong(refused)));
    return counts;
  }

  private Map<String, Double> limitSeconds() {
    return Map.of(
        "gap", limits.gapMillis() / 1e3,
        "long-gap", limits.longGapMillis() / 1e3,
        "future", limits.futureMillis() / 1e3,
        "horizon", limits.horizonMillis() / 1e3,
        "hold", limits.holdMillis() / 1e3);
  }

  /** Nodes of this instance that are set aside: their records are kept as dead letters. */
  public int nodesSetAside() {
    return refusals.values().stream().mapToInt(RecordRefusals::nodesSetAside).sum();
  }

  /** No more records are published: what the accounting holds is emitted as soon as it is quiet. */
  public void expectNoMore() {
    pending.expectNoMore();
  }

  /** True if the accounting has emitted all windows of what it has committed. */
  public boolean hasEmittedAll() {
    return pending.isNone();
  }

  /** True if the accounting has emitted all quarters of an hour of the increments committed. */
  public boolean hasEmittedQuarterHours() {
    return pending.isNoneOfQuarterHours();
  }

  /** Repartition topics of the accounting. */
  public static List<String> repartitionTopics() {
    return List.of(
        StreamsConfigs.ACCOUNTING_ID + "-" + AccountingTopology.BY_JOB + "-repartition",
        StreamsConfigs.ACCOUNTING_ID + "-" + AccountingTopology.BY_SITE + "-repartition");
  }

  /** The topic that holds, by node, why it is set aside. */
  public static String setAsideTopic() {
    return StreamsConfigs.ACCOUNTING_ID + "-" + AttributeEnergy.SET_ASIDE + "-changelog";
  }

  /** The topics that the topologies read, beside their own results and repartition topics. */
  public static List<Topic> inputs() {
    return List.of(
        Topic.TELEMETRY, Topic.ALLOCATIONS, Topic.JOBS, Topic.BUDGETS, Topic.NODES, Topic.ALERTS);
  }

  @Override
  public void close() {
    // the last started first
    topologies.reversed().forEach(RunningTopology::close);
  }
}

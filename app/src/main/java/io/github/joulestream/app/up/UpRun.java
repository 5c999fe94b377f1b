// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.app.log.Logging;
import io.github.joulestream.delivery.AlertSender;
import io.github.joulestream.producers.agent.NodeAgent;
import io.github.joulestream.producers.publish.KafkaPublisher;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.producers.replay.TraceSet;
import io.github.joulestream.producers.replay.Traces;
import io.github.joulestream.producers.simulate.SimulationRunner;
import io.github.joulestream.producers.simulate.SiteSimulator;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.store.HistoryReader;
import io.github.joulestream.store.StoreWriter;
import io.github.joulestream.store.influx.InfluxSink;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import io.github.joulestream.store.questdb.QuestDbReader;
import io.github.joulestream.streams.AlertsProgram;
import io.github.joulestream.streams.StreamsProgram;
import io.github.joulestream.streams.StreamsSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** The whole pipeline in one process: starts the parts, shows how they get on, ends them. */
public final class UpRun {
  private static final int PARTITIONS = 4;
  private static final int STREAM_THREADS = 2;
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(200);
  private static final long PAST_STEP_MILLIS = 1_000;
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(2);
  private static final Duration LATER_LINE_INTERVAL = Duration.ofSeconds(10);
  private static final Duration TICK = Duration.ofMillis(100);
  // if nothing at all moves for this long, something is broken
  private static final Duration STANDSTILL = Duration.ofSeconds(90);
  private static final Duration LAST_ALERTS_LIMIT = Duration.ofSeconds(10);
  private static final Duration INTERRUPTED_LIMIT = Duration.ofSeconds(20);

  private final UpOptions options;
  private final PrintStream out;
  private final EpochClock clock = EpochClock.system();
  private final NanoClock nanos = NanoClock.system();
  private final long startNanos = nanos.nanos();
  private final CountDownLatch stopAsked = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);
  private final AtomicLong published = new AtomicLong();
  private final AtomicReference<@Nullable Throwable> replayFailure = new AtomicReference<>();
  private final CountDownLatch replayDone = new CountDownLatch(1);

  /** Parts that run, the one started last first. */
  private final Deque<Part> parts = new ArrayDeque<>();

  private record Part(String name, AutoCloseable resource) {}

  public UpRun(UpOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** Runs until it is done or stopped; the exit status. */
  public int run() throws Exception {
    Thread onInterrupt = Thread.ofPlatform().unstarted(this::stopAndWait);
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try {
      return runParts();
    } finally {
      closeParts();
      finished.countDown();
    }
  }

  /** Ctrl-C: asks for the end, and waits for it. */
  private void stopAndWait() {
    if (finished.getCount() == 0) {
      return;
    }
    out.println("stopping; what is under way goes into the store first");
    stopAsked.countDown();
    try {
      finished.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private <T extends AutoCloseable> T part(String name, T resource) {
    parts.push(new Part(name, resource));
    return resource;
  }

  private void closeParts() throws Exception {
    Exception first = null;
    while (!parts.isEmpty()) {
      Part part = parts.pop();
      try {
        part.resource.close();
      } catch (Exception e) {
        e.addSuppressed(new IllegalStateException("while the " + part.name + " was stopped"));
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private int runParts() throws Exception {
    Path replay = options.replay();
    TraceSet traces = replay == null ? null : Traces.find(replay, options.replayOptions());
    DataFolder data = part("data folder", DataFolder.open(options.data()));
    Logging.alsoTo(data.path().resolve("joulestream.log"));
    part("log", Logging::stop);
    out.printf(
        "joulestream is starting; its data is in %s%s%n",
        data.path(), data.temporary() ? " until it ends (--data DIR keeps it)" : "");

    CompletableFuture<EmbeddedQuestDb> storeStart =
        start(() -> {
          int port = Ports.freeOr(options.storePort());
          return EmbeddedQuestDb.start(data.path().resolve("questdb"), port);
        });
    EmbeddedKafka broker =
        part("broker", EmbeddedKafka.start(data.path().resolve("kafka"), options.kafkaPort()));
    Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrap());
    Admin admin = part("admin client", Admin.create(kafka));
    new TopicAdmin(admin).create(PARTITIONS, (short) 1);
    SchemaExchange.join(kafka);
    EmbeddedQuestDb store = part("store", result(storeStart));
    StreamsSettings settings =
        new StreamsSettings(
            broker.bootstrap(),
            data.path().resolve("streams"),
            STREAM_THREADS,
            "up",
            COMMIT_INTERVAL,
            options.calibration());
    StreamsProgram streams = part("streams", new StreamsProgram(settings));
    AlertsProgram alerts = part("alerts", new AlertsProgram(settings));
    CompletableFuture<StreamsProgram> streamsStart =
        start(() -> {
          streams.start();
          alerts.start();
          return streams;
        });
    StoreWriter writer =
        part(
            "store writer",
            new StoreWriter(
                kafka, "up", new InfluxSink(store.url(), "none", "none", "none"), clock));
    writer.start();
    AlertSender sender =
        part(
            "alert sender",
            new AlertSender(kafka, "up", options.alertTargets(), clock, NanoClock.system()));
    sender.start();
    LiveView live = part("live view", new LiveView(kafka));
    live.start();
    QuestDbReader reader = part("reader", new QuestDbReader(store.url()));
    KafkaPublisher publisher = part("publisher", KafkaPublisher.connect(kafka, "joulestream-up"));
    result(streamsStart);
    printAddresses(broker, store, data);

    SimulationRunner simulation = null;
    SiteSimulator past = null;
    Duration pastLength = options.past();
    if (pastLength != null) {
      past = new SiteSimulator(options.simulation(), clock.epochMillis() - pastLength.toMillis());
      out.printf(
          Locale.ROOT,
          "simulating the last %s of site 'simulated' of %,d nodes with 8 GPUs each (seed %d)%n",
          Summary.duration(pastLength.toMillis()),
          options.simulatedNodes(),
          options.simulation().seed());
    } else if (options.simulatedNodes() > 0) {
      simulation =
          part("simulation", SimulationRunner.start(options.simulation(), publisher, clock));
      out.printf(
          Locale.ROOT,
          "simulating site 'simulated' of %,d nodes with 8 GPUs each (seed %d)%n",
          options.simulatedNodes(),
          options.simulation().seed());
    }
    NodeAgent agent =
        options.agent() ? part("agent", NodeAgent.ofThisMachine(publisher, clock)) : null;
    if (agent != null) {
      out.println("sampling this machine: " + agent.describe());
      agent.start();
    }
    if (past != null) {
      SiteSimulator site = past;
      Thread thread = Thread.ofPlatform().name("past").start(() -> simulate(site, publisher));
      part(
          "simulation of the past",
          () -> {
            stopAsked.countDown();
            thread.join();
          });
    } else if (traces != null) {
      announce(traces, requireNonNull(replay, "replay"));
      Thread replayer = Thread.ofPlatform().name("replay").start(() -> replay(traces, publisher));
      part(
          "replay",
          () -> {
            stopAsked.countDown();
            replayer.join();
          });
    } else {
      replayDone.countDown();
    }

    Progress progress =
        new Progress(
            admin, kafka, streams, alerts, writer, sender, live, simulation, agent, traces);
    untilTheEnd(progress);

    if (simulation != null) {
      simulation.finish();
      Path truth = options.truth();
      if (truth != null) {
        simulation.writeTruth(truth);
        out.println("what the simulated jobs really drew is in " + truth);
      }
    }
    Path pastTruth = options.truth();
    if (past != null && pastTruth != null) {
      past.writeTruth(pastTruth);
      out.println("what the simulated jobs really drew is in " + pastTruth);
    }
    if (agent != null) {
      agent.stop();
    }
    publisher.flush();
    if (!progress.drain(reader)) {
      out.println("stopped before everything was in the store; the same command goes on from here");
    }
    tellTheLastAlerts(sender);
    Summary summary =
        new Summary(reader.jobSummaries(), reader.ledger(0, HistoryReader.END_EPOCH_MILLIS));
    summary.print(out);
    Path file = options.summary();
    if (file != null) {
      summary.writeCsv(file);
      out.printf(Locale.ROOT, "%,d jobs are in %s%n", summary.jobs().size(), file);
    }
    return summary.differenceMillijoules() == 0 || !progress.drained ? 0 : 3;
  }

  private void tellTheLastAlerts(AlertSender sender) throws InterruptedException {
    long end = nanos.nanos() + LAST_ALERTS_LIMIT.toNanos();
    while (!sender.caughtUp()) {
      if (nanos.nanos() - end >= 0) {
        sender.status().stream()
            .filter(status -> status.trouble() != null)
            .forEach(status ->
                out.printf(
                    "%s was not told of the last alerts: %s%n", status.target(), status.trouble()));
        return;
      }
      TimeUnit.MILLISECONDS.sleep(TICK.toMillis());
    }
  }

  private void printAddresses(EmbeddedKafka broker, EmbeddedQuestDb store, DataFolder data) {
    out.printf("  Kafka  %s%s%n", broker.bootstrap(), moved(broker.port(), options.kafkaPort()));
    out.printf(
        "  store  %s  (QuestDB: SQL console)%s%n",
        store.url(), moved(store.port(), options.storePort()));
    out.printf("  log    %s%n", data.path().resolve("joulestream.log"));
    out.printf(Locale.ROOT, "ready after %.1f s%n", seconds());
  }

  private static String moved(int port, int wanted) {
    return port == wanted ? "" : "  (port %d is busy, so another)".formatted(wanted);
  }

  private void announce(TraceSet traces, Path folder) {
    out.printf(
        Locale.ROOT,
        "replaying %,d jobs on %,d nodes, %,d readings, from %s as site '%s'%n",
        traces.jobs().size(),
        traces.nodes(),
        traces.readings(),
        folder,
        traces.site());
    traces.notices().forEach(notice -> out.println("  note: " + notice));
  }

  private void replay(TraceSet traces, KafkaPublisher publisher) {
    try {
      traces.publish(publisher, published::set, () -> stopAsked.getCount() == 0);
    } catch (RuntimeException e) {
      replayFailure.set(e);
    } finally {
      replayDone.countDown();
    }
  }

  private void simulate(SiteSimulator site, KafkaPublisher publisher) {
    try {
      Publisher towards = options.simulation().towards(publisher);
      long end = clock.epochMillis();
      for (long now = site.startEpochMillis();
          now < end && stopAsked.getCount() > 0;
          now += PAST_STEP_MILLIS) {
        site.advanceTo(Math.min(end, now + PAST_STEP_MILLIS), towards);
        published.set(site.readings());
      }
      site.finish(towards);
      towards.flush();
    } catch (RuntimeException e) {
      replayFailure.set(e);
    } finally {
      replayDone.countDown();
    }
  }

  private void untilTheEnd(Progress progress) throws Exception {
    Duration duration = options.duration();
    long end = duration == null ? Long.MAX_VALUE : nanos.nanos() + duration.toNanos();
    while (true) {
      if (stopAsked.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
      progress.tick();
      boolean over = duration != null && nanos.nanos() - end >= 0;
      if (over || (options.untilDone() && replayDone.getCount() == 0)) {
        return;
      }
    }
  }

  private double seconds() {
    return (nanos.nanos() - startNanos) / 1e9;
  }

  /** Something that may fail. */
  private interface Start<T> {
    T get() throws Exception;
  }

  private static <T> CompletableFuture<T> start(Start<T> start) {
    CompletableFuture<T> future = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(() -> {
          try {
            future.complete(start.get());
          } catch (Exception e) {
            future.completeExceptionally(e);
          }
        });
    return future;
  }

  private static <T> T result(CompletableFuture<T> future) throws Exception {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** How things get on, as lines. */
  private final class Progress {
    private final Drain drain;
    private final StreamsProgram streams;
    private final AlertsProgram alerts;
    private final StoreWriter writer;
    private final AlertSender sender;
    private final LiveView live;
    private final @Nullable SimulationRunner simulation;
    private final @Nullable NodeAgent agent;
    private final @Nullable TraceSet traces;
    private long lastLineNanos = nanos.nanos();
    private long lastReadings;
    private boolean saidFirst;
    boolean drained;

    Progress(
        Admin admin,
        Map<String, Object> kafka,
        StreamsProgram streams,
        AlertsProgram alerts,
        StoreWriter writer,
        AlertSender sender,
        LiveView live,
        @Nullable SimulationRunner simulation,
        @Nullable NodeAgent agent,
        @Nullable TraceSet traces) {
      this.drain = new Drain(admin, kafka, streams, writer::caughtUp);
      this.streams = streams;
      this.alerts = alerts;
      this.writer = writer;
      this.sender = sender;
      this.live = live;
      this.simulation = simulation;
      this.agent = agent;
      this.traces = traces;
    }

    void tick() throws ExecutionException, InterruptedException {
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

    private void throwFailures() {
      Throwable e = replayFailure.get();
      if (e == null && simulation != null) {
        e = simulation.failure().orElse(null);
      }
      if (e == null && agent != null) {
        e = agent.failure().orElse(null);
      }
      if (e == null) {
        e = streams.failure().or(alerts::failure).orElse(null);
      }
      if (e == null) {
        e = writer.failure().orElse(null);
      }
      if (e == null) {
        e = sender.failure().orElse(null);
      }
      if (e instanceof UserError known) {
        throw known;
      }
      if (e != null) {
        throw new IllegalStateException("a part of the pipeline failed: " + e.getMessage(), e);
      }
    }

    private long readings() {
      return published.get()
          + (simulation == null ? 0 : simulation.readings())
          + (agent == null ? 0 : agent.readings());
    }

    private void line() throws ExecutionException, InterruptedException {
      long now = nanos.nanos();
      long readings = readings();
      double rate = (readings - lastReadings) * 1e9 / (now - lastLineNanos);
      lastLineNanos = now;
      lastReadings = readings;
      String of =
          traces == null || simulation != null ? "" : " of %,d".formatted(traces.readings());
      String power =
          live.siteMilliwatts().entrySet().stream()
              .map(site -> site.getKey() + " " + Summary.power(site.getValue()))
              .collect(Collectors.joining(", "));
      out.printf(
          Locale.ROOT,
          "%6.0f s  %,d%s readings (%,.0f/s), %,d records to do, %,d points stored, %,d jobs running%s%n",
          seconds(),
          readings,
          of,
          rate,
          drain.lag(),
          writer.pointsWritten(),
          live.jobsRunning(),
          power.isEmpty() ? "" : "; " + power);
    }

    /** Waits until the store has everything; false if that was given up after Ctrl-C. */
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
              "nothing has moved for %d s with %,d records to do; the log says more"
                  .formatted(STANDSTILL.toSeconds(), drain.lag()));
        }
        if (stopAsked.getCount() == 0 && now - began > INTERRUPTED_LIMIT.toNanos()) {
          return false;
        }
        TimeUnit.NANOSECONDS.sleep(TICK.toNanos() / 2);
      }
      line();
      out.printf(Locale.ROOT, "everything is in the store after %.1f s%n", seconds());
      drained = true;
      return true;
    }
  }
}

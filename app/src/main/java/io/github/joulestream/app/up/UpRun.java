// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.alerting.AlertSender;
import io.github.joulestream.cli.log.Logging;
import io.github.joulestream.producers.agent.NodeAgent;
import io.github.joulestream.producers.publish.KafkaPublisher;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.producers.replay.TraceSet;
import io.github.joulestream.producers.replay.Traces;
import io.github.joulestream.producers.simulate.SimulationRunner;
import io.github.joulestream.producers.simulate.SiteSimulator;
import io.github.joulestream.runtime.DeadThreads;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.store.HistoryReader;
import io.github.joulestream.store.influx.InfluxSink;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import io.github.joulestream.store.questdb.QuestDbReader;
import io.github.joulestream.store.writer.StoreWriter;
import io.github.joulestream.streams.AlertsProgram;
import io.github.joulestream.streams.StreamsProgram;
import io.github.joulestream.streams.StreamsSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole pipeline in one process: starts the parts, shows how they get on, ends them. */
public final class UpRun {
  private static final Logger log = LoggerFactory.getLogger(UpRun.class);
  private static final String LOG_FILE = "joulestream.log";
  private static final int PARTITIONS = 4;
  private static final int STREAM_THREADS = 2;
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(200);
  private static final long PAST_STEP_MILLIS = 1_000;
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration LAST_ALERTS_LIMIT = Duration.ofSeconds(10);

  private final UpOptions options;
  private final PrintStream out;
  private final HealthPort healthPort;
  private final EpochClock clock = EpochClock.system();
  private final NanoClock nanos = NanoClock.system();
  private final long startNanos = nanos.nanos();
  private final CountDownLatch stopAsked = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);
  private final AtomicLong published = new AtomicLong();
  private final AtomicReference<@Nullable Throwable> replayFailure = new AtomicReference<>();
  // set when a replay or a simulated past has to end; and if it did before all was published
  private final AtomicBoolean replayStopped = new AtomicBoolean();
  private final AtomicBoolean cutShort = new AtomicBoolean();
  private final CountDownLatch replayDone = new CountDownLatch(1);

  // why the run ended, if the disk is full
  private @Nullable String diskFull;

  /** Parts that run, the one started last first. */
  private final Deque<Part> parts = new ArrayDeque<>();

  private record Part(String name, AutoCloseable resource) {}

  /** Opens a port that says how the program is, if one is wanted. */
  public interface HealthPort {
    AutoCloseable open(Metrics metrics, Supplier<Health> health);
  }

  public UpRun(UpOptions options, PrintStream out, HealthPort healthPort) {
    this.options = options;
    this.out = out;
    this.healthPort = healthPort;
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
    DeadThreads.ending();
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
    Logging.alsoTo(data.path().resolve(LOG_FILE));
    part("log", Logging::stop);
    DiskSpace disk = new DiskSpace(data.path());
    out.printf(
        "joulestream is starting; its data is in %s%s%n",
        data.path(), data.temporary() ? " until it ends (--data DIR keeps it)" : "");
    out.printf(
        Locale.ROOT,
        "  disk   about %d MB for a small site, then more with time (--data: what is kept); %,d MB free%n",
        DiskSpace.megabytes(DiskSpace.NEEDED_BYTES),
        DiskSpace.megabytes(disk.freeBytes()));
    disk.requireRoom();
    EmbeddedKafka.onDeath(words -> brokerDied(words, disk, data));
    try {
      return runParts(data, disk, traces);
    } catch (Exception e) {
      // whichever part met it first, each says it in words of its own
      Optional<String> full = e instanceof UserError ? Optional.empty() : disk.full();
      throw full.isEmpty() ? e : new UserError(ended(full.get(), data), e);
    }
  }

  private int runParts(DataFolder data, DiskSpace disk, @Nullable TraceSet traces)
      throws Exception {
    EmbeddedKafka broker =
        part("broker", EmbeddedKafka.start(data.path().resolve("kafka"), options.kafkaPort()));
    CompletableFuture<EmbeddedQuestDb> storeStart =
        start(() ->
            FreePorts.open(
                options.storePort(),
                port -> EmbeddedQuestDb.start(data.path().resolve("questdb"), port)));
    Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrap());
    Admin admin = part("admin client", Admin.create(kafka));
    new TopicAdmin(admin).create(PARTITIONS, (short) 1);
    SchemaExchange.publish(kafka);
    part("schemas", SchemaExchange.join(kafka));
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
    LiveView live = part("live view", new LiveView(kafka, nanos));
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
          "simulating the last %s of site 'simulated' of %s with 8 GPUs each (seed %d)%n",
          Summary.duration(pastLength.toMillis()),
          Summary.count(options.simulatedNodes(), "node"),
          options.simulation().seed());
    } else if (options.simulatedNodes() > 0) {
      simulation =
          part("simulation", SimulationRunner.start(options.simulation(), publisher, clock));
      out.printf(
          Locale.ROOT,
          "simulating site 'simulated' of %s with 8 GPUs each (seed %d)%n",
          Summary.count(options.simulatedNodes(), "node"),
          options.simulation().seed());
    }
    NodeAgent agent =
        options.agent() ? part("agent", NodeAgent.ofThisMachine(publisher, clock)) : null;
    if (agent != null) {
      out.println("sampling this machine: " + agent.describe());
      agent.start();
    }
    CompletionCheck drain = new CompletionCheck(admin, kafka, streams, writer::caughtUp);
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
      announce(traces, requireNonNull(options.replay(), "replay"));
      Thread replayer =
          Thread.ofPlatform().name("replay").start(() -> replay(traces, publisher, drain));
      part(
          "replay",
          () -> {
            stopAsked.countDown();
            replayer.join();
          });
    } else {
      replayDone.countDown();
    }

    SimulationRunner simulated = simulation;
    Progress progress =
        new Progress(
            out,
            nanos,
            startNanos,
            () -> stopAsked.getCount() == 0 || cutShort.get(),
            published::get,
            List.of(
                () -> Optional.ofNullable(replayFailure.get()),
                () -> simulated == null ? Optional.empty() : simulated.failure(),
                () -> agent == null ? Optional.empty() : agent.failure(),
                streams::failure,
                alerts::failure,
                writer::failure,
                sender::failure,
                live::failure),
            drain,
            writer,
            live,
            simulation,
            agent,
            traces);
    Metrics metrics = new Metrics();
    streams.showIn(metrics, alerts);
    writer.showIn(metrics);
    metrics
        .show(
            Metric.SITE_WINDOW,
            "site",
            () ->
                live.siteMilliwatts().entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, site -> site.getValue() / 1e3)))
        .show(Metric.JOBS_RUNNING, live::jobsRunning);
    if (agent != null) {
      agent.showIn(metrics);
    }
    part(
        "metrics",
        healthPort.open(
            metrics,
            () ->
                health(
                    progress,
                    Stream.of(
                        streams.health(),
                        alerts.health(),
                        writer.health(),
                        sender.health(),
                        live.health(),
                        simulated == null ? Health.GOOD : simulated.health(),
                        progress.health()))));
    untilTheEnd(progress, disk);

    if (simulation != null) {
      simulation.finish();
      LeftRunning.say(simulation.jobsRunning(), out);
      Path truth = options.truth();
      if (truth != null) {
        simulation.writeTruth(truth);
        out.println("what the simulated jobs really drew is in " + truth);
      }
    }
    if (past != null) {
      LeftRunning.say(past.jobsRunning(), out);
    }
    Path pastTruth = options.truth();
    if (past != null && pastTruth != null) {
      past.writeTruth(pastTruth);
      out.println("what the simulated jobs really drew is in " + pastTruth);
    }
    if (agent != null) {
      agent.stop();
    }
    replayStopped.set(true);
    replayDone.await();
    publisher.flush();
    boolean drained = drain(progress, reader);
    boolean complete = drained && !cutShort.get();
    if (cutShort.get()) {
      out.printf(
          Locale.ROOT,
          "stopped after %,d%s readings were published%n",
          published.get(),
          traces == null ? "" : String.format(Locale.ROOT, " of %,d", traces.readings()));
    }
    if (!drained) {
      out.println(
          "stopped before everything was in the store"
              + (data.temporary()
                  ? "; the rest goes with the temporary folder (--data DIR keeps it)"
                  : "; the same command continues from here"));
    }
    String full = diskFull;
    if (full != null && !drained) {
      throw new UserError(ended(full, data));
    }
    tellTheLastAlerts(sender);
    Summary summary =
        new Summary(reader.jobSummaries(), reader.ledger(0, HistoryReader.END_EPOCH_MILLIS));
    TraceReport report =
        traces == null ? TraceReport.NONE : TraceReport.of(traces, options.calibration());
    summary.print(out, complete, report);
    Path file = options.summary();
    if (file != null) {
      summary.writeCsv(file, complete, report);
      out.printf(
          Locale.ROOT,
          "%s in %s%s%n",
          Summary.count(summary.jobs().size(), "job"),
          file,
          complete ? "" : ", PARTIAL: its column 'complete' says no");
    }
    if (full != null) {
      throw new UserError(ended(full, data));
    }
    return complete && summary.differenceMillijoules() == 0 ? 0 : 1;
  }

  private static Health health(Progress progress, Stream<Health> parts) {
    return progress
        .failure()
        .map(e -> Health.bad("a part of the pipeline failed: " + e.getMessage()))
        .orElseGet(() ->
            parts
                .filter(health -> !health.equals(Health.GOOD))
                .min(Comparator.comparing(Health::ok))
                .orElse(Health.GOOD));
  }

  /** True if the store has everything; what a full disk hinders is not waited for. */
  private boolean drain(Progress progress, QuestDbReader reader) throws Exception {
    try {
      return progress.drain(reader);
    } catch (IllegalStateException | UncheckedIOException | ExecutionException e) {
      if (diskFull == null) {
        throw e;
      }
      log.warn("the disk is full, and the store cannot take the rest", e);
      return false;
    }
  }

  private static String ended(String full, DataFolder data) {
    return full + "; this run has ended: " + remedy(data);
  }

  private static String remedy(DataFolder data) {
    return data.temporary()
        ? "make room, or give --data DIR on another disk"
        : "make room, and the same command continues from here";
  }

  /**
   * A broker that cannot write ends its process at once: so does this one, but it says why. What is
   * on disk is as after a power cut, which loses nothing that was acknowledged.
   */
  private void brokerDied(String words, DiskSpace disk, DataFolder data) {
    out.printf(
        "joulestream: %s; this run has ended: %s%n",
        disk.full().orElse("the broker gave up, " + words),
        disk.full().isPresent()
            ? remedy(data)
            : "the log %s says more".formatted(data.path().resolve(LOG_FILE)));
    out.flush();
    if (data.temporary() && disk.full().isPresent()) {
      try {
        TemporaryFolder.delete(data.path());
      } catch (IOException e) {
        out.printf("%s cannot be deleted: %s%n", data.path(), e);
      }
    }
    Runtime.getRuntime().halt(1);
  }

  private void tellTheLastAlerts(AlertSender sender) throws InterruptedException {
    long end = nanos.nanos() + LAST_ALERTS_LIMIT.toNanos();
    while (!sender.caughtUp()) {
      if (nanos.nanos() - end >= 0) {
        sender.status().stream()
            .filter(status -> status.unavailability() != null)
            .forEach(status ->
                out.printf(
                    "the last alerts were not delivered to %s: %s%n",
                    status.target(), status.unavailability()));
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
    out.printf("  log    %s%n", data.path().resolve(LOG_FILE));
    out.printf(Locale.ROOT, "ready after %.1f s%n", seconds());
  }

  private static String moved(int port, FreePorts.Choice wanted) {
    return wanted.port() == 0 || port == wanted.port()
        ? ""
        : "  (port %d is in use, so another)".formatted(wanted.port());
  }

  private void announce(TraceSet traces, Path folder) {
    out.printf(
        Locale.ROOT,
        "replaying %s on %s, %s, from %s as site '%s'%n",
        Summary.count(traces.jobs().size(), "job"),
        Summary.count(traces.nodes(), "node"),
        Summary.count(traces.readings(), "reading"),
        folder,
        traces.site());
    traces.notices().forEach(notice -> out.println("  note: " + notice));
  }

  /** Returns when the streams have the allocations so far; readings before them cost much more. */
  private void awaitAllocations(CompletionCheck drain) {
    try {
      while (!publishingEnds() && !drain.allocationsTaken()) {
        TimeUnit.MILLISECONDS.sleep(TICK.toMillis());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("how far the streams are cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean publishingEnds() {
    return replayStopped.get() || stopAsked.getCount() == 0;
  }

  private void replay(TraceSet traces, KafkaPublisher publisher, CompletionCheck drain) {
    try {
      cutShort.set(
          !traces.publish(
              publisher, published::set, this::publishingEnds, () -> awaitAllocations(drain)));
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
      for (long now = site.startEpochMillis(); now < end; now += PAST_STEP_MILLIS) {
        if (publishingEnds()) {
          cutShort.set(true);
          break;
        }
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

  private void untilTheEnd(Progress progress, DiskSpace disk) throws Exception {
    Duration duration = options.duration();
    long end = duration == null ? Long.MAX_VALUE : nanos.nanos() + duration.toNanos();
    boolean low = false;
    while (true) {
      if (stopAsked.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
      Optional<String> full = disk.full();
      if (full.isPresent()) {
        out.println(full.get() + "; stopping, what is under way goes into the store first");
        diskFull = full.get();
        stopAsked.countDown();
        return;
      }
      Optional<String> nearlyFull = disk.low();
      if (nearlyFull.isPresent() && !low) {
        out.println(nearlyFull.get());
      }
      low = nearlyFull.isPresent();
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
          } catch (Throwable e) {
            // handed on to whoever waits, whatever it is
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
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    }
  }
}

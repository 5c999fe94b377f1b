// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.cli.log.Logging;
import io.github.joulestream.producers.agent.NodeAgent;
import io.github.joulestream.producers.replay.TraceSet;
import io.github.joulestream.producers.replay.Traces;
import io.github.joulestream.runtime.DeadThreads;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.serve.ApiServer;
import io.github.joulestream.store.ResultReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The run of {@code up}: starts the {@link Pipeline} and its {@link Workload}s, prints progress,
 * waits until all that was published is in the store, prints the summary.
 */
public final class UpRun {
  private static final Logger log = LoggerFactory.getLogger(UpRun.class);
  private static final String LOG_FILE = "joulestream.log";
  private static final Duration TICK = Duration.ofMillis(100);

  private final UpOptions options;
  private final PrintStream out;
  private final HealthPort healthPort;
  private final EpochClock clock = EpochClock.system();
  private final NanoClock nanos = NanoClock.system();
  private final long startNanos = nanos.nanos();
  private final CountDownLatch stopRequested = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Components components = new Components();
  private final List<Workload> workloads = new ArrayList<>();

  private volatile Supplier<Health> health = () -> Health.starting("up is starting");

  // why the run ended, if the disk is full
  private @Nullable String diskFull;

  /** Opens a port for health and metrics, if one is wanted. */
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
      return runWithData();
    } finally {
      DeadThreads.ending();
      components.close();
      finished.countDown();
    }
  }

  /** Ctrl-C: requests the end, and waits for it. */
  private void stopAndWait() {
    if (finished.getCount() == 0) {
      return;
    }
    out.println("stopping; results under way are stored first");
    stopRequested.countDown();
    try {
      finished.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isStopRequested() {
    return stopRequested.getCount() == 0;
  }

  private int runWithData() throws Exception {
    Path replay = options.replay().folder();
    TraceSet traces = replay == null ? null : Traces.find(replay, options.replay().options());
    DataFolder data = components.add("data folder", DataFolder.open(options.data()));
    Logging.alsoTo(data.path().resolve(LOG_FILE));
    components.add("log", Logging::stop);
    DiskSpace disk = new DiskSpace(data.path());
    out.printf(
        "joulestream is starting; its data is in %s%s%n",
        data.path(), data.temporary() ? " until it ends (--data DIR keeps it)" : "");
    out.printf(
        Locale.ROOT,
        "  disk   about %s for a small site, more with time (with --data, by retention); %s free%n",
        Quantities.bytes(DiskSpace.NEEDED_BYTES),
        Quantities.bytes(disk.freeBytes()));
    disk.requireRoom();
    EmbeddedKafka.onDeath(reason -> brokerDied(reason, disk, data));
    try {
      return runPipeline(data, disk, traces);
    } catch (Exception e) {
      // a full disk shows first in any of the components, each with a message of its own
      Optional<String> full = e instanceof UserError ? Optional.empty() : disk.full();
      throw full.isEmpty() ? e : new UserError(ended(full.get(), data), e);
    }
  }

  private int runPipeline(DataFolder data, DiskSpace disk, @Nullable TraceSet traces)
      throws Exception {
    Metrics metrics = new Metrics();
    Page page = new Page();
    Starting<Page.Started> pageStart = startPage(page, metrics);
    Pipeline pipeline;
    try {
      pipeline = new Pipeline(options, data.path(), components, page, clock, nanos);
    } finally {
      if (pageStart != null) {
        components.add("page", pageStart::closeStarted);
      }
    }
    if (pageStart != null) {
      pageStart.await();
    }
    pipeline.printAddresses(out, options);
    out.printf("  log    %s%n", data.path().resolve(LOG_FILE));
    out.printf(Locale.ROOT, "ready after %.1f s%n", (nanos.nanos() - startNanos) / 1e9);

    addWorkloads(pipeline, traces);
    for (Workload workload : workloads) {
      workload.announce(out);
      workload.start(components, pipeline.publisher());
    }
    NodeAgent agent = startAgent(pipeline);
    ProgressLines progress =
        new ProgressLines(
            out,
            nanos,
            startNanos,
            () -> isStopRequested() || wasCutShort(),
            pipeline,
            workloads,
            agent);
    health = progress::health;
    pipeline.showIn(metrics);
    if (agent != null) {
      agent.showIn(metrics);
    }
    components.add("metrics", healthPort.open(metrics, progress::health));

    awaitEnd(progress, disk);
    for (Workload workload : workloads) {
      workload.finish(out);
    }
    if (agent != null) {
      agent.stop();
    }
    pipeline.publisher().flush();
    boolean stored = awaitStored(progress);
    reportIncomplete(stored, data);
    String full = diskFull;
    if (full != null && !stored) {
      throw new UserError(ended(full, data));
    }
    pipeline.awaitLastAlerts(nanos, out);
    int status = summarize(pipeline, traces, stored && !wasCutShort());
    if (full != null) {
      throw new UserError(ended(full, data));
    }
    return status;
  }

  private @Nullable Starting<Page.Started> startPage(Page page, Metrics metrics) {
    FreePorts.Choice port = options.ports().page();
    return port == null
        ? null
        : new Starting<>(
            "page",
            () ->
                page.start(
                    port, new ApiServer.State(metrics, () -> health.get()), out, clock, nanos));
  }

  private void addWorkloads(Pipeline pipeline, @Nullable TraceSet traces) {
    Duration past = options.simulated().past();
    Path truth = options.simulated().truth();
    if (past != null) {
      workloads.add(
          new PastSite(options.simulated().options(), past, truth, clock, this::isStopRequested));
      return;
    }
    if (options.simulated().nodes() > 0) {
      workloads.add(new LiveSite(options.simulated().options(), truth, clock));
    }
    if (traces != null) {
      workloads.add(
          new TraceReplay(
              traces,
              requireNonNull(options.replay().folder(), "replay"),
              pipeline.completion(),
              this::isStopRequested));
    }
  }

  private @Nullable NodeAgent startAgent(Pipeline pipeline) {
    if (!options.agent()) {
      return null;
    }
    NodeAgent agent = components.add("agent", NodeAgent.ofThisMachine(pipeline.publisher(), clock));
    out.println("sampling this machine: " + ShownText.of(agent.describe()));
    agent.start();
    return agent;
  }

  private boolean wasCutShort() {
    return workloads.stream().anyMatch(Workload::wasCutShort);
  }

  /** Returns when the time is over, all is published, a user wants the end, or the disk is full. */
  private void awaitEnd(ProgressLines progress, DiskSpace disk) throws Exception {
    Duration duration = options.end().duration();
    long end = duration == null ? Long.MAX_VALUE : nanos.nanos() + duration.toNanos();
    boolean low = false;
    while (true) {
      if (stopRequested.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
      Optional<String> full = disk.full();
      if (full.isPresent()) {
        out.println(full.get() + "; stopping, results under way are stored first");
        diskFull = full.get();
        stopRequested.countDown();
        return;
      }
      Optional<String> nearlyFull = disk.low();
      if (nearlyFull.isPresent() && !low) {
        out.println(nearlyFull.get());
      }
      low = nearlyFull.isPresent();
      progress.tick();
      boolean over = duration != null && nanos.nanos() - end >= 0;
      if (over || (options.end().untilDone() && workloads.stream().allMatch(Workload::isDone))) {
        return;
      }
    }
  }

  /** True if the store has everything; on a full disk, false instead of an error. */
  private boolean awaitStored(ProgressLines progress) throws Exception {
    try {
      return progress.awaitStored();
    } catch (IllegalStateException | UncheckedIOException | ExecutionException e) {
      if (diskFull == null) {
        throw e;
      }
      log.warn("the disk is full, so the remaining results cannot be stored", e);
      return false;
    }
  }

  private void reportIncomplete(boolean stored, DataFolder data) {
    for (Workload workload : workloads) {
      if (workload.wasCutShort()) {
        out.printf(
            Locale.ROOT,
            "stopped after %,d%s readings were published%n",
            workload.readings(),
            workload.totalReadings().isEmpty()
                ? ""
                : String.format(Locale.ROOT, " of %,d", workload.totalReadings().getAsLong()));
      }
    }
    if (!stored) {
      out.println(
          "stopped before everything was in the store"
              + (data.temporary()
                  ? "; the rest goes with the temporary folder (--data DIR keeps it)"
                  : "; the same command continues from here"));
    }
  }

  /** Prints and writes the summary; the exit status. */
  private int summarize(Pipeline pipeline, @Nullable TraceSet traces, boolean complete)
      throws IOException {
    Summary summary =
        new Summary(
            pipeline.reader().jobSummaries(),
            pipeline.reader().ledger(0, ResultReader.END_EPOCH_MILLIS));
    TraceReport report =
        traces == null ? TraceReport.NONE : TraceReport.of(traces, options.calibration());
    summary.print(out, complete, report);
    Path file = options.end().summary();
    if (file != null) {
      summary.writeCsv(file, complete, report);
      out.printf(
          Locale.ROOT,
          "%s in %s%s%n",
          Quantities.count(summary.jobs().size(), "job"),
          file,
          complete ? "" : ", PARTIAL: its column 'complete' is no");
    }
    return complete && summary.differenceMillijoules() == 0 ? 0 : 1;
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
   * A broker that cannot write ends its process at once: so does this one, with the reason. What is
   * on disk is as after a power cut, which loses nothing that was acknowledged.
   */
  private void brokerDied(String reason, DiskSpace disk, DataFolder data) {
    out.printf(
        "joulestream: %s; this run has ended: %s%n",
        disk.full().orElse("the broker stopped, " + reason),
        disk.full().isPresent()
            ? remedy(data)
            : "see the log %s".formatted(data.path().resolve(LOG_FILE)));
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
}

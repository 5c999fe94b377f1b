// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.producers.jobs.HeldJobs;
import io.github.joulestream.producers.jobs.JobMapper;
import io.github.joulestream.producers.jobs.JobSource;
import io.github.joulestream.producers.probe.GpuNumbering;
import io.github.joulestream.producers.probe.Overlaps;
import io.github.joulestream.producers.probe.Probe;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.runtime.ClockWatch;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.Progress;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.TelemetryBatch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent of a node: reads its probes at every interval and publishes their readings, and at a
 * slower pace what devices report besides power. A probe that fails is logged once and read again;
 * the others go on. A probe that this machine does not have is looked for again now and then:
 * drivers come late, and devices are plugged in.
 */
public final class NodeAgent implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeAgent.class);
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(5);
  private static final int TURNS_MISSED = 5;
  // an interval may be a minute, and to open a probe again may take seconds
  private static final Duration STUCK = Duration.ofMinutes(3);

  private final AgentSettings settings;
  private final Publisher publisher;
  private final EpochClock clock;
  private final NanoClock nanos;
  private final ClockWatch watch;
  private final Heartbeat heartbeat;
  private final Collected collected = new Collected();
  private final List<ProbeSource> sources = new ArrayList<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("agent").unstarted(this::run);
  private final long agentEpoch;
  private Overlaps overlaps;
  private Pace pace;
  private StatusSampler statuses;
  private @Nullable JobMapper jobs;
  private long sequence;
  private int turnsCollected;
  private long lookedNanos;

  // read by other threads
  private final AtomicLong readings = new AtomicLong();
  private final AtomicLong batches = new AtomicLong();
  private final AtomicLong skipped = new AtomicLong();
  private final AtomicLong clockSteps = new AtomicLong();
  private final AtomicLong lastReadingMillis = new AtomicLong();
  private final AtomicLong lastReadingNanos;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Progress progress = new Progress("the agent", STUCK);

  /** Opens the probes; those that this machine does not have are left out and described. */
  public NodeAgent(
      AgentSettings settings,
      List<Probe> candidates,
      Publisher publisher,
      EpochClock clock,
      NanoClock nanos) {
    this.settings = settings;
    this.publisher = publisher;
    this.clock = clock;
    this.nanos = nanos;
    this.watch = new ClockWatch(clock, nanos);
    this.heartbeat = new Heartbeat(settings, publisher);
    this.agentEpoch = clock.epochMillis();
    this.lookedNanos = nanos.nanos();
    this.lastReadingNanos = new AtomicLong(lookedNanos);
    this.pace = paceFromNow();
    this.statuses = statusesFromNow();
    for (Probe probe : candidates) {
      ProbeSource source = new ProbeSource(probe);
      source.open();
      sources.add(source);
    }
    overlaps = overlapsOfOpen();
  }

  /** The agent of this machine, with every probe there is. */
  public static NodeAgent ofThisMachine(Publisher publisher, EpochClock clock) {
    return new NodeAgent(
        new AgentSettings("local", hostName()),
        Probes.ofThisMachine(null),
        publisher,
        clock,
        NanoClock.system());
  }

  /**
   * Publishes also which job has which device; call it before the start.
   *
   * @param jobSources the first counts where two report a job
   */
  public void follow(List<JobSource> jobSources, HeldJobs held) {
    jobs =
        new JobMapper(
            settings.site(), settings.node(), jobSources, this::numberings, publisher, held);
  }

  private List<GpuNumbering> numberings() {
    List<GpuNumbering> numberings = new ArrayList<>();
    for (ProbeSource source : sources) {
      GpuNumbering numbering = source.isOpen() ? source.probe.numbering() : null;
      if (numbering != null) {
        numberings.add(numbering);
      }
    }
    return numberings;
  }

  /** This machine's name. */
  public static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      log.debug("this machine has no name", e);
      return "localhost";
    }
  }

  /** What it samples, and what it cannot read. */
  public String describe() {
    List<String> words = new ArrayList<>();
    sources.stream()
        .filter(source -> source.isOpen())
        .forEach(source -> words.add(source.describe()));
    if (jobs != null) {
      words.add(jobs.describe());
    }
    words.addAll(unavailable());
    return "node %s/%s: %s".formatted(settings.site(), settings.node(), String.join("; ", words));
  }

  /** What it cannot read, and why. */
  public List<String> unavailable() {
    List<String> words = new ArrayList<>();
    sources.forEach(source -> words.addAll(source.troubles()));
    return words;
  }

  public void start() {
    thread.start();
  }

  private Overlaps overlapsOfOpen() {
    return new Overlaps(
        sources.stream().filter(source -> source.isOpen()).map(source -> source.probe).toList());
  }

  private Pace paceFromNow() {
    return Pace.of(
        settings.node(), settings.interval().toNanos(), nanos.nanos(), clock.epochMillis());
  }

  private StatusSampler statusesFromNow() {
    return new StatusSampler(settings, heartbeat, nanos.nanos(), clock.epochMillis());
  }

  private void run() {
    try {
      pace = paceFromNow(); // opening the probes may have taken a while
      statuses = statusesFromNow();
      while (!stop.await(pace.waitNanos(nanos.nanos()), TimeUnit.NANOSECONDS)) {
        progress.turned();
        lookAgain(); // before the stamp: opening a probe may take seconds
        turn(clock.epochMillis());
        pace.turned(nanos.nanos());
        skipped.set(pace.skipped());
      }
      publishCollected();
    } catch (Throwable e) {
      // of any kind: an agent that has stopped reading must not report good health
      log.error("Agent stopped", e);
      failure.set(e);
    }
  }

  /** One turn of the duty cycle. */
  void turn(long epochMillis) {
    long step = watch.step();
    if (step != 0) {
      clockSteps.incrementAndGet();
      log.warn("Wall clock was set {} by {} ms", step > 0 ? "ahead" : "back", Math.abs(step));
    }
    if (!overlaps.isCurrent()) {
      overlaps = overlapsOfOpen(); // a meter that was silent has begun to answer
      heartbeat.changed();
    }
    for (ProbeSource source : sources) {
      if (source.isOpen()) {
        read(source, epochMillis);
      }
    }
    if (statuses.isDue(nanos.nanos())) {
      for (ProbeSource source : sources) {
        if (source.isOpen()) {
          statuses.read(source, epochMillis, collected);
        }
      }
      statuses.turned(nanos.nanos());
    }
    if (++turnsCollected >= settings.readingsPerBatch()) {
      publishCollected();
    }
    if (jobs != null) {
      jobs.turn(epochMillis);
      heartbeat.notUnderstood(jobs.notUnderstood());
    }
    heartbeat.turn(nanos.nanos(), epochMillis, this::unavailable);
  }

  private void read(ProbeSource source, long epochMillis) {
    try {
      for (DeviceSeries series : overlaps.settle(source.probe, source.probe.read(epochMillis))) {
        if (!collected.fits(series)) {
          publishCollected();
        }
        if (jobs != null) {
          jobs.sees(series.device());
        }
        collected.add(series);
        readings.addAndGet(series.readings().size());
        lastReadingMillis.set(epochMillis);
        lastReadingNanos.set(nanos.nanos());
      }
      if (source.isReadAgain()) {
        heartbeat.changed();
      }
    } catch (IOException e) {
      fails(source, String.valueOf(e.getMessage()), null);
    } catch (UserError e) {
      throw e; // the publisher stopped
    } catch (RuntimeException | StackOverflowError e) {
      // a defect in one probe must not affect the others
      fails(source, e.toString(), e);
    }
  }

  private void fails(ProbeSource source, String message, @Nullable Throwable mistake) {
    if (source.fails(message, mistake)) {
      heartbeat.changed();
    }
  }

  /** Opens, at times, what could not be opened before. */
  void lookAgain() {
    long now = nanos.nanos();
    if (now - lookedNanos < LOOK_AGAIN.toNanos()) {
      return;
    }
    lookedNanos = now;
    for (ProbeSource source : sources) {
      if (!source.isOpen()) {
        source.open();
        if (source.isOpen()) {
          overlaps = overlapsOfOpen();
          heartbeat.changed();
          log.info("Probe {} opened: {}", source.probe.name(), source.describe());
        }
      }
    }
  }

  private void publishCollected() {
    turnsCollected = 0;
    Collected.Taken taken = collected.take();
    if (!taken.series().isEmpty()) {
      publisher.publish(
          new TelemetryBatch(
              settings.site(),
              settings.node(),
              agentEpoch,
              sequence++,
              taken.series(),
              0,
              taken.statuses()));
      batches.incrementAndGet();
    }
  }

  public long readings() {
    return readings.get();
  }

  /** Why it stopped, if it did. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /**
   * Its health: bad if it stopped, is stuck, or has read nothing for five intervals where there is
   * something to read.
   */
  public Health health() {
    Throwable e = failure.get();
    if (e != null) {
      return Health.bad("the agent stopped: " + e.getMessage());
    }
    Optional<String> stuck = progress.stuck();
    if (stuck.isPresent()) {
      return Health.bad(stuck.get());
    }
    long silent = nanos.nanos() - lastReadingNanos.get();
    Duration limit = settings.interval().multipliedBy(TURNS_MISSED).plusSeconds(1);
    List<String> unavailable = unavailable();
    if (sources.stream().noneMatch(source -> source.isOpen())) {
      // it looks again by itself: to start it anew would not help
      return Health.good(
          "nothing can be read here"
              + (unavailable.isEmpty() ? "" : ": " + String.join("; ", unavailable)));
    }
    if (silent > limit.toNanos()) {
      return Health.bad("no reading for %d s".formatted(silent / 1_000_000_000));
    }
    return unavailable.isEmpty() ? Health.GOOD : Health.good(String.join("; ", unavailable));
  }

  /** Adds its metrics. */
  public void showIn(Metrics metrics) {
    metrics
        .show(Metric.READINGS, readings::get)
        .show(Metric.BATCHES, batches::get)
        .show(Metric.LAST_READING, () -> lastReadingMillis.get() / 1e3)
        .show(Metric.SKIPPED_TURNS, skipped::get)
        .show(Metric.CLOCK_STEPS, clockSteps::get)
        .show(Metric.PROBES, () -> sources.stream().filter(source -> source.isOpen()).count())
        .show(
            Metric.PROBE_FAILURES,
            "probe",
            () -> {
              Map<String, Long> failures = new LinkedHashMap<>();
              sources.forEach(
                  source -> failures.merge(source.probe.name(), source.failures(), Long::sum));
              return failures;
            });
    JobMapper followed = jobs;
    if (followed != null) {
      metrics
          .show(Metric.JOB_SOURCE_FAILURES, "source", followed::failures)
          .show(Metric.JOBS_LEFT_OUT, followed::leftOut);
    }
  }

  /** Returns when nothing more will be published. */
  public void stop() {
    stop.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop();
    sources.forEach(source -> source.probe.close());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.producers.probe.BlockProbe;
import io.github.joulestream.producers.probe.MemoryProbe;
import io.github.joulestream.producers.probe.Probe;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.schemas.TelemetryBatch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent of a node: reads its probes again and again and publishes what they say. A probe that
 * fails is reported once and asked again; the others go on.
 */
public final class NodeAgent implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeAgent.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final String site;
  private final String node;
  private final List<Probe> probes = new ArrayList<>();
  private final List<String> unavailable = new ArrayList<>();
  private final List<Probe> failing = new ArrayList<>();
  private final Publisher publisher;
  private final EpochClock clock;
  private final Duration interval;
  private final AtomicLong readings = new AtomicLong();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("agent").unstarted(this::run);
  private final long agentEpoch;
  private long sequence;

  /** Opens the probes; those that this machine does not have are left out and described. */
  public NodeAgent(
      String site,
      String node,
      List<Probe> candidates,
      Publisher publisher,
      EpochClock clock,
      Duration interval) {
    this.site = site;
    this.node = node;
    this.publisher = publisher;
    this.clock = clock;
    this.interval = interval;
    this.agentEpoch = clock.epochMillis();
    for (Probe probe : candidates) {
      try {
        probe.open();
        probes.add(probe);
      } catch (Probe.ProbeUnavailable e) {
        unavailable.add("%s unavailable, because %s".formatted(probe.name(), e.getMessage()));
      }
    }
  }

  /** The agent of this machine, with every probe there is. */
  public static NodeAgent ofThisMachine(Publisher publisher, EpochClock clock) {
    return new NodeAgent(
        "local",
        hostName(),
        List.of(
            new MemoryProbe(Path.of("/proc")), new BlockProbe(Path.of("/proc"), Path.of("/sys"))),
        publisher,
        clock,
        INTERVAL);
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

  /** What it samples, and what it cannot. */
  public String describe() {
    List<String> words = new ArrayList<>();
    probes.forEach(probe -> words.add(probe.describe()));
    words.addAll(unavailable);
    return "node %s/%s: %s".formatted(site, node, String.join("; ", words));
  }

  public void start() {
    thread.start();
  }

  private void run() {
    try {
      do {
        readAll(clock.epochMillis());
      } while (!stop.await(interval.toMillis(), TimeUnit.MILLISECONDS));
    } catch (RuntimeException | InterruptedException e) {
      log.error("the agent failed", e);
      failure.set(e);
    }
  }

  /** One turn of the duty cycle. */
  void readAll(long epochMillis) {
    List<DeviceSeries> series = new ArrayList<>();
    for (Probe probe : probes) {
      try {
        series.addAll(probe.read(epochMillis));
        if (failing.remove(probe)) {
          log.warn("probe {} works again", probe.name());
        }
      } catch (IOException e) {
        if (!failing.contains(probe)) {
          failing.add(probe);
          log.warn("probe {} fails: {}", probe.name(), e.getMessage());
        }
      }
    }
    if (!series.isEmpty()) {
      TelemetryBatch batch = new TelemetryBatch(site, node, agentEpoch, sequence++, series);
      publisher.publish(batch);
      readings.addAndGet(batch.readings());
    }
  }

  public long readings() {
    return readings.get();
  }

  /** Why it gave up, if it did. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
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
    probes.forEach(Probe::close);
  }
}

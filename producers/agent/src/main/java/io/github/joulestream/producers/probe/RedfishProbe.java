// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.producers.input.Names;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The node at its supply, as its baseboard management controller knows it, by Redfish (DMTF
 * DSP0266; schemas in DSP0268). The controller's links are followed, see {@link RedfishDiscovery};
 * of the node's chassis, see {@link RedfishReading}:
 *
 * <pre>
 *   EnvironmentMetrics   PowerWatts.Reading       W
 *                        EnergyJoules.Reading     J, where there is one
 *                        EnergykWh.Reading        kWh, shown only
 *   else Power           PowerControl[], that of the chassis: PowerConsumedWatts   W
 * </pre>
 *
 * <p>A kilowatt-hour is too coarse to be a counter: at 1 kW it takes an hour to count one.
 *
 * <p>It is asked in a thread of its own, at its own pace, so that a slow controller delays no other
 * reading; a reading bears the time at which it was asked for. Readings come when there are new
 * ones: in other turns there are none.
 */
public final class RedfishProbe implements Probe {
  private static final Duration FIRST_ANSWER = Duration.ofSeconds(60);
  private static final Duration SLOWEST_PACE = Duration.ofMinutes(1);
  // then its chassis are looked for anew
  private static final int FAILURES_BEFORE_LOOK = 12;
  private static final long[] NONE = {};

  private final RedfishOptions options;
  private final Path sysRoot;
  private final EpochClock clock;
  // more than these are not kept: somebody has stopped reading
  private final BlockingQueue<Answer> answers = new ArrayBlockingQueue<>(64);
  private @Nullable Asking asking;

  /** One answer; MISSING where a value is not given. */
  private record Answer(long epochMillis, long milliwatts, long microjoules) {}

  /** The chassis with the node's power. */
  private record Found(RedfishDiscovery.Found at, Device device) {}

  /** What is open while it asks; the fields that change are set by its thread. */
  private static final class Asking {
    final RedfishClient client;
    final CountDownLatch stop = new CountDownLatch(1);
    final CountDownLatch triedOnce = new CountDownLatch(1);
    volatile @Nullable Found found;
    volatile @Nullable IOException failure;
    volatile double kilowattHours = Double.NaN;
    int failures;
    @Nullable Thread thread;

    Asking(RedfishClient client) {
      this.client = client;
    }
  }

  /**
   * @param sysRoot {@code /sys}: where the controller has several computers, the UUID there decides
   *     which of them is this one
   */
  public RedfishProbe(RedfishOptions options, Path sysRoot, EpochClock clock) {
    this.options = options;
    this.sysRoot = sysRoot;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "redfish";
  }

  /**
   * Waits for the first answer, but only the first time: a controller that does not answer is asked
   * again and again until this is closed, and the next call reports the result at once.
   */
  @Override
  public void open() throws ProbeUnavailable {
    Asking now = asking;
    if (now == null) {
      now = new Asking(new RedfishClient(options));
      asking = now;
      Asking started = now;
      now.thread =
          Thread.ofPlatform().name("redfish").daemon().start(() -> askAgainAndAgain(started));
      try {
        boolean _ = now.triedOnce.await(FIRST_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    if (now.found == null) {
      IOException failure = now.failure;
      throw new ProbeUnavailable(
          "%s does not give its power: %s"
              .formatted(
                  ShownUrl.of(options.address()), failure == null ? "no answer" : words(failure)));
    }
  }

  private static String words(IOException e) {
    return Names.words(Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName()));
  }

  private Found find(Asking now) throws IOException {
    RedfishDiscovery.Found at =
        new RedfishDiscovery(now.client, NodeUuid.of(sysRoot)).find(options.chassis());
    boolean counts = at.reading().microjoules() != MISSING;
    return new Found(
        at,
        Device.sensor(Names.id("redfish-" + at.chassis().id()), DeviceKind.NODE)
            .withSource(counts ? PowerSource.COUNTER : PowerSource.SENSOR));
  }

  /** Asks for the power, after the chassis was looked for if that is due. */
  private void ask(Asking now) throws IOException {
    Found found = now.found;
    if (found == null || now.failures >= FAILURES_BEFORE_LOOK) {
      found = find(now);
    }
    long sent = clock.epochMillis();
    RedfishReading reading = RedfishDiscovery.reading(now.client, found.at.chassis());
    long answered = clock.epochMillis();
    Answer answer =
        new Answer(
            sent + Math.max(0, answered - sent) / 2,
            Double.isNaN(reading.watts()) ? MISSING : Math.round(reading.watts() * 1e3),
            reading.microjoules());
    now.kilowattHours = reading.kilowattHours();
    now.found = found;
    if (!answers.offer(answer)) {
      answers.poll();
      answers.offer(answer);
    }
  }

  private void askAgainAndAgain(Asking now) {
    try {
      do {
        try {
          ask(now);
          now.failure = null;
          now.failures = 0;
        } catch (IOException e) {
          now.failure = e; // reported at the next reading
          now.failures++;
        } catch (RuntimeException | StackOverflowError e) {
          // no answer of a controller must end this; reported at the next reading too
          now.failure = new IOException("its answer cannot be read: " + e, e);
          now.failures++;
        }
        now.triedOnce.countDown();
      } while (!now.stop.await(paceMillis(now), TimeUnit.MILLISECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      // also where an error ends this thread, and with it the process
      now.triedOnce.countDown();
    }
  }

  /** One that has never given a reading is asked less and less often, down to once a minute. */
  private long paceMillis(Asking now) {
    long millis = options.interval().toMillis();
    if (now.found != null) {
      return millis;
    }
    long slower = millis << Math.min(now.failures, 10);
    return Math.max(millis, Math.min(slower, SLOWEST_PACE.toMillis()));
  }

  @Override
  public List<DeviceSeries> read(long epochMillis) throws IOException {
    Asking now = asking;
    Found found = now == null ? null : now.found;
    if (now == null || found == null) {
      throw new IOException("it is not open");
    }
    List<Answer> latest = new ArrayList<>();
    answers.drainTo(latest);
    if (latest.isEmpty()) {
      IOException trouble = now.failure;
      if (trouble != null) {
        throw new IOException(words(trouble), trouble);
      }
      return List.of();
    }
    boolean counts = found.device.source() == PowerSource.COUNTER;
    return List.of(
        new DeviceSeries(
            found.device,
            new Readings(
                latest.stream().mapToLong(Answer::epochMillis).toArray(),
                latest.stream().mapToLong(Answer::milliwatts).toArray(),
                counts ? latest.stream().mapToLong(Answer::microjoules).toArray() : NONE,
                NONE,
                NONE,
                NONE,
                NONE)));
  }

  @Override
  public Set<DeviceKind> measures() {
    return Set.of(DeviceKind.NODE);
  }

  @Override
  public List<Detail> details() throws IOException {
    Asking now = asking;
    Found found = now == null ? null : now.found;
    if (now == null || found == null) {
      return List.of();
    }
    String id = found.device.id();
    RedfishChassis chassis = found.at.chassis();
    List<Detail> details = new ArrayList<>();
    details.add(
        new Detail(
            id,
            Detail.TAKEN_AS,
            "the node's meter: chassis %s, %s".formatted(chassis.id(), found.at.why())));
    details.add(
        new Detail(id, "from", options.address() + RedfishClient.withoutSlash(chassis.path())));
    double kilowattHours = now.kilowattHours;
    if (!Double.isNaN(kilowattHours)) {
      details.add(new Detail(id, "energy", Quantities.withPrefix(1_000 * kilowattHours, "Wh")));
    }
    return details;
  }

  @Override
  public List<String> notTaken() {
    Asking now = asking;
    Found found = now == null ? null : now.found;
    return found == null ? List.of() : found.at.notTaken();
  }

  @Override
  public String describe() {
    return "the node's power by Redfish from %s%s"
        .formatted(
            options.address(), options.trustAnyCertificate() ? ", whoever answers there" : "");
  }

  @Override
  public void close() {
    Asking was = asking;
    asking = null;
    if (was != null && was.thread != null) {
      was.stop.countDown();
      was.client.close();
      try {
        was.thread.join();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    answers.clear();
  }
}

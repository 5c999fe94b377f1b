// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.app.up.LeftRunning;
import io.github.joulestream.app.up.PastSite;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.HealthOption;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.KeyFileOption;
import io.github.joulestream.cli.ShutdownSignal;
import io.github.joulestream.cli.StatusLines;
import io.github.joulestream.cli.Times;
import io.github.joulestream.producers.publish.KafkaPublisher;
import io.github.joulestream.producers.simulate.SimulationOptions;
import io.github.joulestream.producers.simulate.SimulationRunner;
import io.github.joulestream.producers.simulate.SupplyFeed;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.signing.RecordSigner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A simulated site against any Kafka. */
@Command(
    name = "simulate",
    sortOptions = false,
    description = "Simulate a site in real time, or a past time as fast as possible.")
final class SimulateCommand implements Callable<Integer> {
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(2);

  @Option(
      names = "--nodes",
      defaultValue = "8",
      description = "Nodes with 8 GPUs each (default: ${DEFAULT-VALUE}).")
  int nodes;

  @Option(
      names = "--site",
      paramLabel = "NAME",
      defaultValue = "simulated",
      description = "Name of the site (default: ${DEFAULT-VALUE}).")
  String site = "";

  @Mixin SimulationMixin simulation = new SimulationMixin();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "Begin at this time, as 2026-01-31T12:00:00Z or as 2h (ago), catch up, and continue in real"
              + " time. The same command started again publishes the same records again.")
  @Nullable String since;

  @Option(names = "--for", paramLabel = "DURATION", description = "End after this time.")
  @Nullable Duration duration;

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description = "At the end, write the true energy of each job as CSV.")
  @Nullable Path truth;

  @Mixin HealthOption healthPort = new HealthOption(HealthOption.SIMULATE);
  @Mixin KeyFileOption key = new KeyFileOption();
  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    SimulationMixin.requireNodes("--nodes", nodes);
    if (site.isBlank()) {
      throw UserError.usage("--site needs a name");
    }
    if (since != null && simulation.past != null) {
      throw UserError.usage("--since and --past do not go together");
    }
    SimulationOptions options = simulation.options(site, nodes);
    Duration past = simulation.past;
    EpochClock clock = EpochClock.system();
    long start = since == null ? clock.epochMillis() : Times.parse(since, clock.epochMillis());
    if (start > clock.epochMillis()) {
      throw UserError.usage("--since %s has not come yet".formatted(since));
    }
    RecordSigner signer = key.ofSite(site);
    kafka.join();
    try (ShutdownSignal stopping = new ShutdownSignal();
        KafkaPublisher publisher =
            KafkaPublisher.connect(kafka.clients(), "joulestream-simulate", signer)) {
      if (past != null) {
        simulatePast(options, past, publisher, stopping);
      } else {
        simulateNow(options, start, clock, publisher, stopping);
      }
    }
    return 0;
  }

  private void simulatePast(
      SimulationOptions options, Duration length, KafkaPublisher publisher, ShutdownSignal stopping)
      throws Exception {
    NanoClock nanos = NanoClock.system();
    long startNanos = nanos.nanos();
    PastSite past =
        new PastSite(options, length, truth, EpochClock.system(), stopping::askedWithClockChecked);
    AtomicLong lastLineNanos = new AtomicLong(startNanos);
    System.out.println(SupplyFeed.description());
    past.publish(
        publisher,
        publisher,
        () -> {
          if (nanos.nanos() - lastLineNanos.get() > PROGRESS_INTERVAL.toNanos()) {
            lastLineNanos.set(nanos.nanos());
            System.out.printf(
                Locale.ROOT,
                "%.0f %% of the time, %,d readings%n",
                100 * past.progress(),
                past.readings());
          }
        });
    double seconds = (nanos.nanos() - startNanos) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%,d readings published in %.1f s (%,.0f/s)%n",
        past.readings(),
        seconds,
        past.readings() / seconds);
    past.report(System.out);
  }

  private void simulateNow(
      SimulationOptions options,
      long start,
      EpochClock clock,
      KafkaPublisher publisher,
      ShutdownSignal stopping)
      throws Exception {
    long end = duration == null ? Long.MAX_VALUE : start + duration.toMillis();
    try (SimulationRunner runner =
        SimulationRunner.start(options, publisher, publisher, clock, start, end)) {
      System.out.printf(
          Locale.ROOT, "simulating site %s of %,d nodes%n", ShownText.of(site), nodes);
      System.out.println(SupplyFeed.description());
      Metrics metrics = new Metrics().show(Metric.SIMULATED_READINGS, runner::readings);
      StatusLines lines = new StatusLines(System.out);
      try (AutoCloseable _ = healthPort.open(metrics, runner::health)) {
        while (!runner.done() && !stopping.await(TICK, "the simulation", runner::failure)) {
          lines.print("", String.format(Locale.ROOT, "%,d readings", runner.readings()));
        }
      }
      runner.finish();
      runner
          .failure()
          .ifPresent(e -> {
            throw new UserError("the simulation stopped: " + e.getMessage(), e);
          });
      publisher.flush();
      System.out.printf(Locale.ROOT, "%,d readings published%n", runner.readings());
      LeftRunning.print(runner.jobsRunning(), System.out);
      if (truth != null) {
        runner.writeTruth(truth);
      }
    }
  }
}

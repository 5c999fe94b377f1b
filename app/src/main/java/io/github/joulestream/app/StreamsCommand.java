// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.HealthOption;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.ShutdownSignal;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.streams.AlertsProgram;
import io.github.joulestream.streams.StreamsProgram;
import io.github.joulestream.streams.StreamsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The topologies against any Kafka. */
@Command(
    name = "streams",
    sortOptions = false,
    description = "Run the topologies: from samples to energy per job and per site, and to alerts.",
    footer = {"", "Start more instances, with other --instance names, to share the work."})
final class StreamsCommand implements Callable<Integer> {
  @Option(
      names = "--state",
      paramLabel = "DIR",
      defaultValue = "joulestream-state",
      description =
          "Where state is kept; lost state is restored from Kafka (default: ${DEFAULT-VALUE}).")
  Path state = Path.of("joulestream-state");

  @Option(
      names = "--threads",
      defaultValue = "2",
      description = "Stream threads of each topology (default: ${DEFAULT-VALUE}).")
  int threads;

  @Option(
      names = "--instance",
      paramLabel = "NAME",
      description =
          "Lasting name of this instance: a restart under it takes its tasks back at once.")
  @Nullable String instance;

  @Option(
      names = "--standbys",
      defaultValue = "0",
      description =
          "Other instances that keep a copy of each task's state and go on with it at once when"
              + " this one is gone (default: ${DEFAULT-VALUE}).")
  int standbys;

  @Mixin CalibrationOption calibration = new CalibrationOption();
  @Mixin HealthOption healthPort = new HealthOption(HealthOption.STREAMS);
  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    if (threads < 1) {
      throw UserError.usage("--threads must be at least 1");
    }
    if (standbys < 0) {
      throw UserError.usage("--standbys must not be negative");
    }
    kafka.join();
    kafka.requireTopics(StreamsProgram.inputs());
    StreamsSettings settings =
        new StreamsSettings(
            kafka.bootstrap(),
            state,
            threads,
            instance,
            Duration.ofMillis(500),
            calibration.read(),
            standbys,
            kafka.config());
    try (ShutdownSignal stopping = new ShutdownSignal();
        StreamsProgram accounting = new StreamsProgram(settings);
        AlertsProgram alerts = new AlertsProgram(settings)) {
      Metrics metrics = new Metrics();
      accounting.showIn(metrics, alerts);
      try (AutoCloseable _ = healthPort.open(metrics, () -> health(accounting, alerts))) {
        accounting.start();
        alerts.start();
        System.out.println("the topologies run; Ctrl-C stops them");
        while (!stopping.await(
            Duration.ofDays(1), "a topology", () -> accounting.failure().or(alerts::failure))) {
          // until it is stopped
        }
      }
    }
    return 0;
  }

  private static Health health(StreamsProgram accounting, AlertsProgram alerts) {
    Health health = alerts.health();
    return health.ok() ? accounting.health() : health;
  }
}

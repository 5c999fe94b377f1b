// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.HealthOption;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.ShutdownSignal;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.TopicWatch;
import io.github.joulestream.streams.StateTopics;
import io.github.joulestream.streams.StreamsApplication;
import io.github.joulestream.streams.StreamsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
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
  private static final Duration LOOK = Duration.ofMillis(200);

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
          "Other instances that keep a copy of each task's state and continue with it at once when"
              + " this one is gone (default: ${DEFAULT-VALUE}).")
  int standbys;

  @Option(
      names = "--commit-interval",
      paramLabel = "DURATION",
      defaultValue = "500ms",
      description =
          "Time between two commits, 10ms to 5s; alerts commit at least every 200ms"
              + " (default: ${DEFAULT-VALUE}).")
  Duration commitInterval = StreamsSettings.DEFAULT_COMMIT_INTERVAL;

  @Option(
      names = "--cache-limit",
      paramLabel = "SIZE",
      defaultValue = "40%",
      description =
          "Memory of the caches of nodes, windows and jobs: 512M, or a share of the heap"
              + " (default: ${DEFAULT-VALUE}).")
  String cacheLimit = "40%";

  @Option(
      names = "--start-timeout",
      paramLabel = "DURATION",
      defaultValue = "2m",
      description =
          "End if the start makes no progress for this long, 1s to 1d; restoring state is progress,"
              + " however long it takes (default: ${DEFAULT-VALUE}).")
  Duration startTimeout = StreamsSettings.DEFAULT_START_TIMEOUT;

  @Option(
      names = "--max-replacements",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "Failed stream threads of each topology that are replaced within an hour; the next failure"
              + " ends the program (default: ${DEFAULT-VALUE}).")
  int maxReplacements = StreamsSettings.DEFAULT_MAX_REPLACEMENTS;

  @Mixin DurabilityOptions durability = new DurabilityOptions();
  @Mixin LimitsOptions limits = new LimitsOptions();
  @Mixin DeviceWindowsOption deviceWindows = new DeviceWindowsOption();
  @Mixin CalibrationOption calibration = new CalibrationOption();
  @Mixin SiteKeysOptions siteKeys = new SiteKeysOptions();
  @Mixin HealthOption healthPort = new HealthOption(HealthOption.STREAMS);
  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    StreamsSettings settings = settings();
    durability.read(1);
    kafka.join();
    kafka.requireTopics(StreamsApplication.inputs());
    settings = settings.durability(durability.read(kafka.brokers()));
    StateTopics topics = new StateTopics(state);
    try (Admin admin = kafka.admin()) {
      topics.check(admin, instance);
    }
    try (ShutdownSignal stopping = new ShutdownSignal();
        TopicWatch watch = topics.watch(kafka.clients()).start();
        StreamsApplication streams = new StreamsApplication(settings)) {
      Metrics metrics = new Metrics();
      streams.showIn(metrics);
      try (AutoCloseable _ = healthPort.open(metrics, () -> watch.with(streams.health()))) {
        streams.start();
        StartLines lines = new StartLines(System.out, NanoClock.system());
        while (!stopping.await(LOOK, "a topology", () -> watch.failure().or(streams::failure))) {
          lines.look(streams.isReady(), streams::restoring);
        }
      }
    }
    return 0;
  }

  /**
   * The settings that the options make.
   *
   * @throws UserError if one is out of its range
   */
  private StreamsSettings settings() {
    try {
      return StreamsSettings.of(kafka.clients(), state)
          .threads(threads)
          .groupInstanceId(instance)
          .standbys(standbys)
          .commitInterval(commitInterval)
          .cacheBytes(CacheLimit.bytes(cacheLimit, Runtime.getRuntime().maxMemory()))
          .startTimeout(startTimeout)
          .maxReplacements(maxReplacements)
          .limits(limits.read())
          .deviceWindows(deviceWindows.read())
          .calibration(calibration.read())
          .siteKeys(siteKeys.read());
    } catch (IllegalArgumentException e) {
      throw UserError.usage("--" + e.getMessage());
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.alerting.AlertSender;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.HealthOption;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.ShutdownSignal;
import io.github.joulestream.cli.StatusLines;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicWatch;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Delivers alerts to Alertmanager and to a webhook, from any Kafka. */
@Command(
    name = "alert-sender",
    sortOptions = false,
    description = "Deliver alerts to Alertmanager, a webhook, or both.",
    footer = {"", "A second one with another --instance name is on standby."})
final class AlertSenderCommand implements Callable<Integer> {
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(10);

  @Mixin AlertOptions options = new AlertOptions();

  @Option(
      names = "--instance",
      paramLabel = "NAME",
      defaultValue = "alert-sender-1",
      description = "Name of this instance, the same after a restart (default: ${DEFAULT-VALUE}).")
  String instance = "";

  @Mixin HealthOption healthPort = new HealthOption(HealthOption.ALERT_SENDER);
  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    AlertSender.Targets targets = options.targets();
    if (targets.isEmpty()) {
      throw UserError.usage("no target: give --alertmanager URL, --webhook URL, or both");
    }
    kafka.join();
    try (ShutdownSignal stopping = new ShutdownSignal();
        AlertSender sender =
            new AlertSender(
                kafka.clients(), instance, targets, EpochClock.system(), NanoClock.system());
        TopicWatch watch =
            TopicWatch.ofRead(kafka.clients(), "alert-sender", List.of(Topic.ALERTS.topicName()))
                .start()) {
      Metrics metrics = new Metrics();
      showIn(metrics, sender);
      try (AutoCloseable _ = healthPort.open(metrics, () -> watch.with(sender.health()))) {
        sender.start();
        System.out.println("waiting for alerts; Ctrl-C stops it");
        Map<String, StatusLines> lines = new HashMap<>();
        while (!stopping.await(
            LINE_INTERVAL, "the alert sender", () -> watch.failure().or(sender::failure))) {
          for (AlertSender.Status status : sender.status()) {
            lines
                .computeIfAbsent(status.target(), _ -> new StatusLines(System.out))
                .print(
                    status.delivered() + "," + status.refused() + "," + status.unavailability(),
                    line(status));
          }
        }
      }
    }
    return 0;
  }

  static void showIn(Metrics metrics, AlertSender sender) {
    metrics
        .show(Metric.ALERTS_SENT, "target", () -> by(sender, AlertSender.Status::delivered))
        .show(Metric.ALERTS_REFUSED, "target", () -> by(sender, AlertSender.Status::refused))
        .show(Metric.LETTERS_DROPPED, sender::lettersDropped)
        .show(Metric.ALERTS_RETRIES, "target", () -> by(sender, AlertSender.Status::retries))
        .show(
            Metric.ALERTS_REACHABLE,
            "target",
            () -> by(sender, status -> status.unavailability() == null ? 1L : 0L));
  }

  private static Map<String, Long> by(
      AlertSender sender, Function<AlertSender.Status, Long> figure) {
    Map<String, Long> figures = new HashMap<>();
    sender.status().forEach(status -> figures.put(status.target(), figure.apply(status)));
    return figures;
  }

  private static String line(AlertSender.Status status) {
    return String.format(
        Locale.ROOT,
        "%s: %,d changes of alerts delivered, %,d refused, %,d retries%s",
        status.target(),
        status.delivered(),
        status.refused(),
        status.retries(),
        status.unavailability() == null ? "" : "; unavailable: " + status.unavailability());
  }
}

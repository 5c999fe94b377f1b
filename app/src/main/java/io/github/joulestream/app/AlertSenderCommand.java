// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.delivery.AlertSender;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Alerts to whoever is to hear of them, from any Kafka. */
@Command(
    name = "alert-sender",
    sortOptions = false,
    description = "Tell Alertmanager, a webhook, or both, of alerts.",
    footer = {"", "Start another with another --instance name, and it stands by."})
final class AlertSenderCommand implements Callable<Integer> {
  @Mixin AlertOptions options = new AlertOptions();

  @Option(
      names = "--instance",
      paramLabel = "NAME",
      defaultValue = "alert-sender-1",
      description = "Lasting name of this instance (default: ${DEFAULT-VALUE}).")
  String instance = "";

  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    AlertSender.Targets targets = options.targets();
    if (targets.isEmpty()) {
      throw new UserError("nobody to tell: give --alertmanager URL, --webhook URL, or both");
    }
    kafka.join();
    try (Stopping stopping = new Stopping();
        AlertSender sender =
            new AlertSender(
                kafka.config(), instance, targets, EpochClock.system(), NanoClock.system())) {
      sender.start();
      System.out.println("waiting for alerts; Ctrl-C stops it");
      while (!stopping.await(Duration.ofSeconds(10))) {
        sender
            .failure()
            .ifPresent(e -> {
              throw new UserError("the alert sender stopped: " + e.getMessage(), e);
            });
        sender.status().forEach(status -> System.out.println(line(status)));
      }
    }
    return 0;
  }

  private static String line(AlertSender.Status status) {
    return String.format(
        Locale.ROOT,
        "%s: %,d alerts told, %,d refused, %,d retries%s",
        status.target(),
        status.told(),
        status.refused(),
        status.retries(),
        status.trouble() == null ? "" : "; waiting, because " + status.trouble());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.alerting.AlertSender;
import io.github.joulestream.alerting.Signature;
import io.github.joulestream.runtime.ShownUrl;
import io.github.joulestream.runtime.UserError;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Targets of alerts. */
final class AlertOptions {
  @Option(
      names = "--alertmanager",
      paramLabel = "URL",
      description = "Send alerts to this Alertmanager: http://HOST:9093.")
  @Nullable URI alertmanager;

  @Option(
      names = "--alertmanager-repeat",
      paramLabel = "DURATION",
      defaultValue = "1m",
      description =
          "How often to send all active alerts again; under its resolve_timeout"
              + " (default: ${DEFAULT-VALUE}).")
  Duration repeat = AlertSender.Alertmanager.DEFAULT_REPEAT;

  @Option(
      names = "--alertmanager-hold",
      paramLabel = "DURATION",
      defaultValue = "90s",
      description =
          "How long an alert is active there at least; over its group_wait and group_interval"
              + " (default: ${DEFAULT-VALUE}).")
  Duration hold = AlertSender.Alertmanager.DEFAULT_HOLD;

  @Option(
      names = "--webhook",
      paramLabel = "URL",
      description = "Post each revision of each alert here, signed.")
  @Nullable URI webhook;

  @Option(
      names = "--webhook-secret-file",
      paramLabel = "FILE",
      description = "File with the secret that signs them: openssl rand -base64 32 makes one.")
  @Nullable Path secretFile;

  @Option(
      names = "--grafana",
      paramLabel = "URL",
      description = "Where Grafana is, for links to its dashboards.")
  @Nullable URI grafana;

  AlertSender.Targets targets() {
    URI alertmanagerUrl = alertmanager;
    URI webhookUrl = webhook;
    Path secret = secretFile;
    if (webhookUrl != null && secret == null) {
      throw UserError.usage(
          "--webhook takes --webhook-secret-file too; make one with: openssl rand -base64 32");
    }
    if (!repeat.isPositive()) {
      throw UserError.usage("--alertmanager-repeat must be over 0; 1m is usual");
    }
    return new AlertSender.Targets(
        alertmanagerUrl == null
            ? null
            : new AlertSender.Alertmanager(http(alertmanagerUrl, "--alertmanager"), repeat, hold),
        webhookUrl == null || secret == null
            ? null
            : new AlertSender.Webhook(http(webhookUrl, "--webhook"), Signature.read(secret)),
        grafana == null ? null : http(grafana, "--grafana"));
  }

  private static URI http(URI url, String option) {
    boolean known = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!known || url.getHost() == null) {
      throw UserError.usage(
          "%s takes a URL such as http://host:9093, not '%s'".formatted(option, ShownUrl.of(url)));
    }
    return url;
  }
}

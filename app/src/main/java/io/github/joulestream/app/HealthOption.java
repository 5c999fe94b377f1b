// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.HealthServer;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.UserError;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A port that says how the program is. */
final class HealthOption {
  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description = {
        "Answer /metrics (Prometheus) and /health there; 0 for any free port.",
        "Without it no port is opened."
      })
  @Nullable Integer port;

  /** What was opened; does nothing if nothing was asked for. */
  AutoCloseable open(Metrics metrics, Supplier<Health> health) {
    if (port == null) {
      return () -> {};
    }
    if (port < 0 || port > 65_535) {
      throw new UserError("--metrics-port must be between 0 and 65535");
    }
    HealthServer server = HealthServer.start(port, metrics, health);
    System.out.printf("http://0.0.0.0:%d/metrics and /health%n", server.port());
    return server;
  }
}

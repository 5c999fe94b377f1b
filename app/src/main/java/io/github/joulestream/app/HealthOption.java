// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.HealthServer;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.UserError;
import java.net.InetSocketAddress;
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

  @Option(
      names = "--metrics-address",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Address that it listens on; 0.0.0.0 for all: whoever reaches it can read them"
              + " (default: ${DEFAULT-VALUE}).")
  String address = "127.0.0.1";

  /** What was opened; does nothing if nothing was asked for. */
  AutoCloseable open(Metrics metrics, Supplier<Health> health) {
    if (port == null) {
      return () -> {};
    }
    if (port < 0 || port > 65_535) {
      throw UserError.usage("--metrics-port must be between 0 and 65535");
    }
    HealthServer server = HealthServer.start(new InetSocketAddress(address, port), metrics, health);
    System.out.printf("http://%s:%d/metrics and /health%n", address, server.port());
    return server;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.HealthServer;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.runtime.systemd.Watchdog;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/**
 * Reports the program's health: on a port, which every program that runs for long has, and to
 * systemd if that started it. docs/agent.md has the table of ports.
 */
public final class HealthOption {
  // one for each program, none of them assigned to another one by IANA

  public static final int AGENT = 17_470;

  public static final int STREAMS = 17_471;
  public static final int STORE_WRITER = 17_472;
  public static final int ALERT_SENDER = 17_473;
  public static final int SLURM_JOBS = 17_474;
  public static final int SIMULATE = 17_475;
  public static final int UP = 17_476;
  public static final int SERVE = 17_477;

  private static final Logger log = LoggerFactory.getLogger(HealthOption.class);
  private static final Set<String> NONE = Set.of("off", "none");
  private static final int MAX_PORT = 65_535;

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description = {
        "Answer /metrics (Prometheus) and /health there; 0 for any free port, off for none.",
        "Without it a port of the program's own is taken if it is free: docs/agent.md."
      })
  @Nullable String port;

  @Option(
      names = "--metrics-address",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Address that it listens on; 0.0.0.0 for all: whoever reaches it can read them"
              + " (default: ${DEFAULT-VALUE}).")
  String address = "127.0.0.1";

  private final int usual;

  /**
   * @param usual the program's own port
   */
  public HealthOption(int usual) {
    this.usual = usual;
  }

  /**
   * Opens the port and starts the watchdog, each if it is wanted; what is returned closes them.
   *
   * @throws UserError if a port that was named is in use
   */
  public AutoCloseable open(Metrics metrics, Supplier<Health> health) {
    HealthServer server = server(metrics, health);
    Optional<Watchdog> watchdog = Watchdog.start(System.getenv(), health);
    return () -> {
      watchdog.ifPresent(Watchdog::close);
      if (server != null) {
        server.close();
      }
    };
  }

  private @Nullable HealthServer server(Metrics metrics, Supplier<Health> health) {
    String named = port;
    if (named != null && NONE.contains(named.toLowerCase(Locale.ROOT))) {
      return null;
    }
    HealthServer server;
    if (named != null) {
      server = HealthServer.start(new InetSocketAddress(address, number(named)), metrics, health);
    } else {
      try {
        server = HealthServer.start(new InetSocketAddress(address, usual), metrics, health);
      } catch (UserError e) {
        if (!e.isUsage()) {
          // two programs of one kind on one machine are no error
          log.warn("No port for /metrics and /health: {}", e.getMessage());
          return null;
        }
        throw e;
      }
    }
    System.out.printf("http://%s:%d/metrics and /health%n", address, server.port());
    return server;
  }

  private static int number(String text) {
    if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > MAX_PORT) {
      throw UserError.usage(
          "--metrics-port must be between 0 and %d, or off, not '%s'".formatted(MAX_PORT, text));
    }
    return Integer.parseInt(text);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.HealthServer;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.runtime.systemd.Watchdog;
import io.github.joulestream.runtime.tls.ServerCertificate;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
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

  @Option(
      names = "--metrics-tls-certificate",
      paramLabel = "FILE",
      description =
          "Answer there by https, with this certificate and its chain, PEM; read again when it"
              + " changes.")
  @Nullable Path certificate;

  @Option(
      names = "--metrics-tls-key",
      paramLabel = "FILE",
      description = "Its key: PKCS #8, PEM, not encrypted.")
  @Nullable Path key;

  @Option(
      names = "--metrics-token-file",
      paramLabel = "FILE",
      description =
          "Answer /metrics to those alone who send the token in this file (Authorization: Bearer).")
  @Nullable Path tokenFile;

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
   * @throws UserError if a port that was named is in use, or a file that was named cannot be used
   */
  public AutoCloseable open(Metrics metrics, Supplier<Health> health) {
    ServerCertificate served = certificate();
    Supplier<Health> known = served == null ? health : () -> served.with(health.get());
    if (served != null) {
      metrics.show(Metric.METRICS_CERTIFICATE_END, served::endEpochSeconds);
    }
    HealthServer server = server(served, metrics, known);
    Optional<Watchdog> watchdog = Watchdog.start(System.getenv(), known);
    return () -> {
      watchdog.ifPresent(Watchdog::close);
      if (server != null) {
        server.close();
      }
    };
  }

  private @Nullable ServerCertificate certificate() {
    Path chain = certificate;
    Path secret = key;
    if (chain != null && secret != null) {
      return ServerCertificate.read(chain, secret);
    }
    if (chain != null || secret != null) {
      throw UserError.usage("--metrics-tls-certificate and --metrics-tls-key take each other");
    }
    return null;
  }

  private @Nullable HealthServer server(
      @Nullable ServerCertificate served, Metrics metrics, Supplier<Health> health) {
    String named = port;
    if (named != null && NONE.contains(named.toLowerCase(Locale.ROOT))) {
      return null;
    }
    HealthServer.Protection protection = new HealthServer.Protection(tls(served), tokenFile);
    HealthServer server;
    if (named != null) {
      server =
          HealthServer.start(
              new InetSocketAddress(address, number(named)), protection, metrics, health);
    } else {
      try {
        server =
            HealthServer.start(new InetSocketAddress(address, usual), protection, metrics, health);
      } catch (UserError e) {
        if (!e.isUsage()) {
          // two programs of one kind on one machine are no error
          log.warn("No port for /metrics and /health: {}", e.getMessage());
          return null;
        }
        throw e;
      }
    }
    System.out.printf(
        "%s://%s:%d/metrics and /health%n",
        served == null ? "http" : "https", address, server.port());
    if (served == null && tokenFile != null && !isLoopback(address)) {
      log.warn(
          "The token for /metrics is sent unencrypted to {}: anybody on the way can read it;"
              + " --metrics-tls-certificate and --metrics-tls-key encrypt it",
          address);
    }
    return server;
  }

  private static HealthServer.@Nullable Tls tls(@Nullable ServerCertificate served) {
    if (served == null) {
      return null;
    }
    SSLContext context = served.context(null);
    return new HealthServer.Tls(context, ServerCertificate.parameters(context));
  }

  private static boolean isLoopback(String host) {
    InetAddress resolved = new InetSocketAddress(host, 0).getAddress();
    return resolved != null && resolved.isLoopbackAddress();
  }

  private static int number(String text) {
    if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > MAX_PORT) {
      throw UserError.usage(
          "--metrics-port must be between 0 and %d, or off, not '%s'".formatted(MAX_PORT, text));
    }
    return Integer.parseInt(text);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.command;

import io.github.joulestream.producers.probe.RedfishOptions;
import io.github.joulestream.runtime.UserError;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a command that reads this node's controller by Redfish. */
final class RedfishMixin {
  @Option(
      names = "--redfish",
      paramLabel = "https://HOST",
      description = "Read the node's power from its controller, by Redfish.")
  @Nullable URI address;

  @Option(
      names = "--redfish-chassis",
      paramLabel = "ID",
      defaultValue = "",
      description = "Chassis of this node (default: that of its computer).")
  String chassis = "";

  @Option(
      names = "--redfish-credentials",
      paramLabel = "FILE",
      description = "A file whose first line is user:password.")
  @Nullable Path credentials;

  @Option(
      names = "--redfish-trust-any-certificate",
      description = "Accept any certificate: for controllers with a self-signed one.")
  boolean trustAnyCertificate;

  @Option(
      names = "--redfish-interval",
      paramLabel = "DURATION",
      defaultValue = "5s",
      description = "Time between two requests (default: ${DEFAULT-VALUE}).")
  Duration interval = RedfishOptions.DEFAULT_INTERVAL;

  /** How to ask it, or null if it is not to be asked. */
  @Nullable RedfishOptions options() {
    if (address == null) {
      if (!chassis.isEmpty() || credentials != null || trustAnyCertificate) {
        throw UserError.usage("--redfish-... goes with --redfish https://HOST");
      }
      return null;
    }
    return new RedfishOptions(address, chassis, credentials, trustAnyCertificate, interval);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.energy.Windows;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.UserError;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How finely devices are added up. */
final class DeviceWindowsOption {
  private static final String OFF = "off";

  @Option(
      names = "--device-windows",
      paramLabel = "LENGTH",
      defaultValue = "10s",
      description =
          "Length of the windows of devices: a multiple of 10s up to 1h, or off for none; the same"
              + " on all instances (default: ${DEFAULT-VALUE}).")
  String length = "10s";

  /**
   * The length; zero if there are none.
   *
   * @throws UserError if it is no such length
   */
  Duration read() {
    if (length.equals(OFF)) {
      return Duration.ZERO;
    }
    try {
      Duration given = Quantities.parseDuration(length);
      long millis = given.toMillis();
      if (millis > 0 && millis <= Windows.HOUR_MILLIS && millis % Windows.MILLIS == 0) {
        return given;
      }
    } catch (IllegalArgumentException | ArithmeticException _) {
      // no duration: the same message
    }
    throw UserError.usage(
        "--device-windows must be a multiple of 10s up to 1h, or off, not '%s'".formatted(length));
  }
}

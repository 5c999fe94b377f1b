// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.schemas.Alert;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Values of alerts as people read them. */
public final class AlertFormat {
  private static final int MAX_CONTRIBUTORS = 5;
  private static final double JOULES_PER_WATT_HOUR = 3_600;

  private AlertFormat() {}

  /** {@code 1.21 MW}, {@code 30.5 MWh}, {@code 12 nodes}. */
  public static String value(double value, String unit) {
    return switch (unit) {
      case "W" -> Quantities.withPrefix(value, "W");
      case "J" -> Quantities.withPrefix(value / JOULES_PER_WATT_HOUR, "Wh");
      case "ratio" -> Quantities.percent(value);
      case "nodes", "deviations" -> counted(Quantities.number(value), unit);
      default -> Quantities.number(value) + " " + unit;
    };
  }

  /** {@code 1 node}, {@code 2 nodes}. */
  private static String counted(String number, String unit) {
    return number + " " + (number.equals("1") ? unit.substring(0, unit.length() - 1) : unit);
  }

  /** {@code 97 % of nodes reporting}. */
  static String completeness(Alert alert) {
    return Quantities.percent(alert.measured().completenessBasisPoints() / 1e4)
        + " of nodes reporting";
  }

  /** {@code job 17: 31 %, 372 kW; node n4: ...}, the five largest. */
  static String contributors(List<Contributor> contributors) {
    return contributors.stream()
        .limit(MAX_CONTRIBUTORS)
        .map(contributor ->
            "%s %s: %s, %s"
                .formatted(
                    contributor.kind().name().toLowerCase(Locale.ROOT),
                    contributor.name(),
                    Quantities.percent(contributor.shareBasisPoints() / 1e4),
                    Quantities.power(contributor.milliwatts())))
        .collect(Collectors.joining("; "));
  }

  /** ISO-8601, UTC. */
  static String time(long epochMillis) {
    return Instant.ofEpochMilli(epochMillis).toString();
  }
}

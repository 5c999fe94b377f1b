// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.schemas.Alert;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Figures of alerts as people read them. */
public final class Figures {
  private static final int MAX_CONTRIBUTORS = 5;
  private static final double JOULES_PER_WATT_HOUR = 3_600;
  private static final String[] PREFIXES = {"", "k", "M", "G"};

  private Figures() {}

  /** {@code 1.21 MW}, {@code 30.5 MWh}, {@code 12 nodes}. */
  public static String value(double value, String unit) {
    return switch (unit) {
      case "W" -> prefixed(value, "W");
      case "J" -> prefixed(value / JOULES_PER_WATT_HOUR, "Wh");
      case "ratio" -> number(value * 100) + " %";
      case "nodes", "deviations" -> counted(number(value), unit);
      default -> number(value) + " " + unit;
    };
  }

  /** {@code 1 node}, {@code 2 nodes}. */
  private static String counted(String number, String unit) {
    return number + " " + (number.equals("1") ? unit.substring(0, unit.length() - 1) : unit);
  }

  private static String prefixed(double value, String unit) {
    int prefix = 0;
    double scaled = value;
    while (Math.abs(scaled) >= 1_000 && prefix < PREFIXES.length - 1) {
      scaled /= 1_000;
      prefix++;
    }
    return number(scaled) + " " + PREFIXES[prefix] + unit;
  }

  /** Four digits at most, without needless zeros. */
  private static String number(double value) {
    int decimals = Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : 3;
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return text.replaceFirst("\\.?0+$", "");
  }

  /** {@code 97 % of nodes reporting}. */
  static String completeness(Alert alert) {
    return number(alert.measured().completenessBasisPoints() / 100.0) + " % of nodes reporting";
  }

  /** {@code job 17: 31 %, 372 kW; node n4: ...}, the five largest. */
  static String contributors(List<Contributor> contributors) {
    return contributors.stream()
        .limit(MAX_CONTRIBUTORS)
        .map(contributor ->
            "%s %s: %s %%, %s"
                .formatted(
                    contributor.kind().name().toLowerCase(Locale.ROOT),
                    contributor.name(),
                    number(contributor.shareBasisPoints() / 100.0),
                    value(contributor.milliwatts() / 1e3, "W")))
        .collect(Collectors.joining("; "));
  }

  /** ISO-8601, UTC. */
  static String time(long epochMillis) {
    return Instant.ofEpochMilli(epochMillis).toString();
  }
}

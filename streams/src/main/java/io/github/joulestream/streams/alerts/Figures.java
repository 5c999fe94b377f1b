// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Figures as people say them. */
final class Figures {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM, HH:mm", Locale.ENGLISH);

  private static final DateTimeFormatter INSTANT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Figures() {}

  static String power(long milliwatts) {
    double watts = milliwatts / 1e3;
    double size = Math.abs(watts);
    if (size >= 1e6) {
      return format("%.2f MW", watts / 1e6);
    }
    return size >= 1e4 ? format("%.1f kW", watts / 1e3) : format("%.0f W", watts);
  }

  static String energy(long millijoules) {
    double wattHours = millijoules / 3.6e6;
    double size = Math.abs(wattHours);
    if (size >= 1e6) {
      return format("%.2f MWh", wattHours / 1e6);
    }
    return size >= 1e3 ? format("%.2f kWh", wattHours / 1e3) : format("%.1f Wh", wattHours);
  }

  static String percent(double ratio) {
    return format("%.0f %%", 100 * ratio);
  }

  static String duration(long millis) {
    long seconds = millis / 1_000;
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7_200 ? seconds / 60 + " min" : seconds / 3_600 + " h";
  }

  static String time(long epochMillis, ZoneId zone) {
    return TIME.format(Instant.ofEpochMilli(epochMillis).atZone(zone));
  }

  /**
   * {@code 2026-11-25 12:00:04 UTC}: of what goes on, when it began stays true, how long does not.
   */
  static String instant(long epochMillis) {
    return INSTANT.format(Instant.ofEpochMilli(epochMillis));
  }

  /** {@code 1 GPU}, {@code 2.5 GPUs}. */
  static String count(double number, String what) {
    String text = format("%.1f", number);
    String whole = text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    return whole + " " + what + (whole.equals("1") ? "" : "s");
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is not among our dependencies
  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}

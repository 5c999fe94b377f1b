// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.runtime.Quantities;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Shares, times and lengths of time in summaries of alerts; power and energy are {@link
 * Quantities}.
 */
final class Figures {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM, HH:mm", Locale.ENGLISH);

  private static final DateTimeFormatter INSTANT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Figures() {}

  /** {@code 97 %}, in whole percents. */
  static String percent(double ratio) {
    return format("%.0f %%", 100 * ratio);
  }

  /** {@code 90 s}, {@code 12 min}, {@code 5 h}: a forecast is not more exact. */
  static String duration(long millis) {
    long seconds = millis / 1_000;
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7_200 ? seconds / 60 + " min" : seconds / 3_600 + " h";
  }

  /** {@code 25 November, 12:33} in a time zone. */
  static String time(long epochMillis, ZoneId zone) {
    return TIME.format(Instant.ofEpochMilli(epochMillis).atZone(zone));
  }

  /**
   * {@code 2026-11-25 12:00:04 UTC}: unlike an age it stays true in an alert that is not updated.
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

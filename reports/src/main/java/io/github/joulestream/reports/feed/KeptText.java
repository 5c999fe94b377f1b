// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.energy.grid.GridInterval;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Values of a supply as people read them. */
public final class KeptText {
  private static final int DECIMALS = 9;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mmXXX", Locale.ROOT);
  private static final DateTimeFormatter TIME_OF_SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssXXX", Locale.ROOT);
  private static final int MINUTE = 60_000;

  private KeptText() {}

  /** The number, exactly. */
  public static String value(GridInterval interval) {
    BigDecimal value = BigDecimal.valueOf(interval.valueNano(), DECIMALS);
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }

  /** Its unit: {@code EUR/kWh}. */
  public static String unit(GridInterval interval) {
    return interval.series().kind().unit().replace("currency", interval.currency());
  }

  /** A time in a zone, with its offset: {@code 2026-10-25T02:00+01:00}. */
  public static String time(long epochMillis, ZoneId zone) {
    return (epochMillis % MINUTE == 0 ? TIME : TIME_OF_SECONDS)
        .format(Instant.ofEpochMilli(epochMillis).atZone(zone));
  }

  /** A time in UTC. */
  public static String time(long epochMillis) {
    return time(epochMillis, ZoneOffset.UTC);
  }
}

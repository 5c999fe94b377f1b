// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import io.github.joulestream.runtime.Quantities;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/** Times, zones and steps as they are written in queries. */
final class RangeText {
  private static final int SECOND = 1_000;
  private static final int SHORTEST = 10 * SECOND;
  private static final int HOUR = 3_600 * SECOND;
  private static final int DAY = 24 * HOUR;
  private static final int[] STEPS = {
    SHORTEST,
    2 * SHORTEST,
    3 * SHORTEST,
    HOUR / 60,
    HOUR / 30,
    HOUR / 12,
    HOUR / 6,
    HOUR / 4,
    HOUR / 2,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY
  };

  private static final Pattern AGE = Pattern.compile("\\d{1,9}(?:ms|s|m|h|d)");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

  /** A plus sign that was not written as %2B is a space. */
  private static final Pattern SPACE_FOR_PLUS = Pattern.compile(" (?=\\d{2}:\\d{2}$)");

  private static final Instant FIRST = Instant.EPOCH;
  private static final Instant LAST = Instant.parse("2200-01-01T00:00:00Z");

  private RangeText() {}

  static Instant time(String name, String text, ZoneId zone, Instant now) throws Problem {
    Instant time;
    try {
      if (AGE.matcher(text).matches()) {
        time = now.minus(Quantities.parseDuration(text));
      } else if (DATE.matcher(text).matches()) {
        time = LocalDate.parse(text).atStartOfDay(zone).toInstant();
      } else {
        time =
            OffsetDateTime.parse(SPACE_FOR_PLUS.matcher(text).replaceFirst("+"))
                .toInstant()
                .truncatedTo(ChronoUnit.MILLIS);
      }
    } catch (DateTimeException e) {
      Problem problem =
          Problem.parameter(
              name,
              "it must be a time such as 2026-10-01T06:00:00Z, a date such as 2026-10-01, or an age"
                  + " such as 24h");
      problem.addSuppressed(e);
      throw problem;
    }
    if (time.isBefore(FIRST) || time.isAfter(LAST)) {
      throw Problem.parameter(name, "it must be from 1970 to 2199");
    }
    return time;
  }

  static ZoneId zone(String name, String text) throws Problem {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      Problem problem = Problem.parameter(name, "it must be a time zone such as Europe/Berlin");
      problem.addSuppressed(e);
      throw problem;
    }
  }

  static int step(Range range, int most) {
    for (int step : STEPS) {
      if (range.steps(step) <= most) {
        return step;
      }
    }
    return DAY;
  }

  static int step(String name, String text) throws Problem {
    if (AGE.matcher(text).matches()) {
      long millis = Quantities.parseDuration(text).toMillis();
      if (millis >= SHORTEST
          && millis <= DAY
          && millis % SHORTEST == 0
          && (HOUR % millis == 0 || (millis % HOUR == 0 && DAY % millis == 0))) {
        return (int) millis;
      }
    }
    throw Problem.parameter(
        name,
        "it must be a multiple of 10s of which an hour or a day is a multiple: 10s, 1m, 15m, 1h,"
            + " 1d");
  }

  /** A length of time in whole days, or as {@link Quantities} has it. */
  static String words(Duration duration) {
    return duration.compareTo(Duration.ofDays(2)) >= 0
        ? duration.toDays() + " days"
        : Quantities.duration(duration.toMillis());
  }
}

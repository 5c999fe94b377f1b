// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** How long a server asks to wait (RFC 9110, section 10.2.3). */
public final class RetryAfter {
  private RetryAfter() {}

  /**
   * The milliseconds in a {@code Retry-After}, which gives seconds or a date; 0 if it has neither.
   *
   * @param date the answer's own {@code Date}, so that our clock does not matter
   */
  public static long millis(@Nullable String retryAfter, @Nullable String date) {
    if (retryAfter == null) {
      return 0;
    }
    String text = retryAfter.strip();
    if (text.matches("\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(text)).toMillis();
    }
    if (date == null) {
      return 0;
    }
    try {
      Duration wait = Duration.between(httpDate(date), httpDate(text));
      return Math.max(0, wait.toMillis());
    } catch (DateTimeException e) {
      return 0; // neither: as if there were no header
    }
  }

  private static ZonedDateTime httpDate(String text) {
    return ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
  }
}

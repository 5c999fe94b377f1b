// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import io.github.joulestream.runtime.UserError;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.TypeConversionException;

/** Points in time as people write them: {@code 2026-01-31T12:00:00Z}, or {@code 2h} ago. */
public final class Times {
  private Times() {}

  /**
   * Epoch milliseconds.
   *
   * @throws UserError if the text is neither
   */
  public static long parse(String text, long nowEpochMillis) {
    try {
      return Instant.parse(text.strip()).toEpochMilli();
    } catch (DateTimeParseException notAnInstant) {
      try {
        return nowEpochMillis - Durations.parse(text).toMillis();
      } catch (TypeConversionException e) {
        e.addSuppressed(notAnInstant);
        throw UserError.usage(
            "'%s' is not a time such as 2026-01-31T12:00:00Z or 2h".formatted(text), e);
      }
    }
  }
}

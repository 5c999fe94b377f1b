// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.runtime.UserError;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times as files have them: with an offset, or local in a zone that is given. */
public final class FeedTimes {
  private static final Pattern TIME =
      Pattern.compile(
          "(?:(\\d{4})-(\\d{2})-(\\d{2})|(\\d{2})\\.(\\d{2})\\.(\\d{4}))"
              + "(?:[Tt ](\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?))?"
              + "\\s*([Zz]|[+-]\\d{2}:?\\d{2})?");

  private FeedTimes() {}

  /**
   * A time.
   *
   * @param offset null if it has none
   * @param text as it was written
   */
  record Written(LocalDateTime local, @Nullable ZoneOffset offset, String text) {
    /** True if the time comes twice in the zone, and which of both is meant is not said. */
    boolean isAmbiguous(@Nullable ZoneId zone) {
      return offset == null && zone != null && zone.getRules().getValidOffsets(local).size() == 2;
    }

    /**
     * The time, Unix epoch, ms.
     *
     * @throws Refused if it is local and no zone is given, or it does not come once in the zone
     */
    long epochMillis(@Nullable ZoneId zone) throws Refused {
      return epochMillis(zone, -1);
    }

    /**
     * The time, Unix epoch, ms.
     *
     * @param which of two that it may be: 0 the earlier, 1 the later, -1 neither
     */
    long epochMillis(@Nullable ZoneId zone, int which) throws Refused {
      ZoneOffset known = offset;
      if (known != null) {
        return millis(known);
      }
      if (zone == null) {
        throw new Refused(
            "'%s' has no offset from UTC; write 2026-10-25T02:30:00+02:00, or give --zone Europe/Berlin"
                .formatted(text));
      }
      List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
      if (offsets.isEmpty()) {
        throw new Refused(
            "'%s' does not exist in %s: clocks are put forward over it; write it with its offset"
                .formatted(text, zone));
      }
      if (offsets.size() == 1) {
        return millis(offsets.getFirst());
      }
      if (which < 0) {
        throw new Refused(
            ("'%s' comes twice in %s, as clocks are put back; write it with its offset, %s or %s, or give"
                    + " --ambiguous earlier-then-later if both rows are in the file")
                .formatted(text, zone, offsets.getFirst(), offsets.getLast()));
      }
      return millis(offsets.get(which));
    }

    private long millis(ZoneOffset of) {
      return OffsetDateTime.of(local, of).toInstant().toEpochMilli();
    }
  }

  /**
   * A time of an option, Unix epoch, ms.
   *
   * @param zone of a time without an offset
   * @throws UserError if it is no time, or does not come once in the zone
   */
  public static long ofOption(String option, String text, ZoneId zone) {
    try {
      return parse(text).epochMillis(zone);
    } catch (Refused e) {
      throw UserError.usage(option + ": " + e.text(), e);
    }
  }

  /** Reads a time. */
  static Written parse(String text) throws Refused {
    Matcher matcher = TIME.matcher(text.strip());
    if (matcher.matches()) {
      try {
        boolean iso = matcher.group(1) != null;
        LocalDate date =
            LocalDate.of(
                number(matcher, iso ? 1 : 6),
                number(matcher, iso ? 2 : 5),
                number(matcher, iso ? 3 : 4));
        String clock = matcher.group(7);
        LocalTime time = clock == null ? LocalTime.MIDNIGHT : LocalTime.parse(clock);
        String offset = matcher.group(8);
        return new Written(
            LocalDateTime.of(date, time),
            offset == null ? null : ZoneOffset.of(offset.equals("z") ? "Z" : offset),
            text.strip());
      } catch (DateTimeException e) {
        throw new Refused("'%s' is no time: %s".formatted(text, e.getMessage()), e);
      }
    }
    throw new Refused(
        "'%s' is no time such as 2026-10-18T02:00:00+02:00, 2026-10-18 02:00 or 18.10.2026 02:00"
            .formatted(text));
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }
}

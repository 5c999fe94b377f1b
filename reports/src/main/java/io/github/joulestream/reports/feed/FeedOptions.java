// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * What a file does not state itself.
 *
 * @param site whose supply it is
 * @param format null: found out from the file
 * @param zone of times without an offset; null: such times are refused
 * @param earlierThenLater of two rows of a series with the same ambiguous local time the first is
 *     the earlier; else such times are refused
 * @param decimalComma numbers of a CSV are written as {@code 81,50}
 * @param issued time of issue of values for which the file has none, Unix epoch, ms
 * @param importTime whether that is only when the file is imported: then a value that is in force
 *     already is not issued again
 * @param reissue whether {@code issued} counts for all values
 */
public record FeedOptions(
    String site,
    @Nullable FeedFormat format,
    @Nullable ZoneId zone,
    boolean earlierThenLater,
    boolean decimalComma,
    long issued,
    boolean importTime,
    boolean reissue) {
  /** Nothing but the site, and when the file is imported. */
  public static FeedOptions of(String site, long now) {
    return new FeedOptions(site, null, null, false, false, now, true, false);
  }
}

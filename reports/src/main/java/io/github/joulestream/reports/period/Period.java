// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.period;

import io.github.joulestream.store.history.TimeRange;
import java.time.Instant;
import java.time.ZoneId;

/**
 * A period of a report: from a local midnight to another, or any range of quarters of an hour.
 *
 * @param label as people write it: {@code 2026-10}, {@code 2026-Q3}, {@code 2026}, {@code
 *     2026-10-01..2026-10-15}
 * @param from inclusive
 * @param to exclusive
 * @param zone whose calendar it is by
 */
public record Period(String label, Instant from, Instant to, ZoneId zone) {
  /** The same as ms. */
  public TimeRange range() {
    return new TimeRange(from.toEpochMilli(), to.toEpochMilli());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.GridRecord;
import java.util.ArrayList;
import java.util.List;

/** Issues that take intervals back. What was known of them stays known as of then. */
public final class Withdrawal {
  private Withdrawal() {}

  /**
   * Of all intervals in force of a series that are within a range of time.
   *
   * @param now time of issue, Unix epoch, ms; later if an interval was issued later
   * @throws UserError if an interval is in the range with a part of it only
   */
  public static List<GridRecord> of(
      KnownSupply known, GridSeries series, long from, long to, long now) {
    List<GridRecord> records = new ArrayList<>();
    for (GridInterval interval : known.inForce(series)) {
      if (interval.to() <= from || interval.from() >= to) {
        continue;
      }
      if (interval.from() < from || interval.to() > to) {
        throw new UserError(
            "%s to %s of %s is in the range with a part only; intervals are withdrawn whole"
                .formatted(
                    KeptText.time(interval.from()), KeptText.time(interval.to()), series.text()));
      }
      records.add(
          new GridRecord(
              new GridInterval(
                  interval.site(),
                  series,
                  interval.from(),
                  interval.to(),
                  0,
                  interval.currency(),
                  interval.quality(),
                  Math.max(now, interval.issued() + 1),
                  true,
                  new GridInterval.Origin(
                      interval.origin().provider(), interval.origin().zone(), "")),
              true));
    }
    return records;
  }
}

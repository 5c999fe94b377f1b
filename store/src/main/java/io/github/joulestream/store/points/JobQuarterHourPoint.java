// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.LabelText;
import io.github.joulestream.store.StorePoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A job in a quarter of an hour. Its point lies within the quarter, so that {@code GROUP BY
 * time(15m)} finds it, at a hash of job and fragment over all nanoseconds of the quarter: many jobs
 * share a series.
 */
public final class JobQuarterHourPoint {
  private static final List<String> AMOUNTS = Parts.fields(JobAmount.values());

  private JobQuarterHourPoint() {}

  /**
   * One point; all amounts, also those of 0: they overwrite what was there. One of zeros has no
   * job.
   */
  public static StorePoint of(JobQuarterHour quarter) {
    Map<String, Object> fields = new LinkedHashMap<>();
    // of a withdrawn quarter not whose it was: that job may be one that was to be forgotten
    fields.put("job", quarter.totals().isZero() ? "" : quarter.job());
    fields.put("name", quarter.details().name());
    fields.put("partition", quarter.details().partition());
    fields.put("labels", LabelText.of(quarter.details().labels()));
    fields.put("start_epoch_millis", quarter.windowStartEpochMillis());
    fields.put("fragment_epoch_millis", quarter.fragmentEpochMillis());
    fields.putAll(Parts.amounts(AMOUNTS, quarter.totals()));
    return new StorePoint(
        Measurement.JOB_QUARTER_HOUR,
        Parts.tags(
            "site",
            quarter.site(),
            "user",
            quarter.details().user(),
            "project",
            quarter.details().project()),
        fields,
        Parts.nanos(quarter.windowStartEpochMillis())
            + Parts.spread(
                Parts.nanos(quarter.windowMillis()), quarter.job(), quarter.fragmentEpochMillis()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import io.github.joulestream.schemas.PoolPeaks;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StorePoint;
import java.util.List;
import java.util.Map;

/** Groups of nodes that could have one pool, in an hour: a point for each. */
public final class PoolPeakPoints {
  private static final String ALL = "all";

  private PoolPeakPoints() {}

  /** Points at the start of the hour. */
  public static List<StorePoint> of(PoolPeaks peaks) {
    long time = Parts.nanos(peaks.hourStartEpochMillis());
    String pool = peaks.size() == PoolPeaks.ALL ? ALL : Integer.toString(peaks.size());
    return peaks.groups().stream().map(group -> point(peaks, pool, group, time)).toList();
  }

  private static StorePoint point(
      PoolPeaks peaks, String pool, PoolPeaks.Group group, long epochNanos) {
    return new StorePoint(
        Measurement.POOL_PEAK,
        Parts.tags(
            "site",
            peaks.site(),
            "resource",
            peaks.resource().name(),
            "pool",
            pool,
            "pool_group",
            Integer.toString(group.index())),
        Map.of("peak_mebibytes", group.peakMebibytes(), "seen_mebibytes", group.seenMebibytes()),
        epochNanos);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.alerts.Quantity.Period;
import io.github.joulestream.energy.alerts.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The energy of a scope in buckets of a quarter of an hour: the hours, days and months of every
 * time zone begin with one. One thread.
 */
final class EnergyBuckets {
  static final long BUCKET_MILLIS = 900_000;

  // a month of 31 days and the week in which it may still be corrected, and a day
  private static final long KEPT_MILLIS = 39 * 86_400_000L;

  private final TreeMap<Long, Long> buckets = new TreeMap<>();

  /** Start of the bucket that holds this time. */
  static long start(long epochMillis) {
    return Math.floorDiv(epochMillis, BUCKET_MILLIS) * BUCKET_MILLIS;
  }

  /** Adds energy of that time; returns what its bucket then holds. */
  long add(long epochMillis, long millijoules) {
    return buckets.merge(start(epochMillis), millijoules, Math::addExact);
  }

  void set(long start, long millijoules) {
    buckets.put(start, millijoules);
  }

  /** The energy of a period so far, mJ. */
  long sum(Period period) {
    long sum = 0;
    for (long millijoules :
        buckets.subMap(period.startEpochMillis(), true, period.endEpochMillis(), false).values()) {
      sum += millijoules;
    }
    return sum;
  }

  /** Offers the energy of a period at the end of each full bucket before {@code now}. */
  void replay(Period period, long now, Samples samples) {
    long sum = 0;
    for (Map.Entry<Long, Long> entry :
        buckets.subMap(period.startEpochMillis(), true, start(now), false).entrySet()) {
      sum += entry.getValue();
      samples.offer(entry.getKey() + BUCKET_MILLIS, sum);
    }
  }

  /** Removes buckets that no period needs any more; returns their starts. */
  List<Long> removeBefore(long now) {
    Map<Long, Long> expired = buckets.headMap(now - KEPT_MILLIS);
    List<Long> starts = new ArrayList<>(expired.keySet());
    expired.clear();
    return starts;
  }

  /** Starts of all buckets. */
  List<Long> starts() {
    return List.copyOf(buckets.keySet());
  }
}

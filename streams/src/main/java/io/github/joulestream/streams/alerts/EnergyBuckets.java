// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.alerts.Quantity.Period;
import io.github.joulestream.energy.alerts.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The energy of a scope by quarters of an hour: every time zone's hours, days and months begin with
 * one. One thread.
 */
final class EnergyBuckets {
  static final long BUCKET_MILLIS = 900_000;

  // a month, and a week in which it may still be mended
  private static final long KEPT_MILLIS = 39 * 86_400_000L;

  private final TreeMap<Long, Long> buckets = new TreeMap<>();

  /** The bucket that this time is in. */
  static long bucket(long epochMillis) {
    return Math.floorDiv(epochMillis, BUCKET_MILLIS) * BUCKET_MILLIS;
  }

  /** Adds energy of that time; how much the bucket then holds. */
  long add(long epochMillis, long millijoules) {
    return buckets.merge(bucket(epochMillis), millijoules, Math::addExact);
  }

  void set(long bucket, long millijoules) {
    buckets.put(bucket, millijoules);
  }

  long sum(Period period) {
    long sum = 0;
    for (long part :
        buckets.subMap(period.startEpochMillis(), true, period.endEpochMillis(), false).values()) {
      sum += part;
    }
    return sum;
  }

  /** How the energy of a period rose to what it is, up to the last full bucket. */
  void recall(Period period, long now, Samples into) {
    long sum = 0;
    for (Map.Entry<Long, Long> entry :
        buckets.subMap(period.startEpochMillis(), true, bucket(now), false).entrySet()) {
      sum += entry.getValue();
      into.offer(entry.getKey() + BUCKET_MILLIS, sum);
    }
  }

  /** Forgets what no period needs any more; which buckets these were. */
  List<Long> forgetBefore(long now) {
    Map<Long, Long> over = buckets.headMap(now - KEPT_MILLIS);
    List<Long> keys = new ArrayList<>(over.keySet());
    over.clear();
    return keys;
  }

  Iterable<Long> bucketKeys() {
    return List.copyOf(buckets.keySet());
  }
}

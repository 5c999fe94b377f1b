// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import io.github.joulestream.runtime.NanoClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A token bucket for each of many: so many requests a second on average, and a few times as many at
 * once. Thread-safe; its memory has a bound, beyond which full buckets, which say nothing, are
 * dropped.
 */
final class RateLimit {
  private static final int MAX_BUCKETS = 10_000;
  private static final double NANOS = 1e9;

  private final double perSecond;
  private final double burst;
  private final NanoClock clock;
  private final Map<String, Bucket> buckets = new HashMap<>();

  private static final class Bucket {
    private double tokens;
    private long at;

    private Bucket(double tokens, long at) {
      this.tokens = tokens;
      this.at = at;
    }
  }

  /**
   * @param perSecond 0: not limited
   * @param burst how many at once, at least 1
   */
  RateLimit(double perSecond, int burst, NanoClock clock) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.clock = clock;
  }

  /**
   * Takes a token.
   *
   * @return zero if there was one, else the time until there is
   */
  synchronized Duration take(String who) {
    if (perSecond <= 0) {
      return Duration.ZERO;
    }
    long now = clock.nanos();
    if (buckets.size() >= MAX_BUCKETS && !buckets.containsKey(who)) {
      buckets.values().removeIf(bucket -> filled(bucket, now) >= burst);
      if (buckets.size() >= MAX_BUCKETS) {
        return Duration.ofSeconds(1);
      }
    }
    Bucket bucket = buckets.computeIfAbsent(who, key -> new Bucket(burst, now));
    bucket.tokens = filled(bucket, now);
    bucket.at = now;
    if (bucket.tokens < 1) {
      return Duration.ofNanos((long) Math.ceil((1 - bucket.tokens) / perSecond * NANOS));
    }
    bucket.tokens--;
    return Duration.ZERO;
  }

  private double filled(Bucket bucket, long now) {
    return Math.min(burst, bucket.tokens + (now - bucket.at) / NANOS * perSecond);
  }
}

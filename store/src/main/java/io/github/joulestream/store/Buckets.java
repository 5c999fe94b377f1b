// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import java.time.Duration;

/**
 * Where points go, by how long they are kept. InfluxDB keeps all that is in a bucket (1.x and 3.x:
 * database) for the same time, so there is one for each.
 */
public record Buckets(Bucket weeks, Bucket years) {
  /** What the names of both begin with if nothing else is said. */
  public static final String DEFAULT_NAME = "joulestream";

  /** A whole month, and the days it takes to look at it. */
  public static final Duration DEFAULT_WEEKS = Duration.ofDays(35);

  public static final Duration DEFAULT_YEARS = Duration.ofDays(3650);

  /**
   * @param kept how long what is in it is kept; zero: for ever
   */
  public record Bucket(String name, Duration kept) {
    public Bucket {
      if (name.isBlank()) {
        throw new IllegalArgumentException("a bucket needs a name");
      }
      if (kept.isNegative()) {
        throw new IllegalArgumentException("kept for %s".formatted(kept));
      }
    }
  }

  /** A bucket of this name, and one of this name with {@code -years} after it. */
  public static Buckets named(String name) {
    return new Buckets(new Bucket(name, DEFAULT_WEEKS), new Bucket(yearsName(name), DEFAULT_YEARS));
  }

  /** InfluxDB 3 takes no underscore. */
  public static String yearsName(String name) {
    return name + "-years";
  }

  /** All in one, for a store that has no buckets. */
  public static Buckets one(String name) {
    Bucket bucket = new Bucket(name, Duration.ZERO);
    return new Buckets(bucket, bucket);
  }

  public Bucket of(Retention keep) {
    return switch (keep) {
      case WEEKS -> weeks;
      case YEARS -> years;
    };
  }
}

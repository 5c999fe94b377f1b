// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

import java.time.Duration;

/**
 * Buckets by retention. InfluxDB keeps all points of a bucket (1.x and 3.x: database) for the same
 * time, so there is one for each retention.
 */
public record Buckets(Bucket days, Bucket weeks, Bucket years) {
  /** Default prefix of all names. */
  public static final String DEFAULT_NAME = "joulestream";

  /** Two weeks of each device. */
  public static final Duration DEFAULT_DAYS = Duration.ofDays(14);

  /** A calendar month, and some days to look at it. */
  public static final Duration DEFAULT_WEEKS = Duration.ofDays(35);

  /** Ten years. */
  public static final Duration DEFAULT_YEARS = Duration.ofDays(3650);

  /**
   * A bucket.
   *
   * @param retention how long its points are kept; zero: for ever
   */
  public record Bucket(String name, Duration retention) {
    public Bucket {
      if (name.isBlank()) {
        throw new IllegalArgumentException("a bucket needs a name");
      }
      if (retention.isNegative()) {
        throw new IllegalArgumentException("a retention of %s".formatted(retention));
      }
    }
  }

  /**
   * A bucket of this name, and two of this name with {@code -devices} and {@code -years} after it.
   */
  public static Buckets named(String name) {
    return new Buckets(
        new Bucket(devicesName(name), DEFAULT_DAYS),
        new Bucket(name, DEFAULT_WEEKS),
        new Bucket(yearsName(name), DEFAULT_YEARS));
  }

  /** Name of the bucket of devices. */
  public static String devicesName(String name) {
    return name + "-devices";
  }

  /** Name of the bucket for years; with a dash, because InfluxDB 3 takes no underscore. */
  public static String yearsName(String name) {
    return name + "-years";
  }

  /** All in one, for a store that has no buckets. */
  public static Buckets one(String name) {
    Bucket bucket = new Bucket(name, Duration.ZERO);
    return new Buckets(bucket, bucket, bucket);
  }

  /** The bucket for points of this retention. */
  public Bucket of(Retention retention) {
    return switch (retention) {
      case DAYS -> days;
      case WEEKS -> weeks;
      case YEARS -> years;
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.zip.CRC32C;

/**
 * When the next turn is due, by the monotonic clock: a whole number of intervals after the first,
 * however long the turns take. So delays do not add up, and a turn that takes too long costs only
 * the turns that it overlaps, which are counted. One thread.
 */
final class Pace {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long SPREAD_MILLIS = 1_000;

  private final long intervalNanos;
  private long due;
  private long skipped;

  /**
   * @param firstNanos when the first turn is due
   */
  Pace(long intervalNanos, long firstNanos) {
    if (intervalNanos <= 0) {
      throw new IllegalArgumentException("the interval is " + intervalNanos + " ns");
    }
    this.intervalNanos = intervalNanos;
    this.due = firstNanos;
  }

  /**
   * The pace of a node: its turns fall on a place within the second (within the interval, if that
   * is shorter) that depends on its name. So the agents of a site, whose clocks agree, spread their
   * messages, and none moves when it is started again.
   */
  static Pace of(String node, long intervalNanos, long nowNanos, long epochMillis) {
    long spread = Math.clamp(intervalNanos / NANOS_PER_MILLI, 1, SPREAD_MILLIS);
    return of(node, intervalNanos, spread, nowNanos, epochMillis);
  }

  /** As {@link #of}, with the turns of all nodes spread over the whole interval. */
  static Pace spread(String node, long intervalNanos, long nowNanos, long epochMillis) {
    long spread = Math.max(intervalNanos / NANOS_PER_MILLI, 1);
    return of(node, intervalNanos, spread, nowNanos, epochMillis);
  }

  private static Pace of(
      String node, long intervalNanos, long spreadMillis, long nowNanos, long epochMillis) {
    long wait = Math.floorMod(placeMillis(node, spreadMillis) - epochMillis, spreadMillis);
    return new Pace(intervalNanos, nowNanos + wait * NANOS_PER_MILLI);
  }

  /** A node's place within so many milliseconds. */
  static long placeMillis(String node, long spreadMillis) {
    CRC32C hash = new CRC32C();
    hash.update(node.getBytes(UTF_8));
    return hash.getValue() % spreadMillis;
  }

  /** How long to wait for the turn that is due; 0 or less if it is. */
  long waitNanos(long nowNanos) {
    return due - nowNanos;
  }

  /** A turn is over: the next one is due at the first place that is not past. */
  void turned(long nowNanos) {
    due += intervalNanos;
    long late = nowNanos - due;
    if (late > 0) {
      long missed = late / intervalNanos + 1;
      due += missed * intervalNanos;
      skipped += missed;
    }
  }

  /** Turns that were not taken. */
  long skipped() {
    return skipped;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;

import java.util.List;

/**
 * How many sums one record may add to the books: each takes memory, and readings of days apart, or
 * a counter's difference over a weekend, make thousands. What is over it is refused, so that no
 * record decides how much memory a program takes. One record uses one instance.
 */
final class SumRoom {
  /**
   * Sums of windows that one record may make, and one more step of a counter: at some 300 bytes
   * each 120 MB. A batch of an hour of the largest node, 4,096 devices, makes 360 windows of each
   * job. At twice that a stream thread needs twice the memory for one record.
   */
  static final int MAX_SUMS = 400_000;

  /**
   * Sums over which one step of a counter is spread at most: three days, 26,000 windows, of up to
   * five jobs. At twice that one reading could use up what a record may make.
   */
  static final int MAX_OF_A_STEP = 200_000;

  /**
   * Sums of windows of devices that one record may make, at some 200 bytes each 50 MB. After a
   * weekend without its agent each counter of a node makes 26,000: of ten devices they are booked
   * with the first batch, of the others with the next. At twice that a stream thread needs twice
   * the memory for one record.
   */
  static final int MAX_DEVICE_SUMS = 250_000;

  private final Increments books;
  private final int made;
  private final int devicesMade;

  SumRoom(Increments books) {
    this.books = books;
    this.made = books.made();
    this.devicesMade = books.devicesMade();
  }

  /** True if the record has made as many as it may. */
  boolean isSpent() {
    return left() <= 0;
  }

  private long left() {
    return Math.min(
        (long) MAX_SUMS - (books.made() - made),
        (long) MAX_DEVICE_SUMS - (books.devicesMade() - devicesMade));
  }

  /** How many of these points can be booked before it is spent. */
  int samplesWithin(List<Sample> points, long lastMillis, Shares shares, Limits limits) {
    long left = left();
    long before = lastMillis;
    int within = 0;
    for (Sample point : points) {
      if (left <= 0) {
        break;
      }
      long time = point.epochMillis();
      long from = before == DeviceAccount.NEVER || before > time ? time : before;
      boolean spread = time - from <= limits.longGapMillis() || point.microjoules() != MISSING;
      left -=
          spread && time - from <= limits.longestSpreadMillis()
              ? sums(from, time, shares, limits, MAX_OF_A_STEP)
              : 1;
      before = time;
      within++;
    }
    return within;
  }

  /** True if a counter's difference over this time is too many sums to be spread. */
  static boolean isTooMany(long from, long to, Shares shares, Limits limits) {
    return sums(from, to, shares, limits, MAX_OF_A_STEP) > MAX_OF_A_STEP;
  }

  /** Sums of windows between two times, of jobs and idle; a few more than {@code most} at most. */
  private static long sums(long from, long to, Shares shares, Limits limits, long most) {
    long sums = 0;
    for (int span = shares.spanAt(from);
        span < shares.spans() && shares.spanStart(span) < to && sums <= most;
        span++) {
      long millis = Math.min(to, shares.spanEnd(span)) - Math.max(from, shares.spanStart(span));
      sums += (millis / limits.windowMillis() + 1) * (2 + shares.jobsIn(span));
    }
    return sums;
  }
}

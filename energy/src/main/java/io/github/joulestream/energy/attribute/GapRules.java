// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Device;
import org.jspecify.annotations.Nullable;

/**
 * Books time without readings. A job that begins in it is booked with the power of the sample after
 * it, one that ends in it with the power of the sample before it, both no further than the gap
 * limit; all other time of jobs is uncovered, and of the time that nobody held the first hour.
 *
 * <pre>
 *   samples    o                                       o
 *   job a      =====]                                           held with the power before
 *   job b                                       [=======        held with the power after
 *   gap limit  |-------|                       |-------|
 *   uncovered        first hour of nobody's
 * </pre>
 */
final class GapRules {
  private final Limits limits;
  private final IntervalEnergy energy;

  /**
   * Time without readings.
   *
   * @param device whose time
   * @param fromMillis its start; {@code Long.MIN_VALUE} before the first sample of the device
   * @param before the sample at its start whose power may be held; null if there is none
   * @param toMillis its end
   * @param after the sample at its end whose power may be held; null if there is none
   * @param sinceMillis of the time after the gap limit only what does not end before this is
   *     booked; {@code Long.MIN_VALUE} for all of it
   */
  record Gap(
      Device device,
      long fromMillis,
      @Nullable Sample before,
      long toMillis,
      @Nullable Sample after,
      long sinceMillis) {

    /** The time before the first sample of a device. */
    static Gap before(Sample first) {
      return new Gap(
          first.device(), Long.MIN_VALUE, null, first.epochMillis(), first, Long.MIN_VALUE);
    }

    /** A long gap between two samples. */
    static Gap between(Sample before, Sample after) {
      return new Gap(
          after.device(), before.epochMillis(), before, after.epochMillis(), after, Long.MIN_VALUE);
    }

    /** The time between two samples without a power to hold. */
    static Gap withoutPower(Sample before, Sample after) {
      return new Gap(
          before.device(), before.epochMillis(), null, after.epochMillis(), null, Long.MIN_VALUE);
    }

    /** The time after the last sample of a device. */
    static Gap after(Sample last, long toMillis, long sinceMillis) {
      return new Gap(last.device(), last.epochMillis(), last, toMillis, null, sinceMillis);
    }

    private boolean hasStart() {
      return fromMillis != Long.MIN_VALUE;
    }
  }

  /**
   * Makes the rules of a node.
   *
   * @param energy takes what is held, for the booker
   */
  GapRules(Limits limits, IntervalEnergy energy) {
    this.limits = limits;
    this.energy = energy;
  }

  /** Books a gap. */
  void book(Gap gap, SegmentBooker booker, Shares shares, Increments books) {
    long from = gap.fromMillis;
    long to = gap.toMillis;
    int firstSpan = gap.hasStart() ? shares.spanAt(from) : 0;
    for (int span = firstSpan; span < shares.spans() && shares.spanStart(span) < to; span++) {
      if (gap.sinceMillis != Long.MIN_VALUE
          && shares.spanStart(span) >= from + limits.gapMillis()
          && shares.spanEnd(span) < gap.sinceMillis) {
        // the span of the moment before the change: the change cuts it, or makes it longer
        span = Math.max(span, shares.spanAt(gap.sinceMillis - 1));
      }
      Shares.Holders holders = shares.holders(span);
      long start = Math.max(from, shares.spanStart(span));
      long end = Math.min(to, shares.spanEnd(span));
      if (holders.nobody()) {
        if (gap.hasStart()) {
          // a device without a reading for longer than that is gone, not unknown
          long known = Math.min(end, from + limits.horizonMillis());
          uncovered(start, known, gap.device, holders, books);
        }
        continue;
      }
      long heldEnd = heldEnd(gap, start, end, shares, span);
      long heldStart = heldStart(gap, heldEnd, end, shares, span);
      if (heldEnd > start) {
        energy.hold(start, heldEnd, requireNonNull(gap.before));
        booker.book(energy, shares, books);
      }
      uncovered(heldEnd, heldStart, gap.device, holders, books);
      if (end > heldStart) {
        energy.hold(heldStart, end, requireNonNull(gap.after));
        booker.book(energy, shares, books);
      }
    }
  }

  /** Until when the power of the sample before is held in a span; its start if it is not. */
  private long heldEnd(Gap gap, long start, long end, Shares shares, int span) {
    long limit = gap.fromMillis + limits.gapMillis();
    return gap.before != null
            && gap.before.milliwatts() != MISSING
            && limit > start
            && anyEndsIn(shares, span, gap.toMillis)
        ? Math.clamp(limit, start, end)
        : start;
  }

  /** From when on the power of the sample after is held in a span; its end if it is not. */
  private long heldStart(Gap gap, long heldEnd, long end, Shares shares, int span) {
    long limit = gap.toMillis - limits.gapMillis();
    return gap.after != null
            && gap.after.milliwatts() != MISSING
            && limit < end
            && anyStartsIn(shares, span, gap.fromMillis)
        ? Math.clamp(limit, heldEnd, end)
        : end;
  }

  private static boolean anyEndsIn(Shares shares, int span, long to) {
    for (String job : shares.holders(span).jobs()) {
      if (shares.heldUntil(job, span) <= to) {
        return true;
      }
    }
    return false;
  }

  private static boolean anyStartsIn(Shares shares, int span, long from) {
    for (String job : shares.holders(span).jobs()) {
      if (shares.heldSince(job, span) > from) {
        return true;
      }
    }
    return false;
  }

  /**
   * Books time whose energy is unknown. A stretch of it that is longer than the limit of gaps is
   * one sum, in the window in which it begins: nothing is known that could differ by window, and a
   * year has three million of them. A correction that changes the stretch changes the reading or
   * the edge at which it begins, or one after: so it always reaches back to that window.
   */
  private void uncovered(
      long start, long end, Device device, Shares.Holders holders, Increments books) {
    boolean inOne = end - start > limits.longGapMillis();
    long at = start;
    while (at < end) {
      long window = limits.windowOf(at);
      long to = inOne ? end : Math.min(end, window + limits.windowMillis());
      books.uncovered(window, device, to - at);
      for (int i = 0; i < holders.jobs().size(); i++) {
        long held = (long) holders.weights()[i] * Shares.WHOLE / holders.weightSum();
        books.jobUncovered(window, holders.jobs().get(i), device, to - at, held);
      }
      at = to;
    }
  }
}

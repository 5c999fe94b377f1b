// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Quality;
import io.github.joulestream.energy.integrate.Interval;
import io.github.joulestream.energy.integrate.Plausibility;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The books of one device: takes its points in the order of time, integrates them, and books every
 * millijoule once. Mutable, for the hot path; owned by the {@link NodeAccount}.
 *
 * <pre>
 *   readings      o-------o------o---------o          power is straight between readings
 *   windows    |              |              |        cut at every multiple of 10 s
 *   job            [====================)             and where a job takes or gives back
 *   pieces         --- ----- -- --- -----  --
 * </pre>
 *
 * <p>How whole millijoules come about, so that it makes no difference how readings were batched or
 * in which order they came: within a window the energy F(t) since its start is kept in microjoules,
 * and R(t) is F(t) rounded to millijoules. A piece from a to b is R(b) - R(a): what is rounded off
 * is carried to the next piece, and all pieces of a window sum to R(end). Between two edges of the
 * allocations within a window (a segment) the energy since the segment's start is shared by largest
 * remainder, and a piece books what that changes: so all pieces of a segment sum to the largest
 * remainder split of the whole segment.
 *
 * <p>What was booked in a window therefore depends on the readings in and around it and on the
 * allocations alone. That makes a correction simple: book the window again as it was, with a minus,
 * and as it is now, with a plus.
 */
final class DeviceAccount {
  private static final long NEVER = Long.MIN_VALUE;
  private static final int IDLE_UTILISATION_PARTS = 500;

  private final Limits limits;
  private final Interval interval = new Interval();

  // the last point taken in
  private @Nullable Point last;
  // time of the first point ever
  private long firstMillis = NEVER;

  // where booking stands
  private long window = NEVER;
  private long windowMicrojoules;
  private long segmentStart = NEVER;
  private long segmentMillijoules;

  // true while what follows the last point is booked as held or uncovered
  private boolean tailBooked;

  private long[] before = new long[4];
  private long[] after = new long[4];

  DeviceAccount(Limits limits) {
    this.limits = limits;
  }

  @Nullable Point last() {
    return last;
  }

  long firstMillis() {
    return firstMillis;
  }

  void firstMillis(long epochMillis) {
    firstMillis = epochMillis;
  }

  /** Goes on from a point without booking anything before it. */
  void startAt(Point point) {
    last = point;
  }

  /** Takes in the next point; its time is after that of the last. */
  void advance(Point next, Shares shares, Increments books) {
    untail(shares, books);
    Point previous = last;
    if (previous == null) {
      firstMillis = next.epochMillis();
      gap(Long.MIN_VALUE, null, next.epochMillis(), next, shares, books);
    } else {
      between(previous, next, shares, books);
    }
    last = next;
  }

  /**
   * Books what is known to follow the last point: jobs that gave the device back since. Taken back
   * by the next {@link #advance}.
   */
  void tail(Shares shares, Increments books) {
    Point from = last;
    if (from == null || tailBooked) {
      return;
    }
    long end = shares.spanStart(shares.spans() - 1);
    if (end <= from.epochMillis()) {
      return;
    }
    bookTail(from, end, shares, books, 1);
    tailBooked = true;
  }

  /** Takes back what {@link #tail} booked. */
  void untail(Shares shares, Increments books) {
    if (tailBooked) {
      tailBooked = false;
      Point from = last;
      if (from != null) {
        bookTail(from, shares.spanStart(shares.spans() - 1), shares, books, -1);
      }
    }
  }

  private void bookTail(Point from, long end, Shares shares, Increments books, int sign) {
    long keptWindow = window;
    long keptMicrojoules = windowMicrojoules;
    long keptSegment = segmentStart;
    long keptMillijoules = segmentMillijoules;
    books.flip(sign);
    gap(from.epochMillis(), from, end, null, shares, books);
    books.flip(sign);
    window = keptWindow;
    windowMicrojoules = keptMicrojoules;
    segmentStart = keptSegment;
    segmentMillijoules = keptMillijoules;
  }

  // ---- between two points

  private void between(Point a, Point b, Shares shares, Increments books) {
    long length = b.epochMillis() - a.epochMillis();
    long counted = counterDifference(a, b, length);
    boolean powers = a.milliwatts() != MISSING && b.milliwatts() != MISSING;
    Quality quality;
    if (counted != MISSING) {
      quality = Quality.MEASURED;
      long from = powers ? a.milliwatts() : 0;
      long to = powers ? b.milliwatts() : 0;
      interval.ofCounter(a.epochMillis(), from, b.epochMillis(), to, counted);
    } else if (length > limits.longGapMillis()) {
      gap(a.epochMillis(), a, b.epochMillis(), b, shares, books);
      return;
    } else if (powers) {
      quality = length <= limits.gapMillis() ? Quality.MEASURED : Quality.ESTIMATED;
      interval.ofPower(a.epochMillis(), a.milliwatts(), b.epochMillis(), b.milliwatts());
    } else {
      // the counter began anew and only one end says its power: hold it
      long held = a.milliwatts() != MISSING ? a.milliwatts() : b.milliwatts();
      if (held == MISSING) {
        gap(a.epochMillis(), null, b.epochMillis(), null, shares, books);
        return;
      }
      quality = Quality.ESTIMATED;
      interval.ofPower(a.epochMillis(), held, b.epochMillis(), held);
    }
    if (b.device().source() == PowerSource.MODELLED) {
      quality = Quality.MODELLED;
    }
    book(a.epochMillis(), b.epochMillis(), b, quality, shares, books, false);
  }

  /** Energy by the counter, or MISSING if it cannot tell. */
  private static long counterDifference(Point a, Point b, long length) {
    if (a.microjoules() == MISSING
        || b.microjoules() == MISSING
        || a.device().counterEpoch() != b.device().counterEpoch()) {
      return MISSING;
    }
    long difference = b.microjoules() - a.microjoules();
    if (difference < 0) {
      return MISSING;
    }
    // more than the device can draw: the counter jumped
    double meanMilliwatts = (double) difference / length;
    return meanMilliwatts > Plausibility.ceilingMilliwatts(b.device()) ? MISSING : difference;
  }

  // ---- where nothing is known

  /**
   * Books time without readings, from {@code from} (or ever) to {@code to}. A job that begins in it
   * gets the power of the point after it, one that ends in it that of the point before it, both no
   * further than the gap limit; all else that jobs held is uncovered, and of what nobody held the
   * first hour.
   */
  private void gap(
      long from, @Nullable Point a, long to, @Nullable Point b, Shares shares, Increments books) {
    Device device = b != null ? b.device() : a != null ? a.device() : null;
    if (device == null) {
      device = requireNonNull(last, "last is null").device();
    }
    boolean wasSeen = from != Long.MIN_VALUE;
    int firstSpan = wasSeen ? shares.spanAt(from) : 0;
    for (int span = firstSpan; span < shares.spans() && shares.spanStart(span) < to; span++) {
      Shares.Holders holders = shares.holders(span);
      long start = Math.max(from, shares.spanStart(span));
      long end = Math.min(to, shares.spanEnd(span));
      if (holders.nobody()) {
        if (wasSeen) {
          // a device that says nothing for so long is gone, not unknown
          uncovered(start, Math.min(end, from + limits.horizonMillis()), device, holders, books);
        }
        continue;
      }
      // held after the point before, uncovered, held before the point after
      long heldEnd = start;
      if (a != null && a.milliwatts() != MISSING && anyEndsIn(holders, shares, span, to)) {
        heldEnd = Math.clamp(from + limits.gapMillis(), start, end);
      }
      long heldStart = end;
      if (b != null && b.milliwatts() != MISSING && anyStartsIn(holders, shares, span, from)) {
        heldStart = Math.clamp(to - limits.gapMillis(), heldEnd, end);
      }
      if (heldEnd > start) {
        hold(start, heldEnd, requireNonNull(a), shares, books);
      }
      uncovered(heldEnd, heldStart, device, holders, books);
      if (end > heldStart) {
        hold(heldStart, end, requireNonNull(b), shares, books);
      }
    }
  }

  private static boolean anyEndsIn(Shares.Holders holders, Shares shares, int span, long to) {
    for (String job : holders.jobs()) {
      if (shares.heldUntil(job, span) <= to) {
        return true;
      }
    }
    return false;
  }

  private static boolean anyStartsIn(Shares.Holders holders, Shares shares, int span, long from) {
    for (String job : holders.jobs()) {
      if (shares.heldSince(job, span) > from) {
        return true;
      }
    }
    return false;
  }

  private void hold(long start, long end, Point at, Shares shares, Increments books) {
    interval.ofPower(start, at.milliwatts(), end, at.milliwatts());
    Quality quality =
        at.device().source() == PowerSource.MODELLED ? Quality.MODELLED : Quality.ESTIMATED;
    book(start, end, at, quality, shares, books, true);
  }

  private void uncovered(
      long start, long end, Device device, Shares.Holders holders, Increments books) {
    long at = start;
    while (at < end) {
      long inWindow = limits.windowOf(at);
      long to = Math.min(end, inWindow + limits.windowMillis());
      books.uncovered(inWindow, device, to - at);
      for (int i = 0; i < holders.jobs().size(); i++) {
        long parts = (long) holders.weights()[i] * Shares.WHOLE / holders.weightSum();
        books.jobUncovered(inWindow, holders.jobs().get(i), device, to - at, parts);
      }
      at = to;
    }
  }

  // ---- booking

  /**
   * Books the energy of {@link #interval}, which starts at {@code from}, piece by piece.
   *
   * @param heldOnly true where there is energy for jobs alone, nobody having measured the rest
   */
  private void book(
      long from,
      long to,
      Point point,
      Quality quality,
      Shares shares,
      Increments books,
      boolean heldOnly) {
    long bookedMicrojoules = 0;
    long at = from;
    int span = shares.spanAt(from);
    while (at < to) {
      if (shares.spanEnd(span) <= at) {
        span++;
        continue;
      }
      long inWindow = limits.windowOf(at);
      long end = Math.min(to, Math.min(inWindow + limits.windowMillis(), shares.spanEnd(span)));
      long untilEnd = interval.microjoulesTo(end);
      piece(
          at,
          end,
          inWindow,
          untilEnd - bookedMicrojoules,
          span,
          point,
          quality,
          shares,
          books,
          heldOnly);
      bookedMicrojoules = untilEnd;
      at = end;
    }
  }

  private void piece(
      long at,
      long end,
      long inWindow,
      long microjoules,
      int span,
      Point point,
      Quality quality,
      Shares shares,
      Increments books,
      boolean heldOnly) {
    Device device = point.device();
    if (inWindow != window) {
      window = inWindow;
      windowMicrojoules = 0;
      segmentStart = NEVER;
    }
    long start = Math.max(inWindow, shares.spanStart(span));
    if (start != segmentStart) {
      segmentStart = start;
      segmentMillijoules = 0;
    }
    long roundedBefore = rounded(windowMicrojoules);
    windowMicrojoules += microjoules;
    long millijoules = rounded(windowMicrojoules) - roundedBefore;

    long utilisation = point.utilisationParts();
    boolean idling =
        device.kind() == DeviceKind.GPU
            && utilisation != MISSING
            && utilisation < IDLE_UTILISATION_PARTS;
    Shares.Holders holders = shares.holders(span);
    long millis = end - at;
    int jobs = holders.jobs().size();
    int weightSum = holders.weightSum();
    if (jobs == 0) {
      books.measured(inWindow, device, millijoules, quality);
      books.idle(inWindow, device, millijoules);
      books.time(inWindow, device, millis, 0, utilisation, point.usedBytes());
      segmentMillijoules += millijoules;
      return;
    }
    if (before.length < jobs + 1) {
      before = new long[2 * jobs + 1];
      after = new long[2 * jobs + 1];
    }
    Split.largestRemainder(segmentMillijoules, holders.weights(), before);
    segmentMillijoules += millijoules;
    Split.largestRemainder(segmentMillijoules, holders.weights(), after);
    long toJobs = 0;
    for (int i = 0; i < jobs; i++) {
      long part = after[i] - before[i];
      toJobs += part;
      String job = holders.jobs().get(i);
      long parts = (long) holders.weights()[i] * Shares.WHOLE / weightSum;
      books.job(inWindow, job, device, part, quality, idling);
      books.jobTime(inWindow, job, device, millis, parts, utilisation);
    }
    long idleWeight = holders.weights()[jobs];
    books.time(
        inWindow,
        device,
        millis,
        Shares.WHOLE - idleWeight * Shares.WHOLE / weightSum,
        utilisation,
        point.usedBytes());
    if (heldOnly) {
      books.measured(inWindow, device, toJobs, quality);
    } else {
      books.measured(inWindow, device, millijoules, quality);
      books.idle(inWindow, device, after[jobs] - before[jobs]);
    }
  }

  private static long rounded(long microjoules) {
    return (microjoules + 500) / 1000;
  }

  // ---- state

  void write(DataOutput out) throws IOException {
    Point point = requireNonNull(last, "a device without a reading has no state");
    out.writeLong(point.epochMillis());
    out.writeLong(point.milliwatts());
    out.writeLong(point.microjoules());
    out.writeLong(point.utilisationParts());
    out.writeLong(point.usedBytes());
    out.writeLong(firstMillis);
    out.writeLong(window);
    out.writeLong(windowMicrojoules);
    out.writeLong(segmentStart);
    out.writeLong(segmentMillijoules);
    out.writeBoolean(tailBooked);
    DeviceCodec.write(point.device(), out);
  }

  static DeviceAccount read(DataInput in, Limits limits) throws IOException {
    DeviceAccount account = new DeviceAccount(limits);
    long epochMillis = in.readLong();
    long milliwatts = in.readLong();
    long microjoules = in.readLong();
    long utilisationParts = in.readLong();
    long usedBytes = in.readLong();
    account.firstMillis = in.readLong();
    account.window = in.readLong();
    account.windowMicrojoules = in.readLong();
    account.segmentStart = in.readLong();
    account.segmentMillijoules = in.readLong();
    account.tailBooked = in.readBoolean();
    Device device = DeviceCodec.read(in);
    account.last =
        new Point(device, epochMillis, milliwatts, microjoules, utilisationParts, usedBytes);
    return account;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.NodePower.GpuPower;
import io.github.joulestream.energy.Quality;
import io.github.joulestream.energy.SiteAmount;
import java.io.IOException;
import java.util.List;

/**
 * Books the energy of one device in whole millijoules, by window and by job. Mutable, for the hot
 * path; owned by the {@link DeviceAccount}.
 *
 * <pre>
 *   samples       o-------o------o---------o
 *   windows    |              |              |        cut at every multiple of 10 s
 *   segments   |   |          |          |   |        and where the shares of the device change
 *   pieces         --- ----- -- --- -----  --
 * </pre>
 *
 * <p>How whole millijoules are made, so that it makes no difference how samples were batched or in
 * which order they came: within a window the energy F(t) since its start is kept in microjoules,
 * and R(t) is F(t) rounded to millijoules. A piece from a to b is R(b) - R(a): what is rounded off
 * is carried to the next piece, and all pieces of a window sum to R(end). Between two edges of the
 * shares within a window (a segment) the energy since the segment's start is shared by largest
 * remainder, and a piece books the difference to what was booked before: so all pieces of a segment
 * sum to the largest remainder split of the segment.
 *
 * <p>Example: 500 mW from 12:00:00.000 to 12:00:00.003 and on to .006 are 1,500 and 3,000 µJ. The
 * first piece is R = 2 mJ (rounded half up), the second 3 - 2 = 1 mJ. Jobs a and b with half of the
 * device each: the first piece splits 2 mJ to 1 and 1; the second splits 3 mJ to 2 and 1, and books
 * 1 and 0.
 */
final class SegmentBooker {
  private final Scratch scratch;
  private long window = DeviceAccount.NEVER;
  private long windowMicrojoules;
  private long segmentStart = DeviceAccount.NEVER;
  private long segmentMillijoules;

  SegmentBooker(Scratch scratch) {
    this.scratch = scratch;
  }

  /** Books the energy of an interval, piece by piece. */
  void book(IntervalEnergy energy, Shares shares, Increments books) {
    Limits limits = scratch.limits;
    long bookedMicrojoules = 0;
    long at = energy.fromMillis();
    long to = energy.toMillis();
    int span = shares.spanAt(at);
    while (at < to) {
      if (shares.spanEnd(span) <= at) {
        span++;
        continue;
      }
      long inWindow = limits.windowOf(at);
      long end = Math.min(to, Math.min(inWindow + limits.windowMillis(), shares.spanEnd(span)));
      long untilEnd = energy.microjoulesTo(end);
      enter(inWindow, Math.max(inWindow, shares.spanStart(span)));
      piece(end - at, untilEnd - bookedMicrojoules, energy, shares.holders(span), books);
      bookedMicrojoules = untilEnd;
      at = end;
    }
  }

  private void enter(long newWindow, long newSegmentStart) {
    if (newWindow != window) {
      window = newWindow;
      windowMicrojoules = 0;
      segmentStart = DeviceAccount.NEVER;
    }
    if (newSegmentStart != segmentStart) {
      segmentStart = newSegmentStart;
      segmentMillijoules = 0;
    }
  }

  private void piece(
      long millis,
      long microjoules,
      IntervalEnergy energy,
      Shares.Holders holders,
      Increments books) {
    long roundedBefore = rounded(windowMicrojoules);
    windowMicrojoules += microjoules;
    long millijoules = rounded(windowMicrojoules) - roundedBefore;

    Device device = energy.device();
    Quality quality = energy.quality();
    long utilisation = energy.utilisationBasisPoints();
    long used = energy.usedBytes();
    boolean inTotal = books.inTotal(device, window);
    if (!energy.isOfJobsOnly()) {
      books.power(window, device, microjoules, millis);
    }
    if (holders.nobody()) {
      books.measured(window, device, inTotal, millijoules, quality);
      books.idle(window, device, inTotal, millijoules);
      books.time(window, device, inTotal, millis, 0, utilisation, used);
      segmentMillijoules += millijoules;
      return;
    }
    boolean heldIdle =
        device.kind() == DeviceKind.GPU
            && utilisation != MISSING
            && utilisation < GpuPower.MIN_BUSY_BASIS_POINTS;
    String owner = holders.owner();
    if (owner != null) {
      // most devices, most of the time
      books.measured(window, device, inTotal, millijoules, quality);
      books.job(window, owner, device, inTotal, millijoules, quality, heldIdle, true);
      books.jobTime(window, owner, device, inTotal, millis, Shares.WHOLE, utilisation);
      books.time(window, device, inTotal, millis, Shares.WHOLE, utilisation, used);
      segmentMillijoules += millijoules;
      return;
    }
    List<String> jobs = holders.jobs();
    int[] weights = holders.weights();
    int weightSum = holders.weightSum();
    scratch.reserve(jobs.size() + 1);
    long[] before = scratch.before;
    long[] after = scratch.after;
    if (weightSum > Shares.WHOLE) {
      books.note(window, SiteAmount.OVERBOOKED_MILLIS, millis);
    }
    Split.largestRemainder(segmentMillijoules, weights, before);
    segmentMillijoules += millijoules;
    Split.largestRemainder(segmentMillijoules, weights, after);
    long toJobs = 0;
    for (int i = 0; i < jobs.size(); i++) {
      long ofJob = after[i] - before[i];
      toJobs += ofJob;
      String job = jobs.get(i);
      long held = (long) weights[i] * Shares.WHOLE / weightSum;
      books.job(window, job, device, inTotal, ofJob, quality, heldIdle, false);
      books.jobTime(window, job, device, inTotal, millis, held, utilisation);
    }
    long idleWeight = weights[jobs.size()];
    long allocated = Shares.WHOLE - idleWeight * Shares.WHOLE / weightSum;
    books.time(window, device, inTotal, millis, allocated, utilisation, used);
    if (energy.isOfJobsOnly()) {
      books.measured(window, device, inTotal, toJobs, quality);
    } else {
      books.measured(window, device, inTotal, millijoules, quality);
      books.idle(window, device, inTotal, after[jobs.size()] - before[jobs.size()]);
    }
  }

  private static long rounded(long microjoules) {
    return (microjoules + 500) / 1000;
  }

  /** Another one that continues from where this one is. */
  SegmentBooker copy() {
    SegmentBooker copy = new SegmentBooker(scratch);
    copy.copyFrom(this);
    return copy;
  }

  void copyFrom(SegmentBooker other) {
    window = other.window;
    windowMicrojoules = other.windowMicrojoules;
    copySegmentFrom(other);
  }

  /** Takes over the segment of a booker of the same samples and other shares. */
  void copySegmentFrom(SegmentBooker other) {
    segmentStart = other.segmentStart;
    segmentMillijoules = other.segmentMillijoules;
  }

  void write(StateWriter out) throws IOException {
    out.writeLong(window);
    out.writeLong(windowMicrojoules);
    out.writeLong(segmentStart);
    out.writeLong(segmentMillijoules);
  }

  void read(StateReader in) throws IOException {
    window = in.readLong();
    windowMicrojoules = in.readLong();
    segmentStart = in.readLong();
    segmentMillijoules = in.readLong();
  }
}

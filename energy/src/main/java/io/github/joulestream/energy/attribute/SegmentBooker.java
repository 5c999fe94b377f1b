// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.io.IOException;

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

  /** Books the energy of an interval. */
  void book(IntervalEnergy energy, Shares shares, Increments books) {
    scratch.pieces.reset();
    add(energy, shares, books);
    flush(books);
  }

  /**
   * Adds up the energy of an interval, piece by piece. Of a device's intervals that follow one
   * another each is added, between {@link Pieces#reset} and {@link #flush}; what is of other
   * segments than the last is booked here.
   */
  void add(IntervalEnergy energy, Shares shares, Increments books) {
    if (scratch.pieces.holds(energy.toMillis())) {
      // most intervals lie within the segment of the one before
      piece(energy.toMillis() - energy.fromMillis(), energy.microjoules(), energy, books);
      return;
    }
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
      long segmentEnd = Math.min(inWindow + limits.windowMillis(), shares.spanEnd(span));
      long end = Math.min(to, segmentEnd);
      long untilEnd = energy.microjoulesTo(end);
      flush(books);
      enter(inWindow, Math.max(inWindow, shares.spanStart(span)));
      scratch.pieces.enter(inWindow, segmentEnd, shares.holders(span));
      piece(end - at, untilEnd - bookedMicrojoules, energy, books);
      bookedMicrojoules = untilEnd;
      at = end;
    }
  }

  /** Books what was added up. */
  void flush(Increments books) {
    if (scratch.pieces.isOpen()) {
      scratch.pieces.book(scratch, books);
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

  private void piece(long millis, long microjoules, IntervalEnergy energy, Increments books) {
    long roundedBefore = rounded(windowMicrojoules);
    windowMicrojoules += microjoules;
    long millijoules = rounded(windowMicrojoules) - roundedBefore;
    Pieces pieces = scratch.pieces;
    if (!pieces.takes(energy)) {
      flush(books);
      pieces.begin(energy, segmentMillijoules);
    }
    pieces.add(millis, microjoules, millijoules, energy);
    segmentMillijoules += millijoules;
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

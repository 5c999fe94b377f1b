// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.NodePower.GpuPower;
import io.github.joulestream.energy.Quality;
import io.github.joulestream.energy.SiteAmount;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of one device that follow one another in one segment and count in the same amounts: they
 * are added up here and booked once, for the samples of a batch are often all of one segment. Each
 * time is rounded down piece by piece, as if the piece were booked alone, so that it makes no
 * difference how samples were batched. Energy needs no such care: see {@link SegmentBooker}.
 *
 * <p>Mutable, for the hot path: a node has one, which is empty between two intervals of {@link
 * SegmentBooker#book} and after {@link SegmentBooker#flush}.
 */
final class Pieces {
  private static final long MEBIBYTE = 1 << 20;

  private boolean open;
  // what all pieces have in common
  private @Nullable Device device;
  private Shares.Holders holders = Shares.Holders.NONE;
  private Quality quality = Quality.MEASURED;
  private boolean heldIdle;
  private boolean ofJobsOnly;
  private long window;
  private long endMillis;
  // energy of the segment before the first piece
  private long segmentMillijoules;

  private long millijoules;
  private long peakMilliwatts;
  private long millis;
  private long allocatedMillis;
  private long utilisationMillis;
  private long busyMillis;
  private long usedMillis;
  private long usedMebibyteMillis;

  // of a device that jobs share: its weight, 1/10,000, and of each job the same, and the times
  private long allocatedBasisPoints;
  private int sharing;
  private long[] heldBasisPoints = new long[4];
  private long[] heldMillis = new long[4];
  private long[] heldBusyMillis = new long[4];

  /** Drops what a failed record left. */
  void reset() {
    open = false;
  }

  boolean isOpen() {
    return open;
  }

  /** True if a piece that ends then is of the same segment. */
  boolean holds(long toMillis) {
    return open && toMillis <= endMillis;
  }

  /**
   * Enters a segment, without a piece.
   *
   * @param newWindow start of its window
   * @param newEndMillis its end: of the window, or where the shares change
   */
  void enter(long newWindow, long newEndMillis, Shares.Holders newHolders) {
    window = newWindow;
    endMillis = newEndMillis;
    holders = newHolders;
  }

  /** True if a piece of the same segment counts in the same amounts. */
  boolean takes(IntervalEnergy piece) {
    return open && quality == piece.quality() && heldIdle == isHeldIdle(piece);
  }

  private boolean isHeldIdle(IntervalEnergy piece) {
    long utilisation = piece.utilisationBasisPoints();
    return utilisation < GpuPower.MIN_BUSY_BASIS_POINTS
        && utilisation != MISSING
        && piece.device().kind() == DeviceKind.GPU
        && !holders.nobody();
  }

  /**
   * Begins with pieces like this one, but without any.
   *
   * @param bookedMillijoules energy of the segment that is booked
   */
  void begin(IntervalEnergy piece, long bookedMillijoules) {
    device = piece.device();
    quality = piece.quality();
    ofJobsOnly = piece.isOfJobsOnly();
    heldIdle = isHeldIdle(piece);
    segmentMillijoules = bookedMillijoules;
    millijoules = 0;
    peakMilliwatts = 0;
    millis = 0;
    allocatedMillis = 0;
    utilisationMillis = 0;
    busyMillis = 0;
    usedMillis = 0;
    usedMebibyteMillis = 0;
    sharing = 0;
    if (holders.owner() == null && !holders.nobody()) {
      share(holders);
    }
    open = true;
  }

  private void share(Shares.Holders among) {
    int[] weights = among.weights();
    sharing = among.jobs().size();
    if (heldMillis.length < sharing) {
      heldBasisPoints = new long[2 * sharing];
      heldMillis = new long[2 * sharing];
      heldBusyMillis = new long[2 * sharing];
    }
    for (int i = 0; i < sharing; i++) {
      heldBasisPoints[i] = (long) weights[i] * Shares.WHOLE / among.weightSum();
      heldMillis[i] = 0;
      heldBusyMillis[i] = 0;
    }
    allocatedBasisPoints =
        Shares.WHOLE - (long) weights[sharing] * Shares.WHOLE / among.weightSum();
  }

  /**
   * Adds a piece.
   *
   * @param interval that it is of
   */
  void add(long ofMillis, long microjoules, long ofMillijoules, IntervalEnergy interval) {
    long utilisationBasisPoints = interval.utilisationBasisPoints();
    long usedBytes = interval.usedBytes();
    millijoules = addExact(millijoules, ofMillijoules);
    millis += ofMillis;
    // a division takes as long as all else here, and most pieces are no peak
    if (microjoules > (double) peakMilliwatts * ofMillis) {
      // a microjoule a millisecond is a milliwatt
      peakMilliwatts = Math.max(peakMilliwatts, microjoules / ofMillis);
    }
    if (utilisationBasisPoints != MISSING) {
      utilisationMillis += ofMillis;
      busyMillis += ofMillis * utilisationBasisPoints / Shares.WHOLE;
    }
    if (usedBytes != MISSING) {
      usedMillis += ofMillis;
      usedMebibyteMillis =
          addExact(usedMebibyteMillis, multiplyExact(usedBytes / MEBIBYTE, ofMillis));
    }
    if (sharing > 0) {
      addShared(ofMillis, utilisationBasisPoints);
    }
  }

  private void addShared(long ofMillis, long utilisationBasisPoints) {
    allocatedMillis += ofMillis * allocatedBasisPoints / Shares.WHOLE;
    for (int i = 0; i < sharing; i++) {
      long held = ofMillis * heldBasisPoints[i] / Shares.WHOLE;
      heldMillis[i] += held;
      if (utilisationBasisPoints != MISSING) {
        heldBusyMillis[i] += held * utilisationBasisPoints / Shares.WHOLE;
      }
    }
  }

  /** Books all pieces, and is empty then. */
  void book(Scratch scratch, Increments books) {
    open = false;
    Device of = device();
    boolean inTotal = books.inTotal(of, window);
    if (!ofJobsOnly) {
      books.power(window, of, peakMilliwatts);
    }
    String owner = holders.owner();
    if (holders.nobody()) {
      books.measured(window, of, inTotal, millijoules, quality);
      books.idle(window, of, inTotal, millijoules);
    } else if (owner != null) {
      // most devices, most of the time
      allocatedMillis = millis;
      books.measured(window, of, inTotal, millijoules, quality);
      books.job(window, owner, of, inTotal, millijoules, quality, heldIdle, true);
      books.jobTime(window, owner, of, inTotal, millis, busyMillis);
    } else {
      bookShared(of, inTotal, scratch, books);
    }
    books.time(window, of, inTotal, this);
  }

  private void bookShared(Device of, boolean inTotal, Scratch scratch, Increments books) {
    List<String> jobs = holders.jobs();
    int[] weights = holders.weights();
    scratch.reserve(sharing + 1);
    long[] before = scratch.before;
    long[] after = scratch.after;
    if (holders.weightSum() > Shares.WHOLE) {
      books.note(window, SiteAmount.OVERBOOKED_MILLIS, millis);
    }
    Split.largestRemainder(segmentMillijoules, weights, before);
    Split.largestRemainder(addExact(segmentMillijoules, millijoules), weights, after);
    long toJobs = 0;
    for (int i = 0; i < sharing; i++) {
      long ofJob = after[i] - before[i];
      toJobs += ofJob;
      String job = jobs.get(i);
      books.job(window, job, of, inTotal, ofJob, quality, heldIdle, false);
      books.jobTime(window, job, of, inTotal, heldMillis[i], heldBusyMillis[i]);
    }
    if (ofJobsOnly) {
      books.measured(window, of, inTotal, toJobs, quality);
    } else {
      books.measured(window, of, inTotal, millijoules, quality);
      books.idle(window, of, inTotal, after[sharing] - before[sharing]);
    }
  }

  private Device device() {
    return requireNonNull(device, "nothing was begun");
  }

  /** Time of all pieces, ms. */
  long millis() {
    return millis;
  }

  /** Of it, the time that jobs held the device, by their shares. */
  long allocatedMillis() {
    return allocatedMillis;
  }

  /** Of it, the time with known utilisation. */
  long utilisationMillis() {
    return utilisationMillis;
  }

  /** Time by utilisation. */
  long busyMillis() {
    return busyMillis;
  }

  /** The time with known use of its bytes. */
  long usedMillis() {
    return usedMillis;
  }

  /** MiB in use, times milliseconds. */
  long usedMebibyteMillis() {
    return usedMebibyteMillis;
  }
}

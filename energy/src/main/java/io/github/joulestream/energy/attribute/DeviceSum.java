// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static java.lang.Math.addExact;

import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.Totals;
import org.jspecify.annotations.Nullable;

/**
 * The amounts of a device in a window. Those that every reading adds to are fields of their own, in
 * two lines of a processor's cache where {@link Totals} of all amounts take seven; those of
 * statuses are made when there is one. Mutable, for the hot path.
 */
final class DeviceSum {
  /** Numbers that {@link #save} writes. */
  static final int SAVED = 13;

  final long window;
  private long energy;
  private long inKind;
  private long inTotal;
  private long heldIdle;
  private long covered;
  private long uncovered;
  private long allocated;
  private long busy;
  private long utilisation;
  private long usedMebibytes;
  private long used;
  private long peakMilliwatts;
  private long mark;
  private @Nullable Totals<DeviceAmount> status;

  DeviceSum(long window) {
    this.window = window;
  }

  // ---- additions

  /** Adds energy, with its sign. */
  void energy(boolean countsInKind, boolean countsInTotal, long millijoules) {
    energy = addExact(energy, millijoules);
    if (countsInKind) {
      inKind = addExact(inKind, millijoules);
    }
    if (countsInTotal) {
      inTotal = addExact(inTotal, millijoules);
    }
  }

  void heldIdle(long millijoules) {
    heldIdle = addExact(heldIdle, millijoules);
  }

  /** A mean power, which may be the highest. */
  void power(long milliwatts) {
    peakMilliwatts = Math.max(peakMilliwatts, milliwatts);
  }

  /** Adds time with known energy, with its sign. */
  void time(Pieces pieces, int sign) {
    covered = addExact(covered, sign * pieces.millis());
    allocated = addExact(allocated, sign * pieces.allocatedMillis());
    busy = addExact(busy, sign * pieces.busyMillis());
    utilisation = addExact(utilisation, sign * pieces.utilisationMillis());
    usedMebibytes = addExact(usedMebibytes, sign * pieces.usedMebibyteMillis());
    used = addExact(used, sign * pieces.usedMillis());
  }

  void uncovered(long millis) {
    uncovered = addExact(uncovered, millis);
  }

  /** The amounts of statuses, to be added to; {@link Undo} takes note of them by themselves. */
  Totals<DeviceAmount> status() {
    Totals<DeviceAmount> known = status;
    if (known == null) {
      known = Totals.ofDevice();
      status = known;
    }
    return known;
  }

  /** Adds another sum. */
  void add(DeviceSum that, Undo undo) {
    energy = addExact(energy, that.energy);
    inKind = addExact(inKind, that.inKind);
    inTotal = addExact(inTotal, that.inTotal);
    heldIdle = addExact(heldIdle, that.heldIdle);
    covered = addExact(covered, that.covered);
    uncovered = addExact(uncovered, that.uncovered);
    allocated = addExact(allocated, that.allocated);
    busy = addExact(busy, that.busy);
    utilisation = addExact(utilisation, that.utilisation);
    usedMebibytes = addExact(usedMebibytes, that.usedMebibytes);
    used = addExact(used, that.used);
    peakMilliwatts = Math.max(peakMilliwatts, that.peakMilliwatts);
    if (that.status != null) {
      undo.touched(status());
      status().addAll(that.status);
    }
  }

  // ---- undo

  /** As {@link Totals#mark}. */
  boolean mark(long newMark) {
    boolean isNew = mark != newMark;
    mark = newMark;
    return isNew;
  }

  /** Copies all but the amounts of statuses to {@code to}, from {@code at} on. */
  void save(long[] to, int at) {
    to[at] = energy;
    to[at + 1] = inKind;
    to[at + 2] = inTotal;
    to[at + 3] = heldIdle;
    to[at + 4] = covered;
    to[at + 5] = uncovered;
    to[at + 6] = allocated;
    to[at + 7] = busy;
    to[at + 8] = utilisation;
    to[at + 9] = usedMebibytes;
    to[at + 10] = used;
    to[at + 11] = peakMilliwatts;
    to[at + 12] = status == null ? 0 : 1;
  }

  /** Sets all to what {@link #save} copied; amounts of statuses that were not there are gone. */
  void restore(long[] from, int at) {
    energy = from[at];
    inKind = from[at + 1];
    inTotal = from[at + 2];
    heldIdle = from[at + 3];
    covered = from[at + 4];
    uncovered = from[at + 5];
    allocated = from[at + 6];
    busy = from[at + 7];
    utilisation = from[at + 8];
    usedMebibytes = from[at + 9];
    used = from[at + 10];
    peakMilliwatts = from[at + 11];
    if (from[at + 12] == 0) {
      status = null;
    }
  }

  // ---- all amounts

  /** True if all that adds up is zero, whatever the peaks are. */
  boolean areSumsZero() {
    return (energy
                | inKind
                | inTotal
                | heldIdle
                | covered
                | uncovered
                | allocated
                | busy
                | utilisation
                | usedMebibytes
                | used)
            == 0
        && (status == null || status.areSumsZero());
  }

  /** All amounts, as an object of their own. */
  Totals<DeviceAmount> totals() {
    Totals<DeviceAmount> all = status == null ? Totals.ofDevice() : status.copy();
    all.set(DeviceAmount.ENERGY_MILLIJOULES, energy);
    all.set(DeviceAmount.KIND_MILLIJOULES, inKind);
    all.set(DeviceAmount.TOTAL_MILLIJOULES, inTotal);
    all.set(DeviceAmount.HELD_IDLE_MILLIJOULES, heldIdle);
    all.set(DeviceAmount.COVERED_MILLIS, covered);
    all.set(DeviceAmount.UNCOVERED_MILLIS, uncovered);
    all.set(DeviceAmount.ALLOCATED_MILLIS, allocated);
    all.set(DeviceAmount.BUSY_MILLIS, busy);
    all.set(DeviceAmount.UTILISATION_MILLIS, utilisation);
    all.set(DeviceAmount.USED_MEBIBYTE_MILLIS, usedMebibytes);
    all.set(DeviceAmount.USED_MILLIS, used);
    all.set(DeviceAmount.PEAK_MILLIWATTS, peakMilliwatts);
    return all;
  }
}

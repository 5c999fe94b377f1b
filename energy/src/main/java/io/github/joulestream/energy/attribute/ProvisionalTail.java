// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.attribute.GapRules.Gap;
import org.jspecify.annotations.Nullable;

/**
 * What is booked of the time after the last sample of a device: of jobs that released it since. The
 * next sample takes it back. Mutable; owned by the {@link DeviceAccount}.
 */
final class ProvisionalTail {
  private final GapRules gapRules;
  private boolean booked;

  ProvisionalTail(GapRules gapRules) {
    this.gapRules = gapRules;
  }

  boolean isBooked() {
    return booked;
  }

  /** Sets whether it is booked, of an account that is copied or read. */
  void setBooked(boolean isBooked) {
    booked = isBooked;
  }

  /** True if jobs released the device after its last sample. */
  static boolean isDue(@Nullable Sample last, Shares shares) {
    return last != null && shares.lastStart() > last.epochMillis();
  }

  /** Books it, if it is due and not booked. */
  void book(@Nullable Sample last, SegmentBooker booker, Shares shares, Increments books) {
    if (!booked && isDue(last, shares)) {
      booked = true;
      repeat(last, booker, shares, books);
    }
  }

  /** Takes back what {@link #book} booked, if it did. */
  void undo(@Nullable Sample last, SegmentBooker booker, Shares shares, Increments books) {
    books.invertSign();
    repeat(last, booker, shares, books);
    books.invertSign();
    booked = false;
  }

  /** Books once more what {@link #book} booked, if it did. */
  void repeat(@Nullable Sample last, SegmentBooker booker, Shares shares, Increments books) {
    if (booked) {
      book(requireNonNull(last), Long.MIN_VALUE, booker, shares, books);
    }
  }

  /**
   * Books it by other shares: only what changes, however much is booked.
   *
   * @param change the first time at which the shares differ, not before the last sample
   */
  void rebook(
      Sample last, SegmentBooker booker, Shares old, Shares now, long change, Increments books) {
    long since = Math.min(change, Math.min(old.lastStart(), now.lastStart()));
    books.invertSign();
    book(last, since, booker, old, books);
    books.invertSign();
    booked = isDue(last, now);
    if (booked) {
      book(last, since, booker, now, books);
    }
  }

  /** The next sample continues from where the booker is: it books with a copy. */
  private void book(
      Sample last, long since, SegmentBooker booker, Shares shares, Increments books) {
    gapRules.book(Gap.after(last, shares.lastStart(), since), booker.copy(), shares, books);
  }
}

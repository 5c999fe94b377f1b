// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.SiteAmount;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Compares the counter of a device with its power sensor, minute by minute: a minute in which they
 * differ by more than a quarter is counted as {@link SiteAmount#DISAGREEING_MINUTES}. Mutable, for
 * the hot path; owned by the {@link DeviceAccount}.
 */
final class PowerCrossCheck {
  private static final long MINUTE_MILLIS = 60_000;
  // less of a minute is not compared: the edges of the intervals would decide
  private static final long MIN_COMPARED_MILLIS = 50_000;

  private final Limits limits;
  private long minute = DeviceAccount.NEVER;
  private long comparedMillis;
  private long byCounterMicrojoules;
  private long byPowerMicrojoules;

  PowerCrossCheck(Limits limits) {
    this.limits = limits;
  }

  /** Adds an interval that begins in the minute of the last {@link #moveTo}. */
  void add(long millis, long byCounter, long byPower) {
    comparedMillis += millis;
    byCounterMicrojoules += byCounter;
    byPowerMicrojoules += byPower;
  }

  /** Moves on to the minute of a time; counts the minute before if it disagreed. */
  void moveTo(long epochMillis, Increments books) {
    // small, so that it is inlined: this is called for each reading
    if (epochMillis < minute || epochMillis >= minute + MINUTE_MILLIS) {
      begin(epochMillis, books);
    }
  }

  private void begin(long epochMillis, Increments books) {
    if (comparedMillis >= MIN_COMPARED_MILLIS
        && Math.abs(byCounterMicrojoules - byPowerMicrojoules)
            > Math.max(byCounterMicrojoules, byPowerMicrojoules) / 4) {
      books.note(limits.windowOf(minute), SiteAmount.DISAGREEING_MINUTES, 1);
    }
    minute = Math.floorDiv(epochMillis, MINUTE_MILLIS) * MINUTE_MILLIS;
    comparedMillis = 0;
    byCounterMicrojoules = 0;
    byPowerMicrojoules = 0;
  }

  PowerCrossCheck copy() {
    PowerCrossCheck copy = new PowerCrossCheck(limits);
    copy.minute = minute;
    copy.comparedMillis = comparedMillis;
    copy.byCounterMicrojoules = byCounterMicrojoules;
    copy.byPowerMicrojoules = byPowerMicrojoules;
    return copy;
  }

  /** Writes it; null is that of a device without anything to compare. */
  static void write(@Nullable PowerCrossCheck check, StateWriter out) throws IOException {
    if (check == null || check.comparedMillis == 0) {
      out.writeLong(DeviceAccount.NEVER);
      out.writeLong(0);
      out.writeLong(0);
      out.writeLong(0);
      return;
    }
    out.writeLong(check.minute);
    out.writeLong(check.comparedMillis);
    out.writeLong(check.byCounterMicrojoules);
    out.writeLong(check.byPowerMicrojoules);
  }

  /** Reads what {@link #write} wrote; null if nothing was compared in the minute. */
  static @Nullable PowerCrossCheck read(StateReader in, Limits limits) throws IOException {
    PowerCrossCheck check = new PowerCrossCheck(limits);
    check.minute = in.readLong();
    check.comparedMillis = in.readLong();
    check.byCounterMicrojoules = in.readLong();
    check.byPowerMicrojoules = in.readLong();
    return check.comparedMillis == 0 ? null : check;
  }
}

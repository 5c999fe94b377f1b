// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Totals;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sums of an {@link IncrementTable} as they were before a record: the amounts of each sum when
 * it was first changed, and which sums were made. The buffers are reused. Mutable; one thread.
 */
final class Undo {
  /**
   * Amounts that there is room for between records, 512 KiB: a thousand sums, more than all but a
   * few records change. At twice that every stream thread holds 512 KiB more.
   */
  private static final int MAX_KEPT = 1 << 16;

  /**
   * Sums that one record may make: of jobs, of the node, of its devices and of the site, by window,
   * some 300 to 500 bytes each. A late record can make a correction book weeks of hundreds of jobs
   * again. At twice that one record could take 600 MB.
   */
  static final int MAX_MADE = 1_000_000;

  // where nothing was begun nothing is kept
  private boolean begun;
  private long mark;

  private @Nullable Totals<?>[] touched = new Totals<?>[8];
  private int touches;
  private long[] amounts = new long[512];
  private int used;

  private @Nullable DeviceSum[] touchedDevices = new DeviceSum[8];
  private int deviceTouches;
  private long[] deviceAmounts = new long[128];

  // the windows of a job, a node or the site, or a device
  private @Nullable Object[] madeIn = new Object[8];
  private long[] madeWindows = new long[8];
  private int makes;

  void begin() {
    end();
    begun = true;
    mark++;
  }

  /** From here on there is nothing to go back to. */
  void end() {
    begun = false;
    Arrays.fill(touched, 0, touches, null);
    Arrays.fill(touchedDevices, 0, deviceTouches, null);
    Arrays.fill(madeIn, 0, makes, null);
    touches = 0;
    deviceTouches = 0;
    used = 0;
    makes = 0;
    if (amounts.length > MAX_KEPT || madeIn.length > MAX_KEPT || deviceAmounts.length > MAX_KEPT) {
      deviceAmounts = new long[128];
      touchedDevices = new DeviceSum[8];
      amounts = new long[MAX_KEPT];
      touched = new Totals<?>[8];
      madeIn = new Object[8];
      madeWindows = new long[8];
    }
  }

  /** Keeps the amounts of a sum that is about to change, if it has not changed yet. */
  void touched(Totals<?> totals) {
    if (!begun || !totals.mark(mark)) {
      return;
    }
    if (touches == touched.length) {
      touched = Arrays.copyOf(touched, 2 * touches);
    }
    if (used + totals.size() > amounts.length) {
      amounts = Arrays.copyOf(amounts, Math.max(2 * amounts.length, used + totals.size()));
    }
    totals.save(amounts, used);
    used += totals.size();
    touched[touches++] = totals;
  }

  /** Keeps the amounts of a device that are about to change, but those of its statuses. */
  void touched(DeviceSum sum) {
    if (!begun || !sum.mark(mark)) {
      return;
    }
    if (deviceTouches == touchedDevices.length) {
      touchedDevices = Arrays.copyOf(touchedDevices, 2 * deviceTouches);
    }
    int at = deviceTouches * DeviceSum.SAVED;
    if (at + DeviceSum.SAVED > deviceAmounts.length) {
      deviceAmounts = Arrays.copyOf(deviceAmounts, 2 * deviceAmounts.length);
    }
    sum.save(deviceAmounts, at);
    touchedDevices[deviceTouches++] = sum;
  }

  /** As {@link #made(Object, long, Totals)}, of a device. */
  void made(DeviceSums.OfDevice in, long window, DeviceSum sum) {
    if (begun) {
      sum.mark(mark);
      noteMade(in, window);
    }
  }

  /**
   * Takes note of a sum that was not there.
   *
   * @throws IllegalStateException if that is one more than a record may make; it can be taken back
   */
  void made(Object in, long window, Totals<?> totals) {
    if (begun) {
      totals.mark(mark);
      noteMade(in, window);
    }
  }

  private void noteMade(Object in, long window) {
    if (makes == madeIn.length) {
      madeIn = Arrays.copyOf(madeIn, 2 * makes);
      madeWindows = Arrays.copyOf(madeWindows, 2 * makes);
    }
    madeIn[makes] = in;
    madeWindows[makes] = window;
    makes++;
    if (makes > MAX_MADE) {
      throw new IllegalStateException(
          "it changes more than %,d sums of the books".formatted(MAX_MADE));
    }
  }

  /** Goes back. */
  void undo() {
    if (!begun) {
      throw new IllegalStateException("nothing was begun");
    }
    int at = 0;
    for (int i = 0; i < touches; i++) {
      Totals<?> totals = touched[i];
      if (totals != null) {
        totals.restore(amounts, at);
        at += totals.size();
      }
    }
    for (int i = 0; i < deviceTouches; i++) {
      DeviceSum sum = touchedDevices[i];
      if (sum != null) {
        sum.restore(deviceAmounts, i * DeviceSum.SAVED);
      }
    }
    for (int i = 0; i < makes; i++) {
      long window = madeWindows[i];
      if (madeIn[i] instanceof WindowSums<?> windows) {
        windows.remove(window);
      } else if (madeIn[i] instanceof DeviceSums.OfDevice device) {
        device.remove(window);
      }
    }
    end();
  }
}

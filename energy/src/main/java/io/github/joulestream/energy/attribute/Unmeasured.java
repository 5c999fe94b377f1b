// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import java.io.IOException;
import java.util.BitSet;

/**
 * Windows in which a device reported rows without energy before it ever had a usable reading: it is
 * there, and its power is unknown. Only GPUs and processors that are contained in nothing: a drive
 * without a model or a memory reports how much of it is used and is not known to consume anything,
 * and for what is contained in another device the time of that device is counted.
 *
 * <p>What is booked follows from the windows, the time of the first usable reading and the shares:
 *
 * <ul>
 *   <li>time that is not allocated, up to the first usable reading;
 *   <li>as long as there is no such reading, time of jobs by share. Of a GPU, which jobs hold by
 *       name, only what they do not hold: theirs is counted when they end. From that reading on its
 *       account books the time of jobs before it.
 * </ul>
 *
 * <p>Mutable; one thread.
 */
final class Unmeasured {
  /** The time of a usable reading where there is none. */
  static final long NEVER = Long.MAX_VALUE;

  /**
   * Windows that are kept; older ones stay as they are booked. At 10 s 85 minutes: less than the
   * two horizons for which allocations are remembered, so that what was booked can be undone by the
   * same shares. At twice that it could not.
   */
  private static final int MAX_WINDOWS = 512;

  private final Device device;
  private final int windowMillis;
  private final int maxWindows;
  private final BitSet windows;
  private long first;
  // when the last batch that named it arrived
  private long lastArrivalMillis = Long.MIN_VALUE;

  Unmeasured(Device device, Limits limits, long first) {
    this(device, limits, first, new BitSet());
  }

  private Unmeasured(Device device, Limits limits, long first, BitSet windows) {
    this.device = device;
    this.windowMillis = limits.windowMillis();
    // five sevenths of the time for which allocations are remembered
    long remembered = 2 * limits.horizonMillis() / limits.windowMillis();
    this.maxWindows = (int) Math.min(MAX_WINDOWS, remembered * 5 / 7);
    this.first = first;
    this.windows = windows;
  }

  /** True if it is uncovered time when this device reports nothing that can be used. */
  static boolean concerns(Device device) {
    return device.containedIn() == null
        && (device.kind() == DeviceKind.GPU || device.kind() == DeviceKind.CPU);
  }

  Device device() {
    return device;
  }

  /** When the last batch that named it arrived. */
  long lastArrivalMillis() {
    return lastArrivalMillis;
  }

  void noteArrival(long arrivalEpochMillis) {
    lastArrivalMillis = Math.max(lastArrivalMillis, arrivalEpochMillis);
  }

  /** Adds a window; false if it was known, or is too old to be. */
  boolean add(long window) {
    long at = (window - first) / windowMillis;
    if (at < 0) {
      if (windows.length() - at > maxWindows) {
        return false;
      }
      move((int) -at);
      at = 0;
    } else if (at >= maxWindows) {
      long drop = at - maxWindows + 1;
      move(-(int) Math.min(drop, MAX_WINDOWS));
      first = window - (maxWindows - 1L) * windowMillis;
      at = maxWindows - 1L;
    }
    boolean isNew = !windows.get((int) at);
    windows.set((int) at);
    return isNew;
  }

  private void move(int by) {
    BitSet moved = new BitSet();
    windows.stream().map(at -> at + by).filter(at -> at >= 0).forEach(moved::set);
    windows.clear();
    windows.or(moved);
    first -= (long) by * windowMillis;
  }

  /** Forgets windows from this one on. */
  void forgetFrom(long window) {
    long at = Math.clamp((window - first) / windowMillis, 0, MAX_WINDOWS);
    windows.clear((int) at, MAX_WINDOWS);
  }

  /** Books the windows between two times. */
  void book(long from, long to, long firstMillis, Shares shares, int sign, Increments books) {
    windows.stream()
        .forEach(at -> {
          long window = first + (long) at * windowMillis;
          if (window + windowMillis > from && window < to) {
            book(window, firstMillis, shares, sign, books);
          }
        });
  }

  /**
   * Books a window.
   *
   * @param firstMillis the time of the first usable reading, or {@link #NEVER}
   */
  void book(long window, long firstMillis, Shares shares, int sign, Increments books) {
    long end = window + windowMillis;
    if (firstMillis < end) {
      return;
    }
    for (int span = shares.spanAt(window);
        span < shares.spans() && shares.spanStart(span) < end;
        span++) {
      long millis = Math.min(end, shares.spanEnd(span)) - Math.max(window, shares.spanStart(span));
      Shares.Holders holders = shares.holders(span);
      if (holders.nobody()) {
        books.silent(window, sign * millis);
      } else if (firstMillis == NEVER && device.kind() == DeviceKind.GPU) {
        int jobs = holders.jobs().size();
        books.silent(window, sign * (millis * holders.weights()[jobs] / holders.weightSum()));
      } else if (firstMillis == NEVER) {
        books.silent(window, sign * millis);
        for (int i = 0; i < holders.jobs().size(); i++) {
          long basisPoints = (long) holders.weights()[i] * Shares.WHOLE / holders.weightSum();
          books.jobSilent(window, holders.jobs().get(i), sign * millis, basisPoints);
        }
      }
    }
  }

  void write(StateWriter out) throws IOException {
    DeviceCodec.write(device, out);
    out.writeLong(first);
    long[] words = windows.toLongArray();
    out.writeByte(words.length);
    for (long word : words) {
      out.writeLong(word);
    }
  }

  static Unmeasured read(StateReader in, Limits limits) throws IOException {
    Device device = DeviceCodec.read(in);
    long first = in.readLong();
    int size = in.readByte();
    if (size < 0 || size > MAX_WINDOWS / Long.SIZE) {
      throw new IOException("windows of a device in " + size + " words");
    }
    long[] words = new long[size];
    for (int i = 0; i < words.length; i++) {
      words[i] = in.readLong();
    }
    return new Unmeasured(device, limits, first, BitSet.valueOf(words));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.io.IOException;
import java.util.Arrays;

/**
 * The energy of the levels of a {@link Container} by window, of the last windows only; and which of
 * them have changed since the books were last in order. Mutable; one thread.
 *
 * <pre>
 *   since   first                  end
 *           |  size windows         |      sums[level + 1][at], window = first + at x length
 * </pre>
 */
abstract class ContainerWindows {
  static final long NEVER = Long.MIN_VALUE;

  /**
   * Windows that are kept: at 10 s 2 h 50 min, more than the history reaches back, so that every
   * window that can be corrected is known. At twice that a container takes 16 KiB a level more.
   */
  private static final int MAX_WINDOWS = 1_024;

  /** Windows that there is room for at first; the room doubles as they are needed. */
  private static final int MIN_WINDOWS = 16;

  /**
   * Windows that are forgotten at once when there are too many, so that moving costs little a
   * window: an eighth. At twice that fewer windows are kept, at half it moves twice as often.
   */
  private static final int FORGOTTEN_AT_ONCE = MAX_WINDOWS / 8;

  final int windowMillis;
  // energy by level and window: of the components, of the container, of each further device
  long[][] sums = new long[2][MIN_WINDOWS];
  // windows in which the container's time is booked as uncovered
  boolean[] silent = new boolean[MIN_WINDOWS];
  long first;
  int size;
  // windows before this one are forgotten, and stay as they are booked
  long since = NEVER;
  // windows to look at
  long changedFrom = NEVER;
  long changedTo = Long.MAX_VALUE;
  // where the window is that was asked for last
  private long placedWindow = NEVER;
  private int placedAt;

  ContainerWindows(int windowMillis) {
    this.windowMillis = windowMillis;
  }

  /** Windows before this one are not known. */
  final void since(long window) {
    since = Math.max(since, window);
    placedWindow = NEVER;
  }

  /** Adds a level without energy. */
  final void addLevel() {
    sums = Arrays.copyOf(sums, sums.length + 1);
    sums[sums.length - 1] = new long[silent.length];
  }

  final long sum(int level, long window) {
    long at = (window - first) / windowMillis;
    return window < first || at >= size ? 0 : sums[level + 1][(int) at];
  }

  final long end() {
    return first + (long) size * windowMillis;
  }

  // ---- what has changed

  final void changed(long from, long to) {
    changedFrom = Math.min(changedFrom, from);
    changedTo = Math.max(changedTo, to);
  }

  /** The books are in order. */
  final void settled() {
    changedFrom = Long.MAX_VALUE;
    changedTo = NEVER;
  }

  final int changedStart() {
    return changedFrom <= first ? 0 : (int) Math.min(size, (changedFrom - first) / windowMillis);
  }

  final int changedEnd() {
    return (int) Math.min(size, Math.max(0, (Math.min(changedTo, end()) - first) / windowMillis));
  }

  // ---- places

  /** Where a window is; -1 if it is forgotten. Most pieces are of the window of the one before. */
  final int place(long window) {
    if (window != placedWindow) {
      placedAt = find(window);
      placedWindow = window;
    }
    return placedAt;
  }

  private int find(long window) {
    if (window < since) {
      return -1;
    }
    if (size == 0) {
      changed(NEVER, Long.MAX_VALUE);
      first = window;
      size = 1;
      return 0;
    }
    long at = (window - first) / windowMillis;
    if (at < 0) {
      if (size - at > MAX_WINDOWS) {
        since = first;
        return -1;
      }
      changed(window, first);
      move((int) -at);
      return 0;
    }
    if (at >= size) {
      // what was expected of the windows that nothing was booked in
      changed(end(), window);
    }
    if (at >= MAX_WINDOWS) {
      long drop = at - MAX_WINDOWS + FORGOTTEN_AT_ONCE;
      since = first + drop * windowMillis;
      if (drop >= size) {
        clear(0, size);
        first = window;
        size = 1;
        return 0;
      }
      move((int) -drop);
      at -= drop;
    }
    if (at >= silent.length) {
      room((int) at + 1);
    }
    size = Math.max(size, (int) at + 1);
    return (int) at;
  }

  /** Moves all by so many windows, to make room before them or to forget the oldest. */
  private void move(int by) {
    int from = Math.max(0, -by);
    int kept = size - from;
    int to = Math.max(0, by);
    room(to + kept);
    for (long[] ofLevel : sums) {
      System.arraycopy(ofLevel, from, ofLevel, to, kept);
    }
    System.arraycopy(silent, from, silent, to, kept);
    if (by > 0) {
      clear(0, by);
    } else {
      clear(kept, size);
    }
    first -= (long) by * windowMillis;
    size = to + kept;
  }

  private void clear(int from, int to) {
    for (long[] ofLevel : sums) {
      Arrays.fill(ofLevel, from, to, 0);
    }
    Arrays.fill(silent, from, to, false);
  }

  private void room(int windows) {
    if (windows > silent.length) {
      int length = Math.max(windows, 2 * silent.length);
      for (int i = 0; i < sums.length; i++) {
        sums[i] = Arrays.copyOf(sums[i], length);
      }
      silent = Arrays.copyOf(silent, length);
    }
  }

  // ---- state

  final void writeWindows(StateWriter out) throws IOException {
    out.writeLong(since);
    out.writeLong(first);
    out.number(size);
    for (long[] ofLevel : sums) {
      for (int at = 0; at < size; at++) {
        out.number(ofLevel[at]);
      }
    }
    for (int at = 0; at < size; at++) {
      out.writeBoolean(silent[at]);
    }
  }

  final void readWindows(StateReader in) throws IOException {
    since = in.readLong();
    first = in.readLong();
    size = in.countOrShort();
    if (size > MAX_WINDOWS) {
      throw new IOException("a container of " + size + " windows");
    }
    room(size);
    for (long[] ofLevel : sums) {
      for (int at = 0; at < size; at++) {
        ofLevel[at] = in.number();
      }
    }
    for (int at = 0; at < size; at++) {
      silent[at] = in.readBoolean();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Totals;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sums of a site or of a node by start of the window; the last two are cached. Mutable, for the hot
 * path; one thread.
 */
final class WindowSums<A extends Enum<A>> {
  private final Supplier<Totals<A>> zero;
  private final NavigableMap<Long, Totals<A>> all = new TreeMap<>();
  private @Nullable Totals<A> last;
  private @Nullable Totals<A> before;
  private long lastWindow;
  private long beforeWindow;
  private int made;

  /**
   * No sums.
   *
   * @param zero makes a sum
   */
  WindowSums(Supplier<Totals<A>> zero) {
    this.zero = zero;
  }

  /** The sum of a window; a new one is noted in {@code undo}. */
  Totals<A> at(long window, Undo undo) {
    Totals<A> found = last;
    if (found != null && lastWindow == window) {
      return found;
    }
    found = before;
    if (found == null || beforeWindow != window) {
      found = all.get(window);
      if (found == null) {
        found = zero.get();
        all.put(window, found);
        made++;
        undo.made(this, window, found);
      }
    }
    before = last;
    beforeWindow = lastWindow;
    last = found;
    lastWindow = window;
    return found;
  }

  /** Sums made since the beginning. */
  int made() {
    return made;
  }

  NavigableMap<Long, Totals<A>> all() {
    return all;
  }

  /** Removes a window that was made since {@link Undo#begin}. */
  void remove(long window) {
    all.remove(window);
  }

  /** Removes the sums that cancelled out. */
  void dropZeros() {
    all.values().removeIf(Totals::areSumsZero);
    forget();
  }

  void clear() {
    all.clear();
    forget();
  }

  /** Forgets what is cached. */
  void forget() {
    last = null;
    before = null;
  }
}

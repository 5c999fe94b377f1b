// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;

/**
 * What a cumulative counter counted since it was read before, so that all increments add up to what
 * it counted. What it counted before the first reading is not known to belong to anything, and is
 * left out. A counter that fell began anew, and has counted from 0 since. A reading that is missing
 * leaves its increment to the next one. Mutable; one thread.
 */
public final class Increment {
  private long before = MISSING;

  /**
   * The increment up to now.
   *
   * @param now the counter, not below 0, or MISSING
   * @return MISSING at the first reading, and where the counter is missing
   */
  public long upTo(long now) {
    long last = before;
    if (now == MISSING) {
      return MISSING;
    }
    before = now;
    if (last == MISSING) {
      return MISSING;
    }
    return now < last ? now : now - last;
  }
}

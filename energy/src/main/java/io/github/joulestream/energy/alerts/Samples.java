// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import io.github.joulestream.energy.Trend;
import org.jspecify.annotations.Nullable;

/** The latest samples of a value, no closer than a spacing; for a {@link Trend}. One thread. */
public final class Samples {
  private static final int MOST = 40;

  private final long spacingMillis;
  private final long[] epochMillis = new long[MOST];
  private final double[] values = new double[MOST];
  private int size;

  /** Samples over that time. */
  public Samples(long windowMillis) {
    this.spacingMillis = Math.max(1, windowMillis / MOST);
  }

  /** Adds a value if the spacing has passed; true if it did. */
  public boolean offer(long now, long value) {
    if (size > 0 && now - epochMillis[size - 1] < spacingMillis) {
      return false;
    }
    if (size == MOST) {
      System.arraycopy(epochMillis, 1, epochMillis, 0, MOST - 1);
      System.arraycopy(values, 1, values, 0, MOST - 1);
      size--;
    }
    epochMillis[size] = now;
    values[size++] = (double) value;
    return true;
  }

  /** Removes all. */
  public void clear() {
    size = 0;
  }

  /** Their trend, or null if they are too few. */
  public @Nullable Trend trend() {
    return Trend.of(epochMillis, values, size);
  }
}

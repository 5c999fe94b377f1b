// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

/**
 * Detects steps of the wall clock: it then advances by another time than the monotonic clock. A
 * clock that is slewed, as NTP does, is not a step. One thread.
 */
public final class ClockWatch {
  private static final long STEP_MILLIS = 500;
  private static final long NANOS_PER_MILLI = 1_000_000;
  // two reads of clocks that are further apart than this decide nothing: the process did not run
  private static final long SURE_NANOS = 50 * NANOS_PER_MILLI;

  private final EpochClock wall;
  private final NanoClock monotonic;
  private boolean looked;
  private long lastMillis;
  private long lastNanos;

  public ClockWatch(EpochClock wall, NanoClock monotonic) {
    this.wall = wall;
    this.monotonic = monotonic;
  }

  /** By how many milliseconds the wall clock was moved since the last look; 0 if it was not. */
  public long step() {
    long nanos = monotonic.nanos();
    long millis = wall.epochMillis();
    if (monotonic.nanos() - nanos > SURE_NANOS) {
      return 0;
    }
    long step = looked ? millis - lastMillis - (nanos - lastNanos) / NANOS_PER_MILLI : 0;
    looked = true;
    lastMillis = millis;
    lastNanos = nanos;
    return Math.abs(step) >= STEP_MILLIS ? step : 0;
  }
}

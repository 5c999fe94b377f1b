// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

/** Wall-clock time, for stamps. Never subtracted from a {@link NanoClock}'s. */
@FunctionalInterface
public interface EpochClock {
  /** Milliseconds since the Unix epoch. */
  long epochMillis();

  static EpochClock system() {
    return System::currentTimeMillis;
  }

  /**
   * Begins at the time of a wall clock, and advances by a monotonic one: for ages and waits of this
   * program, which a step of the wall clock must neither stop nor end. After a step it is no stamp.
   */
  static EpochClock steady(EpochClock wall, NanoClock nanos) {
    long begunMillis = wall.epochMillis();
    long begunNanos = nanos.nanos();
    return () -> begunMillis + (nanos.nanos() - begunNanos) / 1_000_000;
  }
}

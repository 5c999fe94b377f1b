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
}

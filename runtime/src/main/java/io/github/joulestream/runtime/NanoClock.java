// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

/** Monotonic time, for pace and for measuring how long something took. */
@FunctionalInterface
public interface NanoClock {
  /** Nanoseconds since an arbitrary origin. */
  long nanos();

  static NanoClock system() {
    return System::nanoTime;
  }
}

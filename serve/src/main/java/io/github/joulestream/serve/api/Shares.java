// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import org.jspecify.annotations.Nullable;

/** Shares and numbers of devices of answers, out of basis points. */
final class Shares {
  private static final double BASIS_POINTS = 10_000;

  private Shares() {}

  /** Devices. */
  static double whole(long basisPoints) {
    return basisPoints / BASIS_POINTS;
  }

  /** A share; null if it is under 0: not known. */
  static @Nullable Double ratio(int basisPoints) {
    return basisPoints < 0 ? null : (Double) (basisPoints / BASIS_POINTS);
  }

  /** Degrees Celsius; null if they are not known. */
  static @Nullable Double celsius(int decidegrees) {
    return decidegrees == Integer.MIN_VALUE ? null : (Double) (decidegrees / 10.0);
  }
}

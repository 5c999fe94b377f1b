// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.integrate;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.SiteAmount;
import org.jspecify.annotations.Nullable;

/**
 * Which values cannot be true. Such a field counts as missing, with its reason; the rest of the
 * reading is used.
 */
public final class Plausibility {
  /**
   * From here up a 64-bit value stands for "no value": DCGM's DCGM_INT64_BLANK is
   * 0x7ffffffffffffff0, and the next few say why (dcgm_structs.h).
   */
  static final long FIRST_SENTINEL = 0x7ffffffffffffff0L;

  /** A device may exceed its power limit for moments; half as much again is a broken reading. */
  private static final double LIMIT_FACTOR = 1.5;

  private Plausibility() {}

  /** Why a power value is refused, or null if it is not. */
  public static @Nullable SiteAmount powerRefusal(Device device, long milliwatts) {
    if (milliwatts == MISSING) {
      return null;
    }
    if (milliwatts >= FIRST_SENTINEL) {
      return SiteAmount.REFUSED_SENTINEL;
    }
    if (milliwatts < 0) {
      return SiteAmount.REFUSED_NEGATIVE;
    }
    return milliwatts > ceilingMilliwatts(device) ? SiteAmount.REFUSED_OVER_LIMIT : null;
  }

  /** Why a counter value is refused, or null if it is not. */
  public static @Nullable SiteAmount counterRefusal(long microjoules) {
    if (microjoules == MISSING) {
      return null;
    }
    if (microjoules >= FIRST_SENTINEL) {
      return SiteAmount.REFUSED_SENTINEL;
    }
    return microjoules < 0 ? SiteAmount.REFUSED_NEGATIVE : null;
  }

  /** More than this the device cannot draw, in milliwatts. */
  public static long ceilingMilliwatts(Device device) {
    if (device.powerLimitMilliwatts() > 0) {
      return (long) (device.powerLimitMilliwatts() * LIMIT_FACTOR);
    }
    // no limit known: several times what the largest of its kind draws today
    return switch (device.kind()) {
      case GPU, CPU, MEMORY -> 5_000_000L;
      case STORAGE -> 1_000_000L;
      case NODE -> 300_000_000L;
      case FACILITY -> 20_000_000_000_000L;
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.integrate;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.SiteAmount;
import org.jspecify.annotations.Nullable;

/**
 * Which values are refused as implausible. Such a field counts as missing, with its reason; the
 * rest of the reading is used.
 */
public final class Plausibility {
  /**
   * From here up a 64-bit value means "no value": DCGM's DCGM_INT64_BLANK is 0x7ffffffffffffff0,
   * and the next few give the reason (dcgm_structs.h).
   */
  static final long FIRST_SENTINEL = 0x7ffffffffffffff0L;

  // of a share of time
  private static final long WHOLE = 10_000;

  private Plausibility() {}

  /** Why a power value is refused, or null if it is not. */
  public static @Nullable SiteAmount powerRefusal(Device device, long milliwatts) {
    long floor = floorMilliwatts(device);
    if (milliwatts == MISSING || isPower(milliwatts, floor, ceilingMilliwatts(device))) {
      return null;
    }
    if (milliwatts >= FIRST_SENTINEL) {
      return SiteAmount.REFUSED_SENTINEL;
    }
    if (milliwatts < 0) {
      return SiteAmount.REFUSED_NEGATIVE;
    }
    return milliwatts < floor ? SiteAmount.REFUSED_SENTINEL : SiteAmount.REFUSED_OVER_LIMIT;
  }

  /**
   * True if a power is given and not refused; for a loop over the readings of one device.
   *
   * @param floor {@link #floorMilliwatts} of the device
   * @param ceiling {@link #ceilingMilliwatts} of the device
   */
  public static boolean isPower(long milliwatts, long floor, long ceiling) {
    return milliwatts >= floor && milliwatts <= ceiling;
  }

  /**
   * Lower end of the power of a device, mW. A node that reports power has some: 0 W of a node is
   * what controllers without a sensor report. A channel of its meter may be off.
   */
  public static long floorMilliwatts(Device device) {
    return device.kind() == DeviceKind.NODE && device.containedIn() != DeviceKind.NODE ? 1 : 0;
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

  /** Why a busy share is refused, or null if it is not. */
  public static @Nullable SiteAmount utilisationRefusal(long basisPoints) {
    if (basisPoints == MISSING) {
      return null;
    }
    if (basisPoints < 0) {
      return SiteAmount.REFUSED_NEGATIVE;
    }
    return basisPoints > WHOLE ? SiteAmount.REFUSED_OVER_LIMIT : null;
  }

  /** Why bytes in use are refused, or null if they are not. */
  public static @Nullable SiteAmount bytesRefusal(long bytes) {
    if (bytes == MISSING) {
      return null;
    }
    if (bytes < 0) {
      return SiteAmount.REFUSED_NEGATIVE;
    }
    return bytes > Device.MAX_BYTES ? SiteAmount.REFUSED_OVER_LIMIT : null;
  }

  /**
   * More than this is no reading of the device, in milliwatts.
   *
   * <p>A device may exceed its limit for moments, so its own limit counts with half as much again.
   * But the sender states that limit, and many interfaces give the cap in force instead of what the
   * device is built for: so it neither raises the ceiling over what hardware of its kind can
   * consume, nor lowers it under what the largest device of its kind consumes.
   */
  public static long ceilingMilliwatts(Device device) {
    long most = mostMilliwatts(device.kind());
    long limit = device.powerLimitMilliwatts();
    if (limit <= 0 || limit >= most) {
      return most;
    }
    return Math.clamp(limit + limit / 2, leastCeilingMilliwatts(device.kind()), most);
  }

  /**
   * Beyond any device of the kind, mW. Figures of the makers: Rubin Ultra 3.6 kW (announced); the
   * largest processor packages 0.5 kW; a rack sold as one system (GB200 NVL72) 0.13 MW, 0.6 MW
   * announced; 75 W for a card in a PCIe slot without a cable of its own; campuses of 5 GW are
   * planned. Ten gigawatts over five minutes are 3e18 microjoules, which a long holds.
   */
  static long mostMilliwatts(DeviceKind kind) {
    return switch (kind) {
      case GPU, CPU, MEMORY -> 5_000_000L;
      case STORAGE -> 1_000_000L;
      case NODE -> 1_000_000_000L;
      case FACILITY, UPS, PDU, GENERATION, EXPORT -> 10_000_000_000_000L;
    };
  }

  /**
   * What a stated limit cannot push the ceiling under, mW: the largest of the kind, and half as
   * much again for moments. GPU 1.4 kW (B300, MI355X), 1.8 kW announced; CPU 0.5 kW (EPYC 9965,
   * Xeon 6980P); memory 32 DIMMs of 20 W; a drive 70 W (E3.L 2T); node 14.3 kW (DGX B200).
   */
  private static long leastCeilingMilliwatts(DeviceKind kind) {
    return switch (kind) {
      case GPU -> 2_700_000L;
      case CPU, MEMORY -> 1_000_000L;
      case STORAGE -> 105_000L;
      case NODE -> 22_000_000L;
      // many sizes, and none is capped
      case FACILITY, UPS, PDU, GENERATION, EXPORT -> mostMilliwatts(kind);
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

/** Why a device lowers its clocks: bits of {@link StatusColumn#THROTTLE_REASONS}. */
public enum ThrottleReason {
  /** Its power limit in force. */
  POWER_CAP(1),
  /** Its temperature or that of its memory. */
  THERMAL(2),
  /** The node's power supply asks for it (power brake). */
  POWER_BRAKE(4),
  /** Its hardware, for another or an unstated reason. */
  HARDWARE(8),
  /** Clocks set by an administrator or by other devices that it follows. */
  OTHER(16);

  private final int bit;

  ThrottleReason(int bit) {
    this.bit = bit;
  }

  /** Its bit on the wire; it never changes. */
  public int bit() {
    return bit;
  }

  /** True if a value of {@link StatusColumn#THROTTLE_REASONS} holds it. */
  public boolean isIn(long reasons) {
    return (reasons & bit) != 0;
  }
}

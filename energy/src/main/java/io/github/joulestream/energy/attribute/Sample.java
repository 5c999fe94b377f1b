// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.Readings;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A reading as it is used: cleaned, and placed in time. At least one of power and energy is there.
 *
 * @param epochMillis where in time the power belongs
 * @param milliwatts power, or {@code Readings.MISSING}
 * @param microjoules cumulative counter, or {@code Readings.MISSING}
 * @param utilisationBasisPoints busy share since the reading before, or {@code Readings.MISSING}
 * @param usedBytes bytes in use, or {@code Readings.MISSING}
 * @param ahead true if it is stamped later than it arrived
 */
record Sample(
    Device device,
    long epochMillis,
    long milliwatts,
    long microjoules,
    long utilisationBasisPoints,
    long usedBytes,
    boolean ahead) {
  /** True if there is another and it has the same values. */
  boolean hasSameValuesAs(@Nullable Sample other) {
    return other != null
        && milliwatts == other.milliwatts
        && microjoules == other.microjoules
        && utilisationBasisPoints == other.utilisationBasisPoints
        && usedBytes == other.usedBytes;
  }

  /**
   * Of two at one time the later, unless only the earlier has the counter: a mean of power that
   * belongs into the middle of its time may meet a reading there, and must not replace it.
   */
  static Sample preferred(Sample earlier, Sample later) {
    return earlier.microjoules != Readings.MISSING && later.microjoules == Readings.MISSING
        ? earlier
        : later;
  }

  /** Writes all but the device. */
  void write(StateWriter out) throws IOException {
    out.writeLong(epochMillis);
    out.writeLong(milliwatts);
    out.writeLong(microjoules);
    out.writeLong(utilisationBasisPoints);
    out.writeLong(usedBytes);
    out.writeBoolean(ahead);
  }

  static Sample read(Device device, StateReader in) throws IOException {
    return new Sample(
        device,
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readBoolean());
  }
}

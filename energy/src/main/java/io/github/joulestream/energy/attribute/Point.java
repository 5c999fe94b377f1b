// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;

/**
 * A reading as it is used: cleaned, and placed in time. At least one of power and energy is there.
 *
 * @param epochMillis where in time the power belongs
 * @param milliwatts power, or {@code Readings.MISSING}
 * @param microjoules cumulative counter, or {@code Readings.MISSING}
 * @param utilisationParts busy share since the reading before, or {@code Readings.MISSING}
 * @param usedBytes bytes in use, or {@code Readings.MISSING}
 * @param ahead true if it is stamped later than it arrived
 */
record Point(
    Device device,
    long epochMillis,
    long milliwatts,
    long microjoules,
    long utilisationParts,
    long usedBytes,
    boolean ahead) {}

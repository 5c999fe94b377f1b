// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.Totals;

/**
 * A device in a window.
 *
 * @param id unique on its node, and lasting
 * @param model the maker's name of it, or empty
 * @param capacityBytes size of a memory or drive, or of a GPU's memory, bytes; 0 for others
 */
public record DeviceTotals(
    String id, DeviceKind kind, String model, long capacityBytes, Totals<DeviceAmount> totals) {}

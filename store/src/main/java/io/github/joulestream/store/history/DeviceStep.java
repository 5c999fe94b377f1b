// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import java.util.Map;

/**
 * A device in a window.
 *
 * @param kind as the store has it: {@code GPU}
 * @param windowStart Unix epoch, ms
 * @param window its length as the store has it: {@code 10s}
 * @param values by field of {@code device_window}; fields that are not known are absent
 */
public record DeviceStep(
    String device,
    String kind,
    String model,
    long windowStart,
    String window,
    Map<String, Double> values) {}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static io.github.joulestream.energy.Readings.MISSING;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The state of a device at a time: temperature, clocks, errors and so on.
 *
 * @param deviceId its id on its node
 * @param epochMillis when, Unix epoch, milliseconds
 * @param values what it reports, by column; a column that it does not report is absent
 */
public record DeviceStatus(String deviceId, long epochMillis, Map<StatusColumn, Long> values) {
  public DeviceStatus {
    Bounds.name(deviceId, "device id");
    EnumMap<StatusColumn, Long> copy = new EnumMap<>(StatusColumn.class);
    copy.putAll(values);
    if (copy.containsValue(MISSING)) {
      throw new IllegalArgumentException("a status of -2^63");
    }
    values = Collections.unmodifiableMap(copy);
  }

  /** The value of a column; {@link Readings#MISSING} if it is absent. */
  public long get(StatusColumn column) {
    return values.getOrDefault(column, MISSING);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.StatusColumn;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Values of one status while it is read. Mutable; one thread. */
public final class StatusValues {
  private final Map<StatusColumn, Long> values = new EnumMap<>(StatusColumn.class);

  /** Adds a value; one that is MISSING or implausible is left out: it is not known. */
  public StatusValues put(StatusColumn column, long value) {
    if (value != Readings.MISSING && column.refusal(value) == null) {
      values.put(column, value);
    }
    return this;
  }

  /** Adds them as the status of a device to a list; nothing if there are none. */
  public void addTo(List<DeviceStatus> statuses, String deviceId, long epochMillis) {
    if (!values.isEmpty()) {
      statuses.add(new DeviceStatus(deviceId, epochMillis, values));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.DeviceSeries;
import java.util.List;

/** Readings, and when they arrived (the broker's append time). */
public record Arrival(long arrivalEpochMillis, List<DeviceSeries> devices) {
  public Arrival {
    devices = List.copyOf(devices);
  }
}

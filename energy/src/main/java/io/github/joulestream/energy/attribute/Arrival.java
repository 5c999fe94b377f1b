// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.DeviceSeries;
import java.util.List;

/** Readings, and when they arrived (the broker's append time). */
public record Arrival(long arrivalEpochMillis, List<DeviceSeries> devices) {
  public Arrival {
    devices = List.copyOf(devices);
  }

  /**
   * Time of the last reading, {@code Long.MIN_VALUE} if there is none.
   *
   * @param futureMillis readings that are further ahead of the arrival are left out
   */
  public long latestMillis(long futureMillis) {
    long latest = Long.MIN_VALUE;
    for (DeviceSeries series : devices) {
      for (long time : series.readings().epochMillis()) {
        if (time <= arrivalEpochMillis + futureMillis) {
          latest = Math.max(latest, time);
        }
      }
    }
    return latest;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static java.util.Objects.requireNonNull;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** A device and some of its readings. */
public record DeviceSeries(Device device, Readings readings) {
  public DeviceSeries {
    requireNonNull(device, "device is null");
    requireNonNull(readings, "readings is null");
  }

  /** Some of the rows. */
  public DeviceSeries onlyRows(IntPredicate wanted) {
    int[] rows = IntStream.range(0, readings.size()).filter(wanted).toArray();
    return new DeviceSeries(device, readings.rows(rows));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A meter with a counter, and what was read of it since the last batch. */
final class Meter {
  private final Device device;
  private final long[] times;
  private final long[] power;
  private final long[] energy;
  private long milliwatts;
  private long microjoules;
  private int rows;

  Meter(Device device, int rowsPerBatch) {
    this.device = device;
    this.times = new long[rowsPerBatch];
    this.power = new long[rowsPerBatch];
    this.energy = new long[rowsPerBatch];
  }

  /** Counts power that is constant over a step. */
  void count(long newMilliwatts, int stepMillis) {
    milliwatts = newMilliwatts;
    microjoules += newMilliwatts * stepMillis;
  }

  void read(long epochMillis) {
    times[rows] = epochMillis;
    power[rows] = milliwatts;
    energy[rows] = microjoules;
    rows++;
  }

  /** What was read and not taken yet; null if nothing. */
  @Nullable DeviceSeries take() {
    if (rows == 0) {
      return null;
    }
    DeviceSeries series =
        new DeviceSeries(
            device,
            Readings.ofCounter(
                Arrays.copyOf(times, rows),
                Arrays.copyOf(power, rows),
                Arrays.copyOf(energy, rows)));
    rows = 0;
    return series;
  }

  /** All that it has counted. */
  long microjoules() {
    return microjoules;
  }
}

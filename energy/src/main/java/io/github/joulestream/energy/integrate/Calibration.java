// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.integrate;

import io.github.joulestream.energy.Device;
import java.math.BigInteger;
import java.util.Map;

/**
 * Correction of a sensor by a meter beside the device: true = gain x reading + offset, by model.
 * Sensors are off by some per cent, and by another amount in each model: nvidia-smi against a shunt
 * by -9.1 % to +3.4 % (Yang et al., "Part-time power measurements", arXiv:2312.02741).
 */
public final class Calibration {
  /** No sensor is corrected. */
  public static final Calibration NONE = new Calibration(Map.of());

  private static final long ONE_MILLION = 1_000_000;

  private final Map<String, Line> byModel;

  /**
   * A straight line.
   *
   * @param gainMillionths true over read, millionths
   * @param offsetMilliwatts to be added
   */
  public record Line(long gainMillionths, long offsetMilliwatts) {
    public Line {
      if (gainMillionths <= 0 || gainMillionths > 100 * ONE_MILLION) {
        throw new IllegalArgumentException("gain of " + gainMillionths + " millionths");
      }
    }
  }

  public Calibration(Map<String, Line> byModel) {
    this.byModel = Map.copyOf(byModel);
  }

  public boolean isEmpty() {
    return byModel.isEmpty();
  }

  /** True if there is a line for that model. */
  public boolean knows(String model) {
    return byModel.containsKey(model);
  }

  /** True power, mW; at least 0, at most the largest power of its kind. */
  public long milliwatts(Device device, long read) {
    Line line = byModel.get(device.model());
    return line == null
        ? read
        : corrected(line, read, 1, Plausibility.mostMilliwatts(device.kind()));
  }

  /** Energy of a counter's difference over some time as it truly was, µJ; never below 0. */
  public long microjoules(Device device, long read, long millis) {
    Line line = byModel.get(device.model());
    return line == null ? read : corrected(line, read, millis, CounterStep.MAX_MICROJOULES);
  }

  private static long corrected(Line line, long read, long millis, long most) {
    double about =
        (double) read * line.gainMillionths / ONE_MILLION
            + Math.abs((double) line.offsetMilliwatts * millis);
    if (about < most) {
      return Math.max(
          0,
          Interval.scale(read, line.gainMillionths, ONE_MILLION) + line.offsetMilliwatts * millis);
    }
    return BigInteger.valueOf(read)
        .multiply(BigInteger.valueOf(line.gainMillionths))
        .divide(BigInteger.valueOf(ONE_MILLION))
        .add(BigInteger.valueOf(line.offsetMilliwatts).multiply(BigInteger.valueOf(millis)))
        .min(BigInteger.valueOf(most))
        .max(BigInteger.ZERO)
        .longValueExact();
  }
}

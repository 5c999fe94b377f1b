// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.integrate;

import io.github.joulestream.energy.Device;
import java.math.BigInteger;
import java.util.Map;

/**
 * What a meter beside the device taught about its sensor: true = gain x said + offset, by model.
 * Sensors are off by some per cent, and by another amount in each model: nvidia-smi against a shunt
 * by -9.1 % to +3.4 % (Yang et al., "Part-time power measurements", arXiv:2312.02741).
 */
public final class Calibration {
  /** Takes every sensor at its word. */
  public static final Calibration NONE = new Calibration(Map.of());

  private static final long WHOLE = 1_000_000;

  private final Map<String, Line> byModel;

  /**
   * A straight line.
   *
   * @param gainPartsPerMillion true over said, parts of 1,000,000
   * @param offsetMilliwatts to be added
   */
  public record Line(long gainPartsPerMillion, long offsetMilliwatts) {
    public Line {
      if (gainPartsPerMillion <= 0 || gainPartsPerMillion > 100 * WHOLE) {
        throw new IllegalArgumentException("gain of " + gainPartsPerMillion + " millionths");
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

  /** Power as it truly was, mW; never below 0, never beyond what its kind can draw. */
  public long milliwatts(Device device, long said) {
    Line line = byModel.get(device.model());
    return line == null
        ? said
        : corrected(line, said, 1, Plausibility.mostMilliwatts(device.kind()));
  }

  /** Energy of a counter's difference over some time as it truly was, µJ; never below 0. */
  public long microjoules(Device device, long said, long millis) {
    Line line = byModel.get(device.model());
    return line == null ? said : corrected(line, said, millis, CounterStep.MAX_MICROJOULES);
  }

  private static long corrected(Line line, long said, long millis, long most) {
    double about =
        (double) said * line.gainPartsPerMillion / WHOLE
            + Math.abs((double) line.offsetMilliwatts * millis);
    if (about < most) {
      return Math.max(
          0,
          Interval.scale(said, line.gainPartsPerMillion, WHOLE) + line.offsetMilliwatts * millis);
    }
    return BigInteger.valueOf(said)
        .multiply(BigInteger.valueOf(line.gainPartsPerMillion))
        .divide(BigInteger.valueOf(WHOLE))
        .add(BigInteger.valueOf(line.offsetMilliwatts).multiply(BigInteger.valueOf(millis)))
        .min(BigInteger.valueOf(most))
        .max(BigInteger.ZERO)
        .longValueExact();
  }
}

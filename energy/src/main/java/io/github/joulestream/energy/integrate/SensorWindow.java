// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.integrate;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Time that a power reading of an NVIDIA GPU is the mean over, by model, field and driver. The
 * windows are those of Yang et al., "Part-time power measurements: nvidia-smi's lack of attention"
 * (arXiv:2312.02741); the centres are fitted against the shunt meter of that paper's data sets, and
 * hold what the driver adds to half a window. What is not in this table is unknown: nothing of it
 * is to be shifted.
 *
 * @param windowMillis length of the window that a reading is the mean of
 * @param centreMillis how long before the reading's time the middle of its window lies
 * @param seenPercent the share of the time that lies in any window; the power of the rest is never
 *     seen, and no calibration puts that right
 */
public record SensorWindow(int windowMillis, int centreMillis, int seenPercent) {
  /** Fields in which the driver gives power. */
  public enum Field {
    /** {@code power.draw}. */
    DRAW,
    /** {@code power.draw.average}. */
    AVERAGE,
    /** {@code power.draw.instant}. */
    INSTANT
  }

  /** In place of a driver's version: not known, taken to be as new as a row of the table wants. */
  public static final int UNKNOWN_DRIVER = -1;

  private static final int ALL = 100;

  /** The driver that brought the fields average and instant, and their meaning of today. */
  private static final int TWO_FIELDS = 530;

  private static final List<Row> TABLE =
      List.of(
          row("RTX 3090|RTX A5000", TWO_FIELDS, window(1_000, 610, ALL), Field.DRAW, Field.AVERAGE),
          row("RTX 3090|RTX A5000", TWO_FIELDS, window(100, 105, ALL), Field.INSTANT),
          row("A100", 0, window(50, 65, 25), Field.DRAW, Field.INSTANT),
          row("RTX 4090", 0, window(50, 105, ALL), Field.DRAW, Field.AVERAGE, Field.INSTANT),
          row("K40m", 0, window(100, 50, ALL), Field.DRAW));

  private record Row(Pattern model, int minDriver, SensorWindow window, List<Field> fields) {}

  public SensorWindow {
    if (windowMillis <= 0 || centreMillis < 0 || seenPercent <= 0 || seenPercent > ALL) {
      throw new IllegalArgumentException(
          "window of %d ms, %d ms before the reading, %d %% of the time"
              .formatted(windowMillis, centreMillis, seenPercent));
    }
  }

  private static SensorWindow window(int windowMillis, int centreMillis, int seenPercent) {
    return new SensorWindow(windowMillis, centreMillis, seenPercent);
  }

  private static Row row(String models, int minDriver, SensorWindow window, Field... fields) {
    // RTX 3090 is not RTX 3090 Ti, and A100 not A1000
    Pattern model = Pattern.compile("(?<![\\w])(" + models + ")(?![\\w]| Ti\\b| Laptop| D\\b)");
    return new Row(model, minDriver, window, Arrays.asList(fields));
  }

  /**
   * What is known of a model's field.
   *
   * @param model the maker's name of the GPU
   * @param driver the driver's main version, or {@link #UNKNOWN_DRIVER}
   */
  public static Optional<SensorWindow> find(String model, Field field, int driver) {
    return TABLE.stream()
        .filter(row -> row.fields.contains(field))
        .filter(row -> driver == UNKNOWN_DRIVER || driver >= row.minDriver)
        .filter(row -> row.model.matcher(model).find())
        .map(Row::window)
        .findFirst();
  }

  /**
   * The main version of a driver.
   *
   * @param version such as {@code 570.86.15}
   * @return {@link #UNKNOWN_DRIVER} if it does not begin with a number
   */
  public static int mainVersion(String version) {
    try {
      return Integer.parseUnsignedInt(version.split("\\.", 2)[0]);
    } catch (NumberFormatException e) {
      return UNKNOWN_DRIVER;
    }
  }

  /** True if some of the time lies in no window. */
  public boolean blind() {
    return seenPercent < ALL;
  }
}

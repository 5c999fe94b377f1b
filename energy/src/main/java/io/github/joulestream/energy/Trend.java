// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A straight line through samples that a few wild ones do not bend: the slope is the median of the
 * slopes between all pairs (H. Theil, A rank-invariant method of linear and polynomial regression
 * analysis, 1950), with the confidence interval of P. K. Sen, Estimates of the regression
 * coefficient based on Kendall's tau, J. Am. Stat. Assoc. 63, 1968. Of n samples at different times
 * there are N = n (n - 1) / 2 slopes; Kendall's statistic has the variance n (n - 1) (2n + 5) / 18,
 * and with C = z times its root the interval is from the ((N - C) / 2)th to the ((N + C) / 2 + 1)th
 * slope.
 *
 * @param slope units per millisecond
 * @param lowSlope lower end of the slope's 99 % interval
 * @param highSlope its upper end
 * @param level value of the line at the time of the last sample
 */
public record Trend(double slope, double lowSlope, double highSlope, double level) {
  /** By default fewer samples are no trend. */
  public static final int FEWEST = 10;

  private static final double Z_99_PERCENT = 2.5758;

  /**
   * The trend of samples in the order of their times; null if there are fewer than {@link #FEWEST}.
   */
  public static @Nullable Trend of(long[] epochMillis, double[] values, int size) {
    return of(epochMillis, values, size, FEWEST);
  }

  /**
   * The trend of samples in the order of their times; null if there are fewer than that.
   *
   * @param fewest samples that are a trend; of fewer than 7 the interval has no ends
   */
  public static @Nullable Trend of(long[] epochMillis, double[] values, int size, int fewest) {
    if (size < fewest) {
      return null;
    }
    double[] slopes = new double[size * (size - 1) / 2];
    int pairs = 0;
    for (int i = 0; i < size; i++) {
      for (int j = i + 1; j < size; j++) {
        long apart = epochMillis[j] - epochMillis[i];
        if (apart > 0) {
          slopes[pairs++] = (values[j] - values[i]) / apart;
        }
      }
    }
    if (pairs == 0) {
      return null;
    }
    Arrays.sort(slopes, 0, pairs);
    double slope = median(slopes, pairs);
    double c = Z_99_PERCENT * Math.sqrt((double) size * (size - 1) * (2L * size + 5) / 18);
    int low = (int) Math.floor((pairs - c) / 2) - 1;
    int high = (int) Math.ceil((pairs + c) / 2);
    return new Trend(
        slope,
        low < 0 ? Double.NEGATIVE_INFINITY : slopes[low],
        high >= pairs ? Double.POSITIVE_INFINITY : slopes[high],
        level(epochMillis, values, size, slope));
  }

  /**
   * Value, at the time of the last sample, of the line of this slope with as many samples above as
   * below it.
   */
  public static double level(long[] epochMillis, double[] values, int size, double slope) {
    double[] levels = new double[size];
    for (int i = 0; i < size; i++) {
      levels[i] = values[i] + slope * (epochMillis[size - 1] - epochMillis[i]);
    }
    Arrays.sort(levels);
    return median(levels, size);
  }

  private static double median(double[] sorted, int size) {
    return size % 2 == 1 ? sorted[size / 2] : (sorted[size / 2 - 1] + sorted[size / 2]) / 2;
  }

  /**
   * In how many milliseconds the line reaches a limit that it is below; {@code Long.MAX_VALUE} if
   * that is not sure to be within the horizon, which is the case where the interval of the slope
   * holds 0 or even its lower end does not get there.
   */
  public long millisTo(double limit, long horizonMillis) {
    if (lowSlope <= 0 || level >= limit || level + lowSlope * horizonMillis < limit) {
      return Long.MAX_VALUE;
    }
    return Math.max(0, (long) ((limit - level) / slope));
  }
}

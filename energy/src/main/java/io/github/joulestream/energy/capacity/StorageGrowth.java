// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.capacity;

import io.github.joulestream.energy.Trend;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.DoubleToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How fast the used storage of a site grows: the {@link Trend} (Theil and Sen) of the means of its
 * last 90 days. Means of whole days, so that what comes and goes within a day is no growth. Fewer
 * than 7 days are no trend. Mutable; one thread.
 */
public final class StorageGrowth {
  /** Days that are kept. */
  public static final int MOST_DAYS = 90;

  /** Fewer days are no trend. */
  public static final int FEWEST_DAYS = 7;

  private static final long DAY_MILLIS = 86_400_000;
  private static final double MEBIBYTE = 1 << 20;
  // a day beyond that is none that anybody can plan for
  private static final double FAR_MILLIS = 36_525.0 * DAY_MILLIS;

  private final long[] epochMillis = new long[MOST_DAYS];
  private final double[] usedMebibytes = new double[MOST_DAYS];
  private int days;
  // the day that is not complete
  private long dayMillis = Long.MIN_VALUE;
  private double daySum;
  private double dayTimes;
  private int daySamples;

  /**
   * Growth and when storage is full.
   *
   * @param bytesPerDay growth, bytes a day
   * @param lowBytesPerDay lower end of its 99 % interval
   * @param highBytesPerDay its upper end
   * @param fullEpochMillis when it is full if it goes on like that; -1 if that is not foreseeable,
   *     since the interval holds 0 or less, or since it is a hundred years away
   * @param fullEarliestEpochMillis the same at the upper end; -1 if the above is
   * @param fullLatestEpochMillis the same at the lower end; -1 also if it is a hundred years away
   */
  public record Forecast(
      long bytesPerDay,
      long lowBytesPerDay,
      long highBytesPerDay,
      long fullEpochMillis,
      long fullEarliestEpochMillis,
      long fullLatestEpochMillis) {
    /** What stands for a time that is not foreseeable. */
    public static final long NOT_FORESEEABLE = -1;
  }

  /** Adds a sample; samples come in the order of their times. */
  public void add(long sampleEpochMillis, long sampleUsedMebibytes) {
    long day = Math.floorDiv(sampleEpochMillis, DAY_MILLIS) * DAY_MILLIS;
    if (day < dayMillis) {
      return;
    }
    if (day > dayMillis) {
      endDay();
      dayMillis = day;
    }
    daySum += (double) sampleUsedMebibytes;
    dayTimes += (double) (sampleEpochMillis - day);
    daySamples++;
  }

  private void endDay() {
    if (daySamples == 0) {
      return;
    }
    if (days == MOST_DAYS) {
      System.arraycopy(epochMillis, 1, epochMillis, 0, MOST_DAYS - 1);
      System.arraycopy(usedMebibytes, 1, usedMebibytes, 0, MOST_DAYS - 1);
      days--;
    }
    epochMillis[days] = dayMillis + (long) (dayTimes / daySamples);
    usedMebibytes[days++] = daySum / daySamples;
    daySum = 0;
    dayTimes = 0;
    daySamples = 0;
  }

  /**
   * The growth, and when storage of this size is full; null if too few days are known.
   *
   * @param seenMebibytes size of the storage whose use was given
   */
  public @Nullable Forecast forecast(long seenMebibytes) {
    // days before the last 90 are gone even if there are no samples of the days since
    int first = 0;
    while (first < days && epochMillis[first] < dayMillis - MOST_DAYS * DAY_MILLIS) {
      first++;
    }
    int size = days - first;
    long[] times = Arrays.copyOfRange(epochMillis, first, days);
    double[] values = Arrays.copyOfRange(usedMebibytes, first, days);
    Trend trend = Trend.of(times, values, size, FEWEST_DAYS);
    if (trend == null || Double.isInfinite(trend.lowSlope())) {
      return null;
    }
    // each slope with its own line through the samples: of two lines that both fit, the steeper one
    // is higher at their end, too
    DoubleToLongFunction full =
        slope -> {
          if (trend.lowSlope() <= 0) {
            return Forecast.NOT_FORESEEABLE;
          }
          double level = Trend.level(times, values, size, slope);
          double left = Math.max(0, seenMebibytes - level) / slope;
          return left > FAR_MILLIS ? Forecast.NOT_FORESEEABLE : times[size - 1] + Math.round(left);
        };
    return new Forecast(
        bytesPerDay(trend.slope()),
        bytesPerDay(trend.lowSlope()),
        bytesPerDay(trend.highSlope()),
        full.applyAsLong(trend.slope()),
        full.applyAsLong(trend.highSlope()),
        full.applyAsLong(trend.lowSlope()));
  }

  private static long bytesPerDay(double slope) {
    return Math.round(slope * DAY_MILLIS * MEBIBYTE);
  }

  /** Writes what is known, as {@link #read} reads it. */
  public void write(DataOutput out) throws IOException {
    out.writeInt(days);
    for (int i = 0; i < days; i++) {
      out.writeLong(epochMillis[i]);
      out.writeDouble(usedMebibytes[i]);
    }
    out.writeLong(dayMillis);
    out.writeDouble(daySum);
    out.writeDouble(dayTimes);
    out.writeInt(daySamples);
  }

  /** Reads what {@link #write} wrote. */
  public void read(DataInput in) throws IOException {
    int written = in.readInt();
    if (written < 0 || written > MOST_DAYS) {
      throw new IOException("used storage of " + written + " days");
    }
    days = written;
    for (int i = 0; i < written; i++) {
      epochMillis[i] = in.readLong();
      usedMebibytes[i] = in.readDouble();
    }
    dayMillis = in.readLong();
    daySum = in.readDouble();
    dayTimes = in.readDouble();
    daySamples = in.readInt();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The values of one series that count as of a time, in the order of time: of each interval the
 * latest issue, unless it withdraws it. Of intervals that overlap, the one that was issued last is
 * kept.
 */
public final class SeriesValues {
  /** mJ in 1e-9 kWh: 3.6. */
  private static final BigInteger NANO_TO_MILLIJOULES = BigInteger.valueOf(18);

  private static final BigInteger FIVE = BigInteger.valueOf(5);

  private static final Comparator<GridInterval> LATEST_LAST =
      Comparator.comparingLong(GridInterval::issued)
          // the key of the topic allows of one value of an interval and time of issue; else the
          // order in which values were read would count
          .thenComparing(GridInterval::withdrawn)
          .thenComparingLong(GridInterval::valueNano)
          .thenComparingLong(GridInterval::to);

  static final SeriesValues NONE = new SeriesValues(List.of(), 0);

  private final List<GridInterval> intervals;
  private final int replaced;

  private SeriesValues(List<GridInterval> intervals, int replaced) {
    this.intervals = intervals;
    this.replaced = replaced;
  }

  /** An interval of time, as a key. */
  private record Span(long from, long to) {}

  /** Of the issues of one series. */
  public static SeriesValues of(Collection<GridInterval> issues, long asOfEpochMillis) {
    Map<Span, GridInterval> latest = new HashMap<>();
    for (GridInterval issue : issues) {
      if (issue.issued() <= asOfEpochMillis) {
        latest.merge(
            new Span(issue.from(), issue.to()),
            issue,
            (a, b) -> LATEST_LAST.compare(a, b) >= 0 ? a : b);
      }
    }
    List<GridInterval> current = new ArrayList<>();
    for (GridInterval issue : latest.values()) {
      if (!issue.withdrawn()) {
        current.add(issue);
      }
    }
    current.sort(LATEST_LAST.reversed().thenComparingLong(GridInterval::from));
    NavigableMap<Long, GridInterval> kept = new TreeMap<>();
    int replaced = 0;
    for (GridInterval interval : current) {
      Entry<Long, GridInterval> before = kept.lowerEntry(interval.to());
      if (before == null || before.getValue().to() <= interval.from()) {
        kept.put(interval.from(), interval);
      } else {
        replaced++;
      }
    }
    return new SeriesValues(List.copyOf(kept.values()), replaced);
  }

  /** True if there is none. */
  public boolean isEmpty() {
    return intervals.isEmpty();
  }

  /** All of them. */
  List<GridInterval> all() {
    return intervals;
  }

  /** Number of intervals left out since a later issue overlaps them. */
  int replaced() {
    return replaced;
  }

  /** Those that have time in common with this range. */
  List<GridInterval> within(long from, long to) {
    int first = firstAfter(from);
    int last = first;
    while (last < intervals.size() && intervals.get(last).from() < to) {
      last++;
    }
    return intervals.subList(first, last);
  }

  /** Index of the first interval that ends after a time. */
  private int firstAfter(long time) {
    int low = 0;
    int high = intervals.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (intervals.get(middle).to() <= time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Time of a range without a value, ms. */
  public long missing(long from, long to) {
    long missing = to - from;
    for (GridInterval interval : within(from, to)) {
      missing -= overlap(interval, from, to);
    }
    return missing;
  }

  /** Time of a range without a value, from the first value that there is on, ms. */
  long missingSinceStart(long from, long to) {
    if (intervals.isEmpty()) {
      return 0;
    }
    long start = Math.max(from, intervals.getFirst().from());
    return start >= to ? 0 : missing(start, to);
  }

  /** Value x time over a range, 1e-9 of the unit x ms; of energies see {@link #millijoules}. */
  BigInteger weighted(long from, long to) {
    ExactSum sum = new ExactSum();
    for (GridInterval interval : within(from, to)) {
      sum.addProduct(interval.valueNano(), overlap(interval, from, to));
    }
    return sum.value();
  }

  /**
   * Energy of a series of energies in a range, mJ: of an interval that is in it in part, the same
   * part of its energy. What an interval had up to a time is rounded half up, and a part is the
   * difference of two such: parts that make up an interval add up to it.
   */
  public long millijoules(long from, long to) {
    BigInteger sum = BigInteger.ZERO;
    for (GridInterval interval : within(from, to)) {
      sum =
          sum.add(upTo(interval, Math.min(to, interval.to())))
              .subtract(upTo(interval, Math.max(from, interval.from())));
    }
    return sum.longValueExact();
  }

  private static BigInteger upTo(GridInterval interval, long time) {
    BigInteger parts =
        BigInteger.valueOf(interval.valueNano())
            .multiply(NANO_TO_MILLIJOULES)
            .multiply(BigInteger.valueOf(time - interval.from()));
    return quotient(parts, FIVE.multiply(BigInteger.valueOf(interval.to() - interval.from())));
  }

  /** True if some value in the range is estimated, forecast or synthetic. */
  public boolean isWeak(long from, long to) {
    for (GridInterval interval : within(from, to)) {
      if (interval.quality() != GridQuality.MEASURED) {
        return true;
      }
    }
    return false;
  }

  static long overlap(GridInterval interval, long from, long to) {
    return Math.max(0, Math.min(to, interval.to()) - Math.max(from, interval.from()));
  }

  /** Of a whole, what {@code of} is of {@code in}, rounded half up. */
  static long portion(long whole, long of, long in) {
    return quotient(
            BigInteger.valueOf(whole).multiply(BigInteger.valueOf(of)), BigInteger.valueOf(in))
        .longValueExact();
  }

  /** A quotient, rounded half up. */
  static BigInteger quotient(BigInteger dividend, BigInteger divisor) {
    return new BigDecimal(dividend)
        .divide(new BigDecimal(divisor), 0, RoundingMode.HALF_UP)
        .toBigIntegerExact();
  }
}

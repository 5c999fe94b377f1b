// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.streams.state.ExpiringAggregate;
import io.github.joulestream.streams.state.ObjectCacheStore;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the increments of one record make of the windows of a job. Nothing has changed until it is
 * {@linkplain #put put}. One thread.
 */
final class WindowSums {
  private static final long NONE = -1;

  private final ObjectCacheStore<ExpiringAggregate<JobWindow>> windows;
  private final String jobKey;
  private final long arrivalEpochMillis;
  private final Map<String, ExpiringAggregate<JobWindow>> changed = new LinkedHashMap<>();
  private long peakMilliwatts;
  private boolean peakFell;
  private long earliestStartEpochMillis = Long.MAX_VALUE;

  /**
   * Sums without any increment.
   *
   * @param peakMilliwatts the highest mean power of any window of the job
   */
  WindowSums(
      ObjectCacheStore<ExpiringAggregate<JobWindow>> windows,
      String jobKey,
      long arrivalEpochMillis,
      long peakMilliwatts) {
    this.windows = windows;
    this.jobKey = jobKey;
    this.arrivalEpochMillis = arrivalEpochMillis;
    this.peakMilliwatts = peakMilliwatts;
  }

  /**
   * Adds an increment.
   *
   * @throws ArithmeticException if an amount overflows: then nothing of this may be put
   */
  void add(JobWindow increment) {
    long start = increment.windowStartEpochMillis();
    String key = windowKey(start);
    ExpiringAggregate<JobWindow> before = changed.get(key);
    if (before == null) {
      before = windows.get(key);
    }
    ExpiringAggregate<JobWindow> after =
        before == null
            ? begun(increment)
            : before.updated(arrivalEpochMillis, sum(before, increment));
    long powerBefore = before == null ? 0 : meanMilliwatts(before.value());
    long power = meanMilliwatts(after.value());
    peakFell |= powerBefore == peakMilliwatts && power < peakMilliwatts;
    peakMilliwatts = Math.max(peakMilliwatts, power);
    earliestStartEpochMillis = Math.min(earliestStartEpochMillis, start);
    changed.put(key, after);
  }

  private ExpiringAggregate<JobWindow> begun(JobWindow increment) {
    ExpiringAggregate<JobWindow> first =
        ExpiringAggregate.begin(
            increment.windowStartEpochMillis(),
            arrivalEpochMillis,
            ExpiringAggregate.WINDOW_LIFE,
            increment);
    return first.updated(
        arrivalEpochMillis, with(increment, increment.totals(), first.fragmentEpochMillis()));
  }

  private static JobWindow sum(ExpiringAggregate<JobWindow> before, JobWindow increment) {
    return with(
        increment,
        before.value().totals().copy().addAll(increment.totals()),
        before.fragmentEpochMillis());
  }

  private static JobWindow with(
      JobWindow increment, Totals<JobAmount> totals, long fragmentEpochMillis) {
    return new JobWindow(
        increment.site(),
        increment.job(),
        increment.windowStartEpochMillis(),
        increment.windowMillis(),
        totals,
        fragmentEpochMillis);
  }

  /** Puts the windows. */
  void put() {
    changed.forEach(windows::put);
  }

  /** The highest mean power of any window, unless it {@linkplain #hasPeakFallen has fallen}. */
  long peakMilliwatts() {
    return peakMilliwatts;
  }

  /** True if the highest window was corrected downwards. */
  boolean hasPeakFallen() {
    return peakFell;
  }

  /** Start of the earliest window of the record. */
  long earliestStartEpochMillis() {
    return earliestStartEpochMillis;
  }

  /**
   * The end of the last window that is not zero. The end of a job that arrives late corrects the
   * windows behind it; then an earlier window is the last one.
   *
   * @param lastEpochMillis what it was before
   */
  long lastEpochMillis(long lastEpochMillis) {
    long last = Math.max(lastEpochMillis, last(changed));
    JobWindow emptied = emptied(last);
    if (emptied == null) {
      return last;
    }
    Map<String, ExpiringAggregate<JobWindow>> all = windows.startingWith(jobKey + "\0");
    all.putAll(changed);
    long left = last(all);
    // windows that have expired are not in the store any more
    return left == NONE ? emptied.windowStartEpochMillis() : left;
  }

  private static long last(Map<String, ExpiringAggregate<JobWindow>> windows) {
    long last = NONE;
    for (ExpiringAggregate<JobWindow> window : windows.values()) {
      if (!window.value().totals().isZero()) {
        last = Math.max(last, end(window.value()));
      }
    }
    return last;
  }

  private @Nullable JobWindow emptied(long endEpochMillis) {
    for (ExpiringAggregate<JobWindow> window : changed.values()) {
      if (end(window.value()) == endEpochMillis && window.value().totals().isZero()) {
        return window.value();
      }
    }
    return null;
  }

  private static long end(JobWindow window) {
    return window.windowStartEpochMillis() + window.windowMillis();
  }

  /** In the order of time, as text. */
  private String windowKey(long windowStartEpochMillis) {
    return jobKey + "\0" + HexFormat.of().toHexDigits(windowStartEpochMillis);
  }

  /** Millijoules over milliseconds are watts. */
  static long meanMilliwatts(JobWindow window) {
    return Math.multiplyExact(window.totals().get(JobAmount.TOTAL_MILLIJOULES), 1000L)
        / window.windowMillis();
  }
}

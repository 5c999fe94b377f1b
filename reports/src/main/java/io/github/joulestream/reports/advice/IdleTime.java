// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

/** Quarters of an hour in which all GPUs of a job together were under 5 % busy. */
public final class IdleTime {
  private long lastQuarter = Long.MIN_VALUE;
  private int run;
  private int longest;
  private long quarters;
  private long gpuMillis;
  private long millijoules;

  /**
   * Adds a quarter, in the order of time.
   *
   * @param quarter its number since the epoch
   * @return idle quarters right before it
   */
  int add(long quarter, long heldMillis, long heldIdleMillijoules) {
    int before = quarters > 0 && quarter == lastQuarter + 1 ? run : 0;
    run = before + 1;
    longest = Math.max(longest, run);
    lastQuarter = quarter;
    quarters++;
    gpuMillis += heldMillis;
    millijoules += heldIdleMillijoules;
    return before;
  }

  /** All of it, ms. */
  public long millis() {
    return quarters * JobSteps.QUARTER_MILLIS;
  }

  /** The longest time without a break, ms. */
  public long longestMillis() {
    return (long) longest * JobSteps.QUARTER_MILLIS;
  }

  /** GPU time held in it, ms. */
  public long gpuMillis() {
    return gpuMillis;
  }

  /** Energy of idle GPUs in it, mJ. */
  public long millijoules() {
    return millijoules;
  }
}

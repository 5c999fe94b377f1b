// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.schemas.JobSummary;

/** Work of whole jobs in one unit, and the energy that it took. */
final class WorkSum {
  private static final double MILLI = 1_000;

  private final ExactSum millijoules = new ExactSum();
  private double work;
  private long jobs;

  /** Adds a job that reported work. */
  void add(JobSummary whole) {
    millijoules.add(whole.totals().get(JobAmount.TOTAL_MILLIJOULES));
    work += whole.work().amount();
    jobs++;
  }

  double work() {
    return work;
  }

  long jobs() {
    return jobs;
  }

  ExactSum millijoules() {
    return millijoules;
  }

  /** NaN without energy. */
  double perJoule() {
    return millijoules.signum() <= 0 ? Double.NaN : work / (millijoules.doubleValue() / MILLI);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** What jobs of a site used, step by step. */
final class JobSteps {
  /** Amounts of jobs that reports are made of. */
  static final Set<JobAmount> AMOUNTS =
      Set.of(
          JobAmount.TOTAL_MILLIJOULES,
          JobAmount.GPU_MILLIJOULES,
          JobAmount.MEMORY_MILLIJOULES,
          JobAmount.STORAGE_MILLIJOULES,
          JobAmount.CPU_MILLIJOULES,
          JobAmount.NODE_MILLIJOULES,
          JobAmount.MEASURED_MILLIJOULES,
          JobAmount.ESTIMATED_MILLIJOULES,
          JobAmount.MODELLED_MILLIJOULES,
          JobAmount.HELD_IDLE_MILLIJOULES,
          JobAmount.COVERED_MILLIS,
          JobAmount.UNCOVERED_MILLIS,
          JobAmount.GPU_HELD_MILLIS,
          JobAmount.GPU_BUSY_MILLIS);

  private final Map<JobAmount, long[]> values = new EnumMap<>(JobAmount.class);

  JobSteps(int steps) {
    for (JobAmount amount : AMOUNTS) {
      values.put(amount, new long[steps]);
    }
  }

  void add(int step, Totals<JobAmount> totals) {
    values.forEach((amount, steps) -> steps[step] = Math.addExact(steps[step], totals.get(amount)));
  }

  /** An amount in a step. */
  long at(int step, JobAmount amount) {
    long[] steps = values.get(amount);
    return steps == null ? 0 : steps[step];
  }

  /** All amounts of a step. */
  Totals<JobAmount> at(int step) {
    Totals<JobAmount> totals = Totals.ofJob();
    values.forEach((amount, steps) -> totals.set(amount, steps[step]));
    return totals;
  }
}

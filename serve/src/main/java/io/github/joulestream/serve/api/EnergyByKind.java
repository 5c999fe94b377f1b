// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import java.util.function.Function;

/** Energy by kind of device, mJ: the document's {@code ByKind}. */
public record EnergyByKind(Number gpu, Number cpu, Number memory, Number storage, Number node) {
  static EnergyByKind of(Totals<JobAmount> totals) {
    return of(totals::get);
  }

  static EnergyByKind of(Function<JobAmount, ? extends Number> amounts) {
    return new EnergyByKind(
        amounts.apply(JobAmount.GPU_MILLIJOULES),
        amounts.apply(JobAmount.CPU_MILLIJOULES),
        amounts.apply(JobAmount.MEMORY_MILLIJOULES),
        amounts.apply(JobAmount.STORAGE_MILLIJOULES),
        amounts.apply(JobAmount.NODE_MILLIJOULES));
  }
}

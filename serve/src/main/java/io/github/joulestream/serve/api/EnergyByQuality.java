// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import java.util.function.Function;

/** Energy by how it is known, mJ: the document's {@code Quality}. */
public record EnergyByQuality(
    Number measuredMillijoules, Number estimatedMillijoules, Number modelledMillijoules) {
  static EnergyByQuality of(Totals<JobAmount> totals) {
    return of(totals::get);
  }

  static EnergyByQuality of(Function<JobAmount, ? extends Number> amounts) {
    return new EnergyByQuality(
        amounts.apply(JobAmount.MEASURED_MILLIJOULES),
        amounts.apply(JobAmount.ESTIMATED_MILLIJOULES),
        amounts.apply(JobAmount.MODELLED_MILLIJOULES));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** What jobs that run have cost and emitted so far. Used by any thread; never waits. */
@FunctionalInterface
public interface JobCosts {
  /**
   * Of a job of a site.
   *
   * @param millijoules energy of the job so far
   */
  JobCost of(String site, String job, long millijoules);

  /**
   * What is known of a job so far.
   *
   * @param cost in the currency; null if it is not known
   * @param currency ISO 4217 code, or empty
   * @param co2eGrams location-based emissions, g CO2e; null if they are not known
   */
  record JobCost(@Nullable BigDecimal cost, String currency, @Nullable BigDecimal co2eGrams) {
    /** Nothing is known. */
    public static final JobCost UNKNOWN = new JobCost(null, "", null);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.serve.stream.JobCosts.JobCost;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * What a job has used so far, as a row has it.
 *
 * @param energyMillijoules {@link #UNKNOWN} before the first summary, as the other sums
 * @param heldIdleMillijoules of GPUs that it held and did not use
 * @param idleGpuMillis GPU time held and not busy
 * @param cost null if it is not known
 * @param co2eGrams null if they are not known
 */
record JobSums(
    long energyMillijoules,
    long heldIdleMillijoules,
    long idleGpuMillis,
    @Nullable BigDecimal cost,
    @Nullable BigDecimal co2eGrams) {
  static final long UNKNOWN = -1;

  /** Before the first summary. */
  static final JobSums NONE = new JobSums(UNKNOWN, UNKNOWN, UNKNOWN, null, null);

  private static final int SIGNIFICANT_DIGITS = 6;
  private static final int LEAST_DECIMALS = 2;

  static JobSums of(Totals<JobAmount> totals, JobCost cost) {
    return new JobSums(
        totals.get(JobAmount.TOTAL_MILLIJOULES),
        totals.get(JobAmount.HELD_IDLE_MILLIJOULES),
        Math.max(0, totals.get(JobAmount.GPU_HELD_MILLIS) - totals.get(JobAmount.GPU_BUSY_MILLIS)),
        cost.cost(),
        cost.co2eGrams());
  }

  /** Its members, each with a comma before it. */
  byte[] bytes() {
    StringBuilder text = new StringBuilder(160);
    append(text, "energyMillijoules", energyMillijoules);
    append(text, "heldIdleMillijoules", heldIdleMillijoules);
    append(text, "idleGpuMillis", idleGpuMillis);
    append(text, "cost", cost);
    append(text, "co2eGrams", co2eGrams);
    return text.toString().getBytes(US_ASCII);
  }

  private static void append(StringBuilder text, String name, long sum) {
    text.append(",\"")
        .append(name)
        .append("\":")
        .append(sum == UNKNOWN ? "null" : Long.toString(sum));
  }

  private static void append(StringBuilder text, String name, @Nullable BigDecimal amount) {
    text.append(",\"")
        .append(name)
        .append("\":")
        .append(amount == null ? "null" : cut(amount).toPlainString());
  }

  /**
   * An amount with at most six significant digits, but with two decimals if it has them. It is cut,
   * not rounded: who rounds it further for people gets what the exact amount is rounded to.
   */
  static BigDecimal cut(BigDecimal amount) {
    if (amount.signum() == 0) {
      return BigDecimal.ZERO;
    }
    int wholeDigits = amount.precision() - amount.scale();
    int decimals = Math.max(LEAST_DECIMALS, SIGNIFICANT_DIGITS - wholeDigits);
    BigDecimal cut =
        amount.scale() <= decimals ? amount : amount.setScale(decimals, RoundingMode.DOWN);
    return cut.stripTrailingZeros();
  }
}

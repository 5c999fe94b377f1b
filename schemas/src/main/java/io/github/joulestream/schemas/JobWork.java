// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

/**
 * Work that a job has done so far, such as tokens, samples or steps.
 *
 * @param amount in {@code unit}, 0 if unknown
 * @param unit its unit, or empty
 */
public record JobWork(double amount, String unit) {
  /** No work is known. */
  public static final JobWork NONE = new JobWork(0, "");

  /** This work with that of a later record: an amount over 0 and a unit replace those before. */
  public JobWork updatedWith(JobWork later) {
    return new JobWork(
        later.amount == 0 ? amount : later.amount, later.unit.isEmpty() ? unit : later.unit);
  }
}

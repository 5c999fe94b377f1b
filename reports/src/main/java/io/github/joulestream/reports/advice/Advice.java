// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What users of a class of jobs can do, and what it would have saved in the period.
 *
 * @param jobClass of jobs
 * @param topic what it is about
 * @param sentence what was seen, and what to do
 * @param millijoules energy that would have been saved
 * @param cost what that energy cost; null: not known
 * @param grams what it emitted, location-based, g CO2e; null: not known
 * @param jobs number of jobs that the figures are of
 * @param basis figures that the saving rests on
 */
public record Advice(
    String jobClass,
    Topic topic,
    String sentence,
    BigDecimal millijoules,
    @Nullable BigDecimal cost,
    @Nullable BigDecimal grams,
    int jobs,
    String basis) {

  /** What advice is about. */
  public enum Topic {
    /** GPUs of jobs that used none of them for some time. */
    HELD_IDLE,
    /** GPUs that were idle while the same job used others. */
    FEWER_GPUS,
    /** A label of jobs, as the batch size, whose values differ in work per joule. */
    SETTING,
    /** When jobs run. */
    HOURS,
    /** A limit on the power of GPUs. */
    POWER_CAP;

    /** In words: {@code held idle}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }
}

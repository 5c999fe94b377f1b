// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;

/**
 * Energy of a job in one window: its total so far on the topic {@code job-window}, an increment to
 * it on the way there.
 *
 * @param windowStartEpochMillis start of the window, a multiple of its length
 * @param windowMillis its length
 * @param fragmentEpochMillis identifies the fragment: all fragments of one window add up. 0, or the
 *     start of a fragment that was opened after the one before was closed
 */
public record JobWindow(
    String site,
    String job,
    long windowStartEpochMillis,
    int windowMillis,
    Totals<JobAmount> totals,
    long fragmentEpochMillis) {

  /** The only fragment, or an increment. */
  public JobWindow(
      String site,
      String job,
      long windowStartEpochMillis,
      int windowMillis,
      Totals<JobAmount> totals) {
    this(site, job, windowStartEpochMillis, windowMillis, totals, 0);
  }
}

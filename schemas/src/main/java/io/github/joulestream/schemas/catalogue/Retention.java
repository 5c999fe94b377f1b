// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

/** How long stores keep a point; operators choose the lengths. */
public enum Retention {
  /** For single devices: there are ten times more of them than of nodes. */
  DAYS,
  /** For live views and corrections: windows of 10 s and figures of the pipeline. */
  WEEKS,
  /**
   * For reports: windows of 1 h of sites, totals and quarter hours of jobs, placement, alerts,
   * budgets.
   */
  YEARS
}

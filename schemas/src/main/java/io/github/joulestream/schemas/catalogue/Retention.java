// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

/** How long stores keep a point; operators choose the lengths. */
public enum Retention {
  /** For live views and corrections: windows of 10 s and figures of the pipeline. */
  WEEKS,
  /** For reports: windows of 1 h of sites, totals of jobs, alerts, budgets. No series per job. */
  YEARS
}

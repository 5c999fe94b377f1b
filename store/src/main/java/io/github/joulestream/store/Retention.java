// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

/** How long a point is worth keeping. */
public enum Retention {
  /** What live views and corrections need: windows of 10 s, and how the pipeline does. */
  WEEKS,
  /**
   * What reports need: windows of 1 h of sites, the jobs' totals, alerts, budgets. No series per
   * job.
   */
  YEARS;

  /** By measurement, and by window where a measurement has several. */
  public static Retention of(StorePoint point) {
    return switch (point.measurement()) {
      case JOB_WINDOW, NODE_WINDOW, PIPELINE -> WEEKS;
      case JOB_SUMMARY, ALERT, BUDGET -> YEARS;
      case SITE_WINDOW, LEDGER ->
          point.tags().getOrDefault("window", "").endsWith("h") ? YEARS : WEEKS;
    };
  }
}

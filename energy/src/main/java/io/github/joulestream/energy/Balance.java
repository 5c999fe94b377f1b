// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An equation of the ledger: measured = jobs + idle, for the total of a site or for one kind of
 * device. All three are in millijoules and are booked separately, so that a difference shows a
 * defect.
 *
 * @param kind the kind of device, or null for the total
 * @param measured energy from the readings
 * @param jobs energy booked to jobs
 * @param idle energy that is not allocated
 */
public record Balance(
    @Nullable DeviceKind kind, SiteAmount measured, SiteAmount jobs, SiteAmount idle) {

  /** The equation of the total. */
  public static final Balance TOTAL =
      new Balance(
          null,
          SiteAmount.MEASURED_TOTAL_MILLIJOULES,
          SiteAmount.JOBS_TOTAL_MILLIJOULES,
          SiteAmount.IDLE_TOTAL_MILLIJOULES);

  /** The total first, then every kind whose energy is attributed, in the order of the enum. */
  public static final List<Balance> ALL =
      List.of(
          TOTAL,
          of(DeviceKind.GPU),
          of(DeviceKind.MEMORY),
          of(DeviceKind.STORAGE),
          of(DeviceKind.CPU),
          of(DeviceKind.NODE));

  /**
   * The equation of a kind of device.
   *
   * @throws IllegalArgumentException for a {@linkplain DeviceKind#isSiteMeter meter of a site},
   *     which is never attributed
   */
  public static Balance of(DeviceKind kind) {
    return new Balance(
        kind, SiteAmount.measured(kind), SiteAmount.jobs(kind), SiteAmount.idle(kind));
  }

  /** measured - jobs - idle, millijoules: 0 if the books balance. */
  public long difference(Totals<SiteAmount> totals) {
    return totals.get(measured) - totals.get(jobs) - totals.get(idle);
  }

  /** Sum of the absolute differences of all equations, millijoules: 0 if the books balance. */
  public static long totalDifference(Totals<SiteAmount> totals) {
    long sum = 0;
    for (Balance balance : ALL) {
      sum += Math.abs(balance.difference(totals));
    }
    return sum;
  }
}

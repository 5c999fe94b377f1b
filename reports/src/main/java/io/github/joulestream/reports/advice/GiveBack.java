// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.StepFactors;
import java.util.ArrayList;
import java.util.List;

/**
 * What-if: GPUs are given back once all GPUs of their job have been idle for some time. Energy is
 * that which idle GPUs used from then on until the job used them again.
 */
public final class GiveBack {
  /** Times after which GPUs are given back, in quarters of an hour; the first: at once. */
  static final int[] QUARTERS = {0, 1, 2, 4, 8, 16};

  private static final int MINUTES = 15;

  private final long[] gpuMillis = new long[QUARTERS.length];
  private final long[] times = new long[QUARTERS.length];
  private final List<Charges> charges = new ArrayList<>();

  /** Without idle GPUs. */
  public GiveBack() {
    for (int i = 0; i < QUARTERS.length; i++) {
      charges.add(new Charges());
    }
  }

  /**
   * Adds an idle quarter of an hour of a job.
   *
   * @param before idle quarters of the job right before it
   */
  void add(int before, long heldMillis, long heldIdleMillijoules, StepFactors factors) {
    for (int i = 0; i < QUARTERS.length && before >= QUARTERS[i]; i++) {
      gpuMillis[i] += heldMillis;
      charges.get(i).add(heldIdleMillijoules, factors);
      if (before == QUARTERS[i]) {
        times[i]++;
      }
    }
  }

  /** Number of times after which GPUs could be given back. */
  public static int choices() {
    return QUARTERS.length;
  }

  /** The time of a choice, min. */
  public static int minutes(int choice) {
    return MINUTES * QUARTERS[choice];
  }

  /** GPU time that is given back, ms. */
  public long gpuMillis(int choice) {
    return gpuMillis[choice];
  }

  /** How often GPUs of a job are given back. */
  public long times(int choice) {
    return times[choice];
  }

  /** Of the energy of idle GPUs that is saved. */
  public Charges charges(int choice) {
    return charges.get(choice);
  }

  /**
   * The choice to advise: the longest time, of those over 0, that saves at least half of what a
   * quarter of an hour does, since every time that GPUs are given back somebody has to wait for
   * others. -1 if nothing is saved after a quarter.
   */
  public int advised() {
    double most = charges.get(1).energy().doubleValue();
    int choice = -1;
    for (int i = 1; most > 0 && i < QUARTERS.length; i++) {
      if (2 * charges.get(i).energy().doubleValue() >= most) {
        choice = i;
      }
    }
    return choice;
  }
}

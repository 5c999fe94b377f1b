// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import io.github.joulestream.energy.grid.StepFactors;
import java.util.Optional;

/**
 * What jobs save if all of them run a fixed number of hours later. The hours are chosen on every
 * other day and judged on the days between, so that what was chosen for its chance is not taken for
 * a saving.
 *
 * @param hours by which the jobs run later
 * @param share of the figure that was saved on the days on which it was judged
 * @param total the figure without the shift, over all days: currency or g
 * @param days on which it was judged
 */
record FixedShift(int hours, double share, double total, int days) {
  private static final int MOST_HOURS = 12;
  private static final int DAY_HOURS = 24;
  private static final double PARTS = 1e9 * 3.6e9;
  // mean over its standard error, from which on a saving is more than noise
  private static final double CERTAIN = 2;

  /** Sums of a shift: of the days on which it is chosen, and of each day on which it is judged. */
  private static final class Trial {
    private double chosenBefore;
    private double chosenSaved;
    private double before;
    private double saved;
    private double squares;
    private int days;

    private void addDay(boolean judged, double dayBefore, double daySaved) {
      if (!judged) {
        chosenBefore += dayBefore;
        chosenSaved += daySaved;
        return;
      }
      before += dayBefore;
      saved += daySaved;
      squares += daySaved * daySaved;
      days++;
    }

    private boolean isMoreThanNoise() {
      double mean = saved / days;
      double variance = (squares - days * mean * mean) / (days - 1);
      return mean > CERTAIN * Math.sqrt(Math.max(0, variance) / days);
    }
  }

  /**
   * The best shift.
   *
   * @param rates 1e-9 of the figure per kWh, by step
   * @param load energy of the jobs by step, mJ
   * @param hourSteps steps of an hour
   * @return empty if none saves more than noise
   */
  static Optional<FixedShift> best(long[] rates, long[] load, int hourSteps) {
    Trial best = new Trial();
    int bestHours = 0;
    for (int hours = 1; hours <= MOST_HOURS; hours++) {
      Trial trial = trial(rates, load, hourSteps, hours);
      if (trial.chosenSaved > best.chosenSaved) {
        best = trial;
        bestHours = hours;
      }
    }
    return bestHours > 0 && best.days >= Spread.FEWEST && best.before > 0 && best.isMoreThanNoise()
        ? Optional.of(
            new FixedShift(
                bestHours,
                best.saved / best.before,
                (best.before + best.chosenBefore) / PARTS,
                best.days))
        : Optional.empty();
  }

  /** The share that a shift saves of a figure on all days; NaN if it is nowhere known. */
  static double share(long[] rates, long[] load, int hourSteps, int hours) {
    Trial trial = trial(rates, load, hourSteps, hours);
    return (trial.saved + trial.chosenSaved) / (trial.before + trial.chosenBefore);
  }

  private static Trial trial(long[] rates, long[] load, int hourSteps, int hours) {
    Trial trial = new Trial();
    int day = DAY_HOURS * hourSteps;
    for (int from = 0; from < load.length; from += day) {
      double before = 0;
      double saved = 0;
      for (int i = from; i < Math.min(from + day, load.length - hours * hourSteps); i++) {
        int later = i + hours * hourSteps;
        if (rates[i] != StepFactors.UNKNOWN && rates[later] != StepFactors.UNKNOWN) {
          before += (double) load[i] * rates[i];
          saved += (double) load[i] * (rates[i] - rates[later]);
        }
      }
      if (before != 0) {
        trial.addDay(from / day % 2 == 1, before, saved);
      }
    }
    return trial;
  }
}

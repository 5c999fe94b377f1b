// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.StepFactors;
import io.github.joulestream.reports.data.SiteUse;
import java.util.Arrays;
import java.util.Optional;

/**
 * What-if: some share of the energy of jobs is used up to some hours later, when a figure is
 * lowest. No step gets higher than the highest one was, so that the site has the power for it. What
 * saves most is moved first, which is one way to do it and not always the best: the saving can be
 * reached, by who knows the figures beforehand.
 */
public final class LaterHours {
  private static final long HOUR_MILLIS = 3_600_000;
  // nano and mJ per kWh
  private static final double PARTS = 1e9 * 3.6e9;
  private static final long RANKS = (1L << 31) - 1;

  private final long[] rates;
  private final long[] load;
  private final long[] room;
  private final int hourSteps;

  /**
   * What was saved.
   *
   * @param millijoules energy that was moved
   * @param saved currency or g
   */
  public record Saved(double millijoules, double saved) {}

  private LaterHours(long[] rates, long[] load, long[] room, int hourSteps) {
    this.rates = rates;
    this.load = load;
    this.room = room;
    this.hourSteps = hourSteps;
  }

  /**
   * Of all jobs of a site.
   *
   * @param figure what is saved: money, or emissions
   * @return empty if it is not known in every step in which jobs used energy
   */
  public static Optional<LaterHours> of(SiteUse site, Charges.Figure figure) {
    long[] rates = rates(site, figure);
    long[] load = new long[rates.length];
    long[] all = new long[rates.length];
    boolean known = true;
    for (int i = 0; i < rates.length; i++) {
      load[i] = Math.max(0, site.at(i, SiteAmount.JOBS_TOTAL_MILLIJOULES));
      all[i] = site.at(i, SiteAmount.MEASURED_TOTAL_MILLIJOULES);
      known &= load[i] == 0 || rates[i] != StepFactors.UNKNOWN;
    }
    return known && Arrays.stream(load).anyMatch(energy -> energy > 0)
        ? Optional.of(of(rates, load, all, (int) Math.max(1, HOUR_MILLIS / site.stepMillis())))
        : Optional.empty();
  }

  /** Of energy that can be moved, in a site that used this in all, by step. */
  static LaterHours of(long[] rates, long[] load, long[] all, int hourSteps) {
    long highest = Arrays.stream(all).max().orElse(0);
    return new LaterHours(
        rates, load, Arrays.stream(all).map(used -> highest - used).toArray(), hourSteps);
  }

  /** 1e-9 of the figure per kWh, by step. */
  static long[] rates(SiteUse site, Charges.Figure figure) {
    long[] rates = new long[site.steps()];
    Arrays.setAll(rates, i -> rate(site.factors(i), figure));
    return rates;
  }

  private static long rate(StepFactors factors, Charges.Figure figure) {
    return switch (figure) {
      case COST -> factors.priceNano();
      case CO2E_LOCATION -> factors.locationNano();
      case CO2E_MARGINAL -> factors.marginalNano();
      case CO2E_MARKET, RENEWABLE, CONTRACTED, CARBON_FREE ->
          throw new IllegalArgumentException("no what-if of " + figure);
    };
  }

  /**
   * Moves energy.
   *
   * @param share of each step's energy that can be moved, in percent
   * @param hours by which it can be moved at most
   */
  public Saved moved(int share, int hours) {
    long[] movable = Arrays.stream(load).map(energy -> energy / 100 * share).toArray();
    long[] free = room.clone();
    double moved = 0;
    double saved = 0;
    for (long rankedPair : rankedPairs(hours)) {
      int pair = (int) rankedPair;
      int from = pair / hours;
      int to = from + (pair % hours + 1) * hourSteps;
      long part = Math.min(movable[from], free[to]);
      if (part > 0) {
        movable[from] -= part;
        free[from] += part;
        free[to] -= part;
        moved += part;
        saved += (double) part * (rates[from] - rates[to]) / PARTS;
      }
    }
    return new Saved(moved, saved);
  }

  /** Steps and hours by which they are moved, whose gain is over 0, the largest gain first. */
  private long[] rankedPairs(int hours) {
    long largest = 1;
    for (int i = 0; i < rates.length; i++) {
      for (int hour = 1; hour <= hours; hour++) {
        largest = Math.max(largest, gain(i, hour));
      }
    }
    long[] pairs = new long[Math.multiplyExact(rates.length, hours)];
    int count = 0;
    for (int i = 0; i < rates.length; i++) {
      for (int hour = 1; hour <= hours; hour++) {
        long gain = gain(i, hour);
        if (gain > 0) {
          // the largest has rank 0; the pair is in the lower half
          long rank = RANKS - (long) ((double) gain / largest * RANKS);
          pairs[count++] = rank << Integer.SIZE | (long) i * hours + hour - 1;
        }
      }
    }
    long[] ranked = Arrays.copyOf(pairs, count);
    Arrays.sort(ranked);
    return ranked;
  }

  private long gain(int from, int hour) {
    int to = from + hour * hourSteps;
    return load[from] == 0 || to >= rates.length || rates[to] == StepFactors.UNKNOWN
        ? 0
        : rates[from] - rates[to];
  }
}

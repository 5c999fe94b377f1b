// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import java.util.Map.Entry;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What of a site's load in a step came from its own generation: generation less export less what
 * went into the battery, never below 0 nor above the load. What comes out of the battery is of the
 * mix that the site generated in the {@link #BATTERY_MEMORY_MILLIS} before.
 *
 * <p>A meter counts before a feed, which then only splits its energy by source. A series has no
 * energy before its first interval; from then on, a gap makes it unknown.
 *
 * @param usedMillijoules {@link StepEnergy#UNKNOWN}: not known
 * @param renewable the part that was renewable; null: not known
 * @param carbonFree the part that was free of carbon; null: not known
 * @param weak whether some value was estimated, forecast or synthetic
 */
record OwnSupply(
    long usedMillijoules, @Nullable Part renewable, @Nullable Part carbonFree, boolean weak) {
  /** How long before its discharge a battery is taken to have been charged. */
  static final long BATTERY_MEMORY_MILLIS = 24L * 3_600_000;

  /** Nothing of the load. */
  static final OwnSupply NOTHING = new OwnSupply(0, Part.NONE, Part.NONE, false);

  private static final OwnSupply NOT_KNOWN = new OwnSupply(StepEnergy.UNKNOWN, null, null, false);

  /** A part of an energy, mJ: of the second, the first. */
  record Part(long of, long in) {
    static final Part NONE = new Part(0, 1);
  }

  /** Energy by source in a range, mJ. */
  private record Split(long all, long renewable, long carbonFree, boolean known, boolean weak) {
    static Split of(SortedMap<EnergySource, SeriesValues> sources, long from, long to) {
      long all = 0;
      long renewable = 0;
      long carbonFree = 0;
      boolean known = true;
      boolean weak = false;
      for (Entry<EnergySource, SeriesValues> one : sources.entrySet()) {
        long energy = one.getValue().millijoules(from, to);
        all += energy;
        renewable += one.getKey().isRenewable() ? energy : 0;
        carbonFree += one.getKey().isCarbonFree() ? energy : 0;
        known &= one.getValue().missingSinceStart(from, to) == 0;
        weak |= one.getValue().isWeak(from, to);
      }
      return new Split(all, renewable, carbonFree, known, weak);
    }
  }

  boolean isKnown() {
    return usedMillijoules != StepEnergy.UNKNOWN;
  }

  static OwnSupply of(GridFactors grid, long from, long to, StepEnergy energy) {
    SortedMap<EnergySource, SeriesValues> sources = grid.bySource(SeriesKind.GENERATION);
    Split split = Split.of(sources, from, to);
    SeriesValues battery = grid.values(GridSeries.of(SeriesKind.BATTERY));
    SeriesValues export = grid.values(GridSeries.of(SeriesKind.EXPORT));
    Long generated =
        known(
            energy.meteredGenerationMillijoules(), split.all(), split.known(), !sources.isEmpty());
    if (generated == null || battery.missingSinceStart(from, to) > 0) {
      return NOT_KNOWN;
    }
    long discharged = -battery.millijoules(from, to);
    if (generated + discharged <= 0) {
      return NOTHING;
    }
    Long exported =
        known(
            energy.meteredExportMillijoules(),
            export.millijoules(from, to),
            export.missingSinceStart(from, to) == 0,
            !export.isEmpty());
    if (exported == null) {
      return NOT_KNOWN;
    }
    long used = Math.clamp(generated + discharged - exported, 0, energy.loadMillijoules());
    if (used == 0) {
      return NOTHING;
    }
    Split before = Split.of(sources, to - BATTERY_MEMORY_MILLIS, to);
    boolean weak = split.weak() || battery.isWeak(from, to) || export.isWeak(from, to);
    long out = Math.max(0, discharged);
    return new OwnSupply(
        used,
        part(generated, split, split.renewable(), out, before, before.renewable()),
        part(generated, split, split.carbonFree(), out, before, before.carbonFree()),
        weak);
  }

  /** A meter's energy, else that of a feed; null if not known. */
  private static @Nullable Long known(long metered, long fed, boolean isFedWhole, boolean hasFeed) {
    if (metered != StepEnergy.UNKNOWN && metered != StepEnergy.SILENT) {
      return metered;
    }
    boolean isFed = hasFeed || metered == StepEnergy.UNKNOWN;
    return isFed && isFedWhole ? (Long) fed : null;
  }

  /** What of the supply, generated and out of the battery, was of some sources. */
  private static @Nullable Part part(
      long generated, Split now, long nowOf, long discharged, Split before, long beforeOf) {
    boolean isNowKnown = generated == 0 || (now.known() && now.all() > 0);
    boolean isBeforeKnown = discharged == 0 || before.all() > 0;
    if (!isNowKnown || !isBeforeKnown) {
      return null;
    }
    long of =
        (generated == 0 ? 0 : SeriesValues.portion(generated, nowOf, now.all()))
            + (discharged == 0 ? 0 : SeriesValues.portion(discharged, beforeOf, before.all()));
    return new Part(of, generated + discharged);
  }
}

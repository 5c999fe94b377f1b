// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridInterval;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.EnumMap;
import java.util.Map;

/** Shares of sources in what all generate, out of the power of each. */
final class MixShares {
  private static final int DIGITS = Long.toString(GridInterval.NANO).length() - 1;

  private final Map<EnergySource, BigDecimal> power = new EnumMap<>(EnergySource.class);

  /** Adds what a kind of plants generates; below 0, it takes from the grid and is in no mix. */
  void add(EnergySource source, BigDecimal generated) {
    if (generated.signum() > 0) {
      power.merge(source, generated, BigDecimal::add);
    } else {
      power.putIfAbsent(source, BigDecimal.ZERO);
    }
  }

  BigDecimal total() {
    return power.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /** Shares of the sources that there are; none if nothing is generated. */
  Map<EnergySource, BigDecimal> shares() {
    BigDecimal total = total();
    Map<EnergySource, BigDecimal> shares = new EnumMap<>(EnergySource.class);
    if (total.signum() > 0) {
      power.forEach((source, generated) ->
          shares.put(
              source, generated.divide(total, DIGITS, RoundingMode.HALF_UP).stripTrailingZeros()));
    }
    return shares;
  }
}

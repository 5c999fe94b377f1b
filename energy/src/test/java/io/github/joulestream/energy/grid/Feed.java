// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import io.github.joulestream.energy.grid.CarbonBasis.Method;
import io.github.joulestream.energy.grid.CarbonBasis.Rate;
import io.github.joulestream.energy.grid.CarbonBasis.Scope;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Builds the intervals of a site, for tests. */
final class Feed {
  static final GridSeries PRICE = GridSeries.of(SeriesKind.PRICE);
  static final GridSeries LOCATION = carbon(Method.LOCATION, Scope.LIFECYCLE);
  static final GridSeries RESIDUAL = carbon(Method.RESIDUAL, Scope.LIFECYCLE);
  static final GridSeries MARKET = carbon(Method.MARKET, Scope.LIFECYCLE);
  static final GridSeries MARGINAL =
      GridSeries.carbon(new CarbonBasis(Method.LOCATION, Rate.MARGINAL, Scope.DIRECT));

  private static final long ISSUED = ms("2026-01-01T00:00:00Z");

  private final List<GridInterval> issues = new ArrayList<>();

  static GridSeries carbon(Method method, Scope scope) {
    return GridSeries.carbon(new CarbonBasis(method, Rate.AVERAGE, scope));
  }

  static GridSeries mix(EnergySource source) {
    return GridSeries.of(SeriesKind.MIX, source);
  }

  static long ms(String instant) {
    return Instant.parse(instant).toEpochMilli();
  }

  /** A measured value, issued in time. */
  Feed with(GridSeries series, String from, String to, String value) {
    return with(series, ms(from), ms(to), nano(value), GridQuality.MEASURED, ISSUED, false);
  }

  Feed with(
      GridSeries series,
      long from,
      long to,
      long nano,
      GridQuality quality,
      long issued,
      boolean withdrawn) {
    return with(interval(series, from, to, nano, quality, issued, withdrawn));
  }

  Feed with(GridInterval interval) {
    issues.add(interval);
    return this;
  }

  static long nano(String value) {
    return new BigDecimal(value).movePointRight(9).longValueExact();
  }

  static GridInterval interval(
      GridSeries series,
      long from,
      long to,
      long nano,
      GridQuality quality,
      long issued,
      boolean withdrawn) {
    return new GridInterval(
        "site-a",
        series,
        from,
        to,
        withdrawn ? 0 : nano,
        series.kind().isMoney() ? "EUR" : "",
        quality,
        issued,
        withdrawn,
        new GridInterval.Origin("provider-a", "DE", ""));
  }

  List<GridInterval> issues() {
    return issues;
  }

  /** As of the end of 2030. */
  GridFactors factors() {
    return factors("2030-12-31T00:00:00Z");
  }

  GridFactors factors(String asOf) {
    return GridFactors.of(issues, ms(asOf), Scope.LIFECYCLE);
  }
}

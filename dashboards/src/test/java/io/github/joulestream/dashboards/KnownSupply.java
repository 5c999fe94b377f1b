// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import static io.github.joulestream.dashboards.KnownSites.HOUR;
import static io.github.joulestream.dashboards.KnownSites.START;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.CarbonBasis.Method;
import io.github.joulestream.energy.grid.CarbonBasis.Rate;
import io.github.joulestream.energy.grid.CarbonBasis.Scope;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.schemas.GridRecord;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.points.GridPoints;
import java.util.ArrayList;
import java.util.List;

/**
 * The supply of {@link KnownSites} by the hour: a kWh costs 0.1, 0.2 and 0.3 in east, in halves of
 * the third hour 0.2 and 0.4. West pays ten times that, and has no price in the second hour: it was
 * withdrawn. The carbon intensity is 200, 300 and 400 g/kWh in both, and the direct one half of it.
 * Half of the mix is wind and a tenth solar.
 */
final class KnownSupply {
  private final List<StorePoint> points = new ArrayList<>();

  private KnownSupply() {}

  static List<StorePoint> points() {
    KnownSupply supply = new KnownSupply();
    supply.site("east", 1);
    supply.site("west", 10);
    return supply.points;
  }

  private void site(String site, int times) {
    GridSeries price = GridSeries.of(SeriesKind.PRICE);
    price(site, price, START, HOUR, 100_000_000L * times, false);
    price(site, price, START + HOUR, HOUR, 200_000_000L * times, site.equals("west"));
    price(site, price, START + 2 * HOUR, HOUR / 2, 200_000_000L * times, false);
    price(site, price, START + 2 * HOUR + HOUR / 2, HOUR / 2, 400_000_000L * times, false);
    for (int hour = 0; hour < 3; hour++) {
      long start = START + hour * HOUR;
      for (Scope scope : List.of(Scope.LIFECYCLE, Scope.DIRECT)) {
        long grams = (scope == Scope.DIRECT ? 50L : 100L) * (hour + 2);
        put(
            site,
            GridSeries.carbon(new CarbonBasis(Method.LOCATION, Rate.AVERAGE, scope)),
            start,
            HOUR,
            grams * GridInterval.NANO,
            "",
            false);
      }
      put(site, mix(EnergySource.WIND), start, HOUR, 500_000_000, "", false);
      put(site, mix(EnergySource.SOLAR), start, HOUR, 100_000_000, "", false);
      put(site, mix(EnergySource.GAS), start, HOUR, 400_000_000, "", false);
    }
    // one value of all three hours
    put(site, mix(EnergySource.RENEWABLE), START, 3 * HOUR, 610_000_000, "", false);
  }

  private static GridSeries mix(EnergySource source) {
    return GridSeries.of(SeriesKind.MIX, source);
  }

  private void price(
      String site, GridSeries series, long from, long millis, long nano, boolean withdrawn) {
    put(site, series, from, millis, nano, "EUR", withdrawn);
  }

  private void put(
      String site,
      GridSeries series,
      long from,
      long millis,
      long nano,
      String currency,
      boolean withdrawn) {
    GridInterval interval =
        new GridInterval(
            site,
            series,
            from,
            from + millis,
            nano,
            currency,
            GridQuality.MEASURED,
            START - HOUR,
            withdrawn,
            GridInterval.Origin.UNKNOWN);
    points.addAll(GridPoints.of(new GridRecord(interval, true)));
  }
}

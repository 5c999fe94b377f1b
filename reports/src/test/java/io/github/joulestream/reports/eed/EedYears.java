// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.eed;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.reports.fixture.GeneratedHistory;
import io.github.joulestream.reports.fixture.RequestFixture;
import io.github.joulestream.reports.period.Period;
import java.time.Instant;
import java.util.List;

/** Years of meters for tests: the same energy in every hour. */
public final class EedYears {
  /** 2026 in Berlin: 8,760 hours. */
  public static final Period YEAR =
      RequestFixture.days("2026", "2026-01-01", "2027-01-01", "Europe/Berlin");

  public static final Instant AFTER = Instant.parse("2027-02-01T00:00:00Z");
  private static final long HOUR = 3_600_000;
  private static final long KWH = 3_600_000_000L;

  private EedYears() {}

  /** Energy of an hour, kWh; null amounts are of meters that are not there. */
  public static void addHours(
      GeneratedHistory history,
      String site,
      Instant from,
      Instant to,
      long nodesKwh,
      long upsKwh,
      long facilityKwh) {
    for (long hour = from.toEpochMilli(); hour < to.toEpochMilli(); hour += HOUR) {
      Totals<SiteAmount> totals =
          Totals.ofSite()
              .add(SiteAmount.IDLE_TOTAL_MILLIJOULES, nodesKwh * KWH)
              .add(SiteAmount.COVERED_MILLIS, HOUR);
      if (upsKwh > 0) {
        totals
            .add(SiteAmount.UPS_MILLIJOULES, upsKwh * KWH)
            .add(SiteAmount.UPS_COVERED_MILLIS, HOUR);
      }
      if (facilityKwh > 0) {
        totals
            .add(SiteAmount.FACILITY_MILLIJOULES, facilityKwh * KWH)
            .add(SiteAmount.FACILITY_COVERED_MILLIS, HOUR);
      }
      history.addToLedger(site, hour, totals);
    }
  }

  /** Energy of a series in an interval, kWh. */
  public static GridInterval energy(
      String site, SeriesKind kind, EnergySource source, String from, String to, double kwh) {
    return new GridInterval(
        site,
        GridSeries.of(kind, source),
        Instant.parse(from).toEpochMilli(),
        Instant.parse(to).toEpochMilli(),
        Math.round(kwh * GridInterval.NANO),
        "",
        GridQuality.MEASURED,
        Instant.parse("2027-01-10T00:00:00Z").toEpochMilli(),
        false,
        GridInterval.Origin.UNKNOWN);
  }

  /** A store without anything. */
  public static GeneratedHistory empty() {
    return new GeneratedHistory(AFTER.toEpochMilli()).addGrid(List.of());
  }
}

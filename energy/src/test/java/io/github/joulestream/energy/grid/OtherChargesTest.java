// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import static io.github.joulestream.energy.grid.Feed.ms;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OtherChargesTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final GridSeries FIXED = GridSeries.of(SeriesKind.FIXED_CHARGE);
  private static final GridSeries DEMAND = GridSeries.of(SeriesKind.DEMAND_CHARGE);
  private static final YearMonth SEPTEMBER = YearMonth.of(2026, 9);
  private static final YearMonth OCTOBER = YearMonth.of(2026, 10);

  private static Feed tariff() {
    return new Feed()
        .with(FIXED, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "745")
        .with(DEMAND, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "10");
  }

  /** October of Berlin has 745 hours: an hour of it costs 1 of 745. */
  @Test
  void partsOfAMonth_areByItsOwnHours() {
    GridFactors factors = tariff().factors();
    long start = ms("2026-09-30T22:00:00Z");
    long end = ms("2026-10-31T23:00:00Z");
    assertThat(factors.otherCharges(start, end, BERLIN, Map.of(OCTOBER, 2_000_000L)))
        .containsExactly(
            new OtherCharge(SeriesKind.FIXED_CHARGE, "EUR", new BigDecimal("745.000000000"), 0),
            // 2 kW at 10
            new OtherCharge(SeriesKind.DEMAND_CHARGE, "EUR", new BigDecimal("20.000000000"), 0));
    assertThat(
            factors.otherCharges(start, start + 3_600_000, BERLIN, Map.of(OCTOBER, 745_000_000L)))
        .extracting(OtherCharge::amount)
        .containsExactly(new BigDecimal("1.000000000"), new BigDecimal("10.000000000"));
  }

  /** Half of September of 30 days and 1 of October's 31 days, with their own peaks. */
  @Test
  void aRangeOverTwoMonths_hasPartsOfBoth() {
    List<OtherCharge> charges =
        new Feed()
            .with(FIXED, "2026-01-01T00:00:00Z", "2026-10-01T00:00:00Z", "30")
            .with(FIXED, "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z", "62")
            .with(DEMAND, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "1")
            .factors()
            .otherCharges(
                ms("2026-09-16T00:00:00Z"),
                ms("2026-10-02T00:00:00Z"),
                ZoneOffset.UTC,
                Map.of(SEPTEMBER, 4_000_000L, OCTOBER, 31_000_000L));
    assertThat(charges)
        .extracting(OtherCharge::amount)
        .containsExactly(new BigDecimal("17.000000000"), new BigDecimal("3.000000000"));
  }

  @Test
  void withoutAPeakOrAValue_theTimeIsMissing_andNothingIsInTheAmount() {
    long start = ms("2026-09-01T00:00:00Z");
    long end = ms("2026-11-01T00:00:00Z");
    long september = 30L * 86_400_000;
    Feed feed =
        new Feed()
            .with(FIXED, "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z", "62")
            .with(DEMAND, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "10");
    assertThat(feed.factors().otherCharges(start, end, ZoneOffset.UTC, Map.of(OCTOBER, 1_500_000L)))
        .containsExactly(
            new OtherCharge(
                SeriesKind.FIXED_CHARGE, "EUR", new BigDecimal("62.000000000"), september),
            new OtherCharge(
                SeriesKind.DEMAND_CHARGE, "EUR", new BigDecimal("15.000000000"), september));
    assertThat(new Feed().factors().otherCharges(start, end, ZoneOffset.UTC, Map.of())).isEmpty();
  }

  /** A tariff that changes its currency: two amounts, which nobody adds. */
  @Test
  void currencies_areApart() {
    GridInterval kuna =
        new GridInterval(
            "site-a",
            FIXED,
            ms("2022-12-01T00:00:00Z"),
            ms("2023-01-01T00:00:00Z"),
            Feed.nano("75"),
            "HRK",
            GridQuality.MEASURED,
            0,
            false,
            GridInterval.Origin.UNKNOWN);
    List<OtherCharge> charges =
        new Feed()
            .with(kuna)
            .with(FIXED, "2023-01-01T00:00:00Z", "2023-02-01T00:00:00Z", "10")
            .factors("2030-01-01T00:00:00Z")
            .otherCharges(
                ms("2022-12-01T00:00:00Z"), ms("2023-02-01T00:00:00Z"), ZoneOffset.UTC, Map.of());
    assertThat(charges)
        .extracting(OtherCharge::currency, OtherCharge::amount)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("EUR", new BigDecimal("10.000000000")),
            org.assertj.core.groups.Tuple.tuple("HRK", new BigDecimal("75.000000000")));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import static io.github.joulestream.energy.grid.Feed.LOCATION;
import static io.github.joulestream.energy.grid.Feed.MARGINAL;
import static io.github.joulestream.energy.grid.Feed.MARKET;
import static io.github.joulestream.energy.grid.Feed.PRICE;
import static io.github.joulestream.energy.grid.Feed.RESIDUAL;
import static io.github.joulestream.energy.grid.Feed.mix;
import static io.github.joulestream.energy.grid.Feed.ms;
import static io.github.joulestream.energy.grid.Feed.nano;
import static io.github.joulestream.energy.grid.StepFactors.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.grid.CarbonBasis.Scope;
import java.math.BigDecimal;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Examples worked out by hand. */
class GridFactorsTest {
  private static final int QUARTER = 900_000;
  private static final int HOUR = 3_600_000;
  private static final long KILOWATT_HOUR = 3_600_000_000L;
  private static final StepEnergy TEN = StepEnergy.measured(10 * KILOWATT_HOUR);

  private static GridSeries generation(EnergySource source) {
    return GridSeries.of(SeriesKind.GENERATION, source);
  }

  private static StepFactors hour(Feed feed, String start, StepEnergy energy) {
    return feed.factors().at(ms(start), HOUR, energy);
  }

  @Test
  void aValueOfAnHour_isThatOfItsQuarters() {
    GridFactors factors =
        new Feed().with(PRICE, "2026-10-01T10:00:00Z", "2026-10-01T11:00:00Z", "0.25").factors();
    for (int quarter = 0; quarter < 4; quarter++) {
      long start = ms("2026-10-01T10:00:00Z") + (long) quarter * QUARTER;
      assertThat(factors.at(start, QUARTER, TEN).priceNano()).isEqualTo(nano("0.25"));
    }
    assertThat(factors.at(ms("2026-10-01T09:45:00Z"), QUARTER, TEN).priceNano()).isEqualTo(UNKNOWN);
    assertThat(factors.at(ms("2026-10-01T11:00:00Z"), QUARTER, TEN).priceNano()).isEqualTo(UNKNOWN);
  }

  /** 10 min at 0.1, 5 min at 0.4: (10 x 0.1 + 5 x 0.4) / 15 = 0.2. */
  @Test
  void severalValuesOfAStep_areMeantByTime() {
    Feed feed =
        new Feed()
            .with(PRICE, "2026-10-01T10:00:00Z", "2026-10-01T10:10:00Z", "0.1")
            .with(PRICE, "2026-10-01T10:10:00Z", "2026-10-01T10:15:00Z", "0.4");
    assertThat(feed.factors().at(ms("2026-10-01T10:00:00Z"), QUARTER, TEN).priceNano())
        .isEqualTo(nano("0.2"));
  }

  @Test
  void aGap_makesTheStepUnknown_neverTheLastValue() {
    Feed feed =
        new Feed()
            .with(PRICE, "2026-10-01T10:00:00Z", "2026-10-01T10:30:00Z", "0.1")
            .with(PRICE, "2026-10-01T10:35:00Z", "2026-10-01T12:00:00Z", "0.1");
    GridFactors factors = feed.factors();
    assertThat(hour(feed, "2026-10-01T10:00:00Z", TEN).priceNano()).isEqualTo(UNKNOWN);
    assertThat(hour(feed, "2026-10-01T11:00:00Z", TEN).priceNano()).isEqualTo(nano("0.1"));
    assertThat(factors.at(ms("2026-10-01T10:15:00Z"), QUARTER, TEN).priceNano())
        .isEqualTo(nano("0.1"));
    assertThat(factors.at(ms("2026-10-01T10:30:00Z"), QUARTER, TEN).priceNano()).isEqualTo(UNKNOWN);
  }

  @Test
  void aRevision_countsFromItsIssueOn_andAWithdrawalTakesItBack() {
    long from = ms("2026-10-01T10:00:00Z");
    Feed feed =
        new Feed()
            .with(PRICE, from, from + HOUR, nano("0.1"), GridQuality.FORECAST, 1_000, false)
            .with(PRICE, from, from + HOUR, nano("0.3"), GridQuality.MEASURED, 2_000, false)
            .with(PRICE, from, from + HOUR, 0, GridQuality.MEASURED, 3_000, true);
    List<GridInterval> issues = feed.issues();
    for (List<GridInterval> order : List.of(issues, issues.reversed())) {
      assertThat(price(order, 999)).isEqualTo(UNKNOWN);
      assertThat(price(order, 1_000)).isEqualTo(nano("0.1"));
      assertThat(price(order, 1_999)).isEqualTo(nano("0.1"));
      assertThat(price(order, 2_000)).isEqualTo(nano("0.3"));
      assertThat(price(order, 3_000)).isEqualTo(UNKNOWN);
    }
    assertThat(GridFactors.of(issues, 1_500, Scope.LIFECYCLE).at(from, HOUR, TEN).weak()).isTrue();
    assertThat(GridFactors.of(issues, 2_500, Scope.LIFECYCLE).at(from, HOUR, TEN).weak()).isFalse();
  }

  private static long price(List<GridInterval> issues, long asOf) {
    return GridFactors.of(issues, asOf, Scope.LIFECYCLE)
        .at(ms("2026-10-01T10:00:00Z"), HOUR, TEN)
        .priceNano();
  }

  /** 25 October 2026, 03:00 CEST is 02:00 CET: two hours of one name, of two prices. */
  @Test
  void theHourThatIsThereTwice_hasItsOwnValueEachTime() {
    Feed feed =
        new Feed()
            .with(PRICE, "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "0.2")
            .with(PRICE, "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z", "0.5");
    assertThat(hour(feed, "2026-10-25T00:00:00Z", TEN).priceNano()).isEqualTo(nano("0.2"));
    assertThat(hour(feed, "2026-10-25T01:00:00Z", TEN).priceNano()).isEqualTo(nano("0.5"));
  }

  /** 10 kWh at -0.05 and a facility of 15 kWh: -0.075 per measured kWh, -0.75 in all. */
  @Test
  void aPriceBelowZero_isPaidOut_andTheFacilityMultipliesIt() {
    Feed feed = new Feed().with(PRICE, "2026-10-01T10:00:00Z", "2026-10-01T11:00:00Z", "-0.05");
    StepFactors factors =
        hour(
            feed,
            "2026-10-01T10:00:00Z",
            new StepEnergy(
                10 * KILOWATT_HOUR, 15 * KILOWATT_HOUR, StepEnergy.UNKNOWN, StepEnergy.UNKNOWN));
    assertThat(factors.priceNano()).isEqualTo(nano("-0.075"));
    assertThat(factors.facilityNano()).isEqualTo(nano("1.5"));
    Charges charges = new Charges();
    charges.add(10 * KILOWATT_HOUR, factors);
    assertThat(charges.amount(Charges.Figure.COST).orElseThrow()).isEqualByComparingTo("-0.75");
  }

  /** A guarantee of 8.76 GWh of the year 2026 is 1,000 kWh in each of its 8,760 hours. */
  @Test
  void aYearlyGuarantee_isSpreadEvenly_andAddsUpToItself() {
    Feed feed =
        new Feed()
            .with(
                GridSeries.of(SeriesKind.GUARANTEE_OF_ORIGIN, EnergySource.WIND),
                "2026-01-01T00:00:00Z",
                "2027-01-01T00:00:00Z",
                "8760000")
            .with(RESIDUAL, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "500")
            .with(mix(EnergySource.RENEWABLE), "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "0");
    // 4,000 kWh: a quarter is contracted, the rest has 500 g/kWh
    StepFactors factors =
        hour(feed, "2026-07-01T10:00:00Z", StepEnergy.measured(4_000 * KILOWATT_HOUR));
    assertThat(factors.marketNano()).isEqualTo(nano("375"));
    assertThat(factors.contractedNano()).isEqualTo(nano("0.25"));
    assertThat(factors.renewableNano()).isZero();
    // 500 kWh: all is contracted, and what is too much is in no other hour
    StepFactors less = hour(feed, "2026-07-01T10:00:00Z", StepEnergy.measured(500 * KILOWATT_HOUR));
    assertThat(less.marketNano()).isZero();
    assertThat(less.contractedNano()).isEqualTo(nano("1"));
    assertThat(hour(feed, "2027-01-01T00:00:00Z", TEN).contractedNano()).isEqualTo(UNKNOWN);
  }

  /** Guarantees of gas are no reason for 0 g/kWh. */
  @Test
  void contractsOfWhatBurns_areNotCounted() {
    Feed feed =
        new Feed()
            .with(
                GridSeries.of(SeriesKind.POWER_PURCHASE, EnergySource.GAS),
                "2026-10-01T10:00:00Z",
                "2026-10-01T11:00:00Z",
                "10")
            .with(
                GridSeries.of(SeriesKind.POWER_PURCHASE, EnergySource.NUCLEAR),
                "2026-10-01T10:00:00Z",
                "2026-10-01T11:00:00Z",
                "4")
            .with(mix(EnergySource.RENEWABLE), "2026-10-01T10:00:00Z", "2026-10-01T11:00:00Z", "0")
            .with(RESIDUAL, "2026-10-01T10:00:00Z", "2026-10-01T11:00:00Z", "500");
    StepFactors factors = hour(feed, "2026-10-01T10:00:00Z", TEN);
    // 4 of 10 kWh are nuclear: no emissions, and not renewable
    assertThat(factors.marketNano()).isEqualTo(nano("300"));
    assertThat(factors.contractedNano()).isZero();
  }

  @Test
  void theSuppliersFactor_countsBeforeTheResidualMix_andThatBeforeTheLocation() {
    String from = "2026-10-01T10:00:00Z";
    String to = "2026-10-01T11:00:00Z";
    Feed feed = new Feed().with(LOCATION, from, to, "200");
    StepFactors location = hour(feed, from, TEN);
    assertThat(location.locationNano()).isEqualTo(nano("200"));
    assertThat(location.marketNano()).isEqualTo(nano("200"));
    assertThat(location.residualMissing()).isTrue();
    StepFactors residual = hour(feed.with(RESIDUAL, from, to, "600"), from, TEN);
    assertThat(residual.marketNano()).isEqualTo(nano("600"));
    assertThat(residual.locationNano()).isEqualTo(nano("200"));
    assertThat(residual.residualMissing()).isFalse();
    StepFactors market = hour(feed.with(MARKET, from, to, "50"), from, TEN);
    assertThat(market.marketNano()).isEqualTo(nano("50"));
    assertThat(hour(new Feed(), from, TEN)).isEqualTo(StepFactors.NOTHING);
  }

  @Test
  void theOtherScope_isNotMixedIn_butTheOnlyMarginalSeriesIsTaken() {
    String from = "2026-10-01T10:00:00Z";
    String to = "2026-10-01T11:00:00Z";
    Feed feed =
        new Feed()
            .with(LOCATION, from, to, "200")
            .with(Feed.carbon(CarbonBasis.Method.LOCATION, Scope.DIRECT), from, to, "150")
            .with(MARGINAL, from, to, "700");
    assertThat(hour(feed, from, TEN).locationNano()).isEqualTo(nano("200"));
    assertThat(hour(feed, from, TEN).marginalNano()).isEqualTo(nano("700"));
    StepFactors direct =
        GridFactors.of(feed.issues(), Long.MAX_VALUE, Scope.DIRECT).at(ms(from), HOUR, TEN);
    assertThat(direct.locationNano()).isEqualTo(nano("150"));
    assertThat(direct.marginalNano()).isEqualTo(nano("700"));
  }

  /** An estimated marginal value does not make the others weak. */
  @Test
  void weak_isOfTheFiguresThatAreAccountedFor() {
    long from = ms("2026-10-01T10:00:00Z");
    Feed feed =
        new Feed()
            .with(MARGINAL, from, from + HOUR, 5, GridQuality.ESTIMATED, 0, false)
            .with(PRICE, from, from + HOUR, 5, GridQuality.MEASURED, 0, false);
    assertThat(feed.factors().at(from, HOUR, TEN).weak()).isFalse();
    feed.with(LOCATION, from, from + HOUR, 5, GridQuality.SYNTHETIC, 0, false);
    assertThat(feed.factors().at(from, HOUR, TEN).weak()).isTrue();
  }

  /**
   * Load 20 kWh, solar 8, of which 2 are exported: own 6, import 14 of 30 % renewable and 50 %
   * carbon-free; renewable (6 + 14 x 0.3) / 20 = 0.51, carbon-free (6 + 7) / 20 = 0.65. Location:
   * 14 x 400 g over 10 measured kWh = 560 g/kWh.
   */
  @Test
  void ownGeneration_takesFromTheImport() {
    String from = "2026-10-01T10:00:00Z";
    String to = "2026-10-01T11:00:00Z";
    Feed feed =
        new Feed()
            .with(LOCATION, from, to, "400")
            .with(RESIDUAL, from, to, "600")
            .with(mix(EnergySource.RENEWABLE), from, to, "0.3")
            .with(mix(EnergySource.CARBON_FREE), from, to, "0.5")
            .with(generation(EnergySource.SOLAR), from, to, "8")
            .with(GridSeries.of(SeriesKind.EXPORT), from, to, "2");
    StepEnergy energy =
        new StepEnergy(
            10 * KILOWATT_HOUR, 20 * KILOWATT_HOUR, StepEnergy.UNKNOWN, StepEnergy.UNKNOWN);
    StepFactors factors = hour(feed, from, energy);
    assertThat(factors.renewableNano()).isEqualTo(nano("0.51"));
    assertThat(factors.carbonFreeNano()).isEqualTo(nano("0.65"));
    assertThat(factors.contractedNano()).isEqualTo(nano("0.51"));
    assertThat(factors.locationNano()).isEqualTo(nano("560"));
    assertThat(factors.marketNano()).isEqualTo(nano("840"));
    // guarantees of 5 of the 8 kWh were sold: they are the buyer's, and count as bought here
    feed.with(GridSeries.of(SeriesKind.GUARANTEE_SOLD, EnergySource.SOLAR), from, to, "5");
    StepFactors sold = hour(feed, from, energy);
    assertThat(sold.renewableNano()).isEqualTo(nano("0.51"));
    assertThat(sold.contractedNano()).isEqualTo(nano("0.26"));
    assertThat(sold.marketNano()).isEqualTo(nano("1140"));
    assertThat(sold.locationNano()).isEqualTo(nano("560"));
  }

  /** Meters count before the feed, which splits their energy by source. */
  @Test
  void meteredGeneration_isOfTheSourcesOfTheFeed() {
    String from = "2026-10-01T10:00:00Z";
    String to = "2026-10-01T11:00:00Z";
    StepEnergy energy =
        new StepEnergy(10 * KILOWATT_HOUR, StepEnergy.UNKNOWN, 6 * KILOWATT_HOUR, KILOWATT_HOUR);
    Feed feed =
        new Feed().with(LOCATION, from, to, "400").with(mix(EnergySource.RENEWABLE), from, to, "0");
    // 5 of 10 kWh are the site's own; whether they are renewable is not known
    StepFactors unsplit = hour(feed, from, energy);
    assertThat(unsplit.locationNano()).isEqualTo(nano("200"));
    assertThat(unsplit.renewableNano()).isEqualTo(UNKNOWN);
    feed.with(generation(EnergySource.SOLAR), from, to, "3")
        .with(generation(EnergySource.GAS), from, to, "9")
        .with(GridSeries.of(SeriesKind.EXPORT), from, to, "9");
    // a quarter of 5 kWh
    assertThat(hour(feed, from, energy).renewableNano()).isEqualTo(nano("0.125"));
    // a meter that was silent: the feed, 12 kWh less 9
    StepEnergy silent =
        new StepEnergy(10 * KILOWATT_HOUR, StepEnergy.SILENT, StepEnergy.SILENT, StepEnergy.SILENT);
    assertThat(hour(feed, from, silent).locationNano()).isEqualTo(nano("280"));
    assertThat(hour(feed, from, silent).facilityNano()).isEqualTo(UNKNOWN);
    // and without a feed nobody knows
    Feed none = new Feed().with(LOCATION, from, to, "400");
    assertThat(hour(none, from, silent).locationNano()).isEqualTo(UNKNOWN);
    assertThat(hour(none, from, silent).marketNano()).isEqualTo(UNKNOWN);
  }

  /** 20 kWh of solar by day, 12 into the battery, out again at night. */
  @Test
  void aBattery_takesByDay_andGivesAtNightWhatItWasChargedWith() {
    Feed feed =
        new Feed()
            .with(LOCATION, "2026-10-01T00:00:00Z", "2026-10-03T00:00:00Z", "400")
            .with(
                mix(EnergySource.RENEWABLE), "2026-10-01T00:00:00Z", "2026-10-03T00:00:00Z", "0.5")
            .with(
                generation(EnergySource.SOLAR),
                "2026-10-01T10:00:00Z",
                "2026-10-01T11:00:00Z",
                "15")
            .with(
                generation(EnergySource.SOLAR), "2026-10-01T11:00:00Z", "2026-10-03T00:00:00Z", "0")
            .with(generation(EnergySource.OIL), "2026-10-01T10:00:00Z", "2026-10-01T11:00:00Z", "5")
            .with(generation(EnergySource.OIL), "2026-10-01T11:00:00Z", "2026-10-03T00:00:00Z", "0")
            .with(
                GridSeries.of(SeriesKind.BATTERY),
                "2026-10-01T10:00:00Z",
                "2026-10-01T11:00:00Z",
                "12")
            .with(
                GridSeries.of(SeriesKind.BATTERY),
                "2026-10-01T11:00:00Z",
                "2026-10-02T00:00:00Z",
                "0")
            .with(
                GridSeries.of(SeriesKind.BATTERY),
                "2026-10-02T00:00:00Z",
                "2026-10-02T01:00:00Z",
                "-4")
            .with(
                GridSeries.of(SeriesKind.BATTERY),
                "2026-10-02T12:00:00Z",
                "2026-10-02T13:00:00Z",
                "-4");
    // 8 of 10 kWh are own, 6 of them solar; 2 kWh of the grid, half renewable
    StepFactors day = hour(feed, "2026-10-01T10:00:00Z", TEN);
    assertThat(day.locationNano()).isEqualTo(nano("80"));
    assertThat(day.renewableNano()).isEqualTo(nano("0.7"));
    // 4 kWh out of the battery, 3 of them solar; 6 of the grid
    StepFactors night = hour(feed, "2026-10-02T00:00:00Z", TEN);
    assertThat(night.locationNano()).isEqualTo(nano("240"));
    assertThat(night.renewableNano()).isEqualTo(nano("0.6"));
    // more than a day later nobody knows what it was charged with
    assertThat(hour(feed, "2026-10-02T12:00:00Z", TEN).locationNano()).isEqualTo(nano("240"));
    assertThat(hour(feed, "2026-10-02T12:00:00Z", TEN).renewableNano()).isEqualTo(UNKNOWN);
    // a gap after the first value of the battery
    assertThat(hour(feed, "2026-10-02T02:00:00Z", TEN).locationNano()).isEqualTo(UNKNOWN);
    // before its first value there was no plant
    assertThat(hour(feed, "2026-10-01T09:00:00Z", TEN).locationNano()).isEqualTo(nano("400"));
  }

  @Test
  void ownEnergyOverTheLoad_isTheLoad_andThenNoGridValueIsNeeded() {
    String from = "2026-10-01T10:00:00Z";
    Feed feed =
        new Feed()
            .with(generation(EnergySource.SOLAR), from, "2026-10-01T11:00:00Z", "50")
            .with(GridSeries.of(SeriesKind.EXPORT), from, "2026-10-01T11:00:00Z", "1");
    StepFactors factors = hour(feed, from, TEN);
    assertThat(factors.renewableNano()).isEqualTo(nano("1"));
    assertThat(factors.locationNano()).isZero();
    assertThat(factors.marketNano()).isZero();
    assertThat(factors.residualMissing()).isFalse();
    assertThat(factors.priceNano()).isEqualTo(UNKNOWN);
  }

  @Test
  void aMix_isTheSumOfItsFuels_ifThatIsAboutAll() {
    String from = "2026-10-01T10:00:00Z";
    String to = "2026-10-01T11:00:00Z";
    Feed feed =
        new Feed()
            .with(mix(EnergySource.SOLAR), from, to, "0.2")
            .with(mix(EnergySource.HYDRO), from, to, "0.1")
            .with(mix(EnergySource.NUCLEAR), from, to, "0.25");
    assertThat(hour(feed, from, TEN).renewableNano()).isEqualTo(UNKNOWN);
    feed.with(mix(EnergySource.GAS), from, to, "0.44");
    assertThat(hour(feed, from, TEN).renewableNano()).isEqualTo(nano("0.3"));
    assertThat(hour(feed, from, TEN).carbonFreeNano()).isEqualTo(nano("0.55"));
    // a share that is given counts, and is no fuel
    feed.with(mix(EnergySource.RENEWABLE), from, to, "0.35");
    assertThat(hour(feed, from, TEN).renewableNano()).isEqualTo(nano("0.35"));
    assertThat(hour(feed, from, TEN).carbonFreeNano()).isEqualTo(nano("0.55"));
    feed.with(mix(EnergySource.COAL), from, to, "0.04");
    assertThat(hour(feed, from, TEN).carbonFreeNano()).isEqualTo(UNKNOWN);
  }

  @Test
  void aStepWithoutEnergy_hasTheFactorsOfWhatIsBought() {
    String from = "2026-10-01T10:00:00Z";
    String to = "2026-10-01T11:00:00Z";
    Feed feed =
        new Feed()
            .with(PRICE, from, to, "0.25")
            .with(generation(EnergySource.SOLAR), from, to, "8")
            .with(LOCATION, from, to, "400");
    StepFactors factors =
        hour(feed, from, new StepEnergy(0, KILOWATT_HOUR, KILOWATT_HOUR, KILOWATT_HOUR));
    assertThat(factors.priceNano()).isEqualTo(nano("0.25"));
    assertThat(factors.locationNano()).isEqualTo(nano("400"));
    assertThat(factors.facilityNano()).isEqualTo(UNKNOWN);
  }

  @Test
  void aFacilityOfAMillionTimesTheMeasuredEnergy_isNoOverhead() {
    assertThat(new StepEnergy(2, 1_999_999, 0, 0).hasRatio()).isTrue();
    assertThat(new StepEnergy(2, 2_000_000, 0, 0).hasRatio()).isFalse();
    assertThat(new StepEnergy(2, 0, 0, 0).hasRatio()).isFalse();
  }

  @Test
  void severalCurrencies_makeNoPrice() {
    String from = "2026-10-01T10:00:00Z";
    Feed feed = new Feed().with(PRICE, from, "2026-10-01T11:00:00Z", "0.25");
    assertThat(feed.factors().currency()).hasValue("EUR");
    assertThat(new Feed().factors().currency()).isEmpty();
    feed.with(
        new GridInterval(
            "site-a",
            GridSeries.of(SeriesKind.FIXED_CHARGE),
            0,
            HOUR,
            1,
            "CHF",
            GridQuality.MEASURED,
            0,
            false,
            GridInterval.Origin.UNKNOWN));
    GridFactors factors = feed.factors();
    assertThat(factors.currency()).isEmpty();
    assertThat(factors.currencies()).isEqualTo(new TreeSet<>(List.of("CHF", "EUR")));
    assertThat(factors.at(ms(from), HOUR, TEN).priceNano()).isEqualTo(UNKNOWN);
  }

  @Test
  void intervalsOfTwoSites_areRefused() {
    GridInterval one = Feed.interval(PRICE, 0, HOUR, 1, GridQuality.MEASURED, 0, false);
    GridInterval other =
        new GridInterval(
            "site-b",
            PRICE,
            0,
            HOUR,
            1,
            "EUR",
            GridQuality.MEASURED,
            0,
            false,
            GridInterval.Origin.UNKNOWN);
    assertThatThrownBy(() -> GridFactors.of(List.of(one, other), 0, Scope.DIRECT))
        .hasMessageContaining("[site-a, site-b]");
  }

  /** Hours of a forecast, then measured quarters of a half of one of them. */
  @Test
  void anIntervalThatALaterOneOverlaps_isLeftOut() {
    long from = ms("2026-10-01T10:00:00Z");
    Feed feed =
        new Feed()
            .with(PRICE, from, from + HOUR, nano("0.1"), GridQuality.FORECAST, 1_000, false)
            .with(
                PRICE,
                from + HOUR,
                from + 2 * HOUR,
                nano("0.2"),
                GridQuality.FORECAST,
                1_000,
                false)
            .with(PRICE, from, from + QUARTER, nano("0.3"), GridQuality.MEASURED, 2_000, false)
            .with(
                PRICE,
                from + QUARTER,
                from + 2 * QUARTER,
                nano("0.4"),
                GridQuality.MEASURED,
                2_000,
                false);
    GridFactors factors = feed.factors();
    assertThat(factors.at(from, QUARTER, TEN).priceNano()).isEqualTo(nano("0.3"));
    assertThat(factors.at(from + QUARTER, QUARTER, TEN).priceNano()).isEqualTo(nano("0.4"));
    assertThat(factors.at(from + 2 * QUARTER, QUARTER, TEN).priceNano()).isEqualTo(UNKNOWN);
    assertThat(factors.at(from + HOUR, HOUR, TEN).priceNano()).isEqualTo(nano("0.2"));
    UsedSeries used = factors.used(from, from + 2 * HOUR).getFirst();
    assertThat(used.replaced()).isEqualTo(1);
    assertThat(used.values()).isEqualTo(3);
    assertThat(used.missingMillis()).isEqualTo(HOUR / 2);
    // (15 x 0.3 + 15 x 0.4 + 60 x 0.2) / 90
    assertThat(used.mean()).isEqualTo(new BigDecimal("0.250000000"));
    assertThat(used.millis())
        .containsEntry(GridQuality.MEASURED, HOUR / 2L)
        .containsEntry(GridQuality.FORECAST, (long) HOUR);
    assertThat(used.lastIssued()).isEqualTo(2_000);
    assertThat(used.providers()).containsExactly("provider-a");
    assertThat(used.zones()).containsExactly("DE");
    assertThat(used.currency()).isEqualTo("EUR");
  }

  @Test
  void whatWasUsed_isWithinTheRange_andOfTheScope() {
    Feed feed =
        new Feed()
            .with(PRICE, "2026-10-01T10:00:00Z", "2026-10-01T11:00:00Z", "0.1")
            .with(LOCATION, "2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z", "300")
            .with(
                Feed.carbon(CarbonBasis.Method.LOCATION, Scope.DIRECT),
                "2026-10-01T00:00:00Z",
                "2026-10-02T00:00:00Z",
                "200")
            .with(
                generation(EnergySource.SOLAR),
                "2026-10-01T11:00:00Z",
                "2026-10-01T13:00:00Z",
                "8");
    List<UsedSeries> used =
        feed.factors().used(ms("2026-10-01T12:00:00Z"), ms("2026-10-01T16:00:00Z"));
    assertThat(used)
        .extracting(UsedSeries::series)
        .containsExactly(LOCATION, generation(EnergySource.SOLAR));
    assertThat(used.get(0).mean()).isEqualByComparingTo("300");
    assertThat(used.get(0).missingMillis()).isZero();
    // half of 8 kWh
    assertThat(used.get(1).mean()).isEqualByComparingTo("4");
    assertThat(used.get(1).missingMillis()).isEqualTo(3L * HOUR);
  }

  @Test
  void steps_fitWhereNoValueChangesWithinThem() {
    Feed feed =
        new Feed()
            .with(PRICE, "2026-10-01T10:00:00Z", "2026-10-01T11:00:00Z", "0.1")
            .with(PRICE, "2026-10-01T11:00:00Z", "2026-10-01T11:30:00Z", "0.1");
    GridFactors factors = feed.factors();
    long ten = ms("2026-10-01T10:00:00Z");
    assertThat(factors.fitsHours(ten, ten + HOUR)).isTrue();
    assertThat(factors.fitsHours(ten, ten + HOUR + HOUR / 2)).isTrue();
    assertThat(factors.fitsHours(ten, ten + 2 * HOUR)).isFalse();
    assertThat(factors.fits(ten, ten + 2 * HOUR, QUARTER)).isTrue();
    // hours of a zone half an hour off
    assertThat(factors.fitsHours(ten - HOUR / 2, ten + HOUR)).isFalse();
    assertThat(factors.fitsHours(ten + HOUR / 4, ten + HOUR)).isTrue();
    // a charge by the month and the other scope are not by the step
    feed.with(
            GridSeries.of(SeriesKind.FIXED_CHARGE),
            "2026-10-01T10:10:00Z",
            "2026-10-01T10:20:00Z",
            "7")
        .with(
            Feed.carbon(CarbonBasis.Method.LOCATION, Scope.DIRECT),
            "2026-10-01T10:10:00Z",
            "2026-10-01T10:20:00Z",
            "200");
    assertThat(feed.factors().fitsHours(ten, ten + HOUR)).isTrue();
    feed.with(LOCATION, "2026-10-01T10:10:00Z", "2026-10-01T12:00:00Z", "200");
    assertThat(feed.factors().fitsHours(ten, ten + HOUR)).isFalse();
  }

  @Test
  void ownEnergy_isWhatTheLoadTookOfTheGeneration() {
    long start = ms("2026-10-01T10:00:00Z");
    StepEnergy energy =
        new StepEnergy(
            10 * KILOWATT_HOUR, StepEnergy.UNKNOWN, 6 * KILOWATT_HOUR, 2 * KILOWATT_HOUR);
    GridFactors factors = new Feed().factors();
    assertThat(factors.ownMillijoules(start, HOUR, energy)).hasValue(4 * KILOWATT_HOUR);
    assertThat(factors.ownMillijoules(start, HOUR, TEN)).hasValue(0);
    StepEnergy silent =
        new StepEnergy(10 * KILOWATT_HOUR, StepEnergy.UNKNOWN, StepEnergy.SILENT, 0);
    assertThat(factors.ownMillijoules(start, HOUR, silent)).isEmpty();
  }

  @Test
  void anIntervalOfNow_endsWhereItEnds() {
    GridFactors factors =
        new Feed().with(PRICE, "2026-10-01T10:00:00Z", "2026-10-01T11:00:00Z", "0.25").factors();
    assertThat(factors.endOf(PRICE, ms("2026-10-01T10:59:59Z")))
        .hasValue(ms("2026-10-01T11:00:00Z"));
    assertThat(factors.endOf(PRICE, ms("2026-10-01T11:00:00Z"))).isEmpty();
    assertThat(factors.endOf(LOCATION, ms("2026-10-01T10:30:00Z"))).isEmpty();
  }
}

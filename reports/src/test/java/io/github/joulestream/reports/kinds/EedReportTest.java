// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.StoreReportSource;
import io.github.joulestream.reports.eed.EedYears;
import io.github.joulestream.reports.fixture.GeneratedHistory;
import io.github.joulestream.reports.fixture.RequestFixture;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.store.history.CapacityStep;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EedReportTest {
  private static final int HOURS = 8_760;
  private GeneratedHistory history = EedYears.empty();
  private final Map<String, Map<String, String>> typedIn = new TreeMap<>();
  private Instant asOf = EedYears.AFTER;
  private Period period = EedYears.YEAR;

  @BeforeEach
  void aSiteWithAllMeters() {
    // IT 1,000 kWh an hour at UPSs, 1,250 of the facility
    EedYears.addHours(history, "east", period.from(), period.to(), 900, 1_000, 1_250);
  }

  private void type(String site, String... values) {
    Map<String, String> of = typedIn.computeIfAbsent(site, _ -> new HashMap<>());
    for (int i = 0; i < values.length; i += 2) {
      of.put(values[i], values[i + 1]);
    }
  }

  private Report make(String... sites) {
    ReportRequest plain = RequestFixture.of(period, asOf, sites);
    ReportRequest request =
        new ReportRequest(
            plain.sites(),
            plain.period(),
            plain.users(),
            plain.projects(),
            plain.labels(),
            plain.groupings(),
            plain.asOf(),
            plain.carbonScope(),
            typedIn);
    return new EedReport().make(new StoreReportSource(history, request, what -> {}));
  }

  private static Table table(Report report, String name) {
    return report.sections().stream()
        .map(Section::table)
        .filter(Objects::nonNull)
        .filter(table -> table.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static @Nullable Object at(Table table, String first, String column) {
    return table.rows().stream()
        .filter(row -> first.equals(row.getFirst()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no row " + first))
        .get(table.indexOf(column));
  }

  private static void assertValue(Table table, String indicator, double value) {
    assertThat(
            ((BigDecimal) Objects.requireNonNull(at(table, indicator, "value"), indicator))
                .doubleValue())
        .as(indicator)
        .isCloseTo(value, within(1e-6 * Math.max(1, value)));
  }

  private static void assertMissing(Table table, String indicator, String why) {
    assertThat(at(table, indicator, "value")).as(indicator).isNull();
    assertThat((String) at(table, indicator, "source")).startsWith("missing").contains(why);
  }

  @Test
  void metersOfAYear_areTheIndicators_andTheirRatios() {
    type("east", "water_m3", "17520", "reused_heat_kwh", "1095000");
    Report report = make("east");
    Table indicators = table(report, "indicators_east");
    assertThat(indicators.rows()).hasSize(24);
    assertValue(indicators, "E_DC", 1_250.0 * HOURS);
    assertValue(indicators, "E_IT", 1_000.0 * HOURS);
    assertThat((String) at(indicators, "E_IT", "source")).contains("UPS", "category 1");
    assertThat(at(indicators, "E_DC", "covered")).isEqualTo(new BigDecimal("1.0"));
    Table ratios = table(report, "ratios_east");
    assertValue(ratios, "PUE", 1.25);
    assertThat((String) at(ratios, "PUE", "source")).contains("category 1");
    // 17520 m3 over 8760 MWh
    assertValue(ratios, "WUE", 2);
    assertValue(ratios, "ERF", 1_095_000.0 / (1_250.0 * HOURS));
    assertMissing(ratios, "REF", "missing");
    assertThat(report.meta().notes()).noneMatch(note -> note.contains("calendar year by"));
  }

  @Test
  void nothingIsTypedIn_isMissing_andNot0() {
    Table indicators = table(make("east"), "indicators_east");
    for (String symbol : List.of("PD_IT", "S_DC", "W_IN", "E_REUSE", "C_SERV", "B_IN")) {
      assertMissing(indicators, symbol, "type in");
    }
    assertThat(at(indicators, "refrigerants", "text")).isNull();
  }

  @Test
  void withoutUpsMeters_thereIsNoPue_butTheRatioToWhatNodesMeasured() {
    history = EedYears.empty();
    EedYears.addHours(history, "east", period.from(), period.to(), 1_000, 0, 1_500);
    Report report = make("east");
    assertValue(table(report, "indicators_east"), "E_IT", 1_000.0 * HOURS);
    assertThat((String) at(table(report, "indicators_east"), "E_IT", "source"))
        .contains("measured at nodes", "of no category");
    Table ratios = table(report, "ratios_east");
    assertMissing(ratios, "PUE", "not measured at UPSs or PDUs");
    assertValue(ratios, "facility per measured IT", 1.5);
  }

  @Test
  void metersOfDifferentTimes_areComparedOverTheTimeThatTheyShare() {
    history = EedYears.empty();
    Instant july = Instant.parse("2026-07-01T00:00:00Z");
    EedYears.addHours(history, "east", period.from(), july, 900, 0, 2_000);
    EedYears.addHours(history, "east", july, period.to(), 900, 1_000, 1_250);
    type("east", "water_m3", "1000", "renewable_guarantees_kwh", "1");
    Report report = make("east");
    Table ratios = table(report, "ratios_east");
    // not (2000 + 1250) / 1000
    assertValue(ratios, "PUE", 1.25);
    assertThat((String) at(ratios, "PUE", "source")).contains("where both are measured");
    assertThat(((BigDecimal) Objects.requireNonNull(at(ratios, "PUE", "covered"))).doubleValue())
        .isBetween(0.50, 0.51);
    assertMissing(ratios, "WUE", "E_IT is not of the whole year");
  }

  @Test
  void aMeterOfHalfTheYear_hasNoRatioToContractsOfTheWholeYear() {
    history = EedYears.empty();
    EedYears.addHours(
        history, "east", Instant.parse("2026-07-01T00:00:00Z"), period.to(), 900, 1_000, 1_250);
    type(
        "east",
        "renewable_guarantees_kwh",
        "1000",
        "renewable_purchases_kwh",
        "0",
        "renewable_on_site_kwh",
        "0");
    assertMissing(table(make("east"), "ratios_east"), "REF", "E_DC is not of the whole year");
    // a data centre that began then has all of its year
    type("east", "entry_into_operation", "2026-07");
    Report report = make("east");
    Table indicators = table(report, "indicators_east");
    double site =
        ((BigDecimal) Objects.requireNonNull(at(indicators, "E_DC", "value"))).doubleValue();
    assertValue(table(report, "ratios_east"), "REF", 1000 / site);
    assertThat(report.sections().getFirst().sentences())
        .anyMatch(sentence -> sentence.contains("In operation since 2026-07"));
  }

  @Test
  void whatIsTypedIn_takesThePlaceOfTheMeters() {
    type(
        "east",
        "energy_kwh",
        "12000000",
        "fuel_energy_kwh",
        "500000",
        "it_energy_kwh",
        "10000000",
        "it_energy_measured_at",
        "UPS");
    Report report = make("east");
    Table indicators = table(report, "indicators_east");
    assertValue(indicators, "E_DC", 12_500_000);
    assertThat((String) at(indicators, "E_DC", "source"))
        .contains("typed in", "fuels", "the meters measured 10950000 kWh");
    assertValue(table(report, "ratios_east"), "PUE", 1.25);
    assertThat((String) at(table(report, "ratios_east"), "PUE", "source")).contains("UPS");
  }

  @Test
  void renewables_countOnce_lessWhatWasSold_atTheirShareOfTheYear() {
    history.addGrid(
        List.of(
            // over the edge of the year
            EedYears.energy(
                "east",
                SeriesKind.GUARANTEE_OF_ORIGIN,
                EnergySource.WIND,
                "2025-12-31T13:00:00Z",
                "2026-01-01T09:00:00Z",
                2_000),
            EedYears.energy(
                "east",
                SeriesKind.GUARANTEE_OF_ORIGIN,
                EnergySource.NUCLEAR,
                "2026-03-01T00:00:00Z",
                "2026-04-01T00:00:00Z",
                70_000),
            EedYears.energy(
                "east",
                SeriesKind.POWER_PURCHASE,
                EnergySource.SOLAR,
                "2026-03-01T00:00:00Z",
                "2026-04-01T00:00:00Z",
                300_000),
            EedYears.energy(
                "east",
                SeriesKind.GENERATION,
                EnergySource.SOLAR,
                "2026-05-01T00:00:00Z",
                "2026-06-01T00:00:00Z",
                50_000),
            EedYears.energy(
                "east",
                SeriesKind.GENERATION,
                EnergySource.GAS,
                "2026-05-01T00:00:00Z",
                "2026-06-01T00:00:00Z",
                90_000),
            EedYears.energy(
                "east",
                SeriesKind.GUARANTEE_SOLD,
                EnergySource.SOLAR,
                "2026-05-01T00:00:00Z",
                "2026-06-01T00:00:00Z",
                20_000)));
    Table indicators = table(make("east"), "indicators_east");
    // the local year begins at 23:00 UTC: 10 of the 20 hours are in it
    assertValue(indicators, "E_RES-GOO", 1_000);
    assertValue(indicators, "E_RES-PPA", 300_000);
    assertValue(indicators, "E_RES-OS", 30_000);
    assertValue(indicators, "E_RES-TOT", 331_000);
    assertValue(table(make("east"), "ratios_east"), "REF", 331_000 / (1_250.0 * HOURS));

    // typed in and imported are never added
    type("east", "renewable_purchases_kwh", "400000");
    assertValue(table(make("east"), "indicators_east"), "E_RES-PPA", 400_000);
    assertValue(table(make("east"), "indicators_east"), "E_RES-TOT", 431_000);

    // as of a time before the certificates were issued there are none
    asOf = Instant.parse("2027-01-05T00:00:00Z");
    assertMissing(table(make("east"), "indicators_east"), "E_RES-GOO", "type in");
    assertMissing(table(make("east"), "indicators_east"), "E_RES-TOT", "E_RES-GOO is missing");
  }

  @Test
  void storageIsThatOfTheLastDay_waterThatOfTheMeters() {
    long lastHour = period.to().toEpochMilli() - 3_600_000;
    history
        .capacity()
        .add(new CapacityStep("east", lastHour, Map.of("storage_seen_mebibytes", 4e9)));
    history
        .capacity()
        .add(
            new CapacityStep(
                "east", lastHour - 40L * 86_400_000, Map.of("storage_seen_mebibytes", 9e9)));
    history.addToLedger(
        "east", lastHour, Totals.ofSite().add(SiteAmount.WATER_MILLILITRES, 123_456_000_000L));
    Table indicators = table(make("east"), "indicators_east");
    // 4e9 MiB
    assertValue(indicators, "C_STOR", 4e9 * 1_048_576 / 1e15);
    assertValue(indicators, "W_IN", 123.456);
    type("east", "storage_capacity_pb", "5.5");
    assertValue(table(make("east"), "indicators_east"), "C_STOR", 5.5);
  }

  @Test
  void averagesAreWeightedByEnergy_andSizeClassesHaveThreeMembers() {
    String[] sites = {"east", "north", "south", "west"};
    double[] facility = {1_250, 2_400, 4_500, 1_100};
    for (int i = 1; i < sites.length; i++) {
      EedYears.addHours(
          history, sites[i], period.from(), period.to(), 900, 1_000L * i, (long) facility[i]);
    }
    type("east", "installed_it_power_kw", "1500");
    type("north", "installed_it_power_kw", "1999");
    type("south", "installed_it_power_kw", "1000");
    type("west", "installed_it_power_kw", "999");
    double[] pue = {1.25, 2.4, 2.25, 1.1 / 3};
    double weighted = 0;
    double energy = 0;
    for (int i = 0; i < 3; i++) {
      weighted += pue[i] * facility[i];
      energy += facility[i];
    }
    Report report = make(sites);
    Table averages = table(report, "averages");
    assertThat(averages.rows()).hasSize(3);
    assertThat(at(averages, "medium, 1 to 2 MW", "sites")).isEqualTo(BigDecimal.valueOf(3));
    assertThat(
            ((BigDecimal) Objects.requireNonNull(at(averages, "medium, 1 to 2 MW", "pue")))
                .doubleValue())
        .isCloseTo(weighted / energy, within(1e-9));
    assertThat(at(averages, "small, 500 to 1,000 kW", "pue")).isNull();
    assertThat(at(averages, "small, 500 to 1,000 kW", "energy")).isNull();
    assertThat(((BigDecimal) Objects.requireNonNull(at(averages, "all", "pue"))).doubleValue())
        .isCloseTo((weighted + pue[3] * facility[3]) / (energy + facility[3]), within(1e-9));
  }

  @Test
  void aPartOfTheYear_isSaid() {
    asOf = Instant.parse("2026-07-01T00:00:00Z");
    history = EedYears.empty();
    EedYears.addHours(history, "east", period.from(), asOf, 900, 1_000, 1_250);
    Report report = make("east");
    assertThat(report.meta().complete()).isFalse();
    assertThat(report.sections().getFirst().sentences())
        .anyMatch(
            sentence -> sentence.contains("covers 49.6 % of the period, from 2026-01-01 00:00 to"));
    // all of what could be measured until then
    assertValue(table(report, "ratios_east"), "PUE", 1.25);

    period = RequestFixture.days("2026-10", "2026-10-01", "2026-11-01", "Europe/Berlin");
    assertThat(make("east").meta().notes()).anyMatch(note -> note.contains("calendar year by"));
  }

  @Test
  void aSiteWithoutALedger_hasWhatIsTypedIn() {
    type("west", "floor_area_m2", "800", "energy_kwh", "-5", "fluor_area", "1");
    Report report = make("west");
    assertThat(report.sections().getFirst().sentences())
        .anyMatch(sentence -> sentence.contains("no ledger of site west"));
    assertValue(table(report, "indicators_west"), "S_DC", 800);
    assertMissing(table(report, "indicators_west"), "E_DC", "no meter");
    assertThat(report.meta().notes())
        .anyMatch(note -> note.contains("energy_kwh"))
        .anyMatch(note -> note.contains("fluor_area"));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import static io.github.joulestream.reports.feed.FeedSamples.NOW;
import static io.github.joulestream.reports.feed.FeedSamples.intervals;
import static io.github.joulestream.reports.feed.FeedSamples.read;
import static io.github.joulestream.reports.feed.FeedSamples.refusals;
import static io.github.joulestream.reports.feed.FeedSamples.series;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.runtime.UserError;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each provider's files: what is kept of them, and what a person is to know. */
class ProvidersTest {
  @TempDir Path folder;

  @Test
  void electricityMaps_history() {
    FeedFile file = read("electricity-maps-carbon-history.json");
    assertThat(file.format()).isEqualTo(FeedFormat.ELECTRICITY_MAPS);
    assertThat(FeedSamples.values(file, "carbon-location-average-lifecycle"))
        .containsExactly(
            "2026-10-18T00:00Z 2026-10-18T01:00Z 412 g/kWh MEASURED",
            "2026-10-18T01:00Z 2026-10-18T02:00Z 398 g/kWh ESTIMATED");
    assertThat(refusals(file)).isEmpty();
    assertThat(file.notes()).containsExactly("1 value not there yet (null), and left out");
    GridInterval first = intervals(file).getFirst();
    assertThat(first.issued()).isEqualTo(Instant.parse("2026-10-18T02:41:07.512Z").toEpochMilli());
    assertThat(first.origin())
        .isEqualTo(new GridInterval.Origin("electricity-maps", "DE", "412 gCO2eq/kWh"));
  }

  @Test
  void electricityMaps_pastRangeOfDays_direct() {
    FeedFile file = read("electricity-maps-carbon-past-range.json");
    assertThat(FeedSamples.values(file, "carbon-location-average-direct"))
        .containsExactly(
            "2026-10-17T00:00Z 2026-10-18T00:00Z 31 g/kWh MEASURED",
            "2026-10-18T00:00Z 2026-10-19T00:00Z 29 g/kWh MEASURED");
  }

  @Test
  void electricityMaps_powerBreakdown_sharesOfWhatIsConsumed() {
    FeedFile file = read("electricity-maps-power-latest.json");
    assertThat(shares(file))
        .isEqualTo(
            Map.ofEntries(
                Map.entry(EnergySource.NUCLEAR, 20_000_000L),
                Map.entry(EnergySource.GEOTHERMAL, 0L),
                Map.entry(EnergySource.BIOMASS, 80_000_000L),
                Map.entry(EnergySource.COAL, 180_000_000L),
                Map.entry(EnergySource.WIND, 300_000_000L),
                Map.entry(EnergySource.SOLAR, 240_000_000L),
                Map.entry(EnergySource.HYDRO, 50_000_000L),
                Map.entry(EnergySource.GAS, 110_000_000L),
                Map.entry(EnergySource.OTHER, 10_000_000L),
                Map.entry(EnergySource.BATTERY, 10_000_000L),
                Map.entry(EnergySource.RENEWABLE, 670_000_000L),
                Map.entry(EnergySource.CARBON_FREE, 690_000_000L)));
    assertThat(FeedSamples.values(file, "mix-wind"))
        .containsExactly("2026-10-18T09:00Z 2026-10-18T10:00Z 0.3 ratio ESTIMATED");
  }

  private static Map<EnergySource, Long> shares(FeedFile file) {
    return intervals(file).stream()
        .collect(Collectors.toMap(interval -> interval.series().source(), GridInterval::valueNano));
  }

  @Test
  void ukCarbonIntensity_forecastWhereThereIsNoActualValue() {
    FeedFile file = read("uk-carbon-intensity.json");
    assertThat(file.format()).isEqualTo(FeedFormat.UK_CARBON_INTENSITY);
    assertThat(FeedSamples.values(file, "carbon-location-average-direct"))
        .containsExactly(
            "2026-10-18T01:30Z 2026-10-18T02:00Z 138 g/kWh MEASURED",
            "2026-10-18T02:00Z 2026-10-18T02:30Z 133 g/kWh FORECAST");
    assertThat(FeedSamples.values(file, "mix-import"))
        .containsExactly("2026-10-18T01:30Z 2026-10-18T02:00Z 0.164 ratio MEASURED");
    assertThat(series(file)).hasSize(10);
    assertThat(file.notes())
        .anyMatch(note -> note.startsWith("without an actual value yet: 1 of 2 half hours"));
    assertThat(intervals(file)).allMatch(interval -> interval.issued() == NOW);
  }

  @Test
  void ukCarbonIntensity_ofARegion_isAForecast() {
    FeedFile file = read("uk-carbon-intensity-region.json");
    assertThat(FeedSamples.values(file, "carbon-location-average-direct"))
        .containsExactly("2026-10-18T02:00Z 2026-10-18T02:30Z 97 g/kWh FORECAST");
    assertThat(intervals(file)).allMatch(interval -> interval.origin().zone().equals("London"));
    assertThat(FeedSamples.values(file, "mix-wind"))
        .containsExactly("2026-10-18T02:00Z 2026-10-18T02:30Z 0.615 ratio FORECAST");
  }

  @Test
  void wattTime_marginalPounds() {
    FeedFile file = read("watttime-historical.json");
    assertThat(file.format()).isEqualTo(FeedFormat.WATTTIME);
    assertThat(FeedSamples.values(file, "carbon-location-marginal-direct"))
        .containsExactly(
            "2026-10-18T00:00Z 2026-10-18T00:05Z 394.852158085 g/kWh MEASURED",
            "2026-10-18T00:05Z 2026-10-18T00:10Z 453.59237 g/kWh ESTIMATED");
    assertThat(file.notes())
        .contains(
            "WattTime's values are CO2, not CO2e: other greenhouse gases are not in them",
            "WattTime warns: some values are imputed");
    assertThat(intervals(file).getFirst().issued())
        .isEqualTo(Instant.parse("2026-10-19T06:12:00Z").toEpochMilli());
    assertThat(intervals(file).getFirst().origin().given()).isEqualTo("870.5 lbs_co2_per_mwh");
  }

  @Test
  void entsoe_prices_withPositionsLeftOut_andTwoResolutions() {
    FeedFile file = read("entsoe-prices-a44.xml");
    assertThat(file.format()).isEqualTo(FeedFormat.ENTSOE);
    assertThat(refusals(file)).isEmpty();
    assertThat(FeedSamples.values(file, "price"))
        .containsExactly(
            "2026-10-24T22:00Z 2026-10-24T22:15Z 0.0815 EUR/kWh MEASURED",
            "2026-10-24T22:15Z 2026-10-24T22:30Z 0.0815 EUR/kWh MEASURED",
            "2026-10-24T22:30Z 2026-10-24T22:45Z 0.0815 EUR/kWh MEASURED",
            "2026-10-24T22:45Z 2026-10-24T23:00Z -0.00501 EUR/kWh MEASURED",
            "2026-10-24T23:00Z 2026-10-24T23:15Z 0 EUR/kWh MEASURED",
            "2026-10-24T23:15Z 2026-10-24T23:30Z 0 EUR/kWh MEASURED",
            "2026-10-24T23:30Z 2026-10-24T23:45Z 0 EUR/kWh MEASURED",
            "2026-10-24T23:45Z 2026-10-25T00:00Z 0 EUR/kWh MEASURED",
            "2026-10-25T00:00Z 2026-10-25T01:00Z 0.07 EUR/kWh MEASURED",
            "2026-10-25T01:00Z 2026-10-25T02:00Z 0.06025 EUR/kWh MEASURED",
            "2026-10-25T02:00Z 2026-10-25T03:00Z 0.05 EUR/kWh MEASURED");
    assertThat(file.notes()).anyMatch(note -> note.startsWith("5 positions that curve type A03"));
    assertThat(intervals(file).getFirst().issued())
        .isEqualTo(Instant.parse("2026-10-24T11:55:10Z").toEpochMilli());
    assertThat(intervals(file).getFirst().origin().zone()).isEqualTo("10Y1001A1001A82H");
  }

  @Test
  void entsoe_generation_asShares_ofWhatIsGenerated() {
    FeedFile file = read("entsoe-generation-a75.xml");
    assertThat(refusals(file)).isEmpty();
    assertThat(FeedSamples.values(file, "mix-nuclear"))
        .containsExactly(
            "2026-10-18T00:00Z 2026-10-18T00:30Z 0.75 ratio MEASURED",
            "2026-10-18T00:30Z 2026-10-18T01:00Z 0.6 ratio MEASURED");
    // two types of one source
    assertThat(FeedSamples.values(file, "mix-wind"))
        .containsExactly(
            "2026-10-18T00:00Z 2026-10-18T00:30Z 0.25 ratio MEASURED",
            "2026-10-18T00:30Z 2026-10-18T01:00Z 0.4 ratio MEASURED");
    assertThat(series(file)).containsExactly("mix-nuclear", "mix-wind");
    assertThat(file.notes()).anyMatch(note -> note.endsWith("left out: 1"));
  }

  @Test
  void rte_quartersOfAnHour_latestOnesAreNotThereYet() {
    FeedFile file = read("rte-eco2mix.json");
    assertThat(file.format()).isEqualTo(FeedFormat.RTE);
    assertThat(FeedSamples.values(file, "carbon-location-average-direct"))
        .containsExactly(
            "2026-10-18T00:00Z 2026-10-18T00:15Z 17 g/kWh ESTIMATED",
            "2026-10-18T00:15Z 2026-10-18T00:30Z 18 g/kWh ESTIMATED");
    // exports are in no mix
    assertThat(FeedSamples.values(file, "mix-import"))
        .containsExactly(
            "2026-10-18T00:00Z 2026-10-18T00:15Z 0 ratio ESTIMATED",
            "2026-10-18T00:15Z 2026-10-18T00:30Z 0.03 ratio ESTIMATED");
    assertThat(FeedSamples.values(file, "mix-nuclear").getFirst()).contains(" 0.72 ratio");
    assertThat(file.notes())
        .anyMatch(note -> note.startsWith("without taux_co2 yet, and left out: 2 of 4 rows"));
  }

  @Test
  void anAnswerWithoutData_saysWhy() {
    assertThatThrownBy(() -> read("entsoe-acknowledgement.xml"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("No matching data found for prices & this area");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"error\": \"Invalid auth-token\"} | electricity-maps | Invalid auth-token",
        "{\"message\": \"quota\"} | watttime | quota",
        "{\"data\": [], \"meta\": {\"signal_type\": \"health_damage\"}} | watttime | health_damage",
        "{\"error\": {\"code\": \"400\", \"message\": \"no date\"}} | uk-carbon-intensity | no date",
        "{\"message\": \"no such set\"} | rte | no such set",
        "{\"a\": 1} || is JSON of no known provider",
        "{\"a\": 1, \"a\": 2} || not JSON",
        "{\"zone\": || not JSON",
        "<a><type>A65</type></a> || type 'A65'",
        "<a>|| not XML",
        "PK || compressed",
      })
  void whatIsNoFeed_isRefusedAsAWhole(String text, String format, String message) {
    FeedOptions options =
        new FeedOptions(
            "dc1",
            format == null ? null : FeedFormat.of(format).orElseThrow(),
            null,
            false,
            false,
            NOW,
            true,
            false);
    assertThatThrownBy(() -> FeedSamples.of(folder, text, options))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"zone\":\"DE\",\"carbonIntensity\":2001,\"datetime\":\"2026-10-18T00:00:00Z\"}"
            + "| the document: 2001 gCO2eq/kWh is impossible",
        "{\"zone\":\"DE\",\"history\":[{\"carbonIntensity\":\"12\",\"datetime\":\"2026-10-18T00:00:00Z\"}]}"
            + "| history[0]: 'carbonIntensity' is \"12\", which is no number",
        "{\"zone\":\"DE\",\"history\":[{\"carbonIntensity\":1}]} | history[0]: has no 'datetime'",
        "{\"zone\":\"DE\",\"history\":[{\"carbonIntensity\":1,\"datetime\":\"18/10/2026\"}]}"
            + "| history[0]: '18/10/2026' is no time",
        "{\"zone\":\"DE\",\"data\":[{\"powerConsumptionBreakdown\":{\"fusion\":1},\"datetime\":\"2026-10-18T00:00:00Z\"}]}"
            + "| data[0]: 'fusion' is an unknown source",
        "{\"zone\":\"DE\",\"history\":[{\"carbonIntensity\":1e999,\"datetime\":\"2026-10-18T00:00:00Z\"}]}"
            + "| history[0]: 'carbonIntensity' is a number of too many digits",
        "{\"zone\":\"DE\",\"temporalGranularity\":\"hour\",\"history\":[{\"carbonIntensity\":1,\"datetime\":\"2026-10-18T00:00:00Z\"}]}"
            + "| history[0]: temporalGranularity 'hour' is unknown",
      })
  void aValueThatIsNone_isRefusedByItself(String text, String message) {
    FeedFile file = FeedSamples.of(folder, text, FeedSamples.OPTIONS);
    assertThat(refusals(file)).hasSize(1).first().asString().startsWith(message);
    assertThat(file.entries()).isEmpty();
  }
}

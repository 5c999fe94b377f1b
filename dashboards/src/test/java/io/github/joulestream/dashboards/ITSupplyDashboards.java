// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import static io.github.joulestream.dashboards.KnownStore.near;
import static io.github.joulestream.dashboards.KnownStore.with;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cost and CO2e by the hour, of {@link KnownSupply}, on a real InfluxDB. */
class ITSupplyDashboards {
  private static final String COST = "Cost, ${currency}";

  // what came late in the first hour: 10 kJ
  private static final double LATE = 10 / 3600.0;
  // 6 kWh, 12 and 9 at 0.1, 0.2 and 0.3
  private static final double COST_EAST = (6 + LATE) * 0.1 + 12 * 0.2 + 9 * 0.3;
  // 3 kWh at 1 and 4.5 at 3; the 6 kWh of the second hour have no price
  private static final double COST_WEST = 3 + 4.5 * 3;
  private static final double GRAMS_EAST = (6 + LATE) * 200 + 12 * 300 + 9 * 400;
  private static final double GRAMS_WEST = 3 * 200 + 6 * 300 + 4.5 * 400;

  @TempDir static Path folder;
  private static KnownStore store;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    store = KnownStore.start(folder);
  }

  @AfterAll
  static void stop() {
    if (store != null) {
      store.close();
    }
  }

  private static OptionalDouble merged(String dashboard, String panel, Macros macros)
      throws IOException, InterruptedException {
    return new Merged(store.grafana(), macros).shown(dashboard, panel);
  }

  private static double figure(String dashboard, String panel, Macros macros)
      throws IOException, InterruptedException {
    return merged(dashboard, panel, macros).orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Fleet", "Site"})
  void sites_costWhatTheirHoursCost(String dashboard) throws IOException, InterruptedException {
    for (String window : new String[] {"10s|10000", "1h|3600000"}) {
      near(figure(dashboard, COST, with("site", "east", "window", window)), COST_EAST);
      near(figure(dashboard, COST, with("site", "west", "window", window)), COST_WEST);
      near(figure(dashboard, COST, with("window", window)), COST_EAST + COST_WEST);
      near(figure(dashboard, "CO2e", with("window", window)), GRAMS_EAST + GRAMS_WEST);
    }
  }

  @Test
  void whatHasNoPrice_isShownBesideTheCost() throws IOException, InterruptedException {
    near(figure("Fleet", "Without a price", with()), 6);
    assertThat(merged("Fleet", "Without a price", with("site", "east"))).isEmpty();
    assertThat(merged("Fleet", "Without an intensity", with())).isEmpty();
  }

  /** Unknown is no 0. */
  @Test
  void withoutAnyPrice_thereIsNoCost() throws IOException, InterruptedException {
    assertThat(merged("Fleet", COST, with("currency", "CHF"))).isEmpty();
    Macros secondHour =
        new Macros(
            KnownSites.START + KnownSites.HOUR,
            KnownSites.START + 2 * KnownSites.HOUR - 1,
            "10s",
            with("site", "west").chosen());
    assertThat(merged("Fleet", COST, secondHour)).isEmpty();
    near(figure("Fleet", "CO2e", secondHour), 6 * 300);
  }

  /** Of a range that begins within an hour, that hour's price is before it. */
  @Test
  void aRangeFromTheMiddleOfAnHour_hasItsPrice() throws IOException, InterruptedException {
    Macros half =
        new Macros(
            KnownSites.START + KnownSites.HOUR / 2,
            KnownSites.START + KnownSites.HOUR - 1,
            "10s",
            with("site", "east").chosen());
    near(figure("Fleet", COST, half), 3 * 0.1);
  }

  @Test
  void jobs_costWhatTheirHoursCost() throws IOException, InterruptedException {
    double energy = store.shown("Efficiency", "Energy in the range", 1, with("site", "east"));
    double grams = figure("Efficiency", "CO2e in the range", with("site", "east"));
    double cost = figure("Efficiency", "Cost in the range, ${currency}", with("site", "east"));
    // of all hours between the cheapest and the dearest
    assertThat(cost / energy).isBetween(0.1, 0.3);
    assertThat(grams / energy).isBetween(200.0, 400.0);
    double ofAnn =
        figure("Efficiency", "Cost in the range, ${currency}", with("site", "east", "user", "ann"));
    double ofBob =
        figure("Efficiency", "Cost in the range, ${currency}", with("site", "east", "user", "bob"));
    near(ofAnn + ofBob, cost);
  }

  @Test
  void theSupply_isShownBySite() throws IOException, InterruptedException {
    assertThat(store.byTag("Fleet", "Price by hour, ${currency} per kWh", 0, "site", 1, with()))
        .hasEntrySatisfying("east", price -> near(price, 0.3))
        .hasEntrySatisfying("west", price -> near(price, 3));
    assertThat(store.byTag("Fleet", "Carbon intensity by hour, g/kWh", 0, "site", 1, with()))
        .isEqualTo(Map.of("east", 400.0, "west", 400.0));
    assertThat(store.byTag("Fleet", "Renewable share by hour", 0, "site", 1, with()))
        .hasEntrySatisfying("east", share -> near(share, 0.6));
    Macros thirdHour =
        new Macros(
            KnownSites.START + 2 * KnownSites.HOUR + 60_000,
            KnownSites.END - 1,
            "10s",
            with().chosen());
    assertThat(store.byTag("Fleet", "Renewable share by hour", 1, "site", 1, thirdHour))
        .hasEntrySatisfying("west", share -> near(share, 0.61));
  }
}

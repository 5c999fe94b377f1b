// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import static io.github.joulestream.dashboards.KnownStore.near;
import static io.github.joulestream.dashboards.KnownStore.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every query is answered by a real InfluxDB, into which the store's own code put the points, from
 * the database of its data source; and the main figures are right.
 */
class ITDashboards {
  private static final long FROM = KnownStore.FROM;
  private static final long TO = KnownStore.TO;

  private static final double END_OF_STORAGE = KnownSites.END + 100.0 * 24 * KnownSites.HOUR;

  @TempDir static Path folder;
  private static KnownStore store;
  private static Grafana grafana;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    store = KnownStore.start(folder);
    grafana = store.grafana();
  }

  @AfterAll
  static void stop() {
    if (store != null) {
      store.close();
    }
  }

  static List<AllQueries.Asked> queries() {
    return AllQueries.ofDashboards();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("queries")
  void everyQuery_isAnswered(AllQueries.Asked query) throws IOException, InterruptedException {
    grafana.check(query, with());
    grafana.check(query, with("site", "east,west", "window", "1h|3600000"));
    grafana.check(query, with("site", "east"));
    // what a panel of 1,000 pixels asks for a month
    Macros month =
        new Macros(KnownSites.END - 30L * 24 * KnownSites.HOUR, TO, "30m", with().chosen());
    grafana.check(query, month);
  }

  private static double shown(String dashboard, String panel, Macros macros)
      throws IOException, InterruptedException {
    return store.shown(dashboard, panel, 1, macros);
  }

  private static double shown(String dashboard, String panel, int column, Macros macros)
      throws IOException, InterruptedException {
    return store.shown(dashboard, panel, column, macros);
  }

  // of both sites 9 kW times 1 h, 2 h and 1.5 h, and what came late: 10 kJ
  private static final double BOTH = 9 * 4.5 + 10 / 3600.0;
  private static final double EAST = 6 * 4.5 + 10 / 3600.0;

  @Test
  void fleet_showsTheRightFigures() throws IOException, InterruptedException {
    for (String window : List.of("10s|10000", "1h|3600000")) {
      Macros macros = with("window", window);
      near(shown("Fleet", "Power now", macros), 13_500);
      near(shown("Fleet", "Power against budget", macros), 1.35);
      near(shown("Fleet", "Energy", macros), BOTH);
      // the hour of the silent UPS is covered by over 99 %
      double ofUps = window.startsWith("10s") ? 1.25 : 1.3 * 27 / (1.04 * (27 - 6 / 360.0));
      near(shown("Fleet", "PUE, category 1", macros), ofUps);
      near(shown("Fleet", "PUE, category 2", macros), 1.3 / 1.02);
      near(shown("Fleet", "Facility per measured IT", macros), 1.3 * 27 / EAST);
      near(shown("Fleet", "Own generation", macros), 2.7);
      near(shown("Fleet", "Exported", macros), 0.27);
      near(shown("Fleet", "Water", macros), 32.4);
      near(shown("Fleet", "Water per measured IT, l/kWh", macros), 32.4 / EAST);
      near(shown("Fleet", "Utilisation over the range", 1, macros), 0.6);
      near(shown("Fleet", "Utilisation over the range", 2, macros), 0.8);
      near(shown("Fleet", "Utilisation over the range", 4, macros), 0.6);
      near(shown("Fleet", "Utilisation over the range", 5, macros), 0.25);
      near(shown("Fleet", "Power by kind", 1, macros), 9_000); // GPU
      near(shown("Fleet", "Power by kind", 5, macros), 1_125); // rest of the nodes
      near(shown("Fleet", "Where the energy went", 1, macros), 40.5 * 0.7);
      near(shown("Fleet", "Where the energy went", 3, macros), 40.5 * 0.2 + 10 / 3600.0);
    }
    // a meter that is not there is not a PUE of 0
    for (String panel :
        List.of(
            "PUE, category 1",
            "PUE, category 2",
            "Facility per measured IT",
            "Own generation",
            "Exported",
            "Water",
            "Water per measured IT, l/kWh")) {
      assertThat(shown("Fleet", panel, with("site", "west"))).as(panel).isNaN();
    }
    near(shown("Fleet", "Top jobs", with()), 1_800); // the last of three
  }

  @Test
  void site_showsTheRightFigures() throws IOException, InterruptedException {
    Macros east = with("site", "east");
    near(shown("Site", "Peak power", east), 12_000);
    near(shown("Site", "Mean power", east), 9_000 + 1_000 / 1080.0);
    near(shown("Site", "Energy", east), EAST);
    near(shown("Site", "Coverage", east), 0.98);
    near(shown("Site", "GPUs", 1, east), 10);
    near(shown("Site", "GPUs", 3, east), 6);
    near(shown("Site", "Quality of the energy", 2, east), 27 * 0.06);
    near(shown("Site", "PUE, category 1", east), 1.25);
    near(shown("Site", "Facility per measured IT", east), 1.3 * 27 / EAST);
    near(shown("Site", "PUE over time", 1, east), 1.25);
    assertThat(shown("Site", "PUE over time", with("site", "west"))).isNaN();
    near(shown("Site", "Power at meters of the site", 1, east), 9_000 * 1.3);
    near(shown("Site", "Coverage of meters of the site", 1, east), 1);
  }

  @Test
  void node_showsTheRightFigures() throws IOException, InterruptedException {
    // two thirds of the site, told in two parts that add up
    Macros node = with("site", "east", "node", "n 1");
    near(shown("Node and devices", "Power of the node", node), 6_000);
    near(shown("Node and devices", "Peak power of the node", node), 8_000);
    near(shown("Node and devices", "Energy of the node", node), 4 * 4.5);
    near(shown("Node and devices", "GPUs busy", node), 0.6);
    // of whole millijoules
    assertThat(shown("Node and devices", "Held but idle", node)).isCloseTo(0.15, within(1e-8));
    near(shown("Node and devices", "Coverage of the node", node), 0.98);
    near(shown("Node and devices", "Power of the node by kind", 1, node), 4_000); // GPU
    near(shown("Node and devices", "Where the node's energy went", 1, node), 18 * 0.7);
    near(shown("Node and devices", "Where the node's energy went", 3, node), 18 * 0.2);
    near(shown("Node and devices", "GPUs of the node", 1, node), 20);
    near(shown("Node and devices", "Readings of the node", node), 60);
    near(shown("Fleet", "Top nodes", with()), 1_500); // the last of four: a third of west
    near(shown("Node and devices", "Rest of the node", 1, node), 6_000);
    near(shown("Node and devices", "Rest of the node", 2, node), 5_500);
    near(shown("Node and devices", "Rest of the node", 3, node), 500);
  }

  @Test
  void job_showsTheRightFigures() throws IOException, InterruptedException {
    // 1.2 kW times 1 h, 2 h and 1.5 h, and 1 kWh that was heard of long after its end
    Macros job = with("site", "east", "job", "j 2/b");
    near(shown("Job", "Energy of the job", job), 5.4 + 1);
    near(shown("Job", "Cost of the job", job), 6.4 * 0.25);
    near(shown("Job", "CO2 of the job", job), 6.4 * 300);
    near(shown("Job", "Peak power of the job", job), 2_400);
    near(shown("Job", "Energy per GPU hour", job), 6.4 / 12);
    near(shown("Job", "Work per joule", job), 1e6 / 6.4 / 3.6e6);
    near(shown("Job", "GPU busy while held", job), 0.75);
    near(shown("Job", "Coverage of the job", job), 0.98);
    near(shown("Job", "Power of the job by kind", 1, job), 1_200);
    near(shown("Job", "Energy of the job so far", job), 5.4);
    // it is found from a week later, too
    Macros later =
        new Macros(FROM + 168 * KnownSites.HOUR, TO + 168 * KnownSites.HOUR, "10s", job.chosen());
    near(shown("Job", "Energy of the job", later), 6.4);
  }

  @Test
  void efficiency_showsTheRightFigures() throws IOException, InterruptedException {
    Macros all = with();
    near(shown("Efficiency", "Jobs", all), 3);
    near(shown("Efficiency", "Energy of the jobs", all), (3.6 + 1.2 + 2.4) * 4.5 + 1);
    near(shown("Efficiency", "Energy of the jobs", with("user", "ann")), (3.6 + 2.4) * 4.5);
    near(shown("Efficiency", "Cost of the jobs, typed price", all), 33.4 * 0.25);
    near(shown("Efficiency", "CO2 of the jobs, typed", all), 33.4 * 300);
    near(shown("Efficiency", "GPU busy while held", all), 0.75);
  }

  @Test
  void memoryAndStorage_showTheRightFigures() throws IOException, InterruptedException {
    String name = "Memory and storage";
    double mebibyte = 1 << 20;
    for (String window : List.of("10s|10000", "1h|3600000")) {
      Macros all = with("window", window);
      near(shown(name, "Memory seen", all), 2_000_000 * mebibyte);
      near(shown(name, "Memory allocated", all), 1_200_000 * mebibyte);
      near(shown(name, "Memory used", all), 450_000 * mebibyte);
      near(shown(name, "Storage used", all), 4_000_000 * mebibyte);
      near(shown(name, "Memory stranded", all), 500_000 * mebibyte);
      near(shown(name, "Memory untouched", all), 840_000 * mebibyte);
      near(shown(name, "Memory rentable", all), 300_000 * mebibyte);
      near(shown(name, "Memory over time", 7, all), 40_000 * mebibyte);
      near(shown(name, "Storage stranded", all), 6_000_000 * mebibyte);
      near(shown(name, "Storage untouched", all), 2_500_000 * mebibyte);
      // what no node reports is not known
      assertThat(shown(name, "Storage untouched", with("window", window, "site", "west"))).isNaN();
    }
    Macros all = with();
    // each node's highest hour: 16 x 900 of 16,000; of eights 5,000 each; of sixteen 8,000
    near(shown(name, "Memory that pools need", 1, all), 14_400 * mebibyte);
    near(shown(name, "Memory: right-sizing could save", all), 0.1);
    near(shown(name, "Memory: a pool for 8 nodes could save", all), 4_400 / 16_000.0);
    near(shown(name, "Memory: a pool for 16 nodes could save", all), 6_400 / 16_000.0);
    near(shown(name, "Memory: a pool for all nodes could save", all), 6_400 / 16_000.0);
    near(
        shown(name, "Memory: power of a pool for 16 nodes, at most", with("site", "east")),
        500 * 0.4);
    assertThat(shown(name, "Memory: a pool for 8 nodes could save", with("site", "west"))).isNaN();
    near(shown(name, "Growth by site", 1, with("site", "east")), 5e9);
    near(shown(name, "Growth by site", 4, with("site", "east")), END_OF_STORAGE);
  }

  @Test
  void budgets_showTheRightFigures() throws IOException, InterruptedException {
    near(shown("Budgets and alerts", "Headroom", with()), -3_500);
    near(shown("Budgets and alerts", "Peak against budget", with()), 1.8);
    // 9 kW in the first hour only; one window of it was mended to 10 kW, which is not over 10 kW
    near(shown("Budgets and alerts", "Time over budget", with()), 7_200);
    near(shown("Budgets and alerts", "Energy by day", 1, with()), BOTH);
    near(ofBudget(with()), 100);
    near(shown("Budgets and alerts", "Alerts that fire", with()), 1);
    assertThat(rows("Budgets in force"))
        .extracting(row -> row.get(2).asText())
        .containsExactlyInAnyOrder("all", "grid", "day", "kwh", "r1");
    assertThat(rows("Alerts that began in the range"))
        .extracting(row -> row.get(5).asText())
        .containsExactly("rack=r1", "job=j-1", "site");
    assertThat(rows("annotation Alerts that fire")).hasSize(1);
    assertThat(rows("annotation Alerts that ended")).hasSize(2);
  }

  /** What is chosen if nobody types another in. */
  @Test
  void budgets_areThoseThatAreSet() throws IOException, InterruptedException {
    JsonNode power = grafana.ask(Grafana.query("Fleet / variable budget"), with());
    // of east the lower one of two; that of west was removed
    near(power.at("/series/0/values/0/1").asDouble(), 8.5);
    JsonNode ofWest = grafana.ask(Grafana.query("Fleet / variable budget"), with("site", "west"));
    assertThat(ofWest.has("series")).isFalse();
    // not that of a project
    JsonNode day = grafana.ask(Grafana.query("Budgets and alerts / variable daily"), with());
    near(day.at("/series/0/values/0/1").asDouble(), 50);
  }

  /** The line of the daily budget. */
  private static double ofBudget(Macros macros) throws IOException, InterruptedException {
    AllQueries.Asked line =
        AllQueries.ofDashboards().stream()
            .filter(query -> query.where().endsWith("/ Energy by day"))
            .skip(1)
            .findFirst()
            .orElseThrow();
    return grafana.ask(line, macros).at("/series/0/values/0/1").asDouble(Double.NaN);
  }

  /** Without a budget nothing is compared with 0. */
  @Test
  void panelsAboutABudget_areEmptyWithoutOne() throws IOException, InterruptedException {
    Macros none = with("budget", "", "daily", "");
    for (String panel :
        List.of("Power against budget", "Headroom", "Peak against budget", "Time over budget")) {
      assertThat(shown("Budgets and alerts", panel, none)).as(panel).isNaN();
    }
    assertThat(ofBudget(none)).isNaN();
    near(shown("Budgets and alerts", "Energy by day", 1, none), BOTH);
  }

  private static JsonNode rows(String panel) throws IOException, InterruptedException {
    return grafana
        .ask(Grafana.query("Budgets and alerts / " + panel), with())
        .at("/series/0/values");
  }

  @Test
  void pipeline_showsTheRightFigures() throws IOException, InterruptedException {
    near(shown("Pipeline", "Readings", with()), 60);
    near(shown("Pipeline", "Largest difference", with()), 0);
    near(shown("Pipeline", "Smallest difference", with()), 0);
    near(shown("Pipeline", "Refused", with()), 2 * 1080);
    near(shown("Pipeline", "Behind, by reader and topic", with()), 7);
    near(shown("Pipeline", "Age of the newest window", with("site", "west")), 12_000);
    near(shown("Pipeline", "Written to topics", with()), 300);
    near(shown("Pipeline", "Read from topics", with()), 200);
    near(shown("Pipeline", "Points stored", with()), 450);
    near(shown("Pipeline", "What store writers could not store", 2, with()), 3);
    Macros odd = new Macros(FROM, TO + 2 * KnownSites.HOUR, "10s", with().chosen());
    near(shown("Pipeline", "Largest difference", odd), 1);
  }

  static List<AlertRule> rules() {
    return AlertRules.describe();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void everyRule_hasAValueForEachSite(AlertRule rule) throws IOException, InterruptedException {
    Map<String, Double> values = values(rule, KnownSites.END);
    assertThat(values).containsOnlyKeys("east", "west");
    assertThat(values).doesNotContainValue(Double.NaN);
    for (Map.Entry<AllQueries.Asked, Duration> asked : AllQueries.of(rule).entrySet()) {
      grafana.check(asked.getKey(), at(asked.getValue(), KnownSites.END));
    }
  }

  @Test
  void rulesOnPower_lookAtTheBudgetsThatAreSet() throws IOException, InterruptedException {
    AlertRule rule = rule("joulestream-power-critical");
    // the lower of two for all of east; west's was taken back, and that of its rack is none of it
    assertThat(values(rule, 1, KnownSites.END)).isEqualTo(Map.of("east", 8_500.0));
  }

  @ParameterizedTest
  @CsvSource({
    "joulestream-power-critical, 9000, 4500",
    "joulestream-difference, 0, 0",
    "joulestream-freshness, 9000, 9000",
    "joulestream-coverage, 0.98, 0.98",
    "joulestream-held-idle, 0.15, 0.15"
  })
  void rules_seeTheRightFigures(String uid, double east, double west)
      throws IOException, InterruptedException {
    Map<String, Double> values = values(rule(uid), KnownSites.END);
    near(values.getOrDefault("east", Double.NaN), east);
    near(values.getOrDefault("west", Double.NaN), west);
  }

  @Test
  void rules_seeWhatIsWrong() throws IOException, InterruptedException {
    long later = KnownSites.END + KnownSites.HOUR + 60_000;
    assertThat(values(rule("joulestream-difference"), later)).containsEntry("odd", 1e6);
    Map<String, Double> readings = values(rule("joulestream-freshness"), later);
    // the others went silent, and still are there to be told of
    assertThat(readings).containsEntry("east", 0.0).containsEntry("odd", 300.0);
  }

  private static AlertRule rule(String uid) {
    return rules().stream().filter(rule -> rule.uid().equals(uid)).findFirst().orElseThrow();
  }

  private static Macros at(Duration back, long now) {
    return new Macros(now - back.toMillis(), now - 1, "10s", Map.of());
  }

  /** The last value of each site, as the rule's second step takes it. */
  private static Map<String, Double> values(AlertRule rule, long now)
      throws IOException, InterruptedException {
    return values(rule, 0, now);
  }

  /**
   * @param which of what the rule asks
   */
  private static Map<String, Double> values(AlertRule rule, int which, long now)
      throws IOException, InterruptedException {
    Map.Entry<AllQueries.Asked, Duration> asked =
        List.copyOf(AllQueries.of(rule).entrySet()).get(which);
    Map<String, Double> values = new HashMap<>();
    for (JsonNode series : grafana.ask(asked.getKey(), at(asked.getValue(), now)).path("series")) {
      for (JsonNode row : series.get("values")) {
        values.put(series.at("/tags/site").asText(), row.get(1).asDouble());
      }
    }
    return values;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import static io.github.joulestream.dashboards.KnownStore.FROM;
import static io.github.joulestream.dashboards.KnownStore.TO;
import static io.github.joulestream.dashboards.KnownStore.near;
import static io.github.joulestream.dashboards.KnownStore.query;
import static io.github.joulestream.dashboards.KnownStore.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The figures of single devices, of placement and of quarter hours are right, as a real InfluxDB
 * works them out.
 */
class ITDeviceDashboards {
  private static final String DEVICES = "Node and devices";
  private static final Macros NODE_OF_EAST = with("site", "east", "node", "n 1");

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

  private static double shown(String dashboard, String panel, Macros macros)
      throws IOException, InterruptedException {
    return store.shown(dashboard, panel, 1, macros);
  }

  private static double shown(String dashboard, String panel, int column, Macros macros)
      throws IOException, InterruptedException {
    return store.shown(dashboard, panel, column, macros);
  }

  private static Map<String, Double> byTag(
      String dashboard, String panel, int which, String tag, int column, Macros macros)
      throws IOException, InterruptedException {
    return store.byTag(dashboard, panel, which, tag, column, macros);
  }

  private static void nearOfGpus(String panel, int column, double gpu0, double gpu1)
      throws IOException, InterruptedException {
    Map<String, Double> values = byTag(DEVICES, panel, 0, "device", column, NODE_OF_EAST);
    assertThat(values).as(panel).containsOnlyKeys("gpu0", "gpu1");
    near(values.getOrDefault("gpu0", Double.NaN), gpu0);
    near(values.getOrDefault("gpu1", Double.NaN), gpu1);
  }

  @Test
  void gpus_areShownOneByOne() throws IOException, InterruptedException {
    nearOfGpus("GPU temperature", 1, 65, 65);
    nearOfGpus("GPU memory temperature", 1, 80, 80);
    // the last that is known of the second is not 0
    nearOfGpus("GPU power and limit", 1, 600, 300);
    nearOfGpus("SM clock", 1, 1.98e9, 1.98e9);
    nearOfGpus("Memory clock", 1, 2.619e9, 2.619e9);
    nearOfGpus("GPU utilisation", 1, 0.75, 0.75);
    nearOfGpus("GPU memory used", 1, 20.0 * (1 << 30), 20.0 * (1 << 30));
    nearOfGpus("PCIe throughput", 1, 6e6, 6e6);
    nearOfGpus("PCIe throughput", 2, 2e6, 2e6);
    nearOfGpus("NVLink throughput", 1, 9e7, 9e7);
    nearOfGpus("NVLink throughput", 2, 8e7, 8e7);
    Macros node = NODE_OF_EAST;
    near(shownOf("GPU power and limit", 1, 1, node), 500);
    near(shownOf("GPU power and limit", 1, 2, node), 700);
    near(shownOf("Power of all GPUs", 1, 1, node), 1_200);
    near(shownOf("GPU memory used", 1, 1, node), 80.0 * (1 << 30));
    near(shown(DEVICES, "Throttle reasons", 1, node), 0.3);
    near(shown(DEVICES, "Throttle reasons", 2, node), 0.2);
    near(shown(DEVICES, "Throttle reasons", 3, node), 0);
    near(shown(DEVICES, "Throttle reasons", 4, node), 0.1);
    near(shown(DEVICES, "XID and ECC errors", 1, node), 1);
    // one device alone
    Macros one = with("site", "east", "node", "n 1", "device", "gpu1");
    assertThat(byTag(DEVICES, "GPU temperature", 0, "device", 1, one)).containsOnlyKeys("gpu1");
    near(shownOf("Power of all GPUs", 1, 1, one), 500);
    // until the energy of the second is not known any more
    Macros before = new Macros(FROM, KnownSites.END - 60_001, "10s", node.chosen());
    near(shown(DEVICES, "Power of all GPUs", before), 900);
    near(shown(DEVICES, "Power of all GPUs", node), 600);
  }

  private static double shownOf(String panel, int which, int column, Macros macros)
      throws IOException, InterruptedException {
    return byTag(DEVICES, panel, which, "none", column, macros).getOrDefault("", Double.NaN);
  }

  @Test
  void gpus_haveARowEach() throws IOException, InterruptedException {
    JsonNode series = grafana.ask(query(DEVICES, "GPUs, one by one", 0), NODE_OF_EAST);
    assertThat(series.get("series")).hasSize(2);
    JsonNode first = series.at("/series/0/values/0");
    // energy, power, its peak, the limit: 400, 800 and 600 W for an hour each
    double[] figures = {
      1.8, 600, 880, 700, 65, 73, 85, 1.98e9, 0.75, 0.25, 0.3, 0.4, 180, 79, 540, 360, 1
    };
    assertThat(first).hasSize(figures.length + 1);
    for (int column = 0; column < figures.length; column++) {
      near(first.get(column + 1).asDouble(Double.NaN), figures[column]);
    }
    JsonNode second = series.at("/series/1/values/0");
    near(second.get(1).asDouble(), 0.9 - 300 * 60 / 3.6e6);
    near(second.get(17).asDouble(), 1 - 60 / 10_800.0);
    // no error was reported: there is no 0
    for (int column = 13; column <= 16; column++) {
      assertThat(second.get(column).isNull()).as("column " + column).isTrue();
    }
  }

  @Test
  void drivesAndProcessors_areShownOneByOne() throws IOException, InterruptedException {
    Macros node = NODE_OF_EAST;
    JsonNode drive = grafana.ask(query(DEVICES, "Drives", 0), node).at("/series/0/values/0");
    double[] ofDrive = {41, 50, 0.07, 0.2, 0.25, 10};
    for (int column = 0; column < ofDrive.length; column++) {
      near(drive.get(column + 1).asDouble(Double.NaN), ofDrive[column]);
    }
    JsonNode cpu = grafana.ask(query(DEVICES, "Processors", 0), node).at("/series/0/values/0");
    double[] ofProcessor = {65, 73, 0.5, 100, 110, 0.3, 1};
    for (int column = 0; column < ofProcessor.length; column++) {
      near(cpu.get(column + 1).asDouble(Double.NaN), ofProcessor[column]);
    }
    Map<String, Double> temperature = byTag(DEVICES, "Temperature by drive", 0, "device", 1, node);
    assertThat(temperature).isEqualTo(Map.of("nvme0", 41.0));
    near(shown(DEVICES, "Busy time by drive", node), 0.2);
    near(shown(DEVICES, "Wear by drive", node), 0.07);
    near(shown(DEVICES, "Temperature by processor", node), 65);
    near(shown(DEVICES, "Power by processor", node), 100);
  }

  private static List<List<String>> texts(AllQueries.Asked query, Macros macros, int... columns)
      throws IOException, InterruptedException {
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode row : grafana.ask(query, macros).at("/series/0/values")) {
      rows.add(Arrays.stream(columns).mapToObj(column -> row.get(column).asText()).toList());
    }
    return rows;
  }

  @Test
  void jobsOfANode_areThoseThatHeldItInTheRange() throws IOException, InterruptedException {
    AllQueries.Asked jobs = query(DEVICES, "Jobs of the node", 0);
    Macros node = NODE_OF_EAST;
    long start = KnownSites.START;
    assertThat(texts(jobs, node, 1, 2, 3, 4, 5, 6))
        .containsExactlyInAnyOrder(
            List.of("j-1", s(start + 1_000), s(start + 7_200_000), "1", "gpu0", "HOOK"),
            List.of("j 2/b", s(start + 1_000), s(KnownSites.END - 1), "1", "gpu1", "HOOK"),
            // which began ten days before and still holds it
            List.of("j-long", s(start - 240 * KnownSites.HOUR), "-1", "1", "gpu0", "NOBODY"));
    Macros third = new Macros(start + 7_200_001, TO, "10s", node.chosen());
    assertThat(texts(jobs, third, 1))
        .containsExactlyInAnyOrder(List.of("j 2/b"), List.of("j-long"));
    Macros twentyDaysAgo =
        new Macros(
            start - 475 * KnownSites.HOUR, start - 470 * KnownSites.HOUR, "10s", node.chosen());
    assertThat(texts(jobs, twentyDaysAgo, 1)).containsExactly(List.of("j-old"));
    // user and project are joined to them by the id
    assertThat(texts(query(DEVICES, "Jobs of the node", 1), node, 1, 2, 3))
        .containsExactlyInAnyOrder(List.of("j-1", "ann", "alpha"), List.of("j 2/b", "bob", "beta"));
    assertThat(texts(Grafana.query(DEVICES + " / variable placed"), node, 1))
        .containsExactlyInAnyOrder(List.of("j-1"), List.of("j 2/b"), List.of("j-long"));
    assertThat(texts(Grafana.query(DEVICES + " / annotation Jobs that ended on the node"), node, 1))
        .containsExactlyInAnyOrder(List.of("j-1"), List.of("j 2/b"));
    assertThat(texts(Grafana.query(DEVICES + " / annotation Jobs that began on the node"), node, 1))
        .containsExactlyInAnyOrder(List.of("j-1"), List.of("j 2/b"));
  }

  private static String s(long epochMillis) {
    return Long.toString(epochMillis);
  }

  @Test
  void nodesOfAJob_areShownWithTheirPower() throws IOException, InterruptedException {
    Macros job = with("site", "east", "job", "j 2/b");
    assertThat(texts(query("Job", "Nodes of the job", 0), job, 1, 4, 5, 6, 7))
        .containsExactlyInAnyOrder(
            List.of("n 1", "1", "2", "gpu1", "HOOK"), List.of("n 2", "1", "2", "gpu1", "HOOK"));
    assertThat(texts(Grafana.query("Job / variable placed_on"), job, 1))
        .containsExactly(List.of("n 1"), List.of("n 2"));
    assertThat(texts(Grafana.query("Job / variable placed_on"), with("job", "j-none"), 1))
        .isEmpty();
    Map<String, Double> power = byTag("Job", "Power of each of its nodes", 0, "node", 1, job);
    near(power.getOrDefault("n 1", Double.NaN), 6_000);
    near(power.getOrDefault("n 2", Double.NaN), 3_000);
    near(byTag("Job", "Power of each of its nodes", 1, "", 1, job).getOrDefault("", 0.0), 9_000);
  }

  @Test
  void nodesOfASite_areInATable() throws IOException, InterruptedException {
    Macros east = with("site", "east");
    assertThat(byTag("Site", "Nodes", 0, "node", 1, east)).containsOnlyKeys("n 1", "n 2");
    near(byTag("Site", "Nodes", 0, "node", 1, east).getOrDefault("n 1", 0.0), 6_000);
    near(byTag("Site", "Nodes", 0, "node", 3, east).getOrDefault("n 1", 0.0), 16);
    near(byTag("Site", "Nodes", 0, "node", 4, east).getOrDefault("n 2", 0.0), 6);
    JsonNode inventory = grafana.ask(query("Site", "Nodes", 1), east).get("series");
    assertThat(inventory)
        .extracting(node -> node.at("/tags/node").asText() + node.at("/values/0/1").asText())
        .containsExactly("n 1r1", "n 2r2", "n 3r2");
    assertThat(inventory.get(2).at("/values/0/3").asLong())
        .isEqualTo(KnownSites.END - 5 * KnownSites.HOUR);
    // at the end of the range: of three one ended before
    assertThat(byTag("Site", "Nodes", 2, "node", 1, east)).isEqualTo(Map.of("n 1", 1.0));
    Macros second = new Macros(FROM, FROM + KnownSites.HOUR, "10s", east.chosen());
    assertThat(byTag("Site", "Nodes", 2, "node", 1, second))
        .isEqualTo(Map.of("n 1", 3.0, "n 2", 2.0));
    // the time of a point, which lies in the first second of its window
    assertThat(byTag("Site", "Nodes", 3, "node", 0, east))
        .containsOnlyKeys("n 1", "n 2")
        .allSatisfy((node, time) ->
            assertThat(time).isBetween(KnownSites.END - 10_000.0, KnownSites.END - 9_000.0));
  }

  @Test
  void quarterHours_splitJobsAtTheEdgesOfTheRange() throws IOException, InterruptedException {
    Macros all = with("user", Macros.ALL);
    double used = (3.6 + 1.2 + 2.4) * 4.5 + 2;
    near(shown("Efficiency", "Energy in the range", all), used);
    near(shown("Efficiency", "GPU hours in the range", all), 36);
    near(shown("Efficiency", "GPU busy in the range", all), 0.75);
    near(shown("Efficiency", "Held but idle in the range", all), (used - 2) / 8 / used);
    assertThat(byTag("Efficiency", "Energy by user", 0, "user", 1, all))
        .containsOnlyKeys("ann", "bob", "eve")
        .containsEntry("eve", 2.0);
    near(byTag("Efficiency", "Energy by user", 0, "user", 1, all).getOrDefault("ann", 0.0), 27);
    near(byTag("Efficiency", "Energy by user", 0, "user", 2, all).getOrDefault("bob", 0.0), 12);
    near(byTag("Efficiency", "Energy by user", 0, "user", 3, all).getOrDefault("bob", 0.0), 9);
    near(byTag("Efficiency", "Energy by user", 0, "user", 4, all).getOrDefault("bob", 0.0), 0.675);
    near(
        byTag("Efficiency", "Energy by project", 0, "project", 1, all).getOrDefault("beta", 0.0),
        5.4);
    near(
        byTag("Efficiency", "Energy used by jobs, by day", 0, "project", 1, all)
            .getOrDefault("gamma", 0.0),
        2);
    // a quarter before, and the hour before the last
    Macros earlier = new Macros(FROM - 900_000, TO, "10s", all.chosen());
    assertThat(byTag("Efficiency", "Energy by user", 0, "user", 1, earlier))
        .containsEntry("eve", 3.0);
    Macros second =
        new Macros(FROM + KnownSites.HOUR, FROM + 2 * KnownSites.HOUR - 1, "10s", all.chosen());
    near(shown("Efficiency", "Energy in the range", second), 7.2 * 2);
    JsonNode quarters =
        grafana
            .ask(query("Job", "Energy of the job by quarter hour", 0), with("site", "east"))
            .at("/series/0/values");
    assertThat(quarters).hasSize(12);
    near(quarters.get(0).get(1).asDouble(), 0.3);
    near(quarters.get(4).get(1).asDouble(), 0.6);
  }
}

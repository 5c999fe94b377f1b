// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Buckets.Bucket;
import io.github.joulestream.store.Influxd;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.connect.StoreConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A real InfluxDB into which the store's own code put {@link KnownSites}, and what panels show. */
final class KnownStore implements AutoCloseable {
  static final long FROM = KnownSites.START;
  static final long TO = KnownSites.END - 1;

  private static final int BATCH = 5_000;
  private static final Map<String, List<String>> CHOSEN =
      Map.ofEntries(
          Map.entry("site", List.of(Macros.ALL)),
          Map.entry("node", List.of("n 1")),
          Map.entry("device", List.of(Macros.ALL)),
          Map.entry("placed", List.of("j-1", "j 2/b")),
          Map.entry("placed_on", List.of("n 1", "n 2")),
          Map.entry("job", List.of("j 2/b")),
          Map.entry("user", List.of("ann", "bob")),
          Map.entry("project", List.of(Macros.ALL)),
          Map.entry("work_unit", List.of("tokens")),
          Map.entry("window", List.of("10s|10000")),
          Map.entry("budget", List.of("10")),
          Map.entry("daily", List.of("100")),
          Map.entry("memory_credit", List.of("4000")),
          Map.entry("storage_credit", List.of("1000")),
          Map.entry("currency", List.of("EUR")),
          Map.entry("price", List.of("0.25")),
          Map.entry("carbon", List.of("300")));

  private final Influxd influx;
  private final Grafana grafana;

  private KnownStore(Influxd influx, Grafana grafana) {
    this.influx = influx;
    this.grafana = grafana;
  }

  static KnownStore start(Path folder) throws IOException, InterruptedException {
    Influxd influx = Influxd.shared(folder);
    try {
      return new KnownStore(influx, filled(influx));
    } catch (Throwable e) {
      influx.close();
      throw e;
    }
  }

  private static Grafana filled(Influxd influx) throws IOException, InterruptedException {
    // for ever, as the points are of a day that is known
    String name = "dashboards-" + UUID.randomUUID();
    Buckets buckets =
        new Buckets(
            new Bucket(Buckets.devicesName(name), Duration.ZERO),
            new Bucket(name, Duration.ZERO),
            new Bucket(Buckets.yearsName(name), Duration.ZERO));
    StoreConnection store = StoreConnection.to(influx.address(), null, buckets);
    assertThat(store.prepare()).hasSize(3);
    try (PointSink sink = store.sink()) {
      List<StorePoint> points = KnownSites.points();
      for (int from = 0; from < points.size(); from += BATCH) {
        sink.write(points.subList(from, Math.min(points.size(), from + BATCH)));
      }
      sink.write(KnownSites.unbalanced());
    }
    return new Grafana(influx.address(), buckets, Path.of("."));
  }

  Grafana grafana() {
    return grafana;
  }

  /** What is chosen in tests, or what is said here; several values with commas between. */
  static Macros with(String... namesAndValues) {
    Map<String, List<String>> chosen = new HashMap<>(CHOSEN);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      chosen.put(namesAndValues[i], List.of(namesAndValues[i + 1].split(",")));
    }
    return new Macros(FROM, TO, "10s", chosen);
  }

  /** What a panel that shows one figure shows. */
  double shown(String dashboard, String panel, int column, Macros macros)
      throws IOException, InterruptedException {
    return grafana.shown(dashboard + " / " + panel, column, macros);
  }

  /**
   * The last value of a column of each series, by a tag.
   *
   * @param which of the queries of the panel
   */
  Map<String, Double> byTag(
      String dashboard, String panel, int which, String tag, int column, Macros macros)
      throws IOException, InterruptedException {
    Map<String, Double> values = new HashMap<>();
    for (JsonNode series : grafana.ask(query(dashboard, panel, which), macros).path("series")) {
      for (JsonNode row : series.get("values")) {
        if (!row.get(column).isNull()) {
          values.put(series.at("/tags/" + tag).asText(), row.get(column).asDouble());
        }
      }
    }
    return values;
  }

  /**
   * @param which of the queries of the panel
   */
  static AllQueries.Asked query(String dashboard, String panel, int which) {
    return AllQueries.ofDashboards().stream()
        .filter(query -> query.where().equals("Joulestream / %s / %s".formatted(dashboard, panel)))
        .skip(which)
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing is asked by " + panel));
  }

  static void near(double value, double expected) {
    assertThat(value).isCloseTo(expected, within(Math.abs(expected) * 1e-9 + 1e-9));
  }

  @Override
  public void close() {
    grafana.close();
    influx.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.runtime.Quantities;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * éCO2mix of RTE, as data platforms with the Explore API v2.1 return it, or export it as a list:
 * quarters of an hour of France, intensity of what plants burn and power by fuel.
 */
final class RteFeed {
  private static final GridSeries CARBON =
      GridSeries.carbon(CarbonBasis.parse("location-average-direct"));
  private static final long QUARTER_MILLIS = 900_000;
  private static final long HALF_HOUR_MILLIS = 1_800_000;
  private static final String INTENSITY = "taux_co2";
  private static final Map<String, EnergySource> SOURCES = sources();

  private final FeedCollector collector;
  private int empty;
  private int read;

  RteFeed(FeedCollector collector) {
    this.collector = collector;
  }

  private static Map<String, EnergySource> sources() {
    Map<String, EnergySource> sources = new LinkedHashMap<>();
    sources.put("nucleaire", EnergySource.NUCLEAR);
    sources.put("gaz", EnergySource.GAS);
    sources.put("charbon", EnergySource.COAL);
    sources.put("fioul", EnergySource.OIL);
    sources.put("eolien", EnergySource.WIND);
    sources.put("solaire", EnergySource.SOLAR);
    sources.put("hydraulique", EnergySource.HYDRO);
    sources.put("bioenergies", EnergySource.BIOMASS);
    sources.put("ech_physiques", EnergySource.IMPORT);
    return sources;
  }

  private static List<Json> rows(Json root) {
    return root.isArray() ? root.elements() : root.get("results").elements();
  }

  static boolean isOne(Json root) {
    List<Json> rows = rows(root);
    return !rows.isEmpty() && rows.getFirst().node().has(INTENSITY);
  }

  void read(Json root) throws Refused {
    if (!root.isArray() && !root.get("results").isArray()) {
      throw new Refused(
          root.has("message")
              ? "is an answer with an error: %s; ask again".formatted(root.text("message"))
              : "has no 'results'; is it an answer of éCO2mix?");
    }
    long step = step(rows(root));
    for (Json row : rows(root)) {
      try {
        row(row, step);
      } catch (Refused e) {
        collector.refuse(row.place(), e);
      }
    }
    if (empty > 0) {
      collector.note(
          "without %s yet, and left out: %s of %s; import them again later"
              .formatted(INTENSITY, empty, Quantities.count(empty + read, "row")));
    }
    if (read > 0) {
      collector.note("the intensity is of what plants in France burn (direct), without imports");
    }
  }

  /**
   * Length of a row: real-time data have quarters of an hour; others half hours, with a row without
   * values between two.
   */
  private static long step(List<Json> rows) throws Refused {
    SortedSet<Long> times = new TreeSet<>();
    for (Json row : rows) {
      if (row.has(INTENSITY) && row.has("date_heure")) {
        times.add(row.time("date_heure"));
      }
    }
    long step = HALF_HOUR_MILLIS;
    long last = Long.MIN_VALUE;
    boolean several = false;
    for (long time : times) {
      if (last != Long.MIN_VALUE) {
        step = Math.min(step, time - last);
        several = true;
      }
      last = time;
    }
    return several ? step : QUARTER_MILLIS;
  }

  private void row(Json row, long step) throws Refused {
    BigDecimal intensity = row.number(INTENSITY);
    if (intensity == null) {
      empty++;
      return;
    }
    read++;
    long from = row.time("date_heure");
    // "Données temps réel" are replaced by consolidated ones weeks later
    GridQuality quality =
        row.text("nature").toLowerCase(Locale.ROOT).contains("temps r")
            ? GridQuality.ESTIMATED
            : GridQuality.MEASURED;
    add(row, CARBON, from, from + step, intensity, "g/kWh", quality);
    MixShares mix = new MixShares();
    for (Map.Entry<String, EnergySource> source : SOURCES.entrySet()) {
      BigDecimal power = row.number(source.getKey());
      if (power != null) {
        mix.add(source.getValue(), power);
      }
    }
    for (Map.Entry<EnergySource, BigDecimal> share : mix.shares().entrySet()) {
      GridSeries series = GridSeries.of(SeriesKind.MIX, share.getKey());
      add(row, series, from, from + step, share.getValue(), "ratio", quality);
    }
  }

  private void add(
      Json row,
      GridSeries series,
      long from,
      long to,
      BigDecimal value,
      String unit,
      GridQuality quality)
      throws Refused {
    collector.add(
        new FeedValue(
            row.place(),
            series,
            from,
            to,
            value,
            unit,
            "",
            quality,
            FeedValue.NOT_STATED,
            new FeedValue.Source(FeedFormat.RTE.text(), row.text("perimetre"))));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.runtime.Quantities;
import java.math.BigDecimal;
import java.util.Map;

/**
 * Answers of NESO's Carbon Intensity API: half hours of Great Britain or of a region, intensity and
 * generation mix. Intensities are of what plants burn.
 */
final class UkCarbonIntensityFeed {
  private static final GridSeries CARBON =
      GridSeries.carbon(CarbonBasis.parse("location-average-direct"));
  private static final Map<String, EnergySource> SOURCES =
      Map.of(
          "biomass", EnergySource.BIOMASS,
          "coal", EnergySource.COAL,
          "imports", EnergySource.IMPORT,
          "gas", EnergySource.GAS,
          "nuclear", EnergySource.NUCLEAR,
          "other", EnergySource.OTHER,
          "hydro", EnergySource.HYDRO,
          "solar", EnergySource.SOLAR,
          "wind", EnergySource.WIND);

  private final FeedCollector collector;
  private int forecasts;
  private int intensities;
  private int empty;

  UkCarbonIntensityFeed(FeedCollector collector) {
    this.collector = collector;
  }

  static boolean isOne(Json root) {
    Json data = root.get("data");
    Json first = data.isArray() && !data.elements().isEmpty() ? data.elements().getFirst() : data;
    return first.has("intensity") || first.has("generationmix") || first.has("regionid");
  }

  void read(Json root) throws Refused {
    if (root.has("error")) {
      throw new Refused(
          "is an answer with an error: %s; ask again".formatted(root.get("error").text("message")));
    }
    if (!root.has("data")) {
      throw new Refused("has no 'data'; is it an answer of the Carbon Intensity API?");
    }
    part(root.get("data"), "GB");
    if (forecasts > 0) {
      collector.note(
          "without an actual value yet: %s of %s; their forecast is taken, as one"
              .formatted(forecasts, Quantities.count(intensities, "half hour")));
    }
    if (empty > 0) {
      collector.note(Quantities.count(empty, "half hour") + " without any value left out");
    }
    if (intensities > 0) {
      collector.note(
          "the intensity is of the CO2 of what plants burn (direct), not of their whole life");
    }
  }

  /** A list of half hours or of regions, one of them, or what a region has under data. */
  private void part(Json part, String zone) {
    if (part.isArray()) {
      part.elements().forEach(element -> part(element, zone));
      return;
    }
    String own = part.has("shortname") ? part.text("shortname") : zone;
    if (part.has("data")) {
      part(part.get("data"), own);
      return;
    }
    try {
      halfHour(part, own);
    } catch (Refused e) {
      collector.refuse(part.place(), e);
    }
  }

  private void halfHour(Json part, String zone) throws Refused {
    long from = part.time("from");
    long to = part.time("to");
    Json intensity = part.get("intensity");
    Json mix = part.get("generationmix");
    if (intensity.isMissing() && mix.isMissing()) {
      throw new Refused("has neither intensity nor generationmix");
    }
    GridQuality quality = GridQuality.MEASURED;
    if (!intensity.isMissing()) {
      BigDecimal value = intensity.number("actual");
      intensities++;
      if (value == null) {
        value = intensity.number("forecast");
        quality = GridQuality.FORECAST;
        forecasts++;
      }
      if (value == null) {
        empty++;
      } else {
        add(part, CARBON, from, to, value, "gCO2/kWh", quality, zone);
      }
    }
    for (Json share : mix.elements()) {
      EnergySource source = SOURCES.get(share.text("fuel"));
      if (source == null) {
        throw new Refused("'%s' is an unknown fuel".formatted(share.text("fuel")));
      }
      BigDecimal percent = share.number("perc");
      if (percent != null) {
        GridSeries series = GridSeries.of(SeriesKind.MIX, source);
        add(part, series, from, to, percent, "%", quality, zone);
      }
    }
  }

  private void add(
      Json part,
      GridSeries series,
      long from,
      long to,
      BigDecimal value,
      String unit,
      GridQuality quality,
      String zone)
      throws Refused {
    collector.add(
        new FeedValue(
            part.place(),
            series,
            from,
            to,
            value,
            unit,
            "",
            quality,
            FeedValue.NOT_STATED,
            new FeedValue.Source(FeedFormat.UK_CARBON_INTENSITY.text(), zone)));
  }
}

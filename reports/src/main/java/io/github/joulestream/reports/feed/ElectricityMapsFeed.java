// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.runtime.Quantities;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers of Electricity Maps v3: carbon intensity and power breakdown; latest, history, past,
 * past-range and forecast.
 */
final class ElectricityMapsFeed {
  private static final Map<String, EnergySource> SOURCES =
      Map.ofEntries(
          Map.entry("nuclear", EnergySource.NUCLEAR),
          Map.entry("geothermal", EnergySource.GEOTHERMAL),
          Map.entry("biomass", EnergySource.BIOMASS),
          Map.entry("coal", EnergySource.COAL),
          Map.entry("wind", EnergySource.WIND),
          Map.entry("solar", EnergySource.SOLAR),
          Map.entry("hydro", EnergySource.HYDRO),
          Map.entry("gas", EnergySource.GAS),
          Map.entry("oil", EnergySource.OIL),
          Map.entry("unknown", EnergySource.OTHER),
          Map.entry("hydro discharge", EnergySource.BATTERY),
          Map.entry("battery discharge", EnergySource.BATTERY));
  private static final List<String> LISTS = List.of("history", "data", "forecast");

  private final FeedCollector collector;
  private int empty;

  ElectricityMapsFeed(FeedCollector collector) {
    this.collector = collector;
  }

  static boolean isOne(Json root) {
    return root.has("carbonIntensity")
        || root.has("powerConsumptionBreakdown")
        || (root.has("zone") && LISTS.stream().anyMatch(root::has));
  }

  void read(Json root) throws Refused {
    if (root.has("error") || (root.has("message") && !root.has("zone"))) {
      throw new Refused(
          "is an answer with an error: %s; ask again"
              .formatted(root.has("error") ? root.text("error") : root.text("message")));
    }
    boolean any = false;
    for (String list : LISTS) {
      for (Json entry : root.get(list).elements()) {
        any = true;
        each(root, entry, list.equals("forecast"));
      }
      any |= root.get(list).isArray();
    }
    if (!any) {
      each(root, root, false);
    }
    if (empty > 0) {
      collector.note(Quantities.count(empty, "value") + " not there yet (null), and left out");
    }
  }

  private void each(Json root, Json entry, boolean forecast) {
    try {
      entry(root, entry, forecast);
    } catch (Refused e) {
      collector.refuse(entry.place().isEmpty() ? "the document" : entry.place(), e);
    }
  }

  private void entry(Json root, Json entry, boolean forecast) throws Refused {
    Template template = new Template(root, entry, forecast);
    boolean carbon = entry.node().has("carbonIntensity");
    boolean power = entry.node().has("powerConsumptionBreakdown");
    if (!carbon && !power) {
      throw new Refused("has neither carbonIntensity nor powerConsumptionBreakdown");
    }
    if (carbon) {
      add(template, carbon(entry), entry.number("carbonIntensity"), "gCO2eq/kWh");
    }
    if (power) {
      mix(template, entry);
    }
  }

  private static GridSeries carbon(Json entry) throws Refused {
    String type = entry.has("emissionFactorType") ? entry.text("emissionFactorType") : "lifecycle";
    try {
      return GridSeries.carbon(CarbonBasis.parse("location-average-" + type));
    } catch (IllegalArgumentException e) {
      throw new Refused(
          "emissionFactorType '%s' is neither lifecycle nor direct".formatted(type), e);
    }
  }

  private void mix(Template template, Json entry) throws Refused {
    MixShares mix = new MixShares();
    Json breakdown = entry.get("powerConsumptionBreakdown");
    for (String name : breakdown.names()) {
      EnergySource source = SOURCES.get(name.toLowerCase(Locale.ROOT));
      if (source == null) {
        throw new Refused("'%s' is an unknown source of power".formatted(name));
      }
      BigDecimal power = breakdown.number(name);
      if (power != null) {
        mix.add(source, power);
      }
    }
    if (mix.total().signum() == 0) {
      empty++;
    }
    for (Map.Entry<EnergySource, BigDecimal> share : mix.shares().entrySet()) {
      add(template, GridSeries.of(SeriesKind.MIX, share.getKey()), share.getValue(), "ratio");
    }
    share(template, entry, "renewablePercentage", EnergySource.RENEWABLE);
    share(template, entry, "fossilFreePercentage", EnergySource.CARBON_FREE);
  }

  private void share(Template template, Json entry, String field, EnergySource source)
      throws Refused {
    BigDecimal percent = entry.number(field);
    if (percent != null) {
      add(template, GridSeries.of(SeriesKind.MIX, source), percent, "%");
    }
  }

  private void add(Template template, GridSeries series, @Nullable BigDecimal value, String unit)
      throws Refused {
    if (value == null) {
      empty++;
    } else {
      collector.add(template.value(series, value, unit));
    }
  }

  /** What all values of an entry have in common. */
  private static final class Template {
    private final String place;
    private final long from;
    private final long to;
    private final GridQuality quality;
    private final long issued;
    private final String zone;

    Template(Json root, Json entry, boolean forecast) throws Refused {
      place = entry.place().isEmpty() ? "the document" : entry.place();
      from = entry.time("datetime");
      String granularity = entry.text("temporalGranularity");
      to = end(from, granularity.isEmpty() ? root.text("temporalGranularity") : granularity);
      quality =
          forecast
              ? GridQuality.FORECAST
              : entry.isTrue("isEstimated") ? GridQuality.ESTIMATED : GridQuality.MEASURED;
      issued = entry.timeOr("updatedAt", root.timeOr("updatedAt", FeedValue.NOT_STATED));
      zone = entry.has("zone") ? entry.text("zone") : root.text("zone");
    }

    private static long end(long from, String granularity) throws Refused {
      return switch (granularity) {
        case "", "hourly" -> from + 3_600_000;
        case "5_minutes" -> from + 300_000;
        case "15_minutes" -> from + 900_000;
        case "daily" -> plus(from, Period.ofDays(1));
        case "monthly" -> plus(from, Period.ofMonths(1));
        case "quarterly" -> plus(from, Period.ofMonths(3));
        case "yearly" -> plus(from, Period.ofYears(1));
        default -> throw new Refused("temporalGranularity '%s' is unknown".formatted(granularity));
      };
    }

    private static long plus(long from, Period period) {
      return Instant.ofEpochMilli(from)
          .atZone(ZoneOffset.UTC)
          .plus(period)
          .toInstant()
          .toEpochMilli();
    }

    FeedValue value(GridSeries series, BigDecimal value, String unit) {
      return new FeedValue(
          place,
          series,
          from,
          to,
          value,
          unit,
          "",
          quality,
          issued,
          new FeedValue.Source(FeedFormat.ELECTRICITY_MAPS.text(), zone));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.runtime.Quantities;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Documents of ENTSO-E: day-ahead prices (A44), and generation per type (A75), of which shares of
 * the mix are made. Of curve type A03 a position that is left out has the value of the one before.
 */
final class EntsoeFeed {
  private static final Pattern RESOLUTION = Pattern.compile("PT(\\d{1,4})([MH])|P1D");
  private static final String LEFT_OUT = "A03";
  private static final int POSITIONS = 200_000;

  /** Types of production of the code list of ENTSO-E; waste, peat and others are no source here. */
  private static final Map<String, EnergySource> SOURCES =
      Map.ofEntries(
          Map.entry("B01", EnergySource.BIOMASS),
          Map.entry("B02", EnergySource.COAL),
          Map.entry("B03", EnergySource.GAS),
          Map.entry("B04", EnergySource.GAS),
          Map.entry("B05", EnergySource.COAL),
          Map.entry("B06", EnergySource.OIL),
          Map.entry("B07", EnergySource.OIL),
          Map.entry("B08", EnergySource.OTHER),
          Map.entry("B09", EnergySource.GEOTHERMAL),
          Map.entry("B10", EnergySource.BATTERY),
          Map.entry("B11", EnergySource.HYDRO),
          Map.entry("B12", EnergySource.HYDRO),
          Map.entry("B13", EnergySource.HYDRO),
          Map.entry("B14", EnergySource.NUCLEAR),
          Map.entry("B15", EnergySource.OTHER),
          Map.entry("B16", EnergySource.SOLAR),
          Map.entry("B17", EnergySource.OTHER),
          Map.entry("B18", EnergySource.WIND),
          Map.entry("B19", EnergySource.WIND),
          Map.entry("B20", EnergySource.OTHER),
          Map.entry("B25", EnergySource.BATTERY));

  private final FeedCollector collector;
  private int repeated;

  EntsoeFeed(FeedCollector collector) {
    this.collector = collector;
  }

  /** What a value of a period is for. */
  @FunctionalInterface
  private interface Taker {
    void take(String place, long from, long to, BigDecimal value) throws Refused;
  }

  void read(String xml) throws Refused {
    EntsoeDocument document = EntsoeDocument.parse(xml);
    if (document.root.equals("Acknowledgement_MarketDocument")) {
      throw new Refused(
          "is an answer without data: %s; ask for another range of time"
              .formatted(document.reason));
    }
    long issued =
        document.created.isEmpty()
            ? FeedValue.NOT_STATED
            : FeedTimes.parse(document.created).epochMillis(null);
    switch (document.type) {
      case "A44" -> prices(document, issued);
      case "A75" -> generation(document, issued);
      default ->
          throw new Refused(
              "is a document of type '%s'; there are A44 (day-ahead prices) and A75 (generation per type)"
                  .formatted(document.type));
    }
    if (repeated > 0) {
      collector.note(
          Quantities.count(repeated, "position")
              + " that curve type A03 leaves out: the value is that of the one before");
    }
  }

  private void prices(EntsoeDocument document, long issued) {
    GridSeries price = GridSeries.of(SeriesKind.PRICE);
    Set<String> resolutions = new HashSet<>();
    for (EntsoeDocument.Series series : document.series) {
      series.periods.forEach(period -> resolutions.add(period.resolution));
      each(
          series,
          (place, from, to, value) ->
              collector.add(
                  new FeedValue(
                      place,
                      price,
                      from,
                      to,
                      value,
                      series.currency + "/" + (series.unit.equals("MWH") ? "MWh" : series.unit),
                      series.currency,
                      GridQuality.MEASURED,
                      issued,
                      source(series.inZone))));
    }
    if (resolutions.size() > 1) {
      collector.note(
          "the document has several resolutions: where they are of the same time, ask for one auction");
    }
  }

  private static FeedValue.Source source(String zone) {
    return new FeedValue.Source(FeedFormat.ENTSOE.text(), zone);
  }

  /** An interval of a zone. */
  private record Span(String zone, long from, long to) {}

  /** What all types of plants generate in an interval. */
  private static final class Generation {
    final String place;
    final MixShares mix = new MixShares();
    final Set<String> types = new HashSet<>();

    Generation(String place) {
      this.place = place;
    }
  }

  private void generation(EntsoeDocument document, long issued) throws Refused {
    Map<Span, Generation> spans = new LinkedHashMap<>();
    Set<String> types = new HashSet<>();
    int consumption = 0;
    for (EntsoeDocument.Series series : document.series) {
      if (series.inZone.isEmpty() && !series.outZone.isEmpty()) {
        consumption++;
        continue;
      }
      EnergySource source = SOURCES.get(series.psrType);
      if (source == null) {
        collector.refuse(
            series.place(), "psrType '%s' is an unknown type of plants".formatted(series.psrType));
        continue;
      }
      types.add(series.psrType);
      each(
          series,
          (place, from, to, value) -> {
            Generation all =
                spans.computeIfAbsent(
                    new Span(series.inZone, from, to), _ -> new Generation(place));
            if (!all.types.add(series.psrType)) {
              throw new Refused(
                  "%s is there twice from %s".formatted(series.psrType, KeptText.time(from)));
            }
            all.mix.add(source, value);
          });
    }
    if (consumption > 0) {
      collector.note(
          "TimeSeries of consumption (pumps, batteries, plants' own) left out: " + consumption);
    }
    shares(spans, types, issued);
  }

  private void shares(Map<Span, Generation> spans, Set<String> types, long issued) throws Refused {
    int partial = 0;
    for (Map.Entry<Span, Generation> entry : spans.entrySet()) {
      Generation generation = entry.getValue();
      if (!generation.types.equals(types)) {
        // a share of what some plants generate would be one of something else
        partial++;
        continue;
      }
      Span span = entry.getKey();
      for (Map.Entry<EnergySource, BigDecimal> share : generation.mix.shares().entrySet()) {
        collector.add(
            new FeedValue(
                generation.place,
                GridSeries.of(SeriesKind.MIX, share.getKey()),
                span.from,
                span.to,
                share.getValue(),
                "ratio",
                "",
                GridQuality.MEASURED,
                issued,
                source(span.zone)));
      }
    }
    if (partial > 0) {
      collector.note(
          Quantities.count(partial, "interval")
              + " left out in which some types of plants have no value");
    }
  }

  private void each(EntsoeDocument.Series series, Taker taker) {
    for (EntsoeDocument.Period period : series.periods) {
      String place = "%s, Period in line %d".formatted(series.place(), period.line);
      try {
        each(series, period, place, taker);
      } catch (Refused e) {
        collector.refuse(place, e);
      }
    }
  }

  private void each(
      EntsoeDocument.Series series, EntsoeDocument.Period period, String place, Taker taker)
      throws Refused {
    long start = FeedTimes.parse(period.start).epochMillis(null);
    long end = FeedTimes.parse(period.end).epochMillis(null);
    long step = step(period.resolution);
    if (end <= start || (end - start) % step != 0 || (end - start) / step > POSITIONS) {
      throw new Refused(
          "%s to %s is no period of steps of %s"
              .formatted(period.start, period.end, period.resolution));
    }
    int positions = (int) ((end - start) / step);
    SortedMap<Integer, BigDecimal> points = period.points;
    if (!points.isEmpty() && points.lastKey() > positions) {
      throw new Refused(
          "position %d is beyond the end of the period, which has %d"
              .formatted(points.lastKey(), positions));
    }
    BigDecimal value = null;
    for (int position = 1; position <= positions; position++) {
      BigDecimal own = points.get(position);
      if (own != null) {
        value = own;
      } else if (value == null || !series.curveType.equals(LEFT_OUT)) {
        continue;
      } else {
        repeated++;
      }
      long from = start + (position - 1) * step;
      taker.take("%s, position %d".formatted(place, position), from, from + step, value);
    }
  }

  private static long step(String resolution) throws Refused {
    Matcher matcher = RESOLUTION.matcher(resolution);
    if (!matcher.matches()) {
      throw new Refused(
          "resolution '%s' is unknown; there are PT15M, PT30M, PT60M".formatted(resolution));
    }
    Duration step =
        matcher.group(1) == null
            ? Duration.ofDays(1)
            : matcher.group(2).equals("H")
                ? Duration.ofHours(Long.parseLong(matcher.group(1)))
                : Duration.ofMinutes(Long.parseLong(matcher.group(1)));
    if (step.isZero()) {
      throw new Refused("resolution '%s' is no time".formatted(resolution));
    }
    return step.toMillis();
  }
}

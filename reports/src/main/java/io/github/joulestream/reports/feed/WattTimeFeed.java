// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.runtime.Quantities;
import java.math.BigDecimal;

/** Answers of WattTime v3: historical and forecast; marginal or average CO2, not CO2e. */
final class WattTimeFeed {
  private final FeedCollector collector;
  private int empty;

  WattTimeFeed(FeedCollector collector) {
    this.collector = collector;
  }

  static boolean isOne(Json root) {
    return root.get("meta").has("units") && root.get("meta").has("region");
  }

  void read(Json root) throws Refused {
    Json meta = root.get("meta");
    if (meta.isMissing()) {
      throw new Refused(
          root.has("message")
              ? "is an answer with an error: %s; ask again".formatted(root.text("message"))
              : "has no 'meta'; is it an answer of /v3/historical or /v3/forecast?");
    }
    GridSeries series = series(meta.text("signal_type"));
    for (Json warning : meta.get("warnings").elements()) {
      collector.note("WattTime warns: " + warning.text("message"));
    }
    collector.note("WattTime's values are CO2, not CO2e: other greenhouse gases are not in them");
    long issued = meta.timeOr("generated_at", FeedValue.NOT_STATED);
    boolean forecast = issued != FeedValue.NOT_STATED;
    for (Json point : root.get("data").elements()) {
      try {
        BigDecimal value = point.number("value");
        if (value == null) {
          empty++;
          continue;
        }
        long from = point.time("point_time");
        collector.add(
            new FeedValue(
                point.place(),
                series,
                from,
                end(meta, from),
                value,
                meta.text("units"),
                "",
                forecast
                    ? GridQuality.FORECAST
                    : point.isTrue("imputed_data_used")
                        ? GridQuality.ESTIMATED
                        : GridQuality.MEASURED,
                point.timeOr("last_updated", issued),
                new FeedValue.Source(FeedFormat.WATTTIME.text(), meta.text("region"))));
      } catch (Refused e) {
        collector.refuse(point.place(), e);
      }
    }
    if (empty > 0) {
      collector.note(Quantities.count(empty, "value") + " not there (null), and left out");
    }
  }

  private static long end(Json meta, long from) throws Refused {
    BigDecimal seconds = meta.number("data_point_period_seconds");
    return seconds == null
        ? FeedValue.UNTIL_NEXT
        : from + seconds.multiply(BigDecimal.valueOf(1_000)).longValue();
  }

  private static GridSeries series(String signal) throws Refused {
    return switch (signal) {
      case "co2_moer" -> GridSeries.carbon(CarbonBasis.parse("location-marginal-direct"));
      case "co2_aoer" -> GridSeries.carbon(CarbonBasis.parse("location-average-direct"));
      default ->
          throw new Refused(
              "signal_type '%s' is no carbon intensity; ask for co2_moer (marginal) or co2_aoer (average)"
                  .formatted(signal));
    };
  }
}

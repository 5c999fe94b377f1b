// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** The kinds of panels, each with the looks that all of its kind share. */
final class Panels {
  static final String WATTS = "watt";
  static final String KILOWATT_HOURS = "kwatth";
  static final String SHARE = "percentunit";
  static final String GRAMS = "massg";
  static final String MONEY = "currencyEUR";
  static final String BYTES = "bytes";
  static final String JOULES = "joule";
  static final String COUNT = "short";
  static final String NOTHING_YET = "no data in this range";

  private Panels() {}

  static Panel row(String title) {
    return new Panel("row", title, 24, 1, Json.object());
  }

  /** One figure, with its course behind it where the query has one. */
  static Panel stat(String title, String unit) {
    return new Panel(
            "stat",
            title,
            4,
            4,
            Json.object(
                "reduceOptions",
                lastValue(),
                "orientation",
                "auto",
                "textMode",
                "value",
                "colorMode",
                "value",
                "graphMode",
                "area",
                "justifyMode",
                "auto",
                "wideLayout",
                true,
                "showPercentChange",
                false,
                "percentChangeColorMode",
                "standard"))
        .unit(unit)
        .color("thresholds")
        .thresholds("blue")
        .without(NOTHING_YET);
  }

  static Panel gauge(String title, String unit) {
    return new Panel(
            "gauge",
            title,
            4,
            4,
            Json.object(
                "reduceOptions",
                lastValue(),
                "orientation",
                "auto",
                "showThresholdLabels",
                false,
                "showThresholdMarkers",
                true,
                "sizing",
                "auto",
                "minVizHeight",
                75,
                "minVizWidth",
                75))
        .unit(unit)
        .color("thresholds")
        .without(NOTHING_YET);
  }

  static Panel bars(String title, String unit, int width, int height) {
    return new Panel(
            "bargauge",
            title,
            width,
            height,
            Json.object(
                "reduceOptions",
                lastValue(),
                "orientation",
                "horizontal",
                "displayMode",
                "basic",
                "valueMode",
                "color",
                "namePlacement",
                "left",
                "showUnfilled",
                true,
                "sizing",
                "auto",
                "minVizHeight",
                16,
                "minVizWidth",
                8,
                "maxVizHeight",
                300,
                "legend",
                legend("list", List.of(), false)))
        .unit(unit)
        .color("thresholds")
        .thresholds("blue")
        .without(NOTHING_YET);
  }

  static Panel donut(String title, String unit, int width, int height) {
    ObjectNode legend = legend("table", List.of(), true);
    legend.put("placement", "right").set("values", Json.array(List.of("value", "percent")));
    return new Panel(
            "piechart",
            title,
            width,
            height,
            Json.object(
                "reduceOptions",
                lastValue(),
                "pieType",
                "donut",
                "displayLabels",
                List.of(),
                "legend",
                legend,
                "tooltip",
                Json.object("mode", "single", "sort", "none")))
        .unit(unit)
        .color("palette-classic")
        .without(NOTHING_YET);
  }

  static Panel lines(String title, String unit, int width, int height) {
    return new Panel(
            "timeseries",
            title,
            width,
            height,
            Json.object(
                "legend",
                legend("table", List.of("mean", "max", "lastNotNull"), true),
                "tooltip",
                Json.object("mode", "multi", "sort", "desc")))
        .unit(unit)
        .color("palette-classic")
        .without(NOTHING_YET)
        .custom("drawStyle", "line")
        .custom("lineInterpolation", "linear")
        .custom("lineWidth", 1)
        .custom("fillOpacity", 10)
        .custom("showPoints", "never")
        // a gap is shown as one: nothing is invented for it
        .custom("spanNulls", false)
        .custom("stacking", Json.object("group", "A", "mode", "none"))
        .custom("thresholdsStyle", Json.object("mode", "off"))
        .interval(Queries.WINDOW);
  }

  static Panel stacked(String title, String unit, int width, int height) {
    return lines(title, unit, width, height)
        .custom("fillOpacity", 60)
        .custom("stacking", Json.object("group", "A", "mode", "normal"))
        .fromZero();
  }

  /** Bars of sums, one for each stretch of time. */
  static Panel columns(String title, String unit, int width, int height) {
    return stacked(title, unit, width, height)
        .custom("drawStyle", "bars")
        .custom("fillOpacity", 80)
        .option("legend", legend("table", List.of("sum", "max"), true));
  }

  static Panel table(String title, String unit, int width, int height) {
    return new Panel(
            "table",
            title,
            width,
            height,
            Json.object("frameIndex", 0, "showHeader", true, "cellHeight", "sm"))
        .unit(unit)
        .color("thresholds")
        .thresholds("blue")
        .without(NOTHING_YET)
        .custom("align", "auto")
        .custom("inspect", false)
        .custom("filterable", true)
        .custom("cellOptions", Json.object("type", "auto"));
  }

  static Panel alerts(String title, int width, int height) {
    return new Panel(
        "alertlist",
        title,
        width,
        height,
        Json.object(
            "viewMode",
            "list",
            "groupMode",
            "default",
            "groupBy",
            List.of(),
            "maxItems",
            50,
            "sortOrder",
            3,
            "dashboardAlerts",
            false,
            "alertName",
            "",
            "alertInstanceLabelFilter",
            "{product=\"joulestream\"}",
            "folder",
            null,
            "stateFilter",
            Json.object(
                "firing", true, "pending", true, "noData", true, "normal", false, "error", true)));
  }

  /** A bar inside a cell. */
  static Map<String, Object> bar(String unit) {
    return Map.of(
        "unit",
        unit,
        "custom.cellOptions",
        Json.object("type", "gauge", "mode", "basic", "valueDisplayMode", "text"),
        "min",
        0);
  }

  static Map<String, Object> unit(String unit) {
    return Map.of("unit", unit);
  }

  /** Hides the columns that only say the start of the range. */
  static ObjectNode without(String... columns) {
    ObjectNode excluded = Json.object("Time", true, "time", true);
    for (String column : columns) {
      excluded.put(column, true);
    }
    return Json.object(
        "excludeByName", excluded, "indexByName", Json.object(), "renameByName", Json.object());
  }

  private static ObjectNode lastValue() {
    return Json.object("calcs", List.of("lastNotNull"), "fields", "", "values", false);
  }

  private static ObjectNode legend(String mode, List<String> calcs, boolean shown) {
    return Json.object(
        "displayMode", mode, "placement", "bottom", "showLegend", shown, "calcs", calcs);
  }
}

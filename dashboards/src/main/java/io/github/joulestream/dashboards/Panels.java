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

  /** What all that have values share. */
  private static Panel panel(
      String type, String title, String unit, int width, int height, ObjectNode options) {
    return new Panel(type, title, width, height, options)
        .unit(unit)
        .color("thresholds")
        .without(NOTHING_YET);
  }

  static Panel row(String title) {
    return new Panel("row", title, 24, 1, Json.object());
  }

  /** One figure, with its course behind it where the query has one. */
  static Panel stat(String title, String unit) {
    return panel(
            "stat",
            title,
            unit,
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
        .thresholds("blue");
  }

  static Panel gauge(String title, String unit) {
    return panel(
        "gauge",
        title,
        unit,
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
            75));
  }

  static Panel bars(String title, String unit, int width, int height) {
    return panel(
            "bargauge",
            title,
            unit,
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
        .thresholds("blue");
  }

  static Panel donut(String title, String unit, int width, int height) {
    ObjectNode legend = legend("table", List.of(), true);
    legend.put("placement", "right").set("values", Json.array(List.of("value", "percent")));
    return panel(
            "piechart",
            title,
            unit,
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
        .color("palette-classic");
  }

  static Panel lines(String title, String unit, int width, int height) {
    return panel(
            "timeseries",
            title,
            unit,
            width,
            height,
            Json.object(
                "legend",
                legend("table", List.of("mean", "max", "lastNotNull"), true),
                "tooltip",
                Json.object("mode", "multi", "sort", "desc")))
        .color("palette-classic")
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
    return panel(
            "table",
            title,
            unit,
            width,
            height,
            Json.object("frameIndex", 0, "showHeader", true, "cellHeight", "sm"))
        .thresholds("blue")
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

  /** A dashed red line, whatever the others are. */
  static Map<String, Object> limit() {
    return Map.of(
        "color",
        Json.object("mode", "fixed", "fixedColor", "red"),
        "custom.drawStyle",
        "line",
        "custom.stacking",
        Json.object("group", "A", "mode", "none"),
        "custom.fillOpacity",
        0,
        "custom.lineWidth",
        2,
        "custom.lineStyle",
        Json.object("fill", "dash", "dash", List.of(10, 10)));
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

  /** A point in time, or -1. */
  static Map<String, Object> timeOrNotYet() {
    return Map.of(
        "unit",
        "dateTimeAsIso",
        "mappings",
        List.of(
            Json.object(
                "type",
                "value",
                "options",
                Json.object("-1", Json.object("text", "not yet", "index", 0)))));
  }

  static Map<String, Object> unit(String unit) {
    return Map.of("unit", unit);
  }

  /** Hides the columns that only have the start of the range. */
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

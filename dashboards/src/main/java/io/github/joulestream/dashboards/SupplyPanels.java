// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Windows;
import java.util.ArrayList;
import java.util.List;

/**
 * What energy cost and emitted, by the hour and the site, and the prices and carbon intensities
 * that this is worked out with. InfluxQL cannot multiply what is in two measurements: energy and
 * price of each hour and site are two queries, whose rows Grafana merges where hour and site are
 * equal.
 */
final class SupplyPanels {
  private static final Source GRID = Source.GRID_NOW;
  private static final Source LEDGER = Source.LEDGER;
  private static final String ENERGY = "energy";
  private static final String HOUR = "time(1h)";
  static final String SINCE_HOUR_BEFORE_RANGE = "time >= ${__from}ms - 1h";
  private static final String BY_HOUR =
      " Each hour with its own value and each site with its own; without the facility's overhead."
          + " Hours without a value are not in it.";
  private static final String NO_PRICE = "no price in this range";
  private static final String NO_CARBON = "no carbon intensity in this range";

  /** What a kWh is multiplied with. */
  private enum Factor {
    PRICE("price", GRID.field("currency") + " = '${currency:raw}'"),
    CARBON("intensity", GRID.tag("basis") + " = 'location-average-lifecycle'");

    private final String column;
    private final String condition;

    Factor(String column, String condition) {
      this.column = column;
      this.condition = condition;
    }

    /** Mean of the values that begin in each hour; the first hour begins before the range. */
    Select byHour(String filling) {
      return Select.of(Select.as("mean(" + GRID.field("value") + ")", column))
          .from(GRID)
          .where(
              Queries.sites(GRID),
              GRID.tag("kind") + " = '" + name() + "'",
              condition,
              GRID.field("in_force") + " = 1",
              SINCE_HOUR_BEFORE_RANGE,
              Queries.BEFORE_RANGE_ENDS)
          .groupBy(HOUR, GRID.tag("site"))
          .fill(filling);
    }
  }

  private SupplyPanels() {}

  /** Measured energy of sites by the hour, out of quarters of an hour. */
  private static Select measured() {
    return Select.of(
            Queries.kilowattHours(LEDGER, ENERGY, SiteAmount.MEASURED_TOTAL_MILLIJOULES).text())
        .from(LEDGER, Windows.QUARTER_HOUR_NAME)
        .where(Queries.sites(LEDGER), Select.IN_RANGE)
        .groupBy(HOUR, LEDGER.tag("site"))
        .fill("none");
  }

  static Panel cost() {
    return cost("Cost, ${currency}", "Energy over the range times its price.", measured());
  }

  static Panel carbon() {
    return carbon(
        "CO2e", "Energy over the range times the carbon intensity of the site's grid.", measured());
  }

  /**
   * @param energy a column {@code energy} by the hour and the site, kWh
   */
  static Panel cost(String title, String description, Select energy) {
    return product(Panels.stat(title, "none").decimals(2), "Cost", energy, Factor.PRICE)
        .describedAs(description + BY_HOUR)
        .without(NO_PRICE);
  }

  /**
   * @param energy a column {@code energy} by the hour and the site, kWh
   */
  static Panel carbon(String title, String description, Select energy) {
    return product(Panels.stat(title, Panels.GRAMS), "CO2e", energy, Factor.CARBON)
        .describedAs(description + " Location-based, over the life cycle." + BY_HOUR)
        .without(NO_CARBON);
  }

  private static Panel product(Panel stat, String name, Select energy, Factor factor) {
    String byHour = name + " by hour";
    return merged(stat, energy, factor)
        .transform("filterByValue", rowsWhere(ENERGY, "isNotNull", factor.column, "isNotNull"))
        .transform("calculateField", binary(ENERGY, "*", factor.column, byHour))
        .transform("calculateField", runningTotal(byHour, name))
        .option("reduceOptions", last(name));
  }

  private static Panel merged(Panel stat, Select energy, Factor factor) {
    return stat.asks(Query.table(energy), Query.table(factor.byHour("none")))
        .option("graphMode", "none")
        .interval("1h")
        .transform("merge", Json.object());
  }

  /** Of no rows there is no last value, but a sum, which is 0: so the last of a running total. */
  private static ObjectNode runningTotal(String of, String name) {
    return Json.object(
        "mode",
        "cumulativeFunctions",
        "alias",
        name,
        "replaceFields",
        false,
        "cumulative",
        Json.object("field", of, "reducer", "sum"));
  }

  private static ObjectNode last(String field) {
    return Json.object(
        "calcs", List.of("lastNotNull"), "fields", "/^" + field + "$/", "values", false);
  }

  private static ObjectNode rowsWhere(String... fieldsAndMatchers) {
    List<ObjectNode> filters = new ArrayList<>();
    for (int i = 0; i < fieldsAndMatchers.length; i += 2) {
      filters.add(
          Json.object(
              "fieldName",
              fieldsAndMatchers[i],
              "config",
              Json.object("id", fieldsAndMatchers[i + 1], "options", Json.object())));
    }
    return Json.object("filters", filters, "type", "include", "match", "all");
  }

  private static ObjectNode binary(String left, String operator, String right, String name) {
    return Json.object(
        "mode",
        "binary",
        "alias",
        name,
        "replaceFields",
        false,
        "binary",
        Json.object("left", left, "operator", operator, "right", right));
  }

  /** Prices, carbon intensities and renewable shares of the chosen sites, and what lacks them. */
  static List<Panel> supply() {
    return List.of(
        Panels.row("Supply, by the hour"),
        course(
                "Price by hour, ${currency} per kWh",
                "none",
                "Price of energy of each site; a gap is an hour without a price.",
                Factor.PRICE)
            .without(NO_PRICE),
        course(
                "Carbon intensity by hour, g/kWh",
                "none",
                "Carbon intensity of each site's grid: location-based, average, over the life"
                    + " cycle; a gap is an hour without one.",
                Factor.CARBON)
            .without(NO_CARBON),
        renewableShare(),
        without(
            "Without a price",
            "Energy of the hours in which the site has no price: it is not in the cost.",
            Factor.PRICE),
        without(
            "Without an intensity",
            "Energy of the hours in which the site has no carbon intensity: it is not in CO2e.",
            Factor.CARBON));
  }

  private static Panel course(String title, String unit, String description, Factor factor) {
    return Panels.lines(title, unit, 6, 8)
        .describedAs(description)
        .asks(Query.series(factor.byHour("null"), "$tag_site"))
        .custom("lineInterpolation", "stepAfter")
        .interval("1h");
  }

  private static Panel without(String title, String description, Factor factor) {
    return merged(Panels.stat(title, Panels.KILOWATT_HOURS), measured(), factor)
        .sized(3, 8)
        .describedAs(description)
        .transform("filterByValue", rowsWhere(ENERGY, "isNotNull", factor.column, "isNull"))
        .transform("calculateField", runningTotal(ENERGY, title))
        .option("reduceOptions", last(title))
        .without("no hour, or all");
  }

  private static Panel renewableShare() {
    Select bySource =
        renewable("=~ /^(SOLAR|WIND|HYDRO|GEOTHERMAL|BIOMASS)$/", "share")
            .groupBy(GRID.tag("source"))
            .fill("none");
    Select sum =
        Select.of(Select.as("sum(\"share\")", "renewable"))
            .from(bySource)
            .where(SINCE_HOUR_BEFORE_RANGE, Queries.BEFORE_RANGE_ENDS)
            .groupBy(HOUR, GRID.tag("site"))
            .fill("null");
    return Panels.lines("Renewable share by hour", Panels.SHARE, 6, 8)
        .describedAs(
            "Renewable share of each site's grid: the sum of its renewable sources, or the share"
                + " that the feed gives. On-site generation and contracts are not in it.")
        .asks(
            Query.series(sum, "$tag_site, sources"),
            Query.series(renewable("= 'RENEWABLE'", "renewable").fill("null"), "$tag_site"))
        .custom("lineInterpolation", "stepAfter")
        .between(0, 1)
        .interval("1h")
        .without("no mix in this range");
  }

  private static Select renewable(String source, String column) {
    return Select.of(Select.as("mean(" + GRID.field("value") + ")", column))
        .from(GRID)
        .where(
            Queries.sites(GRID),
            GRID.tag("kind") + " = 'MIX'",
            GRID.tag("source") + " " + source,
            GRID.field("in_force") + " = 1",
            SINCE_HOUR_BEFORE_RANGE,
            Queries.BEFORE_RANGE_ENDS)
        .groupBy(HOUR, GRID.tag("site"));
  }
}

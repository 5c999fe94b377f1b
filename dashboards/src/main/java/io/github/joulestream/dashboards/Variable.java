// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.alerts.Quantity;
import java.util.List;
import java.util.Locale;

/** What an operator chooses at the top of a dashboard. */
record Variable(String name, ObjectNode json) {

  /** Sites, one, several or all. */
  static Variable sites() {
    return many("site", "Site", "The sites that are shown", siteQuery());
  }

  static Variable oneSite() {
    return one("site", "Site", "The site that is shown", siteQuery());
  }

  /** The store with the longest retention: sites that are gone have a history, too. */
  private static Query siteQuery() {
    Source source = Source.SITE_WINDOW;
    return new Query(
        source.dataSource(Windows.HOUR_NAME),
        "SHOW TAG VALUES FROM %s WITH KEY = %s".formatted(source.quoted(), source.tag("site")),
        Query.Format.TABLE,
        "");
  }

  /** Its id: of the jobs of a large site there are too many for a list. */
  static Variable job() {
    return text("job", "Job", "The id of a job; tables of jobs lead here with it", "");
  }

  /** Nodes with readings in the range. */
  static Variable node() {
    Source source = Source.NODE_WINDOW;
    Select last =
        Select.of(Select.as("last(" + source.field(JobAmount.TOTAL_MILLIJOULES) + ")", "energy"))
            .from(source)
            .where(Queries.sites(source), Select.IN_RANGE)
            .groupBy(source.tag("node"));
    return one(
        "node",
        "Node",
        "Nodes with readings in the range",
        Query.table(Select.of(source.tag("node"), "\"energy\"").from(last)));
  }

  /** Devices of the node with windows in the range. */
  static Variable device() {
    Source source = Source.DEVICE_WINDOW;
    Select last =
        Select.of(Select.as("last(" + source.field("energy_millijoules") + ")", "energy"))
            .from(source)
            .where(
                Queries.sites(source),
                source.tag("node") + " =~ /^${node:regex}$/",
                Select.IN_RANGE)
            .groupBy(source.tag("device"));
    return many(
        "device",
        "Device",
        "Devices whose panels are shown, of those with device windows in the range",
        Query.table(Select.of(source.tag("device"), "\"energy\"").from(last)));
  }

  static Variable jobsOfNode() {
    return hidden(PlacementPanels.JOBS_OF_NODE, "Jobs of the chosen node", PlacementPanels.jobs());
  }

  static Variable nodesOfJob() {
    return hidden(PlacementPanels.NODES_OF_JOB, "Nodes of the chosen job", PlacementPanels.nodes());
  }

  /** All values that a query finds, whatever they are: not shown and not in the address. */
  private static Variable hidden(String name, String description, Query query) {
    return new Variable(
        name,
        query(name, description, description, query)
            .put("multi", true)
            .put("includeAll", true)
            .put("hide", 2)
            .put("skipUrlSync", true)
            .set("current", Json.object("text", List.of("All"), "value", List.of("$__all"))));
  }

  /** Values that a text field of the jobs' summaries has in the range. */
  static Variable ofSummaries(String field, String label) {
    Source source = Source.JOB_SUMMARY;
    return many(
        field,
        label,
        "Only jobs with this %s".formatted(label.toLowerCase(Locale.ROOT)),
        Query.table(
            Select.of("distinct(" + source.field(field) + ")")
                .from(source)
                .where(Queries.sites(source), Select.IN_RANGE)));
  }

  /** Units of work that jobs of the range reported. */
  static Variable workUnit() {
    Source source = Source.JOB_SUMMARY;
    String unit = source.field("work_unit");
    return one(
        "work_unit",
        "Unit of work",
        "Work of different units cannot be added up",
        Query.table(
            Select.of("distinct(" + unit + ")")
                .from(source)
                .where(Queries.sites(source), Select.IN_RANGE, unit + " <> ''")));
  }

  /**
   * Windows of 10 s, corrected for an hour, or of 1 h, kept for longer and corrected for a week.
   */
  static Variable window(String chosen) {
    List<ObjectNode> options =
        List.of(
            option(Windows.NAME, "" + Windows.MILLIS, chosen.equals(Windows.NAME)),
            option(Windows.HOUR_NAME, "" + Windows.HOUR_MILLIS, chosen.equals(Windows.HOUR_NAME)));
    return new Variable(
        "window",
        base("custom", "window", "Windows", "1h for ranges of more than two days")
            .put(
                "query",
                "%s : %d,%s : %d"
                    .formatted(
                        Windows.NAME, Windows.MILLIS, Windows.HOUR_NAME, Windows.HOUR_MILLIS))
            .put("multi", false)
            .put("includeAll", false)
            .<ObjectNode>set("current", options.get(chosen.equals(Windows.NAME) ? 0 : 1))
            .set("options", Json.array(options)));
  }

  /**
   * The data source that has these windows. It is not shown and not in the address: Grafana works
   * it out anew, by its name, whenever other windows are chosen.
   */
  static Variable store(String chosen) {
    return new Variable(
        DataSource.VARIABLE,
        base("datasource", DataSource.VARIABLE, "Store", "Store of the chosen windows")
            .put("hide", 2)
            .put("skipUrlSync", true)
            .put("query", "influxdb")
            .put("regex", DataSource.PATTERN_OF_NAME)
            .put("refresh", 1)
            .put("multi", false)
            .put("includeAll", false)
            .<ObjectNode>set(
                "current",
                option(DataSource.name(chosen), Source.SITE_WINDOW.dataSource(chosen).uid(), true))
            .set("options", Json.array(List.of())));
  }

  /** Currencies of the prices of the range. */
  static Variable currency() {
    Source source = Source.GRID_NOW;
    return one(
        "currency",
        "Currency",
        "Cost is of the sites whose prices are in it: amounts of several do not add up",
        Query.table(
            Select.of("distinct(" + source.field("currency") + ")")
                .from(source)
                .where(
                    Queries.sites(source),
                    source.tag("kind") + " = 'PRICE'",
                    SupplyPanels.SINCE_HOUR_BEFORE_RANGE,
                    Queries.BEFORE_RANGE_ENDS)));
  }

  /** For whole jobs: of what they used when, their summaries know nothing. */
  static Variable price() {
    return text("price", "Price of whole jobs, per kWh", "What a kilowatt-hour costs", "0.25");
  }

  static Variable carbon() {
    return text("carbon", "CO2 of whole jobs, g/kWh", "What a kilowatt-hour emits", "300");
  }

  /** Empty if none is set: {@link SitePanels#BUDGET_WATTS}. */
  static Variable budget() {
    return one(
        "budget",
        "Budget, kW",
        "The lowest budget of power that is set for each chosen site, added up; another can be"
            + " typed in",
        Query.table(
            Queries.siteBudgets(Quantity.POWER, Source.BUDGET.field("limit_watts") + " / 1000.0")));
  }

  static Variable dailyBudget() {
    return one(
        "daily",
        "Budget, kWh a day",
        "The lowest budget of energy in a day that is set for each chosen site, added up; another"
            + " can be typed in",
        Query.table(
            Queries.siteBudgets(
                Quantity.ENERGY_PER_DAY,
                Source.BUDGET.field("limit_millijoules") + " / " + Queries.KILOWATT_HOUR)));
  }

  /** A value that other queries use, which nobody chooses. */
  static Variable hidden(String name, String label, String description, Query query) {
    Variable one = one(name, label, description, query);
    one.json.put("hide", 2).put("skipUrlSync", true);
    return one;
  }

  private static Variable text(String name, String label, String description, String value) {
    ObjectNode option = option(value, value, true);
    return new Variable(
        name,
        base("textbox", name, label, description)
            .put("query", value)
            .<ObjectNode>set("current", option)
            .set("options", Json.array(List.of(option))));
  }

  private static Variable many(String name, String label, String description, Query query) {
    return new Variable(
        name,
        query(name, label, description, query)
            .put("multi", true)
            .put("includeAll", true)
            // one short pattern, however many values there are
            .put("allValue", ".*")
            .set("current", Json.object("text", List.of("All"), "value", List.of("$__all"))));
  }

  private static Variable one(String name, String label, String description, Query query) {
    return new Variable(
        name, query(name, label, description, query).put("multi", false).put("includeAll", false));
  }

  private static ObjectNode query(String name, String label, String description, Query query) {
    ObjectNode json = base("query", name, label, description);
    json.set("datasource", query.dataSource().json());
    return json.put("query", query.text())
        .put("refresh", 2) // when the range changes
        .put("sort", 1)
        .put("regex", "")
        .put("allowCustomValue", true)
        .set("options", Json.array(List.of()));
  }

  private static ObjectNode base(String type, String name, String label, String description) {
    return Json.object(
        "type",
        type,
        "name",
        name,
        "label",
        label,
        "description",
        description,
        "hide",
        0,
        "skipUrlSync",
        false);
  }

  private static ObjectNode option(String text, String value, boolean selected) {
    return Json.object("text", text, "value", value, "selected", selected);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** A panel of a dashboard. Mutable while it is described; {@link Panels} has the kinds. */
final class Panel {
  private final String type;
  private final String title;
  private int width;
  private int height;
  private final ObjectNode options;
  private final ObjectNode custom = Json.object();
  private final ObjectNode defaults = Json.object();
  private final List<Query> queries = new ArrayList<>();
  private final List<ObjectNode> overrides = new ArrayList<>();
  private final List<ObjectNode> transformations = new ArrayList<>();
  private String description = "";
  private String interval = "";
  private String shared = "";
  private boolean mixed;

  Panel(String type, String title, int width, int height, ObjectNode options) {
    this.type = type;
    this.title = title;
    this.width = width;
    this.height = height;
    this.options = options;
  }

  String title() {
    return title;
  }

  boolean isRow() {
    return type.equals("row");
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  List<Query> queries() {
    return List.copyOf(queries);
  }

  /** What it answers, and what to keep in mind. */
  Panel describedAs(String text) {
    description = text;
    return this;
  }

  Panel sized(int columns, int rows) {
    width = columns;
    height = rows;
    return this;
  }

  Panel unit(String unit) {
    defaults.put("unit", unit);
    return this;
  }

  Panel decimals(int decimals) {
    defaults.put("decimals", decimals);
    return this;
  }

  Panel between(double min, double max) {
    defaults.put("min", min).put("max", max);
    return this;
  }

  Panel fromZero() {
    defaults.put("min", 0);
    return this;
  }

  Panel thresholds(String base, Threshold... steps) {
    defaults.set("thresholds", Threshold.json(base, steps));
    return this;
  }

  /** Text where there is no value. */
  Panel without(String text) {
    defaults.put("noValue", text);
    return this;
  }

  Panel color(String mode) {
    defaults.set("color", Json.object("mode", mode));
    return this;
  }

  Panel custom(String name, Object value) {
    custom.setAll(Json.object(name, value));
    return this;
  }

  Panel option(String name, Object value) {
    options.setAll(Json.object(name, value));
    return this;
  }

  Panel asks(Query... more) {
    queries.addAll(Arrays.asList(more));
    return this;
  }

  /** Its queries may ask different data sources. */
  Panel mixed() {
    mixed = true;
    return this;
  }

  /** No interval shorter than this is drawn. */
  Panel interval(String shortest) {
    interval = shortest;
    return this;
  }

  /** Uses what another panel of the dashboard has asked for, so that the store is asked once. */
  Panel shares(String panelTitle) {
    shared = panelTitle;
    return this;
  }

  /** Properties of one field, by the name under which it is shown. */
  Panel field(String name, Map<String, Object> properties) {
    ArrayNode list =
        Json.array(
            properties.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(property -> Json.object("id", property.getKey(), "value", property.getValue()))
                .toList());
    overrides.add(
        Json.object("matcher", Json.object("id", "byName", "options", name), "properties", list));
    return this;
  }

  Panel transform(String id, ObjectNode how) {
    transformations.add(Json.object("id", id, "options", how));
    return this;
  }

  /**
   * Joins the rows of its queries where a column has the same value; of those that others do not
   * have, too. The columns with the times of the points are left out.
   *
   * @param column that all queries have
   * @param mode {@code outer} where every query has a value once, else {@code outerTabular}
   * @param keepsTime refId of the query whose times stay; empty for none
   */
  Panel joined(String column, String mode, String keepsTime) {
    ObjectNode noTimes = Json.object("exclude", Json.object("pattern", "/^[Tt]ime$/"));
    ObjectNode filter = Json.object("id", "filterFieldsByName", "options", noTimes);
    if (!keepsTime.isEmpty()) {
      String others = "/^[^" + keepsTime + "]$/";
      filter.set("filter", Json.object("id", "byRefId", "options", others));
    }
    transformations.add(filter);
    return transform("joinByField", Json.object("byField", column, "mode", mode));
  }

  /** Rows of a table by this column, the highest first. */
  Panel highestFirst(String shownName) {
    return option("sortBy", List.of(Json.object("displayName", shownName, "desc", true)));
  }

  private ObjectNode dataSource() {
    if (mixed) {
      return Json.object("type", "datasource", "uid", "-- Mixed --");
    }
    DataSource dataSource = queries.getFirst().dataSource();
    if (!queries.stream().allMatch(query -> query.dataSource().equals(dataSource))) {
      throw new IllegalStateException(title + " asks several data sources");
    }
    return dataSource.json();
  }

  /**
   * @param ids of the panels of the dashboard, by title
   */
  ObjectNode json(int id, int x, int y, ToIntFunction<String> ids) {
    ObjectNode panel =
        Json.object(
            "id",
            id,
            "type",
            type,
            "title",
            title,
            "gridPos",
            Json.object("h", height, "w", width, "x", x, "y", y));
    if (isRow()) {
      return panel.put("collapsed", false).set("panels", Json.array(List.of()));
    }
    panel.put("description", description);
    if (!shared.isEmpty()) {
      // Grafana's own source of what other panels have
      ObjectNode source = Json.object("type", "datasource", "uid", "-- Dashboard --");
      panel.set("datasource", source);
      ObjectNode target =
          Json.object("refId", "A", "datasource", source, "panelId", ids.applyAsInt(shared));
      panel.set("targets", Json.array(List.of(target)));
    } else if (!queries.isEmpty()) {
      panel.set("datasource", dataSource());
      List<ObjectNode> targets = new ArrayList<>();
      for (Query query : queries) {
        targets.add(query.json(String.valueOf((char) ('A' + targets.size()))));
      }
      panel.set("targets", Json.array(targets));
    }
    if (!interval.isEmpty()) {
      panel.put("interval", interval);
    }
    ObjectNode fieldDefaults = defaults.deepCopy();
    if (!custom.isEmpty()) {
      fieldDefaults.set("custom", custom);
    }
    panel.set(
        "fieldConfig", Json.object("defaults", fieldDefaults, "overrides", List.copyOf(overrides)));
    panel.set("options", options);
    if (!transformations.isEmpty()) {
      panel.set("transformations", Json.array(transformations));
    }
    return panel;
  }
}

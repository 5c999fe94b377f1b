// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A dashboard. Its panels stand in rows of 24 columns, from left to right, in the order in which
 * they are given; a panel's id is its place in that order.
 *
 * @param uid stays the same for ever: links and alert rules rely on it
 * @param title what it is called, without the product's name
 * @param from start of the range that is shown first, as {@code now-6h}
 */
record Dashboard(
    String uid,
    String title,
    String description,
    String from,
    String refresh,
    List<Variable> variables,
    List<Annotation> annotations,
    List<Panel> panels) {
  static final String TAG = "joulestream";
  private static final int COLUMNS = 24;

  /** The JSON model of Grafana 12.0; later releases read it, and bring it up to date. */
  private static final int SCHEMA_VERSION = 41;

  /** Windows of the last seconds are not complete yet: readings of some nodes have not arrived. */
  private static final String NOW_DELAY = "30s";

  Dashboard {
    variables = List.copyOf(variables);
    title = "Joulestream / " + title;
    // alerts belong to every dashboard
    annotations = Stream.concat(Stream.of(Annotation.alerts()), annotations.stream()).toList();
    panels = List.copyOf(panels);
  }

  /** The id of the panel with this title. */
  int panelId(String panelTitle) {
    for (int i = 0; i < panels.size(); i++) {
      if (!panels.get(i).isRow() && panels.get(i).title().equals(panelTitle)) {
        return i + 1;
      }
    }
    throw new IllegalArgumentException(uid + " has no panel " + panelTitle);
  }

  ObjectNode json() {
    return Json.object(
        "id",
        null,
        "uid",
        uid,
        "title",
        title,
        "description",
        description,
        "tags",
        List.of(TAG),
        "schemaVersion",
        SCHEMA_VERSION,
        "version",
        1,
        "editable",
        true,
        "graphTooltip",
        1,
        "timezone",
        "browser",
        "weekStart",
        "",
        "fiscalYearStartMonth",
        0,
        "refresh",
        refresh,
        "time",
        Json.object("from", from, "to", "now"),
        "timepicker",
        Json.object("nowDelay", NOW_DELAY),
        "links",
        List.of(Link.toAll()),
        "templating",
        Json.object("list", variables.stream().map(Variable::json).toList()),
        "annotations",
        Json.object("list", annotations.stream().map(Annotation::json).toList()),
        "panels",
        laidOut());
  }

  private List<ObjectNode> laidOut() {
    List<ObjectNode> placed = new ArrayList<>();
    int x = 0;
    int y = 0;
    int rowHeight = 0;
    for (Panel panel : panels) {
      if (x + panel.width() > COLUMNS) {
        x = 0;
        y += rowHeight;
        rowHeight = 0;
      }
      placed.add(panel.json(placed.size() + 1, x, y, this::panelId));
      x += panel.width();
      rowHeight = Math.max(rowHeight, panel.height());
    }
    return placed;
  }
}

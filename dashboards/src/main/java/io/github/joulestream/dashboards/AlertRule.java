// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule of Grafana's own alerting: a query, its last value for each site, and a threshold.
 *
 * @param uid stays the same for ever
 * @param limit what the value of each site is divided by before it is compared; null if it is not
 * @param rangeSeconds how far the query looks back
 * @param evaluator {@code gt}, {@code lt} or {@code outside_range}
 * @param lasting how long it must hold before the alert fires
 * @param noData state of the rule without any series: {@code OK}, {@code NoData}, {@code Alerting}
 * @param panel title of the panel of {@code dashboard} on which the alert is shown
 */
record AlertRule(
    String uid,
    String title,
    Select query,
    @Nullable Select limit,
    int rangeSeconds,
    String evaluator,
    List<Double> thresholds,
    String lasting,
    String noData,
    String severity,
    String summary,
    String description,
    Dashboard dashboard,
    String panel) {
  static final String CONTACT_POINT = "joulestream";

  /** As the dashboards do, it leaves out the last windows, which are not whole yet. */
  private static final int DELAY_SECONDS = 30;

  /** Limits are set once, and hold for years. */
  private static final int LIMITS_SECONDS = 10 * 365 * 24 * 3_600;

  private static final String EXPRESSION = "__expr__";

  AlertRule {
    thresholds = List.copyOf(thresholds);
  }

  ObjectNode yaml() {
    return Json.object(
        "uid",
        uid,
        "title",
        title,
        "condition",
        "over",
        "data",
        steps(),
        "for",
        lasting,
        "noDataState",
        noData,
        "execErrState",
        "Error",
        "dashboardUid",
        dashboard.uid(),
        "panelId",
        dashboard.panelId(panel),
        "labels",
        Json.object("product", "joulestream", "severity", severity),
        "annotations",
        Json.object("summary", summary, "description", description),
        // so that the notification policies of others are left as they are
        "notification_settings",
        Json.object("receiver", CONTACT_POINT, "group_by", List.of("grafana_folder", "alertname")),
        "isPaused",
        false);
  }

  private List<ObjectNode> steps() {
    List<ObjectNode> steps = new ArrayList<>();
    steps.add(asks("asked", query, rangeSeconds));
    steps.add(newest("latest", "asked"));
    String watched = "latest";
    if (limit != null) {
      watched = "watched";
      steps.add(asks("limits", limit, LIMITS_SECONDS));
      steps.add(newest("limit", "limits"));
      // of sites that have both
      steps.add(works(watched, "math", "expression", "$latest / $limit"));
    }
    steps.add(
        works(
            "over",
            "threshold",
            "expression",
            watched,
            "conditions",
            List.of(
                Json.object("evaluator", Json.object("type", evaluator, "params", thresholds)))));
    return steps;
  }

  private static ObjectNode asks(String refId, Select select, int seconds) {
    ObjectNode model = Query.series(select, "$tag_site").json(refId);
    model.put("intervalMs", 10_000).put("maxDataPoints", 10_000);
    return step(refId, seconds + DELAY_SECONDS, DELAY_SECONDS, select.dataSource().uid(), model);
  }

  private static ObjectNode newest(String refId, String of) {
    return works(
        refId,
        "reduce",
        "expression",
        of,
        "reducer",
        "last",
        "settings",
        Json.object("mode", "dropNN"));
  }

  /** A step that Grafana works out by itself. */
  private static ObjectNode works(String refId, String type, Object... namesAndValues) {
    ObjectNode model =
        Json.object(
            "refId",
            refId,
            "type",
            type,
            "datasource",
            Json.object("type", EXPRESSION, "uid", EXPRESSION));
    model.setAll(Json.object(namesAndValues));
    return step(refId, 0, 0, EXPRESSION, model);
  }

  private static ObjectNode step(
      String refId, int fromSeconds, int toSeconds, String dataSource, ObjectNode model) {
    return Json.object(
        "refId",
        refId,
        "relativeTimeRange",
        Json.object("from", fromSeconds, "to", toSeconds),
        "datasourceUid",
        dataSource,
        "model",
        model);
  }
}

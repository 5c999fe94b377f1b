// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A rule of Grafana's own alerting: a query, its last value for each site, and a threshold.
 *
 * @param uid stays the same for ever
 * @param rangeSeconds how far the query looks back
 * @param evaluator {@code gt}, {@code lt} or {@code outside_range}
 * @param lasting how long it must hold before the alert fires
 * @param noData what the rule says without any series: {@code OK}, {@code NoData}, {@code Alerting}
 * @param panel title of the panel of {@code dashboard} on which the alert is shown
 */
record AlertRule(
    String uid,
    String title,
    Select query,
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

  private static final String EXPRESSION = "__expr__";

  AlertRule {
    thresholds = List.copyOf(thresholds);
  }

  ObjectNode yaml() {
    ObjectNode expression = Json.object("type", EXPRESSION, "uid", EXPRESSION);
    return Json.object(
        "uid",
        uid,
        "title",
        title,
        "condition",
        "over",
        "data",
        List.of(
            step(
                "asked",
                rangeSeconds + DELAY_SECONDS,
                DELAY_SECONDS,
                query.dataSource().uid(),
                asked()),
            step(
                "latest",
                0,
                0,
                EXPRESSION,
                Json.object(
                    "refId",
                    "latest",
                    "type",
                    "reduce",
                    "datasource",
                    expression,
                    "expression",
                    "asked",
                    "reducer",
                    "last",
                    "settings",
                    Json.object("mode", "dropNN"))),
            step(
                "over",
                0,
                0,
                EXPRESSION,
                Json.object(
                    "refId",
                    "over",
                    "type",
                    "threshold",
                    "datasource",
                    expression,
                    "expression",
                    "latest",
                    "conditions",
                    List.of(
                        Json.object(
                            "evaluator", Json.object("type", evaluator, "params", thresholds)))))),
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

  private ObjectNode asked() {
    ObjectNode model = Query.series(query, "$tag_site").json("asked");
    return model.put("intervalMs", 10_000).put("maxDataPoints", 10_000);
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

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Marks on the time axis of every panel. */
record Annotation(String name, ObjectNode json) {
  private static final int MOST = 500;
  private static final Source ALERTS = Source.ALERT;

  /** Grafana's own: alerts of rules that belong to a panel, and what people wrote. */
  static Annotation alerts() {
    return new Annotation(
        "Alerts",
        Json.object(
            "builtIn",
            1,
            "datasource",
            Json.object("type", "grafana", "uid", "-- Grafana --"),
            "enable",
            true,
            "hide",
            false,
            "iconColor",
            "red",
            "name",
            "Alerts",
            "type",
            "dashboard"));
  }

  /**
   * Jobs that ended in the range, each from its start to its end: the store has no point at a job's
   * end, but its summary knows both.
   */
  static Annotation jobEnds(boolean enabled, String... more) {
    Source jobs = Source.JOB_SUMMARY;
    String end = jobs.field("end_epoch_millis");
    return ofJobs(
        "Jobs that ended",
        enabled,
        "purple",
        "end_epoch_millis",
        columns()
            .from(jobs)
            .where(Queries.sites(jobs), Queries.startedBeforeRangeEnds())
            .where(more)
            .where(end + " >= ${__from}", end + " <= ${__to}")
            .newest(MOST));
  }

  static Annotation jobStarts(boolean enabled, String... more) {
    Source jobs = Source.JOB_SUMMARY;
    return ofJobs(
        "Job starts",
        enabled,
        "green",
        "",
        columns()
            .from(jobs)
            .where(Queries.sites(jobs), Select.IN_RANGE)
            .where(more)
            // of a job in several parts the first
            .where(jobs.field("fragment_epoch_millis") + " = 0")
            .newest(MOST));
  }

  private static Select columns() {
    Source jobs = Source.JOB_SUMMARY;
    return Select.of(
        jobs.field("job"),
        jobs.field("name"),
        jobs.field("user"),
        jobs.field("state"),
        jobs.field("end_epoch_millis"));
  }

  /** Alerts about budgets and waste that ended in the range, each from its start to its end. */
  static Annotation alertsThatEnded() {
    String end = ALERTS.field("ended_epoch_millis");
    return ofAlerts(
        "Alerts that ended",
        "orange",
        "ended_epoch_millis",
        end + " >= ${__from}",
        end + " <= ${__to}");
  }

  /** Where alerts began that still fire. */
  static Annotation alertsThatFire() {
    return ofAlerts("Alerts that fire", "dark-red", "", ALERTS.field("state") + " = 'FIRING'");
  }

  /** Where jobs were given something of the chosen node. */
  static Annotation placementStarts(boolean enabled) {
    return ofPlacements(
        "Jobs that began on the node", enabled, "green", "", PlacementPanels.began());
  }

  /** Jobs that ended on the chosen node in the range, each from its start to its end there. */
  static Annotation placementEnds(boolean enabled) {
    return ofPlacements(
        "Jobs that ended on the node",
        enabled,
        "purple",
        "end_epoch_millis",
        PlacementPanels.ended());
  }

  private static Annotation ofPlacements(
      String name, boolean enabled, String color, String timeEndColumn, String... which) {
    Select query = PlacementPanels.marks(which).newest(MOST);
    return of(name, enabled, color, timeEndColumn, "job", "devices", "ended_by", query);
  }

  private static Annotation ofAlerts(
      String name, String color, String timeEndColumn, String... which) {
    Select query =
        Select.of(
                ALERTS.field("summary"),
                ALERTS.field("scope"),
                ALERTS.field("severity"),
                ALERTS.field("state"),
                ALERTS.field("ended_epoch_millis"))
            .from(ALERTS)
            .where(Queries.sites(ALERTS), Queries.startedBeforeRangeEnds())
            .where(which)
            .newest(MOST);
    return of(name, true, color, timeEndColumn, "scope", "summary", "severity,state", query);
  }

  private static Annotation ofJobs(
      String name, boolean enabled, String color, String timeEndColumn, Select query) {
    return of(name, enabled, color, timeEndColumn, "name", "job", "user,state", query);
  }

  private static Annotation of(
      String name,
      boolean enabled,
      String color,
      String timeEndColumn,
      String titleColumn,
      String textColumn,
      String tagsColumn,
      Select query) {
    return new Annotation(
        name,
        Json.object(
            "datasource",
            query.dataSource().json(),
            "enable",
            enabled,
            "hide",
            false,
            "iconColor",
            color,
            "name",
            name,
            "target",
            Json.object(
                "refId",
                "Anno",
                "query",
                query.text(),
                "queryType",
                "tags",
                "rawQuery",
                true,
                "resultFormat",
                "table",
                "fromAnnotations",
                true,
                "name",
                name,
                "textColumn",
                textColumn,
                "tagsColumn",
                tagsColumn,
                "titleColumn",
                titleColumn,
                "timeEndColumn",
                timeEndColumn,
                "limit",
                MOST,
                "matchAny",
                false,
                "tags",
                List.of(),
                "type",
                "tags")));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** Links between dashboards; all keep the range and what was chosen. */
final class Link {
  private static final String KEPT = "${__url_time_range}&${price:queryparam}&${carbon:queryparam}";

  private Link() {}

  /** From every dashboard to all others. */
  static ObjectNode toAll() {
    return Json.object(
        "type",
        "dashboards",
        "title",
        "Joulestream",
        "tags",
        List.of(Dashboard.TAG),
        "asDropdown",
        true,
        "includeVars",
        true,
        "keepTime",
        true,
        "targetBlank",
        false,
        "icon",
        "external link",
        "tooltip",
        "",
        "url",
        "");
  }

  /** From a row of a table to its site. */
  static Map<String, Object> toSite() {
    return Map.of(
        "links",
        List.of(
            link(
                "Site",
                SiteDashboard.UID,
                KEPT + "&${window:queryparam}&var-site=${__data.fields.site:percentencode}")));
  }

  /** From a row of a table to its job. */
  static Map<String, Object> toJob() {
    return Map.of(
        "links",
        List.of(
            link(
                "Job",
                JobDashboard.UID,
                KEPT
                    + "&var-site=${__data.fields.site:percentencode}"
                    + "&var-job=${__data.fields.job:percentencode}")));
  }

  private static ObjectNode link(String title, String uid, String parameters) {
    return Json.object("title", title, "url", "/d/" + uid + "?" + parameters, "targetBlank", false);
  }
}

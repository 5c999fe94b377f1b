// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** Links between dashboards; all keep the range and what was chosen. */
final class Link {
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

  /**
   * From a row of a table to its site.
   *
   * @param kept variables of this dashboard that the other has, too
   */
  static Map<String, Object> toSite(String... kept) {
    return link("Site", SiteDashboard.UID, List.of("site"), kept);
  }

  /** From a row of a table to its job. */
  static Map<String, Object> toJob(String... kept) {
    return link("Job", JobDashboard.UID, List.of("site", "job"), kept);
  }

  private static Map<String, Object> link(
      String title, String uid, List<String> fields, String... kept) {
    StringBuilder url = new StringBuilder("/d/").append(uid).append("?${__url_time_range}");
    for (String variable : kept) {
      url.append("&${").append(variable).append(":queryparam}");
    }
    for (String field : fields) {
      url.append("&var-%s=${__data.fields.%s:percentencode}".formatted(field, field));
    }
    return Map.of(
        "links", List.of(Json.object("title", title, "url", url.toString(), "targetBlank", false)));
  }
}

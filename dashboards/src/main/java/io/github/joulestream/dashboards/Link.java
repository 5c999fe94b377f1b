// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
   * @param chosen variables of this dashboard; what the other has, too, is kept
   */
  static Map<String, Object> toSite(String... chosen) {
    return link("Site", SiteDashboard.UID, List.of("site"), Set.of("window"), chosen);
  }

  /** From a row of a table to its job. */
  static Map<String, Object> toJob(String... chosen) {
    return link("Job", JobDashboard.UID, List.of("site", "job"), Set.of("price", "carbon"), chosen);
  }

  /** From a row of a table to its node. */
  static Map<String, Object> toNode() {
    return link("Node", NodeDashboard.UID, List.of("site", "node"), Set.of());
  }

  /** From a row of a table of the chosen site to its job. */
  static Map<String, Object> toJobOfSite(String... chosen) {
    return link("Job", JobDashboard.UID, List.of("job"), Set.of("site", "price", "carbon"), chosen);
  }

  /** From a row of a table of the chosen site to its node. */
  static Map<String, Object> toNodeOfSite() {
    return link("Node", NodeDashboard.UID, List.of("node"), Set.of("site"), "site");
  }

  private static Map<String, Object> link(
      String title, String uid, List<String> fields, Set<String> known, String... chosen) {
    StringBuilder url = new StringBuilder("/d/").append(uid).append("?${__url_time_range}");
    for (String variable : chosen) {
      if (known.contains(variable)) {
        url.append("&${").append(variable).append(":queryparam}");
      }
    }
    for (String field : fields) {
      url.append("&var-%s=${__data.fields.%s:percentencode}".formatted(field, field));
    }
    return Map.of(
        "links", List.of(Json.object("title", title, "url", url.toString(), "targetBlank", false)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Nodes whose agents have reported.
 *
 * @param records by key
 */
record KnownNodes(Map<String, NodeRecord> records) {
  /** An agent reports once a minute; after three it is silent. */
  static final long REPORTS_MILLIS = 180_000;

  private static final int MAX_NAMED = 10;

  static KnownNodes read(KafkaOptions kafka) {
    return new KnownNodes(
        LatestRecords.of(Topic.NODES, WireSerdes.nodes().deserializer(), kafka.clients()));
  }

  /** {@code known sites: dc1 (12 nodes), dc2 (1 node)}; for a message about a mistyped one. */
  String sites() {
    Map<String, Long> sites =
        records.values().stream()
            .collect(Collectors.groupingBy(NodeRecord::site, TreeMap::new, Collectors.counting()));
    return sites.isEmpty()
        ? "no node has reported yet"
        : "known sites: "
            + sites.entrySet().stream()
                .limit(MAX_NAMED)
                .map(site ->
                    "%s (%,d %s)"
                        .formatted(
                            site.getKey(),
                            site.getValue(),
                            site.getValue() == 1 ? "node" : "nodes"))
                .collect(Collectors.joining(", "))
            + (sites.size() > MAX_NAMED ? ", ..." : "");
  }

  /**
   * What to add where a budget is shown: that its scope matches no node yet, or nothing. Of jobs,
   * users and projects nobody can know.
   */
  String remark(Budget budget) {
    Scope scope = budget.scope();
    return switch (scope.kind()) {
      case SITE, KIND ->
          records.values().stream().anyMatch(node -> node.site().equals(budget.site()))
              ? ""
              : "site %s has no node yet%s"
                  .formatted(budget.site(), records.isEmpty() ? "" : "; " + sites());
      case NODES ->
          records.values().stream()
                  .filter(node -> node.site().equals(budget.site()))
                  .anyMatch(node -> scope.name().equals(node.labels().get(scope.label())))
              ? ""
              : "it matches no node yet; " + values(budget.site(), scope.label());
      case PROJECT, USER, JOB, NODE, DEVICE -> "";
    };
  }

  private String values(String site, String label) {
    TreeSet<String> values = new TreeSet<>();
    for (NodeRecord node : records.values()) {
      String value = node.labels().get(label);
      if (node.site().equals(site) && value != null) {
        values.add(label + "=" + value);
      }
    }
    return values.isEmpty()
        ? "no node of site %s has a label '%s'".formatted(site, label)
        : "nodes of site %s have %s%s"
            .formatted(
                site,
                values.stream().limit(MAX_NAMED).collect(Collectors.joining(", ")),
                values.size() > MAX_NAMED ? ", ..." : "");
  }
}

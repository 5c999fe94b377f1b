// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.sections;

import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.work.Said;
import io.github.joulestream.store.history.TimeRange;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** How much of what was asked for is in the sums: {@code 3 of 4 sites, 97 % of nodes}. */
final class FleetCoverage {
  private static final long DAY = 86_400_000;
  // as long as the store keeps windows of nodes
  private static final long LOOK_BACK = 35 * DAY;

  private FleetCoverage() {}

  static String sentence(ReportSource source, PeriodData data) {
    Set<String> asked = source.request().sites();
    Set<String> present = data.sites().keySet();
    String sites =
        "%d of %d sites have a ledger in the period".formatted(present.size(), asked.size());
    TreeSet<String> silent = new TreeSet<>(asked);
    silent.removeAll(present);
    String missing = silent.isEmpty() ? "" : " (without: %s)".formatted(String.join(", ", silent));
    Map<String, Set<String>> nodes = nodes(source, data);
    long all = nodes.values().stream().mapToLong(Set::size).sum();
    long counted =
        nodes.entrySet().stream()
            .filter(each -> present.contains(each.getKey()))
            .mapToLong(each -> each.getValue().size())
            .sum();
    return all == 0
        ? sites + missing + "."
        : "%s%s, with %s of the nodes (%d of %d)."
            .formatted(sites, missing, Said.percent((double) counted / all), counted, all);
  }

  /**
   * Nodes that reported in the period, or within the last weeks of it if it is longer or shorter.
   */
  private static Map<String, Set<String>> nodes(ReportSource source, PeriodData data) {
    Map<String, Set<String>> nodes = new HashMap<>();
    long to = data.period().to().toEpochMilli();
    // a node has a row a day, at the start of the UTC day
    long from = Math.floorDiv(to - LOOK_BACK, DAY) * DAY;
    source
        .history()
        .nodeDays(
            source.request().sites(),
            new TimeRange(from, to),
            row -> nodes.computeIfAbsent(row.site(), _ -> new HashSet<>()).add(row.node()));
    return nodes;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.schemas.catalogue.NodeField;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Adds up the days of nodes. */
final class NodeSums {
  static final List<String> FIELDS =
      List.of(
          NodeField.TOTAL_MILLIJOULES.fieldName(),
          NodeField.GPU_MILLIS.fieldName(),
          NodeField.GPU_ALLOCATED_MILLIS.fieldName(),
          NodeField.GPU_BUSY_MILLIS.fieldName(),
          NodeField.COVERED_MILLIS.fieldName(),
          NodeField.UNCOVERED_MILLIS.fieldName());

  private final Map<List<String>, NodeEnergy> nodes = new LinkedHashMap<>();

  void add(HistoryRow row) {
    String site = row.text("site");
    String node = row.text("node");
    nodes.merge(
        List.of(site, node),
        new NodeEnergy(
            site,
            node,
            BigInteger.valueOf(row.number(FIELDS.get(0))),
            row.number(FIELDS.get(1)),
            row.number(FIELDS.get(2)),
            row.number(FIELDS.get(3)),
            row.number(FIELDS.get(4)),
            row.number(FIELDS.get(5))),
        NodeSums::sum);
  }

  private static NodeEnergy sum(NodeEnergy a, NodeEnergy b) {
    return new NodeEnergy(
        a.site(),
        a.node(),
        a.totalMillijoules().add(b.totalMillijoules()),
        Math.addExact(a.gpuMillis(), b.gpuMillis()),
        Math.addExact(a.gpuAllocatedMillis(), b.gpuAllocatedMillis()),
        Math.addExact(a.gpuBusyMillis(), b.gpuBusyMillis()),
        Math.addExact(a.coveredMillis(), b.coveredMillis()),
        Math.addExact(a.uncoveredMillis(), b.uncoveredMillis()));
  }

  void end(Consumer<NodeEnergy> rows) {
    nodes.values().forEach(rows);
  }
}

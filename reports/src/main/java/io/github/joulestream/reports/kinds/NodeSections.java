// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.reports.advice.Outliers;
import io.github.joulestream.reports.advice.Spread;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.store.history.NodeEnergy;
import io.github.joulestream.store.history.TimeRange;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sections of nodes, as far back as the store has their windows. */
final class NodeSections {
  private static final int SHOWN = 20;
  private static final MathContext DIGITS = new MathContext(12);
  private static final int MILLI = 1_000;

  private final List<NodeEnergy> nodes = new ArrayList<>();
  private final String range;

  /** Reads nodes of the period. */
  NodeSections(ReportSource source, PeriodData data) {
    source.progress("nodes of " + data.period().label());
    TimeRange asked = data.period().range();
    OptionalLong kept = source.history().nodeWindowsFrom(source.request().sites());
    long from = Math.max(asked.from(), kept.orElse(asked.to()));
    if (from < asked.to()) {
      source.history().nodes(source.request().sites(), new TimeRange(from, asked.to()), nodes::add);
    }
    ZoneId zone = data.period().zone();
    this.range =
        from >= asked.to()
            ? "The store has no windows of nodes of this period any more."
            : from > asked.from()
                ? "Only from %s on: the store has no older windows of nodes."
                    .formatted(time(from, zone))
                : "";
  }

  private static String time(long epochMillis, ZoneId zone) {
    return String.format(
        Locale.ROOT, "%1$tF %1$tR", Instant.ofEpochMilli(epochMillis).atZone(zone));
  }

  private List<String> sentences(String... others) {
    List<String> sentences = new ArrayList<>(List.of(others));
    if (!range.isEmpty()) {
      sentences.add(range);
    }
    return sentences;
  }

  /** Nodes with the most unallocated GPU time. */
  Section idle() {
    List<Column> columns =
        List.of(
            Column.text("node", "Node"),
            Column.of("gpu_time", "GPU hours", Quantity.DURATION, "seen"),
            Column.of("unallocated", "Unallocated", Quantity.DURATION, "of these"),
            Column.of("unallocated_share", "Of GPU hours", Quantity.RATIO, ""),
            Column.of("gpu_busy", "GPU busy", Quantity.RATIO, "of the GPU hours seen"),
            Column.of("energy", "Energy", Quantity.ENERGY, "of all its devices"),
            Column.of("coverage", "Coverage", Quantity.RATIO, "device time with known energy"));
    List<NodeEnergy> sorted = new ArrayList<>(nodes);
    sorted.sort(
        Comparator.comparingLong(NodeSections::free)
            .reversed()
            .thenComparing(NodeEnergy::site)
            .thenComparing(NodeEnergy::node));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    sorted.forEach(node ->
        rows.add(
            Cells.row(
                node.site() + "/" + node.node(),
                BigDecimal.valueOf(node.gpuMillis()),
                BigDecimal.valueOf(free(node)),
                ratio(free(node), node.gpuMillis()),
                ratio(node.gpuBusyMillis(), node.gpuMillis()),
                new BigDecimal(node.totalMillijoules()),
                ratio(node.coveredMillis(), node.coveredMillis() + node.uncoveredMillis()))));
    return new Section(
        "idle_nodes",
        "Unallocated GPUs by node",
        sentences(),
        new Table("idle_nodes", columns, rows, null, SHOWN),
        List.of(),
        false);
  }

  private static long free(NodeEnergy node) {
    return Math.max(0, node.gpuMillis() - node.gpuAllocatedMillis());
  }

  private static @Nullable BigDecimal ratio(long part, long whole) {
    return whole <= 0 ? null : BigDecimal.valueOf(part).divide(BigDecimal.valueOf(whole), DIGITS);
  }

  /** Nodes whose power is unlike that of nodes with the same use. */
  Section outliers() {
    List<Column> columns =
        List.of(
            Column.text("node", "Node"),
            Column.of("gpu_busy", "GPU busy", Quantity.RATIO, "of the GPU hours seen"),
            Column.of("power", "Per GPU", Quantity.POWER, "mean power of the node, by its GPUs"),
            Column.of("median", "Others", Quantity.POWER, "median of nodes with the same use"),
            Column.number(
                "deviation", "Deviation", "", "modified z-score; unlike the others over 3.5"),
            Column.of("others", "n", Quantity.COUNT, "nodes that it was compared with"));
    Map<String, List<Outliers.Node>> bySite = new TreeMap<>();
    for (NodeEnergy node : nodes) {
      if (node.gpuMillis() > 0) {
        bySite
            .computeIfAbsent(node.site(), site -> new ArrayList<>())
            .add(
                new Outliers.Node(
                    node.site(),
                    node.node(),
                    (double) node.gpuBusyMillis() / node.gpuMillis(),
                    // mJ over ms
                    node.totalMillijoules().doubleValue() / node.gpuMillis()));
      }
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    bySite
        .values()
        .forEach(ofSite ->
            Outliers.of(ofSite)
                .forEach(outlier ->
                    rows.add(
                        Cells.row(
                            outlier.node().site() + "/" + outlier.node().node(),
                            Cells.number(outlier.node().use()),
                            Cells.number(outlier.node().watts() * MILLI),
                            Cells.number(outlier.median() * MILLI),
                            Cells.number(outlier.deviation()),
                            BigDecimal.valueOf(outlier.others())))));
    return new Section(
        "outlier_nodes",
        "Nodes unlike others of the same use",
        sentences(
            "A node is compared with nodes of its site whose GPU use is within 5 points, if there"
                + " are at least %d. Power is that of the whole node for each of its GPUs."
                    .formatted(Spread.FEWEST)),
        new Table("outlier_nodes", columns, rows, null, SHOWN),
        List.of(),
        false);
  }
}

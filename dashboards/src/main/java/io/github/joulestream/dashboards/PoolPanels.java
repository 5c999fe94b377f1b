// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What pools of several nodes could do without: need(k) is the sum, over groups of k nodes, of what
 * a group used at most at one time; see docs/capacity.md. A pool is credited only with what it
 * saves beyond k = 1, which right-sizing of each node alone would save. Peaks are of whole hours:
 * the hour in which the range begins is included.
 */
final class PoolPanels {
  private static final Source PEAK = Source.POOL_PEAK;
  private static final List<String> SIZES = List.of("8", "16", "all");

  /** Columns of subqueries whose rows are added up: each subquery has them, see {@link Select}. */
  private static final String SAVED = "saved";

  private static final String SEEN = "seen";

  /** The share that a pool saves beyond right-sizing: need(1) less need(k), of all. */
  private static final String CREDIT = "sum(\"saved\") / sum(\"seen\")";

  private PoolPanels() {}

  /**
   * Panels about the pools of a resource.
   *
   * @param name of it, for titles
   * @param resource the tag
   */
  static List<Panel> of(String name, String resource) {
    List<Panel> panels = new ArrayList<>();
    panels.add(need(name, resource));
    panels.add(rightSizing(name, resource));
    for (String size : SIZES) {
      panels.add(credited(name, resource, size));
    }
    panels.add(power(name, resource));
    return panels;
  }

  private static String nodes(String size) {
    return size.equals("all") ? "all nodes" : size + " nodes";
  }

  /** Peak and size of each group over the range. */
  private static Select groups(String resource, String... columns) {
    return Select.of(columns)
        .from(PEAK)
        .where(
            Queries.sites(PEAK),
            PEAK.tag("resource") + " = '" + resource + "'",
            "time >= ${__from}ms - 1h",
            Queries.BEFORE_RANGE_ENDS)
        .groupBy(PEAK.tag("site"), PEAK.tag("pool"), PEAK.tag("pool_group"));
  }

  private static String peak(double factor, String as) {
    return Select.as("max(" + PEAK.field("peak_mebibytes") + ") * " + factor, as);
  }

  private static String size(double factor) {
    return Select.as("max(" + PEAK.field("seen_mebibytes") + ") * " + factor, SEEN);
  }

  private static Select groupsOf(String resource, String size, String... columns) {
    return groups(resource, columns).where(PEAK.tag("pool") + " = '" + size + "'");
  }

  private static Panel need(String name, String resource) {
    return Panels.bars(name + " that pools need", Panels.BYTES, 8, 8)
        .describedAs(
            "What was used at most at one time within the range, by each node alone (1), by each"
                + " group of 8 and of 16 neighbours, and by all nodes of a site together; added up.")
        .asks(
            Query.series(
                Select.of(Select.as("sum(\"peak\") * 1048576.0", "need"))
                    .from(groups(resource, peak(1, "peak")))
                    .groupBy(PEAK.tag("pool")),
                "$tag_pool"))
        .fromZero();
  }

  private static Panel rightSizing(String name, String resource) {
    return Panels.stat(name + ": right-sizing could save", Panels.SHARE)
        .describedAs(
            "The share of it that no node used at its own peak: what each node could do without,"
                + " with no pool at all.")
        .asks(
            Query.series(
                Select.of(Select.as("1 - sum(\"peak\") / sum(\"seen\")", "Right-sizing"))
                    .from(groupsOf(resource, "1", peak(1, "peak"), size(1)))))
        .decimals(1);
  }

  private static Panel credited(String name, String resource, String size) {
    return Panels.stat("%s: a pool for %s could save".formatted(name, nodes(size)), Panels.SHARE)
        .describedAs(
            "Credited beyond right-sizing: the share of what is seen that nodes do not use at one"
                + " time, less what each alone could do without. All use is in the pool; what nodes"
                + " keep of their own makes it less. Latency is not modelled.")
        .asks(
            Query.series(
                Select.of(Select.as(CREDIT, "Beyond right-sizing"))
                    .from(
                        groupsOf(resource, "1", peak(1, SAVED), size(1)),
                        groupsOf(resource, size, peak(-1, SAVED), size(0)))))
        .decimals(1);
  }

  private static String creditName(String resource) {
    return resource.toLowerCase(Locale.ROOT) + "_credit";
  }

  /**
   * What a pool for 16 nodes is credited with, as a hidden variable: rows of two measurements are
   * never added up.
   */
  static Variable credit(String name, String resource) {
    return Variable.hidden(
        creditName(resource),
        name + ", credit of a pool, 1/10,000",
        "What a pool for 16 nodes saves beyond right-sizing, in parts of 10,000",
        Query.table(
            Select.of(Select.as(CREDIT + " * 10000.0", "credit"))
                .from(
                    groupsOf(resource, "1", peak(1, SAVED), size(1)),
                    groupsOf(resource, "16", peak(-1, SAVED), size(0)))));
  }

  private static Panel power(String name, String resource) {
    Source capacity = Source.CAPACITY;
    List<Column> watts =
        List.of(new Column("At most", capacity.sum(resource.toLowerCase(Locale.ROOT) + "_watts")));
    return Panels.stat("%s: power of a pool for 16 nodes, at most".formatted(name), Panels.WATTS)
        .describedAs(
            "A modelled upper bound: mean power times the share that a pool of 16 saves beyond"
                + " right-sizing, as if power went with capacity. The pool's own power and latency"
                + " are not modelled.")
        .asks(
            Query.series(
                Select.of(
                        Select.as(
                            "mean(\"At most\") * 0${%s:raw} / 10000.0"
                                .formatted(creditName(resource)),
                            "At most"))
                    .from(Queries.perWindow(capacity, watts))
                    .where(Select.IN_RANGE)));
  }
}

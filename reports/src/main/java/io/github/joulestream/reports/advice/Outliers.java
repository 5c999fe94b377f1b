// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Nodes whose power is unlike that of nodes with the same GPU use. A node is compared with the
 * median of the up to 40 others whose use is nearest, within 5 points, taken along their slope to
 * its own use. Its deviation is the modified z-score of B. Iglewicz and D. C. Hoaglin, How to
 * Detect and Handle Outliers, 1993: its distance as a share of that median, times 0.6745 over the
 * median of the distances of all nodes, or, where that is 0, over 1.2533 times their mean. 3.5 is
 * their limit. A node under 5 % from the median is none, however alike the others are.
 */
public final class Outliers {
  private static final double LIMIT = 3.5;
  private static final double LEAST_DISTANCE = 0.05;
  private static final double NEAR = 0.05;
  private static final int MOST_OTHERS = 40;
  private static final double MEDIAN_FACTOR = 0.6745;
  private static final double MEAN_FACTOR = 1.253314;

  private Outliers() {}

  /**
   * A node.
   *
   * @param use of its GPUs, 0 to 1
   * @param watts mean power of the node for each of its GPUs
   */
  public record Node(String site, String node, double use, double watts) {}

  /**
   * A node that is unlike the others.
   *
   * @param median of the others, W for each GPU
   * @param deviation modified z-score: below 0 it consumes less than they do
   * @param others number of nodes that it was compared with
   */
  public record Outlier(Node node, double median, double deviation, int others) {}

  /** Outliers among nodes of one kind, the largest deviation first. */
  public static List<Outlier> of(List<Node> nodes) {
    List<Node> sorted = new ArrayList<>(nodes);
    sorted.sort(
        Comparator.comparingDouble(Node::use).thenComparing(Node::site).thenComparing(Node::node));
    List<Outlier> compared = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i++) {
      double[] others = others(sorted, i);
      if (others.length >= Spread.FEWEST) {
        compared.add(new Outlier(sorted.get(i), Spread.of(others).median(), 0, others.length));
      }
    }
    if (compared.isEmpty()) {
      return List.of();
    }
    double spread = spread(compared);
    return compared.stream()
        .filter(outlier -> Math.abs(distance(outlier)) >= LEAST_DISTANCE)
        .map(outlier ->
            new Outlier(
                outlier.node(),
                outlier.median(),
                // among others that are all the same any distance is infinitely far
                distance(outlier) / spread,
                outlier.others()))
        .filter(outlier -> Math.abs(outlier.deviation()) > LIMIT)
        .sorted(
            Comparator.comparingDouble((Outlier outlier) -> Math.abs(outlier.deviation()))
                .reversed()
                .thenComparing(outlier -> outlier.node().site())
                .thenComparing(outlier -> outlier.node().node()))
        .toList();
  }

  private static double distance(Outlier outlier) {
    return outlier.node().watts() / outlier.median() - 1;
  }

  /** How far nodes are from what others consume at their use, as a share of it. */
  private static double spread(List<Outlier> compared) {
    double[] distances =
        compared.stream().mapToDouble(outlier -> Math.abs(distance(outlier))).toArray();
    double median = Spread.of(distances).median();
    return median > 0
        ? median / MEDIAN_FACTOR
        : MEAN_FACTOR * Arrays.stream(distances).average().orElse(0);
  }

  /** Power of the others whose use is nearest, as it would be at this node's use. */
  private static double[] others(List<Node> sorted, int of) {
    double use = sorted.get(of).use();
    int below = of - 1;
    int above = of + 1;
    List<Node> others = new ArrayList<>();
    while (others.size() < MOST_OTHERS) {
      double down = below < 0 ? Double.MAX_VALUE : use - sorted.get(below).use();
      double up = above >= sorted.size() ? Double.MAX_VALUE : sorted.get(above).use() - use;
      if (Math.min(down, up) > NEAR) {
        break;
      }
      others.add(sorted.get(down <= up ? below-- : above++));
    }
    double slope = slope(others);
    return others.stream()
        .mapToDouble(other -> other.watts() + slope * (use - other.use()))
        .toArray();
  }

  /** Power by use: the median of the slopes between all pairs (H. Theil 1950). */
  private static double slope(List<Node> nodes) {
    double[] slopes = new double[nodes.size() * (nodes.size() - 1) / 2];
    int count = 0;
    for (Node a : nodes) {
      for (Node b : nodes) {
        if (a.use() < b.use()) {
          slopes[count++] = (b.watts() - a.watts()) / (b.use() - a.use());
        }
      }
    }
    if (count == 0) {
      return 0;
    }
    Arrays.sort(slopes, 0, count);
    return slopes[(count - 1) / 2];
  }
}

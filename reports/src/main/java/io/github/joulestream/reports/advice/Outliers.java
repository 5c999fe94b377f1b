// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Nodes whose power is unlike that of nodes with the same GPU use: a node is compared with the up
 * to 100 others whose use is nearest, within 5 points. Its deviation is the modified z-score of B.
 * Iglewicz and D. C. Hoaglin, How to Detect and Handle Outliers, 1993: 0.6745 times its distance
 * from the median over the median of all distances, or, where that is 0, its distance over 1.2533
 * times their mean. 3.5 is their limit. A node under 5 % from the median is none, however alike the
 * others are.
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
    List<Outlier> outliers = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i++) {
      double[] others = others(sorted, i);
      if (others.length >= Spread.FEWEST) {
        Outlier compared = compared(sorted.get(i), others);
        if (Math.abs(compared.deviation()) > LIMIT
            && Math.abs(compared.node().watts() - compared.median())
                >= LEAST_DISTANCE * compared.median()) {
          outliers.add(compared);
        }
      }
    }
    outliers.sort(
        Comparator.comparingDouble((Outlier outlier) -> Math.abs(outlier.deviation()))
            .reversed()
            .thenComparing(outlier -> outlier.node().site())
            .thenComparing(outlier -> outlier.node().node()));
    return outliers;
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

  private static Outlier compared(Node node, double[] others) {
    double median = Spread.of(others).median();
    double[] distances = Arrays.stream(others).map(watts -> Math.abs(watts - median)).toArray();
    double spread = Spread.of(distances).median() / MEDIAN_FACTOR;
    if (spread == 0) {
      spread = MEAN_FACTOR * Arrays.stream(distances).average().orElse(0);
    }
    // among others that are all the same any distance is infinitely far
    return new Outlier(node, median, (node.watts() - median) / spread, others.length);
  }
}

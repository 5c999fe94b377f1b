// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.reports.advice.Outliers.Node;
import io.github.joulestream.reports.advice.Outliers.Outlier;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class OutliersTest {
  private static List<Node> nodes(int n, Random random, double spread) {
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double use = random.nextDouble();
      double watts = (150 + 500 * use) * random.nextDouble(1 - spread, 1 + spread);
      nodes.add(new Node("east", "n" + i, use, watts));
    }
    return nodes;
  }

  @Test
  void powerByUse_isNoReasonToBeAnOutlier() {
    for (int seed = 0; seed < 20; seed++) {
      assertThat(Outliers.of(nodes(200, new Random(seed), 0.03))).hasSizeLessThan(3);
    }
  }

  @Test
  void injectedOnes_areFound_aboveAndBelow() {
    List<Node> nodes = nodes(200, new Random(4), 0.02);
    nodes.add(new Node("east", "hot", 0.5, 400 * 1.25));
    nodes.add(new Node("east", "cold", 0.3, 300 * 0.7));
    List<Outlier> outliers = Outliers.of(nodes);
    assertThat(outliers).extracting(outlier -> outlier.node().node()).contains("hot", "cold");
    Outlier hot =
        outliers.stream().filter(o -> o.node().node().equals("hot")).findFirst().orElseThrow();
    assertThat(hot.median()).isCloseTo(400, Offset.offset(8.0));
    assertThat(hot.deviation()).isPositive();
    Outlier cold =
        outliers.stream().filter(o -> o.node().node().equals("cold")).findFirst().orElseThrow();
    assertThat(cold.deviation()).isNegative();
  }

  @Test
  void nodesThatAreAllAlike_haveNoneWithinFivePercent() {
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      nodes.add(new Node("east", "n" + i, 0.5, 400));
    }
    nodes.add(new Node("east", "near", 0.5, 415));
    assertThat(Outliers.of(nodes)).isEmpty();
    nodes.add(new Node("east", "far", 0.5, 440));
    assertThat(Outliers.of(nodes)).extracting(o -> o.node().node()).containsExactly("far");
  }

  @Test
  void fewerThanFiveOthers_areNotEnough() {
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      nodes.add(new Node("east", "n" + i, 0.5, 400 + i));
    }
    nodes.add(new Node("east", "far", 0.5, 900));
    // of another use
    nodes.add(new Node("east", "idle", 0.1, 100));
    assertThat(Outliers.of(nodes)).isEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class IncrementTableTest {
  private static final long SEED = Long.getLong("laws.seed", 43);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 100);
  private static final long WINDOW = 10_000;

  private final IncrementTable table = new IncrementTable();

  private void add(String node, long window, long value) {
    table.forNode(node);
    table.enter(window);
    table.add(SiteAmount.READINGS, value);
  }

  private static Map<String, Long> sums(IncrementTable of) {
    Map<String, Long> sums = new TreeMap<>();
    of.site()
        .forEach((window, totals) -> sums.put("site " + window, totals.get(SiteAmount.READINGS)));
    of.forEachNode((node, window, totals) ->
        sums.put("node " + node + " " + window, totals.get(SiteAmount.READINGS)));
    of.forEachJob((job, window, totals) ->
        sums.put("job " + job + " " + window, totals.get(JobAmount.NODES_HELD)));
    return sums;
  }

  /** Whatever is cached, and whatever is undone in between, sums are those of a plain map. */
  @Test
  void law_sums_areThoseOfAMap() {
    System.out.println("IncrementTableTest seed " + SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      IncrementTable of = new IncrementTable();
      Map<String, Long> expected = new TreeMap<>();
      for (int record = 0; record < 30; record++) {
        of.begin();
        Map<String, Long> after = new TreeMap<>(expected);
        for (int i = random.nextInt(60); i > 0; i--) {
          long window = WINDOW * random.nextInt(6);
          long value = 1L + random.nextInt(9);
          if (random.nextBoolean()) {
            String job = "job" + random.nextInt(40);
            of.ofJob(job, window).add(JobAmount.NODES_HELD, value);
            after.merge("job " + job + " " + window, value, Long::sum);
          } else {
            String node = "node" + random.nextInt(3);
            of.forNode(node);
            of.enter(window);
            of.add(SiteAmount.READINGS, value);
            after.merge("site " + window, value, Long::sum);
            after.merge("node " + node + " " + window, value, Long::sum);
          }
        }
        if (random.nextInt(3) == 0) {
          of.undo();
        } else {
          expected = after;
        }
        assertThat(sums(of)).as("round %d record %d", round, record).isEqualTo(expected);
      }
      long windows = expected.keySet().stream().filter(key -> !key.startsWith("site")).count();
      assertThat(of.windows()).isEqualTo((int) windows);
    }
  }

  @Test
  void aNode_addsToTheSite_inTheWindowThatWasEntered() {
    add("node1", 0, 2);
    add("node2", 0, 3);
    add("node1", WINDOW, 5);
    assertThat(sums(table))
        .isEqualTo(
            Map.of(
                "site 0", 5L,
                "site 10000", 5L,
                "node node1 0", 2L,
                "node node1 10000", 5L,
                "node node2 0", 3L));
    // made by the site, and by the node that is set
    assertThat(table.made()).isEqualTo(4);
    assertThat(table.windows()).isEqualTo(3);
  }

  @Test
  void manyJobs_keepTheirSums() {
    for (int round = 0; round < 2; round++) {
      for (int job = 0; job < 5_000; job++) {
        table.ofJob("job" + job, 0).add(JobAmount.NODES_HELD, 1);
      }
    }
    assertThat(table.windows()).isEqualTo(5_000);
    assertThat(sums(table).values()).containsOnly(2L);
  }

  @Test
  void undo_needsABegin_andIsOfNoNodeThen() {
    assertThatThrownBy(table::undo).isInstanceOf(IllegalStateException.class);
    table.begin();
    add("node1", 0, 2);
    table.undo();
    assertThat(sums(table)).isEmpty();
    table.enter(0);
    table.add(SiteAmount.READINGS, 1);
    assertThat(sums(table)).isEqualTo(Map.of("site 0", 1L));
  }

  @Test
  void compact_removesWhatCancelsOut_andLaterAdditionsAreSeen() {
    add("node1", 0, 2);
    add("node1", 0, -2);
    table.ofJob("a", 0).add(JobAmount.NODES_HELD, 1);
    table.ofJob("a", 0).add(JobAmount.NODES_HELD, -1);
    table.compact();
    assertThat(sums(table)).isEmpty();
    add("node1", 0, 7);
    table.ofJob("a", 0).add(JobAmount.NODES_HELD, 4);
    assertThat(sums(table)).isEqualTo(Map.of("site 0", 7L, "node node1 0", 7L, "job a 0", 4L));
  }

  @Test
  void clearSite_keepsNodes_andAddAllButSiteAddsThem() {
    add("node1", 0, 2);
    table.clearSite();
    assertThat(sums(table)).isEqualTo(Map.of("node node1 0", 2L));
    add("node1", 0, 1);
    IncrementTable others = new IncrementTable();
    others.addAllButSite(table);
    others.addAllButSite(table);
    assertThat(sums(others)).isEqualTo(Map.of("node node1 0", 6L));
  }
}

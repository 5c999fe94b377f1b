// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.CapacityUse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Peaks of groups of nodes against a plain reference, over generated nodes. */
class PoolsTest {
  private static final long SEED = Long.getLong("laws.seed", 19_004);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 200);
  private static final List<Integer> SIZES = List.of(1, 8, 16, Pools.ALL);

  @BeforeAll
  static void printSeed() {
    System.out.println("PoolsTest seed " + SEED);
  }

  /** Peak and size of each group, by size and index. */
  private record Group(int size, int index) {}

  private record Figures(long peak, long seen) {}

  private static Map<Group, Figures> changed(Pools pools) {
    Map<Group, Figures> all = new HashMap<>();
    pools.takeChanged(
        (size, group, peak, seen) -> all.put(new Group(size, group), new Figures(peak, seen)));
    return all;
  }

  /** The use of each node at each time; null where a node does not report. */
  private static CapacityUse[][] site(Random random, int nodes, int times) {
    CapacityUse[][] uses = new CapacityUse[times][nodes];
    for (int n = 0; n < nodes; n++) {
      long seen = 1L + random.nextInt(4_000);
      int since = random.nextInt(4) == 0 ? random.nextInt(times) : 0;
      for (int t = since; t < times; t++) {
        if (random.nextInt(20) > 0) {
          boolean known = random.nextInt(10) > 0;
          uses[t][n] =
              new CapacityUse(
                  seen,
                  random.nextInt((int) seen + 1),
                  known ? random.nextInt((int) seen + 1) : -1);
        }
      }
    }
    return uses;
  }

  private static void take(Pools pools, CapacityUse[] at) {
    pools.begin();
    for (int n = 0; n < at.length; n++) {
      if (at[n] != null) {
        pools.add(n, at[n]);
      }
    }
    pools.end();
  }

  /** By the definition: for each group the maximum, over the times, of a sum over its nodes. */
  private static Map<Group, Figures> reference(CapacityUse[][] uses, int nodes) {
    Map<Group, Figures> all = new HashMap<>();
    for (int size : SIZES) {
      int k = size == Pools.ALL ? nodes : size;
      for (int from = 0; from < nodes; from += k) {
        int to = Math.min(nodes, from + k);
        long peak = 0;
        for (CapacityUse[] at : uses) {
          long sum = 0;
          for (int n = from; n < to; n++) {
            sum += at[n] == null ? 0 : Math.max(0, at[n].usedMebibytes());
          }
          peak = Math.max(peak, sum);
        }
        long seen = 0;
        for (int n = from; n < to; n++) {
          long most = 0;
          for (CapacityUse[] at : uses) {
            if (at[n] != null && at[n].isUseKnown()) {
              most = Math.max(most, at[n].seenMebibytes());
            }
          }
          seen += most;
        }
        if (seen > 0) {
          all.put(new Group(size, from / k), new Figures(peak, seen));
        }
      }
    }
    return all;
  }

  @Test
  void peaks_areThoseOfThePlainReference() {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      int nodes = 1 + random.nextInt(round % 10 == 0 ? 3_000 : 60);
      CapacityUse[][] uses = site(random, nodes, 1 + random.nextInt(12));
      Pools pools = new Pools();
      for (CapacityUse[] at : uses) {
        take(pools, at);
      }
      assertThat(changed(pools)).as("round %d", round).isEqualTo(reference(uses, nodes));
    }
  }

  /** What the maximum over hours of each group sums up to, by size. */
  private static long need(List<Map<Group, Figures>> hours, int size) {
    Map<Group, Long> highest = new HashMap<>();
    for (Map<Group, Figures> hour : hours) {
      hour.forEach((group, figures) -> {
        if (group.size == size) {
          highest.merge(group, figures.peak, Math::max);
        }
      });
    }
    return highest.values().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void aLargerPoolNeverNeedsMore_overAnyPeriod() {
    Random random = new Random(SEED + 1);
    int gains = 0;
    for (int round = 0; round < ROUNDS; round++) {
      List<Map<Group, Figures>> hours = new ArrayList<>();
      Pools pools = new Pools();
      for (int hour = 0; hour < 1 + random.nextInt(4); hour++) {
        // nodes come and go between hours, and have other places
        int nodes = 1 + random.nextInt(100);
        for (CapacityUse[] at : site(random, nodes, 6)) {
          take(pools, at);
        }
        Map<Group, Figures> of = changed(pools);
        hours.add(of);
        long seen = of.getOrDefault(new Group(Pools.ALL, 0), new Figures(0, 0)).seen;
        for (int size : SIZES) {
          assertThat(
                  of.entrySet().stream()
                      .filter(entry -> entry.getKey().size == size)
                      .mapToLong(entry -> entry.getValue().seen)
                      .sum())
              .isEqualTo(seen);
        }
        pools.clear();
      }
      long one = need(hours, 1);
      long eight = need(hours, 8);
      long sixteen = need(hours, 16);
      long all = need(hours, Pools.ALL);
      assertThat(all).isLessThanOrEqualTo(sixteen);
      assertThat(sixteen).isLessThanOrEqualTo(eight);
      assertThat(eight).isLessThanOrEqualTo(one);
      gains += all < sixteen && sixteen < eight && eight < one ? 1 : 0;
    }
    assertThat(gains).isGreaterThan(ROUNDS / 2);
  }

  /**
   * A node with twice its peak at other times than its neighbour: a pool of both needs one peak.
   */
  @Test
  void aPoolOfNodesThatPeakInTurn_needsWhatOneNeeds() {
    Pools pools = new Pools();
    for (int t = 0; t < 8; t++) {
      CapacityUse[] at = new CapacityUse[8];
      for (int n = 0; n < 8; n++) {
        at[n] = new CapacityUse(1_000, 900, n == t ? 800 : 100);
      }
      take(pools, at);
    }
    Map<Group, Figures> of = changed(pools);
    assertThat(of.get(new Group(1, 3))).isEqualTo(new Figures(800, 1_000));
    // 1 x 800 + 7 x 100 of 8,000: right-sizing of each leaves 6,400, so a pool is credited 4,900
    assertThat(of.get(new Group(8, 0))).isEqualTo(new Figures(1_500, 8_000));
    assertThat(of.get(new Group(Pools.ALL, 0))).isEqualTo(new Figures(1_500, 8_000));
  }

  @Test
  void onlyWhatHasChanged_isGivenAgain() {
    Pools pools = new Pools();
    CapacityUse[] at = new CapacityUse[20];
    Arrays.fill(at, new CapacityUse(10, 5, 4));
    take(pools, at);
    assertThat(changed(pools)).hasSize(20 + 3 + 2 + 1);
    take(pools, at);
    assertThat(changed(pools)).isEmpty();
    at[17] = new CapacityUse(10, 5, 6);
    take(pools, at);
    assertThat(changed(pools).keySet())
        .containsExactlyInAnyOrder(
            new Group(1, 17), new Group(8, 2), new Group(16, 1), new Group(Pools.ALL, 0));
    pools.clear();
    assertThat(changed(pools)).isEmpty();
    // nothing of it is used, and its size is to be stored all the same
    pools.begin();
    pools.add(0, new CapacityUse(10, 0, 0));
    pools.end();
    assertThat(pools.takeChanged(0)).isTrue();
    assertThat(pools.takeChanged(0)).isFalse();
    assertThat(changed(pools)).containsEntry(new Group(1, 0), new Figures(0, 10));
  }

  /** Written when a chunk has changed, and read, it continues as if nothing had happened. */
  @Test
  void whatIsWrittenByChunks_isReadAgain() throws IOException {
    Random random = new Random(SEED + 2);
    for (int round = 0; round < ROUNDS / 10; round++) {
      int nodes = 1 + random.nextInt(2_500);
      CapacityUse[][] uses = site(random, nodes, 6);
      Map<Integer, byte[]> store = new HashMap<>();
      Pools pools = new Pools();
      int rewritten = 0;
      for (int t = 0; t < 3; t++) {
        take(pools, uses[t]);
        for (int chunk = 0; chunk < pools.chunks(); chunk++) {
          if (pools.takeChanged(chunk)) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            pools.write(chunk, new DataOutputStream(bytes));
            store.put(chunk, bytes.toByteArray());
            rewritten++;
          }
        }
      }
      assertThat(rewritten).isGreaterThanOrEqualTo(pools.chunks());
      Pools read = new Pools();
      for (int chunk = 0; chunk < pools.chunks(); chunk++) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(store.get(chunk)));
        read.read(chunk, in);
        assertThat(in.available()).isZero();
      }
      for (int t = 3; t < 6; t++) {
        take(read, uses[t]);
      }
      assertThat(changed(read)).as("round %d", round).isEqualTo(reference(uses, nodes));
    }
  }
}

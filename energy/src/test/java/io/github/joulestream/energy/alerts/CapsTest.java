// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.alerts.Contributor.Consumer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CapsTest {
  private static final long SEED = Long.getLong("laws.seed", 7_003);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 400);

  private static Caps.Consumer node(String name, long milliwatts, long floor, int priority) {
    return new Caps.Consumer(Consumer.NODE, name, milliwatts, floor, priority);
  }

  private static Map<String, Long> caps(Caps caps) {
    return caps.caps().stream().collect(Collectors.toMap(Cap::name, Cap::capMilliwatts));
  }

  @Test
  void proportionally_eachGivesTheSamePartOfWhatIsOverItsFloor() {
    Caps caps =
        Caps.of(
            300,
            List.of(node("a", 1_000, 200, 9), node("b", 500, 100, 0), node("c", 300, 300, 0)),
            CapMode.PROPORTIONAL);
    // a quarter of 800 and of 400; c has nothing to give
    assertThat(caps(caps)).isEqualTo(Map.of("a", 800L, "b", 400L));
    assertThat(caps.unmetMilliwatts()).isZero();
  }

  @Test
  void byPriority_theLowestGiveAllTheyCan_beforeOthersGiveAnything() {
    List<Caps.Consumer> all =
        List.of(node("a", 1_000, 200, 9), node("b", 500, 100, 0), node("c", 400, 300, 5));
    assertThat(caps(Caps.of(300, all, CapMode.PRIORITY))).isEqualTo(Map.of("b", 200L));
    assertThat(caps(Caps.of(450, all, CapMode.PRIORITY))).isEqualTo(Map.of("b", 100L, "c", 350L));
    Caps most = Caps.of(2_000, all, CapMode.PRIORITY);
    assertThat(caps(most)).isEqualTo(Map.of("a", 200L, "b", 100L, "c", 300L));
    assertThat(most.unmetMilliwatts()).isEqualTo(2_000 - 1_300);
  }

  @Test
  void whatIsGiven_isExactlyWhatIsOver_andNobodyFallsBelowItsFloor() {
    System.out.println("CapsTest seed " + SEED);
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      List<Caps.Consumer> consumers = new ArrayList<>();
      long above = 0;
      for (int i = random.nextInt(30); i >= 0; i--) {
        // up to gigawatts
        long milliwatts = random.nextLong(1L << (1 + random.nextInt(42)));
        long floor = random.nextLong(milliwatts + 2);
        consumers.add(node("n" + i, milliwatts, floor, random.nextInt(4)));
        above += Math.max(0, milliwatts - floor);
      }
      long over = random.nextLong(above + above / 4 + 2);
      for (CapMode mode : List.of(CapMode.PROPORTIONAL, CapMode.PRIORITY)) {
        Caps caps = Caps.of(over, consumers, mode);
        Map<String, Caps.Consumer> byName =
            consumers.stream().collect(Collectors.toMap(Caps.Consumer::name, consumer -> consumer));
        long given = 0;
        for (Cap cap : caps.caps()) {
          Caps.Consumer consumer = Objects.requireNonNull(byName.get(cap.name()), cap.name());
          assertThat(cap.capMilliwatts())
              .isBetween(consumer.floorMilliwatts(), consumer.milliwatts());
          given += cap.milliwatts() - cap.capMilliwatts();
        }
        assertThat(given + caps.unmetMilliwatts()).isEqualTo(over);
        assertThat(caps.unmetMilliwatts()).isEqualTo(Math.max(0, over - above));
      }
      assertThat(Caps.of(over, consumers, CapMode.NONE).caps()).isEmpty();
    }
  }
}

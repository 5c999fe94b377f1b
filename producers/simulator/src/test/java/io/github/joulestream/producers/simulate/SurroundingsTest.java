// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SurroundingsTest {
  private static final long SEED = 11;

  private static long settled(long parts, double traffic) {
    Surroundings node = new Surroundings(parts);
    long power = 0;
    for (int i = 0; i < 10_000; i++) {
      power = node.nodeMilliwatts(parts, traffic, 100);
    }
    return power;
  }

  /** An HGX node with eight H100 was measured at up to 8.4 kW, of 10.2 kW by its label. */
  @Test
  void aNodeAtWork_drawsWhatSuchNodesDraw() {
    assertThat(settled(6_200_000, 0.6)).isBetween(7_500_000L, 8_600_000L);
    assertThat(settled(900_000, 0)).isBetween(1_300_000L, 2_000_000L);
  }

  @Test
  void aNode_drawsMoreThanItsParts_andMoreWithMoreOfThem() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 300; i++) {
      long parts = random.nextLong(700_000, 7_000_000);
      double traffic = random.nextDouble();
      long power = settled(parts, traffic);
      assertThat(power).as("seed %d, parts %d", SEED, parts).isGreaterThan(parts);
      assertThat(settled(parts + 50_000, traffic)).isGreaterThan(power + 50_000);
      assertThat(settled(parts, Math.min(1, traffic + 0.1))).isGreaterThanOrEqualTo(power);
    }
  }

  @Test
  void supplies_loseByTheirLoad() {
    assertThat(18_000_000 * 0.1 / Surroundings.supplied(18_000_000 * 0.1))
        .isCloseTo(0.90, within(0.001));
    assertThat(18_000_000 * 0.2 / Surroundings.supplied(18_000_000 * 0.2))
        .isCloseTo(0.94, within(0.001));
    assertThat(18_000_000 * 0.5 / Surroundings.supplied(18_000_000 * 0.5))
        .isCloseTo(0.96, within(0.001));
    assertThat(18_000_000.0 / Surroundings.supplied(18_000_000)).isCloseTo(0.91, within(0.001));
    long last = 0;
    for (int watts = 10; watts < 20_000; watts += 10) {
      long supplied = Surroundings.supplied(watts * 1_000.0);
      assertThat(supplied).as("at %d W", watts).isGreaterThan(Math.max(last, watts * 1_000L));
      last = supplied;
    }
  }

  /** Fans follow the heat, not the power of the moment. */
  @Test
  void fans_speedUpLater() {
    Surroundings node = new Surroundings(900_000);
    long first = node.nodeMilliwatts(6_000_000, 0.5, 100);
    long afterASecond = first;
    for (int i = 0; i < 10; i++) {
      afterASecond = node.nodeMilliwatts(6_000_000, 0.5, 100);
    }
    long settled = settled(6_000_000, 0.5);
    assertThat(afterASecond - first).isLessThan((settled - first) / 10);
    assertThat(settled - first).isGreaterThan(200_000);
  }

  private static Facility facility(long nodesMilliwatts, int nodes, long epochMillis) {
    Day day = new Day(SEED);
    day.moveTo(epochMillis);
    Facility facility = new Facility(day);
    int second = nodes / 2;
    facility.supply(
        new long[] {nodesMilliwatts * (nodes - second) / nodes, nodesMilliwatts * second / nodes},
        new int[] {nodes - second, second});
    return facility;
  }

  @Test
  void aFacility_consumesMoreThanItsNodes_andMostInTheAfternoon() {
    long hour = 3_600_000;
    long nodes = 10 * 6_000_000L;
    long last = facility(nodes, 10, 3 * hour).milliwatts();
    for (int at = 4; at <= 15; at++) {
      long power = facility(nodes, 10, at * hour).milliwatts();
      assertThat(power).isGreaterThan(last);
      last = power;
    }
    assertThat((double) last / nodes).isBetween(1.2, 1.4);
    assertThat((double) facility(nodes, 10, 27 * hour).milliwatts() / nodes).isBetween(1.1, 1.2);
  }

  /** PDUs lose 1 %, UPSs 3 to 5 %, the least from half of their load on. */
  @Test
  void eachStageOfAFacility_losesSome() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 300; i++) {
      int count = 1 + random.nextInt(100);
      long nodes = count * random.nextLong(1_400_000, 8_500_000);
      Facility facility = facility(nodes, count, random.nextLong(100_000_000));
      long pdus = facility.pduMilliwatts(0) + facility.pduMilliwatts(1);
      long upss = facility.upsMilliwatts(0) + facility.upsMilliwatts(1);
      assertThat(pdus).as("seed %d, round %d", SEED, i).isBetween(nodes, nodes * 5 / 4);
      assertThat((double) pdus / upss).isCloseTo(0.99, within(1e-6));
      // what it loses beyond that is cooling: at least 6.5 % of what PDUs deliver
      double efficiency = upss / (facility.milliwatts() - 0.065 * pdus);
      assertThat(efficiency).isBetween(0.85, 0.9701);
      assertThat(facility.milliwatts()).isGreaterThan((long) (upss / 0.97));
    }
  }

  @Test
  void theSunShines_byDay() {
    Day day = new Day(SEED);
    for (long minute = 0; minute < 3 * 1_440; minute++) {
      day.moveTo(minute * 60_000);
      double hour = minute / 60.0 % 24;
      assertThat(day.sunshine()).isBetween(0.0, 1.0);
      assertThat(day.sunshine() > 1e-9).as("at %f", hour).isEqualTo(hour > 6 && hour < 18);
    }
  }
}

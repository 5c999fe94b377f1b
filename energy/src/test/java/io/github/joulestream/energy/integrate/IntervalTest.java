// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.integrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class IntervalTest {
  private static final long SEED = 20_240_501;

  @Test
  void trapezoid_isMeanPowerTimesTime() {
    // 100 W to 300 W over 2 s: 400 J
    Interval interval = new Interval().ofPower(1000, 100_000, 3000, 300_000);
    assertThat(interval.microjoulesTo(1000)).isZero();
    assertThat(interval.microjoulesTo(3000)).isEqualTo(400_000_000);
    // the first second: 100 W to 200 W
    assertThat(interval.microjoulesTo(2000)).isEqualTo(150_000_000);
  }

  @Test
  void counter_saysHowMuch_andPowerSaysWhen() {
    // by power 400 J, by counter 800 J: twice as much everywhere
    Interval interval = new Interval().ofCounter(1000, 100_000, 3000, 300_000, 800_000_000);
    assertThat(interval.microjoulesTo(2000)).isEqualTo(300_000_000);
    assertThat(interval.microjoulesTo(3000)).isEqualTo(800_000_000);
  }

  @Test
  void counterWithoutPower_isUniform() {
    Interval interval = new Interval().ofCounter(0, 0, 1000, 0, 500_000);
    assertThat(interval.microjoulesTo(250)).isEqualTo(125_000);
  }

  /** Law: however it is cut, pieces are never negative and sum to the whole. */
  @Test
  void anyCut_neverNegative_sumsToTheWhole() {
    System.out.println("IntervalTest seed " + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 20_000; i++) {
      long from = random.nextLong(2_000_000_000_000L);
      long length = 1 + random.nextLong(random.nextBoolean() ? 2_000 : 1_000_000);
      long max = random.nextInt(4) == 0 ? 2_000_000_000_000L : 3 + random.nextLong(10_000_000);
      long p0 = random.nextLong(max);
      long p1 = random.nextInt(3) == 0 ? 0 : random.nextLong(max);
      Interval interval = new Interval();
      long whole;
      if (random.nextBoolean()) {
        interval.ofPower(from, p0, from + length, p1);
        whole = Math.multiplyHigh(p0 + p1, length) == 0 ? (p0 + p1) * length / 2 : -1;
      } else {
        whole = random.nextLong(1_000_000_000_000L);
        interval.ofCounter(from, p0, from + length, p1, whole);
      }
      TreeSet<Long> cuts = new TreeSet<>();
      for (int c = random.nextInt(6); c > 0; c--) {
        cuts.add(from + random.nextLong(length));
      }
      cuts.add(from + length);
      long before = 0;
      for (long cut : cuts) {
        long now = interval.microjoulesTo(cut);
        assertThat(now).isGreaterThanOrEqualTo(before);
        before = now;
      }
      if (whole >= 0) {
        assertThat(before).isEqualTo(whole);
      }
    }
  }

  @Test
  void refusesWhatIsNoInterval() {
    assertThatThrownBy(() -> new Interval().ofPower(5, 1, 5, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Interval().ofPower(5, -1, 6, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Interval().ofCounter(5, 1, 6, 1, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

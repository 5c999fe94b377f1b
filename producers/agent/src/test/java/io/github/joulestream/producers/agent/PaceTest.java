// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void turns_fallOnWholeIntervals_howeverLongTheyTake() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      long interval = 1 + random.nextLong(60 * SECOND);
      // the monotonic clock may begin anywhere, below zero too
      long first = random.nextLong(2 * SECOND) - SECOND;
      Pace pace = new Pace(interval, first);
      long now = first - random.nextLong(SECOND);
      long turns = 0;
      for (int i = 0; i < 100; i++) {
        now += Math.max(0, pace.waitNanos(now));
        assertThat((now + pace.waitNanos(now) - first) % interval).isZero();
        turns++;
        // mostly quick, now and then longer than several intervals
        now += random.nextInt(10) == 0 ? random.nextLong(5 * interval) : random.nextLong(interval);
        pace.turned(now);
        assertThat(pace.waitNanos(now)).isBetween(0L, interval);
        assertThat(now + pace.waitNanos(now))
            .isEqualTo(first + (turns + pace.skipped()) * interval);
      }
    }
  }

  @Test
  void aTurnThatTakesItsWholeInterval_skipsNone_andOneThatTakesMoreSkipsWhatItRanInto() {
    Pace pace = new Pace(SECOND, 0);
    pace.turned(SECOND);
    assertThat(pace.skipped()).isZero();
    assertThat(pace.waitNanos(SECOND)).isZero();
    pace.turned(2 * SECOND + 1);
    assertThat(pace.skipped()).isEqualTo(1);
    assertThat(pace.waitNanos(2 * SECOND + 1)).isEqualTo(SECOND - 1);
    pace.turned(9 * SECOND + 1);
    assertThat(pace.skipped()).isEqualTo(7);
  }

  @Test
  void aNode_hasItsPlaceInTheSecond_whereverItStarts() {
    long place = Pace.placeMillis("node017", 1_000);
    for (long start : new long[] {0, 1, 999, 1_700_000_000_123L, 1_700_000_000_999L}) {
      Pace pace = Pace.of("node017", SECOND, 0, start);
      assertThat(pace.waitNanos(0)).isBetween(0L, SECOND - 1);
      assertThat((start + pace.waitNanos(0) / 1_000_000) % 1_000).isEqualTo(place);
      // every minute: still within the next second
      assertThat(Pace.of("node017", 60 * SECOND, 0, start).waitNanos(0)).isLessThan(SECOND);
      assertThat(Pace.of("node017", SECOND / 10, 0, start).waitNanos(0)).isLessThan(SECOND / 10);
    }
  }

  @Test
  void thePlacesOfASite_areSpread() {
    int nodes = 10_000;
    int[] tenths = new int[10];
    for (int node = 0; node < nodes; node++) {
      tenths[(int) (Pace.placeMillis("gpu%04d.site".formatted(node), 1_000) / 100)]++;
    }
    for (int tenth : tenths) {
      assertThat(tenth).isBetween(800, 1_200);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ErrorValueTest {
  private static final long[] UNITS = {1, 1_000, 1_000_000};

  @Test
  void whatInterfacesSayInPlaceOfAReading_isNone() {
    for (long unit : UNITS) {
      assertThat(ErrorValue.is(0xFFFF_FFFFL * unit)).isTrue();
      assertThat(ErrorValue.is(0xFFFF_FFFEL * unit)).isFalse();
      for (long blank = 0x7FFF_FFF0L; blank <= 0x7FFF_FFFFL; blank++) {
        assertThat(ErrorValue.is(blank * unit)).as("%x x %d", blank, unit).isTrue();
        assertThat(ErrorValue.is(blank + 0x7FFF_FFFF_0000_0000L)).isFalse();
      }
      assertThat(ErrorValue.is(0x7FFF_FFEFL * unit)).isFalse();
      assertThat(ErrorValue.is(0x8000_0000L * unit)).isFalse();
    }
    // 64 bits: not available, blank, blank and its reasons
    for (long number : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 13}) {
      assertThat(ErrorValue.is(number)).as("%d", number).isTrue();
    }
    assertThat(ErrorValue.is(Long.MAX_VALUE - 16)).isFalse();
  }

  @Test
  void powersOfRealThings_areReadings() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      // up to 1 kW in µW; up to 100 kW in mW
      assertThat(ErrorValue.is(random.nextLong(1_000_000_000))).as("seed %d", seed).isFalse();
      assertThat(ErrorValue.is(random.nextLong(100_000_000))).as("seed %d", seed).isFalse();
      assertThat(ErrorValue.isOfNode(0.1 + 12_000 * random.nextDouble())).isFalse();
    }
  }

  @Test
  void aNodeThatRuns_takesSomePower() {
    for (double watts :
        new double[] {
          0, -0.0, -3, Double.NaN, Double.POSITIVE_INFINITY, 65_535, 4_294_967_295.0, 1e300
        }) {
      assertThat(ErrorValue.isOfNode(watts)).as("%s W", watts).isTrue();
    }
  }
}

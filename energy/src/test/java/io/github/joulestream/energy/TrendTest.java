// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.alerts.Samples;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TrendTest {
  private static final long SEED = Long.getLong("laws.seed", 7_002);
  private static final long START = 1_700_000_000_000L;

  private interface Course {
    double at(int sample);
  }

  private static Trend trend(int size, Course course) {
    long[] times = new long[size];
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      times[i] = START + 15_000L * i;
      values[i] = course.at(i);
    }
    return Objects.requireNonNull(Trend.of(times, values, size), "no trend");
  }

  @Test
  void ofAStraightLine_itIsTheLine() {
    Trend trend = trend(40, i -> 1_000 + 30.0 * i);
    assertThat(trend.slope()).isCloseTo(30.0 / 15_000, within(1e-12));
    assertThat(trend.lowSlope()).isCloseTo(trend.slope(), within(1e-12));
    assertThat(trend.level()).isCloseTo(1_000 + 30.0 * 39, within(1e-6));
    // 30 more each 15 s: 300 more in 150 s
    assertThat(trend.millisTo(trend.level() + 300, 600_000)).isBetween(149_999L, 150_001L);
  }

  @Test
  void aFewWildSamples_doNotBendIt() {
    Trend trend = trend(40, i -> i % 7 == 3 ? 1e9 : 1_000 + 30.0 * i);
    assertThat(trend.slope()).isCloseTo(30.0 / 15_000, within(0.2 / 1_000));
    assertThat(trend.lowSlope()).isPositive();
  }

  /** The interval worked out by hand: 10 samples, 45 slopes, variance 10 * 9 * 25 / 18 = 125. */
  @Test
  void theInterval_isTheOneOfSen() {
    // values i^2 at distances of a millisecond: the slope between i and j is i + j
    long[] times = new long[10];
    double[] values = new double[10];
    for (int i = 0; i < 10; i++) {
      times[i] = i;
      values[i] = i * i;
    }
    Trend trend = Objects.requireNonNull(Trend.of(times, values, 10), "no trend");
    // sums of two of 0..9, sorted: 1 2 3 3 4 4 5 5 5 6 6 6 7 7 7 7 8 8 8 8 9 9 9 9 9 10 ...
    assertThat(trend.slope()).isEqualTo(9);
    // C = 2.5758 * sqrt(125) = 28.8: from the 8th slope (of 8.1) to the 38th (of 36.9 + 1)
    assertThat(trend.lowSlope()).isEqualTo(5);
    assertThat(trend.highSlope()).isEqualTo(13);
  }

  @Test
  void noise_isNoTrend() {
    System.out.println("TrendTest seed " + SEED);
    Random random = new Random(SEED);
    int forecasts = 0;
    for (int round = 0; round < 2_000; round++) {
      // 95 % of the limit, give or take 2 %: for ever below it
      Trend trend = trend(40, _ -> 950 + 10 * random.nextGaussian());
      if (trend.millisTo(1_000, 600_000) != Long.MAX_VALUE) {
        forecasts++;
      }
    }
    assertThat(forecasts).isZero();
    Trend falling = trend(40, i -> 950 - i + random.nextGaussian());
    assertThat(falling.millisTo(1_000, 600_000)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aRiseInNoise_isForetold() {
    Random random = new Random(SEED);
    int forecasts = 0;
    for (int round = 0; round < 200; round++) {
      // from 800 by 2 every 15 s to 880: at 1,000 after another 15 minutes
      Trend trend = trend(40, i -> 800 + 2 * i + 5 * random.nextGaussian());
      assertThat(trend.millisTo(1_000, 600_000)).isEqualTo(Long.MAX_VALUE);
      long left = trend.millisTo(1_000, 1_800_000);
      if (left != Long.MAX_VALUE) {
        forecasts++;
        assertThat(left).isBetween(600_000L, 1_200_000L);
      }
    }
    assertThat(forecasts).isGreaterThan(190);
  }

  @Test
  void tooFewSamples_areNoTrend() {
    assertThat(Trend.of(new long[20], new double[20], 9)).isNull();
    // all at one time
    assertThat(Trend.of(new long[20], new double[20], 20)).isNull();
  }

  @Test
  void samples_keepTheirDistance_andTheLatest() {
    Samples samples = new Samples(600_000);
    int taken = 0;
    for (int second = 0; second < 3_600; second++) {
      taken += samples.offer(START + 1_000L * second, second) ? 1 : 0;
    }
    assertThat(taken).isEqualTo(240);
    Trend trend = Objects.requireNonNull(samples.trend(), "no trend");
    assertThat(trend.slope()).isCloseTo(1.0 / 1_000, within(1e-12));
    assertThat(trend.level()).isCloseTo(3_585, within(1e-6));
  }
}

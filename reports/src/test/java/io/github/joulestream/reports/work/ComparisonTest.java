// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.reports.work.Comparison.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static List<EndedJob> jobs(int count, double perJoule, double spread, Random random) {
    List<EndedJob> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double joules = random.nextDouble(1e5, 1e6);
      double rate = perJoule * (1 + spread * random.nextGaussian());
      jobs.add(WorkedJobs.of(joules * rate, "tokens", joules, Map.of()));
    }
    return jobs;
  }

  @Test
  void theRatio_isOfSums_notTheMeanOfRatios() {
    List<EndedJob> first =
        List.of(
            WorkedJobs.of(900, "tokens", 100, Map.of()),
            WorkedJobs.of(1_000, "tokens", 900, Map.of()));
    List<EndedJob> second = List.of(WorkedJobs.of(500, "tokens", 500, Map.of()));
    // (900 + 1000) / (100 + 900) over 500 / 500
    assertThat(Comparison.of(first, second).ratio()).isCloseTo(1.9, within(1e-12));
  }

  @Test
  void oneRunOfEach_saysNothingOnSpread() {
    List<EndedJob> one = List.of(WorkedJobs.of(800, "tokens", 100, Map.of()));
    List<EndedJob> other = List.of(WorkedJobs.of(400, "tokens", 100, Map.of()));
    Comparison comparison = Comparison.of(one, other);
    assertThat(comparison.word()).isEqualTo(Word.ONE_RUN);
    assertThat(comparison.low()).isEmpty();
    assertThat(comparison.high()).isEmpty();
  }

  @Test
  void threeAgainstThree_cannotBeMoreThanNoise_fourAgainstFourCan() {
    Random random = new Random(3);
    assertThat(Comparison.of(jobs(3, 9, 0.001, random), jobs(3, 1, 0.001, random)).word())
        .isEqualTo(Word.TOO_FEW_RUNS);
    assertThat(Comparison.of(jobs(4, 9, 0.001, random), jobs(4, 1, 0.001, random)).word())
        .isEqualTo(Word.MORE_THAN_NOISE);
  }

  /** At a level of 5 % at most every twentieth pair without a difference is taken for one. */
  @Test
  void withoutADifference_itIsRarelyMoreThanNoise() {
    Random random = new Random(5);
    int wrong = 0;
    for (int round = 0; round < 400; round++) {
      Comparison comparison = Comparison.of(jobs(8, 5, 0.2, random), jobs(8, 5, 0.2, random));
      wrong += comparison.word() == Word.MORE_THAN_NOISE ? 1 : 0;
    }
    // 20 expected; 3 standard deviations of the binomial distribution above
    assertThat(wrong).isLessThanOrEqualTo(33);
  }

  @Test
  void aClearDifference_isMoreThanNoise_andWithinItsInterval() {
    Random random = new Random(6);
    for (int size : new int[] {8, 600}) {
      int within = 0;
      for (int round = 0; round < 60; round++) {
        Comparison comparison =
            Comparison.of(jobs(size, 6, 0.2, random), jobs(size, 3, 0.2, random));
        assertThat(comparison.word()).isEqualTo(Word.MORE_THAN_NOISE);
        double low = comparison.low().orElseThrow();
        double high = comparison.high().orElseThrow();
        assertThat(low).isLessThan(comparison.ratio());
        assertThat(high).isGreaterThan(comparison.ratio());
        within += low <= 2 && 2 <= high ? 1 : 0;
      }
      // of 60, 57 at 95 %; a resampling of 8 jobs is known to be too narrow
      assertThat(within).as("intervals of %d jobs with the true ratio", size).isGreaterThan(46);
    }
  }

  @Test
  void theSameJobs_haveTheSameInterval() {
    List<EndedJob> first = jobs(12, 6, 0.2, new Random(8));
    List<EndedJob> second = jobs(12, 5, 0.2, new Random(9));
    assertThat(Comparison.of(first, second)).isEqualTo(Comparison.of(first, second));
  }
}

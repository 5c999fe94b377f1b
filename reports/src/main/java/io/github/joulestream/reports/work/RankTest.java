// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import java.util.Arrays;

/**
 * How likely two groups without a difference are as far apart as these: two-sided, by the sum of
 * the ranks of the first (H. B. Mann and D. R. Whitney, The Annals of Mathematical Statistics 18,
 * 1947). It assumes nothing of how values are spread. Up to {@link #MOST_EXACT} values together all
 * ways to divide them are counted, ties with their mean rank; of more, by the normal distribution,
 * corrected for ties and continuity.
 */
public final class RankTest {
  /** Up to so many values together the probability is exact. */
  public static final int MOST_EXACT = 50;

  private RankTest() {}

  /**
   * The probability.
   *
   * @throws IllegalArgumentException if a group is empty
   */
  public static double probability(double[] first, double[] second) {
    if (first.length == 0 || second.length == 0) {
      throw new IllegalArgumentException(
          "groups of %d and %d".formatted(first.length, second.length));
    }
    double[] sorted = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, sorted, first.length, second.length);
    Arrays.sort(sorted);
    long[] ranks = doubledRanks(sorted);
    long sum = 0;
    for (double value : first) {
      sum += ranks[Arrays.binarySearch(sorted, value)];
    }
    return sorted.length <= MOST_EXACT
        ? exact(ranks, first.length, sum)
        : normal(ranks, first.length, sum);
  }

  /** The least probability that groups of these sizes can have: all of one are above the other. */
  public static double leastProbability(int first, int second) {
    double ways = 1;
    for (int i = 1; i <= Math.min(first, second); i++) {
      ways = ways * (first + second - i + 1) / i;
    }
    return Math.min(1, 2 / ways);
  }

  /** Twice the rank of each, from 1 on; equal values have the mean of theirs. */
  private static long[] doubledRanks(double[] sorted) {
    long[] ranks = new long[sorted.length];
    for (int from = 0; from < sorted.length; ) {
      int to = from;
      while (to < sorted.length && sorted[to] == sorted[from]) {
        to++;
      }
      Arrays.fill(ranks, from, to, from + 1L + to);
      from = to;
    }
    return ranks;
  }

  /** The share of all choices of so many ranks whose sum is at least as far from the middle. */
  private static double exact(long[] ranks, int chosen, long sum) {
    int total = (int) Arrays.stream(ranks).sum();
    // ways[k][s]: choices of k ranks with the sum s; below 2^53, so doubles hold them exactly
    double[][] ways = new double[chosen + 1][total + 1];
    ways[0][0] = 1;
    for (long rank : ranks) {
      for (int k = chosen; k > 0; k--) {
        for (int s = total; s >= rank; s--) {
          ways[k][s] += ways[k - 1][(int) (s - rank)];
        }
      }
    }
    // times n, so that the middle is a whole number
    long middle = (long) total * chosen;
    long distance = Math.abs(sum * ranks.length - middle);
    double all = 0;
    double far = 0;
    for (int s = 0; s <= total; s++) {
      all += ways[chosen][s];
      if (Math.abs((long) s * ranks.length - middle) >= distance) {
        far += ways[chosen][s];
      }
    }
    return far / all;
  }

  private static double normal(long[] ranks, int chosen, long sum) {
    double n = ranks.length;
    double mean = (n + 1) * chosen / 2;
    double squares = 0;
    for (long rank : ranks) {
      double fromMean = rank / 2.0 - (n + 1) / 2;
      squares += fromMean * fromMean;
    }
    // of a sum of ranks that are drawn without replacement
    double variance = chosen * (n - chosen) / (n * (n - 1)) * squares;
    double distance = Math.abs(sum / 2.0 - mean) - 0.5;
    return variance <= 0 || distance <= 0 ? 1 : 2 * upperTail(distance / Math.sqrt(variance));
  }

  /**
   * Probability that a standard normal variable is above z > 0: by the series of the distribution
   * up to 3, and by the continued fraction of Mills' ratio beyond.
   */
  static double upperTail(double z) {
    double density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    if (z > 3) {
      double fraction = z;
      for (int i = 60; i > 0; i--) {
        fraction = z + i / fraction;
      }
      return density / fraction;
    }
    double term = z;
    double sum = z;
    for (int i = 3; term > sum * 1e-17; i += 2) {
      term *= z * z / i;
      sum += term;
    }
    return 0.5 - density * sum;
  }
}

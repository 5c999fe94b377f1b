// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

/** Shares out an integer so that the shares sum to it: the largest-remainder method. */
final class Split {
  private Split() {}

  /**
   * Shares {@code amount} by weight. Every share is its exact share rounded down, and what then
   * remains goes, one each, to the shares with the largest fractions; of equal ones to the first.
   * (Hamilton's method; see M. Balinski, H. P. Young, Fair Representation, 1982.)
   *
   * @param amount at least 0 and under 2^63 / (sum of weights)
   * @param weights at least one over 0
   * @param shares takes the result
   */
  static void largestRemainder(long amount, int[] weights, long[] shares) {
    long sum = 0;
    for (int weight : weights) {
      sum += weight;
    }
    long left = amount;
    for (int i = 0; i < weights.length; i++) {
      shares[i] = Math.multiplyExact(amount, weights[i]) / sum;
      left -= shares[i];
    }
    // left is less than the number of shares, and that is small
    long limit = Long.MAX_VALUE;
    int lastIndex = -1;
    while (left > 0) {
      int best = -1;
      long bestRemainder = -1;
      for (int i = 0; i < weights.length; i++) {
        long remainder = amount * weights[i] % sum;
        boolean taken = remainder > limit || (remainder == limit && i <= lastIndex);
        if (!taken && remainder > bestRemainder) {
          best = i;
          bestRemainder = remainder;
        }
      }
      shares[best]++;
      limit = bestRemainder;
      lastIndex = best;
      left--;
    }
  }
}

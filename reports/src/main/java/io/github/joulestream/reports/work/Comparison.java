// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * Work per joule of two groups of jobs side by side.
 *
 * @param first number of counted jobs of the first
 * @param second number of counted jobs of the second
 * @param ratio work per joule of the first, all its jobs together, over that of the second
 * @param low lower end of the 95 % interval of the ratio; empty under {@link #FEWEST_FOR_INTERVAL}
 *     jobs
 * @param high its upper end
 * @param probability that groups without a difference are as far apart by chance
 */
public record Comparison(
    int first,
    int second,
    double ratio,
    OptionalDouble low,
    OptionalDouble high,
    double probability) {
  /** Fewer jobs of either group are no ground for an interval. */
  public static final int FEWEST_FOR_INTERVAL = 5;

  /** Above it a difference is not taken for more than noise. */
  public static final double SIGNIFICANT = 0.05;

  private static final int RESAMPLES = 2_000;
  // of more jobs, the interval is of the linearised ratio, which then is as good and takes no time
  private static final int MOST_RESAMPLED = 500;
  // always the same, so that a report has the same bytes each time
  private static final long SEED = 2_026;
  private static final double Z_95_PERCENT = 1.959964;

  /** What it means in a word. */
  public enum Word {
    /** One run of either: nothing is known of its spread. */
    ONE_RUN("one run: spread not known"),
    /** So few runs that noise could explain any difference. */
    TOO_FEW_RUNS("too few runs to say"),
    MORE_THAN_NOISE("more than noise"),
    WITHIN_NOISE("within noise");

    private final String text;

    Word(String text) {
      this.text = text;
    }

    /** For people. */
    public String text() {
      return text;
    }
  }

  /**
   * Compares two groups of one unit; of jobs that count.
   *
   * @throws IllegalArgumentException if either has none
   */
  public static Comparison of(List<EndedJob> first, List<EndedJob> second) {
    double above = WorkGroup.perJoule(first).orElseThrow(() -> none(first, second));
    double below = WorkGroup.perJoule(second).orElseThrow(() -> none(first, second));
    double ratio = above / below;
    OptionalDouble low = OptionalDouble.empty();
    OptionalDouble high = OptionalDouble.empty();
    if (Math.min(first.size(), second.size()) >= FEWEST_FOR_INTERVAL) {
      double[] interval =
          Math.max(first.size(), second.size()) > MOST_RESAMPLED
              ? linearised(first, second, ratio)
              : resampled(first, second);
      low = OptionalDouble.of(interval[0]);
      high = OptionalDouble.of(interval[1]);
    }
    return new Comparison(
        first.size(),
        second.size(),
        ratio,
        low,
        high,
        RankTest.probability(eachPerJoule(first), eachPerJoule(second)));
  }

  private static IllegalArgumentException none(List<EndedJob> first, List<EndedJob> second) {
    return new IllegalArgumentException(
        "groups of %d and %d".formatted(first.size(), second.size()));
  }

  private static double[] eachPerJoule(List<EndedJob> jobs) {
    return jobs.stream().mapToDouble(EndedJob::workPerJoule).toArray();
  }

  /** Percentile bootstrap of jobs: B. Efron, The Annals of Statistics 7, 1979. */
  private static double[] resampled(List<EndedJob> first, List<EndedJob> second) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[] ratios = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      ratios[i] = resample(first, random) / resample(second, random);
    }
    Arrays.sort(ratios);
    return new double[] {ratios[RESAMPLES / 40], ratios[RESAMPLES - 1 - RESAMPLES / 40]};
  }

  private static double resample(List<EndedJob> jobs, SplittableRandom random) {
    double work = 0;
    double joules = 0;
    for (int i = 0; i < jobs.size(); i++) {
      EndedJob job = jobs.get(random.nextInt(jobs.size()));
      work += job.work();
      joules += job.joules();
    }
    return work / joules;
  }

  /** Of the logarithm of the ratio: its variance is the sum of those of both logarithms. */
  private static double[] linearised(List<EndedJob> first, List<EndedJob> second, double ratio) {
    double distance = Z_95_PERCENT * Math.sqrt(logVariance(first) + logVariance(second));
    return new double[] {ratio * Math.exp(-distance), ratio * Math.exp(distance)};
  }

  /**
   * Of the logarithm of a ratio of sums: sum of (w - r e)^2 over (sum of w)^2, times n / (n - 1).
   */
  private static double logVariance(List<EndedJob> jobs) {
    double rate = WorkGroup.perJoule(jobs).orElseThrow();
    double squares = 0;
    double work = 0;
    for (EndedJob job : jobs) {
      double residual = job.work() - rate * job.joules();
      squares += residual * residual;
      work += job.work();
    }
    return squares / (work * work) * jobs.size() / (jobs.size() - 1);
  }

  /** Whether the difference is more than noise, in a word. */
  public Word word() {
    if (Math.min(first, second) == 1) {
      return Word.ONE_RUN;
    }
    if (RankTest.leastProbability(first, second) > SIGNIFICANT) {
      return Word.TOO_FEW_RUNS;
    }
    return probability <= SIGNIFICANT ? Word.MORE_THAN_NOISE : Word.WITHIN_NOISE;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Values of labels that decide how much work a joule does: the batch size, and the precision. They
 * are compared among jobs of one unit, model, number of GPUs and phase whose other such labels are
 * the same.
 */
final class Settings {
  static final List<String> LABELS = List.of("batch", "batch_size", "precision");
  private static final double ERROR = 0.05;
  private static final double LEAST_RATIO = 1.05;

  private Settings() {}

  /**
   * A value that is better than others.
   *
   * @param unit of work
   * @param best the value with the highest median
   * @param worse the value of which jobs would save most
   * @param difference between both
   * @param bestMedian work per joule
   * @param bestJobs number of jobs with the best value
   * @param worseJobs number of jobs with the worse value
   * @param savers jobs with any value that is worse by more than their spread
   * @param saving what they would have saved in the period, mJ
   */
  record Finding(
      String label,
      String unit,
      String best,
      String worse,
      Difference difference,
      double bestMedian,
      int bestJobs,
      int worseJobs,
      List<Saver> savers,
      double saving) {}

  /** A job that would have saved this, mJ. */
  record Saver(JobFigures job, double saving) {}

  /** The finding of these jobs that saves most. */
  static Optional<Finding> best(List<JobFigures> jobs) {
    Optional<Finding> best = Optional.empty();
    List<Comparison> comparisons = comparisons(jobs);
    int pairs = comparisons.stream().mapToInt(Comparison::pairs).sum();
    for (Comparison comparison : comparisons) {
      Optional<Finding> finding = comparison.finding(pairs);
      if (finding.isPresent() && (best.isEmpty() || finding.get().saving() > best.get().saving())) {
        best = finding;
      }
    }
    return best;
  }

  private static List<Comparison> comparisons(List<JobFigures> jobs) {
    Map<String, Comparison> comparisons = new TreeMap<>();
    for (JobFigures job : jobs) {
      for (String label : LABELS) {
        String value = job.label(label);
        if (!value.isEmpty() && !job.peers().isEmpty()) {
          comparisons
              .computeIfAbsent(key(job, label), key -> new Comparison(label))
              .byValue
              .computeIfAbsent(value, key -> new ArrayList<>())
              .add(job);
        }
      }
    }
    comparisons.values().forEach(c -> c.byValue.values().removeIf(Comparison::areTooFew));
    comparisons.values().removeIf(comparison -> comparison.byValue.size() < 2);
    return List.copyOf(comparisons.values());
  }

  private static String key(JobFigures job, String label) {
    List<String> parts = new ArrayList<>(List.of(label, job.peers(), job.label("phase")));
    for (String other : LABELS) {
      parts.add(other.equals(label) ? "" : job.label(other));
    }
    return String.join("\n", parts);
  }

  /** Jobs that are the same in all but a label. */
  private static final class Comparison {
    private final String label;
    private final Map<String, List<JobFigures>> byValue = new TreeMap<>();

    private Comparison(String label) {
      this.label = label;
    }

    private static boolean areTooFew(List<JobFigures> jobs) {
      return jobs.size() < Spread.FEWEST;
    }

    private int pairs() {
      return byValue.size() * (byValue.size() - 1) / 2;
    }

    private static double[] workPerJoule(List<JobFigures> jobs) {
      return jobs.stream().mapToDouble(JobFigures::workPerJoule).toArray();
    }

    /** Tested as one of so many pairs: C. E. Bonferroni's bound. */
    private Optional<Finding> finding(int tests) {
      String best = "";
      double bestMedian = 0;
      for (Map.Entry<String, List<JobFigures>> value : byValue.entrySet()) {
        double median = Spread.of(workPerJoule(value.getValue())).median();
        if (median > bestMedian) {
          best = value.getKey();
          bestMedian = median;
        }
      }
      List<JobFigures> bestJobs = byValue.getOrDefault(best, List.of());
      double most = 0;
      Finding finding = null;
      List<Saver> savers = new ArrayList<>();
      for (Map.Entry<String, List<JobFigures>> value : byValue.entrySet()) {
        if (value.getKey().equals(best)) {
          continue;
        }
        Difference difference =
            Difference.between(workPerJoule(bestJobs), workPerJoule(value.getValue()));
        if (difference.low() < LEAST_RATIO || difference.probability() * tests >= ERROR) {
          continue;
        }
        double saving = 0;
        for (JobFigures job : value.getValue()) {
          double saved = job.millijoules() * (1 - 1 / difference.ratio());
          savers.add(new Saver(job, saved));
          saving += saved;
        }
        if (finding == null || saving > most) {
          most = saving;
          finding =
              new Finding(
                  label,
                  bestJobs.getFirst().unit(),
                  best,
                  value.getKey(),
                  difference,
                  bestMedian,
                  bestJobs.size(),
                  value.getValue().size(),
                  List.of(),
                  0);
        }
      }
      return finding == null ? Optional.empty() : Optional.of(with(finding, savers));
    }

    private static Finding with(Finding finding, List<Saver> savers) {
      return new Finding(
          finding.label,
          finding.unit,
          finding.best,
          finding.worse,
          finding.difference,
          finding.bestMedian,
          finding.bestJobs,
          finding.worseJobs,
          List.copyOf(savers),
          savers.stream().mapToDouble(Saver::saving).sum());
    }
  }
}

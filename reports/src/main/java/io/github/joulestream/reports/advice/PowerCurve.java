// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import io.github.joulestream.reports.work.RankTest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Work per GPU second against power per GPU, as measured on jobs of one unit, model, number of GPUs
 * and settings, and what a cap on the power of their GPUs would save. The curve is the medians of
 * bins of jobs with the same number of jobs, made rising: more power never does less work. Jobs
 * that left their GPUs idle are not in it. What is saved is modelled: jobs over the cap are taken
 * along the curve, with what else they consume per GPU second as it was.
 */
public final class PowerCurve {
  private static final int FEWEST_BINS = 5;
  private static final int MOST_BINS = 20;
  private static final double IDLE_SHARE = 0.1;
  private static final double LEAST_RANGE = 1.1;
  private static final double ERROR = 0.05;
  private static final double LEAST_SAVING = 0.02;

  private final List<Bin> bins;
  private final List<Point> points;

  /** A job. */
  private record Point(JobFigures job, double watts, double rest, double rate) {
    /** Work per joule of everything. */
    private double workPerJoule() {
      return rate / (watts + rest);
    }
  }

  /**
   * A bin of jobs, of about the same power.
   *
   * @param watts median power of a GPU
   * @param rest median of what else a job consumes per GPU, W
   * @param rate work per GPU second, by the curve
   * @param jobs number of jobs
   */
  public record Bin(double watts, double rest, double rate, int jobs) {
    /** Work per joule of everything. */
    public double workPerJoule() {
      return rate / (watts + rest);
    }
  }

  /**
   * A cap.
   *
   * @param watts of a GPU
   * @param jobs over it
   * @param millijoules energy of all jobs in the period
   * @param saving of it, what the jobs over the cap would have saved, mJ
   * @param longer by how much these jobs would have taken longer: 0.1 for a tenth
   * @param gain work per joule at the cap over that of the highest bin
   */
  public record Cap(
      double watts, int jobs, double millijoules, double saving, double longer, double gain) {}

  private PowerCurve(List<Bin> bins, List<Point> points) {
    this.bins = bins;
    this.points = points;
  }

  /**
   * The curve of peers.
   *
   * @param peers jobs of one unit, model and number of GPUs
   * @return empty under 5 bins of 5 jobs, or if all of them have about the same power
   */
  public static Optional<PowerCurve> of(List<JobFigures> peers) {
    List<Point> points = new ArrayList<>();
    for (JobFigures job : peers) {
      double gpu = job.wholeGpuMillijoules();
      double held = job.wholeHeldMillis();
      if (gpu > 0
          && held > 0
          && job.wholeHeldIdleMillijoules() <= IDLE_SHARE * gpu
          && !job.unit().isEmpty()) {
        // mJ over ms are W
        double rest = Math.max(0, job.wholeMillijoules() - gpu) / held;
        points.add(new Point(job, gpu / held, rest, job.work() / (held / JobFigures.MILLI)));
      }
    }
    int count = Math.min(MOST_BINS, points.size() / Spread.FEWEST);
    if (count < FEWEST_BINS) {
      return Optional.empty();
    }
    points.sort(Comparator.comparingDouble(Point::watts).thenComparing(point -> point.job().key()));
    PowerCurve curve = new PowerCurve(bins(points, count), points);
    return curve.bins.getLast().watts() < LEAST_RANGE * curve.bins.getFirst().watts()
        ? Optional.empty()
        : Optional.of(curve);
  }

  private static List<Bin> bins(List<Point> points, int count) {
    double[] rates = new double[count];
    double[] jobs = new double[count];
    for (int i = 0; i < count; i++) {
      List<Point> bin = bin(points, i, count);
      rates[i] = Spread.of(bin.stream().mapToDouble(Point::rate).toArray()).median();
      jobs[i] = bin.size();
    }
    double[] rising = Rising.through(rates, jobs);
    List<Bin> bins = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Point> bin = bin(points, i, count);
      bins.add(
          new Bin(
              Spread.of(bin.stream().mapToDouble(Point::watts).toArray()).median(),
              Spread.of(bin.stream().mapToDouble(Point::rest).toArray()).median(),
              rising[i],
              bin.size()));
    }
    return bins;
  }

  private static List<Point> bin(List<Point> points, int i, int count) {
    return points.subList(
        Math.toIntExact((long) points.size() * i / count),
        Math.toIntExact((long) points.size() * (i + 1) / count));
  }

  /** Its bins, of the lowest power first. */
  public List<Bin> bins() {
    return List.copyOf(bins);
  }

  /**
   * The cap at which a joule does most work. Empty if that is at the highest power, if jobs at the
   * highest power do not do less per joule by more than their spread, or if it saves under 2 %.
   */
  public Optional<Cap> best() {
    int best = 0;
    for (int i = 1; i < bins.size(); i++) {
      // of equal ones the one that is fastest
      if (bins.get(i).workPerJoule() >= bins.get(best).workPerJoule()) {
        best = i;
      }
    }
    int last = bins.size() - 1;
    if (best == last
        // any of the other bins could have been the best by chance
        || RankTest.probability(workPerJoule(best), workPerJoule(last)) * last >= ERROR) {
      return Optional.empty();
    }
    Cap cap = cap(bins.get(best));
    return cap.saving() >= LEAST_SAVING * cap.millijoules() ? Optional.of(cap) : Optional.empty();
  }

  private double[] workPerJoule(int bin) {
    return bin(points, bin, bins.size()).stream().mapToDouble(Point::workPerJoule).toArray();
  }

  private Cap cap(Bin at) {
    double millijoules = 0;
    double over = 0;
    double saving = 0;
    double longer = 0;
    int jobs = 0;
    for (int i = 0; i < bins.size(); i++) {
      Bin bin = bins.get(i);
      for (Point point : bin(points, i, bins.size())) {
        double energy = point.job().millijoules();
        millijoules += energy;
        if (bin.watts() > at.watts()) {
          jobs++;
          over += energy;
          saving += energy * Math.max(0, 1 - bin.workPerJoule() / at.workPerJoule());
          longer += energy * (bin.rate() / at.rate() - 1);
        }
      }
    }
    return new Cap(
        at.watts(),
        jobs,
        millijoules,
        saving,
        over > 0 ? longer / over : 0,
        at.workPerJoule() / bins.getLast().workPerJoule());
  }
}

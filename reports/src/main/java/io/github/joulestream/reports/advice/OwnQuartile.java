// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What jobs would have saved, had each done as much work per joule as the best quarter of its peers
 * did at least: sum of max(0, E - W / p75) over the jobs of one unit, model and number of GPUs. A
 * job that is in the period in part only saves in proportion to its energy in it.
 */
public final class OwnQuartile {
  private static final int BEST_QUARTER = 75;

  private final List<Peers> peers = new ArrayList<>();
  private final IdentityHashMap<JobFigures, Double> savings = new IdentityHashMap<>();

  /**
   * Jobs that are compared.
   *
   * @param jobs number of them
   * @param best 75th percentile of their work per joule
   * @param millijoules their energy in the period
   * @param saving of it, what they would have saved, mJ
   */
  public record Peers(
      String unit,
      String model,
      GpuCount gpus,
      int jobs,
      double best,
      double millijoules,
      double saving) {}

  /** Of these jobs; those without work or label {@code model} have no peers. */
  public OwnQuartile(List<JobFigures> jobs) {
    Map<String, List<JobFigures>> byPeers = new TreeMap<>();
    for (JobFigures job : jobs) {
      if (!job.peers().isEmpty()) {
        byPeers.computeIfAbsent(job.peers(), key -> new ArrayList<>()).add(job);
      }
    }
    for (List<JobFigures> group : byPeers.values()) {
      Spread.of(group.stream().mapToDouble(JobFigures::workPerJoule).toArray())
          .percentile(BEST_QUARTER)
          .ifPresent(best -> peers.add(saved(group, best)));
    }
  }

  private Peers saved(List<JobFigures> group, double best) {
    double millijoules = 0;
    double saving = 0;
    for (JobFigures job : group) {
      double saved = job.millijoules() * Math.max(0, 1 - job.workPerJoule() / best);
      savings.put(job, saved);
      millijoules += job.millijoules();
      saving += saved;
    }
    JobFigures any = group.getFirst();
    return new Peers(
        any.unit(), any.label("model"), any.gpus(), group.size(), best, millijoules, saving);
  }

  /** Groups of at least {@link Spread#FEWEST} jobs. */
  public List<Peers> peers() {
    return List.copyOf(peers);
  }

  /** What a job would have saved in the period, mJ; 0 if it has too few peers. */
  public double saving(JobFigures job) {
    return savings.getOrDefault(job, 0.0);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Contributor.Consumer;
import io.github.joulestream.energy.alerts.Scope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The power of a scope: a sum over its nodes, updated as they change. One thread. */
final class ScopePower {
  private static final int MAX_CONTRIBUTORS = 5;

  final Scope scope;
  final Set<AlertedNode> nodes = new LinkedHashSet<>();
  long milliwatts;
  // of jobs: GPUs held, and those of them that are busy
  long gpuBasisPoints;
  long gpuBusyBasisPoints;

  /** Its nodes that do not report. */
  int absent;

  /** True while the scope has a budget: then the sum is kept without nodes too. */
  boolean hasBudget;

  /** The energy of the scope, if it is added up. */
  @Nullable EnergyBuckets energy;

  /** True if the power or energy changed since the scope's budgets were evaluated. */
  boolean changed;

  ScopePower(Scope scope) {
    this.scope = scope;
  }

  /** Nodes that report, of those known, in basis points (1/10,000). */
  int completenessBasisPoints() {
    return nodes.isEmpty() ? 10_000 : (int) (10_000L * (nodes.size() - absent) / nodes.size());
  }

  /** Time of the latest reading of any of its nodes; there must be one. */
  long latestMillis() {
    return nodes.stream().mapToLong(node -> node.seenMillis).max().orElseThrow();
  }

  /** True if the sum can be removed. */
  boolean isUnused() {
    return nodes.isEmpty() && !hasBudget && energy == null;
  }

  /** The largest consumers: up to five jobs and five nodes, the largest first. */
  List<Contributor> contributors() {
    List<Contributor> found = new ArrayList<>();
    if (scope.kind() != Scope.Kind.JOB && scope.kind() != Scope.Kind.KIND) {
      Map<String, Long> jobs = new HashMap<>();
      for (AlertedNode node : nodes) {
        if (node.presence == AlertedNode.Presence.GONE) {
          continue;
        }
        List<JobPower> held = node.power.jobs();
        for (int j = 0; j < held.size(); j++) {
          if (belongs(node, j)) {
            jobs.merge(held.get(j).job(), held.get(j).milliwatts(), Long::sum);
          }
        }
      }
      found.addAll(largest(Consumer.JOB, jobs));
    }
    Map<String, Long> milliwattsByName = new HashMap<>();
    for (AlertedNode node : nodes) {
      milliwattsByName.put(node.name, node.milliwattsIn(this));
    }
    found.addAll(largest(Consumer.NODE, milliwattsByName));
    found.sort(Comparator.comparingLong(Contributor::milliwatts).reversed());
    return found;
  }

  private boolean belongs(AlertedNode node, int job) {
    return switch (scope.kind()) {
      case PROJECT -> node.projectAt[job] >= 0 && node.sums[node.projectAt[job]] == this;
      case USER -> node.userAt[job] >= 0 && node.sums[node.userAt[job]] == this;
      default -> true;
    };
  }

  private List<Contributor> largest(Consumer kind, Map<String, Long> milliwattsByName) {
    Comparator<Map.Entry<String, Long>> byPower = Map.Entry.comparingByValue();
    return milliwattsByName.entrySet().stream()
        .filter(entry -> entry.getValue() > 0)
        .sorted(byPower.reversed().thenComparing(Map.Entry.comparingByKey()))
        .limit(MAX_CONTRIBUTORS)
        .map(entry ->
            new Contributor(
                kind,
                entry.getKey(),
                milliwatts <= 0
                    ? 0
                    : (int) Math.min(10_000, Math.round(1e4 * entry.getValue() / milliwatts)),
                entry.getValue()))
        .toList();
  }
}

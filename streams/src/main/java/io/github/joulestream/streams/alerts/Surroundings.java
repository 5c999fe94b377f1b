// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.alerts.Caps;
import io.github.joulestream.energy.alerts.Contributor.Consumer;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.streams.alerts.AlertedNode.Presence;
import io.github.joulestream.streams.alerts.SitePower.Payer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** What a budget must know of its site beside its own sum. One thread. */
final class Surroundings {
  private static final int MAX_DRAWERS = 1_000;

  private final SitePower draws;
  private final Predicate<String> ended;

  /**
   * @param ended whether a job has ended
   */
  Surroundings(SitePower draws, Predicate<String> ended) {
    this.draws = draws;
    this.ended = ended;
  }

  /** True if the scope is a job that has ended: what its nodes draw is not its any more. */
  boolean isOver(ScopePower draw) {
    return draw.scope.kind() == Scope.Kind.JOB && ended.test(draw.scope.name());
  }

  /**
   * Since when nothing is known of what the scope draws, as text: no node of it counts any more.
   * Then its sum is 0, and that is no measurement. Null if something is known.
   */
  @Nullable String noDataSince(ScopePower draw) {
    // jobs, users and projects have no nodes any more when theirs are gone
    ScopePower known = draw.nodes.isEmpty() ? draws.site() : draw;
    if (known.nodes.isEmpty() || known.absent < known.nodes.size()) {
      return null;
    }
    return known.nodes.stream().allMatch(node -> node.presence == Presence.GONE)
        ? Figures.instant(known.latestMillis())
        : null;
  }

  /** Who could draw less: nodes or jobs of a scope, the largest. */
  List<Caps.Drawer> drawers(ScopePower draw) {
    List<Caps.Drawer> found = new ArrayList<>();
    if (BudgetWatch.advisesNodes(draw.scope)) {
      for (AlertedNode node : draw.nodes) {
        long total = node.power.totalMilliwatts();
        long part = node.in(draw);
        found.add(
            new Caps.Drawer(
                Consumer.NODE, node.name, part, floor(node, part, total), priority(node)));
      }
    } else {
      Map<String, long[]> jobs = new HashMap<>();
      for (AlertedNode node : draw.nodes) {
        List<JobPower> held = node.presence == Presence.GONE ? List.of() : node.power.jobs();
        for (JobPower job : held) {
          Payer payer = draws.payer(job.job());
          String name = draw.scope.kind() == Scope.Kind.USER ? payer.user() : payer.project();
          if (name.equals(draw.scope.name())) {
            long[] sums = jobs.computeIfAbsent(job.job(), _ -> new long[2]);
            sums[0] += job.milliwatts();
            sums[1] += floor(node, job.milliwatts(), node.power.totalMilliwatts());
          }
        }
      }
      jobs.forEach((job, sums) ->
          found.add(new Caps.Drawer(Consumer.JOB, job, sums[0], sums[1], priority(job))));
    }
    found.sort(
        Comparator.comparingLong(Caps.Drawer::milliwatts)
            .reversed()
            .thenComparing(Caps.Drawer::name));
    return found.subList(0, Math.min(MAX_DRAWERS, found.size()));
  }

  /** What a part of a node's power is when the node is idle. */
  private static long floor(AlertedNode node, long part, long total) {
    if (total <= 0) {
      return part;
    }
    return Math.min(part, (long) (part * (double) Math.min(node.floorMilliwatts, total) / total));
  }

  private int priority(AlertedNode node) {
    ToIntFunction<ScopePower> highest =
        draw -> draw.budgets.stream().mapToInt(one -> one.budget().priority()).max().orElse(0);
    return Arrays.stream(node.draws)
        .filter(draw -> draw.scope.kind() == Scope.Kind.NODES)
        .mapToInt(highest)
        .max()
        .orElse(0);
  }

  private int priority(String job) {
    Payer payer = draws.payer(job);
    int highest = priority(Scope.job(job));
    if (Scope.isName(payer.user())) {
      highest = Math.max(highest, priority(Scope.user(payer.user())));
    }
    if (Scope.isName(payer.project())) {
      highest = Math.max(highest, priority(Scope.project(payer.project())));
    }
    return highest;
  }

  private int priority(Scope scope) {
    ScopePower draw = draws.find(scope);
    return draw == null
        ? 0
        : draw.budgets.stream().mapToInt(one -> one.budget().priority()).max().orElse(0);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Caps;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.schemas.CapAdvice;
import io.github.joulestream.streams.alerts.AlertedNode.Presence;
import io.github.joulestream.streams.alerts.SitePower.Payer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Advises on caps that bring a scope back under its limit of power: of jobs where the scope is a
 * user or a project, else of nodes. One thread.
 */
final class CapAdvisor {
  private static final int MAX_CONSUMERS = 1_000;

  private final SitePower power;
  private final AlertEmitter emitter;
  private final ToIntFunction<Scope> priority;

  /**
   * @param priority the highest priority among the budgets of a scope; 0 without budget
   */
  CapAdvisor(SitePower power, AlertEmitter emitter, ToIntFunction<Scope> priority) {
    this.power = power;
    this.emitter = emitter;
    this.priority = priority;
  }

  /** Emits caps for a scope that is over its limit. */
  void advise(Budget budget, ScopePower sum, long now, long limitMilliwatts) {
    Caps caps = Caps.of(sum.milliwatts - limitMilliwatts, consumers(sum), budget.limit().advice());
    emit(budget, sum, now, limitMilliwatts, caps);
  }

  /** Emits that no caps are needed any more. */
  void withdraw(Budget budget, ScopePower sum, long now, long limitMilliwatts) {
    emit(budget, sum, now, limitMilliwatts, new Caps(List.of(), 0));
  }

  private void emit(Budget budget, ScopePower sum, long now, long limitMilliwatts, Caps caps) {
    emitter.emit(
        new CapAdvice(
            budget.site(),
            budget.id(),
            sum.scope.text(),
            now,
            limitMilliwatts,
            sum.milliwatts,
            caps.unmetMilliwatts(),
            budget.limit().advice(),
            caps.caps()));
  }

  /** Nodes or jobs of a scope, the largest first; 1,000 at most. */
  List<Caps.Consumer> consumers(ScopePower sum) {
    List<Caps.Consumer> found =
        switch (sum.scope.kind()) {
          case PROJECT, USER -> jobs(sum);
          case SITE, NODES, JOB, KIND, NODE, DEVICE -> nodes(sum);
        };
    found.sort(
        Comparator.comparingLong(Caps.Consumer::milliwatts)
            .reversed()
            .thenComparing(Caps.Consumer::name));
    return found.subList(0, Math.min(MAX_CONSUMERS, found.size()));
  }

  private List<Caps.Consumer> nodes(ScopePower sum) {
    List<Caps.Consumer> found = new ArrayList<>();
    for (AlertedNode node : sum.nodes) {
      long share = node.milliwattsIn(sum);
      found.add(
          new Caps.Consumer(
              Contributor.Consumer.NODE, node.name, share, floor(node, share), priority(node)));
    }
    return found;
  }

  private List<Caps.Consumer> jobs(ScopePower sum) {
    Map<String, long[]> jobs = new HashMap<>();
    for (AlertedNode node : sum.nodes) {
      List<JobPower> held = node.presence == Presence.GONE ? List.of() : node.power.jobs();
      for (JobPower job : held) {
        if (belongs(job.job(), sum.scope)) {
          long[] powerAndFloor = jobs.computeIfAbsent(job.job(), _ -> new long[2]);
          powerAndFloor[0] += job.milliwatts();
          powerAndFloor[1] += floor(node, job.milliwatts());
        }
      }
    }
    List<Caps.Consumer> found = new ArrayList<>();
    jobs.forEach((job, powerAndFloor) ->
        found.add(
            new Caps.Consumer(
                Contributor.Consumer.JOB, job, powerAndFloor[0], powerAndFloor[1], priority(job))));
    return found;
  }

  private boolean belongs(String job, Scope userOrProject) {
    Payer payer = power.payer(job);
    String name = userOrProject.kind() == Scope.Kind.USER ? payer.user() : payer.project();
    return name.equals(userOrProject.name());
  }

  /** The power at idle of a share of a node's power: the same share of the node's floor. */
  private static long floor(AlertedNode node, long share) {
    long total = node.power.totalMilliwatts();
    if (total <= 0) {
      return share;
    }
    return Math.min(share, (long) (share * (double) Math.min(node.floorMilliwatts, total) / total));
  }

  private int priority(AlertedNode node) {
    int highest = 0;
    boolean found = false;
    for (ScopePower sum : node.sums) {
      if (sum.scope.kind() == Scope.Kind.NODES) {
        int one = priority.applyAsInt(sum.scope);
        highest = found ? Math.max(highest, one) : one;
        found = true;
      }
    }
    return highest;
  }

  private int priority(String job) {
    Payer payer = power.payer(job);
    int highest = priority.applyAsInt(Scope.job(job));
    if (Scope.isName(payer.user())) {
      highest = Math.max(highest, priority.applyAsInt(Scope.user(payer.user())));
    }
    if (Scope.isName(payer.project())) {
      highest = Math.max(highest, priority.applyAsInt(Scope.project(payer.project())));
    }
    return highest;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.alerts.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The power of a site's scopes: sums over its nodes by site, kind of device, label, job, user and
 * project. A new value of a node changes the sums that hold it by the difference, so that the work
 * depends on the number of values and not on the size of the site. A node that does not report
 * keeps its last power in the sums until it counts as gone. One thread.
 */
final class SitePower {
  /** Who runs a job. */
  record Payer(String user, String project) {
    static final Payer UNKNOWN = new Payer("", "");
  }

  private static final DeviceKind[] KINDS = DeviceKind.values();
  private static final int[] NOWHERE = {};

  private final Map<Scope, ScopePower> sums = new HashMap<>();
  private final Map<String, AlertedNode> nodes = new LinkedHashMap<>();
  private final Map<String, Payer> payers = new HashMap<>();
  private final Map<String, Map<String, String>> labels = new HashMap<>();
  private final List<ScopePower> changedSums = new ArrayList<>();
  private final ScopePower site = of(Scope.SITE);

  /** The sum of a scope, which is updated from now on. */
  ScopePower of(Scope scope) {
    return sums.computeIfAbsent(scope, ScopePower::new);
  }

  @Nullable ScopePower find(Scope scope) {
    return sums.get(scope);
  }

  ScopePower site() {
    return site;
  }

  Collection<ScopePower> all() {
    return sums.values();
  }

  Collection<AlertedNode> nodes() {
    return nodes.values();
  }

  @Nullable AlertedNode node(String name) {
    return nodes.get(name);
  }

  Payer payer(String job) {
    return payers.getOrDefault(job, Payer.UNKNOWN);
  }

  Map<String, String> labels(String node) {
    return labels.getOrDefault(node, Map.of());
  }

  /**
   * Updates the power of a node.
   *
   * @param seenMillis time of its latest reading, not later than its arrival
   * @return the node, or null if a later power of it is known
   */
  @Nullable AlertedNode update(NodePower power, long seenMillis) {
    AlertedNode node = nodes.get(power.node());
    if (node == null) {
      node = new AlertedNode(power.node(), power, seenMillis);
      node.labels = labels.getOrDefault(node.name, Map.of());
      nodes.put(node.name, node);
      join(node);
      add(node);
    } else if (seenMillis < node.seenMillis) {
      return null;
    } else {
      node.seenMillis = seenMillis;
      appear(node);
      subtract(node);
      if (sameJobs(node.power.jobs(), power.jobs()) && node.sums.length > 0) {
        node.power = power;
      } else {
        leave(node);
        node.power = power;
        join(node);
      }
      add(node);
    }
    if (power.totalMilliwatts() > 0) {
      node.floorMilliwatts = Math.min(node.floorMilliwatts, power.totalMilliwatts());
    }
    if (!power.gpus().isEmpty()) {
      node.gpus = power.gpus();
    }
    if (power.capacity() != null) {
      node.capacity = power.capacity();
      node.capacityMillis = seenMillis;
    }
    return node;
  }

  private void appear(AlertedNode node) {
    if (node.presence != AlertedNode.Presence.REPORTING) {
      for (ScopePower sum : node.sums) {
        sum.absent--;
      }
      boolean gone = node.presence == AlertedNode.Presence.GONE;
      node.presence = AlertedNode.Presence.REPORTING;
      if (gone) {
        rejoin(node);
      }
    }
  }

  /** Its last power still counts, but it does not count as reporting. */
  void markSilent(AlertedNode node) {
    node.presence = AlertedNode.Presence.SILENT;
    for (ScopePower sum : node.sums) {
      sum.absent++;
      markChanged(sum);
    }
  }

  /** Its power no longer counts, and its jobs no longer run there; it still counts as absent. */
  void markGone(AlertedNode node) {
    if (node.presence == AlertedNode.Presence.REPORTING) {
      markSilent(node);
    }
    subtract(node);
    leave(node);
    node.presence = AlertedNode.Presence.GONE;
    join(node);
    add(node);
  }

  /** It no longer counts as absent. */
  void remove(AlertedNode node) {
    subtract(node);
    leave(node);
    nodes.remove(node.name);
  }

  /** Sets the labels of a node, be it known yet or not. */
  void setLabels(String name, Map<String, String> newLabels) {
    labels.put(name, newLabels);
    AlertedNode node = nodes.get(name);
    if (node != null && !node.labels.equals(newLabels)) {
      subtract(node);
      leave(node);
      node.labels = newLabels;
      join(node);
      add(node);
    }
  }

  void removeLabels(String name) {
    setLabels(name, Map.of());
    labels.remove(name);
  }

  /** Sets who runs a job. */
  void setPayer(String job, Payer payer) {
    Payer before = payers.put(job, payer);
    if (!payer.equals(before)) {
      rejoinAll(job);
    }
  }

  /** It is no longer known who runs a job. */
  void removePayer(String job) {
    if (payers.remove(job) != null) {
      rejoinAll(job);
    }
  }

  private void rejoinAll(String job) {
    ScopePower sum = sums.get(Scope.job(job));
    if (sum != null) {
      List.copyOf(sum.nodes).forEach(this::rejoin);
    }
  }

  private void rejoin(AlertedNode node) {
    subtract(node);
    leave(node);
    join(node);
    add(node);
  }

  /** The sums with a budget that changed since the last call, the site's first. */
  List<ScopePower> takeChanged() {
    List<ScopePower> all = new ArrayList<>(changedSums.size());
    if (site.changed) {
      all.add(site);
    }
    for (ScopePower sum : changedSums) {
      if (sum != site) {
        all.add(sum);
      }
      sum.changed = false;
    }
    changedSums.clear();
    return all;
  }

  /** The budgets of its scope are to be evaluated. */
  void markChanged(ScopePower sum) {
    if (!sum.changed && sum.hasBudget) {
      sum.changed = true;
      changedSums.add(sum);
    }
  }

  private static boolean sameJobs(List<JobPower> one, List<JobPower> other) {
    if (one.size() != other.size()) {
      return false;
    }
    for (int i = 0; i < one.size(); i++) {
      if (!one.get(i).job().equals(other.get(i).job())) {
        return false;
      }
    }
    return true;
  }

  // ---- a node's place among the sums: site, kinds, labels, then jobs, users and projects

  private void join(AlertedNode node) {
    List<ScopePower> list = new ArrayList<>();
    list.add(site);
    for (DeviceKind kind : KINDS) {
      list.add(of(Scope.kind(kind)));
    }
    node.labels.forEach((label, value) -> {
      if (Scope.isLabel(label, value)) {
        list.add(of(Scope.nodes(label, value)));
      }
    });
    List<JobPower> jobs = jobs(node);
    node.jobAt = jobs.isEmpty() ? NOWHERE : new int[jobs.size()];
    node.userAt = jobs.isEmpty() ? NOWHERE : new int[jobs.size()];
    node.projectAt = jobs.isEmpty() ? NOWHERE : new int[jobs.size()];
    for (int j = 0; j < jobs.size(); j++) {
      String job = jobs.get(j).job();
      node.jobAt[j] = place(list, new Scope(Scope.Kind.JOB, "", job));
      Payer payer = payer(job);
      node.userAt[j] = Scope.isName(payer.user) ? place(list, Scope.user(payer.user)) : -1;
      node.projectAt[j] =
          Scope.isName(payer.project) ? place(list, Scope.project(payer.project)) : -1;
    }
    node.sums = list.toArray(ScopePower[]::new);
    node.milliwattsBySum = new long[node.sums.length];
    for (ScopePower sum : node.sums) {
      sum.nodes.add(node);
      sum.absent += node.presence == AlertedNode.Presence.REPORTING ? 0 : 1;
    }
  }

  private int place(List<ScopePower> list, Scope scope) {
    ScopePower sum = of(scope);
    int at = list.indexOf(sum);
    if (at < 0) {
      at = list.size();
      list.add(sum);
    }
    return at;
  }

  private void leave(AlertedNode node) {
    for (ScopePower sum : node.sums) {
      sum.nodes.remove(node);
      sum.absent -= node.presence == AlertedNode.Presence.REPORTING ? 0 : 1;
      removeIfUnused(sum);
    }
    node.sums = AlertedNode.NO_SUMS;
  }

  /** Removes a sum without nodes, budget and energy. */
  void removeIfUnused(ScopePower sum) {
    if (sum != site && sum.isUnused()) {
      sums.remove(sum.scope);
    }
  }

  private static List<JobPower> jobs(AlertedNode node) {
    return node.presence == AlertedNode.Presence.GONE ? List.of() : node.power.jobs();
  }

  private void subtract(AlertedNode node) {
    for (int i = 0; i < node.sums.length; i++) {
      node.sums[i].milliwatts -= node.milliwattsBySum[i];
      markChanged(node.sums[i]);
    }
    List<JobPower> jobs = jobs(node);
    for (int j = 0; j < node.jobAt.length && node.sums.length > 0; j++) {
      ScopePower sum = node.sums[node.jobAt[j]];
      sum.gpuBasisPoints -= jobs.get(j).gpuBasisPoints();
      sum.gpuBusyBasisPoints -= jobs.get(j).gpuBusyBasisPoints();
    }
  }

  private void add(AlertedNode node) {
    Arrays.fill(node.milliwattsBySum, 0);
    if (node.presence != AlertedNode.Presence.GONE) {
      long total = node.power.totalMilliwatts();
      node.milliwattsBySum[0] = total;
      int at = 1;
      for (DeviceKind kind : KINDS) {
        node.milliwattsBySum[at++] = node.power.milliwatts(kind);
      }
      List<JobPower> jobs = node.power.jobs();
      int labelsEnd = jobs.isEmpty() ? node.sums.length : node.jobAt[0];
      while (at < labelsEnd) {
        node.milliwattsBySum[at++] = total;
      }
      for (int j = 0; j < jobs.size(); j++) {
        JobPower job = jobs.get(j);
        ScopePower sum = node.sums[node.jobAt[j]];
        sum.gpuBasisPoints += job.gpuBasisPoints();
        sum.gpuBusyBasisPoints += job.gpuBusyBasisPoints();
        node.milliwattsBySum[node.jobAt[j]] += job.milliwatts();
        if (node.userAt[j] >= 0) {
          node.milliwattsBySum[node.userAt[j]] += job.milliwatts();
        }
        if (node.projectAt[j] >= 0) {
          node.milliwattsBySum[node.projectAt[j]] += job.milliwatts();
        }
      }
    }
    for (int i = 0; i < node.sums.length; i++) {
      node.sums[i].milliwatts += node.milliwattsBySum[i];
      markChanged(node.sums[i]);
    }
  }
}

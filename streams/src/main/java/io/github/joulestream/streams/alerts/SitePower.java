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
 * What every part of a site draws: sums over its nodes by site, kind of device, label, job, user
 * and project. News of a node changes the sums it is in by the difference, so that the work is that
 * of the news and not of the site. A node that is not heard any more keeps its last power in the
 * sums until it counts as gone. One thread.
 */
final class SitePower {
  /** Who runs a job. */
  record Payer(String user, String project) {
    static final Payer UNKNOWN = new Payer("", "");
  }

  private static final DeviceKind[] KINDS = DeviceKind.values();
  private static final int[] NOWHERE = {};

  private final Map<Scope, ScopePower> draws = new HashMap<>();
  private final Map<String, AlertedNode> nodes = new LinkedHashMap<>();
  private final Map<String, Payer> payers = new HashMap<>();
  private final Map<String, Map<String, String>> labels = new HashMap<>();
  private final List<ScopePower> touched = new ArrayList<>();
  private final ScopePower site = of(Scope.SITE);

  /** The sum of a scope, which is kept up from now on. */
  ScopePower of(Scope scope) {
    return draws.computeIfAbsent(scope, ScopePower::new);
  }

  @Nullable ScopePower find(Scope scope) {
    return draws.get(scope);
  }

  ScopePower site() {
    return site;
  }

  Collection<ScopePower> all() {
    return draws.values();
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
   * Takes in what a node draws.
   *
   * @param seenMillis time of its latest reading, not later than it came
   * @return the node, or null if this is older than what is known of it
   */
  @Nullable AlertedNode take(NodePower power, long seenMillis) {
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
      if (sameJobs(node.power.jobs(), power.jobs()) && node.draws.length > 0) {
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
    return node;
  }

  private void appear(AlertedNode node) {
    if (node.presence != AlertedNode.Presence.REPORTING) {
      for (ScopePower draw : node.draws) {
        draw.absent--;
      }
      boolean gone = node.presence == AlertedNode.Presence.GONE;
      node.presence = AlertedNode.Presence.REPORTING;
      if (gone) {
        rejoin(node);
      }
    }
  }

  /** Its last power counts on, but it no longer counts as reporting. */
  void silent(AlertedNode node) {
    node.presence = AlertedNode.Presence.SILENT;
    for (ScopePower draw : node.draws) {
      draw.absent++;
      touch(draw);
    }
  }

  /** Its power no longer counts, and its jobs no longer run there; it is missed still. */
  void gone(AlertedNode node) {
    if (node.presence == AlertedNode.Presence.REPORTING) {
      silent(node);
    }
    subtract(node);
    leave(node);
    node.presence = AlertedNode.Presence.GONE;
    join(node);
    add(node);
  }

  /** It is not missed any more. */
  void forget(AlertedNode node) {
    subtract(node);
    leave(node);
    nodes.remove(node.name);
  }

  /** What is said of a node's place. */
  void label(String name, Map<String, String> newLabels) {
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

  void unlabel(String name) {
    label(name, Map.of());
    labels.remove(name);
  }

  /** What is said of a job. */
  void pay(String job, Payer payer) {
    Payer before = payers.put(job, payer);
    if (!payer.equals(before)) {
      rejoinAll(job);
    }
  }

  /** The job is over. */
  void forgetJob(String job) {
    if (payers.remove(job) != null) {
      rejoinAll(job);
    }
  }

  private void rejoinAll(String job) {
    ScopePower draw = draws.get(Scope.job(job));
    if (draw != null) {
      List.copyOf(draw.nodes).forEach(this::rejoin);
    }
  }

  private void rejoin(AlertedNode node) {
    subtract(node);
    leave(node);
    join(node);
    add(node);
  }

  /** The sums that changed since this was asked for last, the site's first. */
  List<ScopePower> takeTouched() {
    List<ScopePower> all = new ArrayList<>(touched.size());
    if (site.touched) {
      all.add(site);
    }
    for (ScopePower draw : touched) {
      if (draw != site) {
        all.add(draw);
      }
      draw.touched = false;
    }
    touched.clear();
    return all;
  }

  /** Its budgets are to be looked at. */
  void touch(ScopePower draw) {
    if (!draw.touched && !draw.budgets.isEmpty()) {
      draw.touched = true;
      touched.add(draw);
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
    node.draws = list.toArray(ScopePower[]::new);
    node.drew = new long[node.draws.length];
    for (ScopePower draw : node.draws) {
      draw.nodes.add(node);
      draw.absent += node.presence == AlertedNode.Presence.REPORTING ? 0 : 1;
    }
  }

  private int place(List<ScopePower> list, Scope scope) {
    ScopePower draw = of(scope);
    int at = list.indexOf(draw);
    if (at < 0) {
      at = list.size();
      list.add(draw);
    }
    return at;
  }

  private void leave(AlertedNode node) {
    for (ScopePower draw : node.draws) {
      draw.nodes.remove(node);
      draw.absent -= node.presence == AlertedNode.Presence.REPORTING ? 0 : 1;
      forgetIfUnused(draw);
    }
    node.draws = AlertedNode.NO_DRAWS;
  }

  void forgetIfUnused(ScopePower draw) {
    if (draw != site && draw.forgettable()) {
      draws.remove(draw.scope);
    }
  }

  private static List<JobPower> jobs(AlertedNode node) {
    return node.presence == AlertedNode.Presence.GONE ? List.of() : node.power.jobs();
  }

  private void subtract(AlertedNode node) {
    for (int i = 0; i < node.draws.length; i++) {
      node.draws[i].milliwatts -= node.drew[i];
      touch(node.draws[i]);
    }
    List<JobPower> jobs = jobs(node);
    for (int j = 0; j < node.jobAt.length && node.draws.length > 0; j++) {
      ScopePower draw = node.draws[node.jobAt[j]];
      draw.gpuBasisPoints -= jobs.get(j).gpuBasisPoints();
      draw.gpuBusyBasisPoints -= jobs.get(j).gpuBusyBasisPoints();
    }
  }

  private void add(AlertedNode node) {
    Arrays.fill(node.drew, 0);
    if (node.presence != AlertedNode.Presence.GONE) {
      long total = node.power.totalMilliwatts();
      node.drew[0] = total;
      int at = 1;
      for (DeviceKind kind : KINDS) {
        node.drew[at++] = node.power.milliwatts(kind);
      }
      List<JobPower> jobs = node.power.jobs();
      int labelsEnd = jobs.isEmpty() ? node.draws.length : node.jobAt[0];
      while (at < labelsEnd) {
        node.drew[at++] = total;
      }
      for (int j = 0; j < jobs.size(); j++) {
        JobPower job = jobs.get(j);
        ScopePower draw = node.draws[node.jobAt[j]];
        draw.gpuBasisPoints += job.gpuBasisPoints();
        draw.gpuBusyBasisPoints += job.gpuBusyBasisPoints();
        node.drew[node.jobAt[j]] += job.milliwatts();
        if (node.userAt[j] >= 0) {
          node.drew[node.userAt[j]] += job.milliwatts();
        }
        if (node.projectAt[j] >= 0) {
          node.drew[node.projectAt[j]] += job.milliwatts();
        }
      }
    }
    for (int i = 0; i < node.draws.length; i++) {
      node.draws[i].milliwatts += node.drew[i];
      touch(node.draws[i]);
    }
  }
}

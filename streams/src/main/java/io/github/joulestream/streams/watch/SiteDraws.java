// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.watch;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.budget.Scope;
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
final class SiteDraws {
  /** Who runs a job. */
  record Payer(String user, String project) {
    static final Payer UNKNOWN = new Payer("", "");
  }

  private static final DeviceKind[] KINDS = DeviceKind.values();
  private static final int[] NOWHERE = {};

  private final Map<Scope, Draw> draws = new HashMap<>();
  private final Map<String, WatchedNode> nodes = new LinkedHashMap<>();
  private final Map<String, Payer> payers = new HashMap<>();
  private final Map<String, Map<String, String>> labels = new HashMap<>();
  private final List<Draw> touched = new ArrayList<>();
  private final Draw site = of(Scope.SITE);

  /** The sum of a scope, which is kept up from now on. */
  Draw of(Scope scope) {
    return draws.computeIfAbsent(scope, Draw::new);
  }

  @Nullable Draw find(Scope scope) {
    return draws.get(scope);
  }

  Draw site() {
    return site;
  }

  Collection<Draw> all() {
    return draws.values();
  }

  Collection<WatchedNode> nodes() {
    return nodes.values();
  }

  @Nullable WatchedNode node(String name) {
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
  @Nullable WatchedNode take(NodePower power, long seenMillis) {
    WatchedNode node = nodes.get(power.node());
    if (node == null) {
      node = new WatchedNode(power.node(), power, seenMillis);
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

  private void appear(WatchedNode node) {
    if (node.presence != WatchedNode.Presence.REPORTING) {
      for (Draw draw : node.draws) {
        draw.absent--;
      }
      boolean gone = node.presence == WatchedNode.Presence.GONE;
      node.presence = WatchedNode.Presence.REPORTING;
      if (gone) {
        rejoin(node);
      }
    }
  }

  /** Its last power counts on, but it no longer counts as reporting. */
  void silent(WatchedNode node) {
    node.presence = WatchedNode.Presence.SILENT;
    for (Draw draw : node.draws) {
      draw.absent++;
      touch(draw);
    }
  }

  /** Its power no longer counts, and its jobs no longer run there; it is missed still. */
  void gone(WatchedNode node) {
    if (node.presence == WatchedNode.Presence.REPORTING) {
      silent(node);
    }
    subtract(node);
    leave(node);
    node.presence = WatchedNode.Presence.GONE;
    join(node);
    add(node);
  }

  /** It is not missed any more. */
  void forget(WatchedNode node) {
    subtract(node);
    leave(node);
    nodes.remove(node.name);
  }

  /** What is said of a node's place. */
  void label(String name, Map<String, String> newLabels) {
    labels.put(name, newLabels);
    WatchedNode node = nodes.get(name);
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
    Draw draw = draws.get(Scope.job(job));
    if (draw != null) {
      List.copyOf(draw.nodes).forEach(this::rejoin);
    }
  }

  private void rejoin(WatchedNode node) {
    subtract(node);
    leave(node);
    join(node);
    add(node);
  }

  /** The sums that changed since this was asked for last, the site's first. */
  List<Draw> takeTouched() {
    List<Draw> all = new ArrayList<>(touched.size());
    if (site.touched) {
      all.add(site);
    }
    for (Draw draw : touched) {
      if (draw != site) {
        all.add(draw);
      }
      draw.touched = false;
    }
    touched.clear();
    return all;
  }

  /** Its budgets are to be looked at. */
  void touch(Draw draw) {
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

  private void join(WatchedNode node) {
    List<Draw> list = new ArrayList<>();
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
    node.draws = list.toArray(Draw[]::new);
    node.drew = new long[node.draws.length];
    for (Draw draw : node.draws) {
      draw.nodes.add(node);
      draw.absent += node.presence == WatchedNode.Presence.REPORTING ? 0 : 1;
    }
  }

  private int place(List<Draw> list, Scope scope) {
    Draw draw = of(scope);
    int at = list.indexOf(draw);
    if (at < 0) {
      at = list.size();
      list.add(draw);
    }
    return at;
  }

  private void leave(WatchedNode node) {
    for (Draw draw : node.draws) {
      draw.nodes.remove(node);
      draw.absent -= node.presence == WatchedNode.Presence.REPORTING ? 0 : 1;
      forgetIfUnused(draw);
    }
    node.draws = WatchedNode.NO_DRAWS;
  }

  void forgetIfUnused(Draw draw) {
    if (draw != site && draw.forgettable()) {
      draws.remove(draw.scope);
    }
  }

  private static List<JobPower> jobs(WatchedNode node) {
    return node.presence == WatchedNode.Presence.GONE ? List.of() : node.power.jobs();
  }

  private void subtract(WatchedNode node) {
    for (int i = 0; i < node.draws.length; i++) {
      node.draws[i].milliwatts -= node.drew[i];
      touch(node.draws[i]);
    }
    List<JobPower> jobs = jobs(node);
    for (int j = 0; j < node.jobAt.length && node.draws.length > 0; j++) {
      Draw draw = node.draws[node.jobAt[j]];
      draw.gpuParts -= jobs.get(j).gpuParts();
      draw.gpuBusyParts -= jobs.get(j).gpuBusyParts();
    }
  }

  private void add(WatchedNode node) {
    Arrays.fill(node.drew, 0);
    if (node.presence != WatchedNode.Presence.GONE) {
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
        Draw draw = node.draws[node.jobAt[j]];
        draw.gpuParts += job.gpuParts();
        draw.gpuBusyParts += job.gpuBusyParts();
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

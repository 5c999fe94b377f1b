// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.NodePower.GpuPower;
import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Contributor.Consumer;
import io.github.joulestream.energy.alerts.Levels;
import io.github.joulestream.energy.alerts.PeerGroup;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.schemas.AlertMeasurement;
import io.github.joulestream.streams.alerts.AlertedNode.Presence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The rules that need no budget: jobs that hold GPUs idle, nodes and sites without data, devices
 * unlike their peers, counters that do not change, energy that does not balance. One thread.
 */
final class SiteRules {
  /** Without data for this long, a node is silent. */
  static final long SILENT_MILLIS = 60_000;

  /** Without data for this long, the last power of a node no longer counts. */
  static final long GONE_MILLIS = 600_000;

  /** Without data for this long, a node is removed. */
  static final long FORGOTTEN_MILLIS = 86_400_000;

  private static final long SILENT_ALERT_MILLIS = 120_000;
  private static final long STALE_MILLIS = 60_000;
  private static final double IDLE_RATIO = 0.05;
  private static final double IDLE_LEFT_RATIO = 0.1;
  private static final double MANY_RATIO = 0.1;
  private static final double MANY_LEFT_RATIO = 0.05;
  private static final int MIN_MANY = 3;
  private static final double OUTLIER_DEVIATIONS = 6;
  private static final double OUTLIER_LEFT_DEVIATIONS = 4;
  private static final long PEERS_MILLIS = 30_000;
  private static final long STUCK_MILLIS = 60_000;
  private static final int MAX_NAMED = 5;

  private static final AlertTiming IDLE_TIMING = new AlertTiming(600_000, 120_000, 600_000, 0);
  private static final AlertTiming SILENT_TIMING = new AlertTiming(0, 10_000, 300_000, 0);
  private static final AlertTiming OUTLIER_TIMING = new AlertTiming(300_000, 120_000, 600_000, 0);
  private static final AlertTiming STUCK_TIMING = new AlertTiming(0, 60_000, 300_000, 0);
  private static final AlertTiming LEDGER_TIMING = new AlertTiming(0, 60_000, 60_000, 0);
  private static final AlertTiming STALE_TIMING = new AlertTiming(0, 10_000, 60_000, 0);

  private final String site;
  private final SitePower power;
  private final AlertStates states;
  private final Predicate<String> hasEnded;
  private final Map<String, Long> stuckSeenMillis = new HashMap<>();
  private final Map<String, Long> stuckMillis = new HashMap<>();
  private final SourceConflicts conflicts;
  private final FailedRecords failed;
  private final ForgedRecords forged;
  private long peersMillis = Long.MIN_VALUE;

  /**
   * @param hasEnded whether a job has ended
   */
  SiteRules(String site, SitePower power, AlertStates states, Predicate<String> hasEnded) {
    this.site = site;
    this.power = power;
    this.states = states;
    this.hasEnded = hasEnded;
    this.conflicts = new SourceConflicts(states);
    this.failed = new FailedRecords(states);
    this.forged = new ForgedRecords(states);
  }

  /**
   * Evaluates all rules; called every few seconds.
   *
   * @param imbalanceMillijoules by how much measured energy differs from that of jobs and idle,
   *     over all windows
   * @param silent true if no data of the site arrive, or did until just now: then no alert about a
   *     single node fires
   */
  void sweep(long now, long imbalanceMillijoules, boolean silent) {
    states.beginRound();
    manySilent(now, silent);
    silentNodes(now, silent);
    idleJobs(now);
    stuckCounters(now);
    conflicts.sweep(now);
    failed.sweep(now);
    forged.sweep(now, site);
    ledger(now, imbalanceMillijoules);
    states.endRound(
        Rule.NODE_SILENT,
        now,
        SILENT_TIMING,
        "the node reports again, or was removed after a day without data");
    states.endRound(Rule.HELD_IDLE, now, IDLE_TIMING, "the job holds no GPUs any more that report");
    states.endRound(
        Rule.COUNTER_STUCK,
        now,
        STUCK_TIMING,
        "all its counters change again, or it does not report");
    if (peersMillis == Long.MIN_VALUE || Math.abs(now - peersMillis) >= PEERS_MILLIS) {
      peersMillis = now;
      deviatingDevices(now);
      states.endRound(
          Rule.DEVICE_OUTLIER,
          now,
          OUTLIER_TIMING,
          "its power is that of its peers again, or it does not report");
    }
  }

  /** These levels; while the site is silent no alert fires. */
  private Levels unlessSilent(Rule rule, Scope scope, Levels levels, boolean silent) {
    return silent && states.level(rule, scope) < 0 ? Levels.NONE : levels;
  }

  private void manySilent(long now, boolean silent) {
    ScopePower all = power.site();
    int known = all.nodes.size();
    boolean many = all.absent >= MIN_MANY;
    double ratio = known == 0 ? 0 : all.absent / (double) known;
    Levels levels = many ? Levels.between(ratio, MANY_RATIO, MANY_LEFT_RATIO) : Levels.NONE;
    states.step(
        Rule.NODES_SILENT,
        Scope.SITE,
        now,
        unlessSilent(Rule.NODES_SILENT, Scope.SITE, levels, silent),
        SILENT_TIMING,
        _ ->
            AlertDetails.ofRule(
                Severity.CRITICAL,
                new AlertMeasurement(
                    all.absent, MANY_RATIO * known, "nodes", 100, all.completenessBasisPoints()),
                named(),
                "%,d of %,d nodes of site %s do not report".formatted(all.absent, known, site)));
  }

  private List<Contributor> named() {
    return power.nodes().stream()
        .filter(node -> node.presence != Presence.REPORTING)
        .limit(MAX_NAMED)
        .map(node -> new Contributor(Consumer.NODE, node.name, 0, node.power.totalMilliwatts()))
        .toList();
  }

  private void silentNodes(long now, boolean silent) {
    for (AlertedNode node : power.nodes()) {
      long age = now - node.seenMillis;
      if ((node.presence == Presence.REPORTING && age < SILENT_ALERT_MILLIS)
          || !Scope.isName(node.name)) {
        continue; // its alarm, if it has one, is stepped at the end of the round
      }
      ScopePower all = power.site();
      Scope scope = Scope.node(node.name);
      Levels levels = age >= SILENT_ALERT_MILLIS ? Levels.ONE : Levels.NONE;
      states.step(
          Rule.NODE_SILENT,
          scope,
          now,
          unlessSilent(Rule.NODE_SILENT, scope, levels, silent),
          SILENT_TIMING,
          level ->
              AlertDetails.ofRule(
                  Severity.WARNING,
                  new AlertMeasurement(
                      age / 1e3,
                      SILENT_ALERT_MILLIS / 1e3,
                      "s",
                      100,
                      all.completenessBasisPoints()),
                  List.of(),
                  level < 0
                      ? "%s reports again".formatted(states.place(scope))
                      : "%s has not reported since %s"
                          .formatted(states.place(scope), Figures.instant(node.seenMillis))));
    }
  }

  private void idleJobs(long now) {
    for (ScopePower sum : power.all()) {
      if (sum.scope.kind() != Scope.Kind.JOB
          || sum.gpuBasisPoints <= 0
          || hasEnded.test(sum.scope.name())) {
        continue;
      }
      double busy = sum.gpuBusyBasisPoints / (double) sum.gpuBasisPoints;
      Levels levels =
          busy < IDLE_RATIO ? Levels.ONE : busy < IDLE_LEFT_RATIO ? Levels.BETWEEN : Levels.NONE;
      SitePower.Payer payer = power.payer(sum.scope.name());
      states.step(
          Rule.HELD_IDLE,
          sum.scope,
          now,
          levels,
          IDLE_TIMING,
          level ->
              AlertDetails.ofRule(
                  Severity.INFO,
                  new AlertMeasurement(
                      busy, IDLE_RATIO, "ratio", 100, sum.completenessBasisPoints()),
                  sum.contributors(),
                  Figures.format(
                      "%s%s holds %s that are %s busy; its power is %s",
                      states.place(sum.scope),
                      payer.user().isEmpty() ? "" : ", run by " + payer.user() + ",",
                      Figures.count(sum.gpuBasisPoints / 1e4, "GPU"),
                      Figures.percent(busy),
                      Quantities.power(sum.milliwatts))));
    }
  }

  /** An energy counter of this node did not change for so long within a window. */
  void stuck(String node, long now, long millis) {
    stuckSeenMillis.put(node, now);
    stuckMillis.put(node, millis);
  }

  /** Resolves all alerts of this node and of its devices. */
  void forgetNode(String node, long now) {
    stuckSeenMillis.remove(node);
    stuckMillis.remove(node);
    conflicts.forget(node);
    failed.forget(node);
    states.forgetAll(
        scope ->
            (scope.kind() == Scope.Kind.NODE && scope.name().equals(node))
                || (scope.kind() == Scope.Kind.DEVICE && scope.name().startsWith(node + "/")),
        now,
        "the node was forgotten");
  }

  /** So many readings of this node were refused, since another source reports their device. */
  void conflict(String node, long now, long readings, long batches) {
    conflicts.seen(node, now, readings, batches);
  }

  /** So many records of this node were not counted. */
  void failed(String node, long now, long records) {
    failed.seen(node, now, records);
  }

  /** A record of the site was refused, since nobody it names has signed it. */
  void forged(String topic, String name, long now) {
    forged.seen(topic, name, now);
  }

  private void stuckCounters(long now) {
    stuckSeenMillis.entrySet().removeIf(entry -> now - entry.getValue() >= STUCK_MILLIS);
    stuckMillis.keySet().retainAll(stuckSeenMillis.keySet());
    stuckMillis.forEach((node, millis) ->
        states.step(
            Rule.COUNTER_STUCK,
            Scope.node(node),
            now,
            Levels.ONE,
            STUCK_TIMING,
            _ ->
                AlertDetails.ofRule(
                    Severity.WARNING,
                    new AlertMeasurement(millis / 1e3, 0, "s", 100, 10_000),
                    List.of(),
                    "an energy counter of %s does not change though the node consumes power"
                        .formatted(states.place(Scope.node(node))))));
  }

  private void ledger(long now, long imbalanceMillijoules) {
    states.step(
        Rule.LEDGER_UNBALANCED,
        Scope.SITE,
        now,
        imbalanceMillijoules == 0 ? Levels.NONE : Levels.ONE,
        LEDGER_TIMING,
        _ ->
            AlertDetails.ofRule(
                Severity.CRITICAL,
                new AlertMeasurement(imbalanceMillijoules / 1e3, 0, "J", 100, 10_000),
                List.of(),
                Figures.format(
                    "energy of site %s does not balance: measured energy differs from that of jobs and idle by %,d mJ",
                    site, imbalanceMillijoules)));
  }

  private record Device(AlertedNode node, GpuPower gpu) {}

  /** Compares devices with those of the same sort that are as busy, to ten percent. */
  private void deviatingDevices(long now) {
    Map<String, List<Device>> groups = new HashMap<>();
    for (AlertedNode node : power.nodes()) {
      if (node.presence != Presence.REPORTING) {
        continue;
      }
      String sort = node.labels.getOrDefault("gpu", "");
      for (GpuPower gpu : node.gpus) {
        if (gpu.utilisationBasisPoints() >= 0) {
          groups
              .computeIfAbsent(
                  sort + "\0" + gpu.utilisationBasisPoints() / 1_000, _ -> new ArrayList<>())
              .add(new Device(node, gpu));
        }
      }
    }
    groups.values().stream()
        .filter(group -> group.size() >= PeerGroup.FEWEST)
        .forEach(group -> compare(group, now));
  }

  private void compare(List<Device> group, long now) {
    PeerGroup peers =
        PeerGroup.of(group.stream().mapToLong(device -> device.gpu.milliwatts()).toArray());
    for (Device device : group) {
      double score = peers.score(device.gpu.milliwatts());
      Levels levels = Levels.between(Math.abs(score), OUTLIER_DEVIATIONS, OUTLIER_LEFT_DEVIATIONS);
      String name = device.node.name + "/" + device.gpu.id();
      if (levels.equals(Levels.NONE) || !Scope.isName(name)) {
        continue; // its alarm, if it has one, is stepped at the end of the round
      }
      states.step(
          Rule.DEVICE_OUTLIER,
          Scope.device(device.node.name, device.gpu.id()),
          now,
          levels,
          OUTLIER_TIMING,
          _ ->
              AlertDetails.ofRule(
                  Severity.INFO,
                  new AlertMeasurement(score, OUTLIER_DEVIATIONS, "deviations", 100, 10_000),
                  List.of(),
                  Figures.format(
                      "power of %s of node %s of site %s is %s; the median of %,d others that are as busy is %s",
                      device.gpu.id(),
                      device.node.name,
                      site,
                      Quantities.power(device.gpu.milliwatts()),
                      group.size() - 1,
                      Quantities.power(Math.round(peers.median())))));
    }
  }

  /**
   * Evaluates whether the site reports at all. The one rule that needs the wall clock; sites whose
   * data are of the past are not judged.
   *
   * @param dataMillis time of the latest data
   * @param withoutDataMillis time since a record of the site arrived, by the wall clock
   */
  void freshness(long dataMillis, long withoutDataMillis) {
    states.step(
        Rule.SITE_STALE,
        Scope.SITE,
        dataMillis + withoutDataMillis,
        withoutDataMillis >= STALE_MILLIS ? Levels.ONE : Levels.NONE,
        STALE_TIMING,
        level ->
            AlertDetails.ofRule(
                Severity.CRITICAL,
                new AlertMeasurement(
                    withoutDataMillis / 1e3,
                    STALE_MILLIS / 1e3,
                    "s",
                    100,
                    level < 0 ? power.site().completenessBasisPoints() : 0),
                List.of(),
                level < 0
                    ? "site %s reports again".formatted(site)
                    : "no data of site %s since %s".formatted(site, Figures.instant(dataMillis))));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.NodePower.GpuPower;
import io.github.joulestream.energy.alerts.Alarm.Patience;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Contributor.Consumer;
import io.github.joulestream.energy.alerts.Levels;
import io.github.joulestream.energy.alerts.PeerGroup;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.streams.alerts.AlertStates.Saying;
import io.github.joulestream.streams.alerts.AlertedNode.Presence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The rules that need no budget: jobs that hold GPUs idle, nodes and sites that are not heard, odd
 * devices, counters that stand still, books that do not balance. One thread.
 */
final class SiteRules {
  /** Not heard for this long, a node is silent. */
  static final long SILENT_MILLIS = 60_000;

  /** Not heard for this long, its last power no longer counts. */
  static final long GONE_MILLIS = 600_000;

  /** Not heard for this long, it is not missed any more. */
  static final long FORGOTTEN_MILLIS = 86_400_000;

  private static final long SILENT_ALERT_MILLIS = 120_000;
  private static final long STALE_MILLIS = 60_000;
  private static final double IDLE_RATIO = 0.05;
  private static final double IDLE_LEFT_RATIO = 0.1;
  private static final double MANY_RATIO = 0.1;
  private static final double MANY_LEFT_RATIO = 0.05;
  private static final int MIN_MANY = 3;
  private static final double ODD_DEVIATIONS = 6;
  private static final double ODD_LEFT_DEVIATIONS = 4;
  private static final long PEERS_MILLIS = 30_000;
  private static final long STUCK_MILLIS = 60_000;
  private static final int MAX_NAMED = 5;

  private static final Patience IDLE_PATIENCE = new Patience(600_000, 120_000, 600_000);
  private static final Patience SILENT_PATIENCE = new Patience(0, 10_000, 300_000);
  private static final Patience ODD_PATIENCE = new Patience(300_000, 120_000, 600_000);
  private static final Patience STUCK_PATIENCE = new Patience(0, 60_000, 300_000);
  private static final Patience LEDGER_PATIENCE = new Patience(0, 60_000, 60_000);
  private static final Patience STALE_PATIENCE = new Patience(0, 10_000, 60_000);

  private final String site;
  private final SitePower draws;
  private final AlertStates book;
  private final Predicate<String> ended;
  private final Map<String, Long> stuckSeenMillis = new HashMap<>();
  private final Map<String, Long> stuckMillis = new HashMap<>();
  private final SourceConflicts conflicts;
  private final FailedRecords failed;
  private long peersMillis = Long.MIN_VALUE;

  /**
   * @param ended whether a job has ended
   */
  SiteRules(String site, SitePower draws, AlertStates book, Predicate<String> ended) {
    this.site = site;
    this.draws = draws;
    this.book = book;
    this.ended = ended;
    this.conflicts = new SourceConflicts(book);
    this.failed = new FailedRecords(book);
  }

  /**
   * Looks at everything; asked every few seconds.
   *
   * @param unbalancedMillijoules by how much the books of the site do not balance, over all windows
   * @param silent true if nothing comes of the whole site, or did until just now: then nothing new
   *     is said of its nodes
   */
  void sweep(long now, long unbalancedMillijoules, boolean silent) {
    book.beginRound();
    manySilent(now, silent);
    silentNodes(now, silent);
    idleJobs(now);
    stuckCounters(now);
    conflicts.sweep(now);
    failed.sweep(now);
    ledger(now, unbalancedMillijoules);
    book.endRound(
        Rule.NODE_SILENT, now, SILENT_PATIENCE, "it reports again, or is not missed any more");
    book.endRound(
        Rule.HELD_IDLE, now, IDLE_PATIENCE, "it holds no GPUs of which anything is known any more");
    book.endRound(
        Rule.COUNTER_STUCK,
        now,
        STUCK_PATIENCE,
        "no counter of it is known to stand still any more");
    if (peersMillis == Long.MIN_VALUE || Math.abs(now - peersMillis) >= PEERS_MILLIS) {
      peersMillis = now;
      oddDevices(now);
      book.endRound(
          Rule.DEVICE_OUTLIER,
          now,
          ODD_PATIENCE,
          "it draws like others that are as busy, or is not known to draw anything");
    }
  }

  /** Levels of something that is there or not; while the site is silent nothing new is said. */
  private Levels unlessSilent(Rule rule, Scope scope, Levels levels, boolean silent) {
    return silent && book.level(rule, scope) < 0 ? Levels.NONE : levels;
  }

  private void manySilent(long now, boolean silent) {
    ScopePower all = draws.site();
    int known = all.nodes.size();
    boolean many = all.absent >= MIN_MANY;
    double ratio = known == 0 ? 0 : all.absent / (double) known;
    Levels levels = many ? Levels.between(ratio, MANY_RATIO, MANY_LEFT_RATIO) : Levels.NONE;
    book.step(
        Rule.NODES_SILENT,
        Scope.SITE,
        now,
        unlessSilent(Rule.NODES_SILENT, Scope.SITE, levels, silent),
        SILENT_PATIENCE,
        _ ->
            saying(
                Severity.CRITICAL,
                all.absent,
                MANY_RATIO * known,
                "nodes",
                all.completenessBasisPoints(),
                named(),
                "%,d of %,d nodes of site %s do not report".formatted(all.absent, known, site)));
  }

  private List<Contributor> named() {
    return draws.nodes().stream()
        .filter(node -> node.presence != Presence.REPORTING)
        .limit(MAX_NAMED)
        .map(node -> new Contributor(Consumer.NODE, node.name, 0, node.power.totalMilliwatts()))
        .toList();
  }

  private void silentNodes(long now, boolean silent) {
    for (AlertedNode node : draws.nodes()) {
      long age = now - node.seenMillis;
      if ((node.presence == Presence.REPORTING && age < SILENT_ALERT_MILLIS)
          || !Scope.isName(node.name)) {
        continue; // its alarm, if it has one, is ended with the round
      }
      ScopePower all = draws.site();
      Scope scope = Scope.node(node.name);
      Levels levels = age >= SILENT_ALERT_MILLIS ? Levels.ONE : Levels.NONE;
      book.step(
          Rule.NODE_SILENT,
          scope,
          now,
          unlessSilent(Rule.NODE_SILENT, scope, levels, silent),
          SILENT_PATIENCE,
          level ->
              saying(
                  Severity.WARNING,
                  age / 1e3,
                  SILENT_ALERT_MILLIS / 1e3,
                  "s",
                  all.completenessBasisPoints(),
                  List.of(),
                  level < 0
                      ? "%s reports again".formatted(book.place(scope))
                      : "%s has not reported since %s"
                          .formatted(book.place(scope), Figures.instant(node.seenMillis))));
    }
  }

  private void idleJobs(long now) {
    for (ScopePower draw : draws.all()) {
      if (draw.scope.kind() != Scope.Kind.JOB
          || draw.gpuBasisPoints <= 0
          || ended.test(draw.scope.name())) {
        continue;
      }
      double busy = draw.gpuBusyBasisPoints / (double) draw.gpuBasisPoints;
      Levels levels =
          busy < IDLE_RATIO ? Levels.ONE : busy < IDLE_LEFT_RATIO ? Levels.BETWEEN : Levels.NONE;
      SitePower.Payer payer = draws.payer(draw.scope.name());
      book.step(
          Rule.HELD_IDLE,
          draw.scope,
          now,
          levels,
          IDLE_PATIENCE,
          level ->
              saying(
                  Severity.INFO,
                  busy,
                  IDLE_RATIO,
                  "ratio",
                  draw.completenessBasisPoints(),
                  draw.contributors(),
                  Figures.format(
                      "%s%s holds %s, %s busy, and draws %s",
                      book.place(draw.scope),
                      payer.user().isEmpty() ? "" : ", run by " + payer.user() + ",",
                      Figures.count(draw.gpuBasisPoints / 1e4, "GPU"),
                      Figures.percent(busy),
                      Figures.power(draw.milliwatts))));
    }
  }

  /** An energy counter of this node stood still for so long within a window. */
  void stuck(String node, long now, long millis) {
    stuckSeenMillis.put(node, now);
    stuckMillis.put(node, millis);
  }

  /** Nothing is said of this node any more. */
  void forgetNode(String node, long now) {
    stuckSeenMillis.remove(node);
    stuckMillis.remove(node);
    conflicts.forget(node);
    failed.forget(node);
    book.forgetAll(
        scope ->
            (scope.kind() == Scope.Kind.NODE && scope.name().equals(node))
                || (scope.kind() == Scope.Kind.DEVICE && scope.name().startsWith(node + "/")),
        now,
        "the node was forgotten");
  }

  /** So many readings of this node were refused, since another source speaks for their device. */
  void conflict(String node, long now, long readings, long batches) {
    conflicts.seen(node, now, readings, batches);
  }

  /** So many records of this node were not booked. */
  void failed(String node, long now, long records) {
    failed.seen(node, now, records);
  }

  private void stuckCounters(long now) {
    stuckSeenMillis.entrySet().removeIf(entry -> now - entry.getValue() >= STUCK_MILLIS);
    stuckMillis.keySet().retainAll(stuckSeenMillis.keySet());
    stuckMillis.forEach((node, millis) ->
        book.step(
            Rule.COUNTER_STUCK,
            Scope.node(node),
            now,
            Levels.ONE,
            STUCK_PATIENCE,
            _ ->
                saying(
                    Severity.WARNING,
                    millis / 1e3,
                    0,
                    "s",
                    10_000,
                    List.of(),
                    "an energy counter of %s stands still though power is drawn"
                        .formatted(book.place(Scope.node(node))))));
  }

  private void ledger(long now, long unbalancedMillijoules) {
    book.step(
        Rule.LEDGER_UNBALANCED,
        Scope.SITE,
        now,
        unbalancedMillijoules == 0 ? Levels.NONE : Levels.ONE,
        LEDGER_PATIENCE,
        _ ->
            saying(
                Severity.CRITICAL,
                unbalancedMillijoules / 1e3,
                0,
                "J",
                10_000,
                List.of(),
                Figures.format(
                    "the books of site %s do not balance: measured, and jobs and idle, differ by %,d mJ",
                    site, unbalancedMillijoules)));
  }

  private record Device(AlertedNode node, GpuPower gpu) {}

  /** Devices against those of the same sort that are as busy, to ten percent. */
  private void oddDevices(long now) {
    Map<String, List<Device>> groups = new HashMap<>();
    for (AlertedNode node : draws.nodes()) {
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
      Levels levels = Levels.between(Math.abs(score), ODD_DEVIATIONS, ODD_LEFT_DEVIATIONS);
      String name = device.node.name + "/" + device.gpu.id();
      if (levels.equals(Levels.NONE) || !Scope.isName(name)) {
        continue; // its alarm, if it has one, is ended with the round
      }
      book.step(
          Rule.DEVICE_OUTLIER,
          Scope.device(device.node.name, device.gpu.id()),
          now,
          levels,
          ODD_PATIENCE,
          _ ->
              saying(
                  Severity.INFO,
                  score,
                  ODD_DEVIATIONS,
                  "deviations",
                  10_000,
                  List.of(),
                  Figures.format(
                      "%s of node %s of site %s draws %s; %,d others that are as busy draw %s",
                      device.gpu.id(),
                      device.node.name,
                      site,
                      Figures.power(device.gpu.milliwatts()),
                      group.size() - 1,
                      Figures.power(Math.round(peers.median())))));
    }
  }

  /**
   * Looks whether the site reports at all. The one rule that needs the wall clock; sites whose data
   * is of the past are not judged.
   *
   * @param dataMillis time of the latest data
   * @param unheardMillis how long ago anything came of the site
   */
  void freshness(long dataMillis, long unheardMillis) {
    book.step(
        Rule.SITE_STALE,
        Scope.SITE,
        dataMillis + unheardMillis,
        unheardMillis >= STALE_MILLIS ? Levels.ONE : Levels.NONE,
        STALE_PATIENCE,
        level ->
            saying(
                Severity.CRITICAL,
                unheardMillis / 1e3,
                STALE_MILLIS / 1e3,
                "s",
                level < 0 ? draws.site().completenessBasisPoints() : 0,
                List.of(),
                level < 0
                    ? "site %s reports again".formatted(site)
                    : "no data of site %s since %s".formatted(site, Figures.instant(dataMillis))));
  }

  static Saying saying(
      Severity severity,
      double value,
      double limit,
      String unit,
      int completenessBasisPoints,
      List<Contributor> contributors,
      String summary) {
    return new Saying(
        "",
        severity,
        value,
        limit,
        unit,
        100,
        completenessBasisPoints,
        contributors,
        summary,
        "",
        "");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.NodeWindows;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.streams.alerts.AlertedNode.Presence;
import io.github.joulestream.streams.alerts.SitePower.Payer;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The alerts of one site: takes its records, keeps its clock, and evaluates budgets and rules. Time
 * is that of the site's data: the latest reading of any node, as long as it is not ahead of its own
 * arrival. One thread.
 */
final class SiteWatch {
  private static final long SWEEP_MILLIS = 5_000;
  private static final long EXPIRY_MILLIS = 60_000;
  private static final long JOB_LIFE_MILLIS = 7_200_000;
  private static final long LIVE_MILLIS = 600_000;

  private final AlertStateStore store;
  private final SitePower power = new SitePower();
  private final SiteEnergy energy;
  private final NodePowerLog powerLog;
  private final AlertStates states;
  private final SiteRules rules;
  private final SiteBudgets budgets;
  private final CapacityWatch capacity;

  /** Ends of jobs that have ended, Unix epoch, ms. */
  private final Map<String, Long> endedJobs = new HashMap<>();

  private long now = Long.MIN_VALUE;
  private long storedNow = Long.MIN_VALUE;
  private long arrivedMillis = Long.MIN_VALUE;
  // by the wall clock; and whether anything arrived since its last tick
  private long receivedMillis = Long.MIN_VALUE;
  private boolean received;
  private long sweptMillis = Long.MIN_VALUE;
  // after a silence of the site its nodes are not judged before
  private long nodesDueMillis = Long.MIN_VALUE;
  private long expiredMillis = Long.MIN_VALUE;

  SiteWatch(String site, AlertStateStore store, AlertEmitter emitter) {
    this.store = store;
    this.energy = new SiteEnergy(power, store);
    this.powerLog = new NodePowerLog(site, store);
    this.states = new AlertStates(site, store, emitter);
    this.rules = new SiteRules(site, power, states, endedJobs::containsKey);
    this.budgets = new SiteBudgets(power, energy, states, emitter, endedJobs::containsKey);
    this.capacity = new CapacityWatch(site, power, store, emitter);
  }

  /** Time of the site's data. */
  long now() {
    return now;
  }

  SitePower power() {
    return power;
  }

  /**
   * Takes a record, and evaluates what it may change.
   *
   * @throws RuntimeException if the program failed: then this is to be restored from its store
   */
  void accept(SiteEvent event) {
    switch (event) {
      case SiteEvent.Power(PowerSnapshot snapshot, byte[] wire, long arrivalMillis) ->
          accept(snapshot, wire, arrivalMillis);
      case SiteEvent.EnergyOfSite(SiteWindow window, long arrivalMillis) ->
          accept(window, arrivalMillis);
      case SiteEvent.EnergyOfNodes(NodeWindows windows) -> {
        windows.windows().forEach(this::accept);
        evaluate();
      }
      case SiteEvent.EnergyOfJobs(JobWindows windows, long arrivalMillis) ->
          accept(windows, arrivalMillis);
      case SiteEvent.NodeDescribed(NodeRecord node, byte[] wire) -> {
        power.setLabels(node.node(), node.labels());
        store.put(StateSection.LABELS, node.node(), wire);
        evaluate();
      }
      case SiteEvent.NodeForgotten(String node) -> forgetNode(node);
      case SiteEvent.JobDescribed(JobRecord job, byte[] wire) -> {
        store.put(StateSection.JOB, job.job(), wire);
        describe(job);
        evaluate();
      }
      case SiteEvent.JobForgotten(String job) -> forgetJob(job);
      case SiteEvent.BudgetSet(Budget budget, byte[] wire) -> {
        store.put(StateSection.BUDGET, budget.id(), wire);
        budgets.put(budget, now);
        evaluate();
      }
      case SiteEvent.BudgetRemoved(String id) -> {
        store.delete(StateSection.BUDGET, id);
        if (budgets.remove(id, now)) {
          states.updateInhibition();
        }
      }
      case SiteEvent.RecordForged(String topic, String name, long arrivalMillis) -> {
        // noted by the time of the site's data, as all alerts are
        rules.forged(topic, name, now == Long.MIN_VALUE ? arrivalMillis : now);
        evaluate();
      }
      case SiteEvent.AlertCleared(var alert) -> {
        states.clear(alert, now);
        states.updateInhibition();
      }
      case SiteEvent.SiteForgotten() -> states.forgetAll(_ -> true, now, "the site was forgotten");
      case SiteEvent.WallClock(long epochMillis) -> wallClock(epochMillis);
    }
  }

  // ---- power

  private void accept(PowerSnapshot snapshot, byte[] wire, long arrivalMillis) {
    received = true;
    arrivedMillis = Math.max(arrivedMillis, arrivalMillis);
    long latest = now;
    for (NodePower one : snapshot.nodes()) {
      latest = Math.max(latest, NodePowerLog.seenMillis(one, snapshot));
    }
    if (latest != Long.MIN_VALUE) {
      capacity.moveTo(latest);
    }
    PowerRecord record = powerLog.newRecord(snapshot);
    for (NodePower one : snapshot.nodes()) {
      AlertedNode node = power.update(one, NodePowerLog.seenMillis(one, snapshot));
      if (node != null) {
        now = Math.max(now, node.seenMillis);
        powerLog.assign(record, node);
      }
    }
    powerLog.write(record, wire);
    if (sweptMillis > now) {
      sweptMillis = Long.MIN_VALUE; // by the wall clock; from here on by the data again
    }
    evaluate();
  }

  private void evaluate() {
    if (now == Long.MIN_VALUE) {
      return;
    }
    // while the site is silent, time is ahead of its data
    long asOf = Math.max(now, sweptMillis);
    boolean sweep = sweptMillis == Long.MIN_VALUE || asOf - sweptMillis >= SWEEP_MILLIS;
    if (sweep) {
      sweep(asOf);
    } else {
      budgets.evaluateChanged(asOf);
    }
    states.updateInhibition();
    if (now != storedNow || sweep) {
      storeClock();
    }
  }

  /**
   * Evaluates all budgets and rules.
   *
   * @param asOf time of the data, or, while none arrive, that plus the time without data
   */
  private void sweep(long asOf) {
    sweptMillis = asOf;
    updatePresence(asOf);
    budgets.evaluateAll(asOf);
    rules.sweep(asOf, energy.imbalanceMillijoules(), asOf < nodesDueMillis);
    expire(asOf);
  }

  private void storeClock() {
    storedNow = now;
    store.put(
        StateSection.CLOCK,
        "",
        StateEntry.content(out -> {
          out.writeLong(now);
          out.writeLong(arrivedMillis);
          out.writeLong(sweptMillis);
        }));
  }

  private void updatePresence(long asOf) {
    for (AlertedNode node : List.copyOf(power.nodes())) {
      long age = asOf - node.seenMillis;
      if (age >= SiteRules.FORGOTTEN_MILLIS) {
        remove(node);
      } else if (age >= SiteRules.GONE_MILLIS) {
        if (node.presence != Presence.GONE) {
          power.markGone(node);
          powerLog.writeAlone(node);
        }
      } else if (age >= SiteRules.SILENT_MILLIS && node.presence == Presence.REPORTING) {
        power.markSilent(node);
        powerLog.writeAlone(node);
      }
    }
  }

  private void remove(AlertedNode node) {
    power.remove(node);
    powerLog.remove(node);
  }

  /**
   * Moves on with the wall clock. What counts is when this instance received a record of the site,
   * and not when that was sent: after a restart it has a while to catch up. While nothing arrives,
   * all is evaluated as of the wall clock's progress, so that no alert stays as it was when the
   * data ended.
   */
  private void wallClock(long wallMillis) {
    if (received) {
      received = false;
      receivedMillis = wallMillis;
    } else if (receivedMillis == Long.MIN_VALUE) {
      // it was silent before the restart, or has all the time it needs
      receivedMillis = wallMillis - (now == Long.MIN_VALUE ? 0 : Math.max(0, sweptMillis - now));
    }
    // data of the past, as in a replay, is never fresh
    if (now != Long.MIN_VALUE && arrivedMillis - now < LIVE_MILLIS) {
      long withoutDataMillis = Math.max(0, wallMillis - receivedMillis);
      rules.freshness(now, withoutDataMillis);
      if (withoutDataMillis >= SiteRules.SILENT_MILLIS
          && now + withoutDataMillis - sweptMillis >= SWEEP_MILLIS) {
        // when they report again, not all do at once
        nodesDueMillis = now + withoutDataMillis + SiteRules.SILENT_MILLIS;
        sweep(now + withoutDataMillis);
        storeClock();
      }
      states.updateInhibition();
    }
  }

  // ---- nodes, jobs and budgets

  private void forgetNode(String name) {
    power.removeLabels(name);
    store.delete(StateSection.LABELS, name);
    AlertedNode node = power.node(name);
    if (node != null) {
      remove(node);
    }
    rules.forgetNode(name, now);
    evaluate();
  }

  private void forgetJob(String job) {
    power.removePayer(job);
    store.delete(StateSection.JOB, job);
    endedJobs.remove(job);
    states.forgetAll(scope -> scope.equals(Scope.job(job)), now, "the job was forgotten");
    evaluate();
  }

  private void describe(JobRecord job) {
    power.setPayer(job.job(), new Payer(job.details().user(), job.details().project()));
    if (job.state().ended()) {
      endedJobs.put(job.job(), Math.max(0, job.span().endEpochMillis()));
      states.endAll(Scope.job(job.job()), now, "the job has ended");
    } else {
      endedJobs.remove(job.job());
    }
  }

  /**
   * Checks a budget before it is set.
   *
   * @throws IllegalArgumentException with one line for a person if another limits the same
   */
  void check(Budget budget) {
    budgets.check(budget);
  }

  // ---- energy

  private void accept(SiteWindow window, long arrivalMillis) {
    if (window.windowMillis() != Windows.MILLIS) {
      return; // of the same readings
    }
    if (energy.add(window, arrivalMillis)) {
      // what is only counted is counted when it arrived, which may be long after the data
      now = Math.max(now, Math.min(window.windowStartEpochMillis(), arrivalMillis));
    }
    evaluate();
  }

  private void accept(JobWindows windows, long arrivalMillis) {
    boolean isOfABudget = false;
    for (JobWindow window : windows.windows()) {
      isOfABudget |= energy.add(window, arrivalMillis);
    }
    if (isOfABudget) {
      evaluate();
    }
  }

  private void accept(NodeWindow window) {
    Totals<SiteAmount> totals = window.totals();
    long start = window.windowStartEpochMillis();
    long stuck = totals.get(SiteAmount.COUNTER_STUCK_MILLIS);
    if (stuck > 0) {
      rules.stuck(window.node(), Math.max(now, start), stuck);
    }
    long conflicting = totals.get(SiteAmount.REFUSED_CONFLICT);
    long rivals = totals.get(SiteAmount.RIVAL_AGENT_BATCHES);
    if (conflicting > 0 || rivals > 0) {
      rules.conflict(window.node(), Math.max(now, start), conflicting, rivals);
    }
    long failed = totals.get(SiteAmount.FAILED_RECORDS);
    if (failed > 0) {
      // counted when it arrived, which may be long after the site's data
      rules.failed(window.node(), now == Long.MIN_VALUE ? start : now, failed);
    }
    energy.add(window);
  }

  /** Deletes the state of windows, buckets and jobs that nothing needs any more, once a minute. */
  private void expire(long asOf) {
    if (arrivedMillis == Long.MIN_VALUE) {
      return;
    }
    // while nothing arrives, time passes all the same
    long arrived = arrivedMillis + (asOf - now);
    if (expiredMillis != Long.MIN_VALUE && Math.abs(arrived - expiredMillis) < EXPIRY_MILLIS) {
      return;
    }
    expiredMillis = arrived;
    energy.expire(arrived, asOf);
    endedJobs
        .entrySet()
        .removeIf(entry -> {
          ScopePower sum = power.find(Scope.job(entry.getKey()));
          boolean expired =
              asOf - entry.getValue() >= JOB_LIFE_MILLIS && (sum == null || sum.nodes.isEmpty());
          if (expired) {
            power.removePayer(entry.getKey());
            store.delete(StateSection.JOB, entry.getKey());
          }
          return expired;
        });
  }

  // ---- restart

  /** Restores an entry; entries come in the order of their sections. */
  void restore(StateEntry entry) throws IOException {
    switch (entry.section()) {
      case CLOCK -> {
        DataInputStream in = entry.fields();
        now = in.readLong();
        arrivedMillis = in.readLong();
        sweptMillis = in.readLong();
        if (sweptMillis > now) {
          nodesDueMillis = sweptMillis + SiteRules.SILENT_MILLIS;
        }
      }
      case LABELS ->
          power.setLabels(
              entry.name(),
              WireSerdes.nodes()
                  .deserializer()
                  .deserialize(Topic.NODES.topicName(), entry.content())
                  .labels());
      case JOB ->
          describe(
              WireSerdes.jobs()
                  .deserializer()
                  .deserialize(Topic.JOBS.topicName(), entry.content()));
      case POWER -> powerLog.restoreRecord(entry, power);
      case FLOOR -> powerLog.restoreFloor(entry, power);
      case BUDGET ->
          budgets.put(
              WireSerdes.budgets()
                  .deserializer()
                  .deserialize(Topic.BUDGETS.topicName(), entry.content()),
              now);
      case ENERGY -> energy.restoreBucket(entry);
      case WINDOW -> energy.restoreWindow(entry);
      case ALARM -> states.restore(entry);
      case CAPACITY, POOL_ORDER, POOL_PEAKS -> capacity.restore(entry);
    }
  }

  /** All entries were restored. */
  void restored() {
    powerLog.deleteSuperseded();
    if (sweptMillis != Long.MIN_VALUE) {
      updatePresence(sweptMillis);
    }
    // all was evaluated before the restart
    power.takeChanged();
  }

  @Nullable BudgetWatch budget(String id) {
    return budgets.find(id);
  }
}

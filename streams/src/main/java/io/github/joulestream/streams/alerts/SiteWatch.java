// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.Balance;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.streams.alerts.AlertStateStore.Part;
import io.github.joulestream.streams.alerts.AlertedNode.Kept;
import io.github.joulestream.streams.alerts.AlertedNode.Presence;
import io.github.joulestream.streams.alerts.SitePower.Payer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The watch over one site: what its parts draw and have drawn, its budgets, and the rules. Time is
 * that of the site's data: the latest reading of any node, as long as it is not ahead of its own
 * arrival. One thread.
 */
final class SiteWatch {
  private static final long SWEEP_MILLIS = 5_000;
  // as long as the accounting may still change a window, and ten minutes
  private static final long WINDOW_LIFE_MILLIS = 80 * 60_000;
  private static final long JOB_LIFE_MILLIS = 7_200_000;
  private static final long LIVE_MILLIS = 600_000;
  private static final String OF_SITE = "site\0";
  private static final String OF_JOB = "job\0";

  /** What a window held when it was told last: energies, and by how much they do not balance. */
  @SuppressWarnings("ArrayRecordComponent") // never handed out
  private record Window(long arrivalMillis, long[] millijoules) {}

  private final String site;
  private final AlertStateStore keeper;
  private final SitePower draws = new SitePower();
  private final AlertStates book;
  private final SiteRules rules;
  private final Surroundings surroundings;
  private final Map<String, BudgetWatch> budgets = new LinkedHashMap<>();
  private final Map<String, Window> windows = new HashMap<>();
  private final Map<String, Long> unbalanced = new HashMap<>();
  private final Map<String, Long> endedJobs = new HashMap<>();
  // no node's latest news are in these any more
  private final List<Kept> superseded = new ArrayList<>();
  private long nextKept;

  private long now = Long.MIN_VALUE;
  private long keptNow = Long.MIN_VALUE;
  private long arrivedMillis = Long.MIN_VALUE;
  // by the wall clock, and whether anything came since it was asked last
  private long heardMillis = Long.MIN_VALUE;
  private boolean heard;
  private long sweptMillis = Long.MIN_VALUE;
  // of a site that was silent as a whole, its nodes are not judged before
  private long nodesDueMillis = Long.MIN_VALUE;
  private long purgedMillis = Long.MIN_VALUE;

  SiteWatch(String site, AlertStateStore keeper) {
    this.site = site;
    this.keeper = keeper;
    this.book = new AlertStates(site, keeper);
    this.rules = new SiteRules(site, draws, book, endedJobs::containsKey);
    this.surroundings = new Surroundings(draws, endedJobs::containsKey);
    draws.site().meter = new EnergyBuckets();
    for (DeviceKind kind : DeviceKind.values()) {
      draws.of(Scope.kind(kind)).meter = new EnergyBuckets();
    }
  }

  /** Time of the site's data. */
  long now() {
    return now;
  }

  SitePower draws() {
    return draws;
  }

  // ---- power

  /**
   * Takes in what nodes draw.
   *
   * @param value the same as it came
   */
  void take(PowerSnapshot live, byte[] value, long arrivalMillis) {
    heard = true;
    arrivedMillis = Math.max(arrivedMillis, arrivalMillis);
    Kept kept = new Kept(nextKept, live.nodes().size());
    for (NodePower power : live.nodes()) {
      AlertedNode node = draws.take(power, seen(power, live));
      if (node != null) {
        now = Math.max(now, node.seenMillis);
        keepIn(kept, node);
        if (node.floorMilliwatts != node.keptFloorMilliwatts) {
          node.keptFloorMilliwatts = node.floorMilliwatts;
          keeper.put(
              Part.FLOOR,
              node.name,
              ByteBuffer.allocate(Long.BYTES).putLong(node.floorMilliwatts).array());
        }
      }
    }
    put(kept, value);
    if (sweptMillis > now) {
      sweptMillis = Long.MIN_VALUE; // by the wall clock; from here on by the data again
    }
    evaluate();
  }

  /** A clock that is ahead must not move the site's. */
  private static long seen(NodePower power, PowerSnapshot live) {
    return Math.min(power.epochMillis(), live.epochMillis());
  }

  private void put(Kept kept, byte[] value) {
    if (kept.nodes > 0) {
      nextKept++;
      keeper.put(Part.POWER, kept.name(), value);
    }
    dropSuperseded();
  }

  private void dropSuperseded() {
    for (Kept one : superseded) {
      keeper.delete(Part.POWER, one.name());
    }
    superseded.clear();
  }

  /** A node that is not heard must not hold the record of all that came with its last news. */
  private void keepAlone(AlertedNode node) {
    if (node.kept != null && node.kept.told == 1) {
      return;
    }
    Kept alone = new Kept(nextKept, 1);
    keepIn(alone, node);
    PowerSnapshot live = new PowerSnapshot(site, 0, node.seenMillis, List.of(node.power));
    put(alone, WireSerdes.powerSnapshot().serializer().serialize("power-snapshot", live));
  }

  /** Where the latest news of a node are written down from now on. */
  private void keepIn(@Nullable Kept kept, AlertedNode node) {
    if (kept != null) {
      kept.nodes++;
    }
    Kept before = node.kept;
    node.kept = kept;
    if (before != null && --before.nodes == 0) {
      superseded.add(before);
    }
  }

  private void evaluate() {
    if (now == Long.MIN_VALUE) {
      return;
    }
    // while the site is silent it is later than its data say
    long asOf = Math.max(now, sweptMillis);
    boolean sweep = sweptMillis == Long.MIN_VALUE || asOf - sweptMillis >= SWEEP_MILLIS;
    if (sweep) {
      sweep(asOf);
    } else {
      for (ScopePower draw : draws.takeTouched()) {
        for (BudgetWatch budget : draw.budgets) {
          budget.evaluate(asOf);
        }
      }
    }
    book.settle();
    if (now != keptNow || sweep) {
      keepClock();
    }
  }

  /**
   * Looks at everything.
   *
   * @param asOf time of the data, or, while none comes, what that would be by now
   */
  private void sweep(long asOf) {
    sweptMillis = asOf;
    notePresence(asOf);
    draws.takeTouched();
    // of the whole site first: its alerts say what those of its parts would
    for (BudgetWatch budget : budgets.values()) {
      if (budget.draw() == draws.site()) {
        budget.evaluate(asOf);
      }
    }
    for (BudgetWatch budget : budgets.values()) {
      if (budget.draw() != draws.site()) {
        budget.evaluate(asOf);
      }
    }
    long difference = 0;
    for (long one : unbalanced.values()) {
      difference += Math.abs(one);
    }
    rules.sweep(asOf, difference, asOf < nodesDueMillis);
    purge(asOf);
  }

  private void keepClock() {
    keptNow = now;
    keeper.put(
        Part.CLOCK,
        "",
        AlertStateStore.bytes(out -> {
          out.writeLong(now);
          out.writeLong(arrivedMillis);
          out.writeLong(sweptMillis);
        }));
  }

  private void notePresence(long asOf) {
    for (AlertedNode node : List.copyOf(draws.nodes())) {
      long age = asOf - node.seenMillis;
      if (age >= SiteRules.FORGOTTEN_MILLIS) {
        forget(node);
      } else if (age >= SiteRules.GONE_MILLIS) {
        if (node.presence != Presence.GONE) {
          draws.gone(node);
          keepAlone(node);
        }
      } else if (age >= SiteRules.SILENT_MILLIS && node.presence == Presence.REPORTING) {
        draws.silent(node);
        keepAlone(node);
      }
    }
  }

  private void forget(AlertedNode node) {
    draws.forget(node);
    keepIn(null, node);
    dropSuperseded();
    keeper.delete(Part.FLOOR, node.name);
  }

  /**
   * The wall clock moves on. What counts is when this watch received something of the site, and not
   * when that was sent: after a restart it has a while to catch up. While nothing comes everything
   * is looked at as of the wall clock's progress, so that what is said of the site does not stay as
   * it was when its data ended.
   */
  void wallClock(long wallMillis) {
    if (heard) {
      heard = false;
      heardMillis = wallMillis;
    } else if (heardMillis == Long.MIN_VALUE) {
      // it was silent before the restart, or has all the time it needs
      heardMillis = wallMillis - (now == Long.MIN_VALUE ? 0 : Math.max(0, sweptMillis - now));
    }
    // data of the past, as in a replay, is never fresh
    if (now != Long.MIN_VALUE && arrivedMillis - now < LIVE_MILLIS) {
      long unheard = Math.max(0, wallMillis - heardMillis);
      rules.freshness(now, unheard);
      if (unheard >= SiteRules.SILENT_MILLIS && now + unheard - sweptMillis >= SWEEP_MILLIS) {
        // when they come again, they do not come all at once
        nodesDueMillis = now + unheard + SiteRules.SILENT_MILLIS;
        sweep(now + unheard);
        keepClock();
      }
      book.settle();
    }
  }

  // ---- who is where, and who pays

  void take(NodeRecord record, byte[] value) {
    draws.label(record.node(), record.labels());
    keeper.put(Part.LABELS, record.node(), value);
    evaluate();
  }

  /** Nothing of the node stays; if it reports again it is a new one. */
  void forgetNode(String name) {
    draws.unlabel(name);
    keeper.delete(Part.LABELS, name);
    AlertedNode node = draws.node(name);
    if (node != null) {
      forget(node);
    }
    rules.forgetNode(name, now);
    evaluate();
  }

  /** Ends all alerts: nothing of the site stays. */
  void forgetSite() {
    book.forgetAll(_ -> true, now, "the site was forgotten");
  }

  /** A person has ended an alert, and told of it. */
  void cleared(Alert alert) {
    book.cleared(alert, now);
    book.settle();
  }

  void take(JobRecord record, byte[] value) {
    draws.pay(record.job(), new Payer(record.details().user(), record.details().project()));
    keeper.put(Part.JOB, record.job(), value);
    noteEnd(record);
    evaluate();
  }

  /** What is said of a job is withdrawn: whose it is is not known any more. */
  void forgetJob(String job) {
    draws.forgetJob(job);
    keeper.delete(Part.JOB, job);
    endedJobs.remove(job);
    book.forgetAll(alarm -> alarm.equals(Scope.job(job)), now, "the job was forgotten");
    evaluate();
  }

  private void noteEnd(JobRecord record) {
    if (record.state().ended()) {
      endedJobs.put(record.job(), Math.max(0, record.span().endEpochMillis()));
      book.endAll(Scope.job(record.job()), now, "the job has ended");
    } else {
      endedJobs.remove(record.job());
    }
  }

  // ---- budgets

  /**
   * Looks whether there is another budget for the same.
   *
   * @throws IllegalArgumentException with one line for a person if there is
   */
  void check(Budget budget) {
    ScopePower draw = draws.find(budget.scope());
    if (draw != null) {
      for (BudgetWatch other : draw.budgets) {
        if (other.budget().overlaps(budget)) {
          throw new IllegalArgumentException(
              "budget %s limits the same of %s as %s does: remove that one first"
                  .formatted(budget.id(), budget.scope().text(), other.budget().id()));
        }
      }
    }
  }

  /** Puts a budget in force, in place of the one of that name. */
  void set(Budget budget, byte[] value) {
    keeper.put(Part.BUDGET, budget.id(), value);
    setKept(budget);
    evaluate();
  }

  private void setKept(Budget budget) {
    BudgetWatch before = budgets.get(budget.id());
    if (before != null
        && before.budget().scope().equals(budget.scope())
        && before.budget().quantity() == budget.quantity()) {
      before.set(budget);
    } else {
      if (before != null) {
        drop(before);
      }
      ScopePower draw = draws.of(budget.scope());
      BudgetWatch watch = new BudgetWatch(budget, draw, book, keeper, surroundings);
      draw.budgets.add(watch);
      budgets.put(budget.id(), watch);
      if (budget.quantity().isEnergy() && draw.meter == null) {
        draw.meter = new EnergyBuckets();
      }
    }
    draws.touch(draws.of(budget.scope()));
  }

  void removeBudget(String id) {
    keeper.delete(Part.BUDGET, id);
    BudgetWatch watch = budgets.get(id);
    if (watch != null) {
      drop(watch);
      book.settle();
    }
  }

  private void drop(BudgetWatch watch) {
    watch.remove(now);
    budgets.remove(watch.budget().id());
    ScopePower draw = watch.draw();
    draw.budgets.remove(watch);
    EnergyBuckets meter = draw.meter;
    boolean stillAsked = draw.budgets.stream().anyMatch(one -> one.budget().quantity().isEnergy());
    if (meter != null && !stillAsked && !alwaysMetered(draw)) {
      meter.bucketKeys().forEach(bucket -> keeper.delete(Part.ENERGY, energyKey(draw, bucket)));
      draw.meter = null;
    }
    draws.forgetIfUnused(draw);
  }

  private static boolean alwaysMetered(ScopePower draw) {
    return draw.scope.kind() == Scope.Kind.SITE || draw.scope.kind() == Scope.Kind.KIND;
  }

  // ---- energy

  void take(SiteWindow window, long arrivalMillis) {
    if (window.windowMillis() != Windows.MILLIS) {
      return; // of the same readings
    }
    Totals<SiteAmount> totals = window.totals();
    List<Balance> balances = Balance.ALL;
    long[] energies = new long[balances.size() + 2];
    for (int i = 0; i < balances.size(); i++) {
      energies[i] = totals.get(balances.get(i).measured());
    }
    energies[balances.size()] = totals.get(SiteAmount.FACILITY_MILLIJOULES);
    long difference = Balance.totalDifference(totals);
    energies[balances.size() + 1] = difference;
    long start = window.windowStartEpochMillis();
    String name = OF_SITE + start + "\0" + window.fragmentEpochMillis();
    if (difference == 0) {
      unbalanced.remove(name);
    } else {
      unbalanced.put(name, difference);
    }
    long[] more = replace(name, energies, arrivalMillis);
    for (int i = 0; i < balances.size(); i++) {
      DeviceKind kind = balances.get(i).kind();
      addEnergy(kind == null ? draws.site() : draws.of(Scope.kind(kind)), start, more[i]);
    }
    addEnergy(draws.of(Scope.kind(DeviceKind.FACILITY)), start, more[balances.size()]);
    if (energies[0] != 0 || energies[balances.size()] != 0) {
      // what is only counted is counted when it arrived, which may be long after the data
      now = Math.max(now, Math.min(start, arrivalMillis));
    }
    evaluate();
  }

  /** An increment: of one window and node all of them add up. */
  void take(NodeWindow window) {
    Totals<SiteAmount> totals = window.totals();
    long stuck = totals.get(SiteAmount.COUNTER_STUCK_MILLIS);
    if (stuck > 0) {
      rules.stuck(window.node(), Math.max(now, window.windowStartEpochMillis()), stuck);
    }
    long conflicting = totals.get(SiteAmount.REFUSED_CONFLICT);
    long rivals = totals.get(SiteAmount.RIVAL_AGENT_BATCHES);
    if (conflicting > 0 || rivals > 0) {
      rules.conflict(
          window.node(), Math.max(now, window.windowStartEpochMillis()), conflicting, rivals);
    }
    long failed = totals.get(SiteAmount.FAILED_RECORDS);
    if (failed > 0) {
      // counted when it arrived, which may be long after the site's data
      rules.failed(
          window.node(), now == Long.MIN_VALUE ? window.windowStartEpochMillis() : now, failed);
    }
    draws
        .labels(window.node())
        .forEach((label, value) -> {
          ScopePower draw =
              Scope.isLabel(label, value) ? draws.find(Scope.nodes(label, value)) : null;
          if (draw != null) {
            addEnergy(
                draw,
                window.windowStartEpochMillis(),
                totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES));
          }
        });
    evaluate();
  }

  /** The whole window so far. */
  void take(JobWindow window, long arrivalMillis) {
    Payer payer = draws.payer(window.job());
    List<ScopePower> asked = new ArrayList<>();
    addIfMetered(asked, Scope.job(window.job()));
    if (Scope.isName(payer.user())) {
      addIfMetered(asked, Scope.user(payer.user()));
    }
    if (Scope.isName(payer.project())) {
      addIfMetered(asked, Scope.project(payer.project()));
    }
    if (asked.isEmpty()) {
      return;
    }
    long start = window.windowStartEpochMillis();
    String name = OF_JOB + window.job() + "\0" + start + "\0" + window.fragmentEpochMillis();
    long[] energy = {window.totals().get(JobAmount.TOTAL_MILLIJOULES)};
    long more = replace(name, energy, arrivalMillis)[0];
    asked.forEach(draw -> addEnergy(draw, start, more));
    evaluate();
  }

  private void addIfMetered(List<ScopePower> asked, Scope scope) {
    ScopePower draw = draws.find(scope);
    if (draw != null && draw.meter != null) {
      asked.add(draw);
    }
  }

  /** Keeps what a window holds; how much more that is than before. */
  private long[] replace(String name, long[] millijoules, long arrivalMillis) {
    Window before = windows.put(name, new Window(arrivalMillis, millijoules));
    keeper.put(
        Part.WINDOW,
        name,
        AlertStateStore.bytes(out -> {
          out.writeLong(arrivalMillis);
          for (long one : millijoules) {
            out.writeLong(one);
          }
        }));
    long[] more = millijoules.clone();
    if (before != null) {
      for (int i = 0; i < more.length; i++) {
        more[i] -= before.millijoules[i];
      }
    }
    return more;
  }

  private void addEnergy(ScopePower draw, long epochMillis, long millijoules) {
    EnergyBuckets meter = draw.meter;
    if (meter != null && millijoules != 0) {
      long bucket = EnergyBuckets.bucket(epochMillis);
      long sum = meter.add(bucket, millijoules);
      keeper.put(
          Part.ENERGY,
          energyKey(draw, bucket),
          ByteBuffer.allocate(Long.BYTES).putLong(sum).array());
      draws.touch(draw);
    }
  }

  private static String energyKey(ScopePower draw, long bucket) {
    return draw.scope.text() + "\0" + bucket;
  }

  /** Forgets what nobody can ask for any more. */
  private void purge(long asOf) {
    if (arrivedMillis == Long.MIN_VALUE) {
      return;
    }
    // while nothing arrives time goes by all the same
    long arrived = arrivedMillis + (asOf - now);
    if (purgedMillis != Long.MIN_VALUE && Math.abs(arrived - purgedMillis) < 60_000) {
      return;
    }
    purgedMillis = arrived;
    windows
        .entrySet()
        .removeIf(entry -> {
          boolean over = arrived - entry.getValue().arrivalMillis >= WINDOW_LIFE_MILLIS;
          if (over) {
            keeper.delete(Part.WINDOW, entry.getKey());
            unbalanced.remove(entry.getKey());
          }
          return over;
        });
    for (ScopePower draw : draws.all()) {
      EnergyBuckets meter = draw.meter;
      if (meter != null) {
        meter
            .forgetBefore(asOf)
            .forEach(bucket -> keeper.delete(Part.ENERGY, energyKey(draw, bucket)));
      }
    }
    endedJobs
        .entrySet()
        .removeIf(entry -> {
          ScopePower draw = draws.find(Scope.job(entry.getKey()));
          boolean over =
              asOf - entry.getValue() >= JOB_LIFE_MILLIS && (draw == null || draw.nodes.isEmpty());
          if (over) {
            draws.forgetJob(entry.getKey());
            keeper.delete(Part.JOB, entry.getKey());
          }
          return over;
        });
  }

  // ---- after a crash

  /** Takes in what was written down; parts in their order. */
  void restore(Part part, String name, byte[] value) {
    ByteBuffer bytes = ByteBuffer.wrap(value);
    switch (part) {
      case CLOCK -> {
        now = bytes.getLong();
        arrivedMillis = bytes.getLong();
        sweptMillis = bytes.getLong();
        if (sweptMillis > now) {
          nodesDueMillis = sweptMillis + SiteRules.SILENT_MILLIS;
        }
      }
      case LABELS -> {
        NodeRecord record = WireSerdes.nodes().deserializer().deserialize("nodes", value);
        draws.label(name, record.labels());
      }
      case JOB -> {
        JobRecord record = WireSerdes.jobs().deserializer().deserialize("jobs", value);
        draws.pay(name, new Payer(record.details().user(), record.details().project()));
        noteEnd(record);
      }
      case POWER -> {
        PowerSnapshot live =
            WireSerdes.powerSnapshot().deserializer().deserialize("power-snapshot", value);
        Kept kept = new Kept(HexFormat.fromHexDigitsToLong(name), live.nodes().size());
        nextKept = kept.number + 1;
        for (NodePower power : live.nodes()) {
          AlertedNode node = draws.take(power, seen(power, live));
          if (node != null) {
            keepIn(kept, node);
          }
        }
        if (kept.nodes == 0) {
          superseded.add(kept);
        }
      }
      case FLOOR -> {
        AlertedNode node = draws.node(name);
        if (node != null) {
          node.floorMilliwatts = bytes.getLong();
          node.keptFloorMilliwatts = node.floorMilliwatts;
        }
      }
      case BUDGET -> setKept(WireSerdes.budgets().deserializer().deserialize("budgets", value));
      case ENERGY -> {
        int at = name.lastIndexOf('\0');
        ScopePower draw = draws.of(Scope.parse(name.substring(0, at)));
        EnergyBuckets meter = draw.meter == null ? new EnergyBuckets() : draw.meter;
        draw.meter = meter;
        meter.set(Long.parseLong(name.substring(at + 1)), bytes.getLong());
      }
      case WINDOW -> {
        long arrival = bytes.getLong();
        long[] energies = new long[bytes.remaining() / Long.BYTES];
        for (int i = 0; i < energies.length; i++) {
          energies[i] = bytes.getLong();
        }
        windows.put(name, new Window(arrival, energies));
        if (name.startsWith(OF_SITE) && energies[energies.length - 1] != 0) {
          unbalanced.put(name, energies[energies.length - 1]);
        }
      }
      case ALARM -> book.restore(value);
    }
  }

  /** Everything that was written down was taken in. */
  void restored() {
    dropSuperseded();
    if (sweptMillis != Long.MIN_VALUE) {
      notePresence(sweptMillis);
    }
    // it was all looked at before
    draws.takeTouched();
  }

  @Nullable BudgetWatch budget(String id) {
    return budgets.get(id);
  }
}

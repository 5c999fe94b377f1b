// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.Balance;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.streams.alerts.SitePower.Payer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The energy of a site's scopes by quarters of an hour: of the site and of kinds of devices always,
 * of other scopes while they have an energy budget. Windows of a site and of jobs are totals that
 * replace earlier ones, so the last of each is kept and the difference is added; windows of nodes
 * are increments. One thread.
 */
final class SiteEnergy {
  // as long as the accounting may still change a window, and ten minutes
  private static final long WINDOW_LIFE_MILLIS = 80 * 60_000;

  /** The kinds of meters of a site, whose energies follow those of the balances. */
  private static final List<DeviceKind> METERS =
      Arrays.stream(DeviceKind.values()).filter(DeviceKind::isSiteMeter).toList();

  private static final int OF_SITE_COUNT = Balance.ALL.size() + METERS.size() + 1;
  // version of the windows' format
  private static final int WITH_ALL_METERS = 2;
  private static final String OF_SITE = "site\0";
  private static final String OF_JOB = "job\0";

  /** The energies of a window as they arrived last; of a site the last is the imbalance. */
  @SuppressWarnings("ArrayRecordComponent") // never handed out
  private record Window(long arrivalMillis, long[] millijoules) {}

  private final SitePower power;
  private final AlertStateStore store;
  private final Map<String, Window> windows = new HashMap<>();
  private final Map<String, Long> imbalances = new HashMap<>();

  SiteEnergy(SitePower power, AlertStateStore store) {
    this.power = power;
    this.store = store;
    start(power.site());
    for (DeviceKind kind : DeviceKind.values()) {
      start(power.of(Scope.kind(kind)));
    }
  }

  /** Adds up the energy of a scope from now on. */
  void start(ScopePower sum) {
    if (sum.energy == null) {
      sum.energy = new EnergyBuckets();
    }
  }

  /** Deletes the energy of a scope, unless it is always added up. */
  void stop(ScopePower sum) {
    EnergyBuckets buckets = sum.energy;
    if (buckets != null && !isPermanent(sum.scope)) {
      buckets.starts().forEach(start -> store.delete(StateSection.ENERGY, bucketName(sum, start)));
      sum.energy = null;
    }
  }

  private static boolean isPermanent(Scope scope) {
    return scope.kind() == Scope.Kind.SITE || scope.kind() == Scope.Kind.KIND;
  }

  /**
   * Adds a window of the site.
   *
   * @return true if it holds energy that was measured
   */
  boolean add(SiteWindow window, long arrivalMillis) {
    Totals<SiteAmount> totals = window.totals();
    List<Balance> balances = Balance.ALL;
    long[] energies = new long[OF_SITE_COUNT];
    for (int i = 0; i < balances.size(); i++) {
      energies[i] = totals.get(balances.get(i).measured());
    }
    boolean measured = energies[0] != 0;
    for (int i = 0; i < METERS.size(); i++) {
      long ofMeters = totals.get(SiteAmount.measured(METERS.get(i)));
      energies[balances.size() + i] = ofMeters;
      measured |= ofMeters != 0;
    }
    long imbalance = Balance.totalDifference(totals);
    energies[energies.length - 1] = imbalance;
    long start = window.windowStartEpochMillis();
    String name = OF_SITE + start + "\0" + window.fragmentEpochMillis();
    setImbalance(name, imbalance);
    long[] more = replace(name, energies, arrivalMillis);
    for (int i = 0; i < balances.size(); i++) {
      DeviceKind kind = balances.get(i).kind();
      addEnergy(kind == null ? power.site() : power.of(Scope.kind(kind)), start, more[i]);
    }
    for (int i = 0; i < METERS.size(); i++) {
      addEnergy(power.of(Scope.kind(METERS.get(i))), start, more[balances.size() + i]);
    }
    return measured;
  }

  /** Adds a window of a node to the scopes of its labels: increments, of which all add up. */
  void add(NodeWindow window) {
    long millijoules = window.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    power
        .labels(window.node())
        .forEach((label, value) -> {
          ScopePower sum =
              Scope.isLabel(label, value) ? power.find(Scope.nodes(label, value)) : null;
          if (sum != null) {
            addEnergy(sum, window.windowStartEpochMillis(), millijoules);
          }
        });
  }

  /**
   * Adds a window of a job to the scopes of the job, its user and its project.
   *
   * @return false if none of them has an energy budget: then nothing is kept of it
   */
  boolean add(JobWindow window, long arrivalMillis) {
    Payer payer = power.payer(window.job());
    List<ScopePower> sums = new ArrayList<>();
    addIfStarted(sums, Scope.job(window.job()));
    if (Scope.isName(payer.user())) {
      addIfStarted(sums, Scope.user(payer.user()));
    }
    if (Scope.isName(payer.project())) {
      addIfStarted(sums, Scope.project(payer.project()));
    }
    if (sums.isEmpty()) {
      return false;
    }
    long start = window.windowStartEpochMillis();
    String name = OF_JOB + window.job() + "\0" + start + "\0" + window.fragmentEpochMillis();
    long[] energy = {window.totals().get(JobAmount.TOTAL_MILLIJOULES)};
    long more = replace(name, energy, arrivalMillis)[0];
    sums.forEach(sum -> addEnergy(sum, start, more));
    return true;
  }

  private void addIfStarted(List<ScopePower> sums, Scope scope) {
    ScopePower sum = power.find(scope);
    if (sum != null && sum.energy != null) {
      sums.add(sum);
    }
  }

  private void setImbalance(String window, long millijoules) {
    if (millijoules == 0) {
      imbalances.remove(window);
    } else {
      imbalances.put(window, millijoules);
    }
  }

  /** Stores the energies of a window; returns by how much they are more than before. */
  private long[] replace(String name, long[] millijoules, long arrivalMillis) {
    Window before = windows.put(name, new Window(arrivalMillis, millijoules));
    ByteBuffer content = ByteBuffer.allocate(Long.BYTES * (1 + millijoules.length));
    content.putLong(arrivalMillis);
    content.asLongBuffer().put(millijoules);
    store.put(StateSection.WINDOW, name, content.array());
    long[] more = millijoules.clone();
    if (before != null) {
      for (int i = 0; i < more.length; i++) {
        more[i] -= before.millijoules[i];
      }
    }
    return more;
  }

  private void addEnergy(ScopePower sum, long epochMillis, long millijoules) {
    EnergyBuckets buckets = sum.energy;
    if (buckets != null && millijoules != 0) {
      long start = EnergyBuckets.start(epochMillis);
      long total = buckets.add(start, millijoules);
      store.put(StateSection.ENERGY, bucketName(sum, start), StateEntry.content(total));
      power.markChanged(sum);
    }
  }

  private static String bucketName(ScopePower sum, long start) {
    return sum.scope.text() + "\0" + start;
  }

  /** By how much measured energy differs from that of jobs and idle, over all windows kept, mJ. */
  long imbalanceMillijoules() {
    long sum = 0;
    for (long one : imbalances.values()) {
      sum += Math.abs(one);
    }
    return sum;
  }

  /**
   * Deletes windows that the accounting does not change any more, and buckets older than a month.
   *
   * @param arrivedMillis time of arrival of the latest data
   * @param asOf time of the site's data
   */
  void expire(long arrivedMillis, long asOf) {
    windows
        .entrySet()
        .removeIf(entry -> {
          boolean expired = arrivedMillis - entry.getValue().arrivalMillis >= WINDOW_LIFE_MILLIS;
          if (expired) {
            store.delete(StateSection.WINDOW, entry.getKey());
            imbalances.remove(entry.getKey());
          }
          return expired;
        });
    for (ScopePower sum : power.all()) {
      EnergyBuckets buckets = sum.energy;
      if (buckets != null) {
        buckets
            .removeBefore(asOf)
            .forEach(start -> store.delete(StateSection.ENERGY, bucketName(sum, start)));
      }
    }
  }

  void restoreBucket(StateEntry entry) throws IOException {
    int end = entry.name().lastIndexOf('\0');
    ScopePower sum = power.of(Scope.parse(entry.name().substring(0, end)));
    EnergyBuckets buckets = sum.energy == null ? new EnergyBuckets() : sum.energy;
    sum.energy = buckets;
    buckets.set(Long.parseLong(entry.name().substring(end + 1)), entry.fields().readLong());
  }

  void restoreWindow(StateEntry entry) {
    ByteBuffer content = ByteBuffer.wrap(entry.content());
    long arrivalMillis = content.getLong();
    long[] millijoules = new long[content.remaining() / Long.BYTES];
    content.asLongBuffer().get(millijoules);
    if (entry.name().startsWith(OF_SITE)) {
      int last = millijoules.length - 1;
      long imbalance = millijoules[last];
      if (entry.version() < WITH_ALL_METERS) {
        millijoules[last] = 0;
        millijoules = Arrays.copyOf(millijoules, OF_SITE_COUNT);
        millijoules[OF_SITE_COUNT - 1] = imbalance;
      }
      setImbalance(entry.name(), imbalance);
    }
    windows.put(entry.name(), new Window(arrivalMillis, millijoules));
  }
}

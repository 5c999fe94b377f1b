// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.NodeCapacity;
import io.github.joulestream.energy.StateBytes;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.capacity.CapacityMeans;
import io.github.joulestream.energy.capacity.CapacitySums;
import io.github.joulestream.energy.capacity.SiteCapacity;
import io.github.joulestream.energy.capacity.StorageGrowth;
import io.github.joulestream.schemas.Capacity;
import java.io.DataInputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Memory and storage of a site. Every 10 s of its data the capacities of all nodes that reported
 * within the last minute are added up; every minute the means of that minute and of the hour so far
 * are emitted, with the peaks of pools that have changed.
 *
 * <p>What a node has is in memory, and each node states it every 10 s. So after a start, sums begin
 * when all have had the time to; a minute or an hour says how many times it is of. One thread.
 */
final class CapacityWatch {
  /** A node counts for as long after its last reading. */
  static final long REPORTING_MILLIS = 60_000;

  /** After a start nothing is added up for as long: twice the time between two capacities. */
  static final long SETTLING_MILLIS = 20_000;

  private static final long NEVER = Long.MIN_VALUE;

  private final String site;
  private final SitePower power;
  private final AlertStateStore store;
  private final AlertEmitter emitter;
  private final PoolWatch pools;
  private final CapacitySums memory = new CapacitySums();
  private final CapacitySums storage = new CapacitySums();
  private final Period minute = new Period(Capacity.MINUTE_MILLIS);
  private final Period hour = new Period(Windows.HOUR_MILLIS);
  private final StorageGrowth growth = new StorageGrowth();
  private StorageGrowth.@Nullable Forecast forecast;
  // start of the hour that the forecast was made in
  private long forecastMillis = NEVER;
  // start of the time of 10 s that is not added up yet
  private long timeMillis = NEVER;
  private long settledMillis = NEVER;

  /** A minute or an hour. */
  private static final class Period {
    final int millis;
    final CapacityMeans memory = new CapacityMeans();
    final CapacityMeans storage = new CapacityMeans();
    long start = NEVER;
    int nodes;
    long reporting;
    long gpus;
    long gpusAllocatedBasisPoints;

    Period(int millis) {
      this.millis = millis;
    }

    long startOf(long epochMillis) {
      return Math.floorDiv(epochMillis, millis) * millis;
    }

    void begin(long newStart) {
      start = newStart;
      memory.clear();
      storage.clear();
      nodes = 0;
      reporting = 0;
      gpus = 0;
      gpusAllocatedBasisPoints = 0;
    }

    Capacity capacity(String site, StorageGrowth.@Nullable Forecast growth) {
      int times = memory.times();
      return new Capacity(
          site,
          start,
          millis,
          times,
          nodes,
          (int) (reporting / times),
          gpus / times,
          gpusAllocatedBasisPoints / times,
          memory.mean(),
          storage.mean(),
          growth);
    }

    void write(StateBytes out) throws IOException {
      out.writeLong(start);
      out.writeInt(nodes);
      out.writeLong(reporting);
      out.writeLong(gpus);
      out.writeLong(gpusAllocatedBasisPoints);
      memory.write(out);
      storage.write(out);
    }

    void read(DataInputStream in) throws IOException {
      start = in.readLong();
      nodes = in.readInt();
      reporting = in.readLong();
      gpus = in.readLong();
      gpusAllocatedBasisPoints = in.readLong();
      memory.read(in);
      storage.read(in);
    }
  }

  CapacityWatch(String site, SitePower power, AlertStateStore store, AlertEmitter emitter) {
    this.site = site;
    this.power = power;
    this.store = store;
    this.emitter = emitter;
    this.pools = new PoolWatch(site, store, emitter);
  }

  /**
   * Moves on to a time of the site's data, before what nodes report as of then is known: if it is
   * in another 10 s, those before are added up.
   */
  void moveTo(long epochMillis) {
    long time = Math.floorDiv(epochMillis, Windows.MILLIS) * Windows.MILLIS;
    if (settledMillis == NEVER) {
      settledMillis = epochMillis + SETTLING_MILLIS;
    }
    if (timeMillis == NEVER) {
      timeMillis = time;
    } else if (time > timeMillis) {
      if (timeMillis >= settledMillis) {
        add();
      }
      timeMillis = time;
    }
  }

  private void add() {
    endPeriods();
    pools.begin(timeMillis, power.nodes());
    memory.clear();
    storage.clear();
    long end = timeMillis + Windows.MILLIS;
    int reporting = 0;
    long gpus = 0;
    long gpusAllocated = 0;
    long memoryMilliwatts = 0;
    long storageMilliwatts = 0;
    for (AlertedNode node : power.nodes()) {
      NodeCapacity capacity = node.capacity;
      if (capacity == null || node.capacityMillis < end - REPORTING_MILLIS) {
        continue;
      }
      reporting++;
      gpus += capacity.gpus();
      gpusAllocated += capacity.gpusAllocatedBasisPoints();
      memoryMilliwatts += node.power.milliwatts(DeviceKind.MEMORY);
      storageMilliwatts += node.power.milliwatts(DeviceKind.STORAGE);
      boolean taken = capacity.areGpusTaken();
      memory.add(capacity.memory(), taken);
      storage.add(capacity.storage(), taken);
      pools.add(node, capacity);
    }
    pools.end();
    if (reporting == 0) {
      return;
    }
    for (Period period : new Period[] {minute, hour}) {
      period.nodes = Math.max(period.nodes, power.nodes().size());
      period.reporting += reporting;
      period.gpus += gpus;
      period.gpusAllocatedBasisPoints += gpusAllocated;
      period.memory.add(memory, memoryMilliwatts);
      period.storage.add(storage, storageMilliwatts);
    }
  }

  /** Emits the minute, and with it the hour, if the time to be added is in another. */
  private void endPeriods() {
    if (minute.startOf(timeMillis) == minute.start) {
      return;
    }
    if (minute.memory.times() > 0) {
      Capacity ofMinute = minute.capacity(site, null);
      SiteCapacity ofStorage = ofMinute.storage();
      if (ofStorage.usedMebibytes() != SiteCapacity.UNKNOWN) {
        growth.add(minute.start, ofStorage.usedMebibytes());
      }
      if (forecastMillis != hour.start) {
        forecastMillis = hour.start;
        forecast = growth.forecast(ofStorage.useKnownMebibytes());
      }
      emitter.emit(ofMinute);
      emitter.emit(hour.capacity(site, forecast));
    }
    pools.emit();
    minute.begin(minute.startOf(timeMillis));
    if (hour.startOf(timeMillis) != hour.start) {
      hour.begin(hour.startOf(timeMillis));
    }
    store.put(
        StateSection.CAPACITY,
        "",
        StateEntry.content(out -> {
          hour.write(out);
          growth.write(out);
        }));
  }

  /** Restores an entry. */
  void restore(StateEntry entry) throws IOException {
    switch (entry.section()) {
      case CAPACITY -> {
        DataInputStream in = entry.fields();
        hour.read(in);
        growth.read(in);
      }
      case POOL_ORDER, POOL_PEAKS -> pools.restore(entry);
      default -> throw new IOException("no section of capacity: " + entry.section());
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.NodeCapacity;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.GpuPower;
import io.github.joulestream.energy.NodePower.JobPower;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The power of a node by the latest readings of its devices. One thread; used once. */
final class PowerSnapshot {
  private static final DeviceKind[] KINDS = DeviceKind.values();

  private final Containers containers;
  private final long newestMillis;
  private final boolean withGpus;
  private final @Nullable CapacityNow capacity;
  private final long[] milliwattsByKind = new long[KINDS.length];
  private final List<OfJob> jobs = new ArrayList<>(4);
  private final List<GpuPower> gpus = new ArrayList<>();
  private long totalMilliwatts;
  private long idleMilliwatts;

  /** The power of one job on the node. */
  private static final class OfJob {
    final String job;
    long milliwatts;
    long gpuBasisPoints;
    long gpuBusyBasisPoints;

    OfJob(String job) {
      this.job = job;
    }
  }

  private PowerSnapshot(
      Containers containers, long newestMillis, boolean withGpus, boolean withCapacity) {
    this.containers = containers;
    this.newestMillis = newestMillis;
    this.withGpus = withGpus;
    this.capacity = withCapacity ? new CapacityNow() : null;
  }

  /**
   * The power of a node. A device that no longer reports counts with its last reading, for a minute
   * or for as long as it is used to be silent.
   *
   * @param newestMillis time of the newest reading of any device
   */
  static NodePower of(
      String name,
      NodeDevices devices,
      Containers containers,
      long newestMillis,
      boolean withGpus,
      boolean withCapacity) {
    PowerSnapshot snapshot = new PowerSnapshot(containers, newestMillis, withGpus, withCapacity);
    for (DeviceAccount account : devices.all()) {
      long reports = Math.max(Limits.MAX_RULE_LOOKAROUND_MILLIS, account.patienceMillis());
      if (account.lastMillis() >= newestMillis - reports) {
        snapshot.add(account, devices.sharesOf(account, account.device()));
      }
    }
    return snapshot.power(name);
  }

  private void add(DeviceAccount account, Shares shares) {
    Device device = account.device();
    long milliwatts = account.milliwattsNow();
    long utilisation = account.utilisationNow();
    if (device.countsInKind()) {
      milliwattsByKind[device.kind().code()] += milliwatts;
    }
    boolean gpu = device.kind() == DeviceKind.GPU;
    if (gpu && withGpus) {
      gpus.add(new GpuPower(device.id(), milliwatts, (int) Math.max(-1, utilisation)));
    }
    Shares.Holders holders = shares.holders(shares.spanAt(newestMillis));
    if (capacity != null) {
      capacity.add(device, account.usedNow(), holders);
    }
    boolean counts = containers.count(device, Long.MAX_VALUE);
    if (!counts && !gpu) {
      return;
    }
    long inTotal = counts ? milliwatts : 0;
    totalMilliwatts += inTotal;
    idleMilliwatts += inTotal;
    for (int i = 0; i < holders.jobs().size(); i++) {
      long weight = holders.weights()[i];
      long share = inTotal * weight / holders.weightSum();
      idleMilliwatts -= share;
      OfJob ofJob = of(holders.jobs().get(i));
      ofJob.milliwatts += share;
      if (gpu) {
        long basisPoints = weight * Shares.WHOLE / holders.weightSum();
        ofJob.gpuBasisPoints += basisPoints;
        ofJob.gpuBusyBasisPoints +=
            utilisation == MISSING ? basisPoints : basisPoints * utilisation / Shares.WHOLE;
      }
    }
  }

  /** Few jobs share a node: a list is faster than a map. */
  private OfJob of(String job) {
    for (OfJob known : jobs) {
      if (known.job.equals(job)) {
        return known;
      }
    }
    OfJob made = new OfJob(job);
    jobs.add(made);
    return made;
  }

  private NodePower power(String name) {
    jobs.sort(Comparator.comparing(of -> of.job));
    List<JobPower> powers = new ArrayList<>(jobs.size());
    for (OfJob of : jobs) {
      powers.add(
          new JobPower(
              of.job, of.milliwatts, (int) of.gpuBasisPoints, (int) of.gpuBusyBasisPoints));
    }
    NodeCapacity capacityNow = capacity == null ? null : capacity.capacity();
    return new NodePower(
        name,
        newestMillis,
        totalMilliwatts,
        Arrays.stream(milliwattsByKind).boxed().toList(),
        idleMilliwatts,
        powers,
        gpus,
        capacityNow);
  }
}

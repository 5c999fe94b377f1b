// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.NodeCapacity;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.GpuPower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.DeviceTotals;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.NodeRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of a node. Owned by its site. */
final class NodeState {
  /** A node that has not reported for longer is silent, ms. */
  static final int SILENT_MILLIS = 30_000;

  /** In place of a temperature that is not known. */
  static final int NO_TEMPERATURE = Integer.MIN_VALUE;

  // GPUs come every 10 s; those that came longer before the latest reading are there no more
  private static final int GPUS_MILLIS = 60_000;
  // after the end of a window: one of a minute arrives up to 40 s after it, and the next a minute
  // later
  private static final int TEMPERATURE_MILLIS = 120_000;
  private static final long[] NO_KINDS = {};

  final String name;
  String rack = "";
  @Nullable NodeRecord record;
  // its place in the table; valid while the order of the site's nodes is
  int position = -1;

  long readingMillis;
  long arrivedMillis;
  long milliwatts = -1;
  long highestMilliwatts;
  long idleMilliwatts;
  long[] milliwattsByKind = NO_KINDS;
  List<JobPower> jobs = List.of();
  @Nullable NodeCapacity capacity;
  final PowerWindows windows = new PowerWindows();

  private List<GpuPower> gpus = List.of();
  private long gpusMillis;
  private long gpusBusyBasisPoints;
  private int busyBasisPoints = -1;
  private HeldIdle heldIdle = HeldIdle.NONE;
  private @Nullable Temperatures temperatures;

  /** Mean temperatures of the devices in a window, tenths of a degree. */
  @SuppressWarnings("ArrayRecordComponent") // never handed out
  private record Temperatures(long windowEnd, String[] devices, int[] decidegrees) {}

  NodeState(String name) {
    this.name = name;
  }

  /**
   * Takes in its latest power.
   *
   * @param reading time of its latest reading, ms
   * @param arrived when it arrived, ms
   */
  void accept(NodePower power, long reading, long arrived) {
    if (reading > readingMillis) {
      windows.add(reading, power.totalMilliwatts());
    }
    readingMillis = reading;
    arrivedMillis = Math.max(arrivedMillis, arrived);
    milliwatts = power.totalMilliwatts();
    highestMilliwatts = Math.max(highestMilliwatts, milliwatts);
    idleMilliwatts = power.idleMilliwatts();
    copyKinds(power.milliwattsByKind());
    jobs = power.jobs();
    if (power.capacity() != null) {
      capacity = power.capacity();
    }
    if (!power.gpus().isEmpty()) {
      use(power.gpus());
      gpusMillis = reading;
    } else if (!gpus.isEmpty() && Math.abs(reading - gpusMillis) > GPUS_MILLIS) {
      use(List.of());
    }
    heldIdle = HeldIdle.of(gpus, jobs);
  }

  private void use(List<GpuPower> newest) {
    gpus = newest;
    long sum = 0;
    int known = 0;
    for (GpuPower gpu : newest) {
      if (gpu.utilisationBasisPoints() >= 0) {
        sum += gpu.utilisationBasisPoints();
        known++;
      }
    }
    gpusBusyBasisPoints = sum;
    busyBasisPoints = known == 0 ? -1 : (int) (sum / known);
  }

  private void copyKinds(List<Long> kinds) {
    if (milliwattsByKind.length != kinds.size()) {
      milliwattsByKind = new long[kinds.size()];
    }
    for (int i = 0; i < milliwattsByKind.length; i++) {
      milliwattsByKind[i] = kinds.get(i);
    }
  }

  /** Takes in the temperatures of its devices, if they are of the newest window. */
  void accept(DeviceWindow window) {
    Temperatures before = temperatures;
    long windowEnd = window.windowStartEpochMillis() + window.windowMillis();
    if (before != null && before.windowEnd > windowEnd) {
      return;
    }
    List<DeviceTotals> sampled =
        window.devices().stream()
            .filter(device -> device.totals().get(DeviceAmount.TEMPERATURE_SAMPLES) > 0)
            .toList();
    if (!sampled.isEmpty()) {
      temperatures =
          new Temperatures(
              windowEnd,
              sampled.stream().map(DeviceTotals::id).toArray(String[]::new),
              sampled.stream().mapToInt(device -> mean(device.totals())).toArray());
    }
  }

  private static int mean(Totals<DeviceAmount> totals) {
    return (int)
        Math.round(
            (double) totals.get(DeviceAmount.TEMPERATURE_DECIDEGREES)
                / totals.get(DeviceAmount.TEMPERATURE_SAMPLES));
  }

  /** True if it has not reported for so long, or never. */
  boolean isSilent(long nowMillis) {
    return milliwatts < 0 || nowMillis - arrivedMillis > SILENT_MILLIS;
  }

  List<GpuPower> gpus() {
    return gpus;
  }

  HeldIdle heldIdle() {
    return heldIdle;
  }

  /** Mean utilisation of those GPUs that report it, basis points; -1 if none does. */
  int busyBasisPoints() {
    return busyBasisPoints;
  }

  /**
   * GPUs that are busy, basis points: 10,000 is a whole GPU. One that does not report it is not.
   */
  long gpusBusyBasisPoints() {
    return gpusBusyBasisPoints;
  }

  /** The hottest device now, tenths of a degree. */
  int hottest(long dataMillis) {
    Temperatures known = temperatures;
    if (known == null || dataMillis - known.windowEnd > TEMPERATURE_MILLIS) {
      return NO_TEMPERATURE;
    }
    int hottest = NO_TEMPERATURE;
    for (int decidegrees : known.decidegrees) {
      hottest = Math.max(hottest, decidegrees);
    }
    return hottest;
  }

  /** The temperature of a device now, tenths of a degree. */
  int temperature(String device, long dataMillis) {
    Temperatures known = temperatures;
    if (known != null && dataMillis - known.windowEnd <= TEMPERATURE_MILLIS) {
      for (int i = 0; i < known.devices.length; i++) {
        if (known.devices[i].equals(device)) {
          return known.decidegrees[i];
        }
      }
    }
    return NO_TEMPERATURE;
  }
}

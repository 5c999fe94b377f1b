// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.ThrottleReason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * State of the devices of a node besides power, as it follows from it: temperatures, clocks,
 * throttling, errors, traffic. It is worked out when it is sampled, from the mean power since, so
 * that steps cost nothing more. It has random numbers of its own: the power of a site is the same
 * with and without it. Mutable; one thread.
 */
final class NodeStatuses {
  /** From one status of a device to the next. */
  static final long EVERY_MILLIS = 10_000;

  // H100 SXM: boost and idle clocks, the clock of its HBM3, 700 W
  private static final int SM_BOOST_MEGAHERTZ = 1_980;
  private static final int SM_LEAST_MEGAHERTZ = 1_095;
  private static final int SM_IDLE_MEGAHERTZ = 345;
  private static final int MEMORY_MEGAHERTZ = 2_619;
  // from so much of the limit on peaks meet it, and clocks are lowered
  private static final double CAP_FROM = 0.94;
  private static final double CLOCK_PER_CAP = 2;
  private static final int CLOCK_STEP_MEGAHERTZ = 15;
  // degrees from which on clocks are lowered, whatever the power is
  private static final double THERMAL_FROM = 87;
  private static final double MEGAHERTZ_PER_DEGREE = 60;
  // what lower clocks keep it at
  private static final double HOTTEST = 92;

  // air in front of a node, by its place and the hour; behind the first GPUs it is warmer
  private static final double INLET = 24;
  private static final double INLET_SPREAD = 4;
  private static final double INLET_SWING = 3;
  private static final double REAR = 6;
  // kelvins for each watt, and the time constant of heat sinks
  private static final double GPU_KELVINS_PER_WATT = 0.078;
  private static final double GPU_SPREAD = 0.08;
  // one GPU of so many has a heat sink that conducts badly
  private static final int BAD_SINK_EVERY = 40;
  private static final double BAD_SINK = 1.12;
  private static final double GPU_SETTLING_MILLIS = 20_000;
  private static final double MEMORY_ABOVE_GPU = 2;
  private static final double MEMORY_BY_LOAD = 6;
  private static final double SOCKET_KELVINS_PER_WATT = 0.13;
  private static final double SOCKET_SETTLING_MILLIS = 12_000;
  private static final double DRIVE_KELVINS_PER_WATT = 1.6;
  private static final double DRIVE_SETTLING_MILLIS = 120_000;

  // errors are rare: at 50 nodes one that is corrected in some minutes, one that is not in a day
  private static final double CORRECTED_CHANCE = 1e-4;
  private static final double UNCORRECTED_CHANCE = 2e-7;
  private static final int XID_UNCORRECTED = 94;
  // faults of programs: graphics engine exception, page fault, stopped processing
  private static final double XID_CHANCE = 1e-5;
  private static final int[] XIDS_OF_PROGRAMS = {13, 31, 43};

  // 1 write of the drive a day for five years
  private static final double DRIVE_ENDURANCE_BYTES = 3.84e12 * 365 * 5;
  private static final int MOST_WEAR_BEFORE = 6_000;

  private final SplittableRandom random;
  private final Day day;
  private final double inlet;
  private final long limitMilliwatts;
  private final double[] gpuKelvins;
  private final double[] celsius;
  private final long[] wearBefore;
  private final int gpus;
  private final int drives;
  private long lastMillis = Long.MIN_VALUE;
  private List<DeviceStatus> taken = new ArrayList<>();

  /** What a GPU did since the status before. */
  record GpuUse(boolean held, double busy, double nvlinkBytes, double inBytes, double outBytes) {
    static final GpuUse NONE = new GpuUse(false, 0, 0, 0, 0);
  }

  /**
   * @param limitMilliwatts power limit of its GPUs
   */
  NodeStatuses(
      long seed, int index, Day day, int gpus, int drives, int sockets, long limitMilliwatts) {
    this.random = new SplittableRandom(seed * 7_919 + index);
    this.day = day;
    this.gpus = gpus;
    this.drives = drives;
    this.limitMilliwatts = limitMilliwatts;
    this.inlet = INLET + INLET_SPREAD * random.nextDouble();
    this.gpuKelvins = new double[gpus];
    for (int i = 0; i < gpus; i++) {
      double spread = 1 + GPU_SPREAD * (2 * random.nextDouble() - 1);
      boolean bad = random.nextInt(BAD_SINK_EVERY) == 0;
      gpuKelvins[i] = GPU_KELVINS_PER_WATT * spread * (bad ? BAD_SINK : 1);
    }
    this.celsius = new double[gpus + drives + sockets];
    this.wearBefore = new long[drives];
    for (int i = 0; i < drives; i++) {
      wearBefore[i] = random.nextInt(MOST_WEAR_BEFORE);
    }
  }

  /** True if a status is due. */
  boolean isDue(long epochMillis) {
    return lastMillis == Long.MIN_VALUE || epochMillis >= lastMillis + EVERY_MILLIS;
  }

  /** All devices are sampled now; returns the time since they were before, ms; 0 the first time. */
  long begin(long epochMillis) {
    day.moveTo(epochMillis);
    long since = lastMillis == Long.MIN_VALUE ? 0 : epochMillis - lastMillis;
    lastMillis = epochMillis;
    return since;
  }

  /** What was sampled and not taken yet. */
  List<DeviceStatus> take() {
    List<DeviceStatus> all = taken;
    taken = new ArrayList<>();
    return all;
  }

  void add(DeviceStatus status) {
    taken.add(status);
  }

  private double air() {
    return inlet + INLET_SWING * day.warmth();
  }

  /** A temperature on its way to another. */
  private double settle(int device, double target, long sinceMillis, double settlingMillis) {
    if (sinceMillis == 0) {
      celsius[device] = target;
    } else {
      celsius[device] += (target - celsius[device]) * (1 - Math.exp(-sinceMillis / settlingMillis));
    }
    return celsius[device];
  }

  private static long tenths(double celsius) {
    return Math.round(celsius * 10);
  }

  /**
   * Samples a GPU.
   *
   * @param meanMilliwatts since the status before
   * @param milliwatts now, which is what its clocks follow
   * @param fan speed of the node's fans, 0 to 1
   */
  void gpu(
      int i,
      String id,
      long sinceMillis,
      long meanMilliwatts,
      long milliwatts,
      GpuUse use,
      double fan) {
    double place = air() + (i >= gpus / 2 ? REAR : 0);
    double target = Math.min(HOTTEST, place + gpuKelvins[i] * meanMilliwatts / 1_000.0);
    double temperature = settle(i, target, sinceMillis, GPU_SETTLING_MILLIS);
    double load = milliwatts / (double) limitMilliwatts;
    double above = Math.max(0, load - CAP_FROM);
    // as it is sampled, so that the reason and the temperature of a status agree
    double tooHot = Math.max(0, tenths(temperature) / 10.0 - THERMAL_FROM);
    long reasons =
        (above > 0 ? ThrottleReason.POWER_CAP.bit() : 0)
            | (tooHot > 0 ? ThrottleReason.THERMAL.bit() : 0);
    double clock =
        Math.max(
            SM_LEAST_MEGAHERTZ,
            SM_BOOST_MEGAHERTZ * (1 - CLOCK_PER_CAP * above) - MEGAHERTZ_PER_DEGREE * tooHot);
    Map<StatusColumn, Long> values = new EnumMap<>(StatusColumn.class);
    values.put(StatusColumn.TEMPERATURE_DECIDEGREES, tenths(temperature));
    values.put(
        StatusColumn.MEMORY_TEMPERATURE_DECIDEGREES,
        tenths(temperature + MEMORY_ABOVE_GPU + MEMORY_BY_LOAD * use.busy));
    values.put(
        StatusColumn.SM_CLOCK_MEGAHERTZ,
        use.held
            ? ((long) (clock / CLOCK_STEP_MEGAHERTZ)) * CLOCK_STEP_MEGAHERTZ
            : (long) SM_IDLE_MEGAHERTZ);
    values.put(StatusColumn.MEMORY_CLOCK_MEGAHERTZ, (long) MEMORY_MEGAHERTZ);
    values.put(StatusColumn.POWER_LIMIT_MILLIWATTS, limitMilliwatts);
    values.put(StatusColumn.THROTTLE_REASONS, reasons);
    values.put(StatusColumn.FAN_BASIS_POINTS, Math.round(fan * 10_000));
    errors(use.held, values);
    values.put(StatusColumn.PCIE_RECEIVED_BYTES, (long) use.inBytes);
    values.put(StatusColumn.PCIE_SENT_BYTES, (long) use.outBytes);
    values.put(StatusColumn.NVLINK_RECEIVED_BYTES, (long) use.nvlinkBytes);
    values.put(StatusColumn.NVLINK_SENT_BYTES, (long) use.nvlinkBytes);
    taken.add(new DeviceStatus(id, lastMillis, values));
  }

  private void errors(boolean held, Map<StatusColumn, Long> values) {
    boolean uncorrected = random.nextDouble() < UNCORRECTED_CHANCE;
    boolean ofProgram = random.nextDouble() < XID_CHANCE && held;
    values.put(
        StatusColumn.ECC_CORRECTED_ERRORS,
        random.nextDouble() < CORRECTED_CHANCE ? 1L + random.nextInt(3) : 0);
    values.put(StatusColumn.ECC_UNCORRECTED_ERRORS, uncorrected ? 1L : 0);
    values.put(StatusColumn.XID_ERRORS, uncorrected || ofProgram ? 1L : 0);
    if (uncorrected || ofProgram) {
      int of = uncorrected ? XID_UNCORRECTED : XIDS_OF_PROGRAMS[random.nextInt(3)];
      values.put(StatusColumn.LAST_XID, (long) of);
    }
  }

  /**
   * Samples a drive.
   *
   * @param writtenBytes since the site began
   */
  void drive(int i, String id, long sinceMillis, long meanMilliwatts, long writtenBytes) {
    double target = air() + DRIVE_KELVINS_PER_WATT * meanMilliwatts / 1_000.0;
    double temperature = settle(gpus + i, target, sinceMillis, DRIVE_SETTLING_MILLIS);
    Map<StatusColumn, Long> values = new EnumMap<>(StatusColumn.class);
    values.put(StatusColumn.TEMPERATURE_DECIDEGREES, tenths(temperature));
    values.put(
        StatusColumn.WEAR_BASIS_POINTS,
        wearBefore[i] + (long) (writtenBytes / DRIVE_ENDURANCE_BYTES * 10_000));
    taken.add(new DeviceStatus(id, lastMillis, values));
  }

  /** Samples a processor. */
  void socket(int i, String id, long sinceMillis, long meanMilliwatts) {
    double target = air() + SOCKET_KELVINS_PER_WATT * meanMilliwatts / 1_000.0;
    double temperature = settle(gpus + drives + i, target, sinceMillis, SOCKET_SETTLING_MILLIS);
    taken.add(
        new DeviceStatus(
            id, lastMillis, Map.of(StatusColumn.TEMPERATURE_DECIDEGREES, tenths(temperature))));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.schemas.TelemetryBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A node: 8 GPUs, memory, 4 drives, 2 processors. Power is constant over each step of {@value
 * #STEP_MILLIS} ms, so energy is a whole number of microjoules, and the devices' counters are
 * exact.
 */
final class SimulatedNode {
  static final int GPUS = 8;
  static final int STEP_MILLIS = 100;

  private static final int DRIVES = 4;
  private static final int SOCKETS = 2;
  private static final int MEMORY = GPUS;
  private static final int FIRST_DRIVE = MEMORY + 1;
  private static final int FIRST_SOCKET = FIRST_DRIVE + DRIVES;
  private static final int DEVICES = FIRST_SOCKET + SOCKETS;
  private static final int WHOLE = 10_000;
  private static final long TEBIBYTE = 1L << 40;

  // an H100 SXM draws about 70 W idle and up to 700 W (data sheet: 700 W)
  private static final int GPU_IDLE_MILLIWATTS = 70_000;
  private static final int GPU_RANGE_MILLIWATTS = 600_000;
  private static final long GPU_LIMIT_MILLIWATTS = 700_000;
  private static final int NOISE_MILLIWATTS = 12_000;

  private final String site;
  private final String name;
  private final int phaseMillis;
  private final List<Device> devices;
  private final @Nullable SimulatedJob[] jobs = new SimulatedJob[GPUS];
  private final long[] powerMilliwatts = new long[DEVICES];
  private final long[] microjoules = new long[DEVICES];
  private final long[] busyParts = new long[DEVICES];
  private final long[] writtenBytes = new long[DRIVES];
  private final long[] readBytes = new long[DRIVES];
  private final long agentEpoch;
  private long sequence;

  private final int rowsPerBatch;
  private final long[] rowTimes;
  private final long[][] rowPower;
  private final long[][] rowEnergy;
  private final long[][] rowBusy;
  private final long[][] rowUsed;
  private final long[][] rowRead;
  private final long[][] rowWritten;
  private int rows;
  private long lastMillis = Long.MIN_VALUE;

  SimulatedNode(String site, int index, int rowsPerBatch, long agentEpoch) {
    this.rowsPerBatch = rowsPerBatch;
    this.rowTimes = new long[rowsPerBatch];
    this.rowPower = new long[DEVICES][rowsPerBatch];
    this.rowEnergy = new long[DEVICES][rowsPerBatch];
    this.rowBusy = new long[DEVICES][rowsPerBatch];
    this.rowUsed = new long[DEVICES][rowsPerBatch];
    this.rowRead = new long[DRIVES][rowsPerBatch];
    this.rowWritten = new long[DRIVES][rowsPerBatch];
    this.site = site;
    this.name = "node-%03d".formatted(index + 1);
    this.phaseMillis = index % 10 * STEP_MILLIS; // not all at once
    this.agentEpoch = agentEpoch + index; // not all started at once
    List<Device> list = new ArrayList<>();
    for (int i = 0; i < GPUS; i++) {
      list.add(
          Device.sensor("gpu" + i, DeviceKind.GPU)
              .withSource(PowerSource.COUNTER)
              .withModel("NVIDIA H100 80GB HBM3", GPU_LIMIT_MILLIWATTS)
              .withCounter(this.agentEpoch, 0));
    }
    list.add(
        Device.sensor("memory", DeviceKind.MEMORY)
            .withSource(PowerSource.MODELLED)
            .withCounter(this.agentEpoch, 0)
            .withCapacityBytes(2 * TEBIBYTE));
    for (int i = 0; i < DRIVES; i++) {
      list.add(
          Device.sensor("nvme" + i, DeviceKind.STORAGE)
              .withSource(PowerSource.MODELLED)
              .withModel("NVMe 3.84 TB", 25_000)
              .withCounter(this.agentEpoch, 0)
              .withCapacityBytes(3_840_000_000_000L));
    }
    for (int i = 0; i < SOCKETS; i++) {
      list.add(
          Device.sensor("package-" + i, DeviceKind.CPU)
              .withSource(PowerSource.COUNTER)
              .withModel("", 350_000)
              .withCounter(this.agentEpoch, 0));
    }
    devices = List.copyOf(list);
    Arrays.fill(powerMilliwatts, 0, GPUS, GPU_IDLE_MILLIWATTS);
  }

  String name() {
    return name;
  }

  /** Free GPUs, as a list of their indices. */
  List<Integer> freeGpus() {
    List<Integer> free = new ArrayList<>();
    for (int i = 0; i < GPUS; i++) {
      if (jobs[i] == null) {
        free.add(i);
      }
    }
    return free;
  }

  void give(int gpu, SimulatedJob job) {
    jobs[gpu] = job;
  }

  void takeBack(SimulatedJob job) {
    for (int i = 0; i < GPUS; i++) {
      if (jobs[i] == job) {
        jobs[i] = null;
      }
    }
  }

  /** Draws power from this time on for one step; returns the node's power, mW. */
  long step(long epochMillis, SplittableRandom random) {
    double busySum = 0;
    int checkpoints = 0;
    for (int i = 0; i < GPUS; i++) {
      SimulatedJob job = jobs[i];
      double busy = job == null ? 0 : Math.min(1, job.shape().busy(job, epochMillis));
      long noise = busy == 0 ? random.nextInt(1_000) : random.nextInt(NOISE_MILLIWATTS);
      busySum += busy;
      busyParts[i] = Math.round(busy * WHOLE);
      set(i, GPU_IDLE_MILLIWATTS + Math.round(busy * GPU_RANGE_MILLIWATTS) + noise);
      if (job != null) {
        job.draw(DeviceKind.GPU, powerMilliwatts[i] * STEP_MILLIS, WHOLE);
        job.work(busy * STEP_MILLIS / 1000);
        checkpoints += Shape.writesCheckpoint(job, epochMillis) ? 1 : 0;
      }
    }
    double busyNode = busySum / GPUS;
    busyParts[MEMORY] = Math.round(busyNode * WHOLE);
    set(MEMORY, 60_000 + Math.round(busyNode * 45_000));
    for (int i = 0; i < DRIVES; i++) {
      double busy = checkpoints > 0 ? 0.9 : 0.02 + 0.05 * busyNode;
      writtenBytes[i] += checkpoints > 0 ? 200_000_000L : 0;
      readBytes[i] += Math.round(busyNode * 30_000_000);
      busyParts[FIRST_DRIVE + i] = Math.round(busy * WHOLE);
      set(FIRST_DRIVE + i, 5_000 + Math.round(busy * 13_000));
    }
    for (int i = 0; i < SOCKETS; i++) {
      busyParts[FIRST_SOCKET + i] = Math.round(busyNode * 4_000);
      set(FIRST_SOCKET + i, 95_000 + Math.round(busyNode * 140_000) + random.nextLong(4_000));
    }
    long sum = 0;
    for (int d = 0; d < DEVICES; d++) {
      microjoules[d] += powerMilliwatts[d] * STEP_MILLIS;
      sum += powerMilliwatts[d];
      if (d >= GPUS) {
        drawShared(devices.get(d).kind(), powerMilliwatts[d] * STEP_MILLIS);
      }
    }
    return sum;
  }

  private void set(int device, long milliwatts) {
    powerMilliwatts[device] = milliwatts;
  }

  /** Memory, drives and processors belong to jobs by their part of the GPUs. */
  private void drawShared(DeviceKind kind, long energy) {
    for (SimulatedJob job : jobs) {
      if (job != null) {
        job.draw(kind, energy, WHOLE / GPUS);
      }
    }
  }

  boolean isDue(long epochMillis) {
    return (epochMillis - phaseMillis) % 1_000 == 0;
  }

  /** Reads all devices; a batch when enough is read. */
  @Nullable TelemetryBatch sample(long epochMillis) {
    if (lastMillis == epochMillis) {
      return null;
    }
    lastMillis = epochMillis;
    rowTimes[rows] = epochMillis;
    long gpusHeld = GPUS - (long) freeGpus().size();
    for (int d = 0; d < DEVICES; d++) {
      rowPower[d][rows] = powerMilliwatts[d];
      rowEnergy[d][rows] = microjoules[d];
      rowBusy[d][rows] = busyParts[d];
    }
    rowUsed[MEMORY][rows] = TEBIBYTE / 10 + gpusHeld * (TEBIBYTE / 8);
    for (int i = 0; i < DRIVES; i++) {
      rowUsed[FIRST_DRIVE + i][rows] = 1_200_000_000_000L + writtenBytes[i] % 2_000_000_000_000L;
      rowRead[i][rows] = readBytes[i];
      rowWritten[i][rows] = writtenBytes[i];
    }
    rows++;
    return rows == rowsPerBatch ? batch() : null;
  }

  /** What is read and not published yet; null if nothing. */
  @Nullable TelemetryBatch batch() {
    if (rows == 0) {
      return null;
    }
    long[] times = Arrays.copyOf(rowTimes, rows);
    long[] none = {};
    List<DeviceSeries> series = new ArrayList<>(DEVICES);
    for (int d = 0; d < DEVICES; d++) {
      Device device = devices.get(d);
      boolean drive = device.kind() == DeviceKind.STORAGE;
      boolean sized = drive || device.kind() == DeviceKind.MEMORY;
      series.add(
          new DeviceSeries(
              device,
              new Readings(
                  times,
                  Arrays.copyOf(rowPower[d], rows),
                  Arrays.copyOf(rowEnergy[d], rows),
                  Arrays.copyOf(rowBusy[d], rows),
                  sized ? Arrays.copyOf(rowUsed[d], rows) : none,
                  drive ? Arrays.copyOf(rowRead[d - FIRST_DRIVE], rows) : none,
                  drive ? Arrays.copyOf(rowWritten[d - FIRST_DRIVE], rows) : none)));
    }
    rows = 0;
    return new TelemetryBatch(site, name, agentEpoch, sequence++, series);
  }
}

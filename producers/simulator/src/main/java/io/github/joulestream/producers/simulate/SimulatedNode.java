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
 * A node: 8 GPUs, memory, 4 drives, 2 processors, and what is around them. Power is constant over
 * each step of {@value #STEP_MILLIS} ms, so energy is a whole number of microjoules, and the
 * devices' counters are exact.
 *
 * <p>Every fourth node has no meter at its supplies. Of every eight, the meter of the sixth reports
 * nothing for some minutes in ten, as management controllers do; its counter counts on.
 */
final class SimulatedNode {
  static final int GPUS = 8;
  static final int STEP_MILLIS = 100;

  private static final int DRIVES = 4;
  private static final int SOCKETS = 2;
  private static final int GPUS_PER_SOCKET = GPUS / SOCKETS;
  private static final int MEMORY = GPUS;
  private static final int FIRST_DRIVE = MEMORY + 1;
  private static final int FIRST_SOCKET = FIRST_DRIVE + DRIVES;
  private static final int DEVICES = FIRST_SOCKET + SOCKETS;
  private static final int WHOLE = 10_000;
  private static final long TEBIBYTE = 1L << 40;

  // an H100 SXM consumes about 70 W idle and up to 700 W (data sheet: 700 W)
  private static final int GPU_IDLE_MILLIWATTS = 70_000;
  private static final int GPU_RANGE_MILLIWATTS = 610_000;
  private static final long GPU_LIMIT_MILLIWATTS = 700_000;
  // no two chips are alike: by so much more or less at the same work
  private static final double GPU_SPREAD = 0.03;
  private static final double STRAGGLER = 0.75;
  // up to 255 steps of it: 12 W while it works, 1 W idle
  private static final int NOISE_MILLIWATTS = 47;
  private static final int IDLE_NOISE_MILLIWATTS = 4;

  // 32 DIMMs of DDR5, 64 GiB each: about 2 W idle and 6 W busy
  private static final long MEMORY_IDLE_MILLIWATTS = 64_000;
  private static final long MEMORY_RANGE_MILLIWATTS = 128_000;
  // NVMe of data centres: 4 to 5 W idle, up to 25 W by the data sheets, about 12 W reading
  private static final long DRIVE_IDLE_MILLIWATTS = 5_000;
  private static final long DRIVE_READ_MILLIWATTS = 7_000;
  private static final long DRIVE_WRITE_MILLIWATTS = 13_000;
  private static final long READ_BYTES_PER_STEP = 150_000_000;
  private static final long WRITTEN_BYTES_PER_STEP = 200_000_000;
  // of 56 cores; 350 W by its data sheet
  private static final long SOCKET_IDLE_MILLIWATTS = 100_000;
  private static final long SOCKET_RANGE_MILLIWATTS = 240_000;
  private static final long SOCKET_LIMIT_MILLIWATTS = 350_000;
  // of each GPU: NVLink 4 at most 450 GB/s, of which programs reach a half; a card of 400 Gb/s;
  // data
  private static final double NVLINK_BYTES_PER_STEP = 22e9;
  private static final double NETWORK_BYTES_PER_STEP = 2.5e9;
  private static final double HOST_BYTES_PER_STEP = 0.3e9;
  // cores that feed and poll busy GPUs
  private static final double SOCKET_BY_GPUS = 0.35;

  private static final int WITHOUT_METER_EVERY = 4;
  private static final int SILENT_EVERY = 8;
  private static final int SILENT_AT = 5;
  private static final long SILENCE_EVERY_MILLIS = 600_000;
  private static final long SILENCE_AFTER_MILLIS = 240_000;
  private static final long SILENCE_MILLIS = 150_000;

  private final String site;
  private final String name;
  private final int phaseMillis;
  private final List<Device> devices;
  private final @Nullable Holder[] slots = new Holder[GPUS];
  private final List<Holder> holders = new ArrayList<>();
  private int held;
  private final double[] gpuFactors = new double[GPUS];
  private final double[] slotFactors = new double[GPUS];
  private final long[] powerMilliwatts = new long[DEVICES];
  private final long[] microjoules = new long[DEVICES];
  private final long[] busyBasisPoints = new long[DEVICES];
  private long writtenBytes;
  private long readBytes;
  private final long agentEpoch;
  private long sequence;

  private final Surroundings surroundings;
  private final @Nullable Meter meter;
  private final boolean fallsSilent;
  private final @Nullable SiteMeters siteMeters;
  private final NodeStatuses statuses;
  private final long[] statusMicrojoules = new long[DEVICES];
  private long unmeteredMicrojoules;

  private final int rowsPerBatch;
  private final long[] rowTimes;
  private final long[][] rowPower;
  private final long[][] rowEnergy;
  private final long[][] rowBusy;
  private final long[] rowMemoryUsed;
  private final long[] rowDriveUsed;
  private final long[] rowRead;
  private final long[] rowWritten;
  private int rows;
  private long lastMillis = Long.MIN_VALUE;

  /** A job on this node, and how many GPUs it has here. */
  private static final class Holder {
    final SimulatedJob job;
    int gpus;
    long gpuMilliwatts;
    // of each of its GPUs since the last status
    double nvlinkBytes;
    double inBytes;
    double outBytes;

    Holder(SimulatedJob job) {
      this.job = job;
    }
  }

  /**
   * @param agentEpoch when the site began
   * @param siteMeters the meters of the site, if the agent of this node reads them
   */
  SimulatedNode(
      SimulationOptions options, int index, long agentEpoch, @Nullable SiteMeters siteMeters) {
    this.rowsPerBatch = options.rowsPerBatch();
    this.rowTimes = new long[rowsPerBatch];
    this.rowPower = new long[DEVICES][rowsPerBatch];
    this.rowEnergy = new long[DEVICES][rowsPerBatch];
    this.rowBusy = new long[DEVICES][rowsPerBatch];
    this.rowMemoryUsed = new long[rowsPerBatch];
    this.rowDriveUsed = new long[rowsPerBatch];
    this.rowRead = new long[rowsPerBatch];
    this.rowWritten = new long[rowsPerBatch];
    this.site = options.site();
    this.name = "node-%03d".formatted(index + 1);
    this.phaseMillis = index % 10 * STEP_MILLIS; // not all at once
    this.agentEpoch = agentEpoch + index; // not all started at once
    boolean metered = options.meters() && index % WITHOUT_METER_EVERY != WITHOUT_METER_EVERY - 1;
    this.meter =
        metered
            ? new Meter(
                Device.sensor("supplies", DeviceKind.NODE)
                    .withSource(PowerSource.COUNTER)
                    .withCounter(this.agentEpoch, 0),
                rowsPerBatch)
            : null;
    this.fallsSilent = metered && index % SILENT_EVERY == SILENT_AT;
    this.siteMeters = siteMeters;
    this.statuses =
        new NodeStatuses(
            options.seed(),
            index,
            new Day(options.seed()),
            GPUS,
            DRIVES,
            SOCKETS,
            GPU_LIMIT_MILLIWATTS);
    this.devices = devices(this.agentEpoch, metered);
    SplittableRandom chips = new SplittableRandom(index);
    for (int i = 0; i < GPUS; i++) {
      gpuFactors[i] = 1 + GPU_SPREAD * (2 * chips.nextDouble() - 1);
    }
    Arrays.fill(powerMilliwatts, 0, GPUS, GPU_IDLE_MILLIWATTS);
    powerMilliwatts[MEMORY] = MEMORY_IDLE_MILLIWATTS;
    Arrays.fill(powerMilliwatts, FIRST_DRIVE, FIRST_SOCKET, DRIVE_IDLE_MILLIWATTS);
    Arrays.fill(powerMilliwatts, FIRST_SOCKET, DEVICES, SOCKET_IDLE_MILLIWATTS);
    long idle = Arrays.stream(powerMilliwatts).sum();
    this.surroundings = new Surroundings(idle);
    if (meter != null) {
      meter.count(surroundings.nodeMilliwatts(idle, 0, 0), 0);
    }
  }

  private static List<Device> devices(long epoch, boolean metered) {
    List<Device> list = new ArrayList<>();
    for (int i = 0; i < GPUS; i++) {
      list.add(
          Device.sensor("gpu" + i, DeviceKind.GPU)
              .withSource(PowerSource.COUNTER)
              .withModel("NVIDIA H100 80GB HBM3", GPU_LIMIT_MILLIWATTS));
    }
    list.add(
        Device.sensor("memory", DeviceKind.MEMORY)
            .withSource(PowerSource.MODELLED)
            .withCapacityBytes(2 * TEBIBYTE));
    for (int i = 0; i < DRIVES; i++) {
      list.add(
          Device.sensor("nvme" + i, DeviceKind.STORAGE)
              .withSource(PowerSource.MODELLED)
              .withModel("NVMe 3.84 TB", 25_000)
              .withCapacityBytes(3_840_000_000_000L));
    }
    for (int i = 0; i < SOCKETS; i++) {
      list.add(
          Device.sensor("package-" + i, DeviceKind.CPU)
              .withSource(PowerSource.COUNTER)
              .withModel("", SOCKET_LIMIT_MILLIWATTS));
    }
    return list.stream()
        .map(device -> device.withCounter(epoch, 0))
        .map(device -> metered ? device.withContainedIn(DeviceKind.NODE) : device)
        .toList();
  }

  String name() {
    return name;
  }

  int freeGpus() {
    return GPUS - held;
  }

  /** Gives so many of its free GPUs to a job; returns their indices. */
  List<Integer> give(SimulatedJob job, int gpus) {
    Holder holder = new Holder(job);
    List<Integer> given = new ArrayList<>(gpus);
    for (int i = 0; i < GPUS && given.size() < gpus; i++) {
      if (slots[i] == null) {
        slots[i] = holder;
        slotFactors[i] = gpuFactors[i];
        given.add(i);
      }
    }
    holder.gpus = given.size();
    held += given.size();
    holders.add(holder);
    if (job.traits().straggler() && gpus > 1) {
      slotFactors[given.getLast()] *= STRAGGLER;
    }
    return given;
  }

  void takeBack(SimulatedJob job) {
    for (int i = 0; i < GPUS; i++) {
      Holder holder = slots[i];
      if (holder != null && holder.job == job) {
        slots[i] = null;
        held--;
      }
    }
    holders.removeIf(holder -> holder.job == job);
  }

  /** Draws power from this time on for one step; returns the node's power at its supplies, mW. */
  long step(long epochMillis, boolean silent, SplittableRandom random) {
    // a byte of noise for each GPU
    long noise = random.nextLong();
    double traffic = 0;
    double load = 0;
    for (int socket = 0; socket < SOCKETS; socket++) {
      double busy = 0;
      double host = 0;
      for (int i = socket * GPUS_PER_SOCKET; i < (socket + 1) * GPUS_PER_SOCKET; i++) {
        long dice = noise >>> (8 * i) & 0xff;
        Holder holder = slots[i];
        if (holder == null) {
          busyBasisPoints[i] = 0;
          powerMilliwatts[i] = GPU_IDLE_MILLIWATTS + dice * IDLE_NOISE_MILLIWATTS;
        } else {
          Activity now = holder.job.activityAt(epochMillis);
          long step = now.busy == 0 ? IDLE_NOISE_MILLIWATTS : NOISE_MILLIWATTS;
          busyBasisPoints[i] = (long) (now.busy * WHOLE);
          powerMilliwatts[i] =
              GPU_IDLE_MILLIWATTS
                  + (long) (now.power * slotFactors[i] * GPU_RANGE_MILLIWATTS)
                  + dice * step;
          holder.gpuMilliwatts += powerMilliwatts[i];
          busy += now.busy;
          host += now.host;
          traffic += now.traffic;
        }
      }
      double cores =
          Math.min(1, SOCKET_BY_GPUS * busy / GPUS_PER_SOCKET + 0.65 * host / GPUS_PER_SOCKET);
      busyBasisPoints[FIRST_SOCKET + socket] = (long) (cores * WHOLE);
      powerMilliwatts[FIRST_SOCKET + socket] =
          SOCKET_IDLE_MILLIWATTS + (long) (cores * SOCKET_RANGE_MILLIWATTS);
      load += cores / SOCKETS;
    }
    busyBasisPoints[MEMORY] = (long) (load * WHOLE);
    powerMilliwatts[MEMORY] = MEMORY_IDLE_MILLIWATTS + (long) (load * MEMORY_RANGE_MILLIWATTS);
    long drives = stepDrives(epochMillis);
    long devices = 0;
    for (int d = 0; d < DEVICES; d++) {
      microjoules[d] += powerMilliwatts[d] * STEP_MILLIS;
      devices += powerMilliwatts[d];
    }
    long node = surroundings.nodeMilliwatts(devices, traffic / GPUS, STEP_MILLIS);
    if (meter == null) {
      unmeteredMicrojoules += devices * STEP_MILLIS;
    } else {
      meter.count(node, STEP_MILLIS);
    }
    for (int i = 0; i < holders.size(); i++) {
      consume(holders.get(i), epochMillis, drives, node, silent);
    }
    return node;
  }

  /** All drives hold a share of every file. Returns the sum of their power. */
  private long stepDrives(long epochMillis) {
    boolean reads = false;
    boolean writes = false;
    for (int i = 0; i < holders.size(); i++) {
      Activity now = holders.get(i).job.activityAt(epochMillis);
      reads |= now.reads;
      writes |= now.writes;
    }
    readBytes += reads ? READ_BYTES_PER_STEP : 0;
    writtenBytes += writes ? WRITTEN_BYTES_PER_STEP : 0;
    long busy = writes ? 9_000 : reads ? 6_000 : held == 0 ? 0 : 200;
    long active = writes ? DRIVE_WRITE_MILLIWATTS : DRIVE_READ_MILLIWATTS;
    long power = DRIVE_IDLE_MILLIWATTS + active * busy / WHOLE;
    for (int d = FIRST_DRIVE; d < FIRST_DRIVE + DRIVES; d++) {
      busyBasisPoints[d] = busy;
      powerMilliwatts[d] = power;
    }
    return power * DRIVES;
  }

  /** What a job uses in this step. Memory, drives, processors, node: by its share of the GPUs. */
  private void consume(Holder holder, long epochMillis, long drives, long node, boolean silent) {
    SimulatedJob job = holder.job;
    int share = holder.gpus * (WHOLE / GPUS);
    long gpus = holder.gpuMilliwatts * STEP_MILLIS;
    holder.gpuMilliwatts = 0;
    long memory = powerMilliwatts[MEMORY] * STEP_MILLIS;
    long storage = drives * STEP_MILLIS;
    long sockets =
        (powerMilliwatts[FIRST_SOCKET] + powerMilliwatts[FIRST_SOCKET + 1]) * STEP_MILLIS;
    job.add(DeviceKind.GPU, gpus, WHOLE);
    job.add(DeviceKind.MEMORY, memory, share);
    job.add(DeviceKind.STORAGE, storage, share);
    job.add(DeviceKind.CPU, sockets, share);
    if (meter == null) {
      job.addToTotal(gpus, WHOLE);
      job.addToTotal(memory + storage + sockets, share);
    } else {
      job.add(DeviceKind.NODE, node * STEP_MILLIS, share);
      job.addToTotal(node * STEP_MILLIS, share);
      if (fallsSilent && silent) {
        job.addUnmetered(node * STEP_MILLIS, share);
      }
    }
    Activity now = job.activityAt(epochMillis);
    job.work(now.busy * holder.gpus * STEP_MILLIS / 1_000);
    holder.nvlinkBytes += now.traffic * NVLINK_BYTES_PER_STEP;
    holder.inBytes += now.traffic * NETWORK_BYTES_PER_STEP + now.host * HOST_BYTES_PER_STEP;
    holder.outBytes += now.traffic * NETWORK_BYTES_PER_STEP;
  }

  /** Whether meters that fall silent are so, so long after the site began. */
  static boolean silentAt(long sinceMillis) {
    long since = sinceMillis % SILENCE_EVERY_MILLIS;
    return since >= SILENCE_AFTER_MILLIS && since < SILENCE_AFTER_MILLIS + SILENCE_MILLIS;
  }

  /** True energy of the node: by its meter, or the sum of its devices without one, µJ. */
  long measurableMicrojoules() {
    return meter == null ? unmeteredMicrojoules : meter.microjoules();
  }

  boolean isDue(long epochMillis) {
    return (epochMillis - phaseMillis) % 1_000 == 0;
  }

  /** Reads all devices; a batch when enough is read. */
  @Nullable TelemetryBatch sample(long epochMillis, boolean silent) {
    if (lastMillis == epochMillis) {
      return null;
    }
    lastMillis = epochMillis;
    rowTimes[rows] = epochMillis;
    for (int d = 0; d < DEVICES; d++) {
      rowPower[d][rows] = powerMilliwatts[d];
      rowEnergy[d][rows] = microjoules[d];
      rowBusy[d][rows] = busyBasisPoints[d];
    }
    rowMemoryUsed[rows] = TEBIBYTE / 10 + held * (TEBIBYTE / 8);
    rowDriveUsed[rows] = 1_200_000_000_000L + writtenBytes % 2_000_000_000_000L;
    rowRead[rows] = readBytes;
    rowWritten[rows] = writtenBytes;
    if (meter != null && !(fallsSilent && silent)) {
      meter.read(epochMillis);
    }
    if (siteMeters != null) {
      siteMeters.read(epochMillis);
    }
    if (statuses.isDue(epochMillis)) {
      readStatuses(epochMillis);
    }
    rows++;
    return rows == rowsPerBatch ? batch() : null;
  }

  private void readStatuses(long epochMillis) {
    long since = statuses.begin(epochMillis);
    double fan = surroundings.fanSpeed();
    for (int i = 0; i < GPUS; i++) {
      Holder holder = slots[i];
      NodeStatuses.GpuUse use =
          holder == null
              ? NodeStatuses.GpuUse.NONE
              : new NodeStatuses.GpuUse(
                  true,
                  busyBasisPoints[i] / (double) WHOLE,
                  // one GPU alone exchanges nothing with others
                  holder.gpus == 1 ? 0 : holder.nvlinkBytes,
                  holder.inBytes,
                  holder.outBytes);
      statuses.gpu(
          i, devices.get(i).id(), since, meanMilliwatts(i, since), powerMilliwatts[i], use, fan);
    }
    for (int i = 0; i < DRIVES; i++) {
      int d = FIRST_DRIVE + i;
      statuses.drive(
          i, devices.get(d).id(), since, meanMilliwatts(d, since), writtenBytes / DRIVES);
    }
    for (int i = 0; i < SOCKETS; i++) {
      int d = FIRST_SOCKET + i;
      statuses.socket(i, devices.get(d).id(), since, meanMilliwatts(d, since));
    }
    if (siteMeters != null) {
      statuses.add(siteMeters.status(epochMillis));
    }
    System.arraycopy(microjoules, 0, statusMicrojoules, 0, DEVICES);
    for (int i = 0; i < holders.size(); i++) {
      Holder holder = holders.get(i);
      holder.nvlinkBytes = 0;
      holder.inBytes = 0;
      holder.outBytes = 0;
    }
  }

  /** Mean power of a device since the status before; microjoules by milliseconds are milliwatts. */
  private long meanMilliwatts(int d, long sinceMillis) {
    return sinceMillis == 0
        ? powerMilliwatts[d]
        : (microjoules[d] - statusMicrojoules[d]) / sinceMillis;
  }

  /** What is read and not published yet; null if nothing. */
  @Nullable TelemetryBatch batch() {
    if (rows == 0) {
      return null;
    }
    long[] times = Arrays.copyOf(rowTimes, rows);
    long[] none = {};
    List<DeviceSeries> series = new ArrayList<>(DEVICES + 2);
    for (int d = 0; d < DEVICES; d++) {
      Device device = devices.get(d);
      boolean drive = device.kind() == DeviceKind.STORAGE;
      long[] used =
          drive
              ? Arrays.copyOf(rowDriveUsed, rows)
              : d == MEMORY ? Arrays.copyOf(rowMemoryUsed, rows) : none;
      series.add(
          new DeviceSeries(
              device,
              new Readings(
                  times,
                  Arrays.copyOf(rowPower[d], rows),
                  Arrays.copyOf(rowEnergy[d], rows),
                  Arrays.copyOf(rowBusy[d], rows),
                  used,
                  drive ? Arrays.copyOf(rowRead, rows) : none,
                  drive ? Arrays.copyOf(rowWritten, rows) : none)));
    }
    DeviceSeries read = meter == null ? null : meter.take();
    if (read != null) {
      series.add(read);
    }
    if (siteMeters != null) {
      siteMeters.take(series);
    }
    rows = 0;
    return new TelemetryBatch(site, name, agentEpoch, sequence++, series, 0, statuses.take());
  }
}

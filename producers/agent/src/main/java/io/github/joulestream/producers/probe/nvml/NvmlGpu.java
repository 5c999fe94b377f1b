// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvml;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.integrate.SensorWindow;
import io.github.joulestream.energy.integrate.SensorWindow.Field;
import io.github.joulestream.producers.probe.PciAddress;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A GPU: what it supports, its MIG instances, and its readings. */
final class NvmlGpu {
  private static final Logger log = LoggerFactory.getLogger(NvmlGpu.class);
  private static final long RETRY_MILLIS = 10_000;
  // NVML documents the mean as one of 1 s; of a device with a counter it decides nothing
  private static final int DOCUMENTED_AVERAGING_MILLIS = 1_000;
  private static final long[] NONE = {};

  /** What is read of a GPU in each turn. */
  private enum Reading {
    ENERGY("energy counter"),
    FIELD_POWER("mean power"),
    POWER("power"),
    BUSY("utilisation"),
    MEMORY("memory in use");

    final String words;

    Reading(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /** A MIG instance. */
  private record Instance(Device device, MemorySegment handle, NvidiaNumbering.Instance named) {

    /** NVML gives each compute instance of a GPU instance all of the GPU instance's memory. */
    Instance withShareOfMemory(List<Instance> all) {
      int gi = named.gi();
      long together = all.stream().filter(instance -> instance.named.gi() == gi).count();
      return gi == NvidiaNumbering.UNKNOWN || together == 1
          ? this
          : new Instance(
              device.withCapacityBytes(device.capacityBytes() / together), handle, named);
    }
  }

  /** The GPU or the driver does not answer any more. */
  static final class Lost extends Exception {
    private static final long serialVersionUID = 1;
    final int answer;

    Lost(int answer) {
      super(null, null, false, false);
      this.answer = answer;
    }

    /** True if the driver was unloaded. */
    boolean driver() {
      return answer == Nvml.UNINITIALIZED || answer == Nvml.DRIVER_NOT_LOADED;
    }
  }

  final String uuid;

  /** As nvidia-smi counts, GPUs that do not answer included. */
  int index;

  private final int minor;
  private final @Nullable PciAddress address;
  private final int driver;
  private final NvmlSupport<Reading> support;
  private final NvmlStatus status;
  private MemorySegment handle;
  private Device device;
  private List<Instance> instances = List.of();
  private boolean mayHaveMig = true;
  private boolean mig;
  private int powerField;
  private boolean lost;
  private long askedMillis = MISSING;
  private long counterMicrojoules = MISSING;

  /**
   * Finds out what the GPU supports.
   *
   * @param counterEpoch of its energy counter
   * @param status what is known of its counters
   */
  NvmlGpu(
      NvmlSession session,
      String uuid,
      MemorySegment handle,
      long counterEpoch,
      NvmlStatus status) {
    this.uuid = uuid;
    this.status = status;
    this.support = new NvmlSupport<>(uuid, Reading.class);
    this.handle = handle;
    device =
        Device.sensor(uuid, DeviceKind.GPU)
            .withSource(PowerSource.COUNTER)
            .withCounter(counterEpoch, 0)
            .withModel(
                Objects.requireNonNullElse(session.model(handle), ""),
                maxMilliwatts(session, handle))
            .withCapacityBytes(session.capacityBytes(handle));
    minor = session.id(session.nvml.nvmlDeviceGetMinorNumber, handle);
    address = session.address(handle);
    String version = session.driverVersion();
    driver = version == null ? SensorWindow.UNKNOWN_DRIVER : SensorWindow.mainVersion(version);
    choosePower(session);
    try {
      energy(session); // finds out whether it has a counter
    } catch (Lost _) {
      lost = true;
    }
  }

  /** The most that the board can be set to; never the limit in force, which people change. */
  private static long maxMilliwatts(NvmlSession session, MemorySegment handle) {
    Nvml nvml = session.nvml;
    int answer =
        Nvml.call(
            nvml.nvmlDeviceGetPowerManagementLimitConstraints,
            handle,
            session.first,
            session.second);
    long max = answer == Nvml.SUCCESS ? NvmlSession.number(session.second) : MISSING;
    return max > 0
        ? max
        : Math.max(0, session.number(nvml.nvmlDeviceGetPowerManagementDefaultLimit, handle));
  }

  /** The mean over a second if the GPU gives it, else the power of the moment. */
  private void choosePower(NvmlSession session) {
    MemorySegment fields = session.fields;
    Nvml.want(fields, 0, Nvml.FIELD_POWER_AVERAGE, Nvml.SCOPE_GPU);
    Nvml.want(fields, 1, Nvml.FIELD_POWER_INSTANT, Nvml.SCOPE_GPU);
    boolean answers =
        Nvml.call(session.nvml.nvmlDeviceGetFieldValues, handle, 2, fields) == Nvml.SUCCESS;
    if (answers && Nvml.fieldAnswer(fields, 0) == Nvml.SUCCESS) {
      powerField = Nvml.FIELD_POWER_AVERAGE;
    } else if (answers && Nvml.fieldAnswer(fields, 1) == Nvml.SUCCESS) {
      powerField = Nvml.FIELD_POWER_INSTANT;
    } else {
      support.turnOff(Reading.FIELD_POWER);
    }
    device = device.withAveragingMillis(averagingMillis());
  }

  /**
   * Length of the time that a power is the mean of, where energy comes from power: by the model, as
   * for logs. A model that is not in that table has an unknown one, and its power is not shifted.
   */
  private int averagingMillis() {
    Field field =
        support.isOff(Reading.FIELD_POWER)
            ? Field.DRAW
            : powerField == Nvml.FIELD_POWER_AVERAGE ? Field.AVERAGE : Field.INSTANT;
    if (device.source() == PowerSource.COUNTER) {
      return field == Field.AVERAGE ? DOCUMENTED_AVERAGING_MILLIS : 0;
    }
    return SensorWindow.find(device.model(), field, driver)
        // a mean up to its reading whose middle is where the table has it
        .map(window -> 2 * window.centreMillis())
        .orElse(0);
  }

  Device device() {
    return device;
  }

  MemorySegment handle() {
    return handle;
  }

  /** True if it does not answer; it is asked again after ten seconds. */
  boolean isLost() {
    return lost;
  }

  int instances() {
    return instances.size();
  }

  /** Names of what it does not give, separated by commas. */
  String notGiven() {
    return Stream.concat(support.notGiven(), status.notGiven()).collect(Collectors.joining(", "));
  }

  NvidiaNumbering.Gpu named() {
    return new NvidiaNumbering.Gpu(
        uuid, index, minor, address, instances.stream().map(Instance::named).toList());
  }

  // ---- reading

  /**
   * Adds its readings and those of its instances; none while it is lost.
   *
   * @throws Lost if it or the driver does not answer any more
   */
  void read(NvmlSession session, long epochMillis, List<DeviceSeries> series) throws Lost {
    try {
      if (!lost || (isDue(epochMillis) && isBack(session, epochMillis))) {
        add(session, epochMillis, series);
      }
    } catch (Lost e) {
      lost = true;
      askedMillis = epochMillis;
      throw e;
    }
  }

  private boolean isDue(long epochMillis) {
    return isDue(askedMillis, epochMillis);
  }

  /** True ten seconds after the last time; and if the clock was set back. */
  static boolean isDue(long lastMillis, long epochMillis) {
    return lastMillis == MISSING || Math.abs(epochMillis - lastMillis) >= RETRY_MILLIS;
  }

  private boolean isBack(NvmlSession session, long epochMillis) {
    askedMillis = epochMillis;
    if (session.askHandle(uuid) != Nvml.SUCCESS) {
      return false;
    }
    MemorySegment found = session.handle();
    if (session.uuid(found) == null
        || NvmlSupport.isLost(
            Nvml.call(session.nvml.nvmlDeviceGetPowerUsage, found, session.first))) {
      return false;
    }
    handle = found;
    session.events().forget(uuid);
    lost = false;
    mayHaveMig = true;
    askedMillis = MISSING;
    log.warn("GPU {} is back", uuid);
    return true;
  }

  private void add(NvmlSession session, long epochMillis, List<DeviceSeries> series) throws Lost {
    if (mayHaveMig && isDue(epochMillis)) {
      askedMillis = epochMillis;
      findInstances(session);
    }
    Nvml nvml = session.nvml;
    long microjoules = energy(session);
    long milliwatts = power(session);
    long percent =
        ask(session, Reading.BUSY, nvml.nvmlDeviceGetUtilizationRates, session.utilization)
            ? Nvml.busyPercent(session.utilization)
            : MISSING;
    long busy = percent < 0 || percent > 100 ? MISSING : percent * 100;
    long used =
        ask(session, Reading.MEMORY, nvml.nvmlDeviceGetMemoryInfo, session.memory)
            ? session.usedBytes()
            : MISSING;
    series.add(series(device, epochMillis, milliwatts, microjoules, busy, used));
    for (Instance instance : instances) {
      long usedByIt = session.hasMemory(instance.handle) ? session.usedBytes() : MISSING;
      series.add(series(instance.device, epochMillis, milliwatts, microjoules, MISSING, usedByIt));
    }
  }

  private static DeviceSeries series(
      Device device, long epochMillis, long milliwatts, long microjoules, long busy, long used) {
    return new DeviceSeries(
        device,
        new Readings(
            new long[] {epochMillis},
            column(milliwatts),
            device.source() == PowerSource.COUNTER ? new long[] {microjoules} : NONE,
            column(busy),
            column(used),
            NONE,
            NONE));
  }

  private static long[] column(long value) {
    return value == MISSING ? NONE : new long[] {value};
  }

  private long energy(NvmlSession session) throws Lost {
    if (!ask(
        session, Reading.ENERGY, session.nvml.nvmlDeviceGetTotalEnergyConsumption, session.first)) {
      return MISSING;
    }
    long millijoules = NvmlSession.usable(session.first.get(JAVA_LONG, 0));
    if (millijoules == MISSING || millijoules > Long.MAX_VALUE / 1000) {
      return MISSING; // this once, and no reset
    }
    long microjoules = millijoules * 1000;
    if (microjoules < counterMicrojoules) {
      // the GPU was reset
      device = device.withCounter(device.counterEpoch() + 1, 0);
      askedMillis = MISSING; // its instances must have the same epoch
    }
    counterMicrojoules = microjoules;
    return microjoules;
  }

  private long power(NvmlSession session) throws Lost {
    if (!support.isOff(Reading.FIELD_POWER)) {
      MemorySegment fields = session.fields;
      Nvml.want(fields, 0, powerField, Nvml.SCOPE_GPU);
      int answer = Nvml.call(session.nvml.nvmlDeviceGetFieldValues, handle, 1, fields);
      if (answer == Nvml.SUCCESS) {
        answer = Nvml.fieldAnswer(fields, 0);
      }
      if (judge(session, Reading.FIELD_POWER, answer)) {
        return NvmlSession.usable(Nvml.fieldValue(fields, 0));
      }
      if (!support.isOff(Reading.FIELD_POWER)) {
        return MISSING; // this once
      }
      device = device.withAveragingMillis(averagingMillis());
    }
    return ask(session, Reading.POWER, session.nvml.nvmlDeviceGetPowerUsage, session.first)
        ? NvmlSession.number(session.first)
        : MISSING;
  }

  /** True if the function gave the reading. */
  private boolean ask(
      NvmlSession session, Reading reading, MethodHandle function, MemorySegment into) throws Lost {
    return !support.isOff(reading) && judge(session, reading, Nvml.call(function, handle, into));
  }

  private boolean judge(NvmlSession session, Reading reading, int answer) throws Lost {
    boolean gives = support.judge(session, reading, answer);
    if (reading == Reading.ENERGY && support.isOff(reading)) {
      device = device.withSource(PowerSource.SENSOR);
      device = device.withAveragingMillis(averagingMillis());
    }
    return gives;
  }

  // ---- status

  /**
   * Adds what it reports besides power; while it is lost, its XID errors alone.
   *
   * @throws Lost if it or the driver does not answer any more
   */
  void addStatus(NvmlSession session, long epochMillis, List<DeviceStatus> statuses) throws Lost {
    MemorySegment answering = lost ? null : handle;
    boolean countsXids = answering != null && session.events().register(uuid, answering);
    try {
      status.add(session, uuid, answering, countsXids, epochMillis, statuses);
    } catch (Lost e) {
      lost = true;
      askedMillis = epochMillis;
      throw e;
    }
  }

  /** True if this is its handle, or was the last one before it was lost. */
  boolean isAt(MemorySegment other) {
    return handle.equals(other);
  }

  // ---- MIG

  /** Finds its MIG instances as they are now. */
  private void findInstances(NvmlSession session) throws Lost {
    Nvml nvml = session.nvml;
    int answer = Nvml.call(nvml.nvmlDeviceGetMigMode, handle, session.first, session.second);
    if (NvmlSupport.isLost(answer)) {
      throw new Lost(answer);
    }
    mayHaveMig = !NvmlSupport.isNever(answer);
    boolean on = answer == Nvml.SUCCESS && session.first.get(JAVA_INT, 0) == Nvml.MIG_ENABLED;
    if (on != mig) {
      mig = on;
      support.tryAgain(Reading.BUSY); // not given while MIG is on
    }
    if (!on) {
      instances = List.of();
      return;
    }
    List<Instance> found = new ArrayList<>();
    long places = Math.max(0, session.number(nvml.nvmlDeviceGetMaxMigDeviceCount, handle));
    for (int i = 0; i < places; i++) {
      if (session.askInstance(handle, i) == Nvml.SUCCESS) { // else nobody has this place
        MemorySegment instance = session.handle();
        String instanceUuid = session.uuid(instance);
        if (instanceUuid != null) {
          Device of = instance(session, instanceUuid, instance);
          found.add(
              new Instance(
                  of,
                  instance,
                  new NvidiaNumbering.Instance(
                      instanceUuid,
                      i,
                      session.id(nvml.nvmlDeviceGetGpuInstanceId, instance),
                      session.id(nvml.nvmlDeviceGetComputeInstanceId, instance),
                      of.model())));
        }
      }
    }
    instances = found.stream().map(instance -> instance.withShareOfMemory(found)).toList();
  }

  private Device instance(NvmlSession session, String instanceUuid, MemorySegment instance) {
    return new Device(
        instanceUuid,
        device.kind(),
        device.source(),
        device.containedIn(),
        Objects.requireNonNullElse(session.model(instance), device.model()),
        device.power(),
        device.counter(),
        session.capacityBytes(instance),
        device.id());
  }
}

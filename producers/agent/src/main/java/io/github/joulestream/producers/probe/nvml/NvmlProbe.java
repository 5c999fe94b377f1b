// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvml;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.integrate.SensorWindow;
import io.github.joulestream.energy.integrate.SensorWindow.Field;
import io.github.joulestream.producers.probe.BootEpoch;
import io.github.joulestream.producers.probe.Detail;
import io.github.joulestream.producers.probe.ErrorValue;
import io.github.joulestream.producers.probe.GpuNumbering;
import io.github.joulestream.producers.probe.PciAddress;
import io.github.joulestream.producers.probe.PciGpus;
import io.github.joulestream.producers.probe.Probe;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * NVIDIA's GPUs, through the driver's own library, NVML (see the NVML API Reference Guide). Sent of
 * each GPU, by its UUID:
 *
 * <ul>
 *   <li>the energy counter, in mJ since the driver was loaded (Volta and later)
 *   <li>power in mW: the mean over a second where the GPU gives it (Ampere except GA100, and
 *       later), else the power of the moment; of a GPU without a counter {@link SensorWindow} says
 *       by model what it is the mean of
 *   <li>the part of the time in which a kernel ran
 *   <li>memory in use
 * </ul>
 *
 * <p>Where MIG is on, each instance is sent too, by its own UUID: as an instance of its GPU, whose
 * power and counter it repeats, for the hardware measures only the whole. Instances are looked for
 * anew every ten seconds.
 *
 * <p>What a GPU does not support, or this user may not read, is said once and not asked for again.
 * A GPU that is lost is left out and asked for again every ten seconds; a driver that was reloaded
 * is opened anew. Anybody may read all of it.
 */
public final class NvmlProbe implements Probe {
  /** The library's name where a driver is installed. */
  public static final String LIBRARY = "libnvidia-ml.so.1";

  private static final Logger log = LoggerFactory.getLogger(NvmlProbe.class);
  private static final long LOOK_AGAIN_MILLIS = 10_000;
  // as NVML says of the mean; beside a counter it decides nothing
  private static final int SAID_AVERAGING_MILLIS = 1_000;
  private static final int FIELDS = 8;
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
  }

  private static final String[] THROTTLE_REASONS = {
    "idle",
    "application clocks",
    "power cap",
    "hardware slowdown",
    "sync boost",
    "temperature (driver)",
    "temperature (hardware)",
    "power brake",
    "display clocks"
  };

  private final String libraryName;
  private final Path procRoot;
  private final Path sysRoot;
  private final List<Gpu> gpus = new ArrayList<>();
  private @Nullable Open open;
  private int expected;
  private final Set<Integer> silent = new HashSet<>();
  private long lookedMillis = MISSING;
  private int reloads;

  /** The library, and memory for its answers, allocated once. */
  private static final class Open {
    final Arena arena;
    final Nvml nvml;
    final MemorySegment handle;
    final MemorySegment first;
    final MemorySegment second;
    final MemorySegment memory;
    final MemorySegment pci;
    final MemorySegment text;
    final MemorySegment fields;

    Open(Arena arena, Nvml nvml) {
      this.arena = arena;
      this.nvml = nvml;
      handle = arena.allocate(ADDRESS);
      first = arena.allocate(JAVA_LONG);
      second = arena.allocate(JAVA_LONG);
      memory = arena.allocate(Nvml.MEMORY);
      pci = arena.allocate(Nvml.PCI);
      text = arena.allocate(Math.max(Nvml.UUID_SIZE, Nvml.NAME_SIZE));
      fields = arena.allocate(Nvml.FIELD, FIELDS);
    }
  }

  /** A MIG instance. */
  private record Instance(Device device, MemorySegment handle, NvidiaNumbering.Instance named) {

    /** Compute instances of one GPU instance are each said to have all of its memory. */
    Instance withItsPartOfMemory(List<Instance> all) {
      int gi = named.gi();
      long together = all.stream().filter(instance -> instance.named.gi() == gi).count();
      return gi == NvidiaNumbering.UNKNOWN || together == 1
          ? this
          : new Instance(
              device.withCapacityBytes(device.capacityBytes() / together), handle, named);
    }
  }

  /** What is known of a GPU. */
  private static final class Gpu {
    final String uuid;
    int index;
    int minor = NvidiaNumbering.UNKNOWN;
    @Nullable PciAddress address;
    final Set<Reading> off = EnumSet.noneOf(Reading.class);
    MemorySegment handle;
    Device device;
    List<Instance> instances = List.of();
    boolean mayHaveMig = true;
    boolean mig;
    int driver = SensorWindow.UNKNOWN_DRIVER;
    int powerField;
    boolean lost;
    long askedMillis = MISSING;
    long counterMicrojoules = MISSING;

    Gpu(String uuid, MemorySegment handle, Device device) {
      this.uuid = uuid;
      this.handle = handle;
      this.device = device;
    }

    boolean isDue(long epochMillis) {
      return due(askedMillis, epochMillis);
    }
  }

  /** The clock may be set back: then it is due too. */
  private static boolean due(long lastMillis, long epochMillis) {
    return lastMillis == MISSING || Math.abs(epochMillis - lastMillis) >= LOOK_AGAIN_MILLIS;
  }

  /** The GPU or the driver does not answer any more. */
  private static final class Lost extends Exception {
    private static final long serialVersionUID = 1;
    final int answer;

    Lost(int answer) {
      super(null, null, false, false);
      this.answer = answer;
    }

    boolean driver() {
      return answer == Nvml.UNINITIALIZED || answer == Nvml.DRIVER_NOT_LOADED;
    }
  }

  /**
   * @param libraryName {@link #LIBRARY}, or a path
   * @param procRoot {@code /proc}
   * @param sysRoot {@code /sys}: a GPU that is plugged in and has no library is not absent
   */
  public NvmlProbe(String libraryName, Path procRoot, Path sysRoot) {
    this.libraryName = libraryName;
    this.procRoot = procRoot;
    this.sysRoot = sysRoot;
  }

  /** Of a machine whose buses are not looked at. */
  NvmlProbe(String libraryName, Path procRoot) {
    this(libraryName, procRoot, procRoot.resolve("none"));
  }

  @Override
  public String name() {
    return "nvml";
  }

  // ---- finding

  @Override
  @SuppressWarnings("MustBeClosedChecker") // the arena stays open until close()
  public void open() throws ProbeUnavailable {
    close();
    silent.clear();
    // opened by one thread and read by another
    Arena arena = Arena.ofShared();
    Nvml nvml;
    try {
      nvml = new Nvml(libraryName, arena);
    } catch (IllegalArgumentException _) {
      arena.close();
      throw noLibrary();
    } catch (IllegalCallerException _) {
      arena.close();
      throw new ProbeUnavailable(
          "Java may not call native code: start it with --enable-native-access=ALL-UNNAMED");
    }
    int answer = Nvml.call(nvml.nvmlInit_v2);
    if (answer != Nvml.SUCCESS) {
      String words = nvml.words(answer);
      arena.close();
      throw ProbeUnavailable.mendable("NVML cannot start: " + words);
    }
    Open opened = new Open(arena, nvml);
    open = opened;
    String trouble = find(opened);
    if (gpus.isEmpty()) {
      close();
      throw new ProbeUnavailable(trouble);
    }
  }

  @Override
  public GpuNumbering numbering() {
    return new NvidiaNumbering(
        gpus.stream()
            .map(gpu ->
                new NvidiaNumbering.Gpu(
                    gpu.uuid,
                    gpu.index,
                    gpu.minor,
                    gpu.address,
                    gpu.instances.stream().map(Instance::named).toList()))
            .toList());
  }

  private ProbeUnavailable noLibrary() {
    List<String> plugged = PciGpus.in(sysRoot, PciGpus.NVIDIA);
    return plugged.isEmpty()
        ? ProbeUnavailable.absent(
            "there is no %s: no NVIDIA driver is installed".formatted(libraryName))
        : ProbeUnavailable.mendable(
            "%s in this machine, and there is no %s -> install NVIDIA's driver (in a container:"
                    .formatted(PciGpus.words(plugged, "NVIDIA"), libraryName)
                + " the NVIDIA Container Toolkit, with the driver capability 'utility')");
  }

  /** Finds GPUs that are not known yet; what is wrong if there are none. */
  private String find(Open at) {
    int answer = Nvml.call(at.nvml.nvmlDeviceGetCount_v2, at.first);
    if (answer != Nvml.SUCCESS) {
      return "NVML cannot count GPUs: " + at.nvml.words(answer);
    }
    expected = at.first.get(JAVA_INT, 0);
    String trouble = "NVML shows no GPU";
    for (int i = 0; i < expected; i++) {
      answer = Nvml.call(at.nvml.nvmlDeviceGetHandleByIndex_v2, i, at.handle);
      if (answer == Nvml.SUCCESS) {
        MemorySegment handle = at.handle.get(ADDRESS, 0);
        answer = Nvml.call(at.nvml.nvmlDeviceGetUUID, handle, at.text, Nvml.UUID_SIZE);
        String uuid = answer == Nvml.SUCCESS ? at.text.getString(0) : null;
        if (uuid != null) {
          Gpu known = gpus.stream().filter(gpu -> gpu.uuid.equals(uuid)).findFirst().orElse(null);
          Gpu gpu = known == null ? gpu(at, uuid, handle) : known;
          gpu.index = i; // of all, those included that do not answer
          if (known == null) {
            gpus.add(gpu);
          }
        }
      }
      if (answer != Nvml.SUCCESS) {
        trouble = "GPU %d does not answer: %s".formatted(i, at.nvml.words(answer));
        if (silent.add(i)) {
          log.warn("nvml: {}", trouble);
        }
      }
    }
    return trouble;
  }

  private Gpu gpu(Open at, String uuid, MemorySegment handle) {
    String name = text(at, at.nvml.nvmlDeviceGetName, handle, Nvml.NAME_SIZE);
    long most = mostMilliwatts(at, handle);
    boolean sized = Nvml.call(at.nvml.nvmlDeviceGetMemoryInfo, handle, at.memory) == Nvml.SUCCESS;
    Device device =
        Device.sensor(uuid, DeviceKind.GPU)
            .withSource(PowerSource.COUNTER)
            .withCounter(BootEpoch.read(procRoot) + reloads, 0)
            .withModel(Objects.requireNonNullElse(name, ""), most)
            .withCapacityBytes(sized ? capacity(at) : 0);
    Gpu gpu = new Gpu(uuid, handle, device);
    gpu.minor = id(at, at.nvml.nvmlDeviceGetMinorNumber, handle);
    gpu.address =
        Nvml.call(at.nvml.nvmlDeviceGetPciInfo_v3, handle, at.pci) == Nvml.SUCCESS
            ? Nvml.address(at.pci)
            : null;
    if (Nvml.call(at.nvml.nvmlSystemGetDriverVersion, at.text, Nvml.VERSION_SIZE) == Nvml.SUCCESS) {
      gpu.driver = SensorWindow.mainVersion(at.text.getString(0));
    }
    choosePower(at, gpu);
    try {
      energy(at, gpu); // says whether it has a counter
    } catch (Lost _) {
      gpu.lost = true;
    }
    return gpu;
  }

  /** The most that the board can be set to; never the limit in force, which people change. */
  private static long mostMilliwatts(Open at, MemorySegment handle) {
    int answer =
        Nvml.call(
            at.nvml.nvmlDeviceGetPowerManagementLimitConstraints, handle, at.first, at.second);
    long most =
        answer == Nvml.SUCCESS
            ? usable(Integer.toUnsignedLong(at.second.get(JAVA_INT, 0)))
            : MISSING;
    return most > 0
        ? most
        : Math.max(0, number(at, at.nvml.nvmlDeviceGetPowerManagementDefaultLimit, handle));
  }

  /** MISSING in place of a number that is no reading, see {@link ErrorValue}. */
  private static long usable(long number) {
    return ErrorValue.is(number) ? MISSING : number;
  }

  /** Bytes in use; MISSING if there cannot be so many. */
  private static long usedBytes(MemorySegment memory) {
    long used = memory.get(JAVA_LONG, 16);
    long total = memory.get(JAVA_LONG, 0);
    return used < 0 || (total > 0 && used > total) ? MISSING : used;
  }

  /** The mean over a second if it is given, else the power of the moment. */
  private static void choosePower(Open at, Gpu gpu) {
    Nvml.want(at.fields, 0, Nvml.FIELD_POWER_AVERAGE, Nvml.SCOPE_GPU);
    Nvml.want(at.fields, 1, Nvml.FIELD_POWER_INSTANT, Nvml.SCOPE_GPU);
    boolean answers =
        Nvml.call(at.nvml.nvmlDeviceGetFieldValues, gpu.handle, 2, at.fields) == Nvml.SUCCESS;
    if (answers && Nvml.fieldAnswer(at.fields, 0) == Nvml.SUCCESS) {
      gpu.powerField = Nvml.FIELD_POWER_AVERAGE;
    } else if (answers && Nvml.fieldAnswer(at.fields, 1) == Nvml.SUCCESS) {
      gpu.powerField = Nvml.FIELD_POWER_INSTANT;
    } else {
      gpu.off.add(Reading.FIELD_POWER);
    }
    gpu.device = gpu.device.withAveragingMillis(averagingMillis(gpu));
  }

  /**
   * How long the time is that a power is the mean of, where energy comes from power: by the model,
   * as of logs. What is not in that table is unknown, and its power is not shifted.
   */
  private static int averagingMillis(Gpu gpu) {
    Field field =
        gpu.off.contains(Reading.FIELD_POWER)
            ? Field.DRAW
            : gpu.powerField == Nvml.FIELD_POWER_AVERAGE ? Field.AVERAGE : Field.INSTANT;
    if (gpu.device.source() == PowerSource.COUNTER) {
      return field == Field.AVERAGE ? SAID_AVERAGING_MILLIS : 0;
    }
    return SensorWindow.find(gpu.device.model(), field, gpu.driver)
        // a mean up to its reading whose middle is where the table has it
        .map(window -> 2 * window.centreMillis())
        .orElse(0);
  }

  /** The MIG instances of a GPU as they are now. */
  private void findInstances(Open at, Gpu gpu) throws Lost {
    int answer = Nvml.call(at.nvml.nvmlDeviceGetMigMode, gpu.handle, at.first, at.second);
    if (lost(answer)) {
      throw new Lost(answer);
    }
    gpu.mayHaveMig = !never(answer);
    boolean on = answer == Nvml.SUCCESS && at.first.get(JAVA_INT, 0) == Nvml.MIG_ENABLED;
    if (on != gpu.mig) {
      gpu.mig = on;
      gpu.off.remove(Reading.BUSY); // not given while MIG is on
    }
    if (!on) {
      gpu.instances = List.of();
      return;
    }
    List<Instance> instances = new ArrayList<>();
    long places = Math.max(0, number(at, at.nvml.nvmlDeviceGetMaxMigDeviceCount, gpu.handle));
    for (int i = 0; i < places; i++) {
      answer = Nvml.call(at.nvml.nvmlDeviceGetMigDeviceHandleByIndex, gpu.handle, i, at.handle);
      if (answer == Nvml.SUCCESS) { // else nobody has this place
        MemorySegment handle = at.handle.get(ADDRESS, 0);
        String uuid = text(at, at.nvml.nvmlDeviceGetUUID, handle, Nvml.UUID_SIZE);
        if (uuid != null) {
          Device device = instance(at, gpu, uuid, handle);
          instances.add(
              new Instance(
                  device,
                  handle,
                  new NvidiaNumbering.Instance(
                      uuid,
                      i,
                      id(at, at.nvml.nvmlDeviceGetGpuInstanceId, handle),
                      id(at, at.nvml.nvmlDeviceGetComputeInstanceId, handle),
                      device.model())));
        }
      }
    }
    gpu.instances =
        instances.stream().map(instance -> instance.withItsPartOfMemory(instances)).toList();
  }

  /** What was asked for last; what no memory has is not known. */
  private static long capacity(Open at) {
    long bytes = at.memory.get(JAVA_LONG, 0);
    return bytes < 0 || bytes > Device.MAX_BYTES ? 0 : bytes;
  }

  private static Device instance(Open at, Gpu gpu, String uuid, MemorySegment handle) {
    String name = text(at, at.nvml.nvmlDeviceGetName, handle, Nvml.NAME_SIZE);
    boolean sized = Nvml.call(at.nvml.nvmlDeviceGetMemoryInfo, handle, at.memory) == Nvml.SUCCESS;
    Device whole = gpu.device;
    return new Device(
        uuid,
        whole.kind(),
        whole.source(),
        whole.containedIn(),
        name == null ? whole.model() : name,
        whole.power(),
        whole.counter(),
        sized ? capacity(at) : 0,
        whole.id());
  }

  private static @Nullable String text(
      Open at, MethodHandle function, MemorySegment handle, int size) {
    return Nvml.call(function, handle, at.text, size) == Nvml.SUCCESS ? at.text.getString(0) : null;
  }

  /** A number of 32 bits, or MISSING. */
  private static long number(Open at, MethodHandle function, MemorySegment handle) {
    return Nvml.call(function, handle, at.first) == Nvml.SUCCESS
        ? usable(Integer.toUnsignedLong(at.first.get(JAVA_INT, 0)))
        : MISSING;
  }

  private static int id(Open at, MethodHandle function, MemorySegment handle) {
    long number = number(at, function, handle);
    return number == MISSING ? NvidiaNumbering.UNKNOWN : Math.toIntExact(number);
  }

  // ---- reading

  @Override
  public List<DeviceSeries> read(long epochMillis) throws IOException {
    boolean look = (open == null || gpus.size() < expected) && due(lookedMillis, epochMillis);
    if (look) {
      lookedMillis = epochMillis;
    } else if (open == null) {
      throw new IOException("the driver is not loaded");
    }
    Open at = opened();
    if (look) {
      find(at);
    }
    List<DeviceSeries> series = new ArrayList<>(gpus.size());
    for (Gpu gpu : gpus) {
      try {
        if (gpu.lost && (!gpu.isDue(epochMillis) || !isBack(at, gpu, epochMillis))) {
          continue;
        }
        read(at, gpu, epochMillis, series);
      } catch (Lost e) {
        gpu.lost = true;
        gpu.askedMillis = epochMillis;
        log.warn("GPU {} is lost: {}", gpu.uuid, at.nvml.words(e.answer));
        if (e.driver()) {
          lookedMillis = epochMillis;
          reloads++; // a driver that is loaded again counts from zero
          close();
          throw new IOException("the driver was unloaded", e);
        }
      }
    }
    if (series.isEmpty()) {
      throw new IOException("all GPUs are lost");
    }
    return series;
  }

  /** The library, opened again if the driver was unloaded. */
  private Open opened() throws IOException {
    if (open == null) {
      try {
        open();
        log.warn("nvml: the driver is back");
      } catch (ProbeUnavailable e) {
        throw new IOException(e.getMessage(), e);
      }
    }
    return Objects.requireNonNull(open, "open");
  }

  private static boolean isBack(Open at, Gpu gpu, long epochMillis) {
    gpu.askedMillis = epochMillis;
    at.text.setString(0, gpu.uuid);
    if (Nvml.call(at.nvml.nvmlDeviceGetHandleByUUID, at.text, at.handle) != Nvml.SUCCESS) {
      return false;
    }
    MemorySegment handle = at.handle.get(ADDRESS, 0);
    if (text(at, at.nvml.nvmlDeviceGetUUID, handle, Nvml.UUID_SIZE) == null
        || lost(Nvml.call(at.nvml.nvmlDeviceGetPowerUsage, handle, at.first))) {
      return false;
    }
    gpu.handle = handle;
    gpu.lost = false;
    gpu.mayHaveMig = true;
    gpu.askedMillis = MISSING;
    log.warn("GPU {} is back", gpu.uuid);
    return true;
  }

  private void read(Open at, Gpu gpu, long epochMillis, List<DeviceSeries> series) throws Lost {
    if (gpu.mayHaveMig && gpu.isDue(epochMillis)) {
      gpu.askedMillis = epochMillis;
      findInstances(at, gpu);
    }
    long microjoules = energy(at, gpu);
    long milliwatts = power(at, gpu);
    long percent =
        ask(gpu, Reading.BUSY, at.nvml.nvmlDeviceGetUtilizationRates, at.first)
            ? at.first.get(JAVA_INT, 0)
            : MISSING;
    long busy = percent < 0 || percent > 100 ? MISSING : percent * 100;
    long used =
        ask(gpu, Reading.MEMORY, at.nvml.nvmlDeviceGetMemoryInfo, at.memory)
            ? usedBytes(at.memory)
            : MISSING;
    series.add(series(gpu.device, epochMillis, milliwatts, microjoules, busy, used));
    for (Instance instance : gpu.instances) {
      boolean sized =
          Nvml.call(at.nvml.nvmlDeviceGetMemoryInfo, instance.handle, at.memory) == Nvml.SUCCESS;
      series.add(
          series(
              instance.device,
              epochMillis,
              milliwatts,
              microjoules,
              MISSING,
              sized ? usedBytes(at.memory) : MISSING));
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

  private long energy(Open at, Gpu gpu) throws Lost {
    if (!ask(gpu, Reading.ENERGY, at.nvml.nvmlDeviceGetTotalEnergyConsumption, at.first)) {
      return MISSING;
    }
    long millijoules = usable(at.first.get(JAVA_LONG, 0));
    if (millijoules == MISSING || millijoules > Long.MAX_VALUE / 1000) {
      return MISSING; // this once, and no reset
    }
    long microjoules = millijoules * 1000;
    if (microjoules < gpu.counterMicrojoules) {
      // the GPU was reset
      gpu.device = gpu.device.withCounter(gpu.device.counterEpoch() + 1, 0);
      gpu.askedMillis = MISSING; // its instances must say the same
    }
    gpu.counterMicrojoules = microjoules;
    return microjoules;
  }

  private long power(Open at, Gpu gpu) throws Lost {
    if (!gpu.off.contains(Reading.FIELD_POWER)) {
      Nvml.want(at.fields, 0, gpu.powerField, Nvml.SCOPE_GPU);
      int answer = Nvml.call(at.nvml.nvmlDeviceGetFieldValues, gpu.handle, 1, at.fields);
      if (answer == Nvml.SUCCESS) {
        answer = Nvml.fieldAnswer(at.fields, 0);
      }
      if (judge(gpu, Reading.FIELD_POWER, answer)) {
        return usable(Nvml.fieldValue(at.fields, 0));
      }
      if (!gpu.off.contains(Reading.FIELD_POWER)) {
        return MISSING; // this once
      }
      gpu.device = gpu.device.withAveragingMillis(averagingMillis(gpu));
    }
    return ask(gpu, Reading.POWER, at.nvml.nvmlDeviceGetPowerUsage, at.first)
        ? usable(Integer.toUnsignedLong(at.first.get(JAVA_INT, 0)))
        : MISSING;
  }

  /** True if the function gave it. */
  private boolean ask(Gpu gpu, Reading reading, MethodHandle function, MemorySegment into)
      throws Lost {
    return !gpu.off.contains(reading) && judge(gpu, reading, Nvml.call(function, gpu.handle, into));
  }

  private boolean judge(Gpu gpu, Reading reading, int answer) throws Lost {
    if (answer == Nvml.SUCCESS) {
      return true;
    }
    if (lost(answer)) {
      throw new Lost(answer);
    }
    if (never(answer)) {
      gpu.off.add(reading);
      if (reading == Reading.ENERGY) {
        gpu.device = gpu.device.withSource(PowerSource.SENSOR);
        gpu.device = gpu.device.withAveragingMillis(averagingMillis(gpu));
      }
      Open at = open;
      log.info(
          "GPU {} does not give its {}: {}",
          gpu.uuid,
          reading.words,
          at == null ? answer : at.nvml.words(answer));
    }
    return false; // any other answer may be better next time
  }

  private static boolean never(int answer) {
    return answer == Nvml.NOT_SUPPORTED
        || answer == Nvml.NO_PERMISSION
        || answer == Nvml.FUNCTION_NOT_FOUND;
  }

  private static boolean lost(int answer) {
    return answer == Nvml.GPU_IS_LOST
        || answer == Nvml.RESET_REQUIRED
        || answer == Nvml.UNINITIALIZED
        || answer == Nvml.DRIVER_NOT_LOADED;
  }

  // ---- looking

  /** What computes on the GPUs now. */
  public List<GpuProcess> processes() throws IOException {
    Open at = opened();
    List<GpuProcess> all = new ArrayList<>();
    for (Gpu gpu : gpus) {
      if (!gpu.lost) {
        addProcesses(at, gpu, all);
      }
    }
    return all;
  }

  private static void addProcesses(Open at, Gpu gpu, List<GpuProcess> all) {
    int room = 32;
    int answer;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment found;
      do {
        found = arena.allocate(Nvml.PROCESS, room);
        at.first.set(JAVA_INT, 0, room);
        answer =
            Nvml.call(at.nvml.nvmlDeviceGetComputeRunningProcesses_v3, gpu.handle, at.first, found);
        // more may start before the next call
        room = Math.max(at.first.get(JAVA_INT, 0), room) * 2;
      } while (answer == Nvml.INSUFFICIENT_SIZE && room < 1 << 20);
      int count = answer == Nvml.SUCCESS ? at.first.get(JAVA_INT, 0) : 0;
      for (int i = 0; i < count; i++) {
        long start = i * Nvml.PROCESS.byteSize();
        long used = found.get(JAVA_LONG, start + 8);
        all.add(
            new GpuProcess(
                gpu.uuid,
                Integer.toUnsignedLong(found.get(JAVA_INT, start)),
                used == Nvml.VALUE_NOT_AVAILABLE ? MISSING : used,
                found.get(JAVA_INT, start + 16),
                found.get(JAVA_INT, start + 20)));
      }
    }
  }

  @Override
  public List<Detail> details() throws IOException {
    Open at = opened();
    List<Detail> details = new ArrayList<>();
    List<GpuProcess> processes = processes();
    for (Gpu gpu : gpus) {
      if (gpu.lost) {
        details.add(new Detail(gpu.uuid, "state", "lost"));
      } else {
        addDetails(at, gpu, details);
      }
      for (GpuProcess process : processes) {
        if (process.gpu().equals(gpu.uuid)) {
          details.add(new Detail(gpu.uuid, "process", words(process)));
        }
      }
    }
    return details;
  }

  private static String words(GpuProcess process) {
    String memory =
        process.usedBytes() == MISSING
            ? ""
            : String.format(Locale.ROOT, ", %,d MiB", process.usedBytes() >> 20);
    String instance =
        process.gpuInstance() == -1
            ? ""
            : ", instance %d/%d".formatted(process.gpuInstance(), process.computeInstance());
    return "pid " + process.pid() + memory + instance;
  }

  private static void addDetails(Open at, Gpu gpu, List<Detail> details) {
    Nvml nvml = at.nvml;
    MemorySegment handle = gpu.handle;
    if (Nvml.call(nvml.nvmlSystemGetDriverVersion, at.text, Nvml.VERSION_SIZE) == Nvml.SUCCESS) {
      details.add(new Detail(gpu.uuid, "driver", at.text.getString(0)));
    }
    addFields(at, gpu, details);
    watts(gpu, "power limit", number(at, nvml.nvmlDeviceGetPowerManagementLimit, handle), details);
    watts(gpu, "enforced limit", number(at, nvml.nvmlDeviceGetEnforcedPowerLimit, handle), details);
    if (Nvml.call(nvml.nvmlDeviceGetUtilizationRates, handle, at.first) == Nvml.SUCCESS) {
      add(gpu, "memory busy", Integer.toUnsignedLong(at.first.get(JAVA_INT, 4)), "%", details);
    }
    add(
        gpu,
        "temperature",
        number(at, nvml.nvmlDeviceGetTemperature, handle, Nvml.TEMPERATURE_GPU),
        "°C",
        details);
    add(
        gpu,
        "clock",
        number(at, nvml.nvmlDeviceGetClockInfo, handle, Nvml.CLOCK_SM),
        "MHz",
        details);
    add(
        gpu,
        "memory clock",
        number(at, nvml.nvmlDeviceGetClockInfo, handle, Nvml.CLOCK_MEM),
        "MHz",
        details);
    if (Nvml.call(nvml.nvmlDeviceGetCurrentClocksEventReasons, handle, at.first) == Nvml.SUCCESS) {
      details.add(new Detail(gpu.uuid, "slowed by", reasons(at.first.get(JAVA_LONG, 0))));
    }
    if (Nvml.call(nvml.nvmlDeviceGetMigMode, handle, at.first, at.second) == Nvml.SUCCESS) {
      boolean on = at.first.get(JAVA_INT, 0) == Nvml.MIG_ENABLED;
      boolean later = at.second.get(JAVA_INT, 0) == Nvml.MIG_ENABLED;
      details.add(
          new Detail(
              gpu.uuid,
              "MIG",
              (on ? "on, %d instances".formatted(gpu.instances.size()) : "off")
                  + (on == later ? "" : ", after a reset " + (later ? "on" : "off"))));
    }
    if (!gpu.off.isEmpty()) {
      details.add(
          new Detail(
              gpu.uuid,
              "not given",
              gpu.off.stream().map(r -> r.words).collect(Collectors.joining(", "))));
    }
  }

  private static void addFields(Open at, Gpu gpu, List<Detail> details) {
    int[] fields = {
      Nvml.FIELD_POWER_INSTANT,
      Nvml.FIELD_POWER_AVERAGE,
      Nvml.FIELD_POWER_INSTANT,
      Nvml.FIELD_POWER_AVERAGE,
      Nvml.FIELD_POWER_INSTANT,
      Nvml.FIELD_POWER_AVERAGE,
      Nvml.FIELD_MEMORY_TEMPERATURE
    };
    int[] scopes = {
      Nvml.SCOPE_GPU,
      Nvml.SCOPE_GPU,
      Nvml.SCOPE_MEMORY,
      Nvml.SCOPE_MEMORY,
      Nvml.SCOPE_MODULE,
      Nvml.SCOPE_MODULE,
      0
    };
    String[] names = {
      "power of the moment",
      "power, mean of 1 s",
      "memory power of the moment",
      "memory power, mean of 1 s",
      "module power of the moment",
      "module power, mean of 1 s",
      "memory temperature"
    };
    for (int i = 0; i < fields.length; i++) {
      Nvml.want(at.fields, i, fields[i], scopes[i]);
    }
    if (Nvml.call(at.nvml.nvmlDeviceGetFieldValues, gpu.handle, fields.length, at.fields)
        != Nvml.SUCCESS) {
      return;
    }
    for (int i = 0; i < fields.length; i++) {
      if (Nvml.fieldAnswer(at.fields, i) == Nvml.SUCCESS) {
        long value = usable(Nvml.fieldValue(at.fields, i));
        if (fields[i] == Nvml.FIELD_MEMORY_TEMPERATURE) {
          add(gpu, names[i], value, "°C", details);
        } else {
          watts(gpu, names[i], value, details);
        }
      }
    }
  }

  private static long number(Open at, MethodHandle function, MemorySegment handle, int which) {
    return Nvml.call(function, handle, which, at.first) == Nvml.SUCCESS
        ? usable(Integer.toUnsignedLong(at.first.get(JAVA_INT, 0)))
        : MISSING;
  }

  private static String reasons(long bits) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < THROTTLE_REASONS.length; i++) {
      if ((bits >> i & 1) != 0) {
        words.add(THROTTLE_REASONS[i]);
      }
    }
    return words.isEmpty() ? "nothing" : String.join(", ", words);
  }

  private static void watts(Gpu gpu, String name, long milliwatts, List<Detail> details) {
    if (milliwatts != MISSING) {
      details.add(
          new Detail(gpu.uuid, name, String.format(Locale.ROOT, "%,.3f W", milliwatts / 1000.0)));
    }
  }

  private static void add(Gpu gpu, String name, long value, String unit, List<Detail> details) {
    if (value != MISSING) {
      details.add(new Detail(gpu.uuid, name, value + " " + unit));
    }
  }

  @Override
  public String describe() {
    return "%d NVIDIA GPU%s (%s)"
        .formatted(
            gpus.size(),
            gpus.size() == 1 ? "" : "s",
            gpus.stream()
                .map(gpu -> gpu.device.model())
                .distinct()
                .collect(Collectors.joining(", ")));
  }

  @Override
  public void close() {
    gpus.clear();
    Open at = open;
    open = null;
    if (at != null) {
      at.nvml.close();
      at.arena.close();
    }
  }
}

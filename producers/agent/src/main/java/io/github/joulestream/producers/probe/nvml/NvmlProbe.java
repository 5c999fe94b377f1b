// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvml;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.integrate.SensorWindow;
import io.github.joulestream.producers.probe.BootEpoch;
import io.github.joulestream.producers.probe.Detail;
import io.github.joulestream.producers.probe.GpuNumbering;
import io.github.joulestream.producers.probe.PciGpus;
import io.github.joulestream.producers.probe.Probe;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
 *       later), else the power of the moment; for a GPU without a counter {@link SensorWindow}
 *       holds by model what it is the mean of
 *   <li>the share of the time in which a kernel ran
 *   <li>memory in use
 *   <li>at a slower pace, what {@link NvmlStatus} reads: temperatures, clocks, errors
 * </ul>
 *
 * <p>Where MIG is on, each instance is sent too, by its own UUID: as an instance of its GPU, whose
 * power and counter it repeats, for the hardware measures the GPU as one. Instances are looked for
 * anew every ten seconds.
 *
 * <p>What a GPU does not support, or this user may not read, is logged once and not asked for
 * again. A GPU that is lost is left out and asked for again every ten seconds; a driver that was
 * reloaded is opened anew. Anybody may read all of it.
 */
public final class NvmlProbe implements Probe {
  /** The library's name where a driver is installed. */
  public static final String LIBRARY = "libnvidia-ml.so.1";

  private static final Logger log = LoggerFactory.getLogger(NvmlProbe.class);

  private final String libraryName;
  private final Path procRoot;
  private final Path sysRoot;
  private final List<NvmlGpu> gpus = new ArrayList<>();
  private @Nullable NvmlSession session;
  private int expected;
  // indexes of GPUs that did not answer, each logged once
  private final Set<Integer> silent = new HashSet<>();
  // by UUID; they outlive a driver that is reloaded
  private final Map<String, NvmlStatus> statuses = new HashMap<>();
  private long lookedMillis = MISSING;
  private int reloads;

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

  /** For a machine whose buses are not looked at. */
  NvmlProbe(String libraryName, Path procRoot) {
    this(libraryName, procRoot, procRoot.resolve("none"));
  }

  @Override
  public String name() {
    return "nvml";
  }

  // ---- finding

  @Override
  public void open() throws ProbeUnavailable {
    close();
    silent.clear();
    NvmlSession started;
    try {
      started = NvmlSession.start(libraryName);
    } catch (IllegalArgumentException _) {
      throw noLibrary();
    }
    session = started;
    String trouble = find(started);
    if (gpus.isEmpty()) {
      close();
      throw new ProbeUnavailable(trouble);
    }
  }

  @Override
  public GpuNumbering numbering() {
    return new NvidiaNumbering(gpus.stream().map(NvmlGpu::named).toList());
  }

  private ProbeUnavailable noLibrary() {
    List<String> plugged = PciGpus.in(sysRoot, PciGpus.NVIDIA);
    return plugged.isEmpty()
        ? ProbeUnavailable.absent(
            "there is no %s: no NVIDIA driver is installed".formatted(libraryName))
        : ProbeUnavailable.installable(
            "%s in this machine, and there is no %s -> install NVIDIA's driver (in a container:"
                    .formatted(PciGpus.words(plugged, "NVIDIA"), libraryName)
                + " the NVIDIA Container Toolkit, with the driver capability 'utility')");
  }

  /** Finds GPUs that are not known yet; the reason if there are none. */
  private String find(NvmlSession at) {
    int answer = Nvml.call(at.nvml.nvmlDeviceGetCount_v2, at.first);
    if (answer != Nvml.SUCCESS) {
      return "NVML cannot count GPUs: " + at.words(answer);
    }
    expected = at.first.get(JAVA_INT, 0);
    String trouble = "NVML shows no GPU";
    for (int i = 0; i < expected; i++) {
      answer = at.askHandle(i);
      if (answer == Nvml.SUCCESS) {
        MemorySegment handle = at.handle();
        answer = at.askUuid(handle);
        if (answer == Nvml.SUCCESS) {
          find(at, at.text(), handle).index = i;
        }
      }
      if (answer != Nvml.SUCCESS) {
        trouble = "GPU %d does not answer: %s".formatted(i, at.words(answer));
        if (silent.add(i)) {
          log.warn("nvml: {}", trouble);
        }
      }
    }
    return trouble;
  }

  private NvmlGpu find(NvmlSession at, String uuid, MemorySegment handle) {
    for (NvmlGpu gpu : gpus) {
      if (gpu.uuid.equals(uuid)) {
        return gpu;
      }
    }
    NvmlStatus status = statuses.computeIfAbsent(uuid, NvmlStatus::new);
    NvmlGpu gpu = new NvmlGpu(at, uuid, handle, BootEpoch.read(procRoot) + reloads, status);
    gpus.add(gpu);
    return gpu;
  }

  // ---- reading

  @Override
  public List<DeviceSeries> read(long epochMillis) throws IOException {
    boolean look =
        (session == null || gpus.size() < expected) && NvmlGpu.isDue(lookedMillis, epochMillis);
    if (look) {
      lookedMillis = epochMillis;
    } else if (session == null) {
      throw new IOException("the driver is not loaded");
    }
    NvmlSession at = opened();
    if (look) {
      find(at);
    }
    List<DeviceSeries> series = new ArrayList<>(gpus.size());
    for (NvmlGpu gpu : gpus) {
      try {
        gpu.read(at, epochMillis, series);
      } catch (NvmlGpu.Lost e) {
        if (isUnloaded(at, gpu, e, epochMillis)) {
          throw new IOException("the driver was unloaded", e);
        }
      }
    }
    if (series.isEmpty()) {
      throw new IOException("all GPUs are lost");
    }
    return series;
  }

  /** A GPU is lost; true if its driver was unloaded, and the library is closed now. */
  private boolean isUnloaded(NvmlSession at, NvmlGpu gpu, NvmlGpu.Lost e, long epochMillis) {
    log.warn("GPU {} is lost: {}", gpu.uuid, at.words(e.answer));
    if (e.driver()) {
      lookedMillis = epochMillis;
      reloads++; // a driver that is loaded again counts from zero
      close();
    }
    return e.driver();
  }

  @Override
  public List<DeviceStatus> statuses(long epochMillis) throws IOException {
    NvmlSession at = session;
    if (at == null) {
      return List.of(); // there is no driver now, which the readings report
    }
    at.events().fetch((handle, code) -> onXid(at, handle, code));
    List<DeviceStatus> all = new ArrayList<>(gpus.size());
    for (NvmlGpu gpu : gpus) {
      try {
        gpu.addStatus(at, epochMillis, all);
      } catch (NvmlGpu.Lost e) {
        if (isUnloaded(at, gpu, e, epochMillis)) {
          return all; // the readings report it
        }
      }
    }
    return all;
  }

  private void onXid(NvmlSession at, MemorySegment handle, long code) {
    String uuid = null;
    for (NvmlGpu gpu : gpus) {
      if (gpu.isAt(handle)) {
        uuid = gpu.uuid;
      }
    }
    // a GPU that was just lost gives no UUID any more
    uuid = uuid == null ? at.uuid(handle) : uuid;
    NvmlStatus status = uuid == null ? null : statuses.get(uuid);
    if (status == null) {
      log.warn("XID error {} of a GPU that is not known", code);
    } else {
      log.warn("XID error {} of GPU {}", code, uuid);
      status.onXid(code);
    }
  }

  /** The library, opened again if the driver was unloaded. */
  private NvmlSession opened() throws IOException {
    if (session == null) {
      try {
        open();
        log.warn("nvml: the driver is back");
      } catch (ProbeUnavailable e) {
        throw new IOException(e.getMessage(), e);
      }
    }
    return Objects.requireNonNull(session, "session");
  }

  // ---- details

  /** The processes that compute on the GPUs now. */
  List<GpuProcess> processes() throws IOException {
    NvmlSession at = opened();
    return gpus.stream()
        .filter(gpu -> !gpu.isLost())
        .flatMap(gpu -> NvmlDetails.processes(at, gpu).stream())
        .toList();
  }

  @Override
  public List<Detail> details() throws IOException {
    NvmlSession at = opened();
    List<Detail> details = new ArrayList<>();
    gpus.forEach(gpu -> NvmlDetails.add(at, gpu, details));
    return details;
  }

  @Override
  public String describe() {
    return "%d NVIDIA GPU%s (%s)"
        .formatted(
            gpus.size(),
            gpus.size() == 1 ? "" : "s",
            gpus.stream()
                .map(gpu -> gpu.device().model())
                .distinct()
                .collect(Collectors.joining(", ")));
  }

  @Override
  public void close() {
    gpus.clear();
    NvmlSession at = session;
    session = null;
    if (at != null) {
      at.close();
    }
  }
}

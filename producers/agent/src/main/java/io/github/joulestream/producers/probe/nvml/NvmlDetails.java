// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvml;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.github.joulestream.producers.probe.Detail;
import io.github.joulestream.runtime.Quantities;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What NVML knows of a GPU besides its readings and its status, for people to look at. */
final class NvmlDetails {
  private static final int MAX_PROCESSES = 1 << 20;

  /** A field of NVML that is a power, with its name. */
  private record Shown(String name, int field, int scope) {}

  private static final List<Shown> FIELDS =
      List.of(
          new Shown("power of the moment", Nvml.FIELD_POWER_INSTANT, Nvml.SCOPE_GPU),
          new Shown("power, mean of 1 s", Nvml.FIELD_POWER_AVERAGE, Nvml.SCOPE_GPU),
          new Shown("memory power of the moment", Nvml.FIELD_POWER_INSTANT, Nvml.SCOPE_MEMORY),
          new Shown("memory power, mean of 1 s", Nvml.FIELD_POWER_AVERAGE, Nvml.SCOPE_MEMORY),
          new Shown("module power of the moment", Nvml.FIELD_POWER_INSTANT, Nvml.SCOPE_MODULE),
          new Shown("module power, mean of 1 s", Nvml.FIELD_POWER_AVERAGE, Nvml.SCOPE_MODULE));

  private final NvmlSession session;
  private final NvmlGpu gpu;
  private final List<Detail> details;

  private NvmlDetails(NvmlSession session, NvmlGpu gpu, List<Detail> details) {
    this.session = session;
    this.gpu = gpu;
    this.details = details;
  }

  /** Adds the details of a GPU and of the processes on it. */
  static void add(NvmlSession session, NvmlGpu gpu, List<Detail> details) {
    NvmlDetails shown = new NvmlDetails(session, gpu, details);
    if (gpu.isLost()) {
      shown.add("state", "lost");
    } else {
      shown.addAll();
      processes(session, gpu).forEach(process -> shown.add("process", words(process)));
    }
  }

  /** The processes that compute on a GPU now. */
  static List<GpuProcess> processes(NvmlSession session, NvmlGpu gpu) {
    List<GpuProcess> processes = new ArrayList<>();
    MemorySegment number = session.first;
    int room = 32;
    int answer;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment found;
      do {
        found = arena.allocate(Nvml.PROCESS, room);
        number.set(JAVA_INT, 0, room);
        answer =
            Nvml.call(
                session.nvml.nvmlDeviceGetComputeRunningProcesses_v3, gpu.handle(), number, found);
        // more may start before the next call
        room = Math.max(number.get(JAVA_INT, 0), room) * 2;
      } while (answer == Nvml.INSUFFICIENT_SIZE && room < MAX_PROCESSES);
      int count = answer == Nvml.SUCCESS ? number.get(JAVA_INT, 0) : 0;
      for (int i = 0; i < count; i++) {
        processes.add(Nvml.process(found, i, gpu.uuid));
      }
    }
    return processes;
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

  private void addAll() {
    Nvml nvml = session.nvml;
    MemorySegment handle = gpu.handle();
    String version = session.driverVersion();
    if (version != null) {
      add("driver", version);
    }
    addFields();
    addWatts("power limit", session.number(nvml.nvmlDeviceGetPowerManagementLimit, handle));
    if (Nvml.call(nvml.nvmlDeviceGetUtilizationRates, handle, session.utilization)
        == Nvml.SUCCESS) {
      add("memory busy", Nvml.memoryBusyPercent(session.utilization), "%");
    }
    addMig();
    if (!gpu.notGiven().isEmpty()) {
      add("not given", gpu.notGiven());
    }
  }

  private void addMig() {
    int answer =
        Nvml.call(session.nvml.nvmlDeviceGetMigMode, gpu.handle(), session.first, session.second);
    if (answer == Nvml.SUCCESS) {
      boolean on = session.first.get(JAVA_INT, 0) == Nvml.MIG_ENABLED;
      boolean later = session.second.get(JAVA_INT, 0) == Nvml.MIG_ENABLED;
      add(
          "MIG",
          (on ? "on, %d instances".formatted(gpu.instances()) : "off")
              + (on == later ? "" : ", after a reset " + (later ? "on" : "off")));
    }
  }

  private void addFields() {
    MemorySegment fields = session.fields;
    for (int i = 0; i < FIELDS.size(); i++) {
      Nvml.want(fields, i, FIELDS.get(i).field, FIELDS.get(i).scope);
    }
    int answer =
        Nvml.call(session.nvml.nvmlDeviceGetFieldValues, gpu.handle(), FIELDS.size(), fields);
    if (answer != Nvml.SUCCESS) {
      return;
    }
    for (int i = 0; i < FIELDS.size(); i++) {
      if (Nvml.fieldAnswer(fields, i) == Nvml.SUCCESS) {
        addWatts(FIELDS.get(i).name, NvmlSession.usable(Nvml.fieldValue(fields, i)));
      }
    }
  }

  private void addWatts(String name, long milliwatts) {
    if (milliwatts != MISSING) {
      add(name, Quantities.power(milliwatts));
    }
  }

  private void add(String name, long value, String unit) {
    if (value != MISSING) {
      add(name, value + " " + unit);
    }
  }

  private void add(String name, String value) {
    details.add(new Detail(gpu.uuid, name, value));
  }
}

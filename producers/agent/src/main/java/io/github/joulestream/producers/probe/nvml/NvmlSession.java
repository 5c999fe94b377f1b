// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvml;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.joulestream.energy.Device;
import io.github.joulestream.producers.probe.ErrorValue;
import io.github.joulestream.producers.probe.PciAddress;
import io.github.joulestream.producers.probe.Probe.ProbeUnavailable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The library from its start to its end, and native memory for its answers, allocated once. Used by
 * one thread at a time.
 */
final class NvmlSession implements AutoCloseable {
  private static final int FIELDS = 8;

  private final Arena arena;
  final Nvml nvml;
  // overwritten by the next call that answers into them
  final MemorySegment first;
  final MemorySegment second;
  final MemorySegment memory;
  final MemorySegment utilization;
  final MemorySegment fields;
  private final MemorySegment handle;
  private final MemorySegment pci;
  private final MemorySegment text;
  private @Nullable NvmlEvents events;

  private NvmlSession(Arena arena, Nvml nvml) {
    this.arena = arena;
    this.nvml = nvml;
    handle = arena.allocate(ADDRESS);
    first = arena.allocate(JAVA_LONG);
    second = arena.allocate(JAVA_LONG);
    memory = arena.allocate(Nvml.MEMORY);
    utilization = arena.allocate(Nvml.UTILIZATION);
    pci = arena.allocate(Nvml.PCI);
    text = arena.allocate(Math.max(Nvml.UUID_SIZE, Nvml.NAME_SIZE));
    fields = arena.allocate(Nvml.FIELD, FIELDS);
  }

  /**
   * Loads the library and starts it.
   *
   * @throws IllegalArgumentException if there is no such library
   * @throws ProbeUnavailable if it cannot start, or if this JVM may not call native code
   */
  @SuppressWarnings("MustBeClosedChecker") // the arena stays open until close()
  static NvmlSession start(String libraryName) throws ProbeUnavailable {
    // opened by one thread and read by another
    Arena arena = Arena.ofShared();
    Nvml nvml;
    try {
      nvml = new Nvml(libraryName, arena);
    } catch (IllegalArgumentException e) {
      arena.close();
      throw e;
    } catch (IllegalCallerException _) {
      arena.close();
      throw new ProbeUnavailable(
          "Java may not call native code: start it with --enable-native-access=ALL-UNNAMED");
    }
    int answer = Nvml.call(nvml.nvmlInit_v2);
    if (answer != Nvml.SUCCESS) {
      String words = nvml.words(answer);
      arena.close();
      throw ProbeUnavailable.installable("NVML cannot start: " + words);
    }
    return new NvmlSession(arena, nvml);
  }

  /** A description of an answer, with its number. */
  String words(int answer) {
    return nvml.words(answer);
  }

  /** Asks for the handle of the GPU with an index; the answer. */
  int askHandle(int index) {
    return Nvml.call(nvml.nvmlDeviceGetHandleByIndex_v2, index, handle);
  }

  /** Asks for the handle of the instance at a place of a GPU; the answer. */
  int askInstance(MemorySegment gpu, int place) {
    return Nvml.call(nvml.nvmlDeviceGetMigDeviceHandleByIndex, gpu, place, handle);
  }

  /** Asks for the handle of the GPU with a UUID; the answer. */
  int askHandle(String uuid) {
    text.setString(0, uuid);
    return Nvml.call(nvml.nvmlDeviceGetHandleByUUID, text, handle);
  }

  /** The handle that was asked for last. */
  MemorySegment handle() {
    return handle.get(ADDRESS, 0);
  }

  /** Asks for the UUID of a GPU or an instance; the answer. */
  int askUuid(MemorySegment of) {
    return Nvml.call(nvml.nvmlDeviceGetUUID, of, text, Nvml.UUID_SIZE);
  }

  /** The text that was asked for last. */
  String text() {
    return text.getString(0);
  }

  /** The UUID of a GPU or an instance, or null. */
  @Nullable String uuid(MemorySegment of) {
    return askUuid(of) == Nvml.SUCCESS ? text() : null;
  }

  /** The model of a GPU or an instance, or null. */
  @Nullable String model(MemorySegment of) {
    return Nvml.call(nvml.nvmlDeviceGetName, of, text, Nvml.NAME_SIZE) == Nvml.SUCCESS
        ? text()
        : null;
  }

  /** The driver's version, or null. */
  @Nullable String driverVersion() {
    return Nvml.call(nvml.nvmlSystemGetDriverVersion, text, Nvml.VERSION_SIZE) == Nvml.SUCCESS
        ? text()
        : null;
  }

  /** The place of a GPU on the bus, or null. */
  @Nullable PciAddress address(MemorySegment of) {
    return Nvml.call(nvml.nvmlDeviceGetPciInfo_v3, of, pci) == Nvml.SUCCESS
        ? Nvml.address(pci)
        : null;
  }

  /** A number of 32 bits, or MISSING. */
  long number(MethodHandle function, MemorySegment of) {
    return Nvml.call(function, of, first) == Nvml.SUCCESS ? number(first) : MISSING;
  }

  /** The number of 32 bits in an answer; MISSING if it is no reading. */
  static long number(MemorySegment answer) {
    return usable(Integer.toUnsignedLong(answer.get(JAVA_INT, 0)));
  }

  /** An id, or {@link NvidiaNumbering#UNKNOWN}. */
  int id(MethodHandle function, MemorySegment of) {
    long number = number(function, of);
    return number == MISSING ? NvidiaNumbering.UNKNOWN : Math.toIntExact(number);
  }

  /** Bytes of memory that a GPU or an instance has; 0 if unknown, or more than memory can have. */
  long capacityBytes(MemorySegment of) {
    if (!hasMemory(of)) {
      return 0;
    }
    long bytes = Nvml.totalBytes(memory);
    return bytes < 0 || bytes > Device.MAX_BYTES ? 0 : bytes;
  }

  /** True if {@link #memory} holds the memory of a GPU or an instance now. */
  boolean hasMemory(MemorySegment of) {
    return Nvml.call(nvml.nvmlDeviceGetMemoryInfo, of, memory) == Nvml.SUCCESS;
  }

  /** Bytes in use by {@link #memory}; MISSING if there cannot be so many. */
  long usedBytes() {
    long used = Nvml.usedBytes(memory);
    long total = Nvml.totalBytes(memory);
    return used < 0 || (total > 0 && used > total) ? MISSING : used;
  }

  /** Events of GPUs, from the first call on. */
  NvmlEvents events() {
    NvmlEvents known = events;
    if (known == null) {
      known = new NvmlEvents(nvml, arena);
      events = known;
    }
    return known;
  }

  /** MISSING in place of a number that is no reading, see {@link ErrorValue}. */
  static long usable(long number) {
    return ErrorValue.is(number) ? MISSING : number;
  }

  @Override
  public void close() {
    if (events != null) {
      events.close();
    }
    nvml.close();
    arena.close();
  }
}

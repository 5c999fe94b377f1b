// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvml;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Critical XID errors, which the driver delivers as events: those that occur after a GPU was
 * registered. Events wait in the driver until they are fetched, which never blocks here. On Linux
 * each event has its own error (nvmlEventSetWait_v2). One thread.
 */
final class NvmlEvents implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NvmlEvents.class);
  // of one fetch; a GPU that reports without an end must not hold up the others
  private static final int MAX_EVENTS = 10_000;

  private final Nvml nvml;
  private final MemorySegment event;
  // null if this driver gives no events
  private final @Nullable MemorySegment set;
  private final Set<String> registered = new HashSet<>();
  private final Set<String> refused = new HashSet<>();

  /**
   * @param arena of the memory for answers
   */
  NvmlEvents(Nvml nvml, Arena arena) {
    this.nvml = nvml;
    event = arena.allocate(Nvml.EVENT);
    MemorySegment created = arena.allocate(ADDRESS);
    int answer = Nvml.call(nvml.nvmlEventSetCreate, created);
    set = answer == Nvml.SUCCESS ? created.get(ADDRESS, 0) : null;
    if (set == null) {
      log.info("XID errors are not counted: {}", nvml.words(answer));
    }
  }

  /** Registers a GPU, once; true if its errors are delivered. */
  boolean register(String uuid, MemorySegment handle) {
    if (set == null || refused.contains(uuid)) {
      return false;
    }
    if (registered.contains(uuid)) {
      return true;
    }
    int answer =
        Nvml.call(nvml.nvmlDeviceRegisterEvents, handle, Nvml.EVENT_XID_CRITICAL_ERROR, set);
    if (answer == Nvml.SUCCESS) {
      registered.add(uuid);
      return true;
    }
    if (NvmlSupport.isNever(answer)) {
      refused.add(uuid);
      log.info("XID errors of GPU {} are not counted: {}", uuid, nvml.words(answer));
    }
    return false; // any other answer may be better next time
  }

  /** A GPU that is found again must be registered again: its handle may be another one. */
  void forget(String uuid) {
    registered.remove(uuid);
  }

  /**
   * Fetches what has occurred since the last time.
   *
   * @param onXid is given the GPU's handle and the error's code
   */
  void fetch(BiConsumer<MemorySegment, Long> onXid) {
    if (set == null || registered.isEmpty()) {
      return;
    }
    for (int i = 0; i < MAX_EVENTS; i++) {
      int answer = Nvml.call(nvml.nvmlEventSetWait_v2, set, event, 0);
      if (answer != Nvml.SUCCESS) {
        return; // none is left, or a GPU is lost: its readings report that
      }
      if ((Nvml.eventType(event) & Nvml.EVENT_XID_CRITICAL_ERROR) != 0) {
        onXid.accept(Nvml.eventDevice(event), Nvml.eventData(event));
      }
    }
  }

  @Override
  public void close() {
    if (set != null) {
      int answer = Nvml.call(nvml.nvmlEventSetFree, set);
      if (answer != Nvml.SUCCESS) {
        log.debug("the set of events was not freed: {}", nvml.words(answer));
      }
    }
  }
}

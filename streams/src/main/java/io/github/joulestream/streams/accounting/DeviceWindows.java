// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import io.github.joulestream.energy.attribute.Increments;
import io.github.joulestream.schemas.DeviceTotals;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.streams.state.ObjectCacheStore;
import io.github.joulestream.streams.state.PendingDevices;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Holds the windows of devices until they are over, so that a window of a node is one record and
 * not one for each emission.
 *
 * <pre>
 *   increments of jobs and nodes  ----> emitted
 *   increments of devices  --> join what is pending of the node --> over: emitted, one record
 *                                                               --> else: into the store
 * </pre>
 *
 * <p>A window is over when
 *
 * <ul>
 *   <li>something of its node was booked in a window that starts {@link #MARGIN_MILLIS} after its
 *       end, or later: the node is past it;
 *   <li>stream time is {@link #SILENCE_MILLIS} past its end: the node is silent, or its readings
 *       are of the past;
 *   <li>no record arrived for {@link #QUIET_INTERVALS} quiet intervals of wall time, or for one if
 *       no more are expected;
 *   <li>its length is no longer that of windows, or more is pending of the node than one value of
 *       the store takes.
 * </ul>
 *
 * <p>What is booked in it later is a further fragment. Joining, emission and the store are in one
 * commit, with the emission of jobs and nodes. One thread.
 */
final class DeviceWindows {
  /**
   * Time after the end of a window in which it is not over yet: an agent sends what it read in up
   * to 10 s together. At twice that each node has one window more in state.
   */
  static final long MARGIN_MILLIS = 10_000;

  /**
   * Stream time after the end of a window in which it is not over yet, if its node is silent. Less
   * than the margin and two windows would cut windows of nodes that report slowly.
   */
  static final long SILENCE_MILLIS = 30_000;

  /** Quiet intervals of 2 s after which a task without records emits what is pending. */
  static final int QUIET_INTERVALS = 10;

  // of a node's value in the store and of a record, bytes: a topic takes 1 MB
  private static final int MAX_BYTES = 700_000;

  private final ProcessorContext<String, AttributionOutput> context;
  private final ObjectCacheStore<PendingDevices> store;
  private final int windowMillis;
  // by node that has pending windows, when the first of them is over if it is silent
  private final Map<String, Long> silentFrom = new HashMap<>();
  private int quietIntervals;
  // whether the next emission is of all that is pending
  private boolean all;

  /**
   * With the pending windows in this store.
   *
   * @param windowMillis length of a window; 0 if devices are not added up from here on
   */
  DeviceWindows(
      ProcessorContext<String, AttributionOutput> context,
      ObjectCacheStore<PendingDevices> store,
      int windowMillis) {
    this.context = context;
    this.store = store;
    this.windowMillis = windowMillis;
    store.checkFormats();
    store.forEachWritten(this::noteSilence);
  }

  private void noteSilence(String node, PendingDevices pending) {
    silentFrom.put(
        node,
        pending.windowMillis() == windowMillis
            ? pending.earliest() + windowMillis + SILENCE_MILLIS
            : Long.MIN_VALUE);
  }

  /** Increments whose devices can be added here. */
  Increments newIncrements() {
    return new Increments(windowMillis);
  }

  /**
   * Ends a quiet interval of wall time.
   *
   * @param quiet whether no record arrived in it
   * @param noMoreExpected whether one is enough to emit what is pending
   * @return true if what is pending is to be emitted now
   */
  boolean endInterval(boolean quiet, boolean noMoreExpected) {
    store.dropSurplus();
    quietIntervals = quiet ? quietIntervals + 1 : 0;
    all = quietIntervals >= (noMoreExpected ? 1 : QUIET_INTERVALS) && !silentFrom.isEmpty();
    return all;
  }

  /** True if there are windows that are not emitted yet. */
  boolean isPending() {
    return !silentFrom.isEmpty();
  }

  /** Adds the increments of a site's devices, which are emitted with this commit or later. */
  void add(String site, Increments increments, long fragment, long streamMillis) {
    if (increments.deviceWindows() == 0 && silentFrom.isEmpty()) {
      return;
    }
    Join join = new Join(site, fragment, streamMillis);
    increments.forEachDevice(
        (node, device, window, totals) -> join.of(node).add(device, window, totals));
    join.end();
    // what a node was booked in last decides which of its windows are over
    Map<String, Long> latest = new HashMap<>();
    increments.forEachNode((node, window, _) -> latest.merge(node, window, Math::max));
    latest.forEach((node, window) -> {
      String key = Keys.node(site, node);
      if (silentFrom.containsKey(key)) {
        emit(key, start -> isPast(start, window, streamMillis), fragment, streamMillis);
      }
    });
  }

  private boolean isPast(long start, long latestWindow, long streamMillis) {
    long end = start + windowMillis;
    return latestWindow >= end + MARGIN_MILLIS || streamMillis >= end + SILENCE_MILLIS || all;
  }

  /** Joins increments with what is pending, one node after the other. */
  private final class Join {
    private final String site;
    private final long fragment;
    private final long streamMillis;
    private @Nullable String node;
    private PendingDevices pending = new PendingDevices(windowMillis);

    Join(String site, long fragment, long streamMillis) {
      this.site = site;
      this.fragment = fragment;
      this.streamMillis = streamMillis;
    }

    PendingDevices of(String name) {
      if (name.equals(node)) {
        return pending;
      }
      end();
      node = name;
      String key = Keys.node(site, name);
      PendingDevices known = store.get(key);
      if (known != null && known.windowMillis() != windowMillis) {
        emit(key, _ -> true, fragment, streamMillis);
        known = null;
      }
      pending = known == null ? new PendingDevices(windowMillis) : known;
      return pending;
    }

    void end() {
      if (node != null && !pending.isEmpty()) {
        String key = Keys.node(site, node);
        store.put(key, pending);
        noteSilence(key, pending);
        if (pending.bytes() > MAX_BYTES) {
          emit(key, _ -> true, fragment, streamMillis);
        }
      }
      node = null;
    }
  }

  /** Emits the windows of nodes that are silent; to be called after all were added. */
  void end(long fragment, long streamMillis) {
    List<String> silent = new ArrayList<>();
    silentFrom.forEach((key, from) -> {
      if (streamMillis >= from || all) {
        silent.add(key);
      }
    });
    for (String key : silent) {
      boolean old = silentFrom.getOrDefault(key, 0L) == Long.MIN_VALUE;
      emit(
          key, start -> old || isPast(start, Long.MIN_VALUE, streamMillis), fragment, streamMillis);
    }
    all = false;
    // after the emission, whichever store of the task is written first
    store.flushCache();
  }

  private void emit(String key, LongPredicate which, long fragment, long streamMillis) {
    PendingDevices pending = store.get(key);
    if (pending == null) {
      silentFrom.remove(key);
      return;
    }
    long before = pending.bytes();
    pending.remove(
        which,
        (window, devices) ->
            forward(key, window, pending.windowMillis(), devices, fragment, streamMillis));
    if (pending.isEmpty()) {
      store.remove(key);
      silentFrom.remove(key);
    } else if (pending.bytes() != before) {
      store.put(key, pending);
      noteSilence(key, pending);
    }
  }

  private void forward(
      String key,
      long window,
      int millis,
      List<DeviceTotals> devices,
      long fragment,
      long streamMillis) {
    String site = Keys.site(key);
    String node = key.substring(Math.min(key.length(), site.length() + 1));
    int from = 0;
    while (from < devices.size()) {
      long bytes = 0;
      int to = from;
      while (to < devices.size() && bytes < MAX_BYTES) {
        bytes += PendingDevices.bytesOf(devices.get(to++));
      }
      AttributionOutput output =
          new AttributionOutput.ToDevices(
              new DeviceWindow(site, node, window, millis, devices.subList(from, to), fragment));
      context.forward(new Record<>(key, output, streamMillis), output.child());
      from = to;
    }
  }
}

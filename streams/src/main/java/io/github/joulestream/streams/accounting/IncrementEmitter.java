// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.attribute.Increments;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.NodeWindows;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.streams.failure.RecordRefusals;
import io.github.joulestream.streams.state.NodeState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the increments of a task's nodes by site, job and node, and emits them at its commits; so
 * the records that leave a task do not grow with the number of its nodes. One thread.
 */
final class IncrementEmitter {
  private static final long GPUS_INTERVAL_MILLIS = 10_000;
  private static final long CAPACITY_INTERVAL_MILLIS = 10_000;
  // 100 MB; half a minute of 7,000 nodes of 14 devices with windows of a minute, 14 s with those of
  // 10 s. At twice that twice the memory
  private static final int MAX_PENDING_DEVICE_WINDOWS = 200_000;

  private final ProcessorContext<String, AttributionOutput> context;
  private final RecordRefusals refusals;
  private final int windowMillis;
  private final DeviceWindows devices;
  private final Map<String, Increments> pending = new HashMap<>();
  private final List<NodeState> powerPending = new ArrayList<>();

  /**
   * An emitter.
   *
   * @param windowMillis length of a window
   * @param devices holds the windows of devices
   */
  IncrementEmitter(
      ProcessorContext<String, AttributionOutput> context,
      RecordRefusals refusals,
      int windowMillis,
      DeviceWindows devices) {
    this.context = context;
    this.refusals = refusals;
    this.windowMillis = windowMillis;
    this.devices = devices;
  }

  /** The pending increments of a site. */
  Increments of(String site) {
    return pending.computeIfAbsent(site, _ -> devices.newIncrements());
  }

  /** Windows of jobs and nodes with pending increments, and pending placements. */
  int pendingWindows() {
    int windows = 0;
    for (Increments increments : pending.values()) {
      windows += increments.windows() + increments.placements().size();
    }
    return windows;
  }

  /** True if as much is pending of devices as memory is meant for. */
  boolean isFullOfDevices() {
    int windows = 0;
    for (Increments increments : pending.values()) {
      windows += increments.deviceWindows();
    }
    return windows >= MAX_PENDING_DEVICE_WINDOWS;
  }

  /** The power of a node has changed. */
  void powerChanged(NodeState node) {
    if (!node.isPowerPending()) {
      node.setPowerPending(true);
      powerPending.add(node);
    }
  }

  /** A node is in memory as another object, or not any more. */
  void replace(NodeState before, @Nullable NodeState after) {
    if (after != null) {
      after.setGpusEmittedMillis(before.gpusEmittedMillis());
      after.setCapacityEmittedMillis(before.capacityEmittedMillis());
    }
    if (powerPending.remove(before) && after != null) {
      powerChanged(after);
    }
  }

  /** Nothing is emitted of the power of a node that is set aside. */
  void remove(String nodeKey) {
    powerPending.removeIf(node -> node.key().equals(nodeKey));
  }

  /**
   * Emits the increments of sites.
   *
   * @param withJobs whether those of jobs, nodes and devices are emitted too; else they stay
   *     pending
   * @param fragment distinguishes the increments of a node's window that are emitted at different
   *     commits
   */
  void emit(boolean withJobs, long fragment, long streamMillis) {
    pending.forEach((site, increments) -> {
      if (withJobs) {
        increments.compact();
        emitJobs(site, increments, streamMillis);
        emitNodes(site, increments, fragment, streamMillis);
        emitPlacements(site, increments, streamMillis);
        devices.add(site, increments, fragment, streamMillis);
      }
      increments
          .site()
          .forEach((window, totals) -> {
            if (!totals.isZero()) {
              forward(
                  site,
                  new AttributionOutput.ToSite(new SiteWindow(site, window, windowMillis, totals)),
                  streamMillis);
            }
          });
      increments.clearSite();
    });
    if (withJobs) {
      pending.clear();
      devices.end(fragment, streamMillis);
    }
  }

  /** The windows of a job are in a row. */
  private void emitJobs(String site, Increments increments, long streamMillis) {
    List<JobWindow> windows = new ArrayList<>();
    increments.forEachJob((job, window, totals) -> {
      boolean isOther = !windows.isEmpty() && !windows.getFirst().job().equals(job);
      if (isOther || windows.size() == JobWindows.MAX_WINDOWS) {
        emitJob(windows, streamMillis);
      }
      windows.add(new JobWindow(site, job, window, windowMillis, totals));
    });
    if (!windows.isEmpty()) {
      emitJob(windows, streamMillis);
    }
  }

  private void emitJob(List<JobWindow> windows, long streamMillis) {
    JobWindows record = new JobWindows(windows);
    forward(record.key(), new AttributionOutput.ToJob(record), streamMillis);
    windows.clear();
  }

  private void emitNodes(String site, Increments increments, long fragment, long streamMillis) {
    List<NodeWindow> windows = new ArrayList<>();
    increments.forEachNode((node, window, totals) -> {
      windows.add(new NodeWindow(site, node, window, windowMillis, totals, fragment));
      if (windows.size() == NodeWindows.MAX_WINDOWS) {
        emitNodes(windows, streamMillis);
      }
    });
    if (!windows.isEmpty()) {
      emitNodes(windows, streamMillis);
    }
  }

  private void emitNodes(List<NodeWindow> windows, long streamMillis) {
    NodeWindows record = new NodeWindows(windows);
    forward(record.key(), new AttributionOutput.ToNodes(record), streamMillis);
    windows.clear();
  }

  private void emitPlacements(String site, Increments increments, long streamMillis) {
    increments
        .placements()
        .forEach((node, placement) -> {
          Placement record = PlacementRecords.of(site, node, placement);
          if (record.devices().size() < placement.devices().size()) {
            refusals.warn(
                "placements",
                "Job %s held %,d devices of node %s, too many for a record of placement; those that it lost first are left out"
                    .formatted(placement.job(), placement.devices().size(), node));
          }
          forward(Keys.node(site, node), new AttributionOutput.ToPlacement(record), streamMillis);
        });
  }

  /**
   * Emits the power of the nodes for which it has changed, in records of many nodes of one site.
   */
  void emitPower(long streamMillis) {
    PowerRecords records =
        new PowerRecords(
            (site, nodes) ->
                forward(
                    site,
                    new AttributionOutput.Power(
                        new PowerSnapshot(site, context.taskId().partition(), streamMillis, nodes)),
                    streamMillis),
            node ->
                refusals.warn(
                    "power",
                    "Node %s has too many jobs for a record of power-snapshot; those of the least power are left out"
                        .formatted(node)));
    for (NodeState node : powerPending) {
      node.setPowerPending(false);
      boolean withGpus = streamMillis >= node.gpusEmittedMillis() + GPUS_INTERVAL_MILLIS;
      boolean withCapacity = isCapacityDue(node);
      NodePower power = power(node, withGpus, withCapacity);
      if (power == null) {
        continue;
      }
      if (withGpus) {
        node.setGpusEmittedMillis(streamMillis);
      }
      if (withCapacity) {
        node.setCapacityEmittedMillis(power.epochMillis());
      }
      records.add(node.site(), power);
    }
    powerPending.clear();
    records.end();
  }

  /** By the time of the readings: so a backfill, which arrives at once, has as many as it had. */
  private static boolean isCapacityDue(NodeState node) {
    long newest = node.account().newestMillis();
    long emitted = node.capacityEmittedMillis();
    return emitted == Long.MIN_VALUE || Math.abs(newest - emitted) >= CAPACITY_INTERVAL_MILLIS;
  }

  /** The power of a node; null if nothing is known of it, or if the program fails. */
  private @Nullable NodePower power(NodeState node, boolean withGpus, boolean withCapacity) {
    try {
      return node.account().powerNow(node.name(), withGpus, withCapacity);
    } catch (RuntimeException | StackOverflowError e) {
      RecordRefusals.rethrowUnlessOfRecord(e);
      refusals.warn("power now", "Power of node %s unknown: %s".formatted(node.key(), e));
      return null;
    }
  }

  private void forward(String key, AttributionOutput output, long streamMillis) {
    context.forward(new Record<>(key, output, streamMillis), output.child());
  }
}

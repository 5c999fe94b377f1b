// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Bounds;
import java.util.List;

/**
 * A job got devices of a node, or gave them back. Events may come in any order, late and more than
 * once: what holds at a time is the latest event at or before it.
 *
 * @param action what happened
 * @param atEpochMillis since when, Unix epoch, milliseconds
 * @param devices with {@code HOLD}: the devices and the job's share of each from now on; with
 *     {@code RELEASE}: those given back, or none for all that the job has on this node
 * @param shares the job's shares of memory, drives, processors and the metered node
 * @param gpusOnNode GPUs that the node has, 0 if none or unknown
 * @param reporter who reports it
 */
public record AllocationEvent(
    String site,
    String node,
    String job,
    Action action,
    long atEpochMillis,
    List<DeviceShare> devices,
    NodeShares shares,
    int gpusOnNode,
    Reporter reporter) {

  /** Whether devices are taken or given back. */
  public enum Action {
    HOLD,
    RELEASE
  }

  /** Who reports what was taken or given back. */
  public enum Reporter {
    /** The job's own prologue or epilogue. */
    HOOK,
    /** The node's agent, which saw that the job is gone; counts where the hook reports nothing. */
    AGENT
  }

  public AllocationEvent {
    requireNonNull(reporter, "reporter is null");
    Keys.check(site, "site");
    Keys.check(node, "node");
    Keys.check(job, "job");
    requireNonNull(action, "action is null");
    Bounds.count(
        requireNonNull(devices, "devices is null").size(),
        Bounds.SHARES,
        "devices of an allocation event");
    devices = List.copyOf(devices);
    Bounds.count(gpusOnNode, Bounds.GPUS, "GPUs of a node");
  }

  /** A job takes these devices, and of everything else its share of the node's GPUs. */
  public static AllocationEvent hold(
      String site,
      String node,
      String job,
      long atEpochMillis,
      List<DeviceShare> devices,
      int gpusOnNode) {
    return new AllocationEvent(
        site,
        node,
        job,
        Action.HOLD,
        atEpochMillis,
        devices,
        NodeShares.AS_GPUS,
        gpusOnNode,
        Reporter.HOOK);
  }

  /** A job takes all devices of the node. */
  public static AllocationEvent holdNode(
      String site, String node, String job, long atEpochMillis, List<DeviceShare> devices) {
    return new AllocationEvent(
        site,
        node,
        job,
        Action.HOLD,
        atEpochMillis,
        devices,
        NodeShares.WHOLE,
        devices.size(),
        Reporter.HOOK);
  }

  /** A job gives back all that it has on the node. */
  public static AllocationEvent release(String site, String node, String job, long atEpochMillis) {
    return new AllocationEvent(
        site,
        node,
        job,
        Action.RELEASE,
        atEpochMillis,
        List.of(),
        NodeShares.NONE,
        0,
        Reporter.HOOK);
  }

  /** The node's agent sees that a job is gone. */
  public static AllocationEvent gone(String site, String node, String job, long atEpochMillis) {
    return new AllocationEvent(
        site,
        node,
        job,
        Action.RELEASE,
        atEpochMillis,
        List.of(),
        NodeShares.NONE,
        0,
        Reporter.AGENT);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

/**
 * What is added up for a job, in a window and for all its life. The order is the order of the
 * fields on the wire. {@link #MEASURED_MILLIJOULES} + {@link #ESTIMATED_MILLIJOULES} + {@link
 * #MODELLED_MILLIJOULES} = {@link #TOTAL_MILLIJOULES}, always.
 */
public enum JobAmount {
  /** Energy of the job, no device twice. */
  TOTAL_MILLIJOULES,
  /** Energy of GPUs, in the total or contained in a node's meter. */
  GPU_MILLIJOULES,
  /** Energy of main memory. */
  MEMORY_MILLIJOULES,
  /** Energy of drives. */
  STORAGE_MILLIJOULES,
  /** Energy of processors. */
  CPU_MILLIJOULES,
  /** Energy at node meters. */
  NODE_MILLIJOULES,
  /** Share of the total whose quality is {@link Quality#MEASURED}. */
  MEASURED_MILLIJOULES,
  /** Share of the total whose quality is {@link Quality#ESTIMATED}. */
  ESTIMATED_MILLIJOULES,
  /** Share of the total whose quality is {@link Quality#MODELLED}. */
  MODELLED_MILLIJOULES,
  /** Energy of GPUs that the job held while their utilisation was under 5 %. */
  HELD_IDLE_MILLIJOULES,
  /** Device time with known energy, by share; devices that count in the total. */
  COVERED_MILLIS,
  /** Device time whose energy is unknown, by share. */
  UNCOVERED_MILLIS,
  /** GPU time held, by share. */
  GPU_HELD_MILLIS,
  /** GPU time busy while held, by share. */
  GPU_BUSY_MILLIS,
  /** Nodes on which the job was given something. */
  NODES_HELD,
  /** Of these, nodes where the job's hook gave everything back. */
  NODES_RELEASED,
  /** Nodes where the hook reported no end, but the agent did. */
  NODES_ENDED_BY_AGENT,
  /** Nodes where neither reported an end, but other jobs were given all of its devices. */
  NODES_TAKEN_OVER,
  /** Nodes where nothing was received of the job for longer than an allocation lives. */
  NODES_EXPIRED,
  /**
   * Share of the total that meters of nodes measured; the rest is the sum of the devices of nodes
   * that have no meter, or whose meter reported nothing usable.
   */
  WHOLE_NODE_MILLIJOULES;

  /**
   * Energy of a kind of device.
   *
   * @throws IllegalArgumentException for a {@linkplain DeviceKind#isSiteMeter meter of a site},
   *     which is never attributed
   */
  public static JobAmount of(DeviceKind kind) {
    return switch (kind) {
      case GPU -> GPU_MILLIJOULES;
      case MEMORY -> MEMORY_MILLIJOULES;
      case STORAGE -> STORAGE_MILLIJOULES;
      case CPU -> CPU_MILLIJOULES;
      case NODE -> NODE_MILLIJOULES;
      case FACILITY, UPS, PDU, GENERATION, EXPORT ->
          throw new IllegalArgumentException("a meter of a site is not attributed");
    };
  }

  /** Share of the total of a quality. */
  public static JobAmount of(Quality quality) {
    return switch (quality) {
      case MEASURED -> MEASURED_MILLIJOULES;
      case ESTIMATED -> ESTIMATED_MILLIJOULES;
      case MODELLED -> MODELLED_MILLIJOULES;
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

/**
 * What is added up for a site, in a window. The order is the order of the fields on the wire. For
 * the total and for each kind: measured = jobs + idle, see {@link Balance}. The measured side comes
 * from the readings alone, before anything is shared out, so that the equation can fail.
 */
public enum SiteAmount {
  /** Energy of all devices, no device twice. */
  MEASURED_TOTAL_MILLIJOULES,
  MEASURED_GPU_MILLIJOULES,
  MEASURED_MEMORY_MILLIJOULES,
  MEASURED_STORAGE_MILLIJOULES,
  MEASURED_CPU_MILLIJOULES,
  MEASURED_NODE_MILLIJOULES,
  /** Booked to jobs. */
  JOBS_TOTAL_MILLIJOULES,
  JOBS_GPU_MILLIJOULES,
  JOBS_MEMORY_MILLIJOULES,
  JOBS_STORAGE_MILLIJOULES,
  JOBS_CPU_MILLIJOULES,
  JOBS_NODE_MILLIJOULES,
  /** Not allocated. */
  IDLE_TOTAL_MILLIJOULES,
  IDLE_GPU_MILLIJOULES,
  IDLE_MEMORY_MILLIJOULES,
  IDLE_STORAGE_MILLIJOULES,
  IDLE_CPU_MILLIJOULES,
  IDLE_NODE_MILLIJOULES,
  /** Energy at facility meters; beside the balance, not in it. */
  FACILITY_MILLIJOULES,
  /** Share of the measured total whose quality is {@link Quality#MEASURED}. */
  QUALITY_MEASURED_MILLIJOULES,
  QUALITY_ESTIMATED_MILLIJOULES,
  QUALITY_MODELLED_MILLIJOULES,
  /** Energy of GPUs held by a job at a utilisation under 5 %. */
  HELD_IDLE_MILLIJOULES,
  /** Device time with known energy; devices that count in the total. */
  COVERED_MILLIS,
  /** Device time within gaps whose energy is unknown. */
  UNCOVERED_MILLIS,
  /** GPU time seen: GPUs x time. */
  GPU_MILLIS,
  /** GPU time busy. */
  GPU_BUSY_MILLIS,
  /** GPU time held by jobs, by share. */
  GPU_ALLOCATED_MILLIS,
  /** Memory seen: MiB x ms. Utilisation is used over seen, and allocated over seen. */
  MEMORY_MEBIBYTE_MILLIS,
  MEMORY_USED_MEBIBYTE_MILLIS,
  MEMORY_ALLOCATED_MEBIBYTE_MILLIS,
  /** Storage seen: MiB x ms. */
  STORAGE_MEBIBYTE_MILLIS,
  STORAGE_USED_MEBIBYTE_MILLIS,
  STORAGE_ALLOCATED_MEBIBYTE_MILLIS,
  /** Drive time seen: drives x time. */
  STORAGE_MILLIS,
  /** Drive time busy. */
  STORAGE_BUSY_MILLIS,
  /** Readings that arrived, each once; those with a refused field are among them. */
  READINGS,
  /** Readings of batches that were seen before. */
  REPEATED_READINGS,
  /** Fields refused: a value that means "no value", as 0 W of a node does. */
  REFUSED_SENTINEL,
  /** Fields refused: under zero. */
  REFUSED_NEGATIVE,
  /** Fields refused: over the power that the device can have. */
  REFUSED_OVER_LIMIT,
  /** Readings and allocation events refused: ahead of their own arrival. */
  REFUSED_FUTURE,
  /** Readings refused: older than what can still be corrected. */
  REFUSED_LATE,
  /** Allocation events taken into account. */
  ALLOCATION_EVENTS,
  /** Booked to jobs that had the device for themselves; a share of the jobs' total. */
  EXCLUSIVE_MILLIJOULES,
  /** Booked to jobs that held a share of the device; the rest of the jobs' total. */
  SHARED_MILLIJOULES,
  /** Device time of which jobs were given more than there is; their shares were scaled down. */
  OVERBOOKED_MILLIS,
  /** Counters that passed their modulus. */
  COUNTER_WRAPS,
  /** Counters that began anew. */
  COUNTER_RESETS,
  /** Counters that fell, or rose by more than the device can consume; power was used. */
  COUNTER_FAULTS,
  /** Time in which counters did not rise though there was power; power was used. */
  COUNTER_STUCK_MILLIS,
  /** Device minutes in which counter and power disagree by over a quarter; the counter was kept. */
  DISAGREEING_MINUTES,
  /** Readings stamped later than they arrived by over a second: the node's clock is ahead. */
  CLOCK_AHEAD_READINGS,
  /**
   * Batches of an agent that continues after a later one of the same node has begun, and batches
   * that have the number of another batch and other content.
   */
  RIVAL_AGENT_BATCHES,
  /** Readings refused: another source reports the device at that time, with other values. */
  REFUSED_CONFLICT,
  /** Share of the measured total that meters of nodes measured; the rest is sums of devices. */
  WHOLE_NODE_MILLIJOULES,
  /**
   * Readings and allocation events refused: so long before their arrival that neither a clock nor a
   * spool explains it.
   */
  REFUSED_OLD,
  /** Readings and allocation events refused: over what is kept of one node, or of one record. */
  REFUSED_OVER_STATE,
  /** Records at which the program failed, and records of a node that is set aside since. */
  FAILED_RECORDS,
  /** Energy at the outputs of UPSs; beside the balance. */
  UPS_MILLIJOULES,
  /** Energy at the outputs of PDUs; beside the balance. */
  PDU_MILLIJOULES,
  /** Energy of on-site generation; beside the balance. */
  GENERATION_MILLIJOULES,
  /** Energy exported to the grid; beside the balance. */
  EXPORT_MILLIJOULES,
  /** Water that the site's meters measured, ml. */
  WATER_MILLILITRES,
  /** Time of facility meters with known energy: meters x time. */
  FACILITY_COVERED_MILLIS,
  /**
   * Time of facility meters without, from the first reading of each on; see {@link
   * DeviceKind#isSiteMeter}.
   */
  FACILITY_UNCOVERED_MILLIS,
  /** Time of UPS meters with known energy: meters x time. */
  UPS_COVERED_MILLIS,
  /**
   * Time of UPS meters without, from the first reading of each on; see {@link
   * DeviceKind#isSiteMeter}.
   */
  UPS_UNCOVERED_MILLIS,
  /** Time of PDU meters with known energy: meters x time. */
  PDU_COVERED_MILLIS,
  /**
   * Time of PDU meters without, from the first reading of each on; see {@link
   * DeviceKind#isSiteMeter}.
   */
  PDU_UNCOVERED_MILLIS,
  /** Time of generation meters with known energy: meters x time. */
  GENERATION_COVERED_MILLIS,
  /**
   * Time of generation meters without, from the first reading of each on; see {@link
   * DeviceKind#isSiteMeter}.
   */
  GENERATION_UNCOVERED_MILLIS,
  /** Time of export meters with known energy: meters x time. */
  EXPORT_COVERED_MILLIS,
  /**
   * Time of export meters without, from the first reading of each on; see {@link
   * DeviceKind#isSiteMeter}.
   */
  EXPORT_UNCOVERED_MILLIS;

  /** Measured energy of a kind of device or of a site's meters. */
  public static SiteAmount measured(DeviceKind kind) {
    return switch (kind) {
      case GPU -> MEASURED_GPU_MILLIJOULES;
      case MEMORY -> MEASURED_MEMORY_MILLIJOULES;
      case STORAGE -> MEASURED_STORAGE_MILLIJOULES;
      case CPU -> MEASURED_CPU_MILLIJOULES;
      case NODE -> MEASURED_NODE_MILLIJOULES;
      case FACILITY -> FACILITY_MILLIJOULES;
      case UPS -> UPS_MILLIJOULES;
      case PDU -> PDU_MILLIJOULES;
      case GENERATION -> GENERATION_MILLIJOULES;
      case EXPORT -> EXPORT_MILLIJOULES;
    };
  }

  /**
   * Time of meters of a site of a kind with known energy.
   *
   * @throws IllegalArgumentException for a kind of device of a node
   */
  public static SiteAmount meterCovered(DeviceKind kind) {
    return switch (kind) {
      case FACILITY -> FACILITY_COVERED_MILLIS;
      case UPS -> UPS_COVERED_MILLIS;
      case PDU -> PDU_COVERED_MILLIS;
      case GENERATION -> GENERATION_COVERED_MILLIS;
      case EXPORT -> EXPORT_COVERED_MILLIS;
      case GPU, MEMORY, STORAGE, CPU, NODE ->
          throw new IllegalArgumentException("no meter of a site");
    };
  }

  /**
   * Time of meters of a site of a kind whose energy is not known.
   *
   * @throws IllegalArgumentException for a kind of device of a node
   */
  public static SiteAmount meterUncovered(DeviceKind kind) {
    return switch (kind) {
      case FACILITY -> FACILITY_UNCOVERED_MILLIS;
      case UPS -> UPS_UNCOVERED_MILLIS;
      case PDU -> PDU_UNCOVERED_MILLIS;
      case GENERATION -> GENERATION_UNCOVERED_MILLIS;
      case EXPORT -> EXPORT_UNCOVERED_MILLIS;
      case GPU, MEMORY, STORAGE, CPU, NODE ->
          throw new IllegalArgumentException("no meter of a site");
    };
  }

  /**
   * Energy of a kind of device that is booked to jobs.
   *
   * @throws IllegalArgumentException for a {@linkplain DeviceKind#isSiteMeter meter of a site},
   *     which is never attributed
   */
  public static SiteAmount jobs(DeviceKind kind) {
    return switch (kind) {
      case GPU -> JOBS_GPU_MILLIJOULES;
      case MEMORY -> JOBS_MEMORY_MILLIJOULES;
      case STORAGE -> JOBS_STORAGE_MILLIJOULES;
      case CPU -> JOBS_CPU_MILLIJOULES;
      case NODE -> JOBS_NODE_MILLIJOULES;
      case FACILITY, UPS, PDU, GENERATION, EXPORT ->
          throw new IllegalArgumentException("a meter of a site is not attributed");
    };
  }

  /**
   * Energy of a kind of device that is not allocated.
   *
   * @throws IllegalArgumentException for a {@linkplain DeviceKind#isSiteMeter meter of a site},
   *     which is never attributed
   */
  public static SiteAmount idle(DeviceKind kind) {
    return switch (kind) {
      case GPU -> IDLE_GPU_MILLIJOULES;
      case MEMORY -> IDLE_MEMORY_MILLIJOULES;
      case STORAGE -> IDLE_STORAGE_MILLIJOULES;
      case CPU -> IDLE_CPU_MILLIJOULES;
      case NODE -> IDLE_NODE_MILLIJOULES;
      case FACILITY, UPS, PDU, GENERATION, EXPORT ->
          throw new IllegalArgumentException("a meter of a site is not attributed");
    };
  }

  /** Share of the measured total of a quality. */
  public static SiteAmount of(Quality quality) {
    return switch (quality) {
      case MEASURED -> QUALITY_MEASURED_MILLIJOULES;
      case ESTIMATED -> QUALITY_ESTIMATED_MILLIJOULES;
      case MODELLED -> QUALITY_MODELLED_MILLIJOULES;
    };
  }
}

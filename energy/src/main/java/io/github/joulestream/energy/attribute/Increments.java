// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Quality;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.Totals;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * What a record adds to the sums of jobs, of the site, of its nodes and of their devices, by
 * window: which amounts a millijoule and a millisecond of a device count in. Mutable; one thread.
 *
 * <p>A booking counts with a sign, and in a range of windows only: a correction books what was
 * booked with a sign of -1, and then what is to be booked with a sign of 1. Each sign, range and
 * node holds until the next is set.
 */
public final class Increments {
  private static final long MEBIBYTE = 1 << 20;

  private final IncrementTable table;
  // null if devices are not added up
  private final @Nullable DeviceSums devices;
  private final ChangedPlacements placements = new ChangedPlacements();
  // what adds to the total of the node
  private Containers containers = new Containers();
  private int sign = 1;
  private long fromWindow = Long.MIN_VALUE;
  private long toWindow = Long.MAX_VALUE;

  /** Increments of jobs, site and nodes, and not of devices. */
  public Increments() {
    this(0);
  }

  /**
   * Increments of devices too.
   *
   * @param deviceWindowMillis length of their windows, a multiple of that of other windows; 0 if
   *     devices are not added up
   */
  public Increments(int deviceWindowMillis) {
    table = new IncrementTable(deviceWindowMillis);
    devices = table.devices();
  }

  // ---- what is booked from here on

  /** From here on all bookings are of this node. */
  public void forNode(String name) {
    placements.forNode(name);
    table.forNode(name);
  }

  /** From here on these decide what adds to the total. */
  void containers(Containers ofNode) {
    containers = ofNode;
  }

  /** From here on all bookings count as they are. */
  void countAll() {
    restrictTo(1, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /**
   * From here on bookings count with this sign, and only those in windows from {@code from} up to
   * before {@code to}.
   */
  void restrictTo(int newSign, long from, long to) {
    this.sign = newSign;
    this.fromWindow = from;
    this.toWindow = to;
  }

  /** From here on bookings count with the other sign; called once more, as before. */
  void invertSign() {
    sign = -sign;
  }

  private boolean counts(long window) {
    return window >= fromWindow && window < toWindow;
  }

  /**
   * From here on what is booked can be taken back by {@link #undo}. What was booked before stays,
   * whatever comes. Allocates nothing once it has been called a few times.
   */
  public void begin() {
    table.begin();
    placements.begin();
  }

  /**
   * Takes back all that was booked since {@link #begin}, be it half of a record: every sum is as it
   * was, and windows, jobs and nodes that were not there are gone. It is of no node then; see
   * {@link #forNode}.
   *
   * @throws IllegalStateException if nothing was begun, or the increments were handed on since
   */
  public void undo() {
    table.undo();
    placements.undo();
    countAll();
  }

  // ---- the sums

  /** Takes each increment of a job's window. */
  public interface JobWindows {
    void take(String job, long window, Totals<JobAmount> totals);
  }

  /** Increments of jobs; the windows of a job follow one another in the order of time. */
  public void forEachJob(JobWindows taker) {
    table.forEachJob(taker);
  }

  /** Increments of the site, by start of the window. */
  public NavigableMap<Long, Totals<SiteAmount>> site() {
    return table.site();
  }

  /** Takes each increment of a node's window. */
  public interface NodeWindows {
    void take(String node, long window, Totals<SiteAmount> totals);
  }

  /** Increments of the site once more, by the node that they come from. */
  public void forEachNode(NodeWindows taker) {
    table.forEachNode(taker);
  }

  /** Takes each increment of a device's window. */
  public interface DeviceWindows {
    /**
     * Takes one.
     *
     * @param device as it was last described
     */
    void take(String node, Device device, long window, Totals<DeviceAmount> totals);
  }

  /** Increments of devices; those of a node follow one another. */
  public void forEachDevice(DeviceWindows taker) {
    if (devices != null) {
      devices.forEach(taker);
    }
  }

  /** Drops increments that cancelled out. */
  public void compact() {
    table.compact();
    placements.end();
  }

  /** How many sums were made since the beginning, of jobs, of the node and of the site. */
  int made() {
    return table.made();
  }

  /** How many sums of devices were made since the beginning. */
  int devicesMade() {
    return devices == null ? 0 : devices.made();
  }

  /** Windows of devices that something was booked in. */
  public int deviceWindows() {
    return devices == null ? 0 : devices.size();
  }

  /** Windows of jobs and of nodes that something was booked in. */
  public int windows() {
    return table.windows();
  }

  /** Forgets what adds to the site. */
  public void clearSite() {
    table.clearSite();
    placements.end();
  }

  /** Adds what others add, but not to the site. */
  public void addAllButSite(Increments others) {
    table.addAllButSite(others.table);
    placements.addAll(others.placements);
  }

  /** Placements that have changed. */
  public ChangedPlacements placements() {
    return placements;
  }

  // ---- events

  /** Counts an event in the window of its time, whatever sign and range are set. */
  void count(long window, SiteAmount amount, long value) {
    table.enter(window);
    table.add(amount, value);
  }

  /**
   * Counts a record at which the program failed, or one of a node that is set aside, of the node
   * that is set.
   *
   * @param epochMillis when the record arrived
   */
  public void failed(long epochMillis, Limits limits) {
    count(limits.windowOf(epochMillis), SiteAmount.FAILED_RECORDS, 1);
  }

  /** Counts something that is booked, and taken back with it. */
  void note(long window, SiteAmount amount, long value) {
    if (counts(window) && value != 0) {
      table.enter(window);
      table.add(amount, sign * value);
    }
  }

  /** Counts how a job's nodes ended, whatever sign and range are set. */
  void count(long window, String job, JobAmount amount, long value) {
    table.ofJob(job, window).add(amount, value);
  }

  // ---- energy

  /** True if the device adds to the node's total in this window: asked once for each piece. */
  boolean inTotal(Device device, long window) {
    return containers.count(device, window);
  }

  /** Energy of a device in a window, before it is shared out: the measured side of the ledger. */
  void measured(long window, Device device, boolean inTotal, long millijoules, Quality quality) {
    if (!counts(window) || millijoules == 0) {
      return;
    }
    table.enter(window);
    long amount = sign * millijoules;
    containers.add(device, window, amount);
    if (device.countsInKind()) {
      table.add(SiteAmount.measured(device.kind()), amount);
    }
    if (inTotal) {
      table.add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, amount);
      if (device.kind() == DeviceKind.NODE) {
        table.add(SiteAmount.WHOLE_NODE_MILLIJOULES, amount);
      }
      table.add(SiteAmount.of(quality), amount);
    }
    if (devices != null) {
      devices.of(device, window).energy(device.countsInKind(), inTotal, amount);
    }
  }

  /**
   * Mean power of a device over a piece of the time between two readings. The highest of a window
   * is kept, and not taken back with the piece.
   */
  void power(long window, Device device, long milliwatts) {
    if (devices != null && sign > 0 && counts(window)) {
      devices.of(device, window).power(milliwatts);
    }
  }

  /** A plausible value of a status of a device, in the window of its time. */
  void status(long window, Device device, StatusColumn column, long value) {
    if (column == StatusColumn.WATER_MILLILITRES) {
      count(window, SiteAmount.WATER_MILLILITRES, value);
    } else if (devices != null) {
      DeviceAmounts.status(devices.statusOf(device, window), column, value);
    }
  }

  /** The share of a job in it. */
  void job(
      long window,
      String job,
      Device device,
      boolean inTotal,
      long millijoules,
      Quality quality,
      boolean heldIdle,
      boolean exclusive) {
    if (!counts(window) || millijoules == 0) {
      return;
    }
    long amount = sign * millijoules;
    Totals<JobAmount> totals = table.ofJob(job, window);
    table.enter(window);
    if (device.countsInKind()) {
      totals.add(JobAmount.of(device.kind()), amount);
      table.add(SiteAmount.jobs(device.kind()), amount);
    }
    if (heldIdle) {
      totals.add(JobAmount.HELD_IDLE_MILLIJOULES, amount);
      table.add(SiteAmount.HELD_IDLE_MILLIJOULES, amount);
      if (devices != null) {
        devices.of(device, window).heldIdle(amount);
      }
    }
    if (inTotal) {
      totals.add(JobAmount.TOTAL_MILLIJOULES, amount);
      if (device.kind() == DeviceKind.NODE) {
        totals.add(JobAmount.WHOLE_NODE_MILLIJOULES, amount);
      }
      totals.add(JobAmount.of(quality), amount);
      table.add(SiteAmount.JOBS_TOTAL_MILLIJOULES, amount);
      table.add(
          exclusive ? SiteAmount.EXCLUSIVE_MILLIJOULES : SiteAmount.SHARED_MILLIJOULES, amount);
    }
  }

  /** The share of it that no job holds. */
  void idle(long window, Device device, boolean inTotal, long millijoules) {
    if (!counts(window) || millijoules == 0 || device.kind().isSiteMeter()) {
      return;
    }
    long amount = sign * millijoules;
    table.enter(window);
    if (device.countsInKind()) {
      table.add(SiteAmount.idle(device.kind()), amount);
    }
    if (inTotal) {
      table.add(SiteAmount.IDLE_TOTAL_MILLIJOULES, amount);
    }
  }

  // ---- time

  /** Time of a device with known energy, and its use. */
  void time(long window, Device device, boolean inTotal, Pieces pieces) {
    if (!counts(window)) {
      return;
    }
    table.enter(window);
    if (inTotal) {
      table.add(SiteAmount.COVERED_MILLIS, sign * pieces.millis());
    }
    // methods of their own: together they are too long to be inlined
    switch (device.kind()) {
      case GPU -> gpuTime(pieces);
      case MEMORY -> memoryTime(device, pieces);
      case STORAGE -> storageTime(device, pieces);
      case FACILITY, UPS, PDU, GENERATION, EXPORT -> meterTime(device, sign * pieces.millis());
      case CPU, NODE -> {}
    }
    if (devices != null) {
      devices.of(device, window).time(pieces, sign);
    }
  }

  /** Until it is booked here, this time of a meter counts as uncovered; see {@link SiteMeters}. */
  private void meterTime(Device meter, long millis) {
    if (meter.countsInKind()) {
      table.add(SiteAmount.meterCovered(meter.kind()), millis);
      table.add(SiteAmount.meterUncovered(meter.kind()), -millis);
    }
  }

  private void gpuTime(Pieces pieces) {
    table.add(SiteAmount.GPU_MILLIS, sign * pieces.millis());
    table.add(SiteAmount.GPU_ALLOCATED_MILLIS, sign * pieces.allocatedMillis());
    table.add(SiteAmount.GPU_BUSY_MILLIS, sign * pieces.busyMillis());
  }

  private void memoryTime(Device device, Pieces pieces) {
    long capacity = sign * (device.capacityBytes() / MEBIBYTE);
    table.add(SiteAmount.MEMORY_MEBIBYTE_MILLIS, capacity * pieces.millis());
    table.add(SiteAmount.MEMORY_ALLOCATED_MEBIBYTE_MILLIS, capacity * pieces.allocatedMillis());
    table.add(SiteAmount.MEMORY_USED_MEBIBYTE_MILLIS, sign * pieces.usedMebibyteMillis());
  }

  private void storageTime(Device device, Pieces pieces) {
    long capacity = sign * (device.capacityBytes() / MEBIBYTE);
    table.add(SiteAmount.STORAGE_MILLIS, sign * pieces.millis());
    table.add(SiteAmount.STORAGE_MEBIBYTE_MILLIS, capacity * pieces.millis());
    table.add(SiteAmount.STORAGE_ALLOCATED_MEBIBYTE_MILLIS, capacity * pieces.allocatedMillis());
    table.add(SiteAmount.STORAGE_USED_MEBIBYTE_MILLIS, sign * pieces.usedMebibyteMillis());
    table.add(SiteAmount.STORAGE_BUSY_MILLIS, sign * pieces.busyMillis());
  }

  /**
   * Time of a device that a job held, with known energy.
   *
   * @param heldMillis by the job's share
   * @param busyMillis of it, by utilisation
   */
  void jobTime(
      long window, String job, Device device, boolean inTotal, long heldMillis, long busyMillis) {
    if (!counts(window)) {
      return;
    }
    Totals<JobAmount> totals = table.ofJob(job, window);
    if (inTotal) {
      totals.add(JobAmount.COVERED_MILLIS, sign * heldMillis);
    }
    if (device.kind() == DeviceKind.GPU) {
      totals.add(JobAmount.GPU_HELD_MILLIS, sign * heldMillis);
      totals.add(JobAmount.GPU_BUSY_MILLIS, sign * busyMillis);
    }
  }

  /** Time of a device whose energy is unknown. */
  void uncovered(long window, Device device, long millis) {
    if (!counts(window)) {
      return;
    }
    if (isMissed(device, window)) {
      table.enter(window);
      table.add(SiteAmount.UNCOVERED_MILLIS, sign * millis);
    }
    if (devices != null) {
      devices.of(device, window).uncovered(sign * millis);
    }
  }

  /** Time that a job held such a device. */
  void jobUncovered(long window, String job, Device device, long millis, long heldBasisPoints) {
    if (!counts(window)) {
      return;
    }
    long held = sign * (millis * heldBasisPoints / Shares.WHOLE);
    Totals<JobAmount> totals = table.ofJob(job, window);
    if (isMissed(device, window)) {
      totals.add(JobAmount.UNCOVERED_MILLIS, held);
    }
    if (device.kind() == DeviceKind.GPU) {
      totals.add(JobAmount.GPU_HELD_MILLIS, held);
    }
  }

  /** Time of a container that reports nothing while the devices in it count. */
  void silent(long window, long millis) {
    if (counts(window)) {
      table.enter(window);
      table.add(SiteAmount.UNCOVERED_MILLIS, sign * millis);
    }
  }

  /** Time that a job held such a container. */
  void jobSilent(long window, String job, long millis, long heldBasisPoints) {
    if (counts(window)) {
      long held = sign * (millis * heldBasisPoints / Shares.WHOLE);
      table.ofJob(job, window).add(JobAmount.UNCOVERED_MILLIS, held);
    }
  }

  /** True if its unknown energy is missing in the total: it counts, or nothing contains it. */
  private boolean isMissed(Device device, long window) {
    return device.countsInTotal() || containers.count(device, window);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Quality;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What news adds to the books: to jobs, to the site and to its nodes, by window. Booking with a
 * sign of -1 takes back what was booked before. Mutable; one thread.
 */
public final class Increments {
  private static final long MEBIBYTE = 1 << 20;

  private final Map<String, NavigableMap<Long, Totals<JobAmount>>> jobs = new HashMap<>();
  private final Windows site = new Windows();
  // what was booked to last: most bookings go there again
  private static final int MIN_SLOT_BITS = 5;
  private static final int MAX_SLOT_BITS = 13;
  private int slotBits = MIN_SLOT_BITS;
  private @Nullable Recent[] recent = new Recent[1 << MIN_SLOT_BITS];
  private @Nullable Recent lastJob;
  private int jobWindows;
  private int made;

  // the site's books once more, by node
  private final Map<String, Windows> nodes = new HashMap<>();
  // where nobody says of which node, it is of none
  private String nodeName = "";
  private Windows node = new Windows();
  // where the site's and the node's amounts go
  private boolean turned;
  private long nowWindow;
  private Totals<SiteAmount> nowSite = Totals.ofSite();
  private Totals<SiteAmount> nowNode = Totals.ofSite();
  // what adds to the total of the node
  private Containers containers = new Containers();
  private int sign = 1;
  private long fromWindow = Long.MIN_VALUE;
  private long toWindow = Long.MAX_VALUE;
  private final Undo undo = new Undo();

  /** Amounts by start of the window; the two that were asked for last are at hand. */
  static final class Windows {
    final NavigableMap<Long, Totals<SiteAmount>> all = new TreeMap<>();
    private @Nullable Totals<SiteAmount> last;
    private @Nullable Totals<SiteAmount> before;
    private long lastWindow;
    private long beforeWindow;
    int made;

    Totals<SiteAmount> at(long window, Undo undo) {
      Totals<SiteAmount> found = last;
      if (found != null && lastWindow == window) {
        return found;
      }
      found = before;
      if (found == null || beforeWindow != window) {
        found = all.get(window);
        if (found == null) {
          found = Totals.ofSite();
          all.put(window, found);
          made++;
          undo.made(this, window, found);
        }
      }
      before = last;
      beforeWindow = lastWindow;
      last = found;
      lastWindow = window;
      return found;
    }

    void dropZeros() {
      all.values().removeIf(Totals::isZero);
      forget();
    }

    void clear() {
      all.clear();
      forget();
    }

    void forget() {
      last = null;
      before = null;
    }
  }

  /** From here on all bookings are of this node. */
  public void forNode(String name) {
    if (!nodeName.equals(name)) {
      nodeName = name;
      node = nodes.computeIfAbsent(name, _ -> new Windows());
      turned = false;
    }
  }

  /**
   * From here on what is booked can be taken back by {@link #undo}. What was booked before stays,
   * whatever comes. Allocates nothing once it has been called a few times.
   */
  public void begin() {
    undo.begin();
    // what is at hand must be looked up once more, to be seen as touched
    turned = false;
    lastJob = null;
  }

  /**
   * Takes back all that was booked since {@link #begin}, be it half of a record: every sum is as it
   * was, and windows, jobs and nodes that were not there are gone. It is of no node then; see
   * {@link #forNode}.
   *
   * @throws IllegalStateException if nothing was begun, or the increments were handed on since
   */
  public void undo() {
    jobWindows -= undo.undo(jobs);
    Arrays.fill(recent, null);
    lastJob = null;
    turned = false;
    site.forget();
    nodes.values().forEach(Windows::forget);
    nodes.values().removeIf(windows -> windows.all.isEmpty());
    nodeName = "";
    node = new Windows();
    countAll();
  }

  /** From here on these say what adds to the total. */
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

  private boolean counts(long window) {
    return window >= fromWindow && window < toWindow;
  }

  /** From here on bookings count with the other sign; called once more, as before. */
  void invertSign() {
    sign = -sign;
  }

  /** Increments of jobs, by job and start of the window. */
  public Map<String, NavigableMap<Long, Totals<JobAmount>>> jobs() {
    return jobs;
  }

  /** Increments of the site, by start of the window. */
  public NavigableMap<Long, Totals<SiteAmount>> site() {
    return site.all;
  }

  /** Takes each increment of a node's window. */
  public interface NodeWindows {
    void take(String node, long window, Totals<SiteAmount> totals);
  }

  /** Increments of the site once more, by the node that they come from. */
  public void forEachNode(NodeWindows taker) {
    nodes.forEach((name, windows) ->
        windows.all.forEach((window, totals) -> taker.take(name, window, totals)));
  }

  /** Drops increments that cancelled out. */
  public void compact() {
    undo.end();
    turned = false;
    Arrays.fill(recent, null);
    lastJob = null;
    jobs.values().forEach(windows -> windows.values().removeIf(Totals::isZero));
    jobs.values().removeIf(Map::isEmpty);
    site.dropZeros();
    nodes.values().forEach(Windows::dropZeros);
  }

  /** How many sums were made since the beginning, of jobs, of nodes and of the site. */
  int made() {
    return made + site.made + node.made;
  }

  /** Windows of jobs and of nodes that something was booked in. */
  public int windows() {
    int windows = jobWindows;
    for (Windows ofNode : nodes.values()) {
      windows += ofNode.all.size();
    }
    return windows;
  }

  /** Forgets what adds to the site. */
  public void clearSite() {
    undo.end();
    turned = false;
    site.clear();
  }

  /** Adds what others add, but not to the site. */
  public void addAllButSite(Increments others) {
    others.forEachNode((name, window, totals) ->
        touched(nodes.computeIfAbsent(name, _ -> new Windows()).at(window, undo)).addAll(totals));
    others.jobs.forEach((job, windows) ->
        windows.forEach((window, totals) -> jobTotals(job, window).addAll(totals)));
  }

  /** Counts an event in the window of its time, whatever the mode. */
  void count(long window, SiteAmount amount, long value) {
    turnTo(window);
    add(amount, value);
  }

  /**
   * Counts a record at which the program failed, or one of a node that is set aside, of the node
   * that was named last.
   *
   * @param epochMillis when the record arrived
   */
  public void failed(long epochMillis, Limits limits) {
    count(limits.windowOf(epochMillis), SiteAmount.FAILED_RECORDS, 1);
  }

  /** Counts something that is booked, and taken back with it. */
  void note(long window, SiteAmount amount, long value) {
    if (counts(window) && value != 0) {
      turnTo(window);
      add(amount, sign * value);
    }
  }

  /** Counts what became of a job's nodes, whatever the mode. */
  void count(long window, String job, JobAmount amount, long value) {
    jobTotals(job, window).add(amount, value);
  }

  /** True if the device adds to the node's total in this window: asked once for all of a piece. */
  boolean inTotal(Device device, long window) {
    return containers.count(device, window);
  }

  /** Energy of a device in a window, before it is shared out: the measured side of the ledger. */
  void measured(long window, Device device, boolean inTotal, long millijoules, Quality quality) {
    if (!counts(window) || millijoules == 0) {
      return;
    }
    turnTo(window);
    long amount = sign * millijoules;
    containers.add(device, window, amount);
    if (device.countsInKind()) {
      add(SiteAmount.measured(device.kind()), amount);
    }
    if (inTotal) {
      add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, amount);
      if (device.kind() == DeviceKind.NODE) {
        add(SiteAmount.WHOLE_NODE_MILLIJOULES, amount);
      }
      add(SiteAmount.of(quality), amount);
    }
  }

  /** A job's part of it. */
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
    Totals<JobAmount> totals = jobTotals(job, window);
    turnTo(window);
    if (device.countsInKind()) {
      totals.add(JobAmount.of(device.kind()), amount);
      add(SiteAmount.jobs(device.kind()), amount);
    }
    if (heldIdle) {
      totals.add(JobAmount.HELD_IDLE_MILLIJOULES, amount);
      add(SiteAmount.HELD_IDLE_MILLIJOULES, amount);
    }
    if (inTotal) {
      totals.add(JobAmount.TOTAL_MILLIJOULES, amount);
      if (device.kind() == DeviceKind.NODE) {
        totals.add(JobAmount.WHOLE_NODE_MILLIJOULES, amount);
      }
      totals.add(JobAmount.of(quality), amount);
      add(SiteAmount.JOBS_TOTAL_MILLIJOULES, amount);
      add(exclusive ? SiteAmount.EXCLUSIVE_MILLIJOULES : SiteAmount.SHARED_MILLIJOULES, amount);
    }
  }

  /** Nobody's part of it. */
  void idle(long window, Device device, boolean inTotal, long millijoules) {
    if (!counts(window) || millijoules == 0 || device.kind() == DeviceKind.FACILITY) {
      return;
    }
    long amount = sign * millijoules;
    turnTo(window);
    if (device.countsInKind()) {
      add(SiteAmount.idle(device.kind()), amount);
    }
    if (inTotal) {
      add(SiteAmount.IDLE_TOTAL_MILLIJOULES, amount);
    }
  }

  /** Time of a device with known energy, and what it was used for. */
  void time(
      long window,
      Device device,
      boolean inTotal,
      long millis,
      long jobParts,
      long utilisationBasisPoints,
      long used) {
    if (!counts(window)) {
      return;
    }
    long amount = sign * millis;
    turnTo(window);
    if (inTotal) {
      add(SiteAmount.COVERED_MILLIS, amount);
    }
    long allocated = sign * (millis * jobParts / Shares.WHOLE);
    switch (device.kind()) {
      case GPU -> {
        add(SiteAmount.GPU_MILLIS, amount);
        add(SiteAmount.GPU_ALLOCATED_MILLIS, allocated);
        if (utilisationBasisPoints != MISSING) {
          add(SiteAmount.GPU_BUSY_MILLIS, sign * (millis * utilisationBasisPoints / Shares.WHOLE));
        }
      }
      case MEMORY -> {
        long capacity = device.capacityBytes() / MEBIBYTE;
        add(SiteAmount.MEMORY_MEBIBYTE_MILLIS, capacity * amount);
        add(SiteAmount.MEMORY_ALLOCATED_MEBIBYTE_MILLIS, capacity * allocated);
        if (used != MISSING) {
          add(SiteAmount.MEMORY_USED_MEBIBYTE_MILLIS, used / MEBIBYTE * amount);
        }
      }
      case STORAGE -> {
        long capacity = device.capacityBytes() / MEBIBYTE;
        add(SiteAmount.STORAGE_MILLIS, amount);
        add(SiteAmount.STORAGE_MEBIBYTE_MILLIS, capacity * amount);
        add(SiteAmount.STORAGE_ALLOCATED_MEBIBYTE_MILLIS, capacity * allocated);
        if (used != MISSING) {
          add(SiteAmount.STORAGE_USED_MEBIBYTE_MILLIS, used / MEBIBYTE * amount);
        }
        if (utilisationBasisPoints != MISSING) {
          add(
              SiteAmount.STORAGE_BUSY_MILLIS,
              sign * (millis * utilisationBasisPoints / Shares.WHOLE));
        }
      }
      case CPU, NODE, FACILITY -> {}
    }
  }

  /** Time of a device that a job held, with known energy. */
  void jobTime(
      long window,
      String job,
      Device device,
      boolean inTotal,
      long millis,
      long parts,
      long utilisationBasisPoints) {
    if (!counts(window)) {
      return;
    }
    long held = sign * (millis * parts / Shares.WHOLE);
    Totals<JobAmount> totals = jobTotals(job, window);
    if (inTotal) {
      totals.add(JobAmount.COVERED_MILLIS, held);
    }
    if (device.kind() == DeviceKind.GPU) {
      totals.add(JobAmount.GPU_HELD_MILLIS, held);
      if (utilisationBasisPoints != MISSING) {
        totals.add(JobAmount.GPU_BUSY_MILLIS, held * utilisationBasisPoints / Shares.WHOLE);
      }
    }
  }

  /** Time of a device whose energy nobody knows. */
  void uncovered(long window, Device device, long millis) {
    if (counts(window) && ofItself(device, window)) {
      turnTo(window);
      add(SiteAmount.UNCOVERED_MILLIS, sign * millis);
    }
  }

  /** Time that a job held such a device. */
  void jobUncovered(long window, String job, Device device, long millis, long parts) {
    if (!counts(window)) {
      return;
    }
    long held = sign * (millis * parts / Shares.WHOLE);
    Totals<JobAmount> totals = jobTotals(job, window);
    if (ofItself(device, window)) {
      totals.add(JobAmount.UNCOVERED_MILLIS, held);
    }
    if (device.kind() == DeviceKind.GPU) {
      totals.add(JobAmount.GPU_HELD_MILLIS, held);
    }
  }

  /** Time of a container that is silent while its parts count. */
  void silent(long window, long millis) {
    if (counts(window)) {
      turnTo(window);
      add(SiteAmount.UNCOVERED_MILLIS, sign * millis);
    }
  }

  /** Time that a job held such a container. */
  void jobSilent(long window, String job, long millis, long parts) {
    if (counts(window)) {
      long held = sign * (millis * parts / Shares.WHOLE);
      jobTotals(job, window).add(JobAmount.UNCOVERED_MILLIS, held);
    }
  }

  /** That nothing is known of what is part of nothing is amiss, whatever counts instead. */
  private boolean ofItself(Device device, long window) {
    return device.countsInTotal() || containers.count(device, window);
  }

  private record Recent(String job, long window, Totals<JobAmount> totals) {}

  private Totals<JobAmount> jobTotals(String job, long window) {
    Recent last = lastJob;
    if (last != null && last.window == window && last.job.equals(job)) {
      return last.totals;
    }
    Recent found = recent(job, window);
    lastJob = found;
    undo.touched(found.totals);
    return found.totals;
  }

  private Recent recent(String job, long window) {
    int slot = slot(job, window);
    Recent known = recent[slot];
    if (known != null && known.window == window && known.job.equals(job)) {
      return known;
    }
    Totals<JobAmount> totals =
        jobs.computeIfAbsent(job, _ -> new TreeMap<>())
            .computeIfAbsent(window, _ -> newJobWindow(job, window));
    if (jobWindows > recent.length / 2 && slotBits < MAX_SLOT_BITS) {
      slotBits = Math.min(MAX_SLOT_BITS, slotBits + 2);
      recent = new Recent[1 << slotBits];
      slot = slot(job, window);
    }
    Recent made = new Recent(job, window, totals);
    recent[slot] = made;
    return made;
  }

  private int slot(String job, long window) {
    // all bits of both count
    return ((job.hashCode() + (int) (window / 1_000)) * 0x9E3779B1) >>> (Integer.SIZE - slotBits);
  }

  private Totals<JobAmount> newJobWindow(String job, long window) {
    jobWindows++;
    made++;
    Totals<JobAmount> made = Totals.ofJob();
    undo.made(job, window, made);
    return made;
  }

  /** What is added to the site's books from here on is of this window. */
  private void turnTo(long window) {
    if (turned && window == nowWindow) {
      return;
    }
    nowSite = touched(site.at(window, undo));
    nowNode = touched(node.at(window, undo));
    nowWindow = window;
    turned = true;
  }

  private <A extends Enum<A>> Totals<A> touched(Totals<A> totals) {
    undo.touched(totals);
    return totals;
  }

  private void add(SiteAmount amount, long value) {
    nowSite.add(amount, value);
    nowNode.add(amount, value);
  }
}

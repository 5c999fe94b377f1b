// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sums by window: of jobs, of the site, and of each node the same as of the site. The sums that
 * were added to last are cached, for most additions are to them again. Mutable, for the hot path;
 * one thread.
 *
 * <pre>
 *   amount of a node --> enter(window) --> add --> site  [window]
 *                                              --> node  [window]
 *   amount of a job  -------------> ofJob -------> job   [window]
 * </pre>
 */
final class IncrementTable {
  // 32 entries hold the jobs of a node in two windows; 8,192 those of the largest nodes'
  // corrections
  private static final int MIN_CACHE_BITS = 5;
  private static final int MAX_CACHE_BITS = 13;

  private final Map<String, NavigableMap<Long, Totals<JobAmount>>> jobs = new HashMap<>();
  private final WindowSums<SiteAmount> site = new WindowSums<>(Totals::ofSite);
  private final Map<String, WindowSums<SiteAmount>> nodes = new HashMap<>();
  private final Undo undo = new Undo();
  // null if devices are not added up
  private final @Nullable DeviceSums devices;

  // of no node until one is named
  private String nodeName = "";
  private WindowSums<SiteAmount> node = new WindowSums<>(Totals::ofSite);

  // the window that was entered, and its sums
  private boolean entered;
  private long enteredWindow;
  private Totals<SiteAmount> ofSite = Totals.ofSite();
  private Totals<SiteAmount> ofNode = Totals.ofSite();

  private int cacheBits = MIN_CACHE_BITS;
  private @Nullable CachedJob[] cache = new CachedJob[1 << MIN_CACHE_BITS];
  private @Nullable CachedJob lastJob;
  private int jobWindows;
  private int jobsMade;

  private record CachedJob(String job, long window, Totals<JobAmount> totals) {
    boolean isOf(String ofJob, long ofWindow) {
      return window == ofWindow && job.equals(ofJob);
    }
  }

  /** A table without devices. */
  IncrementTable() {
    this(0);
  }

  /**
   * A table.
   *
   * @param deviceWindowMillis length of the windows of devices; 0 if they are not added up
   */
  IncrementTable(int deviceWindowMillis) {
    devices = deviceWindowMillis == 0 ? null : new DeviceSums(deviceWindowMillis, undo);
  }

  // ---- additions

  /** The sums of devices; null if they are not added up. */
  @Nullable DeviceSums devices() {
    return devices;
  }

  /** From here on {@link #add} adds to this node. */
  void forNode(String name) {
    if (!nodeName.equals(name)) {
      nodeName = name;
      node = nodes.computeIfAbsent(name, _ -> new WindowSums<>(Totals::ofSite));
      entered = false;
      if (devices != null) {
        devices.forNode(name);
      }
    }
  }

  /** From here on {@link #add} adds to this window. */
  void enter(long window) {
    if (entered && window == enteredWindow) {
      return;
    }
    ofSite = touched(site.at(window, undo));
    ofNode = touched(node.at(window, undo));
    enteredWindow = window;
    entered = true;
  }

  /** Adds to the site and to the node, in the window that was entered. */
  void add(SiteAmount amount, long value) {
    ofSite.add(amount, value);
    ofNode.add(amount, value);
  }

  /** The sums of a job in a window, to be added to. */
  Totals<JobAmount> ofJob(String job, long window) {
    CachedJob last = lastJob;
    if (last != null && last.isOf(job, window)) {
      return last.totals;
    }
    CachedJob found = cached(job, window);
    lastJob = found;
    undo.touched(found.totals);
    return found.totals;
  }

  private CachedJob cached(String job, long window) {
    int slot = slot(job, window);
    CachedJob known = cache[slot];
    if (known != null && known.isOf(job, window)) {
      return known;
    }
    Totals<JobAmount> totals =
        jobs.computeIfAbsent(job, _ -> new TreeMap<>())
            .computeIfAbsent(window, _ -> make(job, window));
    if (jobWindows > cache.length / 2 && cacheBits < MAX_CACHE_BITS) {
      cacheBits = Math.min(MAX_CACHE_BITS, cacheBits + 2);
      cache = new CachedJob[1 << cacheBits];
      slot = slot(job, window);
    }
    CachedJob made = new CachedJob(job, window, totals);
    cache[slot] = made;
    return made;
  }

  /** Multiplicative hashing by 2^32 / golden ratio: all bits of both decide the upper bits. */
  private int slot(String job, long window) {
    return ((job.hashCode() + (int) (window / 1_000)) * 0x9E3779B1) >>> (Integer.SIZE - cacheBits);
  }

  private Totals<JobAmount> make(String job, long window) {
    jobWindows++;
    jobsMade++;
    Totals<JobAmount> made = Totals.ofJob();
    undo.made(job, window, made);
    return made;
  }

  private <A extends Enum<A>> Totals<A> touched(Totals<A> totals) {
    undo.touched(totals);
    return totals;
  }

  /** Adds the sums of jobs, nodes and devices of another table, and not those of the site. */
  void addAllButSite(IncrementTable others) {
    others.forEachNode((name, window, totals) ->
        touched(nodes.computeIfAbsent(name, _ -> new WindowSums<>(Totals::ofSite)).at(window, undo))
            .addAll(totals));
    others.jobs.forEach(
        (job, windows) -> windows.forEach((window, totals) -> ofJob(job, window).addAll(totals)));
    if (devices != null && others.devices != null) {
      devices.addAll(others.devices);
    }
  }

  // ---- undo

  /** From here on all additions can be undone. Allocates nothing once it was called a few times. */
  void begin() {
    undo.begin();
    // cached sums must be looked up once more, so that they are touched
    entered = false;
    lastJob = null;
    if (devices != null) {
      devices.begin();
    }
  }

  /**
   * Undoes all additions since {@link #begin}; from then on it is of no node.
   *
   * @throws IllegalStateException if nothing was begun, or it has ended since
   */
  void undo() {
    jobWindows -= undo.undo(jobs);
    forgetCached();
    site.forget();
    nodes.values().forEach(WindowSums::forget);
    nodes.values().removeIf(windows -> windows.all().isEmpty());
    nodeName = "";
    node = new WindowSums<>(Totals::ofSite);
    if (devices != null) {
      devices.undone();
    }
  }

  private void forgetCached() {
    Arrays.fill(cache, null);
    lastJob = null;
    entered = false;
  }

  /** Removes sums that are zero; nothing before can be undone. */
  void compact() {
    undo.end();
    forgetCached();
    jobs.values().forEach(windows -> windows.values().removeIf(Totals::isZero));
    jobs.values().removeIf(Map::isEmpty);
    site.dropZeros();
    nodes.values().forEach(WindowSums::dropZeros);
    if (devices != null) {
      devices.compact();
    }
  }

  /** Removes the sums of the site; nothing before can be undone. */
  void clearSite() {
    undo.end();
    entered = false;
    site.clear();
  }

  // ---- sums

  Map<String, NavigableMap<Long, Totals<JobAmount>>> jobs() {
    return jobs;
  }

  NavigableMap<Long, Totals<SiteAmount>> site() {
    return site.all();
  }

  void forEachNode(Increments.NodeWindows taker) {
    nodes.forEach((name, windows) ->
        windows.all().forEach((window, totals) -> taker.take(name, window, totals)));
  }

  /** Sums made since the beginning, of jobs, of this node and of the site. */
  int made() {
    return jobsMade + site.made() + node.made();
  }

  /** Windows of jobs and of nodes that have a sum. */
  int windows() {
    int windows = jobWindows;
    for (WindowSums<SiteAmount> ofNode : nodes.values()) {
      windows += ofNode.all().size();
    }
    return windows;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
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
  private final Map<String, WindowSums<JobAmount>> jobs = new HashMap<>();
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

  // the job that was added to last, in which window, and its sums; of none after a beginning
  private @Nullable String lastJob;
  private long lastJobWindow;
  private Totals<JobAmount> ofLastJob = Totals.ofJob();
  private int jobWindows;
  private int jobsMade;

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
    if (window != lastJobWindow || !job.equals(lastJob)) {
      ofLastJob = touched(find(job, window));
      lastJob = job;
      lastJobWindow = window;
    }
    return ofLastJob;
  }

  private Totals<JobAmount> find(String job, long window) {
    WindowSums<JobAmount> windows = jobs.get(job);
    if (windows == null) {
      windows = new WindowSums<>(Totals::ofJob);
      jobs.put(job, windows);
    }
    int madeBefore = windows.made();
    Totals<JobAmount> found = windows.at(window, undo);
    int made = windows.made() - madeBefore;
    jobWindows += made;
    jobsMade += made;
    return found;
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
    others.forEachJob((job, window, totals) -> ofJob(job, window).addAll(totals));
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
    undo.undo();
    forgetCached();
    jobs.values().forEach(WindowSums::forget);
    dropEmptyJobs();
    site.forget();
    nodes.values().forEach(WindowSums::forget);
    nodes.values().removeIf(windows -> windows.all().isEmpty());
    nodeName = "";
    node = new WindowSums<>(Totals::ofSite);
    if (devices != null) {
      devices.undone();
    }
  }

  private void dropEmptyJobs() {
    jobs.values().removeIf(windows -> windows.all().isEmpty());
    jobWindows = jobs.values().stream().mapToInt(windows -> windows.all().size()).sum();
  }

  private void forgetCached() {
    lastJob = null;
    entered = false;
  }

  /** Removes sums that are zero; nothing before can be undone. */
  void compact() {
    undo.end();
    forgetCached();
    jobs.values().forEach(WindowSums::dropZeros);
    dropEmptyJobs();
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

  void forEachJob(Increments.JobWindows taker) {
    jobs.forEach((job, windows) ->
        windows.all().forEach((window, totals) -> taker.take(job, window, totals)));
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

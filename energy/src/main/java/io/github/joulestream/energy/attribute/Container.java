// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kind of device of a node that contains others of its devices, and which of them counts in the
 * node's total, window by window. One of three, so that nothing is counted twice:
 *
 * <ul>
 *   <li>the container itself ({@link #TOP}) in windows in which it has energy;
 *   <li>else its components ({@link #COMPONENTS}), or one further device of the container's own
 *       kind (a second meter, a channel, a model of it), whichever has more: each measures a
 *       component of it, so the largest is nearest to it;
 *   <li>in the newest windows, of which that is not known yet, the container, as long as it has not
 *       been silent for longer than it is used to.
 * </ul>
 *
 * <p>All of it follows from the energy of the windows, and so from readings and allocations alone.
 * What was booked before it was known is booked again by the {@link NodeAccount}: {@link #counting}
 * is what is booked, {@link #desired} what should be. Mutable; one thread.
 */
final class Container extends ContainerWindows {
  static final int COMPONENTS = -1;
  static final int TOP = 0;

  private static final long NOT_EXPECTED = Long.MAX_VALUE;

  private final DeviceKind kind;
  // further devices of its own kind: the first is level 1
  private final List<String> seconds = new ArrayList<>();
  private Timeline counting;
  private long askedWindow = NEVER;
  private int askedLevel;

  // as it was when the books were last in order
  private boolean topKnown;
  private long topLastWindow = NEVER;
  private long expectedFrom = NOT_EXPECTED;

  Container(DeviceKind kind, int windowMillis, int counts) {
    super(windowMillis);
    this.kind = kind;
    this.counting = Timeline.of(counts);
  }

  DeviceKind kind() {
    return kind;
  }

  /** Takes note of a further device of the container's own kind. */
  void know(String second) {
    if (!seconds.contains(second) && seconds.size() < DeviceRoom.MAX_SECONDS) {
      seconds.add(second);
      addLevel();
    }
  }

  /** True if it is one of the further devices that there is room for. */
  boolean knows(String second) {
    return seconds.contains(second);
  }

  /** Which level of devices counts in this window, as it is booked. */
  int levelAt(long window) {
    if (window != askedWindow) {
      askedWindow = window;
      askedLevel = counting.at(window);
    }
    return askedLevel;
  }

  /** The level of a device of the container's kind. */
  int levelOf(Device device) {
    return device.containedIn() == kind ? seconds.indexOf(device.id()) + 1 : TOP;
  }

  /** Adds to what a level has in a window. */
  void add(int level, long window, long millijoules) {
    int at = place(window);
    if (at < 0) {
      return;
    }
    long before = sums[level + 1][at];
    long after = before + millijoules;
    sums[level + 1][at] = after;
    if (before > 0 && after > 0 && (level == TOP || seconds.isEmpty())) {
      return; // most of the time
    }
    boolean crosses = before <= 0 != after <= 0;
    boolean matters =
        levelAt(window) == TOP
            ? level == TOP && crosses
            : crosses || (level != TOP && !seconds.isEmpty());
    if (matters) {
      changed(window, window + windowMillis);
    }
  }

  /** Takes note of a window in which something has energy that is contained in a component. */
  void see(long window) {
    int known = size;
    long before = first;
    if (place(window) >= 0 && (size > known || first < before)) {
      changed(window, window + windowMillis);
    }
  }

  /** True if the container has energy in this window. */
  boolean hasEnergy(long window) {
    return sum(TOP, window) > 0;
  }

  // ---- what should count

  /**
   * Looks at what has changed. In most windows what is booked is what should be.
   *
   * @param known whether the node has a device that is the container
   * @param lastWindow the window of its newest reading; {@code Long.MIN_VALUE} without one
   * @param expected from which window on a report of it is expected yet; {@code Long.MAX_VALUE} if
   *     it is not
   * @return true if the books may have to change
   */
  boolean look(boolean known, long lastWindow, long expected) {
    if (known != topKnown) {
      topKnown = known;
      changed(NEVER, Long.MAX_VALUE);
    }
    if (lastWindow != topLastWindow) {
      changed(
          Math.min(lastWindow, topLastWindow), Math.max(lastWindow, topLastWindow) + windowMillis);
      topLastWindow = lastWindow;
    }
    if (expected != expectedFrom) {
      changed(Math.min(expected, expectedFrom), Math.max(expected, expectedFrom));
      expectedFrom = expected;
    }
    if (changedFrom < changedTo && flip(NEVER) == null && !silenceDiffers()) {
      settled();
    }
    return changedFrom < changedTo;
  }

  private int desired(long window) {
    return window >= expectedFrom || sum(TOP, window) > 0 ? TOP : withoutTop(window);
  }

  private int withoutTop(long window) {
    int best = COMPONENTS;
    long most = Math.max(0, sum(COMPONENTS, window));
    if (secondsCount(window)) {
      for (int i = 0; i < seconds.size(); i++) {
        long has = sum(i + 1, window);
        boolean before =
            has == most && best > TOP && seconds.get(i).compareTo(seconds.get(best - 1)) < 0;
        if (has > most || before) {
          best = i + 1;
          most = has;
        }
      }
    }
    return best;
  }

  /** A figure of some components of a node (RAPL's psys) is no meter of it where there is none. */
  private boolean secondsCount(long window) {
    return kind != DeviceKind.NODE || topKnown || sum(COMPONENTS, window) > 0;
  }

  /** What counts in windows in which nothing is booked yet: what did in the last with anything. */
  private int ahead() {
    if (expectedFrom != NOT_EXPECTED) {
      return TOP;
    }
    for (long window = end() - windowMillis; window >= first; window -= windowMillis) {
      for (int level = COMPONENTS; level < sums.length - 1; level++) {
        if (level != TOP && sum(level, window) > 0) {
          return withoutTop(window);
        }
      }
    }
    return COMPONENTS;
  }

  /** Windows in which something else should count, and what. */
  record Flip(long from, long to, Timeline counting) {}

  /**
   * What should count instead of what does, among the windows that may have changed.
   *
   * @param least windows before this one cannot be booked again
   * @return null if nothing else
   */
  @Nullable Flip flip(long least) {
    if (size == 0) {
      return null;
    }
    long from = Math.max(Math.max(changedFrom, least), Math.max(since, first));
    long low = Long.MAX_VALUE;
    long high = NEVER;
    boolean earlier = changedFrom < first && least == NEVER && since == NEVER;
    if (earlier && counting.at(NEVER) != COMPONENTS) {
      low = NEVER;
      high = first;
    }
    long end = end();
    for (long window = from; window < Math.min(end, changedTo); window += windowMillis) {
      if (desired(window) != counting.at(window)) {
        low = Math.min(low, window);
        high = window + windowMillis;
      }
    }
    boolean beyond = changedTo >= end && end >= least && counting.at(end) != ahead();
    if (beyond) {
      return new Flip(Math.min(low, end), Long.MAX_VALUE, to(low, end).with(end, ahead()));
    }
    return low == Long.MAX_VALUE ? null : new Flip(low, high, to(low, high));
  }

  /** What counts, with what should count between two windows. */
  private Timeline to(long low, long high) {
    if (low == Long.MAX_VALUE) {
      return counting;
    }
    // of the windows before the first nothing is known but that there is nothing
    Timeline next = low == NEVER ? counting.withBefore(first, COMPONENTS) : counting;
    return next.with(Math.max(low, first), high, windowMillis, this::desired);
  }

  /** From here on this is what is booked. */
  void counting(Timeline now) {
    counting = now;
    askedWindow = NEVER;
  }

  Timeline counting() {
    return counting;
  }

  // ---- windows in which the container is silent

  /** Takes each window with a sign: 1 if it is to be booked, -1 if it is to be taken back. */
  interface Silences {
    void take(long window, int sign);
  }

  /**
   * Windows in which other devices of the node have energy and the container, after its last
   * reading, or if it never had one, has none.
   */
  void silences(Silences taker) {
    int to = changedEnd();
    for (int at = changedStart(); at < to; at++) {
      long window = first + (long) at * windowMillis;
      boolean now = isSilent(window);
      if (now != silent[at]) {
        silent[at] = now;
        taker.take(window, now ? 1 : -1);
      }
    }
  }

  private boolean silenceDiffers() {
    int to = changedEnd();
    for (int at = changedStart(); at < to; at++) {
      if (isSilent(first + (long) at * windowMillis) != silent[at]) {
        return true;
      }
    }
    return false;
  }

  private boolean isSilent(long window) {
    if (window <= topLastWindow || counting.at(window) == TOP) {
      return false;
    }
    if (sum(COMPONENTS, window) > 0) {
      return true;
    }
    for (int i = 0; i < seconds.size(); i++) {
      if (sum(i + 1, window) > 0 && secondsCount(window)) {
        return true;
      }
    }
    return false;
  }

  /** The windows between two times whose silence is booked. */
  void booked(long from, long to, Silences taker, int sign) {
    for (int at = 0; at < size; at++) {
      long window = first + (long) at * windowMillis;
      if (silent[at] && window + windowMillis > from && window < to) {
        taker.take(window, sign);
      }
    }
  }

  // ---- state

  void write(StateWriter out) throws IOException {
    out.number(seconds.size());
    for (String second : seconds) {
      out.text(second);
    }
    counting.write(out);
    out.writeBoolean(topKnown);
    out.writeLong(topLastWindow);
    out.writeLong(expectedFrom);
    writeWindows(out);
  }

  static Container read(DeviceKind kind, int windowMillis, StateReader in) throws IOException {
    Container container = new Container(kind, windowMillis, COMPONENTS);
    for (int left = in.countOrByte(); left > 0; left--) {
      container.know(in.text());
    }
    container.counting = Timeline.read(in);
    container.topKnown = in.readBoolean();
    container.topLastWindow = in.readLong();
    container.expectedFrom = in.readLong();
    container.readWindows(in);
    container.settled();
    return container;
  }
}

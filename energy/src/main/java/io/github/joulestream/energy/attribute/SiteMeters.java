// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.SiteAmount;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The time in which meters of a site are to report, of those that the agent of a node reads: whole
 * windows from a meter's first reading up to the newest reading of the node, or up to {@link
 * Limits#longestSpreadMillis} after the meter's last one, whichever is earlier. It is no shorter
 * than what a counter's difference is spread over: that covers each window of the gap. It is booked
 * as uncovered, and what is booked of a meter takes from it ({@link Increments#time}): so covered
 * and uncovered add up to it, and a window in which a meter is silent shows that before the meter
 * reports again.
 *
 * <p>It follows from the first and the last reading of a meter and from the newest of the node, so
 * it does not depend on the order in which they arrive, and none of it is in state. Mutable; owned
 * by the {@link NodeDevices}.
 */
final class SiteMeters {
  private final Limits limits;
  private final Map<String, Span> booked = new HashMap<>();
  private boolean anyMeter;

  /** Windows from the start of one up to before another. */
  private record Span(long from, long to) {}

  SiteMeters(Limits limits) {
    this.limits = limits;
  }

  /** The devices of the node are these from here on. */
  void devices(Collection<DeviceAccount> devices) {
    anyMeter = devices.stream().anyMatch(account -> isMeter(account.device()));
    if (!anyMeter) {
      booked.clear();
    }
  }

  /** Notes a device of the node. */
  void see(Device device) {
    anyMeter |= isMeter(device);
  }

  private static boolean isMeter(Device device) {
    return device.kind().isSiteMeter() && device.countsInKind();
  }

  /** The time up to here is booked. */
  void resume(Collection<DeviceAccount> devices, long newestMillis) {
    for (DeviceAccount account : devices) {
      Span due = due(account, newestMillis);
      if (due != null) {
        booked.put(NodeDevices.keyOf(account.device()), due);
      }
    }
  }

  /**
   * Books what has become due since the last time.
   *
   * @param newestMillis time of the newest reading of any device
   */
  void book(Collection<DeviceAccount> devices, long newestMillis, Increments books) {
    if (!anyMeter) {
      return;
    }
    for (DeviceAccount account : devices) {
      Span due = due(account, newestMillis);
      if (due == null) {
        continue;
      }
      String key = NodeDevices.keyOf(account.device());
      Span before = booked.get(key);
      if (before == null) {
        book(account.device(), due.from, due.to, books);
      } else if (!before.equals(due)) {
        book(account.device(), due.from, Math.min(before.from, due.to), books);
        book(account.device(), before.to, due.to, books);
      }
      booked.put(key, due);
    }
  }

  private @Nullable Span due(DeviceAccount account, long newestMillis) {
    if (!isMeter(account.device()) || account.firstMillis() == DeviceAccount.NEVER) {
      return null;
    }
    // silent for longer it counts as removed until it reports again
    long until = Math.min(newestMillis, account.lastMillis() + limits.longestSpreadMillis());
    return new Span(
        limits.windowOf(account.firstMillis()), limits.windowOf(until - 1) + limits.windowMillis());
  }

  /** Of a longer time the last window: in between the meter counted as removed. */
  private void book(Device meter, long from, long to, Increments books) {
    SiteAmount uncovered = SiteAmount.meterUncovered(meter.kind());
    // both ends are rounded to whole windows
    long longest = limits.longestSpreadMillis() + 2L * limits.windowMillis();
    long first = to - from > longest ? to - limits.windowMillis() : from;
    for (long window = first; window < to; window += limits.windowMillis()) {
      books.count(window, uncovered, limits.windowMillis());
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What was booked of the devices of one node, by window; it must agree with the node's. */
final class BookedDevices {
  private static final String NODE = "node";
  private static final DeviceKind[] KINDS = DeviceKind.values();

  private final int windowMillis;
  private final Map<Key, Totals<DeviceAmount>> all = new TreeMap<>();

  private record Key(long window, DeviceKind kind, String id) implements Comparable<Key> {
    @Override
    public int compareTo(Key that) {
      return toString().compareTo(that.toString());
    }
  }

  /**
   * No devices.
   *
   * @param windowMillis length of their windows; 0 if they are not added up
   */
  BookedDevices(int windowMillis) {
    this.windowMillis = windowMillis;
  }

  /** Takes the bookings of one record. */
  Increments increments() {
    Increments books = new Increments(windowMillis);
    books.forNode(NODE);
    return books;
  }

  void add(Increments books) {
    books.forEachDevice((node, device, window, totals) -> {
      assertThat(node).isEqualTo(NODE);
      all.computeIfAbsent(new Key(window, device.kind(), device.id()), _ -> Totals.ofDevice())
          .addAll(totals);
    });
  }

  Totals<DeviceAmount> of(long window, DeviceKind kind, String id) {
    return all.getOrDefault(new Key(window, kind, id), Totals.ofDevice());
  }

  void addTo(Totals<DeviceAmount> sum) {
    all.values().forEach(sum::addAll);
  }

  /** All that adds up, by device and window; peaks depend on the order. */
  Map<String, String> amounts() {
    Map<String, String> text = new TreeMap<>();
    all.forEach((key, totals) -> {
      Totals<DeviceAmount> sums = totals.copy();
      for (DeviceAmount amount : DeviceAmount.values()) {
        if (amount.isPeak()) {
          sums.set(amount, 0);
        }
      }
      if (!sums.isZero()) {
        text.put(key.toString(), sums.toString());
      }
    });
    return text;
  }

  /** In each window, and over all of it: the devices' sums are the node's. */
  void assertEqualTo(NavigableMap<Long, Totals<SiteAmount>> node) {
    if (windowMillis == 0) {
      assertThat(all).isEmpty();
      return;
    }
    Map<Long, Totals<SiteAmount>> nodes = new TreeMap<>();
    node.forEach((window, totals) ->
        nodes
            .computeIfAbsent(
                Math.floorDiv(window, windowMillis) * windowMillis, _ -> Totals.ofSite())
            .addAll(totals));
    Map<Long, Totals<SiteAmount>> sums = new TreeMap<>();
    nodes.keySet().forEach(window -> sums.put(window, Totals.ofSite()));
    all.forEach((key, totals) -> {
      assertThat(Math.floorMod(key.window, windowMillis)).isZero();
      Totals<SiteAmount> sum = sums.computeIfAbsent(key.window, _ -> Totals.ofSite());
      sum.add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, totals.get(DeviceAmount.TOTAL_MILLIJOULES));
      sum.add(SiteAmount.measured(key.kind), totals.get(DeviceAmount.KIND_MILLIJOULES));
      sum.add(SiteAmount.HELD_IDLE_MILLIJOULES, totals.get(DeviceAmount.HELD_IDLE_MILLIJOULES));
      if (key.kind == DeviceKind.GPU) {
        sum.add(SiteAmount.GPU_MILLIS, totals.get(DeviceAmount.COVERED_MILLIS));
        sum.add(SiteAmount.GPU_BUSY_MILLIS, totals.get(DeviceAmount.BUSY_MILLIS));
        sum.add(SiteAmount.GPU_ALLOCATED_MILLIS, totals.get(DeviceAmount.ALLOCATED_MILLIS));
      } else if (key.kind == DeviceKind.STORAGE) {
        sum.add(SiteAmount.STORAGE_MILLIS, totals.get(DeviceAmount.COVERED_MILLIS));
        sum.add(SiteAmount.STORAGE_BUSY_MILLIS, totals.get(DeviceAmount.BUSY_MILLIS));
        sum.add(
            SiteAmount.STORAGE_USED_MEBIBYTE_MILLIS, totals.get(DeviceAmount.USED_MEBIBYTE_MILLIS));
      }
      assertThat(totals.get(DeviceAmount.ENERGY_MILLIJOULES)).isNotNegative();
      long covered = totals.get(DeviceAmount.COVERED_MILLIS);
      assertThat(covered).isNotNegative();
    });
    sums.forEach((window, sum) -> {
      Totals<SiteAmount> of = nodes.getOrDefault(window, Totals.ofSite());
      for (DeviceKind kind : KINDS) {
        assertSame(SiteAmount.measured(kind), sum, of, window);
      }
      assertSame(SiteAmount.MEASURED_TOTAL_MILLIJOULES, sum, of, window);
      assertSame(SiteAmount.HELD_IDLE_MILLIJOULES, sum, of, window);
      assertSame(SiteAmount.GPU_MILLIS, sum, of, window);
      assertSame(SiteAmount.GPU_BUSY_MILLIS, sum, of, window);
      assertSame(SiteAmount.GPU_ALLOCATED_MILLIS, sum, of, window);
      assertSame(SiteAmount.STORAGE_MILLIS, sum, of, window);
      assertSame(SiteAmount.STORAGE_BUSY_MILLIS, sum, of, window);
      assertSame(SiteAmount.STORAGE_USED_MEBIBYTE_MILLIS, sum, of, window);
    });
  }

  private static void assertSame(
      SiteAmount amount, Totals<SiteAmount> devices, Totals<SiteAmount> node, long window) {
    assertThat(devices.get(amount))
        .as("%s of the devices in window %d", amount, window)
        .isEqualTo(node.get(amount));
  }
}

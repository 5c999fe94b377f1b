// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.Totals;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sums of devices by node and by window of devices, whose length is a multiple of that of other
 * windows. The sum that was added to last is cached: the pieces of a device follow one another.
 * Mutable, for the hot path; owned by the {@link IncrementTable}, whose additions can be undone.
 */
@SuppressWarnings(
    "ReferenceEquality") // a device of a batch, which is the same object from batch to batch
final class DeviceSums {
  // places of devices of a batch that are remembered. A larger batch looks its other devices up by
  // name; at twice that a node of so many takes 2 KiB more
  private static final int MAX_ORDER = 256;

  private final int windowMillis;
  private final Undo undo;
  private final Map<String, OfNode> nodes = new HashMap<>();
  // sums that were made since the beginning, and that are there
  private int made;
  private int size;

  // of no node until one is named
  private String nodeName = "";
  private OfNode node = new OfNode();

  // the sum that was added to last; of no device after a beginning, so that it is touched
  private @Nullable Device lastDevice;
  private long lastFrom;
  private long lastTo;
  private DeviceSum last = new DeviceSum(0);

  /** Under one id each kind is a device of its own, see {@link NodeDevices#keyOf}. */
  private static final class OfNode {
    final Map<DeviceKind, Map<String, OfDevice>> byKind = new EnumMap<>(DeviceKind.class);
    // in the order of a batch: the next batch has most likely the same
    private @Nullable OfDevice[] order = new OfDevice[16];
    private int next;

    /** As {@link #find}, for the devices of one batch after the other. */
    OfDevice of(Device device) {
      int at = next < order.length ? next : 0;
      OfDevice expected = order[at];
      if (expected == null || expected.device != device) {
        at = 0; // a batch begins
        expected = order[0];
      }
      if (expected != null && expected.device == device) {
        next = at + 1;
        return expected;
      }
      return findInOrder(device);
    }

    private OfDevice findInOrder(Device device) {
      OfDevice found = find(device);
      found.device = device;
      int at = Math.min(next, MAX_ORDER - 1);
      if (at == order.length) {
        order = Arrays.copyOf(order, 2 * at);
      }
      order[at] = found;
      next = at + 1;
      return found;
    }

    /** Forgets the order: devices may be removed. */
    void forgetOrder() {
      Arrays.fill(order, null);
      next = 0;
    }

    OfDevice find(Device device) {
      Map<String, OfDevice> ofKind = byKind.get(device.kind());
      if (ofKind == null) {
        ofKind = new HashMap<>();
        byKind.put(device.kind(), ofKind);
      }
      OfDevice known = ofKind.get(device.id());
      if (known == null) {
        known = new OfDevice(device);
        ofKind.put(device.id(), known);
      }
      return known;
    }
  }

  /** The windows of a device; the last two that were added to are at hand. */
  static final class OfDevice {
    // as it was last described
    private Device device;
    private @Nullable DeviceSum last;
    private @Nullable DeviceSum before;
    // the others, if there are any
    private @Nullable Map<Long, DeviceSum> more;

    private OfDevice(Device device) {
      this.device = device;
    }

    /** The sum of a window, which is the last now; null if there is none. */
    private @Nullable DeviceSum find(long window) {
      DeviceSum found = last;
      if (found != null && found.window == window) {
        return found;
      }
      found = before;
      if (found != null && found.window == window) {
        before = last;
        last = found;
        return found;
      }
      found = more == null ? null : more.remove(window);
      if (found != null) {
        put(found);
      }
      return found;
    }

    private void put(DeviceSum sum) {
      DeviceSum older = before;
      if (older != null) {
        if (more == null) {
          more = new HashMap<>();
        }
        more.put(older.window, older);
      }
      before = last;
      last = sum;
    }

    /** Removes a window that was made since {@link Undo#begin}. */
    void remove(long window) {
      removeIf(sum -> sum.window == window);
    }

    private void removeIf(Predicate<DeviceSum> which) {
      if (last != null && which.test(last)) {
        last = null;
      }
      if (before != null && which.test(before)) {
        before = null;
      }
      if (more != null && more.values().removeIf(which) && more.isEmpty()) {
        more = null;
      }
    }

    private int size() {
      return (last == null ? 0 : 1) + (before == null ? 0 : 1) + (more == null ? 0 : more.size());
    }

    private void forEach(Consumer<DeviceSum> taker) {
      if (last != null) {
        taker.accept(last);
      }
      if (before != null) {
        taker.accept(before);
      }
      if (more != null) {
        more.values().forEach(taker);
      }
    }
  }

  /**
   * No sums.
   *
   * @param windowMillis length of a window
   */
  DeviceSums(int windowMillis, Undo undo) {
    this.windowMillis = windowMillis;
    this.undo = undo;
  }

  /** From here on devices are those of this node. */
  void forNode(String name) {
    if (!nodeName.equals(name)) {
      nodeName = name;
      node = nodes.computeIfAbsent(name, _ -> new OfNode());
      lastDevice = null;
    }
  }

  /**
   * The sum of a device, to be added to.
   *
   * @param window start of a window of the node, within the device's
   */
  DeviceSum of(Device device, long window) {
    if (device != lastDevice || window < lastFrom || window >= lastTo) {
      find(device, window);
    }
    return last;
  }

  /** The amounts of its statuses, to be added to. */
  Totals<DeviceAmount> statusOf(Device device, long window) {
    Totals<DeviceAmount> status = of(device, window).status();
    undo.touched(status);
    return status;
  }

  private void find(Device device, long window) {
    OfDevice ofDevice = node.of(device);
    // most likely the window that it is in already: no division
    long past = window - lastFrom;
    if (past < 0 || past >= windowMillis) {
      lastFrom = windowOf(window);
    }
    lastTo = lastFrom + windowMillis;
    last = touched(ofDevice, lastFrom);
    lastDevice = device;
  }

  private long windowOf(long epochMillis) {
    return Math.floorDiv(epochMillis, windowMillis) * windowMillis;
  }

  private DeviceSum touched(OfDevice ofDevice, long window) {
    DeviceSum found = ofDevice.find(window);
    if (found == null) {
      found = new DeviceSum(window);
      ofDevice.put(found);
      made++;
      size++;
      undo.made(ofDevice, window, found);
    } else {
      undo.touched(found);
    }
    return found;
  }

  /** Adds the sums of others, whose windows may have another length. */
  void addAll(DeviceSums others) {
    others.forEachSum((name, ofDevice, sum) -> {
      OfDevice own = nodes.computeIfAbsent(name, _ -> new OfNode()).find(ofDevice.device);
      own.device = ofDevice.device;
      touched(own, windowOf(sum.window)).add(sum, undo);
    });
    lastDevice = null;
  }

  private interface Taker {
    void take(String node, OfDevice device, DeviceSum sum);
  }

  private void forEachSum(Taker taker) {
    nodes.forEach((name, ofNode) ->
        ofNode
            .byKind
            .values()
            .forEach(ofKind ->
                ofKind
                    .values()
                    .forEach(
                        ofDevice -> ofDevice.forEach(sum -> taker.take(name, ofDevice, sum)))));
  }

  /** Takes each sum; those of a node follow one another. */
  void forEach(Increments.DeviceWindows taker) {
    forEachSum(
        (name, ofDevice, sum) -> taker.take(name, ofDevice.device, sum.window, sum.totals()));
  }

  /** Sums made since the beginning. */
  int made() {
    return made;
  }

  /** Sums that are there. */
  int size() {
    return size;
  }

  // ---- undo

  /** A beginning: the cached sum must be looked up once more, so that it is touched. */
  void begin() {
    lastDevice = null;
  }

  /** After sums have been taken back; from then on it is of no node. */
  void undone() {
    dropEmpty(false);
    nodeName = "";
    node = new OfNode();
  }

  /** Removes sums that cancelled out; nothing before can be undone. */
  void compact() {
    dropEmpty(true);
    // the current node may have been removed
    node = nodeName.isEmpty() ? node : nodes.computeIfAbsent(nodeName, _ -> new OfNode());
  }

  private void dropEmpty(boolean zerosToo) {
    lastDevice = null;
    size = 0;
    for (OfNode ofNode : nodes.values()) {
      ofNode.forgetOrder();
      for (Map<String, OfDevice> ofKind : ofNode.byKind.values()) {
        for (OfDevice ofDevice : ofKind.values()) {
          if (zerosToo) {
            ofDevice.removeIf(DeviceSum::areSumsZero);
          }
          size += ofDevice.size();
        }
        ofKind.values().removeIf(ofDevice -> ofDevice.size() == 0);
      }
      ofNode.byKind.values().removeIf(Map::isEmpty);
    }
    nodes.values().removeIf(ofNode -> ofNode.byKind.isEmpty());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.Totals;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sums of devices by node and by window of devices, whose length is a multiple of that of other
 * windows. The sum that was added to last is cached: the pieces of a device follow one another.
 * Mutable, for the hot path; owned by the {@link IncrementTable}, whose additions can be undone.
 */
final class DeviceSums {
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
  private Totals<DeviceAmount> last = Totals.ofDevice();

  /** Under one id each kind is a device of its own, see {@link NodeDevices#keyOf}. */
  private static final class OfNode {
    final Map<DeviceKind, Map<String, OfDevice>> byKind = new EnumMap<>(DeviceKind.class);

    OfDevice of(Device device) {
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

  private static final class OfDevice {
    final WindowSums<DeviceAmount> windows = new WindowSums<>(Totals::ofDevice);
    // as it was last described
    Device device;

    OfDevice(Device device) {
      this.device = device;
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
   * The sums of a device, to be added to.
   *
   * @param window start of a window of the node, within the device's
   */
  Totals<DeviceAmount> of(Device device, long window) {
    if (device != lastDevice || window < lastFrom || window >= lastTo) {
      find(device, window);
    }
    return last;
  }

  private void find(Device device, long window) {
    OfDevice ofDevice = node.of(device);
    ofDevice.device = device;
    lastFrom = windowOf(window);
    lastTo = lastFrom + windowMillis;
    last = touched(ofDevice, lastFrom);
    lastDevice = device;
  }

  private long windowOf(long epochMillis) {
    return Math.floorDiv(epochMillis, windowMillis) * windowMillis;
  }

  private Totals<DeviceAmount> touched(OfDevice ofDevice, long window) {
    int before = ofDevice.windows.made();
    Totals<DeviceAmount> totals = ofDevice.windows.at(window, undo);
    made += ofDevice.windows.made() - before;
    size += ofDevice.windows.made() - before;
    undo.touched(totals);
    return totals;
  }

  /** Adds the sums of others, whose windows may have another length. */
  void addAll(DeviceSums others) {
    others.forEach((name, device, window, totals) -> {
      OfDevice ofDevice = nodes.computeIfAbsent(name, _ -> new OfNode()).of(device);
      ofDevice.device = device;
      touched(ofDevice, windowOf(window)).addAll(totals);
    });
  }

  /** Takes each sum; those of a node follow one another. */
  void forEach(Increments.DeviceWindows taker) {
    nodes.forEach((name, ofNode) ->
        ofNode
            .byKind
            .values()
            .forEach(ofKind ->
                ofKind
                    .values()
                    .forEach(ofDevice ->
                        ofDevice
                            .windows
                            .all()
                            .forEach((window, totals) ->
                                taker.take(name, ofDevice.device, window, totals)))));
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
      for (Map<String, OfDevice> ofKind : ofNode.byKind.values()) {
        for (OfDevice ofDevice : ofKind.values()) {
          if (zerosToo) {
            ofDevice.windows.dropZeros();
          } else {
            ofDevice.windows.forget();
          }
          size += ofDevice.windows.all().size();
        }
        ofKind.values().removeIf(ofDevice -> ofDevice.windows.all().isEmpty());
      }
      ofNode.byKind.values().removeIf(Map::isEmpty);
    }
    nodes.values().removeIf(ofNode -> ofNode.byKind.isEmpty());
  }
}

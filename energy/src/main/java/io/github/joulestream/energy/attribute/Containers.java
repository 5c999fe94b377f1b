// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which devices of a node add to its total: what a device is contained in is stated by the agent
 * that reads it, see {@link Device#containedIn}; whether the container was measured in a window is
 * seen here. Mutable; one thread.
 */
final class Containers {
  private static final DeviceKind[] KINDS = DeviceKind.values();

  private final @Nullable Container[] byKind = new Container[KINDS.length];
  private final List<Container> all = new ArrayList<>(1);

  /** Kinds that a device of the node is contained in. */
  List<Container> all() {
    return all;
  }

  @Nullable Container of(DeviceKind kind) {
    return byKind[kind.code()];
  }

  void put(Container container) {
    byKind[container.kind().code()] = container;
    all.add(container);
  }

  /**
   * The kind that a device is contained in, as far as that matters here; null if it is none. A
   * meter of a site is beside all totals.
   */
  static @Nullable DeviceKind containerOf(Device device) {
    DeviceKind kind = device.containedIn();
    return (kind != null && kind.isSiteMeter()) || device.kind().isSiteMeter() ? null : kind;
  }

  /** True if the device adds to the node's total in this window. */
  boolean count(Device device, long window) {
    if (all.isEmpty() || device.kind().isSiteMeter()) {
      return device.countsInTotal();
    }
    DeviceKind kind = device.kind();
    DeviceKind within = device.containedIn();
    Container own = byKind[kind.code()];
    if (own != null && own.levelAt(window) != own.levelOf(device)) {
      return false;
    }
    if (within == null) {
      return true;
    }
    if (within != kind && !counts(byKind[within.code()], window)) {
      return false;
    }
    if (kind == DeviceKind.NODE || within == DeviceKind.NODE) {
      return true;
    }
    // what is contained in something is contained in the node
    Container node = byKind[DeviceKind.NODE.code()];
    return node == null || counts(node, window);
  }

  private static boolean counts(@Nullable Container around, long window) {
    return around != null && around.levelAt(window) == Container.COMPONENTS;
  }

  /** Takes note of energy that is booked. */
  void add(Device device, long window, long millijoules) {
    if (all.isEmpty() || device.kind().isSiteMeter()) {
      return;
    }
    Container own = byKind[device.kind().code()];
    if (own != null) {
      own.add(own.levelOf(device), window, millijoules);
    }
    DeviceKind within = device.containedIn();
    if (within == null) {
      return;
    }
    Container around = within == device.kind() ? null : byKind[within.code()];
    if (around != null) {
      around.add(Container.COMPONENTS, window, millijoules);
    }
    Container node = byKind[DeviceKind.NODE.code()];
    if (node != null && within != DeviceKind.NODE && device.kind() != DeviceKind.NODE) {
      node.see(window);
    }
  }

  void write(StateWriter out) throws IOException {
    out.writeByte(all.size());
    for (Container container : all) {
      out.text(container.kind().name());
      container.write(out);
    }
  }

  void read(StateReader in, Limits limits) throws IOException {
    for (int left = in.readByte(); left > 0; left--) {
      DeviceKind kind = in.constant(DeviceKind.class);
      put(Container.read(kind, limits.windowMillis(), in));
    }
  }
}

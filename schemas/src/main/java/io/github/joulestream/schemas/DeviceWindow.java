// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import java.util.List;

/**
 * The devices of a node in one window, on the topic {@code device-window}. A window may come in
 * fragments, of which all amounts add up, and of peaks the highest counts.
 *
 * @param windowStartEpochMillis start of the window, a multiple of its length
 * @param windowMillis its length
 * @param fragment distinguishes the fragments of a window: no two have the same
 */
public record DeviceWindow(
    String site,
    String node,
    long windowStartEpochMillis,
    int windowMillis,
    List<DeviceTotals> devices,
    long fragment) {
  public DeviceWindow {
    devices = List.copyOf(devices);
  }
}

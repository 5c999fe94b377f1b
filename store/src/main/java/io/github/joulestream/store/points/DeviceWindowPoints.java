// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.DeviceTotals;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.catalogue.DeviceField;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StorePoint;
import java.util.List;
import java.util.Map;

/** The devices of a node in a window: a point for each. */
public final class DeviceWindowPoints {
  private DeviceWindowPoints() {}

  /** Points at the window's start, a fragment's some nanoseconds later. */
  public static List<StorePoint> of(DeviceWindow window) {
    long time = Parts.nanos(window.windowStartEpochMillis()) + Parts.numbered(window.fragment());
    String length = Windows.name(window.windowMillis());
    return window.devices().stream().map(device -> point(window, device, length, time)).toList();
  }

  private static StorePoint point(
      DeviceWindow window, DeviceTotals device, String length, long epochNanos) {
    Map<String, Object> fields =
        DeviceField.of(device.kind(), device.capacityBytes(), device.totals());
    if (!device.model().isEmpty()) {
      fields.put("model", device.model());
    }
    return new StorePoint(
        Measurement.DEVICE_WINDOW,
        Parts.tags(
            "site",
            window.site(),
            "node",
            window.node(),
            "device",
            device.id(),
            "kind",
            device.kind().name(),
            Measurement.WINDOW,
            length),
        fields,
        epochNanos);
  }
}

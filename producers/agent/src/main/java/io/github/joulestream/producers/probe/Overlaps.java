// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says of each device what else on this node physically holds its energy, see {@link
 * Device#containedIn}. Which of them counts is decided where the energy is added up, by what was
 * measured: a meter that is named here and does not measure takes nothing away.
 *
 * <ul>
 *   <li>Where a probe measures the node, all else is contained in {@code NODE}; of several such
 *       meters all but the first, in the order of the probes.
 *   <li>Where a probe measures the memory, modelled memory is contained in {@code MEMORY}: what is
 *       measured goes before what is modelled, where there is something measured.
 * </ul>
 */
public final class Overlaps {
  private final List<Probe> opened;

  /** By kind: the probe that counts. */
  private final Map<DeviceKind, Probe> meters;

  /**
   * @param opened all probes of this node that could be opened
   */
  public Overlaps(List<Probe> opened) {
    this.opened = List.copyOf(opened);
    meters = metersOf(opened);
  }

  private static Map<DeviceKind, Probe> metersOf(List<Probe> opened) {
    Map<DeviceKind, Probe> meters = new EnumMap<>(DeviceKind.class);
    for (Probe probe : opened) {
      for (DeviceKind kind : probe.measures()) {
        meters.putIfAbsent(kind, probe);
      }
    }
    return meters;
  }

  /** False if a probe that is open has begun to measure something else, or no longer does. */
  public boolean isCurrent() {
    return metersOf(opened).equals(meters);
  }

  /** What a probe read, with what each device is contained in. */
  public List<DeviceSeries> settle(Probe probe, List<DeviceSeries> read) {
    if (meters.isEmpty()) {
      return read;
    }
    List<DeviceSeries> settled = new ArrayList<>(read.size());
    for (DeviceSeries series : read) {
      Device device = series.device();
      DeviceKind container = containerOf(probe, device);
      settled.add(
          Objects.equals(container, device.containedIn())
              ? series
              : new DeviceSeries(device.withContainedIn(container), series.readings()));
    }
    return settled;
  }

  private @Nullable DeviceKind containerOf(Probe probe, Device device) {
    DeviceKind kind = device.kind();
    if (device.containedIn() != null) {
      return device.containedIn();
    }
    if (kind == DeviceKind.MEMORY
        && device.source() == PowerSource.MODELLED
        && meters.containsKey(DeviceKind.MEMORY)) {
      return DeviceKind.MEMORY;
    }
    Probe meter = meters.get(DeviceKind.NODE);
    boolean outside = kind.isSiteMeter() || (kind == DeviceKind.NODE && probe.equals(meter));
    return meter == null || outside ? null : DeviceKind.NODE;
  }
}

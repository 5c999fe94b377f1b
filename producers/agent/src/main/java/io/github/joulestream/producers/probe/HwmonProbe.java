// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.producers.input.Names;
import io.github.joulestream.producers.probe.HwmonMeter.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The node at its supply, from sensors of {@code /sys/class/hwmon} (see the kernel's
 * hwmon/sysfs-interface.rst: power in µW, energy in µJ, intervals in ms). Only of these drivers is
 * it known that they measure the node and not a component:
 *
 * <ul>
 *   <li>{@code power_meter}: ACPI 4.0, 10.4 (hwmon/acpi_power_meter.rst), as far as the firmware
 *       does not name a component
 *   <li>{@code aem}: IBM Active Energy Manager (hwmon/ibmaem.rst)
 *   <li>{@code ibmpowernv}, the sensor labelled {@code System} (hwmon/ibmpowernv.rst)
 * </ul>
 *
 * Of several sensors of the node the first that gives a reading is the node's; others are sent as
 * component. NVIDIA's Grace has four of each socket, distinguished by {@code power1_oem_info}: CPU
 * is sent as a processor; Module, which holds the processor, its memory and the GPUs, is the node's
 * if there is no meter of the node, all modules added; Grace and SysIO are components.
 */
public final class HwmonProbe extends SysfsProbe {
  private static final String NODE = "node";

  private final Path hwmon;
  private final Path procRoot;
  // what each sensor was taken as, so that no id changes its meaning while this runs
  private final Map<String, String> ids = new HashMap<>();
  private final List<Detail> taken = new ArrayList<>();

  /**
   * @param procRoot {@code /proc}
   * @param sysRoot {@code /sys}
   */
  public HwmonProbe(Path procRoot, Path sysRoot) {
    this.procRoot = procRoot;
    hwmon = sysRoot.resolve("class").resolve("hwmon");
  }

  @Override
  public String name() {
    return "node meter";
  }

  @Override
  List<SysfsDevice> find() throws IOException, ProbeUnavailable {
    List<HwmonMeter> meters = HwmonMeter.find(hwmon);
    if (meters.isEmpty()) {
      throw ProbeUnavailable.absent("%s shows no power meter of the node".formatted(hwmon));
    }
    taken.clear();
    List<HwmonMeter> usable = new ArrayList<>();
    for (HwmonMeter meter : meters) {
      if (meter.role() == Role.BATTERY) {
        leaveOut(meter.name(), "measures a battery, not the node", false);
      } else if (answers(meter)) {
        usable.add(meter);
      }
    }
    List<SysfsDevice> found = new ArrayList<>();
    Set<String> used = new HashSet<>();
    HwmonMeter nodes = nodeMeter(usable);
    if (nodes != null) {
      String why = "the node's meter: %s".formatted(nodes.name());
      found.add(device(List.of(nodes), id(nodes, NODE, used), DeviceKind.NODE, null, why));
    } else {
      addModules(meters, usable, found, used);
    }
    for (HwmonMeter meter : usable) {
      if (!meter.equals(nodes)) {
        addPart(meter, nodes != null, found, used);
      }
    }
    return found;
  }

  /** Tries it; returns why not. */
  private boolean answers(HwmonMeter meter) throws IOException {
    DeviceKind kind = meter.role() == Role.PART ? DeviceKind.GPU : DeviceKind.NODE;
    String trouble;
    try (SysfsDevice trial =
        new SysfsDevice(Device.sensor(NODE, kind)).power(meter.power()).energy(meter.energy())) {
      try {
        if (trial.read(0) != null) {
          return true;
        }
      } catch (IOException _) {
        // reported by its trouble
      }
      trouble = trial.trouble();
    }
    leaveOut(meter.name(), "not usable: " + trouble, true);
    return false;
  }

  /** The one that was the node's before, if it still is there, else the first. */
  private @Nullable HwmonMeter nodeMeter(List<HwmonMeter> usable) {
    HwmonMeter first = null;
    for (HwmonMeter meter : usable) {
      if (meter.role() == Role.NODE) {
        if (NODE.equals(ids.get(key(meter)))) {
          return meter;
        }
        first = first == null ? meter : first;
      }
    }
    return first;
  }

  /** All modules of the node together, if each of them gives a reading. */
  private void addModules(
      List<HwmonMeter> meters, List<HwmonMeter> usable, List<SysfsDevice> found, Set<String> used)
      throws IOException {
    List<HwmonMeter> modules = meters.stream().filter(m -> m.role() == Role.MODULE).toList();
    if (!modules.isEmpty() && usable.containsAll(modules) && used.add("modules")) {
      String names = modules.stream().map(HwmonMeter::name).collect(Collectors.joining(" and "));
      found.add(
          device(
              modules,
              "modules",
              DeviceKind.NODE,
              null,
              "the node's meter, for want of one at the supply: %s; drives, network and fans are"
                      .formatted(names)
                  + " not in it"));
      usable.removeAll(modules);
    } else if (!modules.isEmpty()) {
      leaveOut("modules", "not all of them give a reading: they are not the node's meter", true);
    }
  }

  private void addPart(HwmonMeter meter, boolean hasNode, List<SysfsDevice> found, Set<String> used)
      throws IOException {
    String id = id(meter, meter.partId(), used);
    if (meter.role() == Role.CPU) {
      found.add(device(List.of(meter), id, DeviceKind.CPU, null, "a processor: " + meter.name()));
    } else {
      String why =
          switch (meter.role()) {
            case NODE -> "another meter of the node";
            case MODULE -> hasNode ? "a component of the node" : "one module of several";
            default -> "a component of the module or node, and not the node";
          };
      found.add(
          device(
              List.of(meter),
              id,
              DeviceKind.NODE,
              DeviceKind.NODE,
              "%s; adds to nothing: %s".formatted(why, meter.name())));
    }
  }

  private static String key(HwmonMeter meter) {
    return "%s %s %d".formatted(meter.driver(), meter.unit(), meter.number());
  }

  /** The id of a sensor: once it has one it keeps it, and no two have the same. */
  private String id(HwmonMeter meter, String wanted, Set<String> used) {
    String known = ids.get(key(meter));
    if (known == null) {
      known = wanted;
      if (ids.containsValue(known)) {
        known = "%s-%s".formatted(meter.partId(), meter.unit());
      }
      ids.put(key(meter), known);
    }
    used.add(known);
    return known;
  }

  private SysfsDevice device(
      List<HwmonMeter> meters,
      String id,
      DeviceKind kind,
      @Nullable DeviceKind containedIn,
      String why)
      throws IOException {
    HwmonMeter first = meters.getFirst();
    // several counters make no counter: each begins anew by itself
    Path energy = meters.size() == 1 ? first.energy() : null;
    Device device =
        Device.sensor(Names.id(id), kind)
            .withContainedIn(containedIn)
            .withModel(
                Bounds.cutText(first.driver()),
                meters.size() == 1 ? Plausible.limitMilliwatts(first.mostMilliwatts()) : 0)
            .withAveragingMillis(Plausible.averagingMillis(first.averagingMillis()));
    if (energy != null) {
      // another meter's counter under this id is another counter
      long epoch = BootEpoch.read(procRoot) + (key(first).hashCode() & Integer.MAX_VALUE);
      device = device.withSource(PowerSource.COUNTER).withCounter(epoch, 0);
    }
    SysfsDevice shown = new SysfsDevice(device).energy(energy);
    for (HwmonMeter meter : meters) {
      shown.power(meter.power());
    }
    taken.add(new Detail(id, Detail.TAKEN_AS, why));
    String power = "power" + first.number();
    if (meters.size() == 1) {
      shown.status(
          StatusColumn.POWER_LIMIT_MILLIWATTS, first.folder().resolve(power + "_cap"), 1e-3);
    }
    return shown.show(
        "averaged over", first.folder().resolve(power + "_average_interval"), 1, "ms");
  }

  @Override
  public List<Detail> details() throws IOException {
    List<Detail> details = new ArrayList<>();
    for (Detail detail : taken) {
      if (devices().stream().anyMatch(d -> d.device().id().equals(detail.device()))) {
        details.add(detail);
      }
    }
    details.addAll(super.details());
    return details;
  }

  private @Nullable Device nodeDevice() {
    for (SysfsDevice device : devices()) {
      if (device.device().kind() == DeviceKind.NODE && device.device().containedIn() == null) {
        return device.device();
      }
    }
    return null;
  }

  @Override
  public Set<DeviceKind> measures() {
    return nodeDevice() == null ? Set.of() : Set.of(DeviceKind.NODE);
  }

  @Override
  public String describe() {
    if (devices().isEmpty()) {
      return "the node's power meter is gone";
    }
    Device node = nodeDevice();
    return node == null
        ? "power meters of components, none of the node"
        : "the node's power meter (%s%s)"
            .formatted(node.model(), node.id().equals("modules") ? ", all modules together" : "");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.PowerSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The whole node at its supply, from sensors of {@code /sys/class/hwmon} (see the kernel's
 * hwmon/sysfs-interface.rst: power in µW, energy in µJ, intervals in ms). Only of these drivers is
 * it known that they measure the node and not a part of it:
 *
 * <ul>
 *   <li>{@code power_meter}: ACPI 4.0, 10.4 (hwmon/acpi_power_meter.rst)
 *   <li>{@code aem}: IBM Active Energy Manager (hwmon/ibmaem.rst)
 *   <li>{@code ibmpowernv}, the sensor labelled {@code System} (hwmon/ibmpowernv.rst)
 * </ul>
 *
 * Of several sensors the first is the node's; others are sent as part of it.
 */
public final class HwmonProbe extends SysfsProbe {
  private static final Pattern METER = Pattern.compile("power_meter|aem\\d*");
  private static final Pattern LABELLED = Pattern.compile("ibmpowernv");
  private static final String NODE_LABEL = "System";
  private static final Pattern SENSOR = Pattern.compile("power(\\d+)_(average|input)");

  private final Path hwmon;
  private final Path procRoot;

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
    List<SysfsDevice> found = new ArrayList<>();
    for (Path chip : folders(hwmon)) {
      Path name = chip.resolve("name");
      String driver = Files.isReadable(name) ? SysFile.text(name) : "";
      boolean meter = METER.matcher(driver).matches();
      if (!meter && !LABELLED.matcher(driver).matches()) {
        continue;
      }
      for (String number : sensors(chip)) {
        Path label = chip.resolve("power" + number + "_label");
        if (meter || (Files.isReadable(label) && SysFile.text(label).equals(NODE_LABEL))) {
          found.add(sensor(chip, driver, number, found.isEmpty()));
        }
      }
    }
    if (found.isEmpty()) {
      throw ProbeUnavailable.absent("%s shows no power meter of the whole node".formatted(hwmon));
    }
    return found;
  }

  /** Numbers of the power sensors of a chip. */
  private static List<String> sensors(Path chip) throws IOException {
    try (Stream<Path> files = Files.list(chip)) {
      return files
          .map(file -> SENSOR.matcher(nameOf(file)))
          .filter(Matcher::matches)
          .map(matcher -> matcher.group(1))
          .distinct()
          .sorted()
          .toList();
    }
  }

  private SysfsDevice sensor(Path chip, String driver, String number, boolean first)
      throws IOException {
    String power = "power" + number;
    Path average = SysfsDevice.firstOf(chip, power + "_average");
    Path energy = SysfsDevice.firstOf(chip, "energy" + number + "_input");
    long interval = SysfsDevice.number(chip.resolve(power + "_average_interval"), 0);
    // not the number of the chip: that changes from boot to boot
    Device device =
        Device.sensor(first ? "node" : "node-%s-%s".formatted(driver, number), DeviceKind.NODE)
            .withContainedIn(first ? null : DeviceKind.NODE)
            .withModel(driver, 0)
            .withAveragingMillis(average == null ? 0 : Math.clamp(interval, 0, 60_000));
    return new SysfsDevice(
            energy == null
                ? device
                : device.withSource(PowerSource.COUNTER).withCounter(BootEpoch.read(procRoot), 0))
        .power(SysfsDevice.firstOf(chip, power + "_average", power + "_input"))
        .energy(energy)
        .show("power cap", chip.resolve(power + "_cap"), 1e6, "W")
        .show("averaged over", chip.resolve(power + "_average_interval"), 1, "ms");
  }

  @Override
  public Set<DeviceKind> measures() {
    return Set.of(DeviceKind.NODE);
  }

  @Override
  public String describe() {
    return devices().isEmpty()
        ? "the node's power meter is gone"
        : "the node's power meter (%s)".formatted(devices().getFirst().device().model());
  }
}

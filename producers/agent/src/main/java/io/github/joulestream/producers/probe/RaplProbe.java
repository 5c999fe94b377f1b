// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.StatusColumn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Processors and main memory by their energy counters (RAPL; Intel and AMD), from the kernel's
 * power capping framework, {@code /sys/class/powercap/intel-rapl:*} (see the kernel's
 * power/powercap/powercap.rst and Intel SDM vol. 3B, 15.10).
 *
 * <pre>
 *   intel-rapl:0      package-0    a processor               CPU
 *   intel-rapl:0:0    core         within package-0          left out
 *   intel-rapl:0:1    uncore       within package-0          left out
 *   intel-rapl:0:2    dram         beside package-0          MEMORY
 *   intel-rapl:1      psys         what the board's maker    NODE, adds to nothing
 *                                  wired to it
 * </pre>
 *
 * {@code energy_uj} is in µJ and begins anew after {@code max_energy_range_uj}. The same counters
 * may show up again as {@code intel-rapl-mmio}: those are read only where the first are not there.
 * Since Linux 5.10 only root may read them.
 *
 * <p>The temperature of a processor is that of its package, see {@link ProcessorTemperatures}; its
 * power limit in force that of the long term, {@code constraint_0_power_limit_uw}.
 */
public final class RaplProbe extends SysfsProbe {
  private static final Pattern ZONE = Pattern.compile("(intel-rapl(?:-mmio)?:\\d+)(:\\d+)?");
  private static final String TWIN = "intel-rapl-mmio";
  private static final Pattern PACKAGE = Pattern.compile("package-(\\d+(-die-\\d+)?)");
  private static final Pattern PLATFORM = Pattern.compile("psys(-\\d+)?");
  private static final String SUSTAINED = "long_term";
  private static final int CONSTRAINTS = 3;

  private final Path procRoot;
  private final Path sysRoot;
  private final Path powercap;

  /**
   * @param procRoot {@code /proc}
   * @param sysRoot {@code /sys}
   */
  public RaplProbe(Path procRoot, Path sysRoot) {
    this.procRoot = procRoot;
    this.sysRoot = sysRoot;
    powercap = sysRoot.resolve("class").resolve("powercap");
  }

  @Override
  public String name() {
    return "rapl";
  }

  @Override
  List<SysfsDevice> find() throws IOException, ProbeUnavailable {
    long epoch = BootEpoch.read(procRoot);
    List<SysfsDevice> found = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    Path refused = null;
    Map<String, Path> temperatures = ProcessorTemperatures.byPackage(sysRoot);
    for (Path zone : zones()) {
      Matcher matcher = ZONE.matcher(nameOf(zone));
      Path energy = zone.resolve("energy_uj");
      if (!matcher.matches() || !Files.exists(energy)) {
        continue;
      }
      Device device = device(zone, matcher.group(1));
      if (device == null) {
        continue;
      }
      if (!Files.isReadable(energy)) {
        refused = energy;
        leaveOut(device.id(), energy + " may be read by root only", false);
        continue;
      }
      if (!ids.add(device.id())) {
        leaveOut(nameOf(zone), "the counter of %s again".formatted(device.id()), false);
        continue;
      }
      long range = SysfsDevice.number(zone.resolve("max_energy_range_uj"), 0);
      found.add(
          new SysfsDevice(
                  device
                      .withSource(PowerSource.COUNTER)
                      // the last value before zero is the range itself
                      .withCounter(epoch, range > 0 ? range + 1 : 0))
              .energy(energy)
              .status(
                  StatusColumn.POWER_LIMIT_MILLIWATTS,
                  zone.resolve("constraint_0_power_limit_uw"),
                  1e-3)
              .status(StatusColumn.TEMPERATURE_DECIDEGREES, temperatures.get(device.id()), 0.01)
              .show("maker's long-term power", zone.resolve("constraint_0_max_power_uw"), 1e6, "W")
              .show("short-term power limit", zone.resolve("constraint_1_power_limit_uw"), 1e6, "W")
              .show("counter range", zone.resolve("max_energy_range_uj"), 1e6, "J"));
    }
    if (found.isEmpty()) {
      throw refused == null
          ? ProbeUnavailable.absent("%s shows no energy counter of a processor".formatted(powercap))
          : new ProbeUnavailable(
              "%s may be read by root only: run the agent as root or with CAP_DAC_READ_SEARCH"
                  .formatted(refused));
    }
    return found;
  }

  /** All zones; those that repeat others only where the others are not there. */
  private List<Path> zones() throws IOException {
    List<Path> zones = folders(powercap);
    List<Path> own = zones.stream().filter(zone -> !nameOf(zone).startsWith(TWIN)).toList();
    return own.stream().anyMatch(zone -> ZONE.matcher(nameOf(zone)).matches()) ? own : zones;
  }

  /** The device of a zone; null if another zone holds it already. */
  private @Nullable Device device(Path zone, String top) throws IOException {
    String name = SysFile.text(zone.resolve("name"));
    Matcher socket = PACKAGE.matcher(name);
    if (socket.matches()) {
      return Device.sensor(name, DeviceKind.CPU)
          .withModel("", Plausible.limitMilliwatts(limitMilliwatts(zone)));
    }
    if (name.equals("dram")) {
      Matcher parent = PACKAGE.matcher(SysFile.text(powercap.resolve(top).resolve("name")));
      return Device.sensor(
          "dram-" + (parent.matches() ? parent.group(1) : top.substring(top.indexOf(':') + 1)),
          DeviceKind.MEMORY);
    }
    if (PLATFORM.matcher(name).matches()) {
      return Device.sensor(name, DeviceKind.NODE).withContainedIn(DeviceKind.NODE);
    }
    return null;
  }

  /**
   * The power limit of the hardware; 0 if it is not given. Not the limits in force: people change
   * them, and an idle node's would refuse what the next job takes. Nor what the maker gives for the
   * long term: that is the thermal design power, and short bursts take several times as much. Where
   * a limit in force is above it, it is no most.
   */
  private static long limitMilliwatts(Path zone) throws IOException {
    long highest = 0;
    long inForce = 0;
    for (int i = 0; i < CONSTRAINTS; i++) {
      String constraint = "constraint_" + i;
      Path name = zone.resolve(constraint + "_name");
      String words = Files.isReadable(name) ? SysFile.text(name) : i == 0 ? SUSTAINED : "";
      long most = SysfsDevice.number(zone.resolve(constraint + "_max_power_uw"), 0);
      if (!words.equals(SUSTAINED) && !ErrorValue.is(most)) {
        highest = Math.max(highest, most / 1000);
      }
      long limit = SysfsDevice.number(zone.resolve(constraint + "_power_limit_uw"), 0);
      inForce = Math.max(inForce, limit / 1000);
    }
    return inForce > highest ? 0 : highest;
  }

  @Override
  public Set<DeviceKind> measures() {
    return devices().stream().anyMatch(d -> d.device().kind() == DeviceKind.MEMORY)
        ? Set.of(DeviceKind.MEMORY)
        : Set.of();
  }

  @Override
  public String describe() {
    long processors = devices().stream().filter(d -> d.device().kind() == DeviceKind.CPU).count();
    return "energy counters of %d processor%s%s"
        .formatted(
            processors,
            processors == 1 ? "" : "s",
            measures().isEmpty() ? "" : " and of the memory");
  }
}

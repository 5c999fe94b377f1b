// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.PowerSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * AMD's GPUs, from the files of the amdgpu driver (see the kernel's gpu/amdgpu/thermal.rst and
 * hwmon/sysfs-interface.rst), in {@code /sys/class/drm/card*} with the PCI vendor {@code 0x1002}:
 *
 * <pre>
 *   device/hwmon/hwmon*&#47;power1_average   µW, mean over the firmware's window
 *   device/hwmon/hwmon*&#47;power1_input     µW, of the moment, where there is no mean
 *   device/hwmon/hwmon*&#47;energy1_input    µJ, where the driver has it
 *   device/gpu_busy_percent              %
 *   device/mem_info_vram_used, _total    bytes
 *   device/unique_id                     the GPU's number, hexadecimal
 * </pre>
 *
 * Anybody may read them. A card without a power sensor (a part of a GPU in compute partitions) is
 * left out: the whole GPU's card has it.
 */
public final class AmdGpuProbe extends SysfsProbe {
  private static final Pattern CARD = Pattern.compile("card\\d+");
  private static final String AMD = "0x1002";

  private final Path drm;
  private final Path procRoot;

  /**
   * @param procRoot {@code /proc}
   * @param sysRoot {@code /sys}
   */
  public AmdGpuProbe(Path procRoot, Path sysRoot) {
    this.procRoot = procRoot;
    drm = sysRoot.resolve("class").resolve("drm");
  }

  @Override
  public String name() {
    return "amdgpu";
  }

  @Override
  List<SysfsDevice> find() throws IOException, ProbeUnavailable {
    long epoch = BootEpoch.read(procRoot);
    List<SysfsDevice> found = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (Path card : folders(drm)) {
      Path pci = card.resolve("device");
      if (CARD.matcher(nameOf(card)).matches() && text(pci.resolve("vendor")).equals(AMD)) {
        Path sensors = sensors(pci);
        String id = id(pci);
        if (sensors != null && ids.add(id)) {
          found.add(gpu(id, pci, sensors, epoch));
        }
      }
    }
    if (found.isEmpty()) {
      throw ProbeUnavailable.absent("%s shows no GPU of AMD with a power sensor".formatted(drm));
    }
    return found;
  }

  /** A file's text; empty if it is not there. */
  private static String text(Path file) throws IOException {
    return Files.isReadable(file) ? SysFile.text(file) : "";
  }

  /** Its own number if it has one: the bus address changes when a card is moved. */
  private static String id(Path pci) throws IOException {
    String unique = text(pci.resolve("unique_id"));
    return unique.isEmpty() || unique.matches("0+")
        ? "amdgpu-" + nameOf(pci.toRealPath())
        : "amdgpu-" + unique;
  }

  /** The folder with the power sensor, or null. */
  private static @Nullable Path sensors(Path pci) throws IOException {
    for (Path chip : folders(pci.resolve("hwmon"))) {
      if (SysfsDevice.firstOf(chip, "power1_average", "power1_input", "energy1_input") != null) {
        return chip;
      }
    }
    return null;
  }

  private static SysfsDevice gpu(String id, Path pci, Path sensors, long epoch) throws IOException {
    String product = text(pci.resolve("product_name"));
    String model = product.isEmpty() ? "AMD GPU " + text(pci.resolve("device")) : product;
    long cap = SysfsDevice.number(sensors.resolve("power1_cap"), 0);
    long most = SysfsDevice.number(sensors.resolve("power1_cap_max"), cap);
    Path energy = SysfsDevice.firstOf(sensors, "energy1_input");
    Device device =
        Device.sensor(id, DeviceKind.GPU)
            .withModel(model.strip(), Math.max(0, most / 1000))
            .withCapacityBytes(Math.max(0, SysfsDevice.number(vram(pci, "total"), 0)));
    return new SysfsDevice(
            energy == null ? device : device.withSource(PowerSource.COUNTER).withCounter(epoch, 0))
        .power(SysfsDevice.firstOf(sensors, "power1_average", "power1_input"))
        .energy(energy)
        .busy(SysfsDevice.firstOf(pci, "gpu_busy_percent"))
        .used(SysfsDevice.firstOf(pci, nameOf(vram(pci, "used"))))
        .show("power cap", sensors.resolve("power1_cap"), 1e6, "W")
        .show("temperature, edge", sensors.resolve("temp1_input"), 1000, "°C")
        .show("temperature, junction", sensors.resolve("temp2_input"), 1000, "°C")
        .show("temperature, memory", sensors.resolve("temp3_input"), 1000, "°C")
        .show("clock", sensors.resolve("freq1_input"), 1e6, "MHz")
        .show("memory clock", sensors.resolve("freq2_input"), 1e6, "MHz")
        .show("memory busy", pci.resolve("mem_busy_percent"), 1, "%");
  }

  private static Path vram(Path pci, String which) {
    return pci.resolve("mem_info_vram_" + which);
  }

  @Override
  public String describe() {
    return "%d GPU%s of AMD (%s)"
        .formatted(
            devices().size(),
            devices().size() == 1 ? "" : "s",
            String.join(", ", devices().stream().map(d -> d.device().model()).distinct().toList()));
  }
}

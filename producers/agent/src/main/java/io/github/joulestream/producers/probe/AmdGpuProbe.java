// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.producers.input.Names;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
 * <p>What it reports besides is in {@link AmdSensors}.
 *
 * <p>Anybody may read them. What is not a GPU with a sensor of its own is an instance of one, so
 * that jobs may have it: the dies of a module (MI250), the partitions of a GPU (MI300); see {@link
 * AmdCards}. A card whose power nobody shows is counted and not read: what a job has of it is not
 * covered.
 */
public final class AmdGpuProbe extends SysfsProbe {
  private final Path sysRoot;
  private final Path procRoot;
  private AmdNumbering numbering = new AmdNumbering(List.of());

  /**
   * @param procRoot {@code /proc}
   * @param sysRoot {@code /sys}
   */
  public AmdGpuProbe(Path procRoot, Path sysRoot) {
    this.procRoot = procRoot;
    this.sysRoot = sysRoot;
  }

  @Override
  public String name() {
    return "amdgpu";
  }

  @Override
  public GpuNumbering numbering() {
    return numbering;
  }

  @Override
  List<SysfsDevice> find() throws IOException, ProbeUnavailable {
    long epoch = BootEpoch.read(procRoot);
    List<AmdCards.Card> cards = AmdCards.in(sysRoot);
    int[] metered = AmdCards.metered(cards);
    List<SysfsDevice> found = new ArrayList<>();
    List<AmdNumbering.Entry> row = new ArrayList<>();
    for (int i = 0; i < metered.length; i++) {
      AmdCards.Card card = cards.get(i);
      Path sensors = metered[i] == AmdCards.UNKNOWN ? null : cards.get(metered[i]).sensors();
      if (sensors == null) {
        row.add(entry(card, card.id(), card.id()));
        continue;
      }
      String gpu = cards.get(metered[i]).id();
      List<AmdCards.Card> dies = new ArrayList<>();
      for (int other = 0; other < metered.length; other++) {
        if (metered[other] == metered[i]) {
          dies.add(cards.get(other));
        }
      }
      if (dies.getFirst().equals(card)) {
        found.add(gpu(gpu, dies, sensors, epoch));
      }
      if (dies.size() > 1) {
        String id = gpu + "-die" + dies.indexOf(card);
        found.add(instance(id, gpu, card.folder(), vramOf(List.of(card)), sensors, epoch));
        row.add(entry(card, id, id));
      } else if (card.partitions().isEmpty()) {
        row.add(entry(card, card.id(), card.id()));
      } else {
        String first = gpu + "-p0";
        found.add(instance(first, gpu, card.folder(), 0, sensors, epoch));
        row.add(entry(card, first, gpu));
        for (AmdCards.Partition partition : card.partitions()) {
          String id = gpu + "-p" + (card.partitions().indexOf(partition) + 1);
          found.add(instance(id, gpu, card.folder(), 0, sensors, epoch));
          row.add(
              new AmdNumbering.Entry(
                  id,
                  gpu,
                  null,
                  partition.name(),
                  card.unique(),
                  partition.number(),
                  partition.render()));
        }
      }
    }
    numbering = new AmdNumbering(row);
    if (found.isEmpty()) {
      List<String> plugged = PciGpus.in(sysRoot, PciGpus.AMD);
      String none =
          "%s shows no GPU of AMD with a power sensor".formatted(sysRoot.resolve("class/drm"));
      throw plugged.isEmpty()
          ? ProbeUnavailable.absent(none)
          : ProbeUnavailable.installable(
              "%s in this machine, and %s -> load the amdgpu driver, of a kernel that knows it"
                  .formatted(PciGpus.words(plugged, "AMD"), none));
    }
    return found;
  }

  private static AmdNumbering.Entry entry(AmdCards.Card card, String id, String gpu) {
    return new AmdNumbering.Entry(
        id, gpu, card.address(), "", card.unique(), card.number(), card.render());
  }

  /** A GPU: one card, or two dies. */
  private static SysfsDevice gpu(String id, List<AmdCards.Card> dies, Path sensors, long epoch)
      throws IOException {
    Path pci = dies.getFirst().folder();
    SysfsDevice gpu = metered(device(id, pci, vramOf(dies), sensors, epoch), sensors);
    if (dies.size() == 1) {
      gpu.busy(SysfsDevice.firstOf(pci, "gpu_busy_percent"));
    }
    for (AmdCards.Card die : dies) {
      gpu.used(SysfsDevice.firstOf(die.folder(), nameOf(vram(die.folder(), "used"))));
    }
    AmdSensors.add(gpu, sensors);
    return gpu.show("memory busy", pci.resolve("mem_busy_percent"), 1, "%");
  }

  /** A die or a partition, which repeats the power and the counter of its GPU. */
  private static SysfsDevice instance(
      String id, String gpu, Path pci, long bytes, Path sensors, long epoch) throws IOException {
    return metered(device(id, pci, bytes, sensors, epoch).asInstanceOf(gpu), sensors)
        .busy(SysfsDevice.firstOf(pci, "gpu_busy_percent"));
  }

  private static SysfsDevice metered(Device device, Path sensors) throws IOException {
    return new SysfsDevice(device)
        .power(AmdCards.power(sensors))
        .energy(SysfsDevice.firstOf(sensors, "energy1_input"));
  }

  private static Device device(String id, Path pci, long bytes, Path sensors, long epoch)
      throws IOException {
    String product = AmdCards.text(pci.resolve("product_name"));
    String model = product.isEmpty() ? "AMD GPU " + AmdCards.text(pci.resolve("device")) : product;
    // never power1_cap: that is the limit in force, which people change
    long standard = SysfsDevice.number(sensors.resolve("power1_cap_default"), 0);
    long most = SysfsDevice.number(sensors.resolve("power1_cap_max"), 0);
    most = most <= 0 || ErrorValue.is(most) ? standard : most;
    most = ErrorValue.is(most) ? 0 : most;
    Device device =
        Device.sensor(Names.id(id), DeviceKind.GPU)
            .withModel(Bounds.cutText(model.strip()), Plausible.limitMilliwatts(most / 1000))
            .withCapacityBytes(Plausible.capacityBytes(bytes));
    return SysfsDevice.firstOf(sensors, "energy1_input") == null
        ? device
        : device.withSource(PowerSource.COUNTER).withCounter(epoch, 0);
  }

  private static long vramOf(List<AmdCards.Card> cards) {
    return cards.stream()
        .mapToLong(card -> Math.max(0, SysfsDevice.number(vram(card.folder(), "total"), 0)))
        .sum();
  }

  private static Path vram(Path pci, String which) {
    return pci.resolve("mem_info_vram_" + which);
  }

  @Override
  public String describe() {
    List<Device> all = devices().stream().map(SysfsDevice::device).toList();
    long wholes = all.stream().filter(device -> device.instanceOf().isEmpty()).count();
    long instances = all.size() - wholes;
    return "%d GPU%s of AMD (%s)%s"
        .formatted(
            wholes,
            wholes == 1 ? "" : "s",
            String.join(", ", all.stream().map(Device::model).distinct().toList()),
            instances == 0 ? "" : ", in %d dies or partitions".formatted(instances));
  }
}

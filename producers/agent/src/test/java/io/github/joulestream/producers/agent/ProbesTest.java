// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.producers.probe.Overlaps;
import io.github.joulestream.producers.probe.Probe;
import io.github.joulestream.producers.probe.RedfishOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All probes of a node together. */
class ProbesTest {
  @TempDir Path root;

  private void write(String path, Object text) throws Exception {
    Path file = root.resolve(path);
    Files.createDirectories(requireNonNull(file.getParent()));
    Files.writeString(file, text + "\n");
  }

  private List<Device> devices() throws Exception {
    List<Probe> probes = Probes.of(root, root, root.resolve("libnone.so").toString(), null);
    List<Probe> opened = new ArrayList<>();
    for (Probe probe : probes) {
      try {
        probe.open();
        opened.add(probe);
      } catch (Probe.ProbeUnavailable e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    Overlaps overlaps = new Overlaps(opened);
    List<Device> devices = new ArrayList<>();
    for (Probe probe : opened) {
      overlaps.settle(probe, probe.read(1_000)).forEach(series -> devices.add(series.device()));
    }
    probes.forEach(Probe::close);
    return devices;
  }

  private static List<String> inTotal(List<Device> devices) {
    return devices.stream().filter(Device::countsInTotal).map(Device::id).toList();
  }

  private static List<String> inKind(List<Device> devices, DeviceKind kind) {
    return devices.stream()
        .filter(device -> device.kind() == kind && device.countsInKind())
        .map(Device::id)
        .toList();
  }

  @Test
  void whateverANodeHas_itsEnergyIsCountedOnce() throws Exception {
    write("meminfo", "MemTotal: 1048576 kB\nMemAvailable: 524288 kB");
    assertThat(inTotal(devices())).containsExactly("memory");

    write("class/powercap/intel-rapl:0/name", "package-0");
    write("class/powercap/intel-rapl:0/energy_uj", 1);
    assertThat(inTotal(devices())).containsExactly("package-0", "memory");

    // measured goes before modelled
    write("class/powercap/intel-rapl:0:0/name", "dram");
    write("class/powercap/intel-rapl:0:0/energy_uj", 1);
    assertThat(inTotal(devices())).containsExactly("package-0", "dram-0");
    assertThat(inKind(devices(), DeviceKind.MEMORY)).containsExactly("dram-0");
    assertThat(devices()).anyMatch(device -> device.id().equals("memory"));

    write("class/powercap/intel-rapl:1/name", "psys");
    write("class/powercap/intel-rapl:1/energy_uj", 1);
    assertThat(inTotal(devices())).containsExactly("package-0", "dram-0");
    assertThat(inKind(devices(), DeviceKind.NODE)).isEmpty();

    // the node's meter holds it all
    write("class/hwmon/hwmon0/name", "power_meter");
    write("class/hwmon/hwmon0/power1_average", 300_000_000);
    assertThat(inTotal(devices())).containsExactly("node");
    assertThat(inKind(devices(), DeviceKind.NODE)).containsExactly("node");
    assertThat(inKind(devices(), DeviceKind.CPU)).containsExactly("package-0");
    assertThat(inKind(devices(), DeviceKind.MEMORY)).containsExactly("dram-0");
  }

  @Test
  void aMeterThatGivesNoReading_isNotTheNodes() throws Exception {
    write("meminfo", "MemTotal: 1048576 kB\nMemAvailable: 524288 kB");
    write("class/powercap/intel-rapl:0/name", "package-0");
    write("class/powercap/intel-rapl:0/energy_uj", 1);
    write("class/hwmon/hwmon0/name", "power_meter");
    for (Object none : List.of(4_294_967_295_000L, 0, -5, "", "unknown")) {
      write("class/hwmon/hwmon0/power1_average", none);
      assertThat(inTotal(devices())).as("%s", none).containsExactly("package-0", "memory");
    }
    write("class/hwmon/hwmon0/power1_average", 300_000_000);
    assertThat(inTotal(devices())).containsExactly("node");
  }

  @Test
  void aControllerIsAsked_onlyIfItIsNamed_andGoesBeforeWhatIsFound() {
    List<String> without = Probes.ofThisMachine(null).stream().map(Probe::name).toList();
    assertThat(without).containsExactly("nvml", "amdgpu", "rapl", "memory", "drives", "node meter");
    RedfishOptions redfish =
        new RedfishOptions(URI.create("https://bmc"), "", null, false, Duration.ofSeconds(5));
    List<String> with = Probes.ofThisMachine(redfish).stream().map(Probe::name).toList();
    assertThat(with.indexOf("redfish")).isBetween(0, with.indexOf("node meter") - 1);
  }
}

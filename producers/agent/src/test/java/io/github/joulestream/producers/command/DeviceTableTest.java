// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.producers.agent.Probes;
import io.github.joulestream.producers.probe.nvml.StatusNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceTableTest {
  private final AtomicLong now = new AtomicLong(10_000);
  @TempDir Path root;

  private void write(String path, String text) throws Exception {
    Path file = root.resolve(path);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.writeString(file, text + "\n");
  }

  @Test
  void everyFieldIsShown_andWhatIsNotThereSaysWhy() throws Exception {
    write("meminfo", "MemTotal: 33554432 kB\nMemAvailable: 8388608 kB");
    write("class/powercap/intel-rapl:0/name", "package-0");
    write("class/powercap/intel-rapl:0/energy_uj", "1000000");
    write("class/powercap/intel-rapl:0/max_energy_range_uj", "262143328850");
    write("class/powercap/intel-rapl:0/constraint_0_power_limit_uw", "270000000");
    write("class/powercap/intel-rapl:0/constraint_1_max_power_uw", "413000000");
    write("class/powercap/intel-rapl:0:0/name", "dram");
    write("class/powercap/intel-rapl:0:0/energy_uj", "5");
    String text;
    try (DeviceTable table =
        new DeviceTable(
            Probes.of(root, root, root.resolve("libnone.so").toString(), null), now::get)) {
      write("class/powercap/intel-rapl:0/energy_uj", "151000000");
      now.set(11_000);
      text = table.read();
    }
    assertThat(text.lines().map(line -> line.strip().replaceAll(" {2,}", " | ")))
        .containsSubsequence(
            "rapl: energy counters of 1 processor and of the memory",
            "package-0",
            "kind | CPU",
            "power from | counter",
            "energy counter | 151 J",
            "counter wraps at | 262.1 kJ",
            "power by counter | 150 W",
            "power limit of the board | 413 W",
            "power limit in force | 270 W",
            "dram-0",
            "memory",
            "kind | MEMORY, adds to nothing: MEMORY is measured",
            "power from | modelled",
            "power | 5 W",
            "in use | 24 GiB",
            "size | 32 GiB")
        .anyMatch(line -> line.startsWith("nvml: unavailable, because there is no "));
  }

  @Test
  void whatIsTheNodesMeter_andWhatIsNot_isSaidWithTheReason() throws Exception {
    write("meminfo", "MemTotal: 33554432 kB\nMemAvailable: 8388608 kB");
    String[] meters = {"SysIO", "CPU", "Grace", "Module"};
    for (int i = 0; i < meters.length; i++) {
      String folder = "class/hwmon/hwmon" + i + "/";
      write(folder + "name", "power_meter");
      write(folder + "power1_average", (i + 1) + "00000000");
      write(folder + "power1_oem_info", meters[i] + " Power Socket 0");
    }
    write("class/hwmon/hwmon4/name", "power_meter");
    write("class/hwmon/hwmon4/power1_average", "4294967295000");
    String text;
    try (DeviceTable table =
        new DeviceTable(
            Probes.of(root, root, root.resolve("libnone.so").toString(), null), now::get)) {
      now.set(11_000);
      text = table.read();
    }
    assertThat(text.lines().map(line -> line.strip().replaceAll(" {2,}", " | ")))
        .containsSubsequence(
            "modules",
            "kind | NODE",
            "power | 400 W",
            "taken as | the node's meter, for want of one at the supply: hwmon3 power_meter 'Module"
                + " Power Socket 0'; drives, network and fans are not in it",
            "sysio-0",
            "kind | NODE, adds to nothing: NODE is measured",
            "taken as | a component of the module or node, and not the node; adds to nothing: hwmon0"
                + " power_meter 'SysIO Power Socket 0'",
            "not taken: hwmon4 power_meter: not usable: it answers 4294967295000, which is no"
                + " reading",
            "what is added up on this node:",
            "total | modules",
            "in it, and in their kinds | memory, cpu-0",
            "adds to nothing | sysio-0, grace-0");
  }

  @Test
  void whatIsReportedBesidesPower_isShownWithItsUnit() throws Exception {
    String text;
    try (StatusNode node = new StatusNode(root);
        DeviceTable table = new DeviceTable(node.probes(), now::get)) {
      node.count();
      now.set(11_000);
      text = table.read();
    }
    assertThat(text.lines().map(line -> line.strip().replaceAll(" {2,}", " | ")))
        .containsSubsequence(
            "GPU-aa",
            "throttled by | power limit",
            "XID errors, since the status before | 0",
            "GPU-bb",
            "temperature | 61 °C",
            "memory temperature | 71 °C",
            "clock | 1901 MHz",
            "memory clock | 2601 MHz",
            "power limit in force | 550 W",
            "throttled by | temperature",
            "fan, of its full speed | 41 %",
            "memory errors corrected, since the status before | 5",
            "memory errors not corrected, since the status before | 6",
            "XID errors, since the status before | 2",
            "last XID error | 79",
            "received over PCIe, since the status before | 9.766 KiB",
            "sent over PCIe, since the status before | 8.789 KiB",
            "received over NVLink, since the status before | 800 KiB",
            "sent over NVLink, since the status before | 700 KiB",
            "package-0",
            "temperature | 48.5 °C",
            "nvme0n1",
            "temperature | 38.9 °C");
  }
}

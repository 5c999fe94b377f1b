// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.StatusColumn.FAN_BASIS_POINTS;
import static io.github.joulestream.energy.StatusColumn.MEMORY_CLOCK_MEGAHERTZ;
import static io.github.joulestream.energy.StatusColumn.MEMORY_TEMPERATURE_DECIDEGREES;
import static io.github.joulestream.energy.StatusColumn.POWER_LIMIT_MILLIWATTS;
import static io.github.joulestream.energy.StatusColumn.SM_CLOCK_MEGAHERTZ;
import static io.github.joulestream.energy.StatusColumn.TEMPERATURE_DECIDEGREES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.StatusColumn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What devices report besides power in files of {@code /sys}, laid out as the kernel does. */
class SysfsStatusTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final String CARD = "class/drm/card0/device/";
  private static final String SENSORS = CARD + "hwmon/hwmon4/";

  @TempDir Path root;
  private SysTree sys;

  @BeforeEach
  void tree() {
    sys = new SysTree(root);
  }

  /** A Radeon Pro as its driver shows it: three temperatures, clocks and a fan. */
  private void radeon() throws IOException {
    sys.write(CARD + "vendor", "0x1002")
        .write(CARD + "unique_id", "8d6a3b1f0c2e4d51")
        .write(SENSORS + "name", "amdgpu")
        .write(SENSORS + "power1_average", 121_000_000)
        .write(SENSORS + "power1_cap", 213_000_000)
        .write(SENSORS + "temp1_label", "edge")
        .write(SENSORS + "temp1_input", 48_000)
        .write(SENSORS + "temp2_label", "junction")
        .write(SENSORS + "temp2_input", 61_500)
        .write(SENSORS + "temp3_label", "mem")
        .write(SENSORS + "temp3_input", 72_000)
        .write(SENSORS + "freq1_label", "sclk")
        .write(SENSORS + "freq1_input", 1_725_000_000)
        .write(SENSORS + "freq2_label", "mclk")
        .write(SENSORS + "freq2_input", 945_000_000)
        .write(SENSORS + "fan1_input", 1_650)
        .write(SENSORS + "fan1_max", 3_300)
        .write(SENSORS + "pwm1", 77)
        .write(SENSORS + "pwm1_max", 255);
  }

  private Map<StatusColumn, Long> only(Probe probe) throws Exception {
    probe.open();
    List<DeviceStatus> all = probe.statuses(NOW);
    assertThat(all).hasSize(1);
    assertThat(all.getFirst().epochMillis()).isEqualTo(NOW);
    assertThat(all.getFirst().deviceId()).isEqualTo(probe.read(NOW).getFirst().device().id());
    return all.getFirst().values();
  }

  @Test
  void aGpuOfAmd_givesWhatItsDriverShows() throws Exception {
    radeon();
    try (AmdGpuProbe probe = new AmdGpuProbe(root, root)) {
      assertThat(only(probe))
          .isEqualTo(
              Map.of(
                  TEMPERATURE_DECIDEGREES, 480L,
                  MEMORY_TEMPERATURE_DECIDEGREES, 720L,
                  SM_CLOCK_MEGAHERTZ, 1_725L,
                  MEMORY_CLOCK_MEGAHERTZ, 945L,
                  POWER_LIMIT_MILLIWATTS, 213_000L,
                  FAN_BASIS_POINTS, 5_000L));
    }
  }

  /** As an MI300X shows itself: no edge, no fan. */
  @Test
  void withoutAnEdge_theTemperatureIsThatOfTheJunction() throws Exception {
    radeon();
    sys.delete(
        SENSORS + "temp1_label",
        SENSORS + "temp1_input",
        SENSORS + "fan1_input",
        SENSORS + "fan1_max",
        SENSORS + "pwm1");
    try (AmdGpuProbe probe = new AmdGpuProbe(root, root)) {
      assertThat(only(probe))
          .containsEntry(TEMPERATURE_DECIDEGREES, 615L)
          .containsEntry(MEMORY_TEMPERATURE_DECIDEGREES, 720L)
          .doesNotContainKey(FAN_BASIS_POINTS);
    }
  }

  @Test
  void withoutALargestSpeed_theFanIsWhatItIsSetTo() throws Exception {
    radeon();
    sys.delete(SENSORS + "fan1_max");
    try (AmdGpuProbe probe = new AmdGpuProbe(root, root)) {
      assertThat(only(probe)).containsEntry(FAN_BASIS_POINTS, 3_020L);
    }
  }

  @Test
  void errorValues_areNoStatus_andWhatFailsCostsNothingElse() throws Exception {
    radeon();
    try (AmdGpuProbe probe = new AmdGpuProbe(root, root)) {
      probe.open();
      sys.write(SENSORS + "power1_cap", 4_294_967_295_000L)
          .write(SENSORS + "freq1_input", 4_294_967_295L)
          .write(SENSORS + "temp1_input", -5_250)
          .write(SENSORS + "temp3_input", 2_147_483_640)
          .unplug(SENSORS + "fan1_input");
      assertThat(probe.statuses(NOW).getFirst().values())
          .isEqualTo(Map.of(TEMPERATURE_DECIDEGREES, -52L, MEMORY_CLOCK_MEGAHERTZ, 945L));
      assertThat(probe.read(NOW)).hasSize(1);
      for (String file : List.of("power1_cap", "freq1_input", "freq2_input")) {
        sys.unplug(SENSORS + file);
      }
      sys.unplug(SENSORS + "temp1_input").unplug(SENSORS + "temp3_input");
      assertThatThrownBy(() -> probe.statuses(NOW)).isInstanceOf(IOException.class);
      assertThat(probe.read(NOW)).hasSize(1);
    }
  }

  private void packages(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      sys.write("class/powercap/intel-rapl:" + i + "/name", "package-" + i)
          .write("class/powercap/intel-rapl:" + i + "/energy_uj", 1_000 + i)
          .write("class/powercap/intel-rapl:" + i + "/constraint_0_power_limit_uw", 270_000_000);
    }
  }

  /** A chip of hwmon below its device, and the kernel's links to it. */
  private String chip(int number, String device, String name) throws IOException {
    String folder = "devices/" + device + "/hwmon/hwmon" + number;
    sys.write(folder + "/name", name);
    Files.createSymbolicLink(root.resolve(folder + "/device"), root.resolve("devices/" + device));
    Files.createDirectories(root.resolve("class/hwmon"));
    Files.createSymbolicLink(root.resolve("class/hwmon/hwmon" + number), root.resolve(folder));
    return folder + "/";
  }

  private Map<String, Long> temperatures() throws Exception {
    try (RaplProbe probe = new RaplProbe(root, root)) {
      probe.open();
      Map<String, Long> all = new TreeMap<>();
      for (DeviceStatus status : probe.statuses(NOW)) {
        if (status.values().containsKey(TEMPERATURE_DECIDEGREES)) {
          all.put(status.deviceId(), status.get(TEMPERATURE_DECIDEGREES));
        }
      }
      return all;
    }
  }

  /** Two Xeons: hwmon's numbers are in no order of the sockets. */
  @Test
  void packagesOfIntel_areFoundByTheirLabel() throws Exception {
    packages(2);
    String second = chip(2, "platform/coretemp.1", "coretemp");
    sys.write(second + "temp1_label", "Package id 1")
        .write(second + "temp1_input", 57_000)
        .write(second + "temp2_label", "Core 0")
        .write(second + "temp2_input", 99_000);
    String first = chip(5, "platform/coretemp.0", "coretemp");
    sys.write(first + "temp1_label", "Package id 0").write(first + "temp1_input", 48_000);
    assertThat(temperatures()).isEqualTo(Map.of("package-0", 480L, "package-1", 570L));
    try (RaplProbe probe = new RaplProbe(root, root)) {
      probe.open();
      assertThat(probe.statuses(NOW).getFirst().get(POWER_LIMIT_MILLIWATTS)).isEqualTo(270_000);
    }
  }

  @Test
  void severalDiesUnderOneLabel_areNobodys() throws Exception {
    packages(2);
    for (int die = 0; die < 3; die++) {
      String chip = chip(die, "platform/coretemp." + die, "coretemp");
      sys.write(chip + "temp1_label", "Package id " + die / 2).write(chip + "temp1_input", 50_000);
    }
    assertThat(temperatures()).isEqualTo(Map.of("package-1", 500L));
  }

  /** Two EPYCs: northbridge 0000:00:18.3 is of the first socket, 0000:00:19.3 of the second. */
  @Test
  void packagesOfAmd_areTheNodesInTheirOrder_ifThereAreAsMany() throws Exception {
    packages(2);
    String second = chip(1, "pci0000:00/0000:00:19.3", "k10temp");
    sys.write(second + "temp1_label", "Tctl").write(second + "temp1_input", 61_125);
    String first = chip(3, "pci0000:00/0000:00:18.3", "k10temp");
    sys.write(first + "temp1_label", "Tctl")
        .write(first + "temp1_input", 80_000)
        .write(first + "temp2_label", "Tdie")
        .write(first + "temp2_input", 53_000);
    assertThat(temperatures()).isEqualTo(Map.of("package-0", 530L, "package-1", 611L));
    String third = chip(4, "pci0000:00/0000:00:1a.3", "k10temp");
    sys.write(third + "temp1_input", 40_000);
    assertThat(temperatures()).as("which is whose is not known").isEmpty();
  }

  @Test
  void ofAnotherChip_nothingIsTaken() throws Exception {
    packages(1);
    String board = chip(0, "platform/nct6775.656", "nct6798");
    sys.write(board + "temp1_label", "Package id 0").write(board + "temp1_input", 31_000);
    assertThat(temperatures()).isEmpty();
  }
}

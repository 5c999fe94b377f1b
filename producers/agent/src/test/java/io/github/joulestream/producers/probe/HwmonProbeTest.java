// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.StatusColumn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HwmonProbeTest extends ProbeContract {
  @TempDir Path root;
  private SysTree sys;

  @BeforeEach
  void powerMeter() throws IOException {
    sys = new SysTree(root);
    sys.write("class/hwmon/hwmon0/name", "coretemp").write("class/hwmon/hwmon0/temp1_input", 1);
    sys.write("class/hwmon/hwmon1/name", "amdgpu").write("class/hwmon/hwmon1/power1_average", 5);
    sys.write("class/hwmon/hwmon2/name", "power_meter")
        .write("class/hwmon/hwmon2/power1_average", 612_000_000)
        .write("class/hwmon/hwmon2/power1_average_interval", 1_000)
        .write("class/hwmon/hwmon2/power1_cap", 1_100_000_000L);
  }

  @Override
  protected HwmonProbe probe() {
    return new HwmonProbe(root, root);
  }

  @Override
  protected Probe absent() {
    return new HwmonProbe(root, root.resolve("none"));
  }

  @Override
  protected void unplug() throws IOException {
    sys.unplug("class/hwmon/hwmon2/power1_average");
  }

  @Test
  void anAcpiMeter_isTheNode_inOurUnits() throws Exception {
    try (HwmonProbe probe = probe()) {
      probe.open();
      assertThat(probe.describe()).isEqualTo("the node's power meter (power_meter)");
      assertThat(probe.measures()).containsExactly(DeviceKind.NODE);
      DeviceSeries node = probe.read(NOW).getFirst();
      Device device = node.device();
      assertThat(device.id()).isEqualTo("node");
      assertThat(device.kind()).isEqualTo(DeviceKind.NODE);
      assertThat(device.source()).isEqualTo(PowerSource.SENSOR);
      assertThat(device.averagingMillis()).isEqualTo(1_000);
      // 612,000,000 µW
      assertThat(node.readings().power(0)).isEqualTo(612_000);
      assertThat(probe.statuses(NOW))
          .containsExactly(
              new DeviceStatus(
                  "node", NOW, Map.of(StatusColumn.POWER_LIMIT_MILLIWATTS, 1_100_000L)));
    }
  }

  @Test
  void anErrorValueOfAnInterface_isNoReading() throws Exception {
    String average = "class/hwmon/hwmon2/power1_average";
    long[] errors = {
      4_294_967_295_000L, 4_294_967_295L, 4_294_967_295_000_000L, 0, -1, -1_000_000, Long.MAX_VALUE
    };
    for (long error : errors) {
      sys.write(average, error);
      try (HwmonProbe probe = probe()) {
        assertThatThrownBy(probe::open)
            .as("%d µW", error)
            .isInstanceOfSatisfying(
                Probe.ProbeUnavailable.class, e -> assertThat(e.isAbsent()).isFalse())
            .hasMessage(
                "hwmon2 power_meter: not usable: it answers %d, which is no reading", error);
        assertThat(probe.measures()).isEmpty();
      }
    }
    sys.write(average, "unknown");
    try (HwmonProbe probe = probe()) {
      assertThatThrownBy(probe::open).hasMessageContaining("'unknown' is not a number");
      // when it answers, it is taken
      sys.write(average, 300_000_000);
      probe.open();
      assertThat(probe.measures()).containsExactly(DeviceKind.NODE);
      // and an error in between costs no more than its time
      sys.write(average, 4_294_967_295_000L);
      assertThatThrownBy(() -> probe.read(NOW))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("4294967295000");
      sys.write(average, 301_000_000);
      assertThat(probe.read(NOW + 1_000).getFirst().readings().power(0)).isEqualTo(301_000);
    }
  }

  @Test
  void aWindowThatIsNotKnown_isNone() throws Exception {
    for (Object interval : List.of(4_294_967_295L, -1, "", "unknown")) {
      sys.write("class/hwmon/hwmon2/power1_average_interval", interval);
      try (HwmonProbe probe = probe()) {
        probe.open();
        assertThat(probe.read(NOW).getFirst().device().averagingMillis())
            .as("'%s' ms", interval)
            .isZero();
      }
    }
  }

  /** As drivers show it that register the older way; the class folder is a link. */
  @Test
  void nameAndValues_mayBeInTheDevicesFolder() throws Exception {
    for (boolean named : new boolean[] {false, true}) {
      String acpi = "devices/LNXSYSTM:00/ACPI000D:0" + (named ? 1 : 0);
      String chip = named ? "hwmon12" : "hwmon11";
      sys.delete("class/hwmon/hwmon2/name", "class/hwmon/hwmon11", "class/hwmon/hwmon12");
      sys.write(acpi + "/name", "power_meter")
          .write(acpi + "/power1_average", 412_000_000)
          .write(acpi + "/power1_average_interval", 1_000)
          .write(acpi + "/power1_oem_info", "");
      Path own = root.resolve(acpi + "/hwmon/" + chip);
      Files.createDirectories(own);
      if (named) {
        sys.write(acpi + "/hwmon/" + chip + "/name", "power_meter");
      }
      Files.createSymbolicLink(own.resolve("device"), Path.of("../.."));
      Files.createSymbolicLink(root.resolve("class/hwmon/" + chip), own);
      try (HwmonProbe probe = probe()) {
        probe.open();
        DeviceSeries node = probe.read(NOW).getFirst();
        assertThat(node.device().id()).isEqualTo("node");
        assertThat(node.device().averagingMillis()).isEqualTo(1_000);
        assertThat(node.readings().power(0)).isEqualTo(412_000);
        assertThat(probe.details())
            .contains(
                new Detail("node", "taken as", "the node's meter: %s power_meter".formatted(chip)));
      }
    }
  }

  @Test
  void ofMeanMomentAndCounter_whatAnswersIsRead() throws Exception {
    sys.unplug("class/hwmon/hwmon2/power1_average");
    sys.write("class/hwmon/hwmon2/power1_input", 99_000_000);
    try (HwmonProbe probe = probe()) {
      probe.open();
      DeviceSeries node = probe.read(NOW).getFirst();
      assertThat(node.readings().power(0)).isEqualTo(99_000);
      assertThat(node.device().averagingMillis()).as("it is of the moment").isZero();
    }
    sys.delete("class/hwmon/hwmon2/power1_average", "class/hwmon/hwmon2/power1_input");
    sys.write("class/hwmon/hwmon2/energy1_input", 88_000_000);
    try (HwmonProbe probe = probe()) {
      probe.open();
      DeviceSeries node = probe.read(NOW).getFirst();
      assertThat(node.device().source()).isEqualTo(PowerSource.COUNTER);
      assertThat(node.readings().energy(0)).isEqualTo(88_000_000);
    }
  }

  @Test
  void aLimitIsOfTheHardware_neverACap() throws Exception {
    String power = "class/hwmon/hwmon2/power1_";
    assertThat(limitMilliwatts()).isZero();
    sys.write(power + "max", 100_000_000);
    assertThat(limitMilliwatts()).isZero();
    sys.write(power + "cap_max", 4_294_967_295_000L);
    assertThat(limitMilliwatts()).isZero();
    sys.write(power + "cap_max", 1_600_000_000);
    assertThat(limitMilliwatts()).isEqualTo(1_600_000);
    sys.write(power + "rated_max", 2_000_000_000);
    assertThat(limitMilliwatts()).isEqualTo(2_000_000);
  }

  private long limitMilliwatts() throws Exception {
    try (HwmonProbe probe = probe()) {
      probe.open();
      return probe.read(NOW).getFirst().device().powerLimitMilliwatts();
    }
  }

  private void grace(int chip, String what, int socket, long microwatts) throws IOException {
    String folder = "class/hwmon/hwmon" + chip + "/";
    sys.write(folder + "name", "power_meter")
        .write(folder + "power1_average", microwatts)
        .write(folder + "power1_average_interval", 50)
        .write(folder + "power1_oem_info", "%s Power Socket %d".formatted(what, socket));
  }

  private void graceNode(int sockets) throws IOException {
    sys.delete("class/hwmon/hwmon2/name");
    for (int socket = 0; socket < sockets; socket++) {
      int chip = 10 + 4 * socket;
      grace(chip, "SysIO", socket, 6_300_000);
      grace(chip + 1, "CPU", socket, 54_000_000);
      grace(chip + 2, "Grace", socket, 103_000_000);
      grace(chip + 3, "Module", socket, 612_000_000);
    }
  }

  private static String[] inTotal(HwmonProbe probe) throws IOException {
    return probe.read(NOW).stream()
        .filter(series -> series.device().countsInTotal())
        .map(series -> series.device().id() + " " + series.readings().power(0))
        .toArray(String[]::new);
  }

  @Test
  void ofGracesMeters_theModulesAreTheNode_andEachPartIsWhatItIs() throws Exception {
    for (int sockets = 1; sockets <= 4; sockets++) {
      graceNode(sockets);
      try (HwmonProbe probe = probe()) {
        probe.open();
        List<DeviceSeries> read = probe.read(NOW);
        assertThat(read).extracting(series -> series.device().id()).doesNotHaveDuplicates();
        assertThat(read).hasSize(1 + 3 * sockets);
        assertThat(read.getFirst().device().id()).isEqualTo("modules");
        assertThat(read.getFirst().readings().power(0)).isEqualTo(612_000L * sockets);
        assertThat(probe.measures()).containsExactly(DeviceKind.NODE);
        assertThat(read)
            .filteredOn(series -> series.device().kind() == DeviceKind.CPU)
            .hasSize(sockets)
            .allMatch(series -> series.readings().power(0) == 54_000);
        // nothing else adds to a sum of nodes
        assertThat(read)
            .filteredOn(series ->
                series.device().kind() == DeviceKind.NODE && series.device().countsInKind())
            .hasSize(1);
        assertThat(probe.details())
            .anyMatch(detail ->
                detail.device().equals("sysio-0")
                    && detail.value().contains("'SysIO Power Socket 0'")
                    && detail.value().contains("not the node"));
      }
    }
  }

  @Test
  void ifOneModuleIsNotMeasured_theModulesAreNotTheNode() throws Exception {
    graceNode(2);
    grace(17, "Module", 1, 4_294_967_295_000L);
    try (HwmonProbe probe = probe()) {
      probe.open();
      assertThat(probe.measures()).isEmpty();
      assertThat(inTotal(probe)).containsExactly("cpu-0 54000", "cpu-1 54000");
      assertThat(probe.notTaken())
          .contains(
              "hwmon17 power_meter 'Module Power Socket 1': not usable: it answers 4294967295000,"
                  + " which is no reading");
      grace(17, "Module", 1, 500_000_000);
      probe.read(NOW + 61_000);
      assertThat(probe.measures()).containsExactly(DeviceKind.NODE);
      assertThat(inTotal(probe)).containsExactly("modules 1112000", "cpu-0 54000", "cpu-1 54000");
      // and of no use as a sum while one is silent
      grace(13, "Module", 0, 0);
      assertThat(inTotal(probe)).containsExactly("cpu-0 54000", "cpu-1 54000");
    }
  }

  @Test
  void withoutAModulesMeter_noPartBecomesTheNode() throws Exception {
    graceNode(1);
    sys.delete("class/hwmon/hwmon13/name");
    try (HwmonProbe probe = probe()) {
      probe.open();
      assertThat(probe.measures()).isEmpty();
      assertThat(inTotal(probe)).containsExactly("cpu-0 54000");
      assertThat(probe.describe()).contains("none of the node");
    }
  }

  @Test
  void besideAMeterAtTheSupply_modulesArePartsOfTheNode() throws Exception {
    graceNode(1);
    sys.write("class/hwmon/hwmon30/name", "power_meter")
        .write("class/hwmon/hwmon30/power1_average", 900_000_000);
    try (HwmonProbe probe = probe()) {
      probe.open();
      assertThat(inTotal(probe)).containsExactly("node 900000", "cpu-0 54000");
      assertThat(probe.read(NOW))
          .extracting(series -> series.device().id())
          .containsExactlyInAnyOrder("node", "sysio-0", "cpu-0", "grace-0", "module-0");
    }
  }

  @Test
  void severalChipsOfADriver_haveIdsOfTheirOwn_thatLast() throws Exception {
    for (int i = 3; i < 12; i++) {
      sys.write("class/hwmon/hwmon" + i + "/name", "power_meter")
          .write("class/hwmon/hwmon" + i + "/power1_average", i * 100_000_000L);
    }
    try (HwmonProbe probe = probe()) {
      probe.open();
      List<String> before =
          probe.read(NOW).stream()
              .map(series -> series.device().id() + " " + series.readings().power(0))
              .toList();
      assertThat(before).hasSize(10).doesNotHaveDuplicates().first().isEqualTo("node 612000");
      assertThat(probe.read(NOW))
          .extracting(series -> series.device().id())
          .doesNotHaveDuplicates();
      // hwmon2 is first, not hwmon10; if it is gone its id is not given to another one
      sys.unplug("class/hwmon/hwmon2/power1_average");
      probe.read(NOW + 1_000);
      List<DeviceSeries> without = probe.read(NOW + 11_000);
      assertThat(without)
          .extracting(series -> series.device().id() + " " + series.readings().power(0))
          .hasSize(9)
          .isSubsetOf(before);
      assertThat(probe.measures()).containsExactly(DeviceKind.NODE);
      assertThat(inTotal(probe)).hasSize(1);
    }
  }

  @Test
  void whatSaysThatItMeasuresAPart_isNotTheNode() throws Exception {
    sys.delete("class/hwmon/hwmon2/name");
    int chip = 20;
    for (String label : List.of("CPU", "Memory power", "GPU 3", "Fan", "12V PCIe", "disk")) {
      sys.write("class/hwmon/hwmon" + chip + "/name", "power_meter")
          .write("class/hwmon/hwmon" + chip + "/power1_average", 10_000_000)
          .write("class/hwmon/hwmon" + chip++ + "/power1_oem_info", label);
    }
    sys.write("class/hwmon/hwmon" + chip + "/name", "power_meter")
        .write("class/hwmon/hwmon" + chip + "/power1_average", 11_000_000)
        .write("class/hwmon/hwmon" + chip + "/measures/LNXCPU:00/uevent", "")
        .write("class/hwmon/hwmon" + chip++ + "/measures/LNXCPU:01/uevent", "");
    sys.write("class/hwmon/hwmon" + chip + "/name", "power_meter")
        .write("class/hwmon/hwmon" + chip + "/power1_average", 12_000_000)
        .write("class/hwmon/hwmon" + chip + "/power1_is_battery", 1);
    try (HwmonProbe probe = probe()) {
      probe.open();
      assertThat(probe.measures()).isEmpty();
      assertThat(inTotal(probe)).isEmpty();
      assertThat(probe.notTaken())
          .containsExactly("hwmon27 power_meter: measures a battery, not the node");
      // of the whole system
      sys.write("class/hwmon/hwmon28/name", "power_meter")
          .write("class/hwmon/hwmon28/power1_average", 400_000_000)
          .write("class/hwmon/hwmon28/power1_oem_info", "Total System Power")
          .write("class/hwmon/hwmon28/measures/LNXSYBUS:00/uevent", "");
      probe.open();
      assertThat(inTotal(probe)).containsExactly("node 400000");
    }
  }

  @Test
  void ofAPowerMachinesSensors_theOneOfTheSystemIsTheNode() throws Exception {
    sys.write("class/hwmon/hwmon2/name", "ibmpowernv");
    sys.write("class/hwmon/hwmon2/power1_label", "GPU");
    sys.write("class/hwmon/hwmon2/power2_label", "System");
    sys.write("class/hwmon/hwmon2/power2_input", 2_400_000_000L);
    sys.write("class/hwmon/hwmon2/energy2_input", 77_000_000);
    try (HwmonProbe probe = probe()) {
      probe.open();
      assertThat(probe.read(NOW))
          .extracting(
              series -> series.device().id(),
              series -> series.device().source(),
              series -> series.readings().power(0),
              series -> series.readings().energy(0))
          .containsExactly(tuple("node", PowerSource.COUNTER, 2_400_000L, 77_000_000L));
    }
  }

  @Test
  void aSecondMeter_addsToNothing() throws Exception {
    sys.write("class/hwmon/hwmon4/name", "aem0").write("class/hwmon/hwmon4/power1_average", 7_000);
    try (HwmonProbe probe = probe()) {
      probe.open();
      assertThat(probe.read(NOW))
          .extracting(series -> series.device().id(), series -> series.device().containedIn())
          .containsExactly(tuple("node", null), tuple("node-aem0-1", DeviceKind.NODE));
      assertThat(probe.details())
          .contains(
              new Detail(
                  "node-aem0-1",
                  "taken as",
                  "another meter of the node; adds to nothing: hwmon4 aem0"));
    }
  }
}

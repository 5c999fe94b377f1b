// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AmdGpuProbeTest extends ProbeContract {
  @TempDir Path root;
  private SysTree sys;

  /** Two Instinct MI210 (300 W, 64 GiB), a display, a GPU of another maker. */
  @BeforeEach
  void twoGpus() throws IOException {
    sys = new SysTree(root);
    gpu("card0", "hwmon3", "8d6a3b1f0c2e4d51");
    gpu("card1", "hwmon5", "8d6a3b1f0c2e4d52");
    sys.write("class/drm/card0-DP-1/status", "connected");
    sys.write("class/drm/renderD128/device/vendor", "0x1002");
    sys.write("class/drm/card2/device/vendor", "0x10de");
    sys.write("class/drm/card2/device/hwmon/hwmon9/power1_average", 1);
  }

  private void gpu(String card, String hwmon, String id) throws IOException {
    String device = "class/drm/" + card + "/device/";
    sys.write(device + "vendor", "0x1002")
        .write(device + "device", "0x740f")
        .write(device + "unique_id", id)
        .write(device + "gpu_busy_percent", 83)
        .write(device + "mem_busy_percent", 20)
        .write(device + "mem_info_vram_total", 68_702_699_520L)
        .write(device + "mem_info_vram_used", 17_179_869_184L);
    String sensors = device + "hwmon/" + hwmon + "/";
    sys.write(sensors + "name", "amdgpu")
        .write(sensors + "power1_average", 241_000_000)
        .write(sensors + "power1_cap", 300_000_000)
        .write(sensors + "power1_cap_max", 300_000_000)
        .write(sensors + "temp1_input", 41_000)
        .write(sensors + "temp2_input", 55_000)
        .write(sensors + "temp3_input", 49_000)
        .write(sensors + "freq1_input", 1_700_000_000)
        .write(sensors + "freq2_input", 1_600_000_000);
  }

  @Override
  protected AmdGpuProbe probe() {
    return new AmdGpuProbe(root, root);
  }

  @Override
  protected Probe absent() {
    return new AmdGpuProbe(root, root.resolve("none"));
  }

  @Override
  protected void unplug() throws IOException {
    sys.unplug("class/drm/card1/device/hwmon/hwmon5/power1_average");
  }

  @Test
  void aGpu_givesPowerBusyAndMemory_inOurUnits() throws Exception {
    try (AmdGpuProbe probe = probe()) {
      probe.open();
      assertThat(probe.describe()).isEqualTo("2 GPUs of AMD (AMD GPU 0x740f)");
      List<DeviceSeries> read = probe.read(NOW);
      assertThat(read)
          .extracting(series -> series.device().id())
          .containsExactly("amdgpu-8d6a3b1f0c2e4d51", "amdgpu-8d6a3b1f0c2e4d52");
      Device device = read.getFirst().device();
      assertThat(device.kind()).isEqualTo(DeviceKind.GPU);
      assertThat(device.source()).isEqualTo(PowerSource.SENSOR);
      assertThat(device.powerLimitMilliwatts()).isEqualTo(300_000);
      assertThat(device.capacityBytes()).isEqualTo(68_702_699_520L);
      // 241,000,000 µW
      assertThat(read.getFirst().readings().power(0)).isEqualTo(241_000);
      assertThat(read.getFirst().readings().utilisation(0)).isEqualTo(8_300);
      assertThat(read.getFirst().readings().used(0)).isEqualTo(16L << 30);
      assertThat(probe.details())
          .contains(
              new Detail(device.id(), "temperature, junction", "55 °C"),
              new Detail(device.id(), "memory busy", "20 %"));
    }
  }

  @Test
  void aCounter_isUsedWhereThereIsOne() throws Exception {
    sys.write("class/drm/card0/device/hwmon/hwmon3/energy1_input", 123_456_789);
    try (AmdGpuProbe probe = probe()) {
      probe.open();
      List<DeviceSeries> read = probe.read(NOW);
      assertThat(read.getFirst().device().source()).isEqualTo(PowerSource.COUNTER);
      assertThat(read.getFirst().readings().energy(0)).isEqualTo(123_456_789);
      assertThat(read.get(1).device().source()).isEqualTo(PowerSource.SENSOR);
    }
  }

  @Test
  void aNewerChip_hasNoMean_andIsReadByTheMoment() throws Exception {
    sys.delete("class/drm/card0/device/hwmon/hwmon3/power1_average")
        .write("class/drm/card0/device/hwmon/hwmon3/power1_input", 199_500_499)
        .write("class/drm/card0/device/product_name", "AMD Instinct MI300X OAM");
    try (AmdGpuProbe probe = probe()) {
      probe.open();
      DeviceSeries gpu = probe.read(NOW).getFirst();
      assertThat(gpu.readings().power(0)).isEqualTo(199_500);
      assertThat(gpu.device().model()).isEqualTo("AMD Instinct MI300X OAM");
    }
  }

  @Test
  void whatFailsBeside_isMissing_andThePowerStays() throws Exception {
    try (AmdGpuProbe probe = probe()) {
      probe.open();
      sys.unplug("class/drm/card0/device/gpu_busy_percent");
      DeviceSeries gpu = probe.read(NOW).getFirst();
      assertThat(gpu.readings().utilisation(0)).isEqualTo(MISSING);
      assertThat(gpu.readings().power(0)).isEqualTo(241_000);
    }
  }

  @Test
  void aPartOfAGpu_isLeftOut() throws Exception {
    gpu("card3", "hwmon7", "8d6a3b1f0c2e4d51"); // the same GPU again
    sys.write("class/drm/card4/device/vendor", "0x1002"); // without sensors
    try (AmdGpuProbe probe = probe()) {
      probe.open();
      assertThat(probe.read(NOW)).hasSize(2);
    }
  }

  @Test
  void aReloadedDriver_showsTheSameGpuUnderAnotherNumber() throws Exception {
    try (AmdGpuProbe probe = probe()) {
      probe.open();
      assertThat(probe.read(NOW)).hasSize(2);
      unplug();
      assertThat(probe.read(NOW + 1_000)).hasSize(1);
      sys.delete("class/drm/card1/device/hwmon/hwmon5/power1_average");
      gpu("card1", "hwmon6", "8d6a3b1f0c2e4d52");
      assertThat(probe.read(NOW + 12_000))
          .extracting(series -> series.device().id())
          .containsExactly("amdgpu-8d6a3b1f0c2e4d51", "amdgpu-8d6a3b1f0c2e4d52");
    }
  }

  @Test
  void withoutANumberOfItsOwn_theBusAddressIsItsId() throws Exception {
    for (String card : List.of("card0", "card1")) {
      sys.write("class/drm/" + card + "/device/unique_id", "0000000000000000");
    }
    try (AmdGpuProbe probe = probe()) {
      // in this tree the device's folder is no link
      probe.open();
      assertThat(probe.read(NOW).getFirst().device().id()).isEqualTo("amdgpu-device");
    }
  }

  @Test
  void withoutAGpu_nothingIsAmiss() {
    try (Probe probe = absent()) {
      assertThatThrownBy(probe::open)
          .isInstanceOfSatisfying(
              Probe.ProbeUnavailable.class, e -> assertThat(e.isAbsent()).isTrue());
    }
  }

  @Test
  void theLimit_isTheBoards_neverTheCapInForce() throws Exception {
    String power = "class/drm/card0/device/hwmon/hwmon3/power1_cap";
    sys.write(power, 100_000_000);
    assertThat(limitMilliwatts()).isEqualTo(300_000);
    for (Object unknown : List.of(0, 4_294_967_295_000_000L, "")) {
      sys.write(power + "_max", unknown);
      assertThat(limitMilliwatts()).as("%s", unknown).isZero();
    }
    sys.write(power + "_default", 250_000_000);
    assertThat(limitMilliwatts()).isEqualTo(250_000);
  }

  private long limitMilliwatts() throws Exception {
    try (AmdGpuProbe probe = new AmdGpuProbe(root, root)) {
      probe.open();
      return probe.read(NOW).getFirst().device().powerLimitMilliwatts();
    }
  }

  @Test
  void aGpuThatIsPluggedInWithoutADriver_isNotAbsent() throws Exception {
    sys.write("other/bus/pci/devices/0000:c1:00.0/vendor", "0x1002")
        .write("other/bus/pci/devices/0000:c1:00.0/class", "0x120000");
    try (AmdGpuProbe probe = new AmdGpuProbe(root, root.resolve("other"))) {
      assertThatThrownBy(probe::open)
          .isInstanceOfSatisfying(
              Probe.ProbeUnavailable.class, e -> assertThat(e.isInstallable()).isTrue())
          .hasMessageContaining("1 GPU of AMD (0000:c1:00.0) in this machine")
          .hasMessageContaining("load the amdgpu driver");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceSeries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What AMD's GPUs are called, on trees as the kernel shows them: cards are links to PCI devices.
 */
class AmdNumberingTest {
  private static final long NOW = 1_795_485_725_000L;
  private static final String MI300X = "0x74a1";
  private static final String MI250 = "0x740c";
  private static final String NONE = "-";

  @TempDir Path root;

  private Path pci(int bus) {
    return root.resolve("devices/pci0000:00/0000:%02x:00.0".formatted(bus));
  }

  /** A GPU at a bus number; {@code watts} is what its sensor shows, "-" that it has none. */
  private void gpu(int card, int bus, String model, String watts) throws IOException {
    Path pci = pci(bus);
    SysTree device = new SysTree(pci);
    device
        .write("vendor", "0x1002")
        .write("device", model)
        .write("unique_id", "%016x".formatted(0xabc0000 + bus))
        .write("gpu_busy_percent", bus % 100)
        .write("mem_info_vram_total", 64L << 30)
        .write("mem_info_vram_used", bus * 1_000L)
        .write("drm/renderD" + (128 + card) + "/dev", "226:" + (128 + card));
    if (!watts.equals(NONE)) {
      device.write("hwmon/hwmon4/power1_average", Long.parseLong(watts) * 1_000_000);
    }
    link(card, pci);
  }

  private void link(int card, Path device) throws IOException {
    Path link = root.resolve("class/drm/card" + card + "/device");
    Files.createDirectories(requireNonNull(link.getParent()));
    Files.createSymbolicLink(link, device);
  }

  /** What the compute driver says of a GPU or a partition. */
  private void compute(int node, int render, int bus, int partition) throws IOException {
    new SysTree(root)
        .write(
            "class/kfd/kfd/topology/nodes/" + node + "/properties",
            "cpu_cores_count 0\ndomain 0\nlocation_id %d\ndrm_render_minor %d"
                .formatted((long) partition << 28 | (long) bus << 8, render));
  }

  private AmdGpuProbe opened() throws Probe.ProbeUnavailable {
    AmdGpuProbe probe = new AmdGpuProbe(root, root);
    probe.open();
    return probe;
  }

  private static String idOf(int bus) {
    return "amdgpu-%016x".formatted(0xabc0000 + bus);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void indices_goByBusAddress_whateverTheDriversNumbersAre(long seed) throws Exception {
    Random random = new Random(seed);
    List<Integer> cards = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      cards.add(1 + 8 * i);
    }
    Collections.shuffle(cards, random);
    List<Integer> buses = new ArrayList<>();
    int bus = 1;
    for (int card : cards) {
      bus += 1 + random.nextInt(20);
      buses.add(bus);
      // a GPU whose sensor is not there is counted all the same
      gpu(card, bus, MI300X, random.nextInt(4) == 0 && card != cards.getLast() ? NONE : "500");
    }
    try (AmdGpuProbe probe = opened()) {
      for (int i = 0; i < 8; i++) {
        GpuNumbering names = probe.numbering();
        String id = idOf(buses.get(i));
        String card = "card" + cards.get(i);
        int render = 128 + cards.get(i);
        assertThat(names.find("" + i)).isEqualTo(id);
        assertThat(names.find(GpuNumbering.COUNTED + i)).isEqualTo(id);
        assertThat(names.find("0000:%02x:00.0".formatted(buses.get(i)))).isEqualTo(id);
        assertThat(names.find(card)).isEqualTo(id);
        assertThat(names.find("/dev/dri/renderD" + render)).isEqualTo(id);
        assertThat(names.find("GPU-" + id.substring("amdgpu-".length()))).isEqualTo(id);
        assertThat(names.find("GPU-" + id.substring("amdgpu-".length()).replaceAll("^0+", "")))
            .isEqualTo(id);
        assertThat(names.find("gpu.amd.com/gpu-%d-%d".formatted(cards.get(i), render)))
            .isEqualTo(id);
        assertThat(names.find("gpu.amd.com/gpu-%d-%d".formatted(cards.get(i), render + 1)))
            .isNull();
      }
      for (String nobodys : List.of("8", "0000:ff:00.0", "card0", "GPU-", "GPU-0", "x", "1.0")) {
        assertThat(probe.numbering().find(nobodys)).as(nobodys).isNull();
      }
    }
  }

  /**
   * Rows of dies by bus address: P shows the module's power, 0 shows 0 W, - has no sensor; and the
   * place of the die whose sensor is each one's, "?" if nobody's is.
   */
  @ParameterizedTest
  @CsvSource({
    "P-P-P-P-, 00224466",
    "P0P0, 0022",
    "-P-P, 1133",
    "0P0P0P, 113355",
    "P-P0-P, 0022?5",
    "P--P-, 00?33", // one of them has lost its module's other die
    "-P-P-, ?1133",
    "--, ??",
    "PP, 01",
  })
  void diesOfAModule_areInstancesOfTheOneWithTheSensor(String dies, String expected)
      throws Exception {
    for (int i = 0; i < dies.length(); i++) {
      String watts =
          switch (dies.charAt(i)) {
            case 'P' -> "" + (200 + i);
            case '0' -> "0";
            default -> NONE;
          };
      gpu(i, 3 + 5 * i, MI250, watts);
    }
    int[] metered = AmdCards.metered(AmdCards.in(root));
    StringBuilder found = new StringBuilder();
    for (int by : metered) {
      found.append(by == AmdCards.UNKNOWN ? "?" : "" + by);
    }
    assertThat(found).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource({"230, -", "230, 0", "-, 230", "0, 230"})
  void aModule_isOneGpu_ofWhichEachDieIsHalf(String first, String second) throws Exception {
    gpu(0, 0xc1, MI250, first);
    gpu(1, 0xc6, MI250, second);
    try (AmdGpuProbe probe = opened()) {
      List<DeviceSeries> read = probe.read(NOW);
      Device module = read.getFirst().device();
      assertThat(read).extracting(series -> series.readings().power(0)).containsOnly(230_000L);
      assertThat(read)
          .extracting(series -> series.device().instanceOf())
          .containsExactly("", module.id(), module.id());
      assertThat(module.capacityBytes()).isEqualTo(128L << 30);
      assertThat(read.getFirst().readings().used(0)).isEqualTo((0xc1 + 0xc6) * 1_000L);
      // each tells of its own use
      assertThat(read.get(1).readings().utilisation(0)).isEqualTo(0xc1 % 100 * 100);
      assertThat(read.get(2).readings().utilisation(0)).isEqualTo(0xc6 % 100 * 100);
      for (int die = 0; die < 2; die++) {
        String id = read.get(1 + die).device().id();
        assertThat(probe.numbering().find("" + die)).isEqualTo(id);
        assertThat(probe.numbering().find(die == 0 ? "0000:c1:00.0" : "0000:c6:00.0"))
            .isEqualTo(id);
        assertThat(read.get(1 + die).device().capacityBytes()).isEqualTo(64L << 30);
      }
      assertThat(probe.describe())
          .isEqualTo("1 GPU of AMD (AMD GPU 0x740c), in 2 dies or partitions");
    }
  }

  @Test
  void twoGpusOfOneDieEach_areTwo_thoughOneHasNoSensor() throws Exception {
    gpu(0, 3, MI300X, "300");
    gpu(1, 4, MI300X, NONE);
    try (AmdGpuProbe probe = opened()) {
      assertThat(probe.read(NOW)).hasSize(1);
      assertThat(probe.numbering().find("1")).isEqualTo(idOf(4));
    }
  }

  @Test
  void partitions_areInstances_inTheOrderInWhichTheComputeDriverHasThem() throws Exception {
    // the second GPU is in three partitions, the first is not
    gpu(1, 0x0c, MI300X, "400");
    gpu(9, 0x22, MI300X, "600");
    for (int xcp = 0; xcp < 4; xcp++) {
      Path device = root.resolve("devices/platform/amdgpu_xcp_" + xcp);
      Files.createDirectories(device.resolve("drm/renderD" + (150 + xcp)));
      link(20 + xcp, device);
    }
    compute(0, 0, 0, 0); // a processor
    compute(2, 129, 0x0c, 0);
    compute(3, 137, 0x22, 0);
    compute(10, 152, 0x22, 2); // 10 comes after 4
    compute(4, 150, 0x22, 1);
    // render nodes 151 and 153 are there, and of no use
    try (AmdGpuProbe probe = opened()) {
      String whole = idOf(0x22);
      assertThat(probe.read(NOW))
          .extracting(series -> series.device().id())
          .containsExactly(idOf(0x0c), whole, whole + "-p0", whole + "-p1", whole + "-p2");
      GpuNumbering names = probe.numbering();
      assertThat(names.find("0")).isEqualTo(idOf(0x0c));
      assertThat(names.find("1")).isEqualTo(whole + "-p0");
      assertThat(names.find("3")).isEqualTo(whole + "-p2");
      assertThat(names.find("4")).isNull();
      assertThat(names.find("0000:22:00.0")).isEqualTo(whole + "-p0");
      assertThat(names.find("amdgpu_xcp_0")).isEqualTo(whole + "-p1");
      assertThat(names.find("amdgpu_xcp_2")).isEqualTo(whole + "-p2");
      assertThat(names.find("amdgpu_xcp_1")).isNull();
      assertThat(names.find("gpu.amd.com/gpu-22-152")).isEqualTo(whole + "-p2");
      assertThat(names.find("GPU-000000000abc0022")).isEqualTo(whole);
    }
  }
}

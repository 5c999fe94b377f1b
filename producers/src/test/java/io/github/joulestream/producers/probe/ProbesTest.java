// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Probes on trees as the kernel shows them. */
class ProbesTest {
  private static final long NOW = 1_700_000_000_000L;

  @TempDir Path root;

  private void meminfo(String text) throws IOException {
    Files.writeString(root.resolve("meminfo"), text);
  }

  private void drive(String name, long sectors, boolean spins) throws IOException {
    Path queue = Files.createDirectories(root.resolve("block").resolve(name).resolve("queue"));
    Files.writeString(root.resolve("block").resolve(name).resolve("size"), sectors + "\n");
    Files.writeString(queue.resolve("rotational"), spins ? "1\n" : "0\n");
  }

  private void diskstats(String text) throws IOException {
    Files.writeString(root.resolve("diskstats"), text);
  }

  @Test
  void memory_givesUseAndModelledPower() throws Exception {
    meminfo(
        """
        MemTotal:       263802728 kB
        MemFree:        100 kB
        MemAvailable:   200000000 kB
        """);
    try (MemoryProbe probe = new MemoryProbe(root)) {
      probe.open();
      DeviceSeries memory = probe.read(NOW).getFirst();
      assertThat(memory.device().source()).isEqualTo(PowerSource.MODELLED);
      assertThat(memory.device().capacityBytes()).isEqualTo(263_802_728L * 1024);
      assertThat(memory.readings().used(0)).isEqualTo(63_802_728L * 1024);
      // 252 GiB: 8 DIMMs at 5 W x 0.9
      assertThat(memory.readings().power(0)).isEqualTo(36_000);
      assertThat(probe.describe()).contains("252 GiB").contains("36.0 W");
    }
  }

  @Test
  void memory_perDimmGetsLessWithTheirNumber() {
    long dimm = 32L << 30;
    assertThat(MemoryProbe.modelledMilliwatts(1)).isEqualTo(5_000);
    assertThat(MemoryProbe.modelledMilliwatts(4 * dimm)).isEqualTo(20_000);
    assertThat(MemoryProbe.modelledMilliwatts(5 * dimm)).isEqualTo(22_500);
    assertThat(MemoryProbe.modelledMilliwatts(16 * dimm)).isEqualTo(64_000);
    assertThat(MemoryProbe.modelledMilliwatts(32 * dimm)).isEqualTo(112_000);
  }

  @Test
  void drives_giveBusyTimeBytesAndModelledPower_andVirtualOnesAreLeftOut() throws Exception {
    drive("nvme0n1", 2_000_000_000, false); // 1.024 TB
    drive("sda", 4_000_000_000L, true); // 2.048 TB
    drive("loop0", 1_000, false);
    drive("dm-0", 1_000, false);
    diskstats(
        """
         259 0 nvme0n1 10 0 1000 5 20 0 4000 9 0 1000 14 0 0 0 0 0 0
           8 0 sda 1 0 8 1 1 0 8 1 0 0 2 0 0 0 0 0 0
           7 0 loop0 1 0 8 1 1 0 8 1 0 0 2 0 0 0 0 0 0
        """);
    try (BlockProbe probe = new BlockProbe(root, root)) {
      probe.open();
      List<DeviceSeries> first = probe.read(NOW);
      assertThat(first.stream().map(DeviceSeries::device).map(Device::id))
          .containsExactly("nvme0n1", "sda");
      assertThat(first.getFirst().readings().utilisation(0)).isEqualTo(Readings.MISSING);
      assertThat(first.getFirst().readings().power(0)).isEqualTo(1_229);
      assertThat(first.getFirst().readings().readBytes()[0]).isEqualTo(512_000);
      assertThat(first.getFirst().readings().writtenBytes()[0]).isEqualTo(2_048_000);
      assertThat(first.get(1).readings().power(0)).isEqualTo(1_331);

      // half of the next two seconds busy
      diskstats(" 259 0 nvme0n1 10 0 1000 5 20 0 4000 9 0 2000 14 0 0 0 0 0 0\n");
      DeviceSeries second = probe.read(NOW + 2_000).getFirst();
      assertThat(second.readings().utilisation(0)).isEqualTo(5_000);
      assertThat(second.readings().power(0)).isBetween(1_843L, 1_844L);
    }
  }

  @Test
  void whatIsNotThere_isUnavailableAndSaysWhy() throws Exception {
    try (MemoryProbe memory = new MemoryProbe(root);
        BlockProbe drives = new BlockProbe(root, root)) {
      assertThatThrownBy(memory::open)
          .isInstanceOf(Probe.ProbeUnavailable.class)
          .hasMessageContaining("meminfo");
      assertThatThrownBy(drives::open)
          .isInstanceOf(Probe.ProbeUnavailable.class)
          .hasMessageContaining("block");
      Files.createDirectories(root.resolve("block"));
      diskstats("");
      assertThatThrownBy(drives::open)
          .isInstanceOf(Probe.ProbeUnavailable.class)
          .hasMessageContaining("no drive");
    }
  }

  @Test
  void unreadableFigures_areAnErrorThatSaysWhich() throws Exception {
    meminfo("MemTotal: 1024 kB\n");
    try (MemoryProbe probe = new MemoryProbe(root)) {
      probe.open();
      assertThatThrownBy(() -> probe.read(NOW))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("MemAvailable");
      meminfo("MemTotal: 1024 kB\nMemAvailable: many kB\n");
      assertThatThrownBy(() -> probe.read(NOW)).hasMessageContaining("many");
    }
  }
}

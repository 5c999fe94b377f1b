// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Probes on trees as the kernel shows them. */
class ProbesTest {
  private static final long NOW = 1_700_000_000_000L;

  @TempDir Path root;

  private void meminfo(String text) throws IOException {
    Files.writeString(root.resolve("meminfo"), text);
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
    try (MemoryProbe probe = new MemoryProbe(root, root)) {
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
    assertThat(MemoryProbe.modelledMilliwatts(1)).isEqualTo(5_000);
    assertThat(MemoryProbe.modelledMilliwatts(4)).isEqualTo(20_000);
    assertThat(MemoryProbe.modelledMilliwatts(5)).isEqualTo(22_500);
    assertThat(MemoryProbe.modelledMilliwatts(16)).isEqualTo(64_000);
    assertThat(MemoryProbe.modelledMilliwatts(32)).isEqualTo(112_000);
  }

  /** A memory device of the firmware's tables: SMBIOS type 17, with its size in MiB. */
  private void dimm(int entry, int mebibytes) throws IOException {
    Path folder = Files.createDirectories(root.resolve("firmware/dmi/entries/17-" + entry));
    byte[] raw = new byte[40];
    raw[0] = 17;
    raw[1] = 40;
    raw[0x0C] = (byte) mebibytes;
    raw[0x0D] = (byte) (mebibytes >> 8);
    Files.write(folder.resolve("raw"), raw);
  }

  /** A tree of /sys that was given may hold anything: a file without end, one that is too short. */
  @Test
  void memory_readsNoMoreOfAnEntryThanItNeeds() throws Exception {
    meminfo("MemTotal: 67108864 kB\nMemAvailable: 1024 kB\n");
    dimm(0, 0x7FFF);
    dimm(1, 0x7FFF);
    Path endless = root.resolve("firmware/dmi/entries/17-1/raw");
    Files.delete(endless);
    Files.createSymbolicLink(endless, Path.of("/dev/zero"));
    dimm(2, 0x7FFF);
    Files.write(root.resolve("firmware/dmi/entries/17-2/raw"), new byte[] {17, 13, 0, 0, 1, 1});
    try (MemoryProbe probe = new MemoryProbe(root, root)) {
      probe.open();
      assertThat(probe.describe()).endsWith("(1 DIMM)");
    }
  }

  @Test
  void memory_countsThePluggedInDimms_whereTheFirmwareTells() throws Exception {
    meminfo("MemTotal: 263802728 kB\nMemAvailable: 200000000 kB\n");
    for (int entry = 0; entry < 24; entry++) {
      // 12 of 24 sockets are empty; 32 GiB and more are told elsewhere, with 7FFFh here
      dimm(entry, entry % 2 == 0 ? 0x7FFF : 0);
    }
    try (MemoryProbe probe = new MemoryProbe(root, root)) {
      probe.open();
      assertThat(probe.read(NOW).getFirst().readings().power(0)).isEqualTo(48_000);
      assertThat(probe.describe()).isEqualTo("252 GiB of memory, modelled as 48.0 W (12 DIMMs)");
    }
  }

  @Test
  void whatIsNotThere_isUnavailableAndSaysWhy() throws Exception {
    try (MemoryProbe memory = new MemoryProbe(root, root);
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
    try (MemoryProbe probe = new MemoryProbe(root, root)) {
      probe.open();
      assertThatThrownBy(() -> probe.read(NOW))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("MemAvailable");
      meminfo("MemTotal: 1024 kB\nMemAvailable: many kB\n");
      assertThatThrownBy(() -> probe.read(NOW)).hasMessageContaining("many");
      meminfo("MemTotal: 1024 kB\nMemAvailable: 512 MB\n");
      assertThatThrownBy(() -> probe.read(NOW)).hasMessageContaining("512 MB");
    }
  }
}

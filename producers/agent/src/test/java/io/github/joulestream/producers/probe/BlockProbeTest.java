// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.producers.probe.nvme.NvmeAdmin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drives on a tree as the kernel shows it. */
class BlockProbeTest {
  private static final long NOW = 1_700_000_000_000L;

  @TempDir Path root;
  private final Map<Path, Long> usedBytes = new HashMap<>();
  private final List<String> opened = new ArrayList<>();
  private final List<String> closed = new ArrayList<>();
  private int powerState;
  private boolean mayAsk = true;
  private int percentageUsed = 3;
  private int smartLogs;

  /** A controller of two power states: 20 W at most, 5 to 15 W; and asleep with 40 mW. */
  private final class Controller implements NvmeAdmin {
    private final String name;

    Controller(String name) {
      this.name = name;
      opened.add(name);
    }

    @Override
    public int read(int opcode, int namespace, int dword10, byte[] data) throws IOException {
      if (opcode == 0x06) {
        ByteBuffer out = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        out.put(24, "ACME".getBytes(US_ASCII)).put(263, (byte) 1);
        out.putShort(2048, (short) 2_000).putShort(2064, (short) 500).put(2066, (byte) 0x80);
        out.putShort(2068, (short) 1_500).put(2070, (byte) 0x80);
        out.putShort(2080, (short) 4).put(2083, (byte) 2);
        return 0;
      }
      if (!mayAsk) {
        throw new IOException("Operation not permitted");
      }
      if (opcode == 0x02) {
        assertThat(namespace).isEqualTo(-1);
        // 128 double words, less one, of page 2
        assertThat(dword10).isEqualTo(0x007F_0002);
        smartLogs++;
        data[4] = 1;
        data[5] = (byte) percentageUsed;
        return 0;
      }
      return powerState;
    }

    @Override
    public void close() {
      closed.add(name);
    }
  }

  private BlockProbe probe() {
    return new BlockProbe(
        root,
        root,
        controller -> {
          if (controller.equals("nvme9")) {
            throw new IOException("Permission denied");
          }
          return new Controller(controller);
        },
        path -> usedBytes.getOrDefault(path, 0L));
  }

  private void drive(String name, long sectors, boolean spins) throws IOException {
    Path folder = root.resolve("block").resolve(name);
    Files.createDirectories(folder.resolve("queue"));
    Files.writeString(folder.resolve("size"), sectors + "\n");
    Files.writeString(folder.resolve("queue").resolve("rotational"), spins ? "1\n" : "0\n");
  }

  private void diskstats(String... lines) throws IOException {
    Files.writeString(root.resolve("diskstats"), String.join("\n", lines) + "\n");
  }

  private static String line(String name, long readSectors, long writtenSectors, long busyMillis) {
    return " 259 0 %s 10 0 %d 5 20 0 %d 9 0 %d 14 0 0 0 0 0 0"
        .formatted(name, readSectors, writtenSectors, busyMillis);
  }

  private static List<String> ids(List<DeviceSeries> series) {
    return series.stream().map(DeviceSeries::device).map(Device::id).toList();
  }

  private static Readings of(List<DeviceSeries> series, String id) {
    return series.stream()
        .filter(one -> one.device().id().equals(id))
        .findFirst()
        .orElseThrow()
        .readings();
  }

  @Test
  void drives_giveBusyTimeBytesAndModelledPower_andVirtualOnesAreLeftOut() throws Exception {
    drive("sdb", 2_000_000_000, false); // 1.024 TB
    drive("sda", 4_000_000_000L, true); // 2.048 TB
    drive("loop0", 1_000, false);
    drive("dm-0", 1_000, false);
    drive("sdc", 0, false); // an empty card reader
    String[] others = {line("sda", 8, 8, 0), line("sda1", 8, 8, 0), line("loop0", 8, 8, 0)};
    diskstats(line("sdb", 1_000, 4_000, 1_000), others[0], others[1], others[2]);
    try (BlockProbe probe = probe()) {
      probe.open();
      List<DeviceSeries> first = probe.read(NOW);
      assertThat(ids(first)).containsExactly("sdb", "sda");
      assertThat(first).allMatch(one -> one.device().source() == PowerSource.MODELLED);
      assertThat(of(first, "sdb").utilisation(0)).isEqualTo(Readings.MISSING);
      assertThat(of(first, "sdb").power(0)).isEqualTo(1_251);
      assertThat(of(first, "sdb").readBytes()[0]).isEqualTo(512_000);
      assertThat(of(first, "sdb").writtenBytes()[0]).isEqualTo(2_048_000);
      assertThat(of(first, "sda").power(0)).isEqualTo(5_041);
      // half of the next two seconds busy
      diskstats(line("sdb", 1_000, 4_000, 2_000), others[0], others[1], others[2]);
      Readings second = of(probe.read(NOW + 2_000), "sdb");
      assertThat(second.utilisation(0)).isEqualTo(5_000);
      assertThat(second.power(0)).isEqualTo(2_451);
      assertThat(probe.describe()).isEqualTo("2 drives of 3.07 TB, modelled as 6.29 W while idle");
    }
  }

  @Test
  void busyTime_wrapsAt32Bits_andBeginsAnewWithAnotherDrive() throws Exception {
    drive("sda", 2_000_000_000, false);
    diskstats(line("sda", 0, 0, (1L << 32) - 300));
    try (BlockProbe probe = probe()) {
      probe.open();
      probe.read(NOW);
      diskstats(line("sda", 0, 0, 200));
      assertThat(of(probe.read(NOW + 1_000), "sda").utilisation(0)).isEqualTo(5_000);
      diskstats(line("sda", 0, 0, 100));
      assertThat(of(probe.read(NOW + 2_000), "sda").utilisation(0)).isEqualTo(Readings.MISSING);
    }
  }

  @Test
  void drivesThatComeAndGo_areFollowed() throws Exception {
    drive("nvme0n1", 2_000_000_000, false);
    diskstats(line("nvme0n1", 8, 8, 0));
    try (BlockProbe probe = probe()) {
      probe.open();
      assertThat(ids(probe.read(NOW))).containsExactly("nvme0n1");
      drive("nvme1n1", 2_000_000_000, false);
      diskstats(line("nvme0n1", 8, 8, 500), line("nvme1n1", 8, 8, 0));
      List<DeviceSeries> both = probe.read(NOW + 1_000);
      assertThat(ids(both)).containsExactly("nvme0n1", "nvme1n1");
      assertThat(of(both, "nvme0n1").utilisation(0)).isEqualTo(5_000);
      diskstats(line("nvme1n1", 8, 8, 100));
      assertThat(ids(probe.read(NOW + 2_000))).containsExactly("nvme1n1");
      assertThat(closed).containsExactly("nvme0");
      diskstats();
      assertThat(probe.read(NOW + 3_000)).isEmpty();
      diskstats(line("nvme0n1", 8, 8, 0));
      assertThat(ids(probe.read(NOW + 4_000))).containsExactly("nvme0n1");
      assertThat(opened).containsExactly("nvme0", "nvme1", "nvme0");
    }
    assertThat(closed).containsExactly("nvme0", "nvme1", "nvme0");
  }

  @Test
  void nvmePower_goesByTheStateItIsIn() throws Exception {
    drive("nvme0n1", 2_000_000_000, false);
    diskstats(line("nvme0n1", 8, 8, 0));
    try (BlockProbe probe = probe()) {
      probe.open();
      assertThat(probe.describe())
          .contains("modelled as 5.00 W while idle (1 by NVMe power states)");
      DeviceSeries first = probe.read(NOW).getFirst();
      assertThat(first.device().model()).isEqualTo("ACME");
      assertThat(first.device().powerLimitMilliwatts()).isEqualTo(20_000);
      assertThat(first.device().source()).isEqualTo(PowerSource.MODELLED);
      assertThat(first.readings().power(0)).isEqualTo(5_000);
      diskstats(line("nvme0n1", 8, 8, 1_000));
      assertThat(probe.read(NOW + 1_000).getFirst().readings().power(0)).isEqualTo(15_000);
      powerState = 1;
      // asked once in ten seconds
      assertThat(probe.read(NOW + 2_000).getFirst().readings().power(0)).isEqualTo(5_000);
      assertThat(probe.read(NOW + 10_000).getFirst().readings().power(0)).isEqualTo(40);
      mayAsk = false;
      assertThat(probe.read(NOW + 20_000).getFirst().readings().power(0)).isEqualTo(5_000);
    }
  }

  @Test
  void namespacesOfOneController_tellItsPowerOnce() throws Exception {
    drive("nvme0n1", 2_000_000_000, false);
    drive("nvme0n2", 2_000_000_000, false);
    drive("nvme9n1", 2_000_000_000, false); // which may not be opened
    diskstats(line("nvme0n1", 8, 8, 0), line("nvme0n2", 8, 8, 0), line("nvme9n1", 8, 8, 0));
    try (BlockProbe probe = probe()) {
      probe.open();
      List<DeviceSeries> all = probe.read(NOW);
      assertThat(of(all, "nvme0n1").power(0)).isEqualTo(5_000);
      assertThat(of(all, "nvme0n2").powerMilliwatts()).isEmpty();
      assertThat(of(all, "nvme9n1").power(0)).isEqualTo(4_307);
      assertThat(opened).containsExactly("nvme0");
    }
  }

  @Test
  void aMultipathDrive_isAskedThroughOneOfItsControllers() throws Exception {
    drive("nvme0n1", 2_000_000_000, false);
    Path subsystem = Files.createDirectories(root.resolve("class/nvme-subsystem/nvme-subsys0"));
    Files.createDirectory(subsystem.resolve("nvme3"));
    Files.createDirectory(subsystem.resolve("nvme0n1"));
    Files.createSymbolicLink(root.resolve("block/nvme0n1/device"), subsystem);
    diskstats(line("nvme0n1", 8, 8, 0), line("nvme0c3n1", 8, 8, 0));
    try (BlockProbe probe = probe()) {
      probe.open();
      assertThat(ids(probe.read(NOW))).containsExactly("nvme0n1");
      assertThat(opened).containsExactly("nvme3");
    }
  }

  /** A block device of /sys/devices, linked from where the kernel links it. */
  private Path device(String numbers, String path, String... slaves) throws IOException {
    Path folder = Files.createDirectories(root.resolve("devices").resolve(path));
    Path links = Files.createDirectories(root.resolve("dev/block"));
    Files.createSymbolicLink(links.resolve(numbers), folder);
    for (String slave : slaves) {
      Files.createDirectories(folder.resolve("slaves"));
      Files.createSymbolicLink(
          folder.resolve("slaves").resolve(slave.replace('/', '!')),
          root.resolve("devices").resolve(slave));
    }
    return folder;
  }

  @Test
  void whatFileSystemsUse_isToldWithTheirDrives_throughMappingsAndArrays() throws Exception {
    drive("sda", 2_000_000_000, false);
    drive("sdb", 2_000_000_000, false);
    drive("sdc", 2_000_000_000, false);
    diskstats(line("sda", 8, 8, 0), line("sdb", 8, 8, 0), line("sdc", 8, 8, 0));
    device("8:0", "sda");
    Files.writeString(device("8:1", "sda/sda1").resolve("partition"), "1\n");
    Files.writeString(device("8:2", "sda/sda2").resolve("partition"), "2\n");
    device("8:16", "sdb");
    device("9:0", "md0", "sda/sda2", "sdb");
    device("253:0", "dm-0", "md0");
    Files.createDirectories(root.resolve("self"));
    Files.writeString(
        root.resolve("self/mountinfo"),
        """
        22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
        23 22 0:21 / /proc rw,nosuid - proc proc rw
        24 22 8:1 /home /srv/home rw - ext4 /dev/sda1 rw
        25 22 253:0 / /data\\040of\\040all rw - xfs /dev/mapper/data rw
        """);
    // paths of others: bytes that are no UTF-8, and what no path may hold
    device("8:48", "sdd");
    Files.write(
        root.resolve("self/mountinfo"),
        new byte[] {
          '2',
          '1',
          ' ',
          '1',
          ' ',
          '0',
          ':',
          '9',
          ' ',
          '/',
          ' ',
          '/',
          (byte) 0xff,
          ' ',
          'r',
          '\n',
          '2',
          '0',
          ' ',
          '1',
          ' ',
          '8',
          ':',
          '4',
          '8',
          ' ',
          '/',
          ' ',
          '/',
          '\\',
          '0',
          '0',
          '0',
          ' ',
          'r',
          '\n'
        },
        StandardOpenOption.APPEND);
    usedBytes.put(Path.of("/"), 1_000L);
    usedBytes.put(Path.of("/srv/home"), 1_000L); // the same file system
    usedBytes.put(Path.of("/data of all"), 600L);
    try (BlockProbe probe = probe()) {
      probe.open();
      List<DeviceSeries> all = probe.read(NOW);
      assertThat(of(all, "sda").used(0)).isEqualTo(1_300);
      assertThat(of(all, "sdb").used(0)).isEqualTo(300);
      assertThat(of(all, "sdc").usedBytes()).isEmpty();
      usedBytes.put(Path.of("/"), 2_000L);
      assertThat(of(probe.read(NOW + 9_999), "sda").used(0)).isEqualTo(1_300);
      assertThat(of(probe.read(NOW + 10_000), "sda").used(0)).isEqualTo(2_300);
      // unmounted
      Files.writeString(root.resolve("self/mountinfo"), "");
      assertThat(of(probe.read(NOW + 60_000), "sda").usedBytes()).isEmpty();
    }
  }

  @Test
  void figuresThatAreNone_areAnErrorThatSaysWhich() throws Exception {
    drive("sda", 2_000_000_000, false);
    diskstats(line("sda", 8, 8, 0));
    try (BlockProbe probe = probe()) {
      probe.open();
      diskstats(" 8 0 sda 1 0 many 1 1 0 8 1 0 0 2");
      assertThatThrownBy(() -> probe.read(NOW))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("many");
      diskstats(" 8 0 sda 1 0");
      assertThatThrownBy(() -> probe.read(NOW)).isInstanceOf(IOException.class);
      diskstats(line("sda", 8, 8, 0));
      assertThat(probe.read(NOW)).hasSize(1);
    }
  }

  private void chip(String folder, String name, long milliDegrees) throws IOException {
    new SysTree(root)
        .write(folder + "/name", name)
        .write(folder + "/temp1_label", "Composite")
        .write(folder + "/temp1_input", milliDegrees);
  }

  @Test
  void temperature_isTheKernels_whereverItHasIt_andSpinningDrivesAreLeftAlone() throws Exception {
    drive("nvme0n1", 2_000_000_000, false);
    drive("nvme0n2", 2_000_000_000, false);
    drive("nvme9n1", 2_000_000_000, false); // which may not be opened
    drive("sda", 2_000_000_000, false);
    drive("sdb", 4_000_000_000L, true);
    drive("sdc", 2_000_000_000, false);
    chip("class/nvme/nvme0/hwmon1", "nvme", 38_850);
    // below the PCI device, as older kernels have it
    chip("class/nvme/nvme9/device/hwmon/hwmon2", "nvme", -4_150);
    chip("block/sda/device/hwmon/hwmon3", "drivetemp", 29_000);
    chip("block/sdb/device/hwmon/hwmon4", "drivetemp", 33_000);
    chip("block/sdc/device/hwmon/hwmon5", "other", 44_000);
    diskstats(
        line("nvme0n1", 8, 8, 0),
        line("nvme0n2", 8, 8, 0),
        line("nvme9n1", 8, 8, 0),
        line("sda", 8, 8, 0),
        line("sdb", 8, 8, 0),
        line("sdc", 8, 8, 0));
    try (BlockProbe probe = probe()) {
      probe.open();
      assertThat(probe.statuses(NOW))
          .containsExactly(
              status("nvme0n1", 389, 300),
              status("nvme0n2", 389, Readings.MISSING),
              status("nvme9n1", -41, Readings.MISSING),
              status("sda", 290, Readings.MISSING));
      new SysTree(root).unplug("class/nvme/nvme0/hwmon1/temp1_input");
      // what fails costs nothing else
      assertThat(probe.statuses(NOW + 1))
          .extracting(DeviceStatus::deviceId)
          .containsExactly("nvme0n1", "nvme9n1", "sda");
      assertThat(probe.read(NOW)).hasSize(6);
    }
  }

  private static DeviceStatus status(String id, long temperature, long wear) {
    Map<StatusColumn, Long> values = new EnumMap<>(StatusColumn.class);
    values.put(StatusColumn.TEMPERATURE_DECIDEGREES, temperature);
    if (wear != Readings.MISSING) {
      values.put(StatusColumn.WEAR_BASIS_POINTS, wear);
    }
    return new DeviceStatus(id, NOW, values);
  }

  @Test
  void wear_isAskedEveryTenMinutes_andNeverAgainOfWhomItIsNotAllowed() throws Exception {
    drive("nvme0n1", 2_000_000_000, false);
    diskstats(line("nvme0n1", 8, 8, 0));
    try (BlockProbe probe = probe()) {
      probe.open();
      percentageUsed = 117;
      for (int i = 0; i < 60; i++) {
        assertThat(probe.statuses(NOW + 10_000L * i).getFirst().get(StatusColumn.WEAR_BASIS_POINTS))
            .isEqualTo(11_700);
      }
      assertThat(smartLogs).isEqualTo(1);
      percentageUsed = 118;
      assertThat(probe.statuses(NOW + 600_000).getFirst().get(StatusColumn.WEAR_BASIS_POINTS))
          .isEqualTo(11_800);
      mayAsk = false;
      assertThat(probe.statuses(NOW + 1_200_000)).isEmpty();
      mayAsk = true;
      assertThat(probe.statuses(NOW + 1_800_000)).isEmpty();
      assertThat(smartLogs).isEqualTo(2);
    }
  }
}

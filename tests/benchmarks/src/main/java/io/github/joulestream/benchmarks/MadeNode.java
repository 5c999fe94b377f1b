// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * A node that is not there: files as the kernel shows them, in the shapes of a GPU node, with 20
 * devices: 8 AMD GPUs, 2 processor packages and their memory, the whole memory, and 7 drives; GPUs,
 * processors and drives report temperatures besides. What changes on a real node is written anew
 * when the harness says so; reading these files costs about what reading the kernel's does, less
 * what the kernel spends on making them up.
 */
final class MadeNode {
  static final int GPUS = 8;
  static final int PACKAGES = 2;
  private static final long GIB = 1L << 30;

  private final Path proc;
  private final Path sys;
  private final int drives;
  private final Random random = new Random(1);
  private long gpuEnergy = 1_000_000;
  private long packageEnergy = 1_000_000;
  private long busyMillis;

  MadeNode(Path root, int drives) throws IOException {
    this.proc = root.resolve("proc");
    this.sys = root.resolve("sys");
    this.drives = drives;
    write(proc.resolve("sys/kernel/random/boot_id"), "7c8b2a8e-55c6-4d5c-8c5a-0a3f3a3b6b11\n");
    write(proc.resolve("self/mountinfo"), "");
    for (int i = 0; i < GPUS; i++) {
      Path card = sys.resolve("class/drm/card" + i + "/device");
      write(card.resolve("vendor"), "0x1002\n");
      write(card.resolve("unique_id"), "%016x%n".formatted(0x1234_5678_0000L + i));
      write(card.resolve("mem_info_vram_total"), 192 * GIB + "\n");
      write(card.resolve("hwmon/hwmon" + i + "/name"), "amdgpu\n");
      Path sensors = card.resolve("hwmon/hwmon" + i);
      write(sensors.resolve("power1_cap"), "750000000\n");
      write(sensors.resolve("temp2_label"), "junction\n");
      write(sensors.resolve("temp3_label"), "mem\n");
    }
    for (int i = 0; i < PACKAGES; i++) {
      Path zone = sys.resolve("class/powercap/intel-rapl:" + i);
      write(zone.resolve("name"), "package-" + i + "\n");
      write(zone.resolve("max_energy_range_uj"), "262143328850\n");
      Path dram = zone.resolve("intel-rapl:" + i + ":0");
      write(dram.resolve("name"), "dram\n");
      write(dram.resolve("max_energy_range_uj"), "65712999613\n");
      write(zone.resolve("constraint_0_power_limit_uw"), "350000000\n");
      Path temperature = sys.resolve("class/hwmon/hwmon" + (GPUS + i));
      write(temperature.resolve("name"), "coretemp\n");
      write(temperature.resolve("temp1_label"), "Package id " + i + "\n");
      // the kernel links all zones in one folder
      Files.createSymbolicLink(sys.resolve("class/powercap/intel-rapl:" + i + ":0"), dram);
    }
    for (int i = 0; i < drives; i++) {
      Path drive = sys.resolve("block/sd" + (char) ('a' + i));
      write(drive.resolve("size"), "7501476528\n");
      write(drive.resolve("queue/rotational"), "0\n");
      write(drive.resolve("device/model"), "MADE DRIVE\n");
      write(drive.resolve("device/hwmon/hwmon" + i + "/name"), "drivetemp\n");
    }
    turn();
  }

  /** Over what is there, in one piece and of the same length: somebody has it open. */
  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(requireNonNull(file.getParent()));
    Files.write(file, text.getBytes(US_ASCII), CREATE, WRITE);
  }

  private static String number(long value) {
    return "%015d%n".formatted(value);
  }

  Path proc() {
    return proc;
  }

  Path sys() {
    return sys;
  }

  /** A second goes by. */
  void turn() throws IOException {
    gpuEnergy += 500_000_000;
    packageEnergy += 200_000_000;
    busyMillis += 300;
    for (int i = 0; i < GPUS; i++) {
      Path card = sys.resolve("class/drm/card" + i + "/device");
      write(card.resolve("gpu_busy_percent"), number(random.nextInt(101)));
      write(card.resolve("mem_info_vram_used"), number(random.nextLong(192 * GIB)));
      Path hwmon = card.resolve("hwmon/hwmon" + i);
      write(hwmon.resolve("power1_average"), number(300_000_000 + random.nextInt(400_000_000)));
      write(hwmon.resolve("energy1_input"), number(gpuEnergy + i * 1_000L));
      write(hwmon.resolve("temp2_input"), number(50_000 + 1_000 * random.nextInt(20)));
      write(hwmon.resolve("temp3_input"), number(60_000 + 1_000 * random.nextInt(20)));
      write(hwmon.resolve("freq1_input"), number(2_000_000_000L + random.nextInt(100_000_000)));
      write(hwmon.resolve("freq2_input"), number(1_300_000_000));
    }
    for (int i = 0; i < drives; i++) {
      Path drive = sys.resolve("block/sd" + (char) ('a' + i));
      write(drive.resolve("device/hwmon/hwmon" + i + "/temp1_input"), number(38_000));
    }
    for (int i = 0; i < PACKAGES; i++) {
      write(
          sys.resolve("class/hwmon/hwmon" + (GPUS + i) + "/temp1_input"),
          number(55_000 + 1_000 * random.nextInt(9)));
      Path zone = sys.resolve("class/powercap/intel-rapl:" + i);
      write(zone.resolve("energy_uj"), number(packageEnergy + random.nextInt(50_000_000)));
      write(
          zone.resolve("intel-rapl:" + i + ":0/energy_uj"),
          number(packageEnergy / 10 + random.nextInt(5_000_000)));
    }
    write(
        proc.resolve("meminfo"),
        """
        MemTotal:       1056302728 kB
        MemFree:         100000000 kB
        MemAvailable:    %d kB
        Buffers:            104580 kB
        Cached:           34502264 kB
        """
            .formatted(500_000_000 + random.nextInt(100_000_000)));
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < drives; i++) {
      lines.append(
          "   8 %3d sd%c 100 0 %015d 5 200 0 %015d 9 0 %015d 14 0 0 0 0 0 0%n"
              .formatted(
                  16 * i,
                  'a' + i,
                  busyMillis * 800,
                  busyMillis * 90,
                  busyMillis + random.nextInt(300)));
    }
    write(proc.resolve("diskstats"), lines.toString());
  }
}

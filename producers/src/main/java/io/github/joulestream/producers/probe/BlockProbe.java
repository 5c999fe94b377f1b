// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Drives, from {@code /proc/diskstats} and {@code /sys/block} (see the kernel's
 * admin-guide/iostats.rst: field 13 is the time with requests under way, ms; sectors are of 512
 * bytes). Power is modelled: 1.2 W per TB for solid state, 0.65 W per TB for spinning drives while
 * idle, and twice that while requests are under way the whole time.
 */
public final class BlockProbe implements Probe {
  // not drives: memory, loops, mappings onto other devices
  private static final Pattern VIRTUAL = Pattern.compile("(loop|ram|zram|dm-|md|nbd|sr|fd).*");
  private static final int SECTOR = 512;
  private static final double SOLID_WATTS_PER_TERABYTE = 1.2;
  private static final double SPINNING_WATTS_PER_TERABYTE = 0.65;

  private final Path diskstats;
  private final Path block;
  private final Map<String, Drive> drives = new LinkedHashMap<>();

  /** What is known of a drive, and its last figures. */
  private static final class Drive {
    final Device device;
    final long idleMilliwatts;
    long lastMillis = MISSING;
    long lastBusyMillis;

    Drive(Device device, long idleMilliwatts) {
      this.device = device;
      this.idleMilliwatts = idleMilliwatts;
    }
  }

  /**
   * @param procRoot {@code /proc}
   * @param sysRoot {@code /sys}
   */
  public BlockProbe(Path procRoot, Path sysRoot) {
    diskstats = procRoot.resolve("diskstats");
    block = sysRoot.resolve("block");
  }

  @Override
  public String name() {
    return "drives";
  }

  @Override
  public void open() throws ProbeUnavailable {
    drives.clear();
    try (Stream<Path> devices = Files.list(block)) {
      for (Path device : devices.sorted().toList()) {
        String id = String.valueOf(device.getFileName());
        if (!VIRTUAL.matcher(id).matches() && Files.isReadable(device.resolve("size"))) {
          addDrive(id, device);
        }
      }
      Files.readAllLines(diskstats);
    } catch (IOException | NumberFormatException e) {
      throw new ProbeUnavailable(
          "%s or %s cannot be read (%s)".formatted(block, diskstats, e.getMessage()));
    }
    if (drives.isEmpty()) {
      throw new ProbeUnavailable("%s shows no drive".formatted(block));
    }
  }

  private void addDrive(String id, Path device) throws IOException {
    long bytes = Long.parseLong(Files.readString(device.resolve("size")).strip()) * SECTOR;
    if (bytes == 0) {
      return;
    }
    Path rotational = device.resolve("queue").resolve("rotational");
    boolean spins =
        Files.isReadable(rotational) && Files.readString(rotational).strip().equals("1");
    double wattsPerTerabyte = spins ? SPINNING_WATTS_PER_TERABYTE : SOLID_WATTS_PER_TERABYTE;
    drives.put(
        id,
        new Drive(
            Device.sensor(id, DeviceKind.STORAGE)
                .withSource(PowerSource.MODELLED)
                .withCapacityBytes(bytes),
            Math.round(bytes / 1e12 * wattsPerTerabyte * 1000)));
  }

  @Override
  public String describe() {
    double bytes = drives.values().stream().mapToLong(d -> d.device.capacityBytes()).sum();
    return String.format(
        Locale.ROOT,
        "%d drive%s of %.2f TB, modelled as %.2f W while idle",
        drives.size(),
        drives.size() == 1 ? "" : "s",
        bytes / 1e12,
        drives.values().stream().mapToLong(d -> d.idleMilliwatts).sum() / 1000.0);
  }

  @Override
  public List<DeviceSeries> read(long epochMillis) throws IOException {
    List<DeviceSeries> series = new ArrayList<>();
    for (String line : Files.readAllLines(diskstats)) {
      String[] fields = line.strip().split("\\s+", -1);
      Drive drive = fields.length < 13 ? null : drives.get(fields[2]);
      if (drive != null) {
        try {
          series.add(
              read(
                  drive,
                  epochMillis,
                  Long.parseLong(fields[5]) * SECTOR,
                  Long.parseLong(fields[9]) * SECTOR,
                  Long.parseLong(fields[12])));
        } catch (NumberFormatException e) {
          throw new IOException("unreadable line '%s' in %s".formatted(line, diskstats), e);
        }
      }
    }
    return series;
  }

  private static DeviceSeries read(
      Drive drive, long epochMillis, long readBytes, long writtenBytes, long busyMillis) {
    long busyParts = MISSING;
    long milliwatts = drive.idleMilliwatts;
    if (drive.lastMillis != MISSING && epochMillis > drive.lastMillis) {
      double busy = (double) (busyMillis - drive.lastBusyMillis) / (epochMillis - drive.lastMillis);
      busy = Math.clamp(busy, 0, 1);
      busyParts = Math.round(busy * 10_000);
      milliwatts += Math.round(busy * drive.idleMilliwatts);
    }
    drive.lastMillis = epochMillis;
    drive.lastBusyMillis = busyMillis;
    long[] none = {};
    return new DeviceSeries(
        drive.device,
        new Readings(
            new long[] {epochMillis},
            new long[] {milliwatts},
            none,
            new long[] {busyParts},
            none,
            new long[] {readBytes},
            new long[] {writtenBytes}));
  }

  @Override
  public void close() {}
}

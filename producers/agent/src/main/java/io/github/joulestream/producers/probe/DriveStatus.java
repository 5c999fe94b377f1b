// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.producers.probe.nvme.NvmeAdmin;
import io.github.joulestream.producers.probe.nvme.NvmeController;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Temperature and wear of a drive. Mutable; one thread.
 *
 * <p>The temperature is that of the kernel's hwmon, in m°C: of NVMe (driver {@code nvme}, Linux 5.5
 * and later) the composite temperature of the controller; of SATA (driver {@code drivetemp}, where
 * it is loaded) of drives that do not spin only, for to ask a spinning one may keep it from standby
 * (hwmon/drivetemp.rst).
 *
 * <p>The wear is the percentage used of NVMe's SMART log, which whoever has {@code CAP_SYS_ADMIN}
 * may read; it changes over months and is read every ten minutes. SATA's is not read: its
 * attributes are the makers' own.
 */
final class DriveStatus implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(DriveStatus.class);
  private static final Pattern CHIP = Pattern.compile("hwmon\\d+");
  private static final long WEAR_MILLIS = 600_000;
  private static final long BASIS_POINTS = 100;

  private final String id;
  private final @Nullable SysFile temperature;
  private @Nullable NvmeAdmin admin;
  private long wear = MISSING;
  private long wearMillis = MISSING;

  /**
   * @param id of the drive's readings
   * @param temperature the file with its temperature, or null
   * @param admin how to ask it for its wear, or null; it is the caller's to close
   */
  DriveStatus(String id, @Nullable Path temperature, @Nullable NvmeAdmin admin) {
    this.id = id;
    this.temperature = open(temperature);
    this.admin = admin;
  }

  private static @Nullable SysFile open(@Nullable Path file) {
    try {
      return file == null ? null : SysFile.open(file);
    } catch (IOException e) {
      log.info("The temperature of a drive is not known: {}", e.getMessage());
      return null;
    }
  }

  /** The file with the temperature of an NVMe controller, {@code nvme0}, or null. */
  static @Nullable Path ofNvme(Path sysRoot, String controller) throws IOException {
    Path folder = sysRoot.resolve("class").resolve("nvme").resolve(controller);
    // below the controller, or below its PCI device, as the kernel's release has it
    Path own = find(folder, "nvme");
    return own != null ? own : find(folder.resolve("device").resolve("hwmon"), "nvme");
  }

  /** The file with the temperature of a drive that does not spin, or null. */
  static @Nullable Path ofSata(Path blockDevice) throws IOException {
    return find(blockDevice.resolve("device").resolve("hwmon"), "drivetemp");
  }

  private static @Nullable Path find(Path folder, String driver) throws IOException {
    for (Path chip : SysfsProbe.folders(folder)) {
      if (CHIP.matcher(SysfsProbe.nameOf(chip)).matches()
          && SysfsProbe.textOf(chip.resolve("name")).equals(driver)) {
        return SysfsDevice.firstOf(chip, "temp1_input");
      }
    }
    return null;
  }

  /**
   * Reads it into a list.
   *
   * @throws IOException if the temperature cannot be read; the wear is added all the same
   */
  void add(long epochMillis, List<DeviceStatus> all) throws IOException {
    StatusValues values = new StatusValues().put(StatusColumn.WEAR_BASIS_POINTS, wear(epochMillis));
    try {
      if (temperature != null) {
        values.put(
            StatusColumn.TEMPERATURE_DECIDEGREES, Math.round(temperature.readNumber() / 100.0));
      }
    } finally {
      values.addTo(all, id, epochMillis);
    }
  }

  private long wear(long epochMillis) {
    NvmeAdmin asked = admin;
    if (asked != null
        && (wearMillis == MISSING || Math.abs(epochMillis - wearMillis) >= WEAR_MILLIS)) {
      wearMillis = epochMillis;
      try {
        wear = NvmeController.percentageUsed(asked) * BASIS_POINTS;
      } catch (IOException e) {
        log.info("The wear of drive {} is not known: {}", id, e.getMessage());
        admin = null;
        wear = MISSING;
      }
    }
    return wear;
  }

  @Override
  public void close() throws IOException {
    if (temperature != null) {
      temperature.close();
    }
  }
}

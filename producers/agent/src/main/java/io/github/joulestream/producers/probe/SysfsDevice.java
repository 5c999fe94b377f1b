// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.runtime.Quantities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device that shows its figures in files of {@code /sys}, one number each. Mutable: the files
 * stay open. One thread.
 */
final class SysfsDevice implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SysfsDevice.class);
  private static final long[] NONE = {};

  private final Device device;
  private final List<Shown> shown = new ArrayList<>();
  private final List<Status> statuses = new ArrayList<>();
  // more than one: the power of the device is their sum
  private final List<SysFile> powerMicrowatts = new ArrayList<>(1);
  private @Nullable SysFile energyMicrojoules;
  private @Nullable SysFile busyPercent;
  private final List<SysFile> usedBytes = new ArrayList<>();
  private @Nullable IOException failure;
  private long refused = MISSING;
  private boolean statusFails;

  /** Something to look at, not sent. */
  private record Shown(String name, SysFile file, double divisor, String unit) {}

  /**
   * A file that is sent as a status.
   *
   * @param factor from its unit to that of the column
   */
  private record Status(StatusColumn column, SysFile file, double factor) {}

  SysfsDevice(Device device) {
    this.device = device;
  }

  /** The first of these files that is there and lets us read it, or null. */
  static @Nullable Path firstOf(Path folder, String... names) {
    for (String name : names) {
      Path path = folder.resolve(name);
      if (Files.isReadable(path)) {
        return path;
      }
    }
    return null;
  }

  /** A file's number, or this if the file is not there or has none. */
  static long number(Path path, long otherwise) {
    if (!Files.isReadable(path)) {
      return otherwise;
    }
    try (SysFile file = SysFile.open(path)) {
      return file.readNumber();
    } catch (IOException _) {
      return otherwise; // drivers show files that their hardware then refuses
    }
  }

  private static @Nullable SysFile open(@Nullable Path path) throws IOException {
    return path == null ? null : SysFile.open(path);
  }

  /** Adds a file of its power, if it is there. The power is the sum of all that are added. */
  SysfsDevice power(@Nullable Path microwatts) throws IOException {
    if (microwatts != null) {
      powerMicrowatts.add(SysFile.open(microwatts));
    }
    return this;
  }

  SysfsDevice energy(@Nullable Path microjoules) throws IOException {
    energyMicrojoules = open(microjoules);
    return this;
  }

  SysfsDevice busy(@Nullable Path percent) throws IOException {
    busyPercent = open(percent);
    return this;
  }

  /** Adds a file to those whose sum is in use, if it is there. */
  SysfsDevice used(@Nullable Path bytes) throws IOException {
    if (bytes != null) {
      usedBytes.add(SysFile.open(bytes));
    }
    return this;
  }

  /** Adds a figure that is shown and not sent, if the file is there. */
  SysfsDevice show(String name, Path path, double divisor, String unit) throws IOException {
    if (Files.isReadable(path)) {
      shown.add(new Shown(name, SysFile.open(path), divisor, unit));
    }
    return this;
  }

  /**
   * Adds a file of its status, if it is there.
   *
   * @param factor from the file's unit to that of the column
   */
  SysfsDevice status(StatusColumn column, @Nullable Path path, double factor) throws IOException {
    if (path != null && Files.isReadable(path)) {
      statuses.add(new Status(column, SysFile.open(path), factor));
    }
    return this;
  }

  Device device() {
    return device;
  }

  /**
   * Reads its status into a list; what cannot be read now is not known.
   *
   * @throws IOException if none of it can be read
   */
  void addStatus(long epochMillis, List<DeviceStatus> all) throws IOException {
    StatusValues values = new StatusValues();
    IOException broken = null;
    int given = 0;
    for (Status status : statuses) {
      try {
        long number = status.file.readNumber();
        given++;
        // temperatures may be below zero, and have bounds of their own
        if (status.column == StatusColumn.TEMPERATURE_DECIDEGREES
            || status.column == StatusColumn.MEMORY_TEMPERATURE_DECIDEGREES
            || !ErrorValue.is(number)) {
          values.put(status.column, Math.round(number * status.factor));
        }
      } catch (IOException e) {
        broken = e;
      }
    }
    if (broken != null && !statusFails) {
      statusFails = true;
      log.info("Some of the status of {} cannot be read: {}", device.id(), broken.getMessage());
    }
    if (given == 0 && broken != null) {
      throw broken;
    }
    values.addTo(all, device.id(), epochMillis);
  }

  /**
   * Reads it; null if it answers with error values only, see {@link ErrorValue}: it is there, and
   * does not measure now.
   *
   * @throws IOException if neither power nor energy can be read: it is gone
   */
  @Nullable DeviceSeries read(long epochMillis) throws IOException {
    failure = null;
    refused = MISSING;
    long microwatts = power();
    long microjoules = energyMicrojoules == null ? MISSING : usable(read(energyMicrojoules), false);
    if (microwatts == MISSING && microjoules == MISSING) {
      if (failure != null) {
        throw failure;
      }
      return null;
    }
    long percent = read(busyPercent);
    return new DeviceSeries(
        device,
        new Readings(
            new long[] {epochMillis},
            powerMicrowatts.isEmpty()
                ? NONE
                : new long[] {microwatts == MISSING ? MISSING : Math.round(microwatts / 1000.0)},
            column(energyMicrojoules, microjoules),
            column(busyPercent, percent < 0 || percent > 100 ? MISSING : percent * 100),
            usedBytes.isEmpty() ? NONE : new long[] {used()},
            NONE,
            NONE));
  }

  private long used() {
    long sum = 0;
    for (SysFile file : usedBytes) {
      long bytes = read(file);
      if (bytes == MISSING) {
        return MISSING;
      }
      sum += bytes;
    }
    return sum;
  }

  /** Why the last reading was none, in a few words. */
  String trouble() {
    IOException broken = failure;
    if (broken != null) {
      return String.valueOf(broken.getMessage());
    }
    return refused == MISSING
        ? "it has neither power nor energy"
        : "it answers %d, which is no reading".formatted(refused);
  }

  /** The sum of its power; missing if one of them is. */
  private long power() {
    long sum = powerMicrowatts.isEmpty() ? MISSING : 0;
    for (int i = 0; i < powerMicrowatts.size() && sum != MISSING; i++) {
      long value = usable(read(powerMicrowatts.get(i)), true);
      sum = value == MISSING || sum > Long.MAX_VALUE - value ? MISSING : sum + value;
    }
    return sum;
  }

  /** MISSING in place of a number that is no reading. */
  private long usable(long number, boolean power) {
    if (number != MISSING && (ErrorValue.is(number) || (power && number == 0 && neverRests()))) {
      refused = number;
      return MISSING;
    }
    return number;
  }

  /** A node, and a processor, that runs this takes some power. */
  private boolean neverRests() {
    return device.kind() == DeviceKind.NODE || device.kind() == DeviceKind.CPU;
  }

  private static long[] column(@Nullable SysFile file, long value) {
    return file == null ? NONE : new long[] {value};
  }

  private long read(@Nullable SysFile file) {
    if (file == null) {
      return MISSING;
    }
    try {
      return file.readNumber();
    } catch (IOException e) {
      failure = e; // thrown by read if nothing is left of the device
      return MISSING;
    }
  }

  /** Only power and energy get a prefix. */
  private static String shown(double value, String unit) {
    return unit.equals("W") || unit.equals("J")
        ? Quantities.withPrefix(value, unit)
        : Quantities.number(value) + " " + unit;
  }

  void addDetails(List<Detail> details) {
    for (Shown figure : shown) {
      long number = read(figure.file);
      if (number != MISSING && !ErrorValue.is(number)) {
        details.add(
            new Detail(device.id(), figure.name, shown(number / figure.divisor, figure.unit)));
      }
    }
  }

  @Override
  public void close() throws IOException {
    IOException first = null;
    List<@Nullable SysFile> files = new ArrayList<>(powerMicrowatts);
    files.add(energyMicrojoules);
    files.add(busyPercent);
    files.addAll(usedBytes);
    shown.forEach(figure -> files.add(figure.file));
    statuses.forEach(status -> files.add(status.file));
    for (SysFile file : files) {
      try {
        if (file != null) {
          file.close();
        }
      } catch (IOException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }
}

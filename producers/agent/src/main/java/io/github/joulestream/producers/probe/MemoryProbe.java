// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Main memory, from {@code /proc/meminfo} (see proc_meminfo(5)). Its power is modelled: 5 W for
 * each DIMM, times 0.9 from 5 DIMMs on, 0.8 from 9, 0.7 from 17. How many there are is in the
 * firmware's tables ({@code /sys/firmware/dmi/entries/17-*}: memory devices, SMBIOS 3.7, 7.18),
 * which root alone may read; else one per 32 GiB is assumed.
 */
public final class MemoryProbe implements Probe {
  private static final Logger log = LoggerFactory.getLogger(MemoryProbe.class);
  private static final long BYTES_PER_DIMM = 32L << 30;
  private static final double WATTS_PER_DIMM = 5;
  // of a memory device: its size, two bytes; 0 means that the socket is empty
  private static final int DMI_SIZE = 0x0C;
  private static final long[] NONE = {};

  private final Path meminfo;
  private final Path dmi;
  private @Nullable SysFile file;
  private @Nullable Device device;
  private long totalBytes;
  private long dimms;
  private boolean dimmsKnown;
  private long milliwatts;

  /**
   * @param procRoot {@code /proc}
   * @param sysRoot {@code /sys}
   */
  public MemoryProbe(Path procRoot, Path sysRoot) {
    meminfo = procRoot.resolve("meminfo");
    dmi = sysRoot.resolve("firmware").resolve("dmi").resolve("entries");
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public void open() throws ProbeUnavailable {
    try {
      SysFile opened = SysFile.open(meminfo);
      file = opened;
      totalBytes = bytes(opened, "MemTotal:");
    } catch (IOException e) {
      close();
      throw new ProbeUnavailable("%s cannot be read (%s)".formatted(meminfo, e.getMessage()));
    }
    dimms = populated();
    dimmsKnown = dimms > 0;
    if (!dimmsKnown) {
      dimms = Math.max(1, Math.ceilDiv(totalBytes, BYTES_PER_DIMM));
    }
    milliwatts = modelledMilliwatts(dimms);
    device =
        Device.sensor("memory", DeviceKind.MEMORY)
            .withSource(PowerSource.MODELLED)
            .withCapacityBytes(totalBytes);
  }

  /** DIMMs that are plugged in, by the firmware; 0 if it cannot be read. */
  private long populated() {
    long count = 0;
    if (!Files.isDirectory(dmi)) {
      return 0;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(dmi, "17-*")) {
      for (Path entry : entries) {
        try (InputStream in = Files.newInputStream(entry.resolve("raw"))) {
          byte[] raw = in.readNBytes(DMI_SIZE + 2);
          if (raw.length == DMI_SIZE + 2 && (raw[DMI_SIZE] != 0 || raw[DMI_SIZE + 1] != 0)) {
            count++;
          }
        }
      }
      return count;
    } catch (IOException e) {
      log.debug("the firmware's tables cannot be read", e);
      return 0;
    }
  }

  static long modelledMilliwatts(long dimms) {
    double factor = dimms <= 4 ? 1 : dimms <= 8 ? 0.9 : dimms <= 16 ? 0.8 : 0.7;
    return Math.round(dimms * WATTS_PER_DIMM * factor * 1000);
  }

  @Override
  public String describe() {
    return String.format(
        Locale.ROOT,
        "%.0f GiB of memory, modelled as %.1f W (%d DIMM%s%s)",
        totalBytes / (double) (1L << 30),
        milliwatts / 1000.0,
        dimms,
        dimms == 1 ? "" : "s",
        dimmsKnown ? "" : " assumed");
  }

  @Override
  public List<DeviceSeries> read(long epochMillis) throws IOException {
    SysFile opened = file;
    Device memory = device;
    if (opened == null || memory == null) {
      throw new IOException("it is not open");
    }
    long available = bytes(opened, "MemAvailable:");
    return List.of(
        new DeviceSeries(
            memory,
            new Readings(
                new long[] {epochMillis},
                new long[] {milliwatts},
                NONE,
                NONE,
                // a machine may have been given more since
                new long[] {available > totalBytes ? MISSING : totalBytes - available},
                NONE,
                NONE)));
  }

  /** A line such as {@code MemTotal: 24638856 kB}. */
  private static long bytes(SysFile file, String name) throws IOException {
    file.read();
    while (file.nextLine()) {
      if (file.nextWord() && file.wordIs(name)) {
        long kilobytes = file.nextNumber();
        if (file.nextWord() && file.wordIs("kB") && kilobytes <= Long.MAX_VALUE / 1024) {
          return kilobytes * 1024;
        }
        throw new IOException("unreadable line '%s' in %s".formatted(file.line(), file));
      }
    }
    throw new IOException("%s has no line %s".formatted(file, name));
  }

  @Override
  public void close() {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        log.debug("{} was not closed in order", meminfo, e);
      }
      file = null;
    }
  }
}

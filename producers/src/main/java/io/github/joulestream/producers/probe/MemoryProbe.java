// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Main memory, from {@code /proc/meminfo} (see proc_meminfo(5)). Its power is modelled: 5 W for
 * each DIMM, times 0.9 from 5 DIMMs on, 0.8 from 9, 0.7 from 17; how many there are is not known
 * without privileges, so one per 32 GiB is assumed.
 */
public final class MemoryProbe implements Probe {
  private static final long BYTES_PER_DIMM = 32L << 30;
  private static final double WATTS_PER_DIMM = 5;

  private final Path meminfo;
  private long totalBytes;
  private long milliwatts;

  /**
   * @param procRoot {@code /proc}
   */
  public MemoryProbe(Path procRoot) {
    meminfo = procRoot.resolve("meminfo");
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public void open() throws ProbeUnavailable {
    try {
      totalBytes = bytes(Files.readAllLines(meminfo), "MemTotal");
    } catch (IOException e) {
      throw new ProbeUnavailable("%s cannot be read (%s)".formatted(meminfo, e.getMessage()));
    }
    milliwatts = modelledMilliwatts(totalBytes);
  }

  static long modelledMilliwatts(long totalBytes) {
    long dimms = Math.max(1, Math.ceilDiv(totalBytes, BYTES_PER_DIMM));
    double factor = dimms <= 4 ? 1 : dimms <= 8 ? 0.9 : dimms <= 16 ? 0.8 : 0.7;
    return Math.round(dimms * WATTS_PER_DIMM * factor * 1000);
  }

  @Override
  public String describe() {
    return String.format(
        Locale.ROOT,
        "%.0f GiB of memory, modelled as %.1f W",
        totalBytes / (double) (1L << 30),
        milliwatts / 1000.0);
  }

  @Override
  public List<DeviceSeries> read(long epochMillis) throws IOException {
    long available = bytes(Files.readAllLines(meminfo), "MemAvailable");
    Device device =
        Device.sensor("memory", DeviceKind.MEMORY)
            .withSource(PowerSource.MODELLED)
            .withCapacityBytes(totalBytes);
    long[] none = {};
    return List.of(
        new DeviceSeries(
            device,
            new Readings(
                new long[] {epochMillis},
                new long[] {milliwatts},
                none,
                none,
                new long[] {totalBytes - available},
                none,
                none)));
  }

  /** A line such as {@code MemTotal: 24638856 kB}. */
  private static long bytes(List<String> lines, String name) throws IOException {
    for (String line : lines) {
      String[] words = line.strip().split("\\s+", -1);
      if (words.length == 3 && words[0].equals(name + ":") && words[2].equals("kB")) {
        try {
          return Math.multiplyExact(Long.parseLong(words[1]), 1024);
        } catch (NumberFormatException | ArithmeticException e) {
          throw new IOException("unreadable line '%s'".formatted(line), e);
        }
      }
    }
    throw new IOException("it has no line " + name);
  }

  @Override
  public void close() {}
}

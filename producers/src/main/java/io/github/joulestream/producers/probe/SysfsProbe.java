// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import io.github.joulestream.energy.DeviceSeries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the probes of {@code /sys} have in common: devices come and go. One that cannot be read is
 * left out; while one is missing, all are looked for anew every ten seconds, for a driver that is
 * loaded again shows its device under another number.
 */
abstract class SysfsProbe implements Probe {
  private static final long LOOK_AGAIN_MILLIS = 10_000;

  private List<SysfsDevice> devices = new ArrayList<>();
  private int wanted;
  private long lookedMillis = Long.MIN_VALUE;

  /**
   * The devices that are there now, with their files open.
   *
   * @throws ProbeUnavailable if there is nothing to read, or nothing that may be read
   */
  abstract List<SysfsDevice> find() throws IOException, ProbeUnavailable;

  /** Folders of a folder, by name; none if it is not there. */
  static List<Path> folders(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** A folder's own name. */
  static String nameOf(Path folder) {
    return String.valueOf(folder.getFileName());
  }

  /** The devices that it has now. */
  final List<SysfsDevice> devices() {
    return devices;
  }

  @Override
  public void open() throws ProbeUnavailable {
    close();
    try {
      devices = find();
    } catch (IOException e) {
      throw new ProbeUnavailable("it cannot be read (%s)".formatted(e.getMessage()));
    }
    wanted = devices.size();
  }

  @Override
  public List<DeviceSeries> read(long epochMillis) throws IOException {
    if (devices.size() < wanted && lookDue(epochMillis)) {
      lookAgain();
    }
    List<DeviceSeries> series = new ArrayList<>(devices.size());
    IOException failure = null;
    for (SysfsDevice device : List.copyOf(devices)) {
      try {
        series.add(device.read(epochMillis));
      } catch (IOException e) {
        failure = e;
        devices.remove(device);
        closeQuietly(device);
        lookedMillis = epochMillis;
      }
    }
    if (series.isEmpty()) {
      throw failure != null ? failure : new IOException("its devices are gone");
    }
    return series;
  }

  /** The clock may be set back: then it is due too. */
  private boolean lookDue(long epochMillis) {
    return Math.abs(epochMillis - lookedMillis) >= LOOK_AGAIN_MILLIS;
  }

  private void lookAgain() throws IOException {
    close();
    try {
      devices = find();
      wanted = Math.max(wanted, devices.size());
    } catch (ProbeUnavailable e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public List<Detail> details() throws IOException {
    List<Detail> details = new ArrayList<>();
    devices.forEach(device -> device.addDetails(details));
    return details;
  }

  private static @Nullable IOException closeQuietly(SysfsDevice device) {
    try {
      device.close();
      return null;
    } catch (IOException e) {
      return e; // it was only read; there is nothing to lose
    }
  }

  @Override
  public void close() {
    devices.forEach(SysfsProbe::closeQuietly);
    devices = new ArrayList<>();
  }
}

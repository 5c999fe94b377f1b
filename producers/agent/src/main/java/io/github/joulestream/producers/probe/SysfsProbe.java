// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
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
 * loaded again shows its device under another number. One that gives no reading when it is found is
 * not taken, and looked for again every minute.
 */
abstract class SysfsProbe implements Probe {
  private static final long LOOK_AGAIN_MILLIS = 10_000;
  private static final long TRY_AGAIN_MILLIS = 60_000;

  private List<SysfsDevice> devices = new ArrayList<>();
  private final List<String> notTaken = new ArrayList<>();
  private boolean worthAnotherTry;
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
    return files(folder).stream().filter(Files::isDirectory).toList();
  }

  /** Files and folders of a folder, by name; none if it is not there. */
  static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** A file's text; empty if it is not there, or refused. */
  static String textOf(Path file) {
    if (!Files.isReadable(file)) {
      return "";
    }
    try {
      return SysFile.text(file);
    } catch (IOException _) {
      return ""; // drivers show files that their hardware then refuses
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

  /** Takes note of something that is there and not taken; {@code later}: it may be one day. */
  final void leaveOut(String what, String why, boolean later) {
    notTaken.add(what + ": " + why);
    worthAnotherTry |= later;
  }

  @Override
  public List<String> notTaken() {
    return List.copyOf(notTaken);
  }

  @Override
  public void open() throws ProbeUnavailable {
    try {
      look();
    } catch (IOException e) {
      throw new ProbeUnavailable("it cannot be read (%s)".formatted(e.getMessage()));
    }
    wanted = devices.size();
  }

  /** Finds all anew, and keeps those that give a reading. */
  private void look() throws IOException, ProbeUnavailable {
    close();
    notTaken.clear();
    worthAnotherTry = false;
    devices = new ArrayList<>(find());
    for (SysfsDevice device : List.copyOf(devices)) {
      try {
        if (device.read(0) != null) {
          continue;
        }
      } catch (IOException _) {
        // reported by its trouble
      }
      leaveOut(device.device().id(), "not usable: " + device.trouble(), true);
      devices.remove(device);
      closeQuietly(device);
    }
    if (devices.isEmpty()) {
      throw new ProbeUnavailable(String.join("; ", notTaken));
    }
  }

  @Override
  public List<DeviceSeries> read(long epochMillis) throws IOException {
    if (lookedMillis == Long.MIN_VALUE) {
      lookedMillis = epochMillis;
    }
    if (lookDue(epochMillis)) {
      lookedMillis = epochMillis;
      lookAgain();
    }
    List<DeviceSeries> series = new ArrayList<>(devices.size());
    IOException failure = null;
    SysfsDevice silent = null;
    for (SysfsDevice device : List.copyOf(devices)) {
      try {
        DeviceSeries read = device.read(epochMillis);
        if (read != null) {
          series.add(read);
        } else {
          silent = device;
        }
      } catch (IOException e) {
        failure = e;
        devices.remove(device);
        closeQuietly(device);
        lookedMillis = epochMillis;
      }
    }
    if (series.isEmpty()) {
      if (failure == null && silent != null) {
        failure = new IOException(silent.device().id() + ": " + silent.trouble());
      }
      throw failure != null ? failure : new IOException("its devices are gone");
    }
    return series;
  }

  /** The clock may be set back: then it is due too. */
  private boolean lookDue(long epochMillis) {
    long since = Math.abs(epochMillis - lookedMillis);
    return (devices.size() < wanted && since >= LOOK_AGAIN_MILLIS)
        || (worthAnotherTry && since >= TRY_AGAIN_MILLIS);
  }

  private void lookAgain() throws IOException {
    try {
      look();
      wanted = Math.max(wanted, devices.size());
    } catch (ProbeUnavailable e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public List<DeviceStatus> statuses(long epochMillis) throws IOException {
    List<DeviceStatus> all = new ArrayList<>(devices.size());
    IOException failure = null;
    for (SysfsDevice device : devices) {
      try {
        device.addStatus(epochMillis, all);
      } catch (IOException e) {
        failure = e;
      }
    }
    if (all.isEmpty() && failure != null) {
      throw failure;
    }
    return all;
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

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.producers.input.Names;
import io.github.joulestream.runtime.DistinctErrors;
import io.github.joulestream.runtime.FolderContent;
import io.github.joulestream.runtime.SmallFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Meters of the site, from a directory with a {@link MeterFile} for each, {@code NAME.meter}. A
 * program that asks a meter, by whatever protocol, writes a file beside it and renames it, so that
 * no half of it is read. There is a reading each time that the file has changed; a file that does
 * not change is a meter that is silent.
 *
 * <p>Only regular files are read. One that cannot be used is left out and logged, and does not
 * affect others.
 */
public final class MeterFilesProbe implements Probe {
  private static final Logger log = LoggerFactory.getLogger(MeterFilesProbe.class);
  private static final String SUFFIX = ".meter";
  private static final int MAX_BYTES = 4 << 10;
  private static final int MAX_FILES = 256;
  private static final long[] NONE = {};

  private final Path directory;
  private final DistinctErrors errors = new DistinctErrors(log::warn);
  private final Map<String, Meter> meters = new TreeMap<>();
  private final Map<String, String> unusable = new TreeMap<>();

  /** A file, and what was read of it last. */
  private static final class Meter {
    final Increment water = new Increment();
    @Nullable FileTime modified;
    @Nullable Device device;
    long lastMillis = Long.MIN_VALUE;
    long millilitres = MISSING;
  }

  /**
   * @param directory with the files; it may be made later
   */
  public MeterFilesProbe(Path directory) {
    this.directory = directory;
  }

  @Override
  public String name() {
    return "meter files";
  }

  @Override
  public void open() throws ProbeUnavailable {
    if (!Files.isDirectory(directory)) {
      throw new ProbeUnavailable("there is no directory " + directory);
    }
  }

  @Override
  public String describe() {
    return "meters of the site in " + directory;
  }

  @Override
  public List<DeviceSeries> read(long epochMillis) throws IOException {
    Set<String> names = names();
    meters.keySet().retainAll(names);
    unusable.keySet().retainAll(names);
    List<DeviceSeries> all = new ArrayList<>();
    for (String name : names) {
      Meter meter = meters.computeIfAbsent(name, _ -> new Meter());
      try {
        DeviceSeries series = read(name, meter);
        if (series != null) {
          all.add(series);
        }
      } catch (NoSuchFileException e) {
        log.debug("{} is gone", name, e);
      } catch (IOException | IllegalArgumentException e) {
        String why = Names.words(String.valueOf(e.getMessage()));
        unusable.put(name, why);
        errors.warn(name + why, "meter %s in %s is not usable: %s".formatted(name, directory, why));
      }
    }
    return all;
  }

  private Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    try (DirectoryStream<Path> files = FolderContent.stream(directory, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (!name.startsWith(".") && name.length() > SUFFIX.length()) {
          names.add(name);
        }
        if (names.size() > MAX_FILES) {
          throw new IOException("%s has more than %d meters".formatted(directory, MAX_FILES));
        }
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  /** The reading of a file that has changed; null if it has not. */
  private @Nullable DeviceSeries read(String name, Meter meter) throws IOException {
    Path path = directory.resolve(name);
    BasicFileAttributes file = SmallFile.look(path);
    if (file.lastModifiedTime().equals(meter.modified)) {
      return null;
    }
    meter.modified = file.lastModifiedTime();
    String text = SmallFile.text(path, MAX_BYTES);
    if (!text.endsWith("\n")) {
      meter.modified = null; // half of it: the next turn looks again
      return null;
    }
    MeterFile read = MeterFile.parse(text);
    unusable.remove(name);
    long time =
        read.epochMillis() == MISSING ? file.lastModifiedTime().toMillis() : read.epochMillis();
    meter.millilitres = read.millilitres();
    boolean counts = read.microjoules() != MISSING;
    Device device =
        Device.sensor(Names.id(name.substring(0, name.length() - SUFFIX.length())), read.kind())
            .withSource(counts ? PowerSource.COUNTER : PowerSource.SENSOR);
    device = counts ? device.withCounter(0, MeterFile.MODULUS_MICROJOULES) : device;
    meter.device = device;
    if (time <= meter.lastMillis) {
      return null;
    }
    meter.lastMillis = time;
    return new DeviceSeries(
        device,
        new Readings(
            new long[] {time},
            new long[] {read.milliwatts()},
            counts ? new long[] {read.microjoules()} : NONE,
            NONE,
            NONE,
            NONE,
            NONE));
  }

  @Override
  public List<DeviceStatus> statuses(long epochMillis) {
    List<DeviceStatus> all = new ArrayList<>();
    for (Meter meter : meters.values()) {
      Device device = meter.device;
      if (device != null) {
        new StatusValues()
            .put(StatusColumn.WATER_MILLILITRES, meter.water.upTo(meter.millilitres))
            .addTo(all, device.id(), epochMillis);
      }
    }
    return all;
  }

  @Override
  public List<Detail> details() {
    List<Detail> details = new ArrayList<>();
    meters.forEach((name, meter) -> {
      Device device = meter.device;
      if (device != null) {
        details.add(new Detail(device.id(), Detail.TAKEN_AS, "a meter of the site"));
        details.add(new Detail(device.id(), "from", directory.resolve(name).toString()));
      }
    });
    return details;
  }

  @Override
  public List<String> notTaken() {
    return unusable.entrySet().stream()
        .map(entry -> "%s: %s".formatted(entry.getKey(), entry.getValue()))
        .toList();
  }

  @Override
  public void close() {
    meters.clear();
    unusable.clear();
  }
}

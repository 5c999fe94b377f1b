// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobState;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Logs of {@code nvidia-smi --query-gpu=timestamp,power.draw,... --format=csv}. Times are local and
 * carry no offset, so one must be given. Of several power columns the best is used: {@code
 * power.draw.instant}, else {@code power.draw.average} (a mean over one second), else {@code
 * power.draw}. A {@code timestamps.csv} beside it (Unix µs, one load mark a line) makes a job from
 * its first mark to its last.
 *
 * @see <a href="https://docs.nvidia.com/deploy/nvidia-smi/index.html">nvidia-smi</a>
 */
final class NvidiaSmi {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss.SSS", Locale.ROOT);
  private static final int AVERAGE_MILLIS = 1_000;

  private final Path root;
  private final String site;
  private final @Nullable ZoneOffset offset;

  NvidiaSmi(Path root, String site, ReplayOptions options) {
    this.root = root;
    this.site = site;
    this.offset = options.utcOffset();
  }

  void read(List<Path> files, Found found) throws IOException {
    for (Path file : files) {
      if (file.toString().endsWith(".csv") && isLog(file)) {
        readLog(file, found);
      }
    }
  }

  private static boolean isLog(Path file) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      String header = reader.readLine();
      return header != null && header.contains("timestamp") && header.contains("power.draw");
    }
  }

  /** Where which quantity stands in a line; -1 if it does not. */
  private record Layout(
      int columns,
      int time,
      int power,
      int averagingMillis,
      int gpu,
      int name,
      int limit,
      int utilisation,
      int used,
      int total) {

    static Layout of(String header) {
      List<String> names =
          Arrays.stream(header.split(",", -1))
              .map(name -> name.strip().replaceAll(" \\[.*]$", ""))
              .toList();
      int instant = names.indexOf("power.draw.instant");
      int average = names.indexOf("power.draw.average");
      boolean byAverage = instant < 0 && average >= 0;
      return new Layout(
          names.size(),
          names.indexOf("timestamp"),
          instant >= 0 ? instant : byAverage ? average : names.indexOf("power.draw"),
          byAverage ? AVERAGE_MILLIS : 0,
          names.indexOf("index"),
          names.indexOf("name"),
          names.indexOf("power.limit"),
          names.indexOf("utilization.gpu"),
          names.indexOf("memory.used"),
          names.indexOf("memory.total"));
    }
  }

  /** Readings of one GPU, as they come. */
  private static final class Gpu {
    final Column times = new Column();
    final Column power = new Column();
    final Column utilisation = new Column();
    final Column used = new Column();
    String name = "";
    long limitMilliwatts;
    long totalBytes;
  }

  private void readLog(Path path, Found found) throws IOException {
    String file = root.relativize(path).toString();
    if (offset == null) {
      throw new UserError(
          ("%s: nvidia-smi writes local times without an offset; say which with --utc-offset,"
                  + " for example --utc-offset +01:00")
              .formatted(file));
    }
    Map<String, Gpu> gpus = new TreeMap<>();
    try (BufferedReader reader = Files.newBufferedReader(path)) {
      Layout layout = Layout.of(String.valueOf(reader.readLine()));
      int number = 1;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        readLine(line, ++number, layout, file, gpus, found.notices);
      }
      Path folder = root.relativize(path).getParent();
      String node = folder == null ? site : folder.toString().replace('/', '.');
      List<DeviceShare> shares = new ArrayList<>();
      gpus.forEach((id, gpu) -> {
        Device device =
            Device.sensor(id, DeviceKind.GPU)
                .withModel(gpu.name, gpu.limitMilliwatts)
                .withAveragingMillis(layout.averagingMillis)
                .withCapacityBytes(gpu.totalBytes);
        long[] none = {};
        Readings readings =
            new Readings(
                gpu.times.toArray(),
                gpu.power.toArray(),
                none,
                layout.utilisation < 0 ? none : gpu.utilisation.toArray(),
                layout.used < 0 ? none : gpu.used.toArray(),
                none,
                none);
        shares.add(DeviceShare.whole(id));
        found.logs.add(
            new NodeLog(node, file + "#" + id, List.of(new DeviceSeries(device, readings))));
      });
      if (gpus.isEmpty()) {
        found.notices.add(file + ": left out, it has no reading");
        return;
      }
      readJob(path, file, node, shares, found);
    }
  }

  private void readLine(
      String line, int number, Layout layout, String file, Map<String, Gpu> gpus, Notices notices) {
    if (line.isBlank()) {
      return;
    }
    String[] fields = line.split(",", -1);
    Long time = layout.time < fields.length ? time(fields[layout.time].strip()) : null;
    if (time == null || fields.length != layout.columns) {
      notices.refuse(
          file,
          time == null
              ? "a line without a time"
              : "a line of %d fields where the header has %d"
                  .formatted(fields.length, layout.columns),
          number);
      return;
    }
    String index = layout.gpu < 0 ? "0" : fields[layout.gpu].strip();
    Gpu gpu = gpus.computeIfAbsent("gpu" + index, _ -> new Gpu());
    gpu.times.add(time);
    for (int column = 0; column < fields.length; column++) {
      String field = fields[column].strip();
      boolean used =
          column == layout.power || column == layout.utilisation || column == layout.used;
      if (!used && column != layout.time && (field.startsWith("[") || field.isEmpty())) {
        // not needed, but whoever reads the log should know
        notices.refuse(file, "field %d is '%s', not needed".formatted(column + 1, field), number);
      }
    }
    gpu.power.add(number(fields, layout.power, 1_000, "power.draw", file, number, notices));
    if (layout.utilisation >= 0) {
      gpu.utilisation.add(
          number(fields, layout.utilisation, 100, "utilization.gpu", file, number, notices));
    }
    if (layout.used >= 0) {
      gpu.used.add(number(fields, layout.used, 1 << 20, "memory.used", file, number, notices));
    }
    if (layout.name >= 0) {
      gpu.name = fields[layout.name].strip();
    }
    if (layout.limit >= 0) {
      long limit = number(fields, layout.limit, 1_000, "power.limit", file, number, notices);
      gpu.limitMilliwatts = Math.max(gpu.limitMilliwatts, limit);
    }
    if (layout.total >= 0) {
      long total = number(fields, layout.total, 1 << 20, "memory.total", file, number, notices);
      gpu.totalBytes = Math.max(gpu.totalBytes, total);
    }
  }

  /** A number with or without a unit behind it, times a factor; missing if it is none. */
  private static long number(
      String[] fields,
      int column,
      int factor,
      String what,
      String file,
      int line,
      Notices notices) {
    String field = fields[column].strip();
    int space = field.indexOf(' ');
    try {
      double value = Double.parseDouble(space < 0 ? field : field.substring(0, space));
      if (Double.isFinite(value) && Math.abs(value) < 1e12) {
        return Math.round(value * factor);
      }
    } catch (NumberFormatException e) {
      // said below
    }
    notices.refuse(file, "%s '%s'".formatted(what, field), line);
    return MISSING;
  }

  private @Nullable Long time(String text) {
    if (offset == null) {
      return null;
    }
    try {
      return LocalDateTime.parse(text, TIME).toInstant(offset).toEpochMilli();
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private void readJob(Path log, String file, String node, List<DeviceShare> shares, Found found)
      throws IOException {
    Path marks = log.resolveSibling("timestamps.csv");
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    if (Files.isRegularFile(marks)) {
      int number = 0;
      for (String line : Files.readAllLines(marks)) {
        number++;
        try {
          long millis = Math.floorDiv(Long.parseLong(line.strip()), 1_000);
          first = Math.min(first, millis);
          last = Math.max(last, millis);
        } catch (NumberFormatException e) {
          if (number > 1 && !line.isBlank()) {
            found.notices.refuse(
                root.relativize(marks).toString(), "'%s' is not a time".formatted(line), number);
          }
        }
      }
    }
    if (first > last) {
      found.notices.add(
          file + ": no job, there is no timestamps.csv with load marks beside it; energy is idle");
      return;
    }
    JobRecord job =
        new JobRecord(
            site, node, "", "", node, "", Map.of(), first, last, JobState.COMPLETED, 0, "");
    found.jobs.add(new TracedJob(job, List.of(node), shares));
  }
}

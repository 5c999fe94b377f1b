// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.util.Objects.requireNonNull;

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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
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

  /**
   * Names of GPUs whose plain {@code power.draw} is not an average: GA100 and what came before
   * Ampere. A log that does not name its GPU is taken to be of a later one.
   */
  private static final Pattern SAMPLED_AT_ONCE =
      Pattern.compile(
          "\\b(A100|A800|A30|V100S?|T4|P4|P40|P100|K80|M40|M60)\\b"
              + "|GTX|TITAN|RTX 20|RTX [568]000$|Quadro");

  private final Path root;
  private final String site;
  private final @Nullable ZoneOffset offset;

  NvidiaSmi(Path root, String site, ReplayOptions options) {
    this.root = root;
    this.site = site;
    this.offset = options.utcOffset();
  }

  void read(List<Path> files, Found found) throws IOException {
    Map<Path, List<Path>> logsByFolder = new TreeMap<>();
    for (Path file : files) {
      if (file.toString().endsWith(".csv") && isLog(file)) {
        logsByFolder
            .computeIfAbsent(requireNonNull(file.getParent(), "folder"), _ -> new ArrayList<>())
            .add(file);
      }
    }
    for (Map.Entry<Path, List<Path>> logs : logsByFolder.entrySet()) {
      String folder = root.relativize(logs.getKey()).toString().replace('/', '.');
      String node = folder.isEmpty() ? site : folder;
      for (Path log : logs.getValue()) {
        // each of several logs in one folder may be of another machine
        boolean alone = logs.getValue().size() == 1;
        String file = String.valueOf(log.getFileName());
        readLog(log, alone ? node : node + "." + file.replaceAll("\\.csv$", ""), found);
      }
    }
  }

  private static boolean isLog(Path file) throws IOException {
    try (BufferedReader reader = Lines.open(file)) {
      String header = reader.readLine();
      if (header == null) {
        return false;
      }
      Layout layout = Layout.of(header);
      return layout.time >= 0 && layout.power >= 0;
    }
  }

  /** Where which quantity stands in a line; -1 if it does not. */
  private record Layout(
      List<String> columns,
      int time,
      int power,
      int index,
      int uuid,
      int name,
      int limit,
      int utilisation,
      int used,
      int total) {

    static Layout of(String header) {
      List<String> names =
          Arrays.stream(header.split(",", -1))
              .map(name -> name.strip().replaceAll("^\uFEFF| \\[.*]$", ""))
              .toList();
      return new Layout(
          names,
          names.indexOf("timestamp"),
          first(names, "power.draw.instant", "power.draw.average", "power.draw"),
          names.indexOf("index"),
          first(names, "uuid", "gpu_uuid", "pci.bus_id", "gpu_bus_id", "serial"),
          first(names, "name", "gpu_name"),
          names.indexOf("power.limit"),
          names.indexOf("utilization.gpu"),
          names.indexOf("memory.used"),
          names.indexOf("memory.total"));
    }

    private static int first(List<String> names, String... wanted) {
      return Arrays.stream(wanted)
          .mapToInt(names::indexOf)
          .filter(column -> column >= 0)
          .findFirst()
          .orElse(-1);
    }

    String powerColumn() {
      return columns.get(power);
    }

    /** Over how long the driver averages the power that is used. */
    int averagingMillis(String gpuName) {
      return switch (powerColumn()) {
        case "power.draw.instant" -> 0;
        case "power.draw.average" -> AVERAGE_MILLIS;
        default -> SAMPLED_AT_ONCE.matcher(gpuName).find() ? 0 : AVERAGE_MILLIS;
      };
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

    boolean anyWithin(long first, long last) {
      for (int i = 0; i < times.size(); i++) {
        if (times.get(i) >= first && times.get(i) <= last) {
          return true;
        }
      }
      return false;
    }
  }

  private void readLog(Path path, String node, Found found) throws IOException {
    String file = root.relativize(path).toString();
    if (offset == null) {
      throw new UserError(
          ("%s: nvidia-smi writes local times without an offset; say which with --utc-offset,"
                  + " for example --utc-offset +01:00")
              .formatted(file));
    }
    Map<String, Gpu> gpus = new LinkedHashMap<>();
    try (BufferedReader reader = Lines.open(path)) {
      Layout layout = Layout.of(String.valueOf(reader.readLine()));
      int number = 1;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        readLine(line, ++number, layout, file, gpus, found.notices);
      }
      List<DeviceShare> shares = new ArrayList<>();
      int seen = 0;
      for (Map.Entry<String, Gpu> entry : gpus.entrySet()) {
        // without an index they are numbered as they come
        String id = "gpu" + (layout.index >= 0 ? entry.getKey() : Integer.toString(seen++));
        Gpu gpu = entry.getValue();
        Device device =
            Device.sensor(id, DeviceKind.GPU)
                .withModel(gpu.name, gpu.limitMilliwatts)
                .withAveragingMillis(layout.averagingMillis(gpu.name))
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
      }
      if (gpus.isEmpty()) {
        found.notices.add(file + ": left out, it has no reading");
        return;
      }
      readJob(path, file, node, shares, gpus.values(), found);
    }
  }

  private void readLine(
      String line, int number, Layout layout, String file, Map<String, Gpu> gpus, Notices notices) {
    if (line.isBlank()) {
      return;
    }
    String[] fields = line.split(",", -1);
    Long time = layout.time < fields.length ? time(fields[layout.time].strip()) : null;
    if (time == null || fields.length != layout.columns.size()) {
      notices.refuse(
          file,
          time == null
              ? "a line without a time"
              : "a line of %d fields where the header has %d"
                  .formatted(fields.length, layout.columns.size()),
          number);
      return;
    }
    int identity = layout.index >= 0 ? layout.index : layout.uuid;
    String key = identity < 0 ? "0" : fields[identity].strip();
    if (key.isEmpty() || key.startsWith("[")) {
      notices.refuse(
          file, "a line whose %s is '%s'".formatted(layout.columns.get(identity), key), number);
      return;
    }
    Gpu gpu = gpus.computeIfAbsent(key, _ -> new Gpu());
    gpu.times.add(time);
    for (int column = 0; column < fields.length; column++) {
      String field = fields[column].strip();
      boolean used =
          column == layout.power || column == layout.utilisation || column == layout.used;
      if (!used && column != layout.time && (field.startsWith("[") || field.isEmpty())) {
        // not needed, but whoever reads the log should know
        notices.refuse(
            file, "%s '%s', not needed".formatted(layout.columns.get(column), field), number);
      }
    }
    gpu.power.add(number(fields, layout.power, 1_000, layout.powerColumn(), file, number, notices));
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

  private void readJob(
      Path log,
      String file,
      String node,
      List<DeviceShare> shares,
      Collection<Gpu> gpus,
      Found found)
      throws IOException {
    Path marks = log.resolveSibling("timestamps.csv");
    long earliest = Long.MAX_VALUE;
    long latest = Long.MIN_VALUE;
    if (Files.isRegularFile(marks)) {
      int number = 0;
      for (String line : Lines.of(marks)) {
        number++;
        try {
          long millis = Math.floorDiv(Long.parseLong(line.strip()), 1_000);
          earliest = Math.min(earliest, millis);
          latest = Math.max(latest, millis);
        } catch (NumberFormatException e) {
          if (number > 1 && !line.isBlank()) {
            found.notices.refuse(
                root.relativize(marks).toString(), "'%s' is not a time".formatted(line), number);
          }
        }
      }
    }
    long first = earliest;
    long last = latest;
    if (first > last) {
      found.notices.add(
          file + ": no job, there is no timestamps.csv with load marks beside it; energy is idle");
      return;
    }
    if (gpus.stream().noneMatch(gpu -> gpu.anyWithin(first, last))) {
      found.notices.add(
          file + ": no reading between its first and last load mark; is --utc-offset right?");
    }
    JobRecord job =
        new JobRecord(
            site, node, "", "", node, "", Map.of(), first, last, JobState.COMPLETED, 0, "");
    found.add(file, new TracedJob(job, List.of(node), shares));
  }
}

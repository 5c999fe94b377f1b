// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.producers.input.Names;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Logs of {@code nvidia-smi --query-gpu=timestamp,power.draw,... --format=csv}. Times are local and
 * carry no offset, so one must be given. Of several power columns the first that has a number in a
 * row is used: {@code power.draw.instant}, else {@code power.draw.average}, else {@code
 * power.draw}; its readings are placed where the model's sensor averages, if that is known. A
 * {@code timestamps.csv} beside it (Unix µs, one load mark a line) makes a job from its first mark
 * to its last.
 *
 * @see <a href="https://docs.nvidia.com/deploy/nvidia-smi/index.html">nvidia-smi</a>
 */
final class NvidiaSmi {
  private final Path root;
  private final String site;
  private final ReplayOptions options;

  NvidiaSmi(Path root, String site, ReplayOptions options) {
    this.root = root;
    this.site = site;
    this.options = options;
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
        String own = node + "." + String.valueOf(log.getFileName()).replaceAll("\\.csv$", "");
        readLog(log, alone ? node : own, own, found);
      }
    }
  }

  private static boolean isLog(Path file) throws IOException {
    try (BufferedReader reader = Lines.open(file)) {
      String header = reader.readLine();
      return header != null && SmiLayout.of(header).isLog();
    }
  }

  private void readLog(Path path, String node, String own, Found found) throws IOException {
    String file = root.relativize(path).toString();
    ZoneOffset offset = options.utcOffset();
    if (offset == null) {
      throw new UserError(
          ("%s: nvidia-smi writes local times without an offset; give it with --utc-offset,"
                  + " for example --utc-offset +01:00")
              .formatted(file));
    }
    try (BufferedReader reader = Lines.open(path)) {
      SmiLayout layout = SmiLayout.of(String.valueOf(reader.readLine()));
      String folder = String.valueOf(root.relativize(requireNonNull(path.getParent(), "folder")));
      SmiRows rows = new SmiRows(file, layout, offset, options.modelIn(folder), found.notices);
      boolean cutOff = Lines.cutOff(path);
      int number = 1;
      String next = reader.readLine();
      while (next != null) {
        String line = next;
        next = reader.readLine();
        rows.take(line, ++number, cutOff && next == null);
      }
      rows.finish();
      if (rows.gpus.isEmpty()) {
        found.notices.add(file + ": left out, it has no reading");
        return;
      }
      addRun(path, file, node, own, layout, rows, found);
    }
  }

  private void addRun(
      Path path, String file, String node, String own, SmiLayout layout, SmiRows rows, Found found)
      throws IOException {
    List<DeviceShare> shares = new ArrayList<>();
    List<Run.Log> logs = new ArrayList<>();
    int seen = 0;
    for (Map.Entry<String, SmiGpu> entry : rows.gpus.entrySet()) {
      // without an index they are numbered as they come
      String id =
          Names.id("gpu" + (layout.index() >= 0 ? entry.getKey() : Integer.toString(seen++)));
      SmiGpu gpu = entry.getValue();
      Device device =
          Device.sensor(id, DeviceKind.GPU)
              .withModel(Bounds.cutText(gpu.name), gpu.limitMilliwatts)
              .withCapacityBytes(gpu.totalBytes);
      shares.add(DeviceShare.whole(id));
      DeviceSeries series =
          new DeviceSeries(device, gpu.readings(layout.utilisation() >= 0, layout.used() >= 0));
      logs.add(new Run.Log("", new NodeLog(node, file + "#" + id, List.of(series))));
      saySensor(file, gpu, found.notices);
    }
    TracedJob job = readJob(path, file, node, shares, rows.gpus.values(), found.notices);
    found.add(new Run(file, node, own, logs, job == null ? List.of() : List.of(job), null));
  }

  private static void saySensor(String file, SmiGpu gpu, Notices notices) {
    if (gpu.name.isEmpty()) {
      notices.add(
          file
              + ": names no GPU model, so it is neither shifted nor calibrated; give it with"
              + " --model NAME");
    } else {
      SensorFigures.Sensor sensor = gpu.sensor(Long.MIN_VALUE, Long.MAX_VALUE);
      if (sensor.window() == null) {
        notices.add(
            "%s: over what time %s of %s averages is not known, so it is not shifted"
                .formatted(file, sensor.column(), gpu.name));
      }
    }
  }

  private @Nullable TracedJob readJob(
      Path log,
      String file,
      String node,
      List<DeviceShare> shares,
      Collection<SmiGpu> gpus,
      Notices notices)
      throws IOException {
    LoadMarks marks = LoadMarks.beside(log, root, notices);
    if (marks == null) {
      notices.add(
          file + ": no job, there is no timestamps.csv with load marks beside it; energy is idle");
      return null;
    }
    long first = marks.firstEpochMillis();
    long last = marks.lastEpochMillis();
    if (gpus.stream().noneMatch(gpu -> gpu.anyWithin(first, last))) {
      notices.add(
          file + ": no reading between its first and last load mark; is --utc-offset right?");
    }
    JobRecord job =
        new JobRecord(
            site,
            node,
            new JobDetails("", "", node, "", Map.of()),
            new JobSpan(first, last),
            JobState.COMPLETED,
            JobWork.NONE,
            0);
    return new TracedJob(
        job, shares, new SensorFigures(gpus.stream().map(gpu -> gpu.sensor(first, last)).toList()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * MLPerf Training power logs. One job per {@code <system>/<benchmark>/<run>.lifecycle.txt}, from
 * its {@code run_start} to its {@code run_stop}; one node per {@code power/<run>/node_N.txt}, whose
 * meter gives whole watts about every two seconds. Lines are {@code :::MLLOG {json}}, possibly
 * behind a rank.
 *
 * @see <a href="https://github.com/mlcommons/logging">mlcommons/logging</a>
 */
final class MlperfTraining {
  private static final String SUFFIX = ".lifecycle.txt";
  private static final String MARK = ":::MLLOG ";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path root;
  private final String site;
  private final ReplayOptions options;

  MlperfTraining(Path root, String site, ReplayOptions options) {
    this.root = root;
    this.site = site;
    this.options = options;
  }

  void read(List<Path> files, Found found) throws IOException {
    for (Path file : files) {
      if (name(file).endsWith(SUFFIX)) {
        readRun(file, found);
      }
    }
  }

  /** One line of such a log. */
  private record Entry(String key, long epochMillis, JsonNode value, JsonNode metadata) {}

  private void readRun(Path lifecycle, Found found) throws IOException {
    String file = root.relativize(lifecycle).toString();
    String run = name(lifecycle).substring(0, name(lifecycle).length() - SUFFIX.length());
    Path benchmarkFolder = requireNonNull(lifecycle.getParent(), "folder");
    String benchmark = name(benchmarkFolder);
    String system = name(benchmarkFolder.getParent());
    long start = -1;
    long stop = -1;
    String status = "";
    double samples = 0;
    int number = 0;
    for (String line : Files.readAllLines(lifecycle)) {
      Entry entry = parse(line, file, ++number, found.notices);
      if (entry == null) {
        continue;
      }
      if (entry.key.equals("run_start")) {
        start = entry.epochMillis;
      } else if (entry.key.equals("run_stop")) {
        stop = entry.epochMillis;
        status = entry.metadata.path("status").asText();
      }
      samples = Math.max(samples, entry.metadata.path("samples_count").asDouble(0));
    }
    if (start < 0 || stop < start) {
      found.notices.add(
          file + ": left out, it has no run_start and run_stop, or they are the wrong way round");
      return;
    }
    List<String> nodes = readNodes(benchmarkFolder, system, run, start, stop, found);
    if (nodes.isEmpty()) {
      found.notices.add(file + ": left out, no power/%s/node_*.txt is beside it".formatted(run));
      return;
    }
    JobRecord job =
        new JobRecord(
            site,
            system + "/" + benchmark + "/" + run,
            submitter(benchmarkFolder, system),
            benchmark,
            run,
            system,
            Map.of("nodes", Integer.toString(nodes.size())),
            start,
            stop,
            switch (status) {
              case "success" -> JobState.COMPLETED;
              case "aborted" -> JobState.FAILED;
              default -> JobState.UNKNOWN;
            },
            samples,
            samples > 0 ? "samples" : "");
    found.jobs.add(new TracedJob(job, nodes, List.of()));
  }

  private List<String> readNodes(
      Path benchmarkFolder, String system, String run, long start, long stop, Found found)
      throws IOException {
    List<String> nodes = new ArrayList<>();
    Path folder = benchmarkFolder.resolve("power").resolve(run);
    if (!Files.isDirectory(folder)) {
      return nodes;
    }
    List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.sorted().toList();
    }
    for (Path file : files) {
      String relative = root.relativize(file).toString();
      if (!name(file).startsWith("node_")) {
        String why =
            name(file).startsWith("total")
                ? "left out, a sum of the others"
                : "left out, an estimate of the interconnect at one moment outside the run";
        found.notices.add(
            "%s/%s/power/*/%s: %s".formatted(system, name(benchmarkFolder), name(file), why));
        continue;
      }
      String node = system + "." + name(file).replace(".txt", "");
      Column times = new Column();
      Column power = new Column();
      int number = 0;
      for (String line : Files.readAllLines(file)) {
        Entry entry = parse(line, relative, ++number, found.notices);
        if (entry == null || !entry.key.equals("power_reading")) {
          continue;
        }
        times.add(entry.epochMillis);
        if (entry.value.isNumber()) {
          power.add(Math.round(entry.value.asDouble() * 1000));
        } else {
          power.add(Readings.MISSING);
          found.notices.refuse(relative, "power_reading of " + entry.value, number);
        }
      }
      if (times.size() == 0) {
        found.notices.add(relative + ": left out, it has no power_reading");
        continue;
      }
      if (options.mlperfEdges() == MlperfEdges.LOG_ENDS) {
        placeEdges(times, power, start, stop);
        found.notices.add(
            "MLPerf Training: two readings per node added by the benchmark's convention, the first"
                + " and last value of its log at run_start and run_stop; without them:"
                + " --mlperf-edges measured");
      }
      nodes.add(node);
      found.logs.add(
          new NodeLog(
              node,
              relative,
              List.of(
                  new DeviceSeries(
                      Device.sensor("meter", DeviceKind.NODE),
                      Readings.ofPower(times.toArray(), power.toArray())))));
    }
    return nodes;
  }

  /** The values with which the log begins and ends, in the order of time, at the run's edges. */
  private static void placeEdges(Column times, Column power, long start, long stop) {
    int first = -1;
    int last = -1;
    for (int i = 0; i < times.size(); i++) {
      if (power.get(i) > 0) {
        first = first < 0 || times.get(i) < times.get(first) ? i : first;
        last = last < 0 || times.get(i) >= times.get(last) ? i : last;
      }
    }
    if (first < 0) {
      return;
    }
    long atStart = power.get(first);
    long atStop = power.get(last);
    insert(times, power, start, atStart);
    insert(times, power, stop, atStop);
  }

  private static void insert(Column times, Column power, long time, long value) {
    int at = 0;
    while (at < times.size() && times.get(at) <= time) {
      at++;
    }
    times.insert(at, time);
    power.insert(at, value);
  }

  private static @Nullable Entry parse(String line, String file, int number, Notices notices) {
    int mark = line.indexOf(MARK);
    if (mark < 0) {
      if (!line.isBlank()) {
        notices.refuse(file, "a line without :::MLLOG", number);
      }
      return null;
    }
    try {
      JsonNode json = JSON.readTree(line.substring(mark + MARK.length()));
      JsonNode time = json.path("time_ms");
      if (!json.path("key").isTextual() || !time.isNumber()) {
        notices.refuse(file, "an entry without key or time_ms", number);
        return null;
      }
      return new Entry(
          json.path("key").asText(), time.asLong(), json.path("value"), json.path("metadata"));
    } catch (JsonProcessingException e) {
      notices.refuse(file, "an entry that is not JSON", number);
      return null;
    }
  }

  /** Who submitted the results, from {@code systems/<system>.json} in any folder above. */
  private String submitter(Path folder, String system) throws IOException {
    for (Path above = folder; above != null; above = above.getParent()) {
      Path description = above.resolve("systems").resolve(system + ".json");
      if (Files.isRegularFile(description)) {
        return JSON.readTree(description.toFile()).path("submitter").asText();
      }
      if (above.equals(root)) {
        break;
      }
    }
    return "";
  }

  private static String name(@Nullable Path file) {
    return file == null || file.getFileName() == null ? "" : file.getFileName().toString();
  }
}

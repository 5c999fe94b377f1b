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
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * MLPerf Training power logs. One job per {@code <system>/<benchmark>/<run>.txt} (or, cut to what
 * matters, {@code <run>.lifecycle.txt}), from its {@code run_start} to its {@code run_stop}; one
 * node per {@code power/<run>/node_N.txt}, whose meter gives whole watts about every two seconds.
 * Lines are {@code :::MLLOG {json}}, possibly behind a rank.
 *
 * @see <a href="https://github.com/mlcommons/logging">mlcommons/logging</a>
 */
final class MlperfTraining {
  private static final String LIFECYCLE = ".lifecycle.txt";
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
    Map<Path, List<Path>> powerFiles = new TreeMap<>();
    for (Path file : files) {
      Path folder = requireNonNull(file.getParent(), "folder");
      if (name(folder.getParent()).equals("power") && name(file).endsWith(".txt")) {
        powerFiles.computeIfAbsent(folder, _ -> new ArrayList<>()).add(file);
      } else if (name(file).endsWith(LIFECYCLE)
          && !Files.isDirectory(
              folder.resolve("power").resolve(name(file).replace(LIFECYCLE, "")))) {
        found.notices.add(
            "%s: left out, there is no folder power/%s beside it"
                .formatted(root.relativize(file), name(file).replace(LIFECYCLE, "")));
      }
    }
    for (Map.Entry<Path, List<Path>> run : powerFiles.entrySet()) {
      if (run.getValue().stream().anyMatch(MlperfTraining::isNodeLog)) {
        readRun(run.getKey(), run.getValue(), found);
      }
    }
  }

  private static boolean isNodeLog(Path file) {
    return name(file).startsWith("node_");
  }

  /** One line of such a log. */
  private record Entry(String key, long epochMillis, JsonNode value, JsonNode metadata) {}

  /** When a job ran and what it did; its times are -1 where the log does not say. */
  private record Lifecycle(long start, long stop, JobState state, double samples) {
    boolean whole() {
      return start >= 0 && stop >= start;
    }
  }

  private Lifecycle readLifecycle(Path path, Notices notices) throws IOException {
    String file = root.relativize(path).toString();
    long start = -1;
    long stop = -1;
    String status = "";
    double samples = 0;
    int number = 0;
    for (String line : Lines.of(path)) {
      number++;
      // the whole log of a run holds much else
      Entry entry = line.contains(MARK) ? parse(line, file, number, notices) : null;
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
    // a run that does not say that it succeeded is no result, by the benchmark's rules
    JobState state = status.equals("success") ? JobState.COMPLETED : JobState.FAILED;
    return new Lifecycle(start, stop, state, samples);
  }

  private void readRun(Path powerFolder, List<Path> files, Found found) throws IOException {
    String run = name(powerFolder);
    Path benchmarkFolder =
        requireNonNull(requireNonNull(powerFolder.getParent(), "power").getParent(), "folder");
    String benchmark = name(benchmarkFolder);
    String system = name(benchmarkFolder.getParent());
    Path log = benchmarkFolder.resolve(run + LIFECYCLE);
    if (!Files.isRegularFile(log)) {
      log = benchmarkFolder.resolve(run + ".txt");
    }
    Lifecycle life =
        Files.isRegularFile(log)
            ? readLifecycle(log, found.notices)
            : new Lifecycle(-1, -1, JobState.UNKNOWN, 0);
    List<String> nodes = readNodes(files, benchmark, system, life, found);
    if (!life.whole()) {
      found.notices.add(
          "%s: no job, %s has no run_start and run_stop in this order; its energy is idle"
              .formatted(root.relativize(powerFolder), root.relativize(log)));
      return;
    }
    if (nodes.isEmpty()) {
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
            life.start,
            life.stop,
            life.state,
            life.samples,
            life.samples > 0 ? "samples" : "");
    found.add(root.relativize(log).toString(), new TracedJob(job, nodes, List.of()));
  }

  private List<String> readNodes(
      List<Path> files, String benchmark, String system, Lifecycle life, Found found)
      throws IOException {
    List<String> nodes = new ArrayList<>();
    for (Path file : files) {
      String relative = root.relativize(file).toString();
      if (!isNodeLog(file)) {
        String why =
            name(file).startsWith("total")
                ? "a total of the other files"
                : name(file).startsWith("sw_")
                    ? "an estimate of the interconnect, which the benchmark's figures leave out too"
                    : "not a node's log";
        found.notices.add(
            "%s/%s/power/*/%s: left out, %s".formatted(system, benchmark, name(file), why));
        continue;
      }
      String node = system + "." + name(file).replace(".txt", "");
      Column times = new Column();
      Column power = new Column();
      int number = 0;
      for (String line : Lines.of(file)) {
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
      if (life.whole() && !anyWithin(times, life)) {
        found.notices.add(relative + ": no reading between the job's start and end");
      } else if (life.whole() && options.mlperfEdges() == MlperfEdges.LOG_ENDS) {
        placeEdges(times, power, life.start, life.stop);
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

  private static boolean anyWithin(Column times, Lifecycle life) {
    for (int i = 0; i < times.size(); i++) {
      if (times.get(i) >= life.start && times.get(i) <= life.stop) {
        return true;
      }
    }
    return false;
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

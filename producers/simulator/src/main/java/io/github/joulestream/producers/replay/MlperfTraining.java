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
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
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

  /** When a job ran and what it did; its times are -1 where the log has none. */
  private record Lifecycle(long start, long stop, JobState state, double samples, String batch) {
    boolean isComplete() {
      return start >= 0 && stop >= start;
    }
  }

  private Lifecycle readLifecycle(Path path, Notices notices) throws IOException {
    String file = root.relativize(path).toString();
    long start = -1;
    long stop = -1;
    String status = "";
    double samples = 0;
    String batch = "";
    int number = 0;
    for (String line : Lines.of(path)) {
      number++;
      // the complete log of a run holds much else
      Entry entry = line.contains(MARK) ? parse(line, file, number, notices) : null;
      if (entry == null) {
        continue;
      }
      if (entry.key.equals("run_start")) {
        start = entry.epochMillis;
      } else if (entry.key.equals("run_stop")) {
        stop = entry.epochMillis;
        status = entry.metadata.path("status").asText();
      } else if (entry.key.equals("global_batch_size") && entry.value.isIntegralNumber()) {
        batch = entry.value.asText();
      }
      samples = Math.max(samples, entry.metadata.path("samples_count").asDouble(0));
    }
    // a run without the status success is no result, by the benchmark's rules
    JobState state = status.equals("success") ? JobState.COMPLETED : JobState.FAILED;
    return new Lifecycle(start, stop, state, samples, batch);
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
    Lifecycle lifecycle =
        Files.isRegularFile(log)
            ? readLifecycle(log, found.notices)
            : new Lifecycle(-1, -1, JobState.UNKNOWN, 0, "");
    Power power = readPower(files, benchmark, system, lifecycle, found.notices);
    String own = String.join(".", system, benchmark, run);
    String file = root.relativize(powerFolder).toString();
    if (!lifecycle.isComplete()) {
      found.notices.add(
          "%s: no job, %s has no run_start and run_stop in this order; its energy is idle"
              .formatted(file, root.relativize(log)));
      found.add(new Run(file, system, own, power.logs, List.of(), null));
      return;
    }
    if (power.logs.isEmpty()) {
      return;
    }
    JsonNode description = description(benchmarkFolder, system);
    JobRecord job =
        new JobRecord(
            site,
            system + "/" + benchmark + "/" + run,
            new JobDetails(
                description.path("submitter").asText(),
                benchmark,
                run,
                system,
                labels(benchmark, power.logs.size(), lifecycle, description)),
            new JobSpan(lifecycle.start, lifecycle.stop),
            lifecycle.state,
            new JobWork(lifecycle.samples, lifecycle.samples > 0 ? "samples" : ""),
            0);
    found.add(
        new Run(
            file,
            system,
            own,
            power.logs,
            List.of(
                new TracedJob(
                    job, List.<DeviceShare>of(), figures(power, lifecycle, file, found.notices))),
            options.mlperfEdges() == MlperfEdges.HELD
                ? new Run.Edges(lifecycle.start, lifecycle.stop)
                : null));
  }

  /** Power by the files of a run. */
  private static final class Power {
    final List<Run.Log> logs = new ArrayList<>();
    final List<PowerLog> entries = new ArrayList<>();
    // power of the interconnect as estimated, with the efficiency that its file gives, W
    double interconnectWatts;
    boolean interconnect;
  }

  private Power readPower(
      List<Path> files, String benchmark, String system, Lifecycle lifecycle, Notices notices)
      throws IOException {
    Power power = new Power();
    for (Path file : files) {
      if (isNodeLog(file)) {
        readNode(file, lifecycle, power, notices);
      } else if (name(file).startsWith("sw_")) {
        readInterconnect(file, power, notices);
      } else {
        String why =
            name(file).startsWith("total") ? "a total of the other files" : "not a node's log";
        notices.add("%s/%s/power/*/%s: left out, %s".formatted(system, benchmark, name(file), why));
      }
    }
    return power;
  }

  private void readNode(Path file, Lifecycle lifecycle, Power power, Notices notices)
      throws IOException {
    String relative = root.relativize(file).toString();
    Column times = new Column();
    Column milliwatts = new Column();
    PowerLog entries = new PowerLog();
    int number = 0;
    for (String line : Lines.of(file)) {
      Entry entry = parse(line, relative, ++number, notices);
      if (entry == null) {
        continue;
      }
      switch (entry.key) {
        case "power_measurement_start" -> entries.start(entry.epochMillis);
        case "power_measurement_stop" -> entries.stop(entry.epochMillis);
        case "conversion_eff" -> {
          if (isFactor(entry.value)) {
            entries.conversionEfficiency(entry.value.asDouble());
          } else {
            notices.refuse(relative, "conversion_eff of " + entry.value, number);
          }
        }
        case "power_reading" -> {
          times.add(entry.epochMillis);
          if (entry.value.isNumber()) {
            milliwatts.add(Math.round(entry.value.asDouble() * 1000));
            entries.reading(entry.epochMillis, entry.value.asDouble());
          } else {
            milliwatts.add(Readings.MISSING);
            notices.refuse(relative, "power_reading of " + entry.value, number);
          }
        }
        default -> {
          // of the run, not of its power
        }
      }
    }
    if (times.size() == 0) {
      notices.add(relative + ": left out, it has no power_reading");
      return;
    }
    if (lifecycle.isComplete() && !anyWithin(times, lifecycle)) {
      notices.add(relative + ": no reading between the job's start and end");
    }
    power.entries.add(entries);
    String suffix = "." + name(file).replace(".txt", "");
    power.logs.add(
        new Run.Log(
            suffix,
            new NodeLog(
                suffix,
                relative,
                List.of(
                    new DeviceSeries(
                        Device.sensor("meter", DeviceKind.NODE),
                        Readings.ofPower(times.toArray(), milliwatts.toArray()))))));
  }

  /** The first estimate of a file counts, with the efficiency that comes before it. */
  private void readInterconnect(Path file, Power power, Notices notices) throws IOException {
    String relative = root.relativize(file).toString();
    double efficiency = 1;
    int number = 0;
    for (String line : Lines.of(file)) {
      Entry entry = parse(line, relative, ++number, notices);
      if (entry == null) {
        continue;
      }
      boolean factor = entry.key.equals("conversion_eff");
      if (!factor && !entry.key.equals("interconnect_power_est")) {
        continue;
      }
      if (!isFactor(entry.value)) {
        notices.refuse(relative, entry.key + " of " + entry.value, number);
      } else if (factor) {
        efficiency = entry.value.asDouble();
      } else {
        power.interconnectWatts += efficiency * entry.value.asDouble();
        power.interconnect = true;
        return;
      }
    }
  }

  private static boolean isFactor(JsonNode value) {
    return value.isNumber() && Double.isFinite(value.asDouble()) && value.asDouble() >= 0;
  }

  private BenchmarkFigures figures(Power power, Lifecycle lifecycle, String file, Notices notices) {
    long runMillis = lifecycle.stop - lifecycle.start;
    double interconnectJoules = power.interconnectWatts * runMillis / 1000;
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    double joules = interconnectJoules;
    boolean whole = options.mlperfEdges() == MlperfEdges.MLCOMMONS;
    boolean anyWithoutStop = false;
    for (PowerLog log : power.entries) {
      least = Math.min(least, log.conversionEfficiency());
      most = Math.max(most, log.conversionEfficiency());
      OptionalDouble ofNode = log.joules(runMillis);
      whole &= ofNode.isPresent();
      joules += ofNode.orElse(0);
      anyWithoutStop |= log.stopIsNone();
    }
    if (options.mlperfEdges() == MlperfEdges.MLCOMMONS) {
      if (!whole) {
        notices.add(
            file
                + ": MLCommons' formula gives no figure, a log has no power_measurement_start or no"
                + " length");
      } else if (anyWithoutStop) {
        notices.add(
            "MLPerf Training: where a log's power_measurement_stop is not after its start, its last"
                + " reading takes the stop's place in MLCommons' formula, as in logs without a stop");
      }
    }
    return new BenchmarkFigures(
        options.mlperfEdges(),
        power.interconnect ? OptionalDouble.of(interconnectJoules) : OptionalDouble.empty(),
        least == most ? plain(least) : plain(least) + ".." + plain(most),
        whole ? OptionalDouble.of(joules) : OptionalDouble.empty());
  }

  private static String plain(double factor) {
    return BigDecimal.valueOf(factor).stripTrailingZeros().toPlainString();
  }

  private static boolean anyWithin(Column times, Lifecycle lifecycle) {
    for (int i = 0; i < times.size(); i++) {
      if (times.get(i) >= lifecycle.start && times.get(i) <= lifecycle.stop) {
        return true;
      }
    }
    return false;
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

  private static Map<String, String> labels(
      String benchmark, int nodes, Lifecycle lifecycle, JsonNode description) {
    Map<String, String> labels = BenchmarkModels.labels(benchmark, "train");
    labels.put("nodes", Integer.toString(nodes));
    if (!lifecycle.batch.isEmpty()) {
      labels.put("batch", lifecycle.batch);
    }
    String gpu = description.path("accelerator_model_name").asText().strip();
    if (!gpu.isEmpty()) {
      labels.put("gpu", gpu);
    }
    int perNode = description.path("accelerators_per_node").asInt(0);
    if (perNode > 0) {
      labels.put("gpus", Integer.toString(perNode * nodes));
    }
    return labels;
  }

  /** Who submitted the results and on what: {@code systems/<system>.json} in any folder above. */
  private JsonNode description(Path folder, String system) throws IOException {
    for (Path above = folder; above != null; above = above.getParent()) {
      Path description = above.resolve("systems").resolve(system + ".json");
      if (Files.isRegularFile(description)) {
        return JSON.readTree(description.toFile());
      }
      if (above.equals(root)) {
        break;
      }
    }
    return JSON.createObjectNode();
  }

  private static String name(@Nullable Path file) {
    return file == null || file.getFileName() == null ? "" : file.getFileName().toString();
  }
}

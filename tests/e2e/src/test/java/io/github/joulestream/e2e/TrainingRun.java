// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A run of MLPerf Training as its files have it, and its energy worked out from them in a plain way
 * that shares nothing with the product.
 */
final class TrainingRun {
  private static final Pattern TIME = Pattern.compile("(\"time_ms\": ?)(\\d+)");
  private static final Pattern VALUE = Pattern.compile("\"value\": ?(-?\\d+)");
  private static final long MEASURED_LIMIT_MILLIS = 10_000;

  private final long start;
  private final long stop;
  private final List<List<String>> nodes = new ArrayList<>();
  private double interconnectWatts;

  private TrainingRun(Path traces, String job) throws IOException {
    String[] names = job.split("/");
    Path benchmark = traces.resolve(names[0]).resolve(names[1]);
    List<String> log = Files.readAllLines(benchmark.resolve(names[2] + ".lifecycle.txt"));
    start = time(only(log, "run_start"));
    stop = time(only(log, "run_stop"));
    try (Stream<Path> files = Files.list(benchmark.resolve("power").resolve(names[2]))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith("node_")) {
          nodes.add(Files.readAllLines(file));
        } else if (name.startsWith("sw_")) {
          interconnectWatts += value(Files.readAllLines(file).getFirst());
        }
      }
    }
  }

  static TrainingRun of(Path traces, String job) throws IOException {
    return new TrainingRun(traces, job);
  }

  /** Copies a run's files to another folder, all times moved. */
  static void copy(Path traces, String job, Path to, long moveMillis) throws IOException {
    Path system = requireNonNull(Path.of(job).getParent());
    String run = Path.of(job).getFileName().toString();
    List<Path> files = new ArrayList<>(List.of(system.resolve(run + ".lifecycle.txt")));
    try (Stream<Path> power = Files.list(traces.resolve(system).resolve("power").resolve(run))) {
      power.forEach(file -> files.add(traces.relativize(file)));
    }
    for (Path file : files) {
      Path target = to.resolve(file);
      Files.createDirectories(target.getParent());
      Files.writeString(
          target,
          TIME.matcher(Files.readString(traces.resolve(file)))
              .replaceAll(match -> match.group(1) + (Long.parseLong(match.group(2)) + moveMillis)));
    }
  }

  long startEpochMillis() {
    return start;
  }

  private static String only(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.contains("\"" + key + "\""))
        .reduce((_, last) -> last)
        .orElseThrow();
  }

  private static long time(String line) {
    Matcher matcher = TIME.matcher(line);
    if (!matcher.find()) {
      throw new AssertionError(line);
    }
    return Long.parseLong(matcher.group(2));
  }

  private static double value(String line) {
    Matcher matcher = VALUE.matcher(line);
    if (!matcher.find()) {
      throw new AssertionError(line);
    }
    return Double.parseDouble(matcher.group(1));
  }

  /** Trapezoids between the readings, cut at the edges; held where nothing lies beyond an edge. */
  double measuredJoules() {
    double joules = 0;
    for (List<String> lines : nodes) {
      TreeMap<Long, Double> power = new TreeMap<>();
      for (String line : lines) {
        if (line.contains("\"power_reading\"") && value(line) > 0) {
          power.put(time(line), value(line));
        }
      }
      TreeMap<Long, Double> points = new TreeMap<>(power.subMap(start, true, stop, true));
      for (long edge : new long[] {start, stop}) {
        Map.Entry<Long, Double> before = power.floorEntry(edge);
        Map.Entry<Long, Double> after = power.ceilingEntry(edge);
        if (before != null && after != null) {
          double part =
              before.getKey().equals(after.getKey())
                  ? 0
                  : (edge - before.getKey()) / (double) (after.getKey() - before.getKey());
          points.put(edge, before.getValue() + part * (after.getValue() - before.getValue()));
        } else {
          Map.Entry<Long, Double> nearest = before == null ? after : before;
          // no further than the accounts hold a reading
          long reach = Math.min(Math.abs(edge - nearest.getKey()), MEASURED_LIMIT_MILLIS);
          points.put(nearest.getKey() + (before == null ? -reach : reach), nearest.getValue());
        }
      }
      Map.Entry<Long, Double> last = null;
      for (Map.Entry<Long, Double> point : points.entrySet()) {
        if (last != null) {
          joules +=
              (last.getValue() + point.getValue()) / 2 * (point.getKey() - last.getKey()) / 1e3;
        }
        last = point;
      }
    }
    return joules;
  }

  /** What MLCommons' result_summarizer makes of it, the interconnect too. */
  double formulaJoules() {
    double seconds = (stop - start) / 1e3;
    double joules = interconnectWatts * seconds;
    for (List<String> lines : nodes) {
      long began = time(only(lines, "power_measurement_start"));
      long before = began;
      double sum = 0;
      for (String line :
          lines.stream()
              .filter(line -> line.contains("\"power_reading\""))
              .sorted(Comparator.comparingLong(TrainingRun::time))
              .toList()) {
        sum += value(line) * (time(line) - before);
        before = time(line);
      }
      long ended = time(only(lines, "power_measurement_stop"));
      joules += sum / ((ended > began ? ended : before) - began) * seconds;
    }
    return joules;
  }
}

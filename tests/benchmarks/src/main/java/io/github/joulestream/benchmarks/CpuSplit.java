// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/**
 * What a JVM spends its processor time on: samples of its stacks, each counted for the part to
 * which the innermost frame belongs that belongs to any, and the time of threads that have no
 * stacks.
 */
final class CpuSplit {
  /** A part of the work. */
  enum Part {
    DECODING("decoding of records"),
    BOOKS("books: attribution, windows, totals"),
    COMMIT("commit, journal and state"),
    OUTPUT("output: emission, encoding, producer"),
    KAFKA_STREAMS("Kafka Streams"),
    CLIENTS("Kafka clients: network, records, compression"),
    ROCKSDB("RocksDB"),
    OTHER("other"),
    COLLECTOR("the JVM's collector"),
    COMPILER("the JVM's compiler"),
    VM("other threads of the JVM");

    final String words;

    Part(String words) {
      this.words = words;
    }
  }

  /** A frame that matches belongs to a part: {@code class.method}. */
  private record Rule(Part part, Pattern frame) {
    static Rule of(Part part, String frame) {
      return new Rule(part, Pattern.compile(frame));
    }
  }

  /** Wherever in a stack: the energy module also writes its state, which is no booking. */
  private static final List<Rule> ANYWHERE =
      List.of(
          Rule.of(
              Part.COMMIT,
              "io\\.github\\.joulestream\\.streams\\.state\\.(NodeStateCache\\.(write|written|read)"
                  + "|NodeHistory|Journal|ZstdCodec).*"));

  /** The first that matches a frame counts; what matches none belongs to its caller. */
  private static final List<Rule> RULES =
      List.of(
          Rule.of(
              Part.OUTPUT,
              "io\\.github\\.joulestream\\.schemas\\..*(Writer|\\$Values|\\.write|serializer).*"),
          Rule.of(Part.DECODING, "(io\\.github\\.joulestream\\.schemas|org\\.apache\\.avro)\\..*"),
          Rule.of(
              Part.OUTPUT,
              "io\\.github\\.joulestream\\.streams\\..*(Output|Emitter|EmissionPolicy"
                  + "|PowerRecords|PlacementRecords).*"),
          Rule.of(Part.COMMIT, "io\\.github\\.joulestream\\.energy\\.StateBytes.*"),
          Rule.of(
              Part.BOOKS,
              "io\\.github\\.joulestream\\.(energy|streams\\.accounting|streams\\.alerts)\\..*"),
          Rule.of(Part.COMMIT, "io\\.github\\.joulestream\\.streams\\.state\\..*"),
          Rule.of(Part.KAFKA_STREAMS, "io\\.github\\.joulestream\\.streams\\..*"),
          Rule.of(
              Part.ROCKSDB,
              "(org\\.rocksdb|org\\.apache\\.kafka\\.streams\\.state\\.internals\\.RocksDB).*"),
          Rule.of(
              Part.OUTPUT,
              "org\\.apache\\.kafka\\.streams\\.processor\\.internals"
                  + "\\.(RecordCollector|StreamsProducer).*"),
          Rule.of(Part.KAFKA_STREAMS, "org\\.apache\\.kafka\\.streams\\..*"),
          Rule.of(Part.CLIENTS, "org\\.apache\\.kafka\\.clients\\.producer\\.internals\\.Sender.*"),
          Rule.of(Part.OUTPUT, "org\\.apache\\.kafka\\.clients\\.producer\\..*"),
          // tools that others use too
          Rule.of(
              Part.CLIENTS,
              "org\\.apache\\.kafka\\.(clients|common"
                  + "(?!\\.(metrics|utils|header|serialization)\\.))\\..*"));

  private final ThreadTimes times;
  private final Map<Part, Long> samples = new EnumMap<>(Part.class);
  private final Map<String, Long> otherFrames = new HashMap<>();
  private long withoutStack;

  /**
   * @param times of the process while it was sampled
   */
  CpuSplit(ThreadTimes times) {
    this.times = times;
  }

  /** Reads the samples of a recording, between two moments. */
  static CpuSplit of(Path recording, Instant begin, Instant end, ThreadTimes times)
      throws IOException {
    CpuSplit split = new CpuSplit(times);
    try (RecordingFile events = new RecordingFile(recording)) {
      while (events.hasMoreEvents()) {
        RecordedEvent event = events.readEvent();
        String name = event.getEventType().getName();
        Instant at = event.getStartTime();
        if ((name.equals("jdk.CPUTimeSample") || name.equals("jdk.ExecutionSample"))
            && !at.isBefore(begin)
            && at.isBefore(end)) {
          RecordedStackTrace stack = event.getStackTrace();
          split.add(
              stack == null ? List.of() : stack.getFrames().stream().map(CpuSplit::name).toList());
        }
      }
    }
    return split;
  }

  private static String name(RecordedFrame frame) {
    return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
  }

  /**
   * Counts a sample.
   *
   * @param stack {@code class.method} of each frame, the innermost first; empty if it is not known
   */
  void add(List<String> stack) {
    if (stack.isEmpty()) {
      withoutStack++;
      return;
    }
    Part part = part(stack);
    samples.merge(part, 1L, Long::sum);
    if (part == Part.OTHER) {
      otherFrames.merge(stack.getFirst(), 1L, Long::sum);
    }
  }

  /** To which part a stack belongs. */
  static Part part(List<String> stack) {
    for (Rule rule : ANYWHERE) {
      if (stack.stream().anyMatch(frame -> rule.frame.matcher(frame).matches())) {
        return rule.part;
      }
    }
    for (String frame : stack) {
      for (Rule rule : RULES) {
        if (rule.frame.matcher(frame).matches()) {
          return rule.part;
        }
      }
    }
    return Part.OTHER;
  }

  /** Hundredths of the processor time of the process, by part. */
  Map<Part, Double> percent() {
    Map<Part, Double> percent = new EnumMap<>(Part.class);
    long sampled = samples.values().stream().mapToLong(Long::longValue).sum();
    // of threads that run Java, and what they call
    long java =
        times.allNanos()
            - times.compilerNanos()
            - times.collectorNanos()
            - times.vmNanos()
            - times.rocksDbNanos();
    double each = sampled == 0 ? 0 : (double) java / sampled;
    for (Part part : Part.values()) {
      double nanos = samples.getOrDefault(part, 0L) * each + threads(part);
      percent.put(part, times.allNanos() == 0 ? 0 : 100 * nanos / times.allNanos());
    }
    return percent;
  }

  private long threads(Part part) {
    return switch (part) {
      case COLLECTOR -> times.collectorNanos();
      case COMPILER -> times.compilerNanos();
      case VM -> times.vmNanos();
      case ROCKSDB -> times.rocksDbNanos();
      default -> 0;
    };
  }

  ObjectNode json() {
    ObjectNode json = Bench.object();
    json.put("cpu_s", times.allNanos() / 1e9);
    json.put("samples", samples.values().stream().mapToLong(Long::longValue).sum());
    json.put("samples_without_stack", withoutStack);
    ObjectNode parts = json.putObject("percent");
    percent().forEach((part, percent) -> parts.put(part.name().toLowerCase(Locale.ROOT), percent));
    ObjectNode frames = json.putObject("other_frames");
    otherFrames.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
        .limit(10)
        .forEach(frame -> frames.put(frame.getKey(), frame.getValue()));
    return json;
  }

  /** Prints what {@link #json} gave. */
  static void print(String what, JsonNode json) {
    Bench.say(
        "%n%s: %.1f s of processor time, %,d samples",
        what, json.get("cpu_s").asDouble(), json.get("samples").asLong());
    for (Part part : Part.values()) {
      Bench.say(
          "%5.1f %%  %s",
          json.get("percent").get(part.name().toLowerCase(Locale.ROOT)).asDouble(), part.words);
    }
  }
}

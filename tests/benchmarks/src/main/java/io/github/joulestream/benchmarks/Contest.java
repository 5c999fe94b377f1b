// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fills a broker with what a simulated site says, lets contestants work through it one after the
 * other, several rounds, and prints what each cost, as ratios within the round. Each has a process
 * of its own; so has the broker.
 */
final class Contest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Settings settings;
  private final List<Process> processes = new ArrayList<>();

  private Contest(Settings settings) {
    this.settings = settings;
  }

  public static void main(String[] args) throws Exception {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("nodes", "1000");
    defaults.put("seconds", "600");
    defaults.put("partitions", "4");
    defaults.put("rounds", "2");
    defaults.put("threads", "1");
    defaults.put("faults", "none");
    defaults.put(
        "contestants", "consumer,consumer-decoding,joulestream,dsl-per-batch,dsl-per-reading");
    defaults.put("json", "");
    defaults.put("jvm", "-Xmx3g -XX:+UseParallelGC -XX:+UseCompactObjectHeaders");
    Contest contest = new Contest(Settings.of(defaults, args));
    try {
      contest.run();
    } finally {
      contest.processes.forEach(Process::destroyForcibly);
    }
  }

  private void run() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("contest");
    List<ObjectNode> results = new ArrayList<>();
    String bootstrap =
        start(Broker.class, List.of(folder.resolve("kafka").toString(), "0"), "READY ");
    JsonNode loaded =
        result(
            Preload.class,
            List.of(
                "bootstrap=" + bootstrap,
                "nodes=" + settings.text("nodes"),
                "seconds=" + settings.text("seconds"),
                "partitions=" + settings.text("partitions"),
                "faults=" + settings.text("faults")));
    long readings = loaded.get("readings").asLong();
    long bytes = bytes(folder.resolve("kafka"), "telemetry-");
    System.out.printf(
        Locale.ROOT,
        "%,d readings of %s nodes over %s s in the topic: %.2f bytes each%n%n",
        readings,
        settings.text("nodes"),
        settings.text("seconds"),
        (double) bytes / readings);
    double readingsPerBatch = 0;
    for (int round = 1; round <= settings.number("rounds"); round++) {
      for (String name : settings.text("contestants").split(",")) {
        Path state = Files.createDirectories(folder.resolve(name + "-" + round));
        ObjectNode result =
            (ObjectNode)
                result(
                    Lane.class,
                    List.of(
                        "name=" + name,
                        "bootstrap=" + bootstrap,
                        "folder=" + state,
                        "threads=" + settings.text("threads"),
                        "totals=" + (round == 1)));
        result.put("name", name);
        result.put("round", round);
        result.put("state_bytes", bytes(state, ""));
        result.put("changelog_bytes", bytes(folder.resolve("kafka"), "-changelog-"));
        readingsPerBatch = 15;
        results.add(result);
        print(result, readingsPerBatch);
        forget(bootstrap);
      }
    }
    ratios(results);
    checkTotals(results);
    String json = settings.text("json");
    if (!json.isEmpty()) {
      ObjectNode all = JSON.createObjectNode();
      all.put("readings", readings);
      all.put("topic_bytes", bytes);
      all.set("settings", JSON.valueToTree(settings.all()));
      all.set("results", JSON.valueToTree(results));
      Files.writeString(
          Path.of(json), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all));
    }
    for (Process process : List.copyOf(processes)) {
      process.destroyForcibly().waitFor();
    }
    delete(folder);
  }

  private static void print(JsonNode result, double readingsPerBatch) {
    double batches = result.get("batches").asDouble();
    double readings = batches * readingsPerBatch;
    System.out.printf(
        Locale.ROOT,
        "round %d  %-18s %,9.0f batches/s  %,12.0f readings per CPU s  %7.1f bytes allocated per reading%s%n",
        result.get("round").asInt(),
        result.get("name").asText(),
        batches / result.get("wall_s").asDouble(),
        readings / result.get("cpu_s").asDouble(),
        result.get("allocated_bytes").asDouble() / readings,
        result.get("measured_mj").asLong() < 0
            ? ""
            : "  measured %,d mJ, jobs %,d mJ"
                .formatted(result.get("measured_mj").asLong(), result.get("jobs_mj").asLong()));
  }

  private void ratios(List<ObjectNode> results) {
    System.out.printf(
        "%nbatches per CPU second, as a part of consumer-decoding's in the same round%n");
    for (String name : settings.text("contestants").split(",")) {
      StringBuilder line = new StringBuilder("%-18s".formatted(name));
      for (int round = 1; round <= settings.number("rounds"); round++) {
        Double own = rate(results, name, round);
        Double limit = rate(results, "consumer-decoding", round);
        line.append(
            own == null || limit == null
                ? "  -"
                : String.format(Locale.ROOT, "  %.3f", own / limit));
      }
      System.out.println(line);
    }
  }

  /** Whoever works out the energy must find the same; a millijoule is rounded here or there. */
  private static void checkTotals(List<ObjectNode> results) {
    long first = -1;
    for (ObjectNode result : results) {
      long measured = result.get("measured_mj").asLong();
      if (measured < 0) {
        continue;
      }
      first = first < 0 ? measured : first;
      if (Math.abs(measured - first) > first / 1_000_000) {
        throw new IllegalStateException(
            "%s found %,d mJ, another %,d mJ"
                .formatted(result.get("name").asText(), measured, first));
      }
    }
    System.out.printf(Locale.ROOT, "%nall found the same energy: %,d mJ%n", first);
  }

  private static @Nullable Double rate(List<ObjectNode> results, String name, int round) {
    for (ObjectNode result : results) {
      if (result.get("name").asText().equals(name) && result.get("round").asInt() == round) {
        return result.get("batches").asDouble() / result.get("cpu_s").asDouble();
      }
    }
    return null;
  }

  /** What the contestant left on the broker: the next round begins anew. */
  private void forget(String bootstrap) throws IOException, InterruptedException {
    result(Forget.class, List.of(bootstrap));
  }

  // ---- processes

  private Process launch(Class<?> main, List<String> args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.addAll(List.of(settings.text("jvm").split(" ")));
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(args);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    processes.add(process);
    return process;
  }

  private String start(Class<?> main, List<String> args, String prefix) throws IOException {
    BufferedReader out = launch(main, args).inputReader(UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(prefix)) {
        return line.substring(prefix.length());
      }
    }
    throw new IOException(main.getSimpleName() + " ended");
  }

  private JsonNode result(Class<?> main, List<String> args)
      throws IOException, InterruptedException {
    Process process = launch(main, args);
    @Nullable JsonNode found = null;
    BufferedReader out = process.inputReader(UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("RESULT ")) {
        found = JSON.readTree(line.substring("RESULT ".length()));
      }
    }
    if (process.waitFor() != 0 || found == null) {
      throw new IOException(main.getSimpleName() + " failed: " + args);
    }
    processes.remove(process);
    return found;
  }

  // ---- files

  /** Bytes of the files below folders whose name holds these. */
  private static long bytes(Path folder, String... names) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      long sum = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String parent = String.valueOf(file.getParent());
        boolean wanted = file.toString().endsWith(".log") || names[0].isEmpty();
        for (String name : names) {
          wanted &= parent.substring(folder.toString().length()).contains(name);
        }
        sum += wanted ? Files.size(file) : 0;
      }
      return sum;
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}

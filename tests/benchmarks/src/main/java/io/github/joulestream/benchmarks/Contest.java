// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Fills a broker with what a simulated site says, lets contestants work through it one after the
 * other, several rounds, and prints what each cost, as ratios within the round. Each has a process
 * of its own; so has the broker. Who is slow is stopped at the limit, and has a rate but no totals.
 */
final class Contest {
  private static final String LIMIT = "consumer-decoding";
  private static final Set<String> RESULTS =
      Set.of("job-window", "job-summary", "site-window", "ledger", Peer.RESULTS);

  private final Settings settings;
  private final Bench bench;
  private final String bootstrap;
  private final List<ObjectNode> results = new ArrayList<>();
  private double readingsPerBatch;

  private Contest(Settings settings, Bench bench, String bootstrap) {
    this.settings = settings;
    this.bench = bench;
    this.bootstrap = bootstrap;
  }

  public static void main(String[] args) throws Exception {
    Settings settings =
        new Settings("What whole programs cost on the same readings.")
            .with("nodes", "1000", "nodes of the site, 15 devices each")
            .with("simulated", "1000", "nodes that are simulated; the others are copies")
            .with("seconds", "600", "of its life, a reading of each device a second")
            .with("rows", "1", "readings of a device in a batch")
            .with("longer", "5", "times as long as the simulator's jobs last: hours, not minutes")
            .with("partitions", "4", "of the topics")
            .with("rounds", "2", "each with all contestants")
            .with("threads", "1", "of each contestant")
            .with("limit", "240", "seconds until a contestant is stopped")
            .with("profile", "false", "whether to show what each spends its processor time on")
            .with("faults", "none", "what goes wrong, by name=rate;name=rate")
            .with(
                "contestants",
                "consumer,consumer-decoding,joulestream,dsl-per-batch,dsl-per-reading,flink",
                "those who take part")
            .withCommon()
            .read(args);
    for (String name : settings.list("contestants")) {
      if (!Contestant.NAMES.contains(name)) {
        throw settings.refuse("'%s' is not one of %s".formatted(name, Contestant.NAMES));
      }
    }
    try (Bench bench = new Bench(settings)) {
      new Contest(settings, bench, bench.broker()).run();
    }
  }

  private void run() throws IOException, InterruptedException {
    JsonNode loaded =
        bench.result(
            Preload.class,
            "bootstrap=" + bootstrap,
            "nodes=" + settings.text("nodes"),
            "simulated=" + settings.text("simulated"),
            "seconds=" + settings.text("seconds"),
            "rows=" + settings.text("rows"),
            "longer=" + settings.text("longer"),
            "partitions=" + settings.text("partitions"),
            "faults=" + settings.text("faults"));
    long readings = loaded.get("readings").asLong();
    long bytes = bench.topicBytes("telemetry"::equals);
    readingsPerBatch = (double) readings / loaded.get("batches").asLong();
    Bench.say(
        "%,d readings of %s nodes over %s s, %.1f in a batch",
        readings, settings.text("nodes"), settings.text("seconds"), readingsPerBatch);
    Bench.say("bytes per reading in the topic: %.2f%n", (double) bytes / readings);
    Bench.say(
        "%-5s %-18s %12s %12s %9s %10s %10s %11s %9s  %s",
        "round",
        "contestant",
        "readings/s",
        "per CPU s",
        "compiler",
        "allocated",
        "changelog",
        "state",
        "results",
        "energy, mJ");
    Bench.say(
        "%-5s %-18s %12s %12s %9s %10s %10s %11s %9s",
        "", "", "", "", "of CPU", "B/reading", "B/reading", "B/node", "B/reading");
    for (int round = 1; round <= settings.number("rounds"); round++) {
      for (String name : settings.list("contestants")) {
        run(name, round, readings);
      }
    }
    ratios();
    long energy = checkTotals();
    ObjectNode all = Bench.object();
    all.put("readings", readings);
    all.put("topic_bytes", bytes);
    all.put("measured_mj", energy);
    ArrayNode array = all.putArray("results");
    results.forEach(array::add);
    bench.report(all);
  }

  private void run(String name, int round, long readings) throws IOException, InterruptedException {
    Path state = bench.folder(name + "-" + round);
    long resultsBefore = bench.topicBytes(RESULTS::contains);
    ObjectNode result =
        bench.lane(
            name,
            "bootstrap=" + bootstrap,
            "folder=" + state,
            "threads=" + settings.text("threads"),
            "limit=" + settings.text("limit"),
            "profile=" + settings.text("profile"),
            "totals=" + (round == 1));
    result.put("name", name);
    result.put("round", round);
    result.put(
        "state_bytes", Math.max(result.get("state_bytes").asLong(), Bench.stateBytes(state)));
    // files of the broker: what its cleaner has removed by now is missing
    result.put("changelog_bytes", bench.topicBytes(topic -> topic.endsWith("-changelog")));
    result.put("result_bytes", bench.topicBytes(RESULTS::contains) - resultsBefore);
    double measured = result.get("batches").asDouble() * readingsPerBatch;
    result.put("readings_per_s", measured / result.get("wall_s").asDouble());
    result.put("readings_per_cpu_s", measured / result.get("cpu_s").asDouble());
    result.put(
        "readings_per_warm_cpu_s",
        measured / (result.get("cpu_s").asDouble() - result.get("compiler_s").asDouble()));
    result.put("allocated_per_reading", result.get("allocated_bytes").asDouble() / measured);
    results.add(result);
    print(result, readings);
    if (settings.is("profile")) {
      CpuSplit.print(name, result.get("split"));
    }
    bench.result(Forget.class, bootstrap);
    Bench.delete(state);
  }

  private void print(JsonNode result, long readings) {
    boolean complete = result.get("complete").asBoolean();
    Bench.say(
        "%-5d %-18s %,12.0f %,12.0f %8.0f%% %10.1f %10s %,11d %9s  %s",
        result.get("round").asInt(),
        result.get("name").asText(),
        result.get("readings_per_s").asDouble(),
        result.get("readings_per_cpu_s").asDouble(),
        100 * result.get("compiler_s").asDouble() / result.get("cpu_s").asDouble(),
        result.get("allocated_per_reading").asDouble(),
        each(result, "changelog_bytes", readings, complete),
        result.get("state_bytes").asLong() / settings.number("nodes"),
        each(result, "result_bytes", readings, complete),
        remark(result));
  }

  private static String remark(JsonNode result) {
    if (!result.get("complete").asBoolean()) {
      return "stopped at the limit: a rate, no totals";
    }
    long energy = result.get("measured_mj").asLong();
    return (energy < 0 ? "" : String.format(Locale.ROOT, "%,d", energy))
        + (result.get("cold").asBoolean() ? "  (so few that its start is in it)" : "");
  }

  private static String each(JsonNode result, String name, long readings, boolean complete) {
    return complete
        ? String.format(Locale.ROOT, "%.2f", result.get(name).asDouble() / readings)
        : "-";
  }

  private void ratios() {
    ratios("readings per CPU second", "readings_per_cpu_s");
    ratios("the same without the JVM's compiler", "readings_per_warm_cpu_s");
  }

  private void ratios(String what, String field) {
    Bench.say("%n%s, as a part of %s's in the same round", what, LIMIT);
    for (String name : settings.list("contestants")) {
      List<Double> ratios = new ArrayList<>();
      for (ObjectNode own : results) {
        for (ObjectNode limit : results) {
          if (own.get("name").asText().equals(name)
              && limit.get("name").asText().equals(LIMIT)
              && own.get("round").equals(limit.get("round"))) {
            ratios.add(own.get(field).asDouble() / limit.get(field).asDouble());
          }
        }
      }
      if (!ratios.isEmpty()) {
        Bench.say("%-18s median %.3f  of %s", name, Statistics.median(ratios), listed(ratios));
      }
    }
  }

  private static String listed(List<Double> ratios) {
    StringBuilder text = new StringBuilder();
    ratios.forEach(ratio -> text.append(String.format(Locale.ROOT, " %.3f", ratio)));
    return text.toString();
  }

  /** Whoever works out the energy must find the same; a millijoule is rounded here or there. */
  private long checkTotals() {
    long first = -1;
    Set<String> found = new HashSet<>();
    for (ObjectNode result : results) {
      long measured = result.get("measured_mj").asLong();
      if (measured < 0) {
        continue;
      }
      first = first < 0 ? measured : first;
      found.add(result.get("name").asText());
      if (Math.abs(measured - first) > first / 1_000_000) {
        throw new IllegalStateException(
            "%s found %,d mJ, another %,d mJ"
                .formatted(result.get("name").asText(), measured, first));
      }
    }
    Bench.say("%n%s", found.isEmpty() ? "nobody added up the energy" : agreed(found, first));
    return first;
  }

  private static String agreed(Set<String> found, long millijoules) {
    return String.format(
        Locale.ROOT,
        "the same energy was found by %s: %,d mJ%s",
        String.join(", ", found),
        millijoules,
        found.contains("joulestream") ? "; the ledger's difference is 0" : "");
  }
}

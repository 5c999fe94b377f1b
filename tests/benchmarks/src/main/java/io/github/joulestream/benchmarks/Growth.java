// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;

/**
 * What a reading costs, and a node's state takes, as the site grows: about the same number of
 * readings from ever more nodes, each on a broker of its own. The jobs of the first second, which
 * all nodes begin at once, are in the part before measuring begins, and no job is ended at the end:
 * that would be more news of jobs for a reading the shorter it is. The consumer that only decodes
 * shows what of it is the input's.
 */
final class Growth {
  private static final int DEVICES = 15;
  // of each node; with fewer, most of what is measured is the creation of nodes
  private static final int MIN_BATCHES = 5;
  private static final List<String> CONTESTANTS = List.of("consumer-decoding", "joulestream");

  private final Settings settings;
  private final ArrayNode results = Bench.object().putArray("results");

  private Growth(Settings settings) {
    this.settings = settings;
  }

  public static void main(String[] args) throws Exception {
    Settings settings =
        new Settings("What a reading costs as the site grows.")
            .with("nodes", "1000,10000,110000", "sizes of the site, 15 devices a node")
            .with("readings", "9900000", "about so many at each size")
            .with("simulated", "500", "nodes that are simulated; the others are copies")
            .with("rows", "1", "readings of a device in a batch")
            .with("partitions", "4", "of the topics")
            .with("threads", "1", "of each contestant")
            .with("limit", "600", "seconds until a contestant is stopped")
            .with("profile", "false", "whether to show what each spends its processor time on")
            .withCommon()
            .read(args);
    new Growth(settings).run();
  }

  private void run() throws IOException, InterruptedException {
    checkReadings();
    Bench.say(
        "%-9s %-18s %12s %12s %12s  %s",
        "nodes", "contestant", "readings", "per CPU s", "of smallest", "state on disk, B/node");
    for (int nodes : settings.numbers("nodes")) {
      try (Bench bench = new Bench(settings)) {
        run(bench, nodes);
      }
    }
    try (Bench bench = new Bench(settings)) {
      ObjectNode all = Bench.object();
      all.set("results", results);
      bench.report(all);
    }
  }

  private void run(Bench bench, int nodes) throws IOException, InterruptedException {
    String bootstrap = bench.broker();
    JsonNode loaded =
        bench.result(
            Preload.class,
            "bootstrap=" + bootstrap,
            "nodes=" + nodes,
            "simulated=" + settings.text("simulated"),
            "seconds=" + seconds(nodes),
            "finish=false",
            "rows=" + settings.text("rows"),
            "partitions=" + settings.text("partitions"));
    for (String name : CONTESTANTS) {
      Path state = bench.folder(name);
      ObjectNode result =
          bench.lane(
              name,
              "bootstrap=" + bootstrap,
              "folder=" + state,
              "threads=" + settings.text("threads"),
              "profile=" + settings.text("profile"),
              "limit=" + settings.text("limit"));
      result.put("name", name);
      result.put("nodes", nodes);
      result.put("readings", loaded.get("readings").asLong());
      result.put(
          "readings_per_cpu_s",
          result.get("batches").asDouble()
              * loaded.get("readings").asDouble()
              / loaded.get("batches").asDouble()
              / result.get("cpu_s").asDouble());
      result.put("state_bytes", Bench.stateBytes(state));
      results.add(result);
      Bench.say(
          "%-9d %-18s %,12d %,12.0f %12.3f  %,d%s",
          nodes,
          name,
          loaded.get("readings").asLong(),
          result.get("readings_per_cpu_s").asDouble(),
          result.get("readings_per_cpu_s").asDouble() / smallest(name),
          result.get("state_bytes").asLong() / nodes,
          result.get("complete").asBoolean() ? "" : "  (stopped at the limit)");
      if (settings.is("profile")) {
        CpuSplit.print(name, result.get("split"));
      }
    }
    ObjectNode stores = ((ObjectNode) results.get(results.size() - 1)).putObject("stores");
    liveBytes(bootstrap)
        .forEach((store, bytes) -> {
          stores.put(store, bytes);
          Bench.say(
              "%-9d %-18s %,12.1f B/node live in its changelog",
              nodes, store, bytes / (double) nodes);
        });
  }

  private void checkReadings() {
    int most = settings.numbers("nodes").stream().mapToInt(Integer::intValue).max().orElseThrow();
    long fewestSeconds = (long) MIN_BATCHES * settings.number("rows");
    if (seconds(most) < fewestSeconds) {
      throw settings.refuse(
          "readings=%d are %d s of %d nodes, fewer than %d batches of each: give readings=%d or more"
              .formatted(
                  settings.number("readings"),
                  seconds(most),
                  most,
                  MIN_BATCHES,
                  fewestSeconds * most * DEVICES));
    }
  }

  private long seconds(int nodes) {
    return Math.max(1, Math.round(settings.number("readings") / ((double) nodes * DEVICES)));
  }

  private double smallest(String name) {
    for (JsonNode result : results) {
      if (result.get("name").asText().equals(name)) {
        return result.get("readings_per_cpu_s").asDouble();
      }
    }
    return Double.NaN;
  }

  /** What a restart without its disk would have to restore, by store. */
  private static Map<String, Long> liveBytes(String bootstrap)
      throws IOException, InterruptedException {
    Map<String, Long> bytes = new TreeMap<>();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      for (String topic : admin.listTopics().names().get()) {
        if (topic.endsWith("-changelog")) {
          String store = topic.substring(topic.indexOf('-') + 1, topic.lastIndexOf('-'));
          bytes.put(store, Topics.lastBytes(bootstrap, topic));
        }
      }
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IOException("the topics cannot be listed", e);
    }
    return bytes;
  }
}

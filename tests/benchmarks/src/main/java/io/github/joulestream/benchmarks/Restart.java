// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.streams.StreamsConfigs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/**
 * How long the books stand still when the topologies are killed (-9) while a site goes on in real
 * time: from the kill until all partitions are committed again and the group is less than 2 s of
 * data behind.
 *
 * <ul>
 *   <li>{@code kept}: started again at once, with its state directory
 *   <li>{@code deleted}: started again at once, without; all state comes from the changelogs
 *   <li>{@code standby}: not started again; an instance with copies of the state takes over
 * </ul>
 */
final class Restart {
  private static final List<String> MODES = List.of("kept", "deleted", "standby");
  private static final double BACK_SECONDS = 2;
  private static final long TICK_MILLIS = 50;
  private static final long LIMIT_SECONDS = 240;

  private final Settings settings;
  private final Bench bench;
  private final String bootstrap;
  private final Admin admin;
  private final NanoClock clock = NanoClock.system();
  private double batchesPerSecond;

  private Restart(Settings settings, Bench bench, String bootstrap, Admin admin) {
    this.settings = settings;
    this.bench = bench;
    this.bootstrap = bootstrap;
    this.admin = admin;
  }

  public static void main(String[] args) throws Exception {
    Settings settings =
        new Settings("How long the books stand still when the topologies are killed.")
            .with("nodes", "1000", "nodes of the site, 15 devices each")
            .with("every", "1", "seconds between two readings of a device")
            .with("rows", "1", "readings of a device in a batch")
            .with("together", "1", "copies of a node in a phase that have the same jobs")
            .with("turn", "60", "seconds after which all jobs have ended and others have begun")
            .with("simulated", "100", "nodes that are simulated; the others are copies")
            .with("fill", "120", "seconds of state before the kill")
            .with("modes", String.join(",", MODES), "what is tried, each on a broker of its own")
            .with("partitions", "4", "of the topics")
            .with("threads", "2", "stream threads")
            .with("devices", "10s", "length of the windows of devices, or off")
            .withCommon()
            .read(args);
    ObjectNode all = Bench.object();
    Bench.say(
        "%-9s %14s %14s %16s  %s",
        "state", "running after", "back after", "most behind", "state on disk");
    for (String mode : settings.list("modes")) {
      if (!MODES.contains(mode)) {
        throw settings.refuse("'%s' is not one of %s".formatted(mode, MODES));
      }
    }
    for (String mode : settings.list("modes")) {
      try (Bench bench = new Bench(settings)) {
        String bootstrap = bench.broker();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
          new Restart(settings, bench, bootstrap, admin)
              .run(mode, all.withArray("results").addObject());
        }
      }
    }
    Bench.say("the ledger's difference is 0");
    try (Bench bench = new Bench(settings)) {
      bench.report(all);
    }
  }

  private void run(String mode, ObjectNode result) throws Exception {
    Preload.createTopics(Map.of("bootstrap.servers", bootstrap), settings.number("partitions"));
    Path state = bench.folder("one");
    String standbys = mode.equals("standby") ? "1" : "0";
    Child first = topologies("one", standbys);
    first.await("READY");
    if (mode.equals("standby")) {
      topologies("two", standbys).await("READY");
    }
    Child load =
        bench.start(
            Load.class,
            "bootstrap=" + bootstrap,
            "nodes=" + settings.text("nodes"),
            "simulated=" + settings.text("simulated"),
            "together=" + settings.text("together"),
            "every=" + settings.text("every"),
            "rows=" + settings.text("rows"),
            "turn=" + settings.text("turn"),
            "turns=1000000");
    JsonNode ready = Child.JSON.readTree(load.await("READY "));
    batchesPerSecond = ready.get("batches_per_s").asDouble();
    awaitDone((long) (settings.number("fill") * batchesPerSecond));

    long stateBytes = Bench.stateBytes(state);
    long killed = clock.nanos();
    first.kill();
    Map<Integer, Long> done =
        Topics.committedEach(admin, StreamsConfigs.ACCOUNTING_ID, "telemetry");
    double runningSeconds = 0;
    if (!mode.equals("standby")) {
      if (mode.equals("deleted")) {
        Bench.delete(state);
      }
      Child second = topologies("one", standbys);
      second.await("READY");
      runningSeconds = seconds(killed);
    }
    double mostBehind = awaitBack(killed, done);
    double backSeconds = seconds(killed);
    load.kill();
    awaitEnd();
    Topics.awaitSteady(() -> Ledger.measuredMillijoules(bootstrap));
    result.put("mode", mode);
    result.put("running_s", runningSeconds);
    result.put("back_s", backSeconds);
    result.put("most_behind_s", mostBehind);
    result.put("state_bytes", stateBytes);
    Bench.say(
        "%-9s %12.1f s %12.1f s %14.1f s  %,d bytes",
        mode, runningSeconds, backSeconds, mostBehind, stateBytes);
  }

  private Child topologies(String instance, String standbys) throws IOException {
    return bench.start(
        Topologies.class,
        "bootstrap=" + bootstrap,
        "folder=" + bench.folder(instance),
        "threads=" + settings.text("threads"),
        "instance=" + instance,
        "standbys=" + standbys,
        "devices=" + settings.text("devices"));
  }

  private double seconds(long since) {
    return (clock.nanos() - since) / 1e9;
  }

  private double behindSeconds() throws Exception {
    return Topics.lag(admin, StreamsConfigs.ACCOUNTING_ID, "telemetry") / batchesPerSecond;
  }

  private void awaitDone(long batches) throws Exception {
    long since = clock.nanos();
    while (Topics.committed(admin, StreamsConfigs.ACCOUNTING_ID, "telemetry") < batches
        || behindSeconds() > BACK_SECONDS) {
      pause(since, "the topologies do not keep pace with so many nodes");
    }
  }

  /** How far behind it was at most, s of data. */
  private double awaitBack(long killed, Map<Integer, Long> doneThen) throws Exception {
    double most = 0;
    while (true) {
      double behind = behindSeconds();
      most = Math.max(most, behind);
      if (behind < BACK_SECONDS
          && Topics.committedEach(admin, StreamsConfigs.ACCOUNTING_ID, "telemetry")
              .entrySet()
              .stream()
              .allMatch(now -> now.getValue() > doneThen.getOrDefault(now.getKey(), 0L))) {
        return most;
      }
      pause(killed, "the topologies did not come back");
    }
  }

  private void awaitEnd() throws Exception {
    long since = clock.nanos();
    while (Topics.lag(admin, StreamsConfigs.ACCOUNTING_ID, "telemetry", "allocations", "jobs")
        > 0) {
      pause(since, "the topologies do not come to the end");
    }
  }

  private void pause(long since, String failure) throws InterruptedException {
    if (seconds(since) > LIMIT_SECONDS + settings.number("fill")) {
      throw new IllegalStateException(failure);
    }
    TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
  }
}

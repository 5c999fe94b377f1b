// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.producers.simulate.FaultRates;
import io.github.joulestream.producers.simulate.SimulationOptions;
import io.github.joulestream.producers.simulate.SiteSimulator;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** Fills the topics with what a simulated site says over some time. */
final class Preload {
  private static final int STEP_MILLIS = 1_000;

  private Preload() {}

  public static void main(String[] args) throws Exception {
    Settings settings =
        new Settings("Fills the topics with what a simulated site says.")
            .with("bootstrap", "", "the broker")
            .with("nodes", "1000", "nodes of the site")
            .with("simulated", "1000", "nodes that are simulated; the others are copies")
            .with("seconds", "300", "how long it speaks")
            .with("finish", "true", "whether all jobs end when it falls silent")
            .with("rows", "1", "readings of a device in a batch")
            .with("longer", "5", "times as long as the simulator's jobs last")
            .with("partitions", "4", "of the topics")
            .with("faults", "none", "what goes wrong, by name=rate;name=rate")
            .with("site", "simulated", "its name")
            .read(args);
    Map<String, Object> kafka = Map.of("bootstrap.servers", settings.text("bootstrap"));
    createTopics(kafka, settings.number("partitions"));
    FaultRates faults =
        settings.text("faults").equals("none")
            ? FaultRates.NONE
            : FaultRates.parse(settings.text("faults").replace(';', ','));
    int nodes = settings.number("nodes");
    int simulated = Math.min(nodes, settings.number("simulated"));
    SimulationOptions options =
        new SimulationOptions(settings.text("site"), simulated, 1, 0, faults)
            .withRowsPerBatch(settings.number("rows"))
            .withMeters(false)
            .withLongerJobs(settings.number("longer"));
    long end = EpochClock.system().epochMillis();
    long start = end - settings.number("seconds") * 1_000L;
    NanoClock nanos = NanoClock.system();
    long began = nanos.nanos();
    SiteSimulator simulator = new SiteSimulator(options, start);
    Copies copies =
        new Copies(
            RecordSender.connect(settings.text("bootstrap"), "joulestream-preload"),
            simulated,
            nodes);
    try (copies) {
      Publisher towards = options.towards(copies);
      for (long now = start; now < end; now += STEP_MILLIS) {
        simulator.advanceTo(now + STEP_MILLIS, towards);
      }
      if (settings.is("finish")) {
        simulator.finish(towards);
      }
      towards.flush();
    }
    System.out.printf(
        Locale.ROOT,
        "RESULT {\"batches\": %d, \"readings\": %d, \"seconds\": %.1f}%n",
        copies.batches(),
        copies.readings(),
        (nanos.nanos() - began) / 1e9);
  }

  static void createTopics(Map<String, Object> kafka, int partitions) throws Exception {
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin).create(partitions, (short) 1);
    }
    SchemaExchange.join(KafkaClients.of(kafka));
  }
}

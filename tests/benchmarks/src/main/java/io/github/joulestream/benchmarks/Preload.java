// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.producers.publish.KafkaPublisher;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.producers.simulate.FaultRates;
import io.github.joulestream.producers.simulate.SimulationOptions;
import io.github.joulestream.producers.simulate.SiteSimulator;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.TopicAdmin;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** Fills the topics with what a simulated site says over some time. */
final class Preload {
  private static final int STEP_MILLIS = 1_000;

  private Preload() {}

  public static void main(String[] args) throws Exception {
    Settings settings =
        Settings.of(
            Map.of(
                "bootstrap",
                "",
                "nodes",
                "1000",
                "seconds",
                "300",
                "partitions",
                "4",
                "faults",
                "none",
                "site",
                "simulated"),
            args);
    Map<String, Object> kafka = Map.of("bootstrap.servers", settings.text("bootstrap"));
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin).create(settings.number("partitions"), (short) 1);
    }
    SchemaExchange.join(kafka);
    FaultRates faults =
        settings.text("faults").equals("none")
            ? FaultRates.NONE
            : FaultRates.parse(settings.text("faults").replace(';', ','));
    SimulationOptions options =
        new SimulationOptions(settings.text("site"), settings.number("nodes"), 1, 0, faults)
            .withRowsPerBatch(1);
    long end = EpochClock.system().epochMillis();
    long start = end - settings.number("seconds") * 1_000L;
    NanoClock nanos = NanoClock.system();
    long began = nanos.nanos();
    SiteSimulator simulator = new SiteSimulator(options, start);
    try (KafkaPublisher publisher = KafkaPublisher.connect(kafka, "preload")) {
      Publisher towards = options.towards(publisher);
      for (long now = start; now < end; now += STEP_MILLIS) {
        simulator.advanceTo(now + STEP_MILLIS, towards);
      }
      simulator.finish(towards);
      towards.flush();
    }
    System.out.printf(
        Locale.ROOT,
        "RESULT {\"readings\": %d, \"seconds\": %.1f}%n",
        simulator.readings(),
        (nanos.nanos() - began) / 1e9);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.app.Main;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/**
 * What a day leaves in the store: a site's day goes through broker, topologies and store writer
 * into an {@code influxd} 1.x, and the files that it has then are set against the readings.
 */
final class Day {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  // longer than jobs and nodes may be kept back, and than influxd waits until it packs
  private static final Duration QUIET = Duration.ofSeconds(30);

  private Day() {}

  public static void main(String[] args) throws Exception {
    Settings settings =
        new Settings("What a day leaves in an InfluxDB 1.x (influxd on the PATH).")
            .with("nodes", "50", "nodes of the site, 15 devices each, a batch a second")
            .with("hours", "24", "how long the day is")
            .with("partitions", "4", "of the topics")
            .withCommon()
            .read(args);
    try (Bench bench = new Bench(settings)) {
      String bootstrap = bench.broker();
      Preload.createTopics(Map.of("bootstrap.servers", bootstrap), settings.number("partitions"));
      Path folder = bench.folder("influx");
      String url = InfluxServer.start(bench, folder);
      bench
          .start(
              Main.class,
              "streams",
              "--kafka",
              bootstrap,
              "--state",
              bench.folder("state").toString())
          .await("the topologies run");
      bench
          .start(Main.class, "store-writer", "--kafka", bootstrap, "--store-url", url)
          .await("writing into");
      Child load =
          bench.start(
              Main.class,
              "simulate",
              "--kafka",
              bootstrap,
              "--nodes",
              settings.text("nodes"),
              "--past",
              settings.text("hours") + "h",
              "--no-meters",
              "--end-jobs");
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
        while (!load.ended(Duration.ofSeconds(20))) {
          Bench.say("%,d batches published", Topics.end(admin, "telemetry"));
        }
        Topics.awaitWorkedThrough(admin, LIMIT);
        TimeUnit.MILLISECONDS.sleep(QUIET.toMillis());
        Topics.awaitWorkedThrough(admin, LIMIT);
      }
      TimeUnit.MILLISECONDS.sleep(QUIET.toMillis());
      report(bench, bootstrap, folder.resolve("data"));
    }
  }

  private static void report(Bench bench, String bootstrap, Path data) throws IOException {
    long measured = Ledger.measuredMillijoules(bootstrap);
    long readings = Ledger.readings(bootstrap);
    ObjectNode all = Bench.object();
    all.put("readings", readings);
    all.put("measured_mj", measured);
    Bench.say("%,d readings, %,d mJ, the ledger's difference is 0", readings, measured);
    for (String database : new String[] {"joulestream", "joulestream-years"}) {
      long bytes = Bench.stateBytes(data.resolve(database));
      all.put(database + "_bytes", bytes);
      Bench.say("%-18s %,14d bytes, %.3f a reading", database, bytes, (double) bytes / readings);
    }
    bench.report(all);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.app.Main;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
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
      String url = influxd(bench, folder);
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

  private static String influxd(Bench bench, Path folder) throws IOException, InterruptedException {
    int port;
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = any.getLocalPort();
    }
    Path config = folder.resolve("influxd.conf");
    Files.writeString(
        config,
        """
        reporting-disabled = true
        bind-address = "127.0.0.1:0"
        [meta]
        dir = "%1$s/meta"
        [data]
        dir = "%1$s/data"
        wal-dir = "%1$s/wal"
        index-version = "tsi1"
        query-log-enabled = false
        cache-snapshot-write-cold-duration = "5s"
        compact-full-write-cold-duration = "10s"
        [monitor]
        store-enabled = false
        [http]
        bind-address = "127.0.0.1:%2$d"
        log-enabled = false
        [logging]
        level = "error"
        """
            .formatted(folder, port));
    bench.startProgram("influxd", "-config", config.toString());
    String url = "http://127.0.0.1:" + port;
    for (int left = 300; !answers(url); left--) {
      if (left == 0) {
        throw new IOException("influxd does not answer at " + url);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return url;
  }

  private static boolean answers(String url) {
    try {
      return URI.create(url + "/ping").toURL().openConnection().getHeaderField("X-Influxdb-Version")
          != null;
    } catch (IOException e) {
      return false;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.store.StoreWriter;
import io.github.joulestream.store.influx.InfluxSink;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Results into the store, from any Kafka. */
@Command(
    name = "store-writer",
    sortOptions = false,
    description = "Write results into InfluxDB 2.x, or what takes its write API (QuestDB).")
final class StoreWriterCommand implements Callable<Integer> {
  @Option(
      names = "--store-url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8086",
      description = "The store (default: ${DEFAULT-VALUE}).")
  URI url = URI.create("http://127.0.0.1:8086");

  @Option(names = "--token", defaultValue = "none", description = "Token that may write.")
  String token = "";

  @Option(
      names = "--org",
      defaultValue = "joulestream",
      description = "Organisation (default: ${DEFAULT-VALUE}).")
  String org = "";

  @Option(
      names = "--bucket",
      defaultValue = "joulestream",
      description = "Bucket (default: ${DEFAULT-VALUE}).")
  String bucket = "";

  @Option(
      names = "--instance",
      paramLabel = "NAME",
      defaultValue = "store-writer-1",
      description = "Lasting name of this instance (default: ${DEFAULT-VALUE}).")
  String instance = "";

  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    kafka.join();
    try (Stopping stopping = new Stopping();
        StoreWriter writer =
            new StoreWriter(
                kafka.config(),
                instance,
                new InfluxSink(url, token, org, bucket),
                EpochClock.system())) {
      writer.start();
      System.out.println("writing into " + url + "; Ctrl-C stops it");
      while (!stopping.await(Duration.ofSeconds(10))) {
        writer
            .failure()
            .ifPresent(e -> {
              throw new UserError("the store writer stopped: " + e.getMessage(), e);
            });
        System.out.printf(
            Locale.ROOT,
            "%,d points stored, %,d records refused, %,d retries%n",
            writer.pointsWritten(),
            writer.recordsRefused(),
            writer.retries());
      }
    }
    return 0;
  }
}

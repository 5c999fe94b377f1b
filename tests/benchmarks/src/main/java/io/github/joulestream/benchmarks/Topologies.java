// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.schemas.signing.SiteKeys;
import io.github.joulestream.streams.StreamsConfigs;
import io.github.joulestream.streams.StreamsSettings;
import io.github.joulestream.streams.state.CacheBudget;
import io.github.joulestream.streams.topology.AccountingTopology;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.streams.KafkaStreams;

/** The topologies until they are stopped, with standby replicas where these are wished for. */
final class Topologies {
  private Topologies() {}

  public static void main(String[] args) throws Exception {
    Settings settings =
        new Settings("Runs the topologies.")
            .with("bootstrap", "", "the broker")
            .with("folder", "", "for the state")
            .with("threads", "1", "stream threads")
            .with("instance", "", "lasting name, or none")
            .with("standbys", "0", "instances that keep a copy of each task's state")
            .with("commit", "500", "milliseconds between commits")
            .with("devices", "10s", "length of the windows of devices, or off")
            .read(args);
    String bootstrap = settings.text("bootstrap");
    SchemaExchange.join(KafkaClients.of(bootstrap));
    String instance = settings.text("instance");
    Properties config =
        StreamsConfigs.accounting(
            StreamsSettings.of(KafkaClients.of(bootstrap), Path.of(settings.text("folder")))
                .threads(settings.number("threads"))
                .groupInstanceId(instance.isEmpty() ? null : instance)
                .commitInterval(Duration.ofMillis(settings.number("commit")))
                .standbys(settings.number("standbys")));
    CountDownLatch running = new CountDownLatch(1);
    try (KafkaStreams streams =
        new KafkaStreams(
            new AccountingTopology(
                    config,
                    Limits.DEFAULT,
                    Calibration.NONE,
                    CacheBudget.ofHeap(),
                    deviceWindowMillis(settings.text("devices")),
                    SiteKeys.NONE)
                .get(),
            config)) {
      streams.setStateListener((now, _) -> {
        if (now == KafkaStreams.State.RUNNING) {
          running.countDown();
        } else if (now == KafkaStreams.State.ERROR) {
          System.exit(1);
        }
      });
      Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
      streams.start();
      running.await();
      System.out.println("READY");
      new CountDownLatch(1).await();
    }
  }

  private static int deviceWindowMillis(String length) {
    return length.equals("off") ? 0 : Math.toIntExact(Quantities.parseDuration(length).toMillis());
  }
}

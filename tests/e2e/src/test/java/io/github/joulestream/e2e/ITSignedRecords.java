// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.Main;
import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent and a site with keys, the topologies that demand them, and somebody who may write to all
 * topics and has none: as processes, by the commands of docs/signing.md.
 */
class ITSignedRecords {
  private static final String SITE = "lab";
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @TempDir Path folder;
  private EmbeddedKafka broker;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrap());
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin).create(1, (short) 1);
    }
    SchemaExchange.publish(KafkaClients.of(kafka));
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  /** What it prints, in this process; it must end well. */
  private static String run(String... args) {
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, UTF_8));
    int status;
    try {
      status = Main.run(args);
    } finally {
      System.setOut(out);
    }
    assertThat(status).as(printed.toString(UTF_8)).isZero();
    return printed.toString(UTF_8);
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private static <T> ProducerRecord<String, byte[]> record(
      Topic topic, String key, T value, Serde<T> serde) {
    return new ProducerRecord<>(
        topic.topicName(), key, serde.serializer().serialize(topic.topicName(), value));
  }

  private static ProducerRecord<String, byte[]> batch(String site, String node) {
    long now = System.currentTimeMillis();
    TelemetryBatch batch =
        new TelemetryBatch(
            site,
            node,
            1,
            1,
            List.of(
                new DeviceSeries(
                    Device.sensor("gpu0", DeviceKind.GPU),
                    Readings.ofPower(
                        new long[] {now - 1_000, now}, new long[] {400_000, 400_000}))));
    return record(Topic.TELEMETRY, site + "/" + node, batch, WireSerdes.telemetry());
  }

  @Test
  void signedRecordsAreBooked_forgedOnesAreRefused_listed_andAnAlert() throws Exception {
    String siteKey = file("lab.key");
    run("key", "new", SITE, "--to", siteKey);
    run("key", "node", SITE + "/n1", "--site-key", siteKey, "--to", file("n1.key"));
    String kafka = broker.bootstrap();
    try (Program streams =
            Program.start(
                "streams",
                "--kafka",
                kafka,
                "--state",
                file("state"),
                "--threads",
                "1",
                "--site-keys",
                siteKey);
        Program agent =
            Program.start(
                "agent",
                "--kafka",
                kafka,
                "--site",
                SITE,
                "--node",
                "n1",
                "--spool",
                file("spool"),
                "--key-file",
                file("n1.key"));
        Program site =
            Program.start(
                "simulate",
                "--kafka",
                kafka,
                "--site",
                SITE,
                "--nodes",
                "1",
                "--key-file",
                siteKey);
        KafkaProducer<String, byte[]> forger =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka),
                new StringSerializer(),
                new ByteArraySerializer())) {
      PipelineTopics topics = new PipelineTopics(Map.of("bootstrap.servers", kafka));
      Await.until(
          "the site's energy, and the agent's readings",
          LIMIT,
          () -> {
            topics.read();
            return sum(topics, SiteAmount.MEASURED_TOTAL_MILLIJOULES) > 0
                && topics.nodes().stream().anyMatch(window -> window.node().equals("n1"));
          },
          () -> streams.output() + agent.output() + site.output());
      assertThat(run("dead-letter", "list", "--kafka", kafka)).doesNotContain("forged");

      forger.send(batch(SITE, "n1")).get();
      forger.send(batch("elsewhere", "n1")).get();
      NodeRecord node =
          new NodeRecord(SITE, "n2", System.currentTimeMillis(), "", Map.of(), 0, 0, List.of());
      forger.send(record(Topic.NODES, SITE + "/n2", node, WireSerdes.nodes())).get();
      Await.until(
          "three letters",
          LIMIT,
          () ->
              run("dead-letter", "list", "--kafka", kafka)
                      .lines()
                      .filter(line -> line.contains("forged: "))
                      .count()
                  == 3);
      Await.until(
          "an alert",
          LIMIT,
          () -> run("alert", "list", "--kafka", kafka).contains("forged-records"),
          () -> run("alert", "list", "--all", "--kafka", kafka));

      topics.read();
      assertThat(topics.nodes()).noneMatch(window -> window.site().equals("elsewhere"));
      long forgedReadings =
          topics.ledger().stream()
              .filter(window -> window.site().equals("elsewhere"))
              .mapToLong(window -> window.totals().get(SiteAmount.READINGS))
              .sum();
      new FaultRow(
              "telemetry and a node forged in another's name, site with keys",
              3,
              "refused before anything of it is kept, counted, listed; an alert fires",
              "3 dead letters, alert forged-records, 0 readings of them booked",
              0,
              forgedReadings,
              Math.abs(
                  sum(topics, SiteAmount.MEASURED_TOTAL_MILLIJOULES)
                      - sum(topics, SiteAmount.JOBS_TOTAL_MILLIJOULES)
                      - sum(topics, SiteAmount.IDLE_TOTAL_MILLIJOULES)))
          .report();
    }
  }

  private static long sum(PipelineTopics topics, SiteAmount amount) {
    return topics.ledger().stream().mapToLong(window -> window.totals().get(amount)).sum();
  }
}

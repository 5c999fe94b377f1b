// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Thresholds;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.streams.StreamsConfigs;
import io.github.joulestream.streams.StreamsSettings;
import io.github.joulestream.streams.topology.AlertsTopology;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The topologies are killed again and again while a site's power flaps around its budgets: what was
 * told is what a watch tells that was never disturbed, no alert less and none twice.
 */
class ITAlertsCrash {
  private static final String SITE = "site";
  private static final long START = 1_700_000_000_000L;
  private static final int SECONDS = 1_200;
  private static final int KILLS = Integer.getInteger("crash.kills", 4);
  private static final int JOBS = 20;
  private static final long SEED = Long.getLong("crash.seed", 31);

  @TempDir Path folder;

  @Test
  void killedAndStartedAgain_noAlertIsLost_andNoneIsToldTwice() throws Exception {
    System.out.println("ITAlertsCrash seed " + SEED);
    List<Budget> budgets = budgets();
    List<PowerSnapshot> powers = powers();
    List<String> expected = brief(undisturbed(budgets, powers));
    assertThat(expected).hasSizeGreaterThan(100);

    try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
      Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrap());
      try (Admin admin = Admin.create(kafka)) {
        new TopicAdmin(admin).create(2, (short) 1);
      }
      Set<Integer> kills =
          new Random(SEED)
              .ints(1, SECONDS)
              .distinct()
              .limit(KILLS)
              .boxed()
              .collect(Collectors.toSet());
      Program streams = start(broker);
      try (KafkaProducer<String, byte[]> producer =
              new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer());
          Told told = new Told(broker.bootstrap())) {
        for (Budget budget : budgets) {
          send(producer, budget);
        }
        // once this one is in force all are, since they take the same way
        send(producer, powers.getFirst());
        told.await("job=begin");
        for (int second = 1; second < powers.size(); second++) {
          send(producer, powers.get(second));
          LockSupport.parkNanos(20_000_000); // fifty times as fast as the site
          if (kills.contains(second)) {
            streams.kill();
            streams.close();
            streams = start(broker);
          }
        }
        told.await("job=end");
        told.drain();
        assertThat(brief(told.alerts)).isEqualTo(expected);
      } finally {
        streams.close();
      }
    }
  }

  private Program start(EmbeddedKafka broker) throws Exception {
    return Program.start(
        "streams",
        "--kafka",
        broker.bootstrap(),
        "--state",
        folder.resolve("state").toString(),
        "--threads",
        "1",
        "--instance",
        "it");
  }

  // ---- a site

  private static List<Budget> budgets() {
    List<Budget> budgets = new ArrayList<>();
    budgets.add(budget("whole", Scope.SITE, 10_000_000, 3_000));
    for (int job = 0; job < JOBS; job++) {
      budgets.add(budget("job-" + job, Scope.job("job-" + job), 600_000, 3_000));
    }
    budgets.add(budget("end", Scope.job("end"), 1, 0));
    budgets.add(budget("begin", Scope.job("begin"), 1, 0));
    return budgets;
  }

  private static Budget budget(String id, Scope scope, long milliwatts, long holdMillis) {
    return new Budget(
        SITE,
        id,
        scope,
        new PowerLimit(milliwatts),
        "UTC",
        new Thresholds(List.of(80, 100), 5),
        new AlertTiming(holdMillis, 10_000, 5_000, 0),
        "",
        "",
        0);
  }

  private static List<PowerSnapshot> powers() {
    Random random = new Random(SEED + 1);
    List<PowerSnapshot> powers = new ArrayList<>();
    long[] level = new long[JOBS];
    for (int second = 0; second < SECONDS; second++) {
      List<NodePower> nodes = new ArrayList<>();
      for (int job = 0; job < JOBS; job++) {
        if (second == 0 || random.nextInt(15) == 0) {
          level[job] = 200_000L + random.nextInt(500_000);
        }
        nodes.add(node("n" + job, second, level[job], "job-" + job));
      }
      if (second == 0) {
        nodes.add(node("marker", second, 10, "begin"));
      }
      if (second == SECONDS - 1) {
        nodes.add(node("marker", second, 10, "end"));
      }
      powers.add(new PowerSnapshot(SITE, 0, START + 1_000L * second, nodes));
    }
    return powers;
  }

  private static NodePower node(String name, int second, long milliwatts, String job) {
    return new NodePower(
        name,
        START + 1_000L * second,
        milliwatts,
        List.of(milliwatts),
        0,
        List.of(new JobPower(job, milliwatts, 10_000, 10_000)),
        List.of());
  }

  // ---- what must be told

  private List<Alert> undisturbed(List<Budget> budgets, List<PowerSnapshot> powers) {
    Properties config =
        StreamsConfigs.alerts(
            StreamsSettings.of(KafkaClients.of("unused:9092"), folder.resolve("undisturbed"))
                .commitInterval(Duration.ofMillis(100)));
    List<Alert> alerts = new ArrayList<>();
    try (TopologyTestDriver driver =
        new TopologyTestDriver(new AlertsTopology(config).get(), config)) {
      var budgetsIn =
          driver.createInputTopic(
              Topic.BUDGETS.topicName(), new StringSerializer(), WireSerdes.budgets().serializer());
      for (Budget budget : budgets) {
        budgetsIn.pipeInput(Keys.budget(SITE, budget.id()), budget);
      }
      var powersIn =
          driver.createInputTopic(
              Topic.POWER_SNAPSHOT.topicName(),
              new StringSerializer(),
              WireSerdes.powerSnapshot().serializer());
      for (PowerSnapshot power : powers) {
        powersIn.pipeInput(SITE, power);
      }
      for (TestRecord<String, Alert> record :
          driver
              .createOutputTopic(
                  Topic.ALERTS.topicName(),
                  new StringDeserializer(),
                  WireSerdes.alerts().deserializer())
              .readRecordsToList()) {
        alerts.add(record.value());
      }
    }
    return alerts;
  }

  /** All but figures that changed, which are looked at every 30 s: that begins anew. */
  private static List<String> brief(List<Alert> alerts) {
    List<String> lines = new ArrayList<>();
    Map<String, String> last = new HashMap<>();
    for (Alert alert : alerts) {
      String line =
          "%s %s %s since %d to %d"
              .formatted(
                  alert.scope(),
                  alert.state(),
                  alert.severity(),
                  alert.times().sinceEpochMillis(),
                  alert.times().endedEpochMillis());
      if (!line.equals(last.put(alert.id(), line))) {
        lines.add(alert.times().updatedEpochMillis() + " " + line);
      }
    }
    lines.sort(null);
    return lines;
  }

  // ---- Kafka

  private static void send(KafkaProducer<String, byte[]> producer, Budget budget) throws Exception {
    producer
        .send(
            new ProducerRecord<>(
                Topic.BUDGETS.topicName(),
                Keys.budget(SITE, budget.id()),
                WireSerdes.budgets().serializer().serialize("", budget)))
        .get();
  }

  private static void send(KafkaProducer<String, byte[]> producer, PowerSnapshot power)
      throws Exception {
    producer
        .send(
            new ProducerRecord<>(
                Topic.POWER_SNAPSHOT.topicName(),
                SITE,
                WireSerdes.powerSnapshot().serializer().serialize("", power)))
        .get();
  }

  /** What is committed on the topic of alerts. */
  private static final class Told implements AutoCloseable {
    final List<Alert> alerts = new ArrayList<>();
    private final KafkaConsumer<byte[], byte[]> consumer;

    Told(String bootstrap) {
      consumer =
          new KafkaConsumer<>(
              Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer());
      List<TopicPartition> partitions = List.of(new TopicPartition(Topic.ALERTS.topicName(), 0));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    }

    void await(String scope) throws Exception {
      Await.until(
          "an alert for " + scope,
          Duration.ofMinutes(2),
          () -> {
            poll();
            return alerts.stream().anyMatch(alert -> alert.scope().equals(scope));
          });
    }

    /** What else came with it. */
    void drain() {
      while (poll() > 0) {
        assertThat(alerts).hasSizeLessThan(100_000);
      }
    }

    private int poll() {
      int before = alerts.size();
      consumer
          .poll(Duration.ofSeconds(1))
          .forEach(record ->
              alerts.add(WireSerdes.alerts().deserializer().deserialize("", record.value())));
      return alerts.size() - before;
    }

    @Override
    public void close() {
      consumer.close();
    }
  }
}

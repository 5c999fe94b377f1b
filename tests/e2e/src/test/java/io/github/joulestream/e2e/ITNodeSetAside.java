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
import io.github.joulestream.runtime.Health;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.NodeWindows;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.streams.StreamsApplication;
import io.github.joulestream.streams.StreamsConfigs;
import io.github.joulestream.streams.StreamsSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state that is damaged before the topologies start, and what an operator does about it. */
class ITNodeSetAside {
  // one task, so that the first run writes its formats
  private static final int PARTITIONS = 1;

  @TempDir Path folder;
  private EmbeddedKafka broker;
  private Map<String, Object> kafka = Map.of();
  private KafkaProducer<String, byte[]> producer;
  private final long start = System.currentTimeMillis() - 60_000;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    kafka = Map.of("bootstrap.servers", broker.bootstrap());
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin).create(PARTITIONS, (short) 1);
    }
    SchemaExchange.publish(KafkaClients.of(kafka));
    SchemaExchange.join(KafkaClients.of(kafka));
    producer = new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer());
  }

  /** Changelogs of this release, in which the account of one node is damaged. */
  private void damageState() throws Exception {
    StreamsSettings settings =
        StreamsSettings.of(KafkaClients.of(broker.bootstrap()), folder.resolve("state-before"))
            .commitInterval(Duration.ofMillis(100));
    try (StreamsApplication streams = new StreamsApplication(settings)) {
      streams.start();
      streams.awaitReady();
      batch("n0", 0);
      Await.until("n0 is booked", () -> sum("n0", SiteAmount.MEASURED_TOTAL_MILLIJOULES) > 0);
    }
    put(
        StreamsConfigs.ACCOUNTING_ID + "-node-accounts-changelog",
        "dc1/n2",
        "not what was written".getBytes(UTF_8));
  }

  @AfterEach
  void stop() {
    producer.close();
    broker.close();
  }

  private void put(String topic, String key, byte[] value) throws Exception {
    producer.send(new ProducerRecord<>(topic, key, value)).get();
  }

  /** 100 W on one GPU, a reading a second for ten seconds. */
  private void batch(String node, int sequence) throws Exception {
    long[] times = new long[11];
    long[] power = new long[11];
    for (int i = 0; i < times.length; i++) {
      times[i] = start + 10_000L * sequence + 1_000L * i;
      power[i] = 100_000;
    }
    TelemetryBatch batch =
        new TelemetryBatch(
            "dc1",
            node,
            1,
            sequence,
            List.of(
                new DeviceSeries(
                    Device.sensor("gpu0", DeviceKind.GPU), Readings.ofPower(times, power))));
    put("telemetry", "dc1/" + node, WireSerdes.telemetry().serializer().serialize("any", batch));
  }

  private List<ConsumerRecord<String, byte[]>> records(Topic topic) {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrap(), "isolation.level", "read_committed"),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.topicName()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }

  private long sum(String node, SiteAmount amount) {
    long sum = 0;
    for (ConsumerRecord<String, byte[]> record : records(Topic.NODE_WINDOW)) {
      NodeWindows windows =
          WireSerdes.nodeWindows().deserializer().deserialize("any", record.value());
      for (NodeWindow window : windows.windows()) {
        if (window.node().equals(node)) {
          sum += window.totals().get(amount);
        }
      }
    }
    return sum;
  }

  private Optional<JobSummary> summary() {
    return records(Topic.JOB_SUMMARY).stream()
        .map(record -> WireSerdes.jobSummaries().deserializer().deserialize("any", record.value()))
        .reduce((_, last) -> last);
  }

  private List<String> alerts() {
    return records(Topic.ALERTS).stream()
        .map(record -> WireSerdes.alerts().deserializer().deserialize("any", record.value()))
        .map((Alert alert) -> alert.rule().label() + " " + alert.scope())
        .toList();
  }

  /** What it says, in this process; it must end like this. */
  private String run(int status, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--kafka", broker.bootstrap()));
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream both = new PrintStream(said, true, UTF_8);
    System.setOut(both);
    System.setErr(both);
    int ended;
    try {
      ended = Main.run(all.toArray(String[]::new));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    String text = said.toString(UTF_8).strip();
    assertThat(ended).as(text).isEqualTo(status);
    return text;
  }

  @Test
  void aNodeOfADamagedState_isSetAside_seen_andPutBack_andOthersAreBooked() throws Exception {
    StreamsSettings settings =
        StreamsSettings.of(KafkaClients.of(broker.bootstrap()), folder.resolve("state"))
            .commitInterval(Duration.ofMillis(100));
    damageState();
    try (StreamsApplication streams = new StreamsApplication(settings)) {
      streams.start();
      streams.awaitReady();
      batch("n1", 0);
      batch("n2", 0);
      Await.until("a letter", () -> !records(Topic.DEAD_LETTER).isEmpty());
      assertThat(run(0, "node", "list", "--set-aside"))
          .startsWith("dc1/n2  since ")
          .contains("at telemetry-");
      assertThat(run(0, "node", "list", "--set-aside", "--json")).contains("\"node\":\"dc1/n2\"");
      assertThat(run(1, "node", "restore", "dc1", "n1")).contains("is not set aside");
      assertThat(run(1, "node", "restore", "dc1", "n2")).contains("cannot be put back");
      assertThat(streams.nodesSetAside()).isEqualTo(1);
      assertThat(streams.health().ok()).isTrue();
      assertThat(streams.health().words()).contains("nodes set aside: 1");
      assertThat(run(1, "doctor")).contains("FAIL accounts", "(dc1/n2)");
      batch("n1", 1);
      Await.until(
          "an alert",
          Duration.ofSeconds(90),
          () -> alerts().contains("node-set-aside node=n2"),
          () ->
              "alerts %s; records of n2 not booked: %d; power of %s"
                  .formatted(
                      alerts(),
                      sum("n2", SiteAmount.FAILED_RECORDS),
                      records(Topic.POWER_SNAPSHOT).stream()
                          .map(record ->
                              WireSerdes.powerSnapshot()
                                  .deserializer()
                                  .deserialize("any", record.value()))
                          .toList()));

      assertThat(run(2, "node", "restore", "dc1", "n2", "--reset")).contains("give --yes");
      assertThat(run(0, "node", "restore", "dc1", "n2", "--reset", "--yes"))
          .endsWith("node n2 of site dc1 is put back");
      assertThat(run(0, "node", "list", "--set-aside")).endsWith("no node is set aside");
      batch("n2", 1);
      batch("n1", 2);
      Await.until(
          "n2's energy", () -> sum("n2", SiteAmount.MEASURED_TOTAL_MILLIJOULES) == 1_000_000);
      Await.until(
          "n1's energy", () -> sum("n1", SiteAmount.MEASURED_TOTAL_MILLIJOULES) == 3_000_000);
      assertThat(sum("n2", SiteAmount.FAILED_RECORDS)).isEqualTo(1);
      assertThat(streams.health()).isEqualTo(Health.GOOD);
      assertThat(streams.failure()).isEmpty();

      // a job's user is forgotten, by the accounting and by who reads the topics
      JobRecord job =
          new JobRecord(
              "dc1",
              "7",
              new JobDetails("ada", "physics", "train", "batch", Map.of("mail", "ada@example.org")),
              JobSpan.openSince(start),
              JobState.RUNNING,
              JobWork.NONE,
              0);
      put("jobs", "dc1/7", WireSerdes.jobs().serializer().serialize("any", job));
      Await.until("its summary", () -> summary().isPresent());
      assertThat(run(1, "job", "forget", "8", "--site", "dc1", "--yes")).contains("no job '8'");
      assertThat(run(0, "job", "forget", "7", "--site", "dc1", "--yes"))
          .endsWith("whose job 7 of site dc1 was is forgotten");
      Await.until(
          "the summary said anew, by the command and by the accounting",
          () ->
              records(Topic.JOB_SUMMARY).stream()
                      .map(record ->
                          WireSerdes.jobSummaries()
                              .deserializer()
                              .deserialize("any", record.value()))
                      .filter(said ->
                          said.details().user().isEmpty() && said.details().labels().isEmpty())
                      .count()
                  >= 2);
      assertThat(summary().orElseThrow().details().user()).isEmpty();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.Main;
import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertMeasurement;
import io.github.joulestream.schemas.AlertRouting;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AlertSubject;
import io.github.joulestream.schemas.AlertTimes;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator types to see, end and forget, against a real broker. */
class ITOperatorCommands {
  private static final long START = 1_795_563_217_000L;
  private static final int PARTITIONS = 2;

  @TempDir Path folder;
  private EmbeddedKafka broker;
  private Map<String, Object> kafka = Map.of();

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    kafka = Map.of("bootstrap.servers", broker.bootstrap());
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin).create(PARTITIONS, (short) 1);
    }
    SchemaExchange.publish(KafkaClients.of(kafka));
    SchemaExchange.join(KafkaClients.of(kafka));
    put(Topic.NODES, "dc1/n1", node("dc1", "n1", "r1"), WireSerdes.nodes());
    put(Topic.NODES, "dc1/n2", node("dc1", "n2", "r2"), WireSerdes.nodes());
    put(Topic.NODES, "dc2/n1", node("dc2", "n1", "r1"), WireSerdes.nodes());
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private static NodeRecord node(String site, String node, String rack) {
    return new NodeRecord(site, node, START, "", Map.of("rack", rack), 0, 0, List.of());
  }

  private static Alert alert(String site, Rule rule, Scope scope, AlertState state, String budget) {
    return new Alert(
        Alert.fingerprint(site, rule, scope),
        new AlertSubject(rule, site, budget, scope.text()),
        Severity.CRITICAL,
        state,
        new AlertMeasurement(1_210_000, 1_200_000, "W", 100, 10_000),
        new AlertTimes(
            START, START + 9_000, state == AlertState.FIRING ? AlertTimes.OPEN : START + 9_000),
        List.of(),
        "too much",
        3,
        new AlertRouting("", "", ""));
  }

  private <T> void put(Topic topic, String key, T value, Serde<T> serde) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  topic.topicName(), key, serde.serializer().serialize(topic.topicName(), value)))
          .get();
    }
  }

  private Alert put(Alert alert) throws Exception {
    put(Topic.ALERTS, alert.id(), alert, WireSerdes.alerts());
    return alert;
  }

  /** All records of a topic; the partitions one after the other. */
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
      while (partitions.stream()
          .anyMatch(one -> consumer.position(one) < requireNonNull(ends.get(one)))) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }

  /** A transaction is there for readers a moment after it was committed. */
  private void awaitRecords(Topic topic, int number) throws Exception {
    Await.until(number + " records of " + topic, () -> records(topic).size() >= number);
  }

  private static Alert read(ConsumerRecord<String, byte[]> record) {
    return WireSerdes.alerts().deserializer().deserialize("alerts", record.value());
  }

  /** What it says on both ways, in this process; it must end like this. */
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
  void alerts_areListed_andEndedByHand() throws Exception {
    assertThat(run(0, "alert", "list")).isEqualTo("no alert fires");
    Alert power = put(alert("dc1", Rule.POWER_BUDGET, Scope.SITE, AlertState.FIRING, "feed-a"));
    Alert silent = put(alert("dc2", Rule.NODE_SILENT, Scope.node("n1"), AlertState.RESOLVED, ""));
    assertThat(run(0, "alert", "list"))
        .contains("severity", "budget or rule", "2026-11-24T")
        .containsPattern("critical +dc1 +feed-a +site +1.21 MW +1.2 MW +" + power.id())
        .doesNotContain("dc2");
    assertThat(run(0, "alert", "list", "--all")).contains("node-silent", "node=n1", silent.id());
    assertThat(run(0, "alert", "list", "--site", "dc2")).isEqualTo("no alert fires at site dc2");
    assertThat(run(0, "alert", "list", "--json"))
        .contains("\"id\" : \"" + power.id() + "\"", "\"limit\" : 1200000.0", "\"ended\" : null");

    assertThat(run(1, "alert", "clear", "0123")).contains("there is no alert '0123'");
    assertThat(run(1, "alert", "clear", silent.id())).contains("has resolved already");
    assertThat(run(0, "alert", "clear", power.id())).contains("power-budget of site at site dc1");
    awaitRecords(Topic.ALERTS, 3);
    ConsumerRecord<String, byte[]> last = records(Topic.ALERTS).getLast();
    Alert cleared = read(last);
    assertThat(last.key()).isEqualTo(power.id());
    assertThat(cleared.state()).isEqualTo(AlertState.RESOLVED);
    assertThat(cleared.revision()).isEqualTo(4);
    assertThat(cleared.times().sinceEpochMillis()).isEqualTo(START);
    assertThat(new String(last.headers().lastHeader(Alert.CLEARED_HEADER).value(), UTF_8))
        .isEqualTo("dc1");
    assertThat(run(0, "alert", "list")).isEqualTo("no alert fires");
  }

  @Test
  void aNodeAndASite_areForgotten_afterAQuestion() throws Exception {
    put(alert("dc1", Rule.NODE_SILENT, Scope.node("n2"), AlertState.FIRING, ""));
    put(alert("dc1", Rule.NODE_SILENT, Scope.node("n1"), AlertState.FIRING, ""));
    put(alert("dc2", Rule.NODE_SILENT, Scope.node("n1"), AlertState.FIRING, ""));
    put(
        Topic.BUDGETS,
        "dc1/feed",
        Budget.of("dc1", "feed", Scope.SITE, new PowerLimit(1_000)),
        WireSerdes.budgets());
    assertThat(run(1, "node", "forget", "dc1", "n3", "--yes"))
        .contains("no node n3 of site dc1 has reported", "dc1 (2 nodes), dc2 (1 node)");
    assertThat(run(2, "node", "forget", "dc1", "n2"))
        .isEqualTo(
            "joulestream: forget node n2 of site dc1: nothing was done; give --yes to confirm");
    assertThat(records(Topic.NODES)).hasSize(3);
    assertThat(run(0, "node", "forget", "dc1", "n2", "--yes"))
        .isEqualTo("node n2 of site dc1 is forgotten");
    awaitRecords(Topic.NODES, 4);
    awaitRecords(Topic.ALERTS, 4);
    assertThat(records(Topic.NODES))
        .filteredOn(record -> record.value() == null)
        .extracting(ConsumerRecord::key)
        .containsExactly(Keys.node("dc1", "n2"));
    assertThat(run(0, "alert", "list")).doesNotContain("node=n2").contains("node=n1");

    assertThat(run(1, "site", "forget", "dc3", "--yes")).contains("nothing is known of a site dc3");
    assertThat(run(0, "site", "forget", "dc1", "--yes"))
        .isEqualTo("site dc1 is forgotten, with 1 node, 1 budget and 2 alerts");
    awaitRecords(Topic.NODES, 6);
    awaitRecords(Topic.ALERTS, 7);
    awaitRecords(Topic.BUDGETS, 2);
    assertThat(records(Topic.NODES))
        .filteredOn(record -> record.value() == null)
        .extracting(ConsumerRecord::key)
        .containsExactlyInAnyOrder("dc1/n2", "dc1/n1", "dc1/");
    assertThat(records(Topic.BUDGETS).getLast().value()).isNull();
    assertThat(run(0, "alert", "list", "--all")).contains("dc2").doesNotContain("dc1");
    // whoever is told of alerts is told of the end, before the alert is gone
    assertThat(records(Topic.ALERTS))
        .filteredOn(record ->
            record.key().equals(Alert.fingerprint("dc1", Rule.NODE_SILENT, Scope.node("n1"))))
        .extracting(record -> record.value() == null ? "gone" : read(record).state().name())
        .containsExactly("FIRING", "RESOLVED", "gone");
  }

  @Test
  void noJobAndNoNode_isInvented_andABudgetForNothingSaysSo() throws Exception {
    assertThat(run(1, "job", "end", "j1", "--site", "dc1", "--node", "n1"))
        .contains("no job 'j1' of site dc1 is known");
    assertThat(run(1, "job", "progress", "j1", "--site", "dc1", "--done", "1", "--unit", "steps"))
        .contains("no job 'j1' of site dc1 is known");
    assertThat(run(1, "job", "start", "j1", "--site", "dc1", "--node", "n9"))
        .contains("no node n9 of site dc1 has reported", "dc1 (2 nodes)", "--new-node");
    assertThat(records(Topic.JOBS)).isEmpty();
    assertThat(records(Topic.ALLOCATIONS)).isEmpty();
    run(0, "job", "start", "j1", "--site", "dc1", "--node", "n1");
    assertThat(run(1, "job", "end", "j1", "--site", "dc1", "--node", "n9"))
        .contains("no node n9 of site dc1 has reported");
    run(0, "job", "end", "j1", "--site", "dc1", "--node", "n1");
    run(0, "job", "end", "j2", "--site", "dc1", "--node", "n9", "--force");
    assertThat(records(Topic.JOBS)).hasSize(3);

    assertThat(run(0, "budget", "set", "a", "--site=dc1", "--scope=rack=r9", "--power=1kW"))
        .isEqualTo(
            "budget a of site dc1 is in force: 1 kW for rack=r9; it matches no node yet;"
                + " nodes of site dc1 have rack=r1, rack=r2");
    awaitRecords(Topic.BUDGETS, 1);
    assertThat(run(0, "budget", "set", "b", "--site=dc1", "--scope=rack=r1", "--power=1kW"))
        .isEqualTo("budget b of site dc1 is in force: 1 kW for rack=r1");
    awaitRecords(Topic.BUDGETS, 2);
    assertThat(run(0, "budget", "list")).containsOnlyOnce("it matches no node yet");

    Path jobs = folder.resolve("jobs");
    Files.createDirectories(jobs);
    assertThat(run(0, "job", "start", "j3", "--dir=" + jobs))
        .contains("warning: no agent has looked into " + jobs);
  }
}

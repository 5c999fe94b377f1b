// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.alerting.AlertSender;
import io.github.joulestream.alerting.Signature;
import io.github.joulestream.app.Main;
import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.producers.jobs.SlurmJobs;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertMeasurement;
import io.github.joulestream.schemas.AlertRouting;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AlertSubject;
import io.github.joulestream.schemas.AlertTimes;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.DeadLetters;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.schemas.signing.RecordSigner;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.writer.StoreWriter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What cannot be used, of every sort and up to 5 MB, between records that can: the store writer,
 * the alert sender and {@code slurm-jobs} take the good ones and keep the others as dead letters,
 * which the commands show.
 */
class ITRefusals {
  private static final long START = 1_700_000_000_000L;
  private static final int LARGE = 5_000_000;

  /** Topics of the store writer that a tombstone means something on. */
  private static final List<Topic> WITH_TOMBSTONES = List.of(Topic.BUDGETS, Topic.ALERTS);

  private static final List<Topic> OF_THE_WRITER =
      List.of(
          Topic.JOB_WINDOW,
          Topic.JOB_SUMMARY,
          Topic.SITE_WINDOW,
          Topic.NODE_WINDOW,
          Topic.LEDGER,
          Topic.ALERTS,
          Topic.BUDGETS);

  @TempDir Path folder;
  private EmbeddedKafka broker;
  private Map<String, Object> kafka;
  private KafkaProducer<byte[], byte[]> producer;

  /** Keeps points in memory. */
  private static final class Points implements PointSink {
    final List<StorePoint> stored = new CopyOnWriteArrayList<>();

    @Override
    public void write(List<StorePoint> points) {
      stored.addAll(points);
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    kafka = Map.of("bootstrap.servers", broker.bootstrap());
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin).create(2, (short) 1);
      admin.createTopics(List.of(new NewTopic("slurm", 1, (short) 1))).all().get();
      List<String> large = new ArrayList<>(OF_THE_WRITER.stream().map(Topic::topicName).toList());
      large.add("slurm");
      for (String topic : large) {
        admin
            .incrementalAlterConfigs(
                Map.of(
                    new ConfigResource(ConfigResource.Type.TOPIC, topic),
                    List.of(
                        new AlterConfigOp(
                            new ConfigEntry("max.message.bytes", "8000000"),
                            AlterConfigOp.OpType.SET))))
            .all()
            .get();
      }
    }
    Map<String, Object> config = new HashMap<>(kafka);
    config.put("max.request.size", 8_000_000);
    producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @AfterEach
  void stop() {
    producer.close();
    broker.close();
  }

  private void put(String topic, byte @Nullable [] key, byte @Nullable [] value) throws Exception {
    producer.send(new ProducerRecord<>(topic, key, value)).get();
  }

  private static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** How many of them are to be refused. */
  private int putBad(String topic, String key, boolean tombstones, boolean compacted)
      throws Exception {
    byte[] name = key.getBytes(UTF_8);
    put(topic, name, null);
    put(topic, name, new byte[0]);
    put(topic, name, bytes(300, 1));
    put(topic, bytes(40, 2), bytes(300, 3));
    put(topic, "\u001b[2J\nERROR\u202e".getBytes(UTF_8), bytes(300, 4));
    put(topic, name, bytes(LARGE, 5));
    int refused = tombstones ? 5 : 6;
    if (!compacted) {
      put(topic, null, bytes(300, 6));
      put(topic, null, null);
      refused += 2;
    }
    return refused;
  }

  private static Alert alert(Scope scope, String scopeText, String id) {
    return new Alert(
        id.isEmpty() ? Alert.fingerprint("lab", Rule.POWER_BUDGET, scope) : id,
        new AlertSubject(Rule.POWER_BUDGET, "lab", "b", scopeText),
        Severity.CRITICAL,
        AlertState.FIRING,
        new AlertMeasurement(2, 1, "W", 100, 10_000),
        new AlertTimes(START, START, AlertTimes.OPEN),
        List.of(),
        "too much",
        1,
        new AlertRouting("", "", ""));
  }

  private void put(Alert alert) throws Exception {
    put(
        Topic.ALERTS.topicName(),
        alert.id().getBytes(UTF_8),
        WireSerdes.alerts().serializer().serialize(Topic.ALERTS.topicName(), alert));
  }

  private JsonNode list(String... options) throws Exception {
    return newest("1000", options);
  }

  private JsonNode newest(String limit, String... options) throws Exception {
    List<String> args = new ArrayList<>(List.of("dead-letter", "list", "--json", "--limit", limit));
    args.addAll(List.of(options));
    return new ObjectMapper().readTree(say(args)).path("dead_letters");
  }

  private String say(List<String> args) {
    List<String> all = new ArrayList<>(args);
    all.addAll(List.of("--kafka", broker.bootstrap()));
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      assertThat(Main.run(all.toArray(String[]::new))).as(args.toString()).isZero();
    } finally {
      System.setOut(before);
    }
    return out.toString(UTF_8);
  }

  @Test
  void theStoreWriterTakesWhatIsGoodAndKeepsTheRest() throws Exception {
    Points points = new Points();
    int bad = 0;
    try (StoreWriter writer =
        new StoreWriter(KafkaClients.of(kafka), "w", points, EpochClock.system())) {
      writer.start();
      for (Topic topic : OF_THE_WRITER) {
        boolean tombstones = WITH_TOMBSTONES.contains(topic);
        bad += putBad(topic.topicName(), "lab/x", tombstones, topic.compacted());
      }
      // keys that are no site/budget, with nothing and with something
      put(Topic.BUDGETS.topicName(), "noslash".getBytes(UTF_8), null);
      put(Topic.BUDGETS.topicName(), "/".getBytes(UTF_8), null);
      put(Topic.BUDGETS.topicName(), new byte[0], null);
      bad += 3;
      put(alert(Scope.SITE, "nonsense", "x".repeat(16)));
      Totals<JobAmount> totals = Totals.ofJob();
      put(
          Topic.JOB_WINDOW.topicName(),
          "lab/j".getBytes(UTF_8),
          WireSerdes.jobWindows()
              .serializer()
              .serialize("", JobWindows.of(new JobWindow("lab", "j", START, 10_000, totals))));
      put(alert(Scope.SITE, "site", ""));
      int atLeast = bad;
      Await.until("it has refused the bad ones", () -> writer.recordsRefused() >= atLeast);
      Await.until("it has stored the good ones", () -> writer.caughtUp());
      assertThat(writer.failure()).isEmpty();
      assertThat(points.stored)
          .extracting(point -> point.measurement().name())
          .contains("JOB_WINDOW", "ALERT");
      assertThat((long) list().size()).isEqualTo(writer.recordsRefused());
    }
    JsonNode ofBudgets = list("--topic", "budgets");
    assertThat(ofBudgets.findValuesAsText("reason"))
        .anyMatch(reason -> reason.contains("site/budget"));
    assertThat(list("--topic", "ledger").findValuesAsText("bytes"))
        .contains(Integer.toString(LARGE), "0", "300");
    assertThat(list("--site", "lab").findValuesAsText("key")).isNotEmpty().containsOnly("lab/x");
    String table = say(List.of("dead-letter", "list", "--limit", "500"));
    assertThat(table).contains("\\u001b[2J\\nERROR\\u202e");
    assertThat(table.replace("\n", "").chars()).noneMatch(Character::isISOControl);
    JsonNode one = newest("1", "--topic", "ledger").get(0);
    assertThat(
            say(
                List.of(
                    "dead-letter",
                    "show",
                    one.path("topic").asText(),
                    one.path("partition").asText(),
                    one.path("offset").asText())))
        .contains("reason", "partition", "offset");
  }

  @Test
  void theAlertSenderSendsWhatIsGoodAndKeepsTheRest() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "a secret that is long enough\n");
    try (Inbox inbox = new Inbox();
        AlertSender sender =
            new AlertSender(
                KafkaClients.of(kafka),
                "s",
                new AlertSender.Targets(
                    new AlertSender.Alertmanager(
                        inbox.url(), Duration.ofSeconds(1), Duration.ofSeconds(1)),
                    new AlertSender.Webhook(inbox.url().resolve("/hook"), Signature.read(secret)),
                    URI.create("http://grafana:3000")),
                EpochClock.system(),
                NanoClock.system())) {
      sender.start();
      Await.until("both are at the end", sender::caughtUp);
      putBad(Topic.ALERTS.topicName(), "0123456789abcdef", true, true);
      put(alert(Scope.SITE, "nonsense", "0123456789abcdef"));
      put(alert(Scope.SITE, "site", "evil\r\nX-Header: 1"));
      Alert good = alert(Scope.SITE, "site", "");
      put(good);
      Await.until(
          "both have the good one",
          () ->
              inbox.taken().stream().filter(letter -> letter.body().contains(good.id())).count()
                  >= 2);
      Await.until("both are at the end", sender::caughtUp);
      assertThat(sender.failure()).isEmpty();
      assertThat(sender.status())
          .allMatch(status -> status.refused() >= 6 && status.delivered() >= 1);
      assertThat(sender.lettersDropped()).isZero();
      assertThat(sender.health().ready()).isTrue();
      assertThat(sender.health().words())
          .startsWith("ok; ")
          .contains("alerts not delivered to Alertmanager", "alerts not delivered to the webhook");
      long refused = sender.status().stream().mapToLong(AlertSender.Status::refused).sum();
      assertThat(list("--topic", "alerts")).hasSize((int) refused);
    }
  }

  @Test
  void anAlertSenderWhoseLettersKafkaRefusesIsNotReady_untilSomebodyHasActed() throws Exception {
    try (Admin admin = Admin.create(kafka);
        Inbox inbox = new Inbox();
        AlertSender sender =
            new AlertSender(
                KafkaClients.of(kafka),
                "s",
                new AlertSender.Targets(
                    new AlertSender.Alertmanager(
                        inbox.url(), Duration.ofSeconds(1), Duration.ofSeconds(1)),
                    null,
                    null),
                EpochClock.system(),
                NanoClock.system())) {
      admin.deleteTopics(List.of(Topic.DEAD_LETTER.topicName())).all().get();
      sender.start();
      Await.until("it is at the end", sender::caughtUp);
      assertThat(sender.health()).isEqualTo(Health.GOOD);
      put(Topic.ALERTS.topicName(), "0123456789abcdef".getBytes(UTF_8), bytes(300, 1));
      Await.until(
          "it waits for somebody",
          Duration.ofMinutes(1),
          () -> !sender.health().ready(),
          () -> sender.health().words());
      assertThat(sender.health().ok()).isTrue();
      assertThat(sender.health().words())
          .contains("Kafka does not take dead letters", "joulestream topics create")
          .contains("1 alert not delivered to Alertmanager");
      new TopicAdmin(admin).create(2, (short) 1);
      Await.until(
          "it works again",
          Duration.ofMinutes(1),
          () -> sender.health().ready(),
          () -> sender.health().words());
      assertThat(list("--topic", "alerts")).hasSize(1);
      assertThat(sender.lettersDropped()).isZero();
    }
  }

  @Test
  void slurmJobsPassesOnWhatIsGoodAndKeepsTheRest() throws Exception {
    int bad;
    try (SlurmJobs jobs =
        new SlurmJobs(KafkaClients.of(kafka), "lab", List.of("slurm"), RecordSigner.NONE)) {
      bad = putBad("slurm", "7", false, false);
      // it is read, and the job made of it is larger than Kafka takes
      put("slurm", null, slurm("8", "n".repeat(2_000_000)));
      put("slurm", null, slurm("9", "train"));
      Await.until(
          "it has taken all",
          () -> {
            jobs.turn(Duration.ofMillis(200), () -> false);
            return jobs.published() >= 1 && jobs.refused() > bad;
          });
      assertThat(jobs.refused()).isEqualTo(bad + 1);
      assertThat(jobs.lettersDropped()).isZero();
      assertThat(list("--topic", "slurm")).hasSize(bad + 1);
    }
  }

  private void putLetter(String topic, long offset, byte[] value, String reason) throws Exception {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(topic, 0, offset, "lab/n1".getBytes(UTF_8), value);
    record.headers().add("own", "kept".getBytes(UTF_8));
    producer.send(DeadLetters.letter(record, reason)).get();
  }

  private List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrap(), "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(one -> new TopicPartition(one.topic(), one.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(all::add);
      }
    }
    return all;
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  @Test
  void whatIsCured_isWrittenAgainOnce_andWhatIsNotWholeIsNot() throws Exception {
    byte[] value = bytes(300, 7);
    putLetter("telemetry", 17, value, "written with a schema 17 that is not known here");
    putLetter("telemetry", 17, value, "the same, of a program that was killed");
    putLetter("telemetry", 18, bytes(LARGE, 8), "too large");
    putLetter("job-window", 3, value, "a store refuses it");
    putLetter("slurm", 4, value, "not JSON");
    putLetter("budgets", 0, value, "of an earlier day");
    for (int i = 0; i < 2; i++) { // a later budget of that key, in whatever place it is
      put("budgets", "lab/n1".getBytes(UTF_8), bytes(20, i));
    }

    String look = say(List.of("dead-letter", "replay", "--dry-run"));
    assertThat(look)
        .contains("telemetry 0 17")
        .contains("of its 5,000,000 bytes 65,536 were kept")
        .contains("a result of streams")
        .contains("--topic slurm")
        .contains("a later record of its key is there")
        .contains(
            "1 record to be written again, 4 cannot be, 1 already are or are by another letter");
    assertThat(records("telemetry")).isEmpty();

    assertThat(say(List.of("dead-letter", "replay", "--yes"))).contains("1 record written again");
    assertThat(say(List.of("dead-letter", "replay", "--yes"))).contains("0 records written again");
    List<ConsumerRecord<byte[], byte[]>> written = records("telemetry");
    assertThat(written).hasSize(1);
    ConsumerRecord<byte[], byte[]> one = written.getFirst();
    assertThat(one.value()).isEqualTo(value);
    assertThat(one.key()).isEqualTo("lab/n1".getBytes(UTF_8));
    assertThat(header(one, "own")).isEqualTo("kept");
    assertThat(header(one, DeadLetters.REPLAY_OF)).isEqualTo("telemetry-0@17");
    assertThat(header(one, DeadLetters.REPLAYS)).isEqualTo("1");

    // it is refused again: the new letter names the first, and nothing goes round
    producer.send(DeadLetters.letter(one, "still not known")).get();
    JsonNode again = newest("1").get(0);
    assertThat(again.path("replay_of").asText()).isEqualTo("telemetry-0@17");
    assertThat(say(List.of("dead-letter", "replay", "--yes")))
        .contains("written again 1 times and refused again")
        .contains("0 records written again");
    assertThat(say(List.of("dead-letter", "replay", "--yes", "--again")))
        .contains("1 record written again");
    assertThat(records("telemetry")).hasSize(2);
    assertThat(
            header(
                records("telemetry").stream()
                    .max(Comparator.comparingLong(ConsumerRecord::offset))
                    .orElseThrow(),
                DeadLetters.REPLAYS))
        .isEqualTo("2");
    assertThat(say(List.of("dead-letter", "list", "--summary")))
        .contains("too large", "job-window");
  }

  private static byte[] slurm(String job, String name) {
    return """
    {"jobid": %s, "username": "ada", "account": "physics", "job_name": "%s", "partition": "gpu",
     "state": "COMPLETED", "@start": "2026-01-31T12:00:00", "@end": "2026-01-31T12:10:00"}
    """
        .formatted(job, name)
        .getBytes(UTF_8);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertMeasurement;
import io.github.joulestream.schemas.AlertRouting;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AlertSubject;
import io.github.joulestream.schemas.AlertTimes;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From the topic of alerts to who is to hear of them: a real broker, {@code alert-sender} in a
 * process that is killed, a real Alertmanager that is stopped. What its receivers get is what an
 * operator gets.
 */
class ITAlertmanager {
  /** How long Alertmanager is away, s; 120 for the long run. */
  private static final int AWAY_SECONDS = Integer.getInteger("alertmanager.away.seconds", 5);

  private static final String SECRET = "a secret that is long enough for this";

  /** Long enough for several of Alertmanager's rounds, in which a repeat would show. */
  private static final Duration QUIET = Duration.ofSeconds(4);

  @TempDir Path folder;
  private EmbeddedKafka broker;
  private Map<String, Object> kafka;
  private KafkaProducer<String, Alert> producer;
  private Inbox inbox;
  private long now = System.currentTimeMillis();

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    kafka = Map.of("bootstrap.servers", broker.bootstrap());
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin).create(2, (short) 1);
    }
    SchemaExchange.publish(KafkaClients.of(kafka));
    SchemaExchange.join(KafkaClients.of(kafka));
    producer = new KafkaProducer<>(kafka, new StringSerializer(), WireSerdes.alerts().serializer());
    inbox = new Inbox();
  }

  @AfterEach
  void stop() {
    producer.close();
    inbox.close();
    broker.close();
  }

  private Program sender(Alertmanagerd alertmanager) throws Exception {
    Program program =
        Program.start(
            "alert-sender",
            "--kafka",
            broker.bootstrap(),
            "--alertmanager",
            alertmanager.url().toString(),
            "--alertmanager-repeat",
            "1s",
            "--alertmanager-hold",
            "4s",
            "--grafana",
            "http://grafana:3000");
    program.awaitLine("waiting for alerts");
    return program;
  }

  private Program webhookSender() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), SECRET + "\n");
    Program program =
        Program.start(
            "alert-sender",
            "--kafka",
            broker.bootstrap(),
            "--webhook",
            inbox.url().resolve("/hook").toString(),
            "--webhook-secret-file",
            secret.toString());
    program.awaitLine("waiting for alerts");
    // the very first tells only of what stands when it begins
    try (Admin admin = Admin.create(kafka)) {
      Await.until(
          "it begins",
          () ->
              !admin
                  .listConsumerGroupOffsets("joulestream-alerts-webhook")
                  .partitionsToOffsetAndMetadata()
                  .get()
                  .isEmpty());
    }
    return program;
  }

  /** One trouble, as the topology tells of it. */
  private final class Trouble {
    private final Scope scope;
    private final String id;
    private long since = now;
    private int revision;
    private String inhibitedBy = "";

    Trouble(Scope scope) {
      this.scope = scope;
      this.id = Alert.fingerprint("dc1", Rule.POWER_BUDGET, scope);
    }

    void fires(Severity severity) throws Exception {
      if (revision == 0) {
        since = Math.max(System.currentTimeMillis(), since + 1);
      }
      tell(severity, AlertState.FIRING);
    }

    void ends(Severity severity) throws Exception {
      tell(severity, AlertState.RESOLVED);
      revision = 0;
    }

    private void tell(Severity severity, AlertState state) throws Exception {
      now = System.currentTimeMillis();
      revision++;
      Alert alert =
          new Alert(
              id,
              new AlertSubject(Rule.POWER_BUDGET, "dc1", "feed-a", scope.text()),
              severity,
              state,
              new AlertMeasurement(1_210_000, 1_200_000, "W", 100, 9_700),
              new AlertTimes(since, now, state == AlertState.FIRING ? AlertTimes.OPEN : now),
              List.of(new Contributor(Contributor.Consumer.JOB, "c/17", 3_100, 372_000_000)),
              "power is over its limit",
              revision,
              new AlertRouting(inhibitedBy, "facilities", "call the desk"));
      producer.send(new ProducerRecord<>(Topic.ALERTS.topicName(), id, alert)).get();
    }
  }

  private void awaitHeard(String what) throws Exception {
    Await.until(what + " in " + inbox.heard(), () -> inbox.heard().contains(what));
  }

  private static void quiet() {
    long end = System.nanoTime() + QUIET.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(50_000_000);
    }
  }

  @Test
  void aBreach_itsRise_itsEnd_andWhatItInhibits_arriveOnce() throws Exception {
    try (Alertmanagerd alertmanager = Alertmanagerd.start(folder.resolve("am"), inbox.url());
        Program sender = sender(alertmanager)) {
      Trouble site = new Trouble(Scope.SITE);
      Trouble rack = new Trouble(Scope.nodes("rack", "r12"));
      Trouble job = new Trouble(Scope.job("c/17"));
      site.fires(Severity.WARNING);
      awaitHeard("/operators site warning firing");
      // a value that changes is no message
      site.fires(Severity.WARNING);
      site.fires(Severity.CRITICAL);
      awaitHeard("/on-call site critical firing");
      awaitHeard("/operators site warning resolved");
      // by the static rule: it does not know yet that it is a part. By the label: it does
      rack.fires(Severity.CRITICAL);
      job.inhibitedBy = site.id;
      job.fires(Severity.CRITICAL);
      quiet();
      rack.ends(Severity.CRITICAL);
      job.ends(Severity.CRITICAL);
      quiet();
      site.ends(Severity.CRITICAL);
      awaitHeard("/on-call site critical resolved");
      quiet();
      assertThat(inbox.heard())
          .as(sender.output())
          .containsExactlyInAnyOrder(
              "/operators site warning firing",
              "/operators site warning resolved",
              "/on-call site critical firing",
              "/on-call site critical resolved");
      JsonNode first = inbox.taken().getFirst().json().get("alerts").get(0);
      assertThat(first.at("/labels/fingerprint").asText()).isEqualTo(site.id);
      assertThat(first.at("/labels/alertname").asText()).isEqualTo("power-budget");
      assertThat(first.at("/annotations/value").asText()).isEqualTo("1.21 MW");
      assertThat(first.at("/annotations/contributors").asText())
          .isEqualTo("job c/17: 31 %, 372 kW");
      assertThat(first.at("/annotations/completeness").asText())
          .isEqualTo("97 % of nodes reporting");
      assertThat(first.at("/annotations/owner").asText()).isEqualTo("facilities");
      assertThat(first.get("generatorURL").asText())
          .startsWith("http://grafana:3000/d/joulestream-budgets?var-site=dc1&from=");
      // again, it is a new one
      site.fires(Severity.WARNING);
      Await.until("again", () -> inbox.heard().size() == 5);
    }
  }

  @Test
  void anAlertmanagerThatIsAway_andASenderThatIsKilled_loseNothing_andTellNothingTwice()
      throws Exception {
    try (Alertmanagerd alertmanager = Alertmanagerd.start(folder.resolve("am"), inbox.url())) {
      Program sender = sender(alertmanager);
      try {
        Trouble longer = new Trouble(Scope.project("a"));
        Trouble over = new Trouble(Scope.project("b"));
        Trouble shorter = new Trouble(Scope.project("c"));
        Trouble later = new Trouble(Scope.project("d"));
        longer.fires(Severity.CRITICAL);
        over.fires(Severity.CRITICAL);
        awaitHeard("/on-call project=a critical firing");
        awaitHeard("/on-call project=b critical firing");

        alertmanager.stop();
        over.ends(Severity.CRITICAL);
        shorter.fires(Severity.CRITICAL);
        shorter.ends(Severity.CRITICAL);
        long end = System.nanoTime() + Duration.ofSeconds(AWAY_SECONDS).toNanos();
        while (System.nanoTime() < end) {
          LockSupport.parkNanos(100_000_000);
        }
        sender.kill();
        later.fires(Severity.CRITICAL);
        sender = sender(alertmanager);
        alertmanager.startAgain();
        awaitHeard("/on-call project=b critical resolved");
        awaitHeard("/on-call project=c critical firing");
        awaitHeard("/on-call project=d critical firing");
        // killed while what was short is still held
        sender.kill();
        sender = sender(alertmanager);
        awaitHeard("/on-call project=c critical resolved");
        longer.ends(Severity.CRITICAL);
        awaitHeard("/on-call project=a critical resolved");
        // stopped before it can have told of an end
        later.ends(Severity.CRITICAL);
        alertmanager.stop();
        alertmanager.startAgain();
        awaitHeard("/on-call project=d critical resolved");
        quiet();
        List<String> expected = new ArrayList<>();
        for (String project : List.of("a", "b", "c", "d")) {
          expected.add("/on-call project=" + project + " critical firing");
          expected.add("/on-call project=" + project + " critical resolved");
        }
        List<String> heard = inbox.heard();
        assertThat(heard).as(sender.output()).containsExactlyInAnyOrderElementsOf(expected);
        new FaultRow(
                "Alertmanager away for %,d s, alert sender killed".formatted(AWAY_SECONDS),
                1,
                "a receiver has each alert and its end once",
                "%d notifications of %d".formatted(heard.size(), expected.size()),
                expected.stream().filter(line -> !heard.contains(line)).count(),
                heard.size() - heard.stream().distinct().count(),
                0)
            .report();
      } finally {
        sender.close();
      }
    }
  }

  @Test
  void aWebhookThatIsAway_andASenderThatIsKilled_haveEachRevisionOnce_inOrder() throws Exception {
    Program sender = webhookSender();
    try {
      Random random = new Random(7);
      List<Trouble> troubles = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        troubles.add(new Trouble(Scope.job("j" + i)));
      }
      Set<String> expected = new HashSet<>();
      AtomicInteger requests = new AtomicInteger();
      // now and then it is away for a moment
      inbox.answer(() -> requests.incrementAndGet() % 10 == 0 ? 503 : 200);
      int kills = 3;
      for (int round = 0; round <= kills; round++) {
        for (int i = 0; i < 40; i++) {
          Trouble trouble = troubles.get(random.nextInt(troubles.size()));
          boolean ends = trouble.revision > 0 && random.nextInt(4) == 0;
          int revision = trouble.revision + 1;
          if (ends) {
            trouble.ends(Severity.INFO);
          } else {
            trouble.fires(Severity.INFO);
          }
          expected.add("%s-%d-%d".formatted(trouble.id, trouble.since, revision));
        }
        if (round < kills) {
          int have = inbox.taken().size();
          Await.until("it works", () -> inbox.taken().size() > have + 3);
          sender.kill();
          sender = webhookSender();
        }
      }
      Await.until("all", Duration.ofMinutes(2), () -> ids(inbox.taken()).containsAll(expected));
      quiet();
      List<Inbox.Letter> taken = inbox.taken();
      assertThat(ids(taken)).isEqualTo(expected);
      // what was under way at a kill comes again, under the same id
      assertThat(taken.size() - expected.size()).isBetween(0, kills);
      Map<String, String> last = new HashMap<>();
      Set<String> known = new HashSet<>();
      for (Inbox.Letter letter : taken) {
        assertThat(letter.headers().getFirst("webhook-signature"))
            .isEqualTo("v1," + signature(letter));
        JsonNode alert = letter.json();
        if (known.add(letter.headers().getFirst("webhook-id"))) {
          String position =
              "%d-%09d"
                  .formatted(
                      Instant.parse(alert.get("since").asText()).toEpochMilli(),
                      alert.get("revision").asInt());
          String before = last.put(alert.get("fingerprint").asText(), position);
          assertThat(before == null || before.compareTo(position) < 0)
              .as("%s after %s", position, before)
              .isTrue();
        }
      }
    } finally {
      sender.close();
    }
  }

  private static Set<String> ids(List<Inbox.Letter> letters) {
    Set<String> ids = new HashSet<>();
    letters.forEach(letter -> ids.add(letter.headers().getFirst("webhook-id")));
    return ids;
  }

  /** As docs/alerts.md says that a receiver works it out. */
  private static String signature(Inbox.Letter letter) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
    String signed =
        letter.headers().getFirst("webhook-id")
            + "."
            + letter.headers().getFirst("webhook-timestamp")
            + "."
            + letter.body();
    return Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(UTF_8)));
  }

  @Test
  void whatTheWebhookRefuses_isKept_andTheNextIsTold() throws Exception {
    try (Program sender = webhookSender()) {
      inbox.answer(() -> inbox.all().isEmpty() ? 422 : 200);
      new Trouble(Scope.job("bad")).fires(Severity.INFO);
      new Trouble(Scope.job("good")).fires(Severity.INFO);
      Await.until("the next", () -> inbox.taken().size() == 1);
      assertThat(inbox.taken().getFirst().json().get("scope").asText()).isEqualTo("job=good");
      ConsumerRecord<byte[], byte[]> letter = deadLetter();
      assertThat(new String(letter.headers().lastHeader("reason").value(), UTF_8))
          .isEqualTo("the webhook rejected it: HTTP status 422");
      Alert kept = WireSerdes.alerts().deserializer().deserialize("alerts", letter.value());
      assertThat(kept.scope()).as(sender.output()).isEqualTo("job=bad");
    }
  }

  private ConsumerRecord<byte[], byte[]> deadLetter() {
    TopicPartition partition = new TopicPartition(Topic.DEAD_LETTER.topicName(), 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      return consumer.poll(Duration.ofSeconds(10)).iterator().next();
    }
  }
}

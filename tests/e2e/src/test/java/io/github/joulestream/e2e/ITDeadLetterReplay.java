// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.letters.LetterReplay;
import io.github.joulestream.e2e.Installation.Ledger;
import io.github.joulestream.e2e.MendableRecords.Node;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.DeadLetters;
import io.github.joulestream.schemas.signing.KeyFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records that were refused for a reason that an operator mends, written again by {@code
 * dead-letter replay}, which is killed meanwhile: the ledger is that of a run in which nothing was
 * refused.
 */
class ITDeadLetterReplay {
  private static final String SITE = MendableRecords.SITE;
  private static final int SECONDS = MendableRecords.SECONDS;

  /** What a replay may write, so that one is seen in the middle of a transaction. */
  private static final double BYTES_PER_SECOND = 10_000;

  private static final Duration OPEN = Duration.ofMillis(300);
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Pattern FAILED = Pattern.compile(", FAILED_RECORDS=([0-9]+)");

  @TempDir Path folder;
  private final MendableRecords made = new MendableRecords();

  private static void send(Installation to, List<ProducerRecord<String, byte[]>> records)
      throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(to.kafka(), new StringSerializer(), new ByteArraySerializer())) {
      List<Future<RecordMetadata>> sent = records.stream().map(producer::send).toList();
      for (Future<RecordMetadata> one : sent) {
        one.get();
      }
    }
  }

  private static Program streams(Installation site, String state, Path keys) throws Exception {
    Program program =
        site.program(
            "streams",
            "--state",
            site.state(state).toString(),
            "--threads",
            "1",
            "--metrics-port",
            "0",
            "--site-keys",
            keys.toString());
    Installation.awaitReady(program);
    return program;
  }

  private Path keys() throws Exception {
    Path keys = folder.resolve("keys");
    if (!Files.exists(keys)) {
      Files.createDirectory(keys);
      KeyFile.write(keys.resolve("lab.key"), made.known());
    }
    return keys;
  }

  /** Letters by place, and notes of what was written again. */
  private record Letters(Map<String, String> reasons, List<String> notes) {
    static Letters of(Installation site) {
      Map<String, String> reasons = new TreeMap<>();
      List<String> notes = new ArrayList<>();
      site.forEach(
          Topic.DEAD_LETTER,
          record -> {
            if (record.headers().lastHeader(DeadLetters.REPLAYED) == null) {
              reasons.put(
                  "%s-%s@%s"
                      .formatted(
                          header(record, DeadLetters.TOPIC),
                          header(record, DeadLetters.PARTITION),
                          header(record, DeadLetters.OFFSET)),
                  header(record, DeadLetters.REASON));
            } else {
              notes.add(header(record, DeadLetters.REPLAYED));
            }
          });
      return new Letters(reasons, notes);
    }

    String place(String reason) {
      return reasons.entrySet().stream()
          .filter(
              entry -> entry.getValue().contains(reason) && entry.getKey().startsWith("telemetry"))
          .map(Map.Entry::getKey)
          .findFirst()
          .orElseThrow();
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
      Header header = record.headers().lastHeader(name);
      return header == null ? "" : new String(header.value(), UTF_8);
    }
  }

  private static String show(Installation site, String place) throws Exception {
    Matcher parts = Pattern.compile("(.*)-([0-9]+)@([0-9]+)").matcher(place);
    assertThat(parts.matches()).isTrue();
    return site.run("dead-letter", "show", parts.group(1), parts.group(2), parts.group(3));
  }

  /** What a replay may write in a second; null for no limit. */
  private static void limit(Admin admin, @Nullable Double bytesPerSecond) throws Exception {
    admin
        .alterClientQuotas(
            List.of(
                new ClientQuotaAlteration(
                    new ClientQuotaEntity(
                        Map.of(ClientQuotaEntity.CLIENT_ID, LetterReplay.TRANSACTIONAL_ID)),
                    List.of(new ClientQuotaAlteration.Op("producer_byte_rate", bytesPerSecond)))))
        .all()
        .get();
  }

  private static TransactionDescription transaction(Admin admin) throws Exception {
    return admin
        .describeTransactions(List.of(LetterReplay.TRANSACTIONAL_ID))
        .description(LetterReplay.TRANSACTIONAL_ID)
        .get();
  }

  private static boolean isOpen(Admin admin) throws Exception {
    try {
      TransactionDescription transaction = transaction(admin);
      return transaction.state() == TransactionState.ONGOING
          && System.currentTimeMillis() - transaction.transactionStartTimeMs().orElseThrow()
              > OPEN.toMillis();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TransactionalIdNotFoundException) {
        return false; // it has not begun
      }
      throw e;
    }
  }

  private static Program replay(Installation site) throws Exception {
    return site.program("dead-letter", "replay", "--limit", "10000", "--yes");
  }

  /** Returns when some records are written, and others are in a transaction that is open. */
  private static void awaitMiddle(Installation site, Admin admin, Program replay) throws Exception {
    Await.until(
        "it is in the middle of a transaction that is not its first",
        LIMIT,
        () -> {
          assertThat(replay.isAlive()).as(replay.output()).isTrue();
          return isOpen(admin) && !Letters.of(site).notes().isEmpty();
        },
        replay::output);
  }

  @Test
  void whatIsMended_isBookedByTheReplay_onceAndToTheMillijoule_evenIfItWasKilled()
      throws Exception {
    List<ProducerRecord<String, byte[]>> all = new ArrayList<>();
    long refusedRecords = 0;
    for (Node node : Node.values()) {
      List<ProducerRecord<String, byte[]>> own = made.records(node);
      all.addAll(own);
      refusedRecords += own.stream().filter(record -> node.isRefused(record.topic())).count();
    }
    Ledger undisturbed = undisturbed(all);
    long sent = (long) Node.values().length * SECONDS;
    assertThat(undisturbed.readings()).isEqualTo(sent);

    try (Installation site = Installation.start(folder.resolve("kafka-of-the-site"), 1);
        Admin admin = Admin.create(site.kafka())) {
      Program before = streams(site, "state-before", keys());
      send(site, made.records(Node.GOOD));
      send(site, made.records(Node.OF_A_LATER_RELEASE));
      send(site, made.records(Node.WITH_THE_NEXT_KEY));
      Await.until("all is booked or refused", LIMIT, () -> site.waiting() == 0);
      before.interruptAndAwait();
      // the next key is known from now on, and the state of a node is damaged
      KeyFile.write(keys().resolve("lab-next.key"), made.next());
      send(
          site,
          List.of(
              new ProducerRecord<>(
                  Installation.changelog("node-accounts"),
                  SITE + "/" + Node.DAMAGED.label(),
                  "not what was written".getBytes(UTF_8))));
      streams(site, "state", keys());
      send(site, made.records(Node.DAMAGED));
      long expected = refusedRecords;
      Await.until("each is refused", LIMIT, () -> Letters.of(site).reasons().size() == expected);
      assertThat(site.ledger().readings()).isEqualTo(SECONDS);

      inspect(site);
      MendableRecords.LATER.publishSchemas(site.kafka());
      site.run(
          "node",
          "restore",
          SITE,
          Node.DAMAGED.label(),
          "--reset",
          "--yes",
          "--key-file",
          keys().resolve("lab.key").toString());
      assertThat(site.run("dead-letter", "replay", "--dry-run", "--limit", "10000"))
          .contains("%,d records to be written again, 0 cannot be".formatted(refusedRecords));

      limit(admin, BYTES_PER_SECOND);
      Program killed = replay(site);
      awaitMiddle(site, admin, killed);
      killed.kill();
      int written = Letters.of(site).notes().size();
      assertThat(written).isPositive().isLessThan((int) refusedRecords);
      limit(admin, null);

      // at once: what it had left open is ended
      assertThat(site.run("dead-letter", "replay", "--limit", "10000", "--yes"))
          .contains("%,d records written again".formatted(refusedRecords - written));
      assertThat(site.run("dead-letter", "replay", "--limit", "10000", "--yes"))
          .contains("0 records to be written again")
          .contains("0 records written again");

      Ledger replayed = site.settled();
      Letters letters = Letters.of(site);
      assertThat(letters.reasons()).as("nothing is refused again").hasSize((int) refusedRecords);
      assertThat(letters.notes()).doesNotHaveDuplicates().hasSize((int) refusedRecords);
      Set<String> notes = new HashSet<>(letters.notes());
      assertThat(notes).isEqualTo(letters.reasons().keySet());
      Matcher failed = FAILED.matcher(replayed.sites().get(SITE));
      assertThat(failed.find()).isTrue();
      assertThat(Long.parseLong(failed.group(1)))
          .isEqualTo(
              made.records(Node.DAMAGED).stream()
                  .filter(record -> Node.DAMAGED.isRefused(record.topic()))
                  .count());
      report(replayed, undisturbed, sent, refusedRecords, written);
      assertThat(failed.replaceAll("")).isEqualTo(undisturbed.sites().get(SITE));
      assertThat(replayed.jobs()).hasSize(Node.values().length).isEqualTo(undisturbed.jobs());
    }
  }

  /** Letters about records that are as good as any, written here and not by streams. */
  private void letters(Installation site, int count) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(site.kafka(), new ByteArraySerializer(), new ByteArraySerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        byte[] value =
            WireSerdes.telemetry().serializer().serialize("any", made.batch(Node.GOOD, 2 * i));
        sent.add(
            producer.send(
                DeadLetters.letter(
                    new ConsumerRecord<>(
                        Topic.TELEMETRY.topicName(), 0, i, (SITE + "/n0").getBytes(UTF_8), value),
                    "for a reason that is mended")));
      }
      for (Future<RecordMetadata> one : sent) {
        one.get();
      }
    }
  }

  /** Until where consumers of committed records can read the topic that is written to. */
  private static boolean isReadToItsEnd(Admin admin) throws Exception {
    TopicPartition partition = new TopicPartition(Topic.TELEMETRY.topicName(), 0);
    Map<TopicPartition, OffsetSpec> latest = Map.of(partition, OffsetSpec.latest());
    long committed =
        admin
            .listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
            .partitionResult(partition)
            .get()
            .offset();
    long written =
        admin
            .listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
            .partitionResult(partition)
            .get()
            .offset();
    return committed == written;
  }

  @Test
  void aReplayThatStandsStill_holdsReadersUpForSeconds_andSaysSoWhenItIsAwake() throws Exception {
    int count = 700;
    try (Installation site = Installation.start(folder.resolve("kafka"), 1);
        Admin admin = Admin.create(site.kafka())) {
      letters(site, count);
      limit(admin, BYTES_PER_SECOND);
      Program replay = replay(site);
      awaitMiddle(site, admin, replay);
      replay.suspend();
      int written = Letters.of(site).notes().size();
      limit(admin, null);
      assertThat(isReadToItsEnd(admin)).as("a transaction is open").isFalse();
      long began = System.nanoTime();
      Await.until("Kafka ends the transaction", LIMIT, () -> isReadToItsEnd(admin));
      Duration waited = Duration.ofNanos(System.nanoTime() - began);
      // 10 s, which Kafka looks at every 10 s
      assertThat(waited).isLessThan(Duration.ofSeconds(30));
      System.out.printf("readers waited for %d ms%n", waited.toMillis());
      replay.resume();
      assertThat(replay.await()).as(replay.output()).isEqualTo(1);
      assertThat(replay.output())
          .contains("a transaction was not over after 10 s: %d records written".formatted(written));

      assertThat(site.run("dead-letter", "replay", "--yes"))
          .contains("%d records written again".formatted(count - written));
      List<String> of = new ArrayList<>();
      site.forEach(
          Topic.TELEMETRY, record -> of.add(Letters.header(record, DeadLetters.REPLAY_OF)));
      assertThat(of).doesNotHaveDuplicates().hasSize(count);
      assertThat(Letters.of(site).notes()).hasSameElementsAs(of);
    }
  }

  /** The ledger of a run in which nothing is refused. */
  private Ledger undisturbed(List<ProducerRecord<String, byte[]>> all) throws Exception {
    Path both = Files.createDirectory(folder.resolve("both"));
    KeyFile.write(both.resolve("lab.key"), made.known());
    KeyFile.write(both.resolve("lab-next.key"), made.next());
    try (Installation site = Installation.start(folder.resolve("kafka-undisturbed"), 1)) {
      MendableRecords.LATER.publishSchemas(site.kafka());
      streams(site, "state", both);
      send(site, all);
      Ledger ledger = site.settled();
      assertThat(Letters.of(site).reasons()).isEmpty();
      return ledger;
    }
  }

  private static void inspect(Installation site) throws Exception {
    String summary = site.run("dead-letter", "list", "--summary");
    Letters letters = Letters.of(site);
    for (Node node : Node.values()) {
      if (node != Node.GOOD) {
        assertThat(summary).contains(DeadLetters.kind(node.reason));
        assertThat(show(site, letters.place(node.reason)))
            .contains(node.reason, SITE + "/" + node.label(), "dead-letter replay");
      }
    }
  }

  private static void report(
      Ledger replayed, Ledger undisturbed, long sent, long refused, int writtenByTheKilled)
      throws Exception {
    new FaultRow(
            "records of unknown schemas, of a key not yet known and of a node set aside, written again by `dead-letter replay`; one was killed (kill -9) in a transaction",
            1,
            "once the cause is mended, each is booked once; the ledger is that of a run in which nothing was refused",
            "%,d records refused, %,d written by the killed replay and %,d by the next one, 0 by a third; %,d readings sent and booked"
                .formatted(refused, writtenByTheKilled, refused - writtenByTheKilled, sent),
            Math.max(0, sent - replayed.readings()),
            Math.max(0, replayed.readings() - sent),
            replayed.differenceMillijoules()
                + Math.abs(replayed.measuredMillijoules() - undisturbed.measuredMillijoules()))
        .report();
  }
}

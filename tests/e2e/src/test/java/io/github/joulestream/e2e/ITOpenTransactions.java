// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.e2e.Installation.Ledger;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.kafka.OpenTransactions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A transaction that its coordinator has ended and that is open in a partition, as Kafka leaves it
 * when several brokers are lost within seconds: it is found, and docs/operations.md repairs it.
 */
class ITOpenTransactions {
  private static final String INSTANCE = "streams-1";
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** The record of the open transaction, and the marker of the one before it. */
  private static final int LEFT_OPEN = 2;

  private static final Pattern RESTORED =
      Pattern.compile("restoring \\d+ %: ([0-9,]+) of ([0-9,]+) records");

  @TempDir Path folder;

  @Test
  void aTransactionThatStaysOpen_isFound_withItsOutcome() throws Exception {
    try (Installation site = Installation.start(folder, 1);
        Admin admin = Admin.create(site.kafka())) {
      TopicPartition partition = new TopicPartition(Topic.LEDGER.topicName(), 0);
      List<TopicPartition> all =
          List.of(partition, new TopicPartition(Topic.TELEMETRY.topicName(), 0));
      AtomicLong nanos = new AtomicLong();
      OpenTransactions transactions = new OpenTransactions(nanos::get);
      assertThat(transactions.look(admin, all)).isEmpty();
      LostMarker.in(partition, Topic.DEAD_LETTER.topicName(), site.kafka());
      assertThat(transactions.look(admin, all)).as("it may end by itself").isEmpty();
      nanos.addAndGet(OpenTransactions.LONG.toNanos() - 1);
      assertThat(transactions.look(admin, all)).isEmpty();
      nanos.incrementAndGet();
      assertThat(transactions.look(admin, all))
          .containsExactly(
              Map.entry(
                  partition.toString(),
                  "from offset 0 on, of %s, whose last transaction is CompleteCommit"
                      .formatted(LostMarker.TRANSACTIONAL_ID)));
      LostMarker.abort(partition, site.kafka());
      assertThat(transactions.look(admin, all)).isEmpty();
      Map<String, Object> config = new HashMap<>(site.kafka());
      config.put("transactional.id", "long");
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(partition.topic(), new byte[1], new byte[1])).get();
        transactions.look(admin, all);
        nanos.addAndGet(OpenTransactions.LONG.toNanos());
        assertThat(transactions.look(admin, all)).as("its coordinator will end it").isEmpty();
        producer.abortTransaction();
      }
    }
  }

  /** Offsets that are still to be restored, by what {@code /ready} answers. */
  private static long remaining(String ready) {
    Matcher found = RESTORED.matcher(ready);
    assertThat(found.find()).as(ready).isTrue();
    return number(found.group(2)) - number(found.group(1));
  }

  private static long number(String digits) {
    return Long.parseLong(digits.replace(",", ""));
  }

  @Test
  void streamsThatCannotRestore_areRepairedAsDocumented_andTheBooksAreTheSame() throws Exception {
    try (Installation site = Installation.start(folder, 1)) {
      site.run("simulate", "--nodes", "2", "--past", "3m", "--end-jobs");
      Program before = site.streams(INSTANCE);
      Installation.awaitReady(before);
      Ledger booked = site.settled();
      before.interruptAndAwait();
      TopicPartition journal = new TopicPartition(Installation.changelog("node-journal"), 0);
      LostMarker.in(journal, Topic.DEAD_LETTER.topicName(), site.kafka());
      Folders.delete(site.state(INSTANCE));

      Program stuck = site.streams(INSTANCE);
      Await.until("it restores", LIMIT, () -> HealthPort.ready(stuck).contains("restoring"));
      site.run("simulate", "--site", "other", "--nodes", "1", "--past", "1m", "--end-jobs");
      // it must come to the open transaction: nothing else shows that it is there
      Await.until(
          "it has restored all but the last records",
          LIMIT,
          () -> remaining(HealthPort.ready(stuck)) <= LEFT_OPEN,
          stuck::output);
      Await.until(
          "it names the partition",
          LIMIT,
          () -> HealthPort.ready(stuck).contains("a transaction stays open in " + journal),
          stuck::output);
      assertThat(stuck.output()).contains("of " + LostMarker.TRANSACTIONAL_ID);
      // its other tasks run: records of jobs are read
      assertThat(site.ledger().sites()).as("no reading is booked").doesNotContainKey("other");
      stuck.interruptAndAwait();

      // docs/operations.md, A transaction that Kafka has left open
      LostMarker.abort(journal, site.kafka());
      site.run("reset", "streams", "--yes");
      Folders.delete(site.state(INSTANCE));
      Installation.awaitReady(site.streams(INSTANCE));
      Ledger again = site.settled();
      site.reportBookedAgain(
          booked,
          again,
          "a transaction left open by Kafka in a changelog",
          "found within 90 s and named in `/ready` and in the log; after the documented repair"
              + " all is calculated again from `telemetry`",
          "");
    }
  }
}

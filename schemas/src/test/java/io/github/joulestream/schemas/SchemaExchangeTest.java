// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Schemas of other releases, as a program that reads records gets them. */
@Timeout(60)
class SchemaExchangeTest {
  private static final TopicPartition PARTITION = new TopicPartition("schemas", 0);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** A topic in memory. */
  private static final class Schemas extends MockConsumer<byte[], byte[]> {
    final AtomicInteger looked = new AtomicInteger();
    private long end;

    Schemas() {
      super("earliest");
      updateBeginningOffsets(Map.of(PARTITION, 0L));
      updateEndOffsets(Map.of(PARTITION, 0L));
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(
        java.util.Collection<TopicPartition> partitions, Duration limit) {
      looked.incrementAndGet();
      return super.endOffsets(partitions, limit);
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration limit) {
      ConsumerRecords<byte[], byte[]> records = super.poll(limit);
      // the real one waits for records
      long end = System.nanoTime() + 20_000_000;
      while (records.isEmpty() && System.nanoTime() < end) {
        try {
          wait(5);
        } catch (InterruptedException e) {
          throw new InterruptException(e);
        }
        records = super.poll(limit);
      }
      return records;
    }

    synchronized void add(byte @Nullable [] key, byte @Nullable [] value) {
      addRecord(new ConsumerRecord<>("schemas", 0, end++, key, value));
      notifyAll();
      updateEndOffsets(Map.of(PARTITION, end));
    }

    void add(Schema schema) {
      add(ForeignSchemaTest.key(schema), schema.toString().getBytes(UTF_8));
    }
  }

  private static Schema later(int number) {
    return KnownSchemas.parse(
        ForeignSchemaTest.jobsWith("{\"name\":\"later%d\",\"type\":\"int\"}".formatted(number)));
  }

  private static void await(BooleanSupplier done) {
    long until = System.nanoTime() + 30 * SECOND;
    while (!done.getAsBoolean()) {
      assertTrue(System.nanoTime() < until, "not within 30 s");
      Thread.onSpinWait();
    }
  }

  private static boolean isReady(Schemas topic) {
    return topic.assignment().contains(PARTITION);
  }

  @Test
  void whatIsThere_isFound_andWhatComesLater() {
    Schemas topic = new Schemas();
    try (SchemaTail tail = new SchemaTail(() -> topic);
        SchemaExchange exchange = new SchemaExchange(tail, System::nanoTime, 5 * SECOND)) {
      await(() -> isReady(topic));
      topic.add(later(1));
      long first = KnownSchemas.fingerprint(later(1));
      await(() -> exchange.find(first) != null);
      assertThat(exchange.find(first)).isEqualTo(later(1));
      // nobody asks for it, and it is there all the same
      topic.add(later(2));
      await(() -> tail.get(KnownSchemas.fingerprint(later(2))) != null);
    }
  }

  @Test
  void anEntryThatIsNotWhatItsKeySays_isLeftOut_andHindersNoOther() {
    Schemas topic = new Schemas();
    try (SchemaTail tail = new SchemaTail(() -> topic)) {
      await(() -> isReady(topic));
      topic.add(ForeignSchemaTest.key(later(1)), later(2).toString().getBytes(UTF_8));
      topic.add(new byte[0], "nonsense".getBytes(UTF_8));
      topic.add(null, later(3).toString().getBytes(UTF_8));
      topic.add(ForeignSchemaTest.key(later(4)), null);
      topic.add(later(5));
      await(() -> tail.get(KnownSchemas.fingerprint(later(5))) != null);
      for (int left = 1; left < 5; left++) {
        assertThat(tail.get(KnownSchemas.fingerprint(later(left)))).isNull();
      }
      // a tombstone takes nothing back: records that were written with it are there still
      topic.add(ForeignSchemaTest.key(later(5)), null);
      topic.add(later(6));
      await(() -> tail.get(KnownSchemas.fingerprint(later(6))) != null);
      assertThat(tail.get(KnownSchemas.fingerprint(later(5)))).isNotNull();
    }
  }

  @Test
  void whoeverFillsTheTopic_takesABoundedAmountOfMemory() throws InterruptedException {
    Schemas topic = new Schemas();
    try (SchemaTail tail = new SchemaTail(() -> topic)) {
      await(() -> isReady(topic));
      String words = "x".repeat(100_000);
      int most = SchemaTail.MAX_BYTES / words.length();
      for (int i = 0; i < 2 * most; i++) {
        topic.add(
            KnownSchemas.parse(
                ForeignSchemaTest.jobsWith(
                    "{\"name\":\"later%d\",\"type\":\"int\",\"doc\":\"%s\"}".formatted(i, words))));
      }
      assertThat(tail.catchUp(30 * SECOND)).isTrue();
      int known = 0;
      for (int i = 0; i < 2 * most; i++) {
        known += tail.get(KnownSchemas.fingerprint(later(i))) == null ? 0 : 1;
      }
      assertThat(known).isBetween(most / 2, most);
    }
  }

  /** Once each took a consumer of its own and the whole topic: 100 s for as many. */
  @Test
  void unknownFingerprints_costOneLookASecond() {
    Schemas topic = new Schemas();
    AtomicLong now = new AtomicLong();
    try (SchemaTail tail = new SchemaTail(() -> topic);
        SchemaExchange exchange = new SchemaExchange(tail, now::get, 5 * SECOND)) {
      await(() -> isReady(topic));
      int before = topic.looked.get();
      long began = System.nanoTime();
      for (long unknown = 0; unknown < 150; unknown++) {
        assertThat(exchange.find(unknown)).isNull();
      }
      assertThat(System.nanoTime() - began).isLessThan(5 * SECOND);
      assertThat(topic.looked.get() - before).isEqualTo(1);
      now.addAndGet(SECOND);
      assertThat(exchange.find(1)).isNull();
      assertThat(topic.looked.get() - before).isEqualTo(2);
    }
  }

  @Test
  void whileTheTopicCannotBeRead_lookUpsWaitTogetherNoLongerThanTheirPart() {
    AtomicInteger tried = new AtomicInteger();
    Supplier<Consumer<byte[], byte[]>> away =
        () -> {
          tried.incrementAndGet();
          throw new KafkaException("no broker");
        };
    AtomicLong skipped = new AtomicLong();
    long part = SECOND / 5;
    try (SchemaTail tail = new SchemaTail(away);
        SchemaExchange exchange =
            new SchemaExchange(tail, () -> System.nanoTime() + skipped.get(), part)) {
      long began = System.nanoTime();
      for (int second = 0; second < 50; second++) {
        assertThat(exchange.find(second)).isNull();
        skipped.addAndGet(SECOND);
      }
      assertThat(System.nanoTime() - began).isBetween(part, 5 * SECOND);
      assertThat(tail.trouble()).isEqualTo("no broker");
      // the next minute has a part of its own
      skipped.addAndGet(10 * SECOND);
      began = System.nanoTime();
      assertThat(exchange.find(7)).isNull();
      assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(part);
    }
    assertThat(tried.get()).isPositive();
  }

  @Test
  void afterAFailure_itReadsFromTheBeginningAgain() throws InterruptedException {
    Schemas first = new Schemas();
    Schemas second = new Schemas();
    List<Supplier<Consumer<byte[], byte[]>>> lives =
        List.of(
            () -> {
              throw new KafkaException("no broker");
            },
            () -> first,
            () -> second);
    AtomicInteger life = new AtomicInteger();
    try (SchemaTail tail =
        new SchemaTail(() -> lives.get(Math.min(life.getAndIncrement(), 2)).get())) {
      await(() -> isReady(first));
      first.add(later(1));
      await(() -> tail.get(KnownSchemas.fingerprint(later(1))) != null);
      first.setPollException(new TopicAuthorizationException("schemas"));
      await(() -> isReady(second));
      second.add(later(2));
      await(() -> tail.get(KnownSchemas.fingerprint(later(2))) != null);
      assertThat(tail.catchUp(30 * SECOND)).isTrue();
      assertThat(tail.get(KnownSchemas.fingerprint(later(1)))).isNotNull();
      assertThat(tail.trouble()).isNull();
    }
    assertThat(second.closed()).isTrue();
  }

  @Test
  void differences_nameWhatIsMissing() throws InterruptedException {
    Schemas topic = new Schemas();
    try (SchemaTail tail = new SchemaTail(() -> topic);
        SchemaExchange exchange = new SchemaExchange(tail, System::nanoTime, 5 * SECOND)) {
      await(() -> isReady(topic));
      for (Schema own : KnownSchemas.own()) {
        if (!own.getName().equals("Alert") && !own.getName().equals("Budget")) {
          topic.add(own);
        }
      }
      assertThat(exchange.differences(Duration.ofSeconds(30)))
          .containsExactly("schemas: lacks this release's Alert, Budget");
      topic.add(KnownSchemas.own("alert"));
      topic.add(KnownSchemas.own("budget"));
      assertThat(exchange.differences(Duration.ofSeconds(30))).isEmpty();
    }
    try (SchemaTail away =
            new SchemaTail(() -> {
              throw new KafkaException("no broker");
            });
        SchemaExchange exchange = new SchemaExchange(away, System::nanoTime, 5 * SECOND)) {
      assertThat(exchange.differences(Duration.ofSeconds(1)))
          .containsExactly("schemas: cannot be read within 1 s: no broker");
    }
  }
}

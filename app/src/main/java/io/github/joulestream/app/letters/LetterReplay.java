// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.letters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.app.letters.DeadLetter.Place;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.kafka.DeadLetters;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes what was refused to its topics again. Each record, and a note in the topic of dead letters
 * that it was written, are in one transaction: what has its note is not written a second time, and
 * what was written has its note. Of two at once the one that began first fails.
 *
 * <pre>
 *   LetterReplay replay = new LetterReplay(kafka)
 *   replay.begin()             unless it is only a look
 *   plan = replay.plan(...)
 *   replay.write(plan)
 * </pre>
 *
 * Used by one thread.
 */
public final class LetterReplay implements AutoCloseable {
  /** The only one, so that two at once do not write the same. */
  public static final String TRANSACTIONAL_ID = "joulestream-dead-letter-replay";

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
  private static final int MAX_RECORDS = 200;
  // streams waits for it if a replay is killed
  private static final int TRANSACTION_MILLIS = 10_000;
  // what a slow network brings over within the time that a transaction has
  private static final int MAX_BYTES = 1 << 20;

  private final KafkaClients kafka;
  private final DeadLetterTopic topic;
  private @Nullable KafkaProducer<byte[], byte[]> producer;

  /**
   * What would be done.
   *
   * @param verdicts about the letters that are meant, the oldest first
   * @param more true if there are more than the limit
   */
  public record Plan(List<Verdict> verdicts, boolean more) {
    public Plan {
      verdicts = List.copyOf(verdicts);
    }

    /** The letters that can be written again. */
    public List<DeadLetter> replayable() {
      return verdicts.stream()
          .<DeadLetter>mapMulti((verdict, into) -> {
            if (verdict instanceof Verdict.Replayable(DeadLetter letter)) {
              into.accept(letter);
            }
          })
          .toList();
    }

    /** Letters about records that were written already, or are by another letter. */
    public long done() {
      return verdicts.stream().filter(Verdict.Done.class::isInstance).count();
    }

    /** The letters that cannot be written again, with the reasons. */
    public List<Verdict.Unfit> unfit() {
      return verdicts.stream()
          .filter(Verdict.Unfit.class::isInstance)
          .map(Verdict.Unfit.class::cast)
          .toList();
    }
  }

  /**
   * @param kafka how to reach the cluster
   */
  public LetterReplay(KafkaClients kafka) {
    this.kafka = kafka;
    topic = new DeadLetterTopic(kafka);
  }

  /** Ends what another one had begun and not ended, and keeps it from writing more. */
  public void begin() {
    KafkaProducer<byte[], byte[]> made =
        kafka
            .with(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MILLIS)
            .with(ProducerConfig.LINGER_MS_CONFIG, 5)
            .transactionalProducer(
                TRANSACTIONAL_ID, new ByteArraySerializer(), new ByteArraySerializer());
    producer = made;
    made.initTransactions();
  }

  /**
   * Finds out what is to be written.
   *
   * @param limit letters at most that are written; the oldest come first
   * @param again also what was written again and then refused again
   */
  public Plan plan(LetterFilter filter, int limit, boolean again) {
    long since = filter.begin();
    Replayability rules = new Replayability(filter.topic(), again);
    Set<String> written = new HashSet<>();
    // a note is always behind its letter
    topic.forEach(
        since,
        record -> {
          if (DeadLetter.isNote(record)) {
            written.add(noted(record));
          }
        });
    Map<String, Verdict> byRecord = new LinkedHashMap<>();
    List<Verdict> copies = new ArrayList<>();
    AtomicInteger left = new AtomicInteger(limit);
    AtomicBoolean more = new AtomicBoolean();
    topic.forEach(
        since,
        record -> {
          DeadLetter letter = DeadLetter.of(record);
          if (DeadLetter.isNote(record) || !filter.matches(letter)) {
            return;
          }
          String identity = letter.identity();
          if (byRecord.containsKey(identity)) {
            copies.add(new Verdict.Done(letter));
            return;
          }
          Verdict verdict =
              written.contains(identity)
                  ? new Verdict.Done(letter)
                  : rules
                      .obstacle(letter, record)
                      .<Verdict>map(why -> new Verdict.Unfit(letter, why))
                      .orElseGet(() -> new Verdict.Replayable(letter));
          // of compacted topics it is known only below whether they can be written
          if (verdict instanceof Verdict.Replayable && !isCompacted(letter.place().topic())) {
            if (left.get() == 0) {
              more.set(true);
              return;
            }
            left.decrementAndGet();
          }
          byRecord.put(identity, verdict);
        });
    outdate(byRecord);
    List<Verdict> all = new ArrayList<>();
    int replayable = 0;
    for (Verdict verdict : byRecord.values()) {
      if (!(verdict instanceof Verdict.Replayable) || replayable++ < limit) {
        all.add(verdict);
      }
    }
    all.addAll(copies);
    return new Plan(all, more.get() || replayable > limit);
  }

  private static String noted(ConsumerRecord<byte[], byte[]> note) {
    return DeadLetter.text(note, DeadLetters.REPLAYED)
        + " "
        + DeadLetter.text(note, DeadLetters.SHA256);
  }

  /** Of topics where the last record of a key counts: one that has a later one must not return. */
  private void outdate(Map<String, Verdict> byRecord) {
    Map<TopicPartition, Long> firsts = new HashMap<>();
    for (Verdict verdict : byRecord.values()) {
      Place place = verdict.letter().place();
      if (verdict instanceof Verdict.Replayable && isCompacted(place.topic())) {
        firsts.merge(
            new TopicPartition(place.topic(), place.partition()), place.offset(), Math::min);
      }
    }
    if (firsts.isEmpty()) {
      return;
    }
    Map<String, Long> last = lastOffsets(firsts);
    byRecord.replaceAll((_, verdict) -> {
      DeadLetter letter = verdict.letter();
      Place place = letter.place();
      long newest = last.getOrDefault(key(place.topic(), letter.key()), -1L);
      return verdict instanceof Verdict.Replayable
              && isCompacted(place.topic())
              && newest > place.offset()
          ? new Verdict.Unfit(
              letter, "a later record of its key is there, at offset %d".formatted(newest))
          : verdict;
    });
  }

  private static boolean isCompacted(String name) {
    return Stream.of(Topic.values())
        .anyMatch(one -> one.topicName().equals(name) && one.compacted());
  }

  private static String key(String name, byte @Nullable [] key) {
    return name + " " + (key == null ? "" : new String(key, UTF_8));
  }

  /** The last offset of each topic and key from these on. A key is always in one partition. */
  private Map<String, Long> lastOffsets(Map<TopicPartition, Long> firsts) {
    Map<String, Long> last = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        kafka.consumer(
            "joulestream-dead-letter", new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(firsts.keySet());
      Map<TopicPartition, Long> begins = consumer.beginningOffsets(firsts.keySet());
      Map<TopicPartition, Long> ends = consumer.endOffsets(firsts.keySet());
      firsts.forEach((partition, first) ->
          consumer.seek(partition, Math.max(first, requireNonNull(begins.get(partition)))));
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          last.merge(key(record.topic(), record.key()), record.offset(), Math::max);
        }
      }
    }
    return last;
  }

  /**
   * Writes them; {@link #begin} must have been called before the plan was made.
   *
   * @return how many were written
   * @throws UserError if another replay began meanwhile, or Kafka ended a transaction that took too
   *     long; what was not written has no note
   */
  public int write(Plan plan) {
    Map<String, DeadLetter> wanted = new HashMap<>();
    long since = Long.MAX_VALUE;
    for (DeadLetter letter : plan.replayable()) {
      wanted.put(letter.identity(), letter);
      since = Math.min(since, letter.epochMillis());
    }
    List<ConsumerRecord<byte[], byte[]>> chunk = new ArrayList<>();
    AtomicInteger bytes = new AtomicInteger();
    AtomicInteger written = new AtomicInteger();
    try {
      topic.forEach(
          since,
          record -> {
            if (DeadLetter.isNote(record)) {
              return;
            }
            DeadLetter letter = DeadLetter.of(record);
            if (wanted.remove(letter.identity()) == null) {
              return;
            }
            chunk.add(record);
            if (bytes.addAndGet(requireNonNull(record.value()).length) >= MAX_BYTES
                || chunk.size() >= MAX_RECORDS) {
              written.addAndGet(commit(chunk));
              bytes.set(0);
            }
          });
      written.addAndGet(commit(chunk));
    } catch (KafkaException e) {
      if (!isFenced(e)) {
        throw e;
      }
      throw new UserError(
          "another 'dead-letter replay' began meanwhile, or a transaction was not over after %d s: %s written here; run it again, it writes the others"
              .formatted(TRANSACTION_MILLIS / 1_000, Quantities.count(written.get(), "record")),
          e);
    }
    return written.get();
  }

  /** True if Kafka takes no more of this producer: another has its id, or its time was over. */
  private static boolean isFenced(Throwable e) {
    for (Throwable one = e; one != null; one = one.getCause()) {
      if (one instanceof ProducerFencedException
          || one instanceof InvalidProducerEpochException
          || one instanceof InvalidTxnStateException) {
        return true;
      }
    }
    return false;
  }

  private int commit(List<ConsumerRecord<byte[], byte[]>> chunk) {
    if (chunk.isEmpty()) {
      return 0;
    }
    KafkaProducer<byte[], byte[]> to = requireNonNull(producer, "begin() was not called");
    to.beginTransaction();
    try {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      chunk.forEach(record -> sent.add(to.send(again(record))));
      for (int i = 0; i < chunk.size(); i++) {
        RecordMetadata metadata = sent.get(i).get();
        var _ = to.send(note(chunk.get(i), metadata)); // without it the commit fails
      }
      to.commitTransaction();
    } catch (ExecutionException e) {
      if (!isFenced(e)) {
        to.abortTransaction();
      }
      throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
    int written = chunk.size();
    chunk.clear();
    return written;
  }

  /** The record as it was, by its key to its topic; its headers say what it is. */
  private static ProducerRecord<byte[], byte[]> again(ConsumerRecord<byte[], byte[]> record) {
    DeadLetter letter = DeadLetter.of(record);
    ProducerRecord<byte[], byte[]> made =
        new ProducerRecord<>(letter.place().topic(), record.key(), record.value());
    for (Header header : record.headers()) {
      String name = header.key();
      if (name.startsWith(DeadLetters.OWN)) {
        made.headers().add(name.substring(DeadLetters.OWN.length()), header.value());
      }
    }
    made.headers().remove(DeadLetters.REPLAY_OF).remove(DeadLetters.REPLAYS);
    add(made, DeadLetters.REPLAY_OF, letter.place().toString());
    add(made, DeadLetters.REPLAYS, Integer.toString(letter.replays() + 1));
    return made;
  }

  private static ProducerRecord<byte[], byte[]> note(
      ConsumerRecord<byte[], byte[]> record, RecordMetadata to) {
    DeadLetter letter = DeadLetter.of(record);
    ProducerRecord<byte[], byte[]> note =
        new ProducerRecord<>(Topic.DEAD_LETTER.topicName(), record.key(), null);
    add(note, DeadLetters.REPLAYED, letter.place().toString());
    add(note, DeadLetters.SHA256, letter.sha256());
    add(
        note,
        DeadLetters.REPLAYED_TO,
        new Place(to.topic(), to.partition(), to.offset()).toString());
    return note;
  }

  private static void add(ProducerRecord<?, ?> record, String name, String text) {
    record.headers().add(name, text.getBytes(UTF_8));
  }

  @Override
  public void close() {
    KafkaProducer<byte[], byte[]> open = producer;
    if (open != null) {
      open.close(CLOSE_LIMIT);
    }
  }
}

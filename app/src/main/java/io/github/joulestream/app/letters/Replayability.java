// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.letters;

import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.schemas.NodeOrder;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.kafka.DeadLetters;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What keeps a dead letter from being written to its topic again, as far as the letter itself says
 * it: it must hold the whole record, and the topic must be one that takes records of others.
 */
final class Replayability {
  private static final int SHOWN_TOPIC_CHARACTERS = 60;
  // U+FFFD: the key was no text, and is not what it was
  private static final byte[] REPLACED = {(byte) 0xef, (byte) 0xbf, (byte) 0xbd};

  private final @Nullable String namedTopic;
  private final boolean again;

  /**
   * @param namedTopic a topic of others that is meant by its name, if one is
   * @param again true if also what was written again and then refused again is meant
   */
  Replayability(@Nullable String namedTopic, boolean again) {
    this.namedTopic = namedTopic;
    this.again = again;
  }

  /** Why it cannot be written again, if so. */
  Optional<String> obstacle(DeadLetter letter, ConsumerRecord<byte[], byte[]> record) {
    if (!letter.place().isKnown()) {
      return Optional.of("it does not say where the record was from");
    }
    Optional<String> ofTopic = ofTopic(letter.place().topic());
    return ofTopic.isPresent() ? ofTopic : ofRecord(letter, record);
  }

  private Optional<String> ofTopic(String name) {
    Optional<Topic> known =
        Stream.of(Topic.values()).filter(topic -> topic.topicName().equals(name)).findAny();
    if (known.isPresent()) {
      return switch (known.get()) {
        case TELEMETRY, ALLOCATIONS, JOBS, BUDGETS, NODES, GRID -> Optional.empty();
        case JOB_WINDOW,
            SITE_WINDOW,
            NODE_WINDOW,
            DEVICE_WINDOW,
            PLACEMENT,
            JOB_QUARTER_HOUR,
            POWER_SNAPSHOT,
            CAPACITY,
            POOL_PEAK,
            LEDGER,
            JOB_SUMMARY,
            ALERTS,
            CAP_ADVICE ->
            Optional.of(
                "a result of streams: a later one corrects it, an earlier one would undo that");
        case DEAD_LETTER, SCHEMAS ->
            Optional.of("nothing that was refused belongs into %s".formatted(name));
      };
    }
    if (name.endsWith("-repartition") || name.endsWith("-changelog") || name.startsWith("__")) {
      return Optional.of("only streams and Kafka itself write to this topic");
    }
    return name.equals(namedTopic)
        ? Optional.empty()
        : Optional.of(
            "a topic of others: with --topic %s it is meant"
                .formatted(ShownText.of(name, SHOWN_TOPIC_CHARACTERS)));
  }

  private Optional<String> ofRecord(DeadLetter letter, ConsumerRecord<byte[], byte[]> record) {
    byte[] key = record.key();
    byte[] value = record.value();
    if (value == null) {
      return Optional.of("it has no value: there is nothing to book");
    }
    if (letter.sizeBytes() > value.length) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "of its %,d bytes %,d were kept; the topic has all of it until its retention ends",
              letter.sizeBytes(),
              value.length));
    }
    if (key != null && (key.length >= DeadLetters.MAX_KEY_BYTES || holds(key, REPLACED))) {
      return Optional.of("its key was not kept as it was");
    }
    if (record.headers().lastHeader(DeadLetters.HEADERS_LEFT_OUT) != null) {
      return Optional.of("not all of its headers were kept");
    }
    if (letter.place().topic().equals(Topic.ALLOCATIONS.topicName())
        && NodeOrder.find(value) != null) {
      return Optional.of("an order to a node: give it anew, joulestream node restore");
    }
    if (letter.replays() > 0 && !again) {
      return Optional.of(
          "it was written again %d times and refused again, see %s; with --again once more"
              .formatted(letter.replays(), ShownText.of(letter.replayOf(), 100)));
    }
    return Optional.empty();
  }

  private static boolean holds(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }
}

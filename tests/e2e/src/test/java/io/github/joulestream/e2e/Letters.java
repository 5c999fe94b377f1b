// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.e2e.HostileRecords.Kind;
import io.github.joulestream.e2e.HostileWriter.Sent;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.kafka.DeadLetters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The topic of dead letters, read as its records come, and what must be there. */
final class Letters implements AutoCloseable {
  /** Nobody reads these, or only whoever asks: nobody can refuse what is in them. */
  private static final Set<String> NOT_READ =
      Set.of(
          Topic.CAP_ADVICE.topicName(), Topic.SCHEMAS.topicName(), Topic.DEAD_LETTER.topicName());

  /** Whose keys say where the books of a record are, and must say the same as its value. */
  private static final Set<String> KEYED =
      Set.of(Topic.TELEMETRY.topicName(), Topic.ALLOCATIONS.topicName(), Topic.JOBS.topicName());

  /** Whose records have bounds that a text or a number of elements can be over. */
  private static final Set<String> BOUNDED =
      Set.of(
          Topic.TELEMETRY.topicName(),
          Topic.ALLOCATIONS.topicName(),
          Topic.JOBS.topicName(),
          Topic.NODES.topicName());

  private static final Set<Kind> OF_THE_KEY =
      Set.of(Kind.NULL_KEY, Kind.EMPTY_KEY, Kind.OTHER_KEY, Kind.LARGE_KEY, Kind.CONTROL_KEY);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final TopicPartition partition = new TopicPartition(Topic.DEAD_LETTER.topicName(), 0);
  private final Map<String, List<Letter>> byPlace = new HashMap<>();

  /**
   * A letter.
   *
   * @param keptBytes of the value
   * @param size of the whole value, as the letter says, if it was cut
   */
  record Letter(String reason, int keptBytes, String size, String sha256) {}

  Letters(Map<String, Object> kafka) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put("isolation.level", "read_committed");
    consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
  }

  /** True if a program reads such a record and cannot use it, so that there must be a letter. */
  static boolean mustBeRefused(Sent sent) {
    String topic = sent.topic();
    Kind kind = sent.kind();
    if (NOT_READ.contains(topic)) {
      return false;
    }
    if (OF_THE_KEY.contains(kind)) {
      return KEYED.contains(topic);
    }
    return switch (kind) {
      // it says that what had the key is gone
      case NULL_VALUE -> !HostileWriter.isCompacted(topic);
      case FORGED_REPEAT -> true;
      case LONG_TEXTS, MANY -> BOUNDED.contains(topic);
      case TIME_GREATEST, GREATEST, LEAST -> KEYED.contains(topic);
      case TIME_ZERO, YEAR_2001 ->
          topic.equals(Topic.TELEMETRY.topicName()) || topic.equals(Topic.ALLOCATIONS.topicName());
      default -> !kind.readable();
    };
  }

  /** Reads on to the end. */
  Letters read() {
    long end = requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
    while (consumer.position(partition) < end) {
      for (ConsumerRecord<byte[], byte[]> letter : consumer.poll(Duration.ofMillis(200))) {
        // what others wrote there does not say where it is from
        if (letter.headers().lastHeader(DeadLetters.OFFSET) != null) {
          String place =
              "%s-%s@%s"
                  .formatted(
                      header(letter, DeadLetters.TOPIC),
                      header(letter, DeadLetters.PARTITION),
                      header(letter, DeadLetters.OFFSET));
          byPlace
              .computeIfAbsent(place, _ -> new ArrayList<>())
              .add(
                  new Letter(
                      header(letter, DeadLetters.REASON),
                      letter.value() == null ? 0 : letter.value().length,
                      header(letter, DeadLetters.SIZE),
                      header(letter, DeadLetters.SHA256)));
        }
      }
    }
    return this;
  }

  private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    Header header = letter.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  /** The letters about a record. */
  List<Letter> about(Sent sent) {
    return byPlace.getOrDefault(sent.place(), List.of());
  }

  /** Those about which there must be a letter, and is none. */
  List<Sent> missing(List<Sent> sent) {
    return sent.stream().filter(one -> mustBeRefused(one) && about(one).isEmpty()).toList();
  }

  /** Fails unless each letter says why, and keeps no more than a letter may. */
  void assertBounded(List<Sent> sent) {
    for (Sent one : sent) {
      for (Letter letter : about(one)) {
        assertThat(letter.reason()).as(one.toString()).isNotBlank().hasSizeLessThan(1_100);
        assertThat(letter.keptBytes()).isLessThanOrEqualTo(DeadLetters.MAX_VALUE_BYTES);
        if (one.valueBytes() > DeadLetters.MAX_VALUE_BYTES) {
          assertThat(letter.size())
              .as(one.toString())
              .isEqualTo(Integer.toString(one.valueBytes()));
          assertThat(letter.sha256()).as(one.toString()).hasSize(64);
        }
      }
    }
  }

  /** How many letters there are about each kind of record of each topic, for people. */
  void print(List<Sent> sent) {
    Map<String, Map<Kind, Integer>> table = new TreeMap<>();
    for (Sent one : sent) {
      table
          .computeIfAbsent(one.topic(), _ -> new TreeMap<>())
          .merge(one.kind(), about(one).size(), Integer::sum);
    }
    table.forEach((topic, kinds) -> System.out.printf("letters about %s: %s%n", topic, kinds));
  }

  @Override
  public void close() {
    consumer.close();
  }
}

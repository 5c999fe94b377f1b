// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.kafka.DeadLetters;
import io.github.joulestream.schemas.signing.SignatureVerifier;
import io.github.joulestream.streams.failure.RecordRefusals;
import io.github.joulestream.streams.failure.RecordRefusals.Place;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Sends records of nodes, jobs, budgets and cleared alerts to the partition of their site: the site
 * becomes the key, and headers hold the origin, which is the topic, partition, offset and key.
 */
public final class SendToSite extends ContextualProcessor<String, byte[], String, byte[]> {
  /** The child node that takes records that are sent to their site. */
  public static final String SENT = "send-events";

  /** The child node that takes refused records. */
  public static final String REFUSED = "refuse-events";

  /** Bytes of the name of a topic that Kafka allows. */
  private static final int MAX_TOPIC_BYTES = 249;

  // looked up for every record
  private static final Map<String, Topic> TOPICS =
      Arrays.stream(Topic.values())
          .collect(Collectors.toUnmodifiableMap(Topic::topicName, topic -> topic));

  private static final String KEY = RecordRefusals.ORIGIN_KEY;
  private static final String TOPIC = DeadLetters.TOPIC;
  private static final String PARTITION = DeadLetters.PARTITION;
  private static final String OFFSET = DeadLetters.OFFSET;
  private static final String ALERTS = Topic.ALERTS.topicName();
  private static final String DEAD_LETTER = Topic.DEAD_LETTER.topicName();

  /** Topic and key of a record before it was sent to its site. */
  record Origin(Topic topic, String key) {
    String site() {
      return Keys.site(key);
    }

    /** The node, job, budget or alert; empty if the record is about the site. */
    String name() {
      return key.substring(site().length() + 1);
    }
  }

  private final RecordRefusals refusals;

  /** A processor that counts records that it refuses there. */
  public SendToSite(RecordRefusals refusals) {
    this.refusals = refusals;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    RecordMetadata metadata = context().recordMetadata().orElseThrow();
    if (metadata.topic().equals(DEAD_LETTER)) {
      sendIfForged(record, metadata);
      return;
    }
    try {
      send(record, metadata);
    } catch (RuntimeException | StackOverflowError e) {
      context()
          .forward(
              refusals.<byte @Nullable []>refuse(
                  record, record.value(), Place.of(metadata), e, value -> value),
              REFUSED);
    }
  }

  private void send(Record<String, byte[]> record, RecordMetadata metadata) {
    String key = RecordRefusals.checkedKey(record.key(), record.value());
    RecordRefusals.checkSize(record.value(), RecordRefusals.MAX_SENT_BYTES);
    if (metadata.topic().equals(ALERTS)) {
      Header site = record.headers().lastHeader(Alert.CLEARED_HEADER);
      if (site == null || record.value() == null) {
        return; // emitted by this program, or removed
      }
      key = new String(site.value(), UTF_8) + "/" + key;
    }
    if (key.indexOf('/') < 0) {
      throw new IllegalArgumentException("the key names a site and nothing of it");
    }
    if (Keys.site(key).isEmpty()) {
      throw new IllegalArgumentException("a key without a site");
    }
    // a letter about the record has its headers, as it is read again
    forward(key, record.value(), DeadLetters.keptOf(record.headers()), record, metadata);
  }

  /** A dead letter of another reason was counted where it was refused; none is refused again. */
  private void sendIfForged(Record<String, byte[]> letter, RecordMetadata metadata) {
    Header reason = letter.headers().lastHeader(DeadLetters.REASON);
    Header topic = letter.headers().lastHeader(DeadLetters.TOPIC);
    String key = letter.key();
    if (reason == null
        || reason.value() == null
        || topic == null
        || topic.value() == null
        || topic.value().length > MAX_TOPIC_BYTES
        || !RecordRefusals.isWithinBounds(key, null)
        || !new String(reason.value(), UTF_8).startsWith(SignatureVerifier.FORGED)
        || Keys.site(key).isEmpty()) {
      return;
    }
    // the site of a key without a slash is all of it
    forward(
        key.indexOf('/') < 0 ? key + "/" : key,
        topic.value(),
        new RecordHeaders(),
        letter,
        metadata);
  }

  private void forward(
      String key,
      byte @Nullable [] value,
      Headers headers,
      Record<String, byte[]> record,
      RecordMetadata metadata) {
    headers.add(TOPIC, metadata.topic().getBytes(UTF_8));
    headers.add(PARTITION, Integer.toString(metadata.partition()).getBytes(UTF_8));
    headers.add(OFFSET, Long.toString(metadata.offset()).getBytes(UTF_8));
    headers.add(KEY, key.getBytes(UTF_8));
    context().forward(new Record<>(Keys.site(key), value, record.timestamp(), headers), SENT);
  }

  /**
   * True of a record that was sent by this processor: such records are read from an internal topic.
   */
  static boolean isSent(RecordMetadata metadata) {
    return !TOPICS.containsKey(metadata.topic());
  }

  /** The origin of a record that was read from its topic or was sent. */
  static Origin origin(Record<String, ?> record, RecordMetadata metadata) {
    boolean sent = isSent(metadata);
    String name = sent ? header(record, TOPIC) : metadata.topic();
    String key = sent ? header(record, KEY) : record.key();
    if (Keys.site(key).isEmpty()) {
      throw new IllegalArgumentException("a record without a key");
    }
    if (sent && !key.startsWith(record.key() + "/")) {
      throw new IllegalArgumentException("the key '" + key + "' is not of its site");
    }
    Topic topic = TOPICS.get(name);
    if (topic == null) {
      throw new IllegalArgumentException("an unknown topic " + name);
    }
    return new Origin(topic, key);
  }

  /** Where the record was read first, by its headers; without these, where it was read now. */
  static Place place(Record<String, ?> record, RecordMetadata metadata) {
    if (isSent(metadata)) {
      try {
        return new Place(
            header(record, TOPIC),
            Integer.parseInt(header(record, PARTITION)),
            Long.parseLong(header(record, OFFSET)));
      } catch (IllegalArgumentException e) {
        // somebody else wrote into the internal topic: the place is there
        return Place.of(metadata);
      }
    }
    return Place.of(metadata);
  }

  /** The key that the record had first, if its headers hold it. */
  static @Nullable String key(Record<String, ?> record, RecordMetadata metadata) {
    Header key = isSent(metadata) ? record.headers().lastHeader(KEY) : null;
    return key == null || key.value() == null ? record.key() : new String(key.value(), UTF_8);
  }

  private static String header(Record<String, ?> record, String name) {
    Header header = record.headers().lastHeader(name);
    if (header == null || header.value() == null) {
      throw new IllegalArgumentException("a record without the header of its origin: " + name);
    }
    return new String(header.value(), UTF_8);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.kafka.DeadLetters;
import io.github.joulestream.streams.failure.RecordRefusals;
import io.github.joulestream.streams.failure.RecordRefusals.Place;
import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Gives news of nodes, jobs, budgets and alerts that a person has cleared the key of their site,
 * and notes in its headers where it came from: its topic, which says how to read it, and its key.
 */
public final class SendToSite extends ContextualProcessor<String, byte[], String, SendToSite.Out> {
  private static final String KEY = "key";
  private static final String TOPIC = DeadLetters.TOPIC;
  private static final String PARTITION = DeadLetters.PARTITION;
  private static final String OFFSET = DeadLetters.OFFSET;
  private static final String ALERTS = Topic.ALERTS.topicName();

  /** Where a record came from, before it was sent to its site. */
  record Origin(Topic topic, String key) {
    String site() {
      return Keys.site(key);
    }

    /** The node, job, budget or alert; empty if it is about the whole site. */
    String name() {
      return key.substring(site().length() + 1);
    }
  }

  private final RecordRefusals refusals;

  /** What cannot be sent to a site is refused there. */
  public SendToSite(RecordRefusals refusals) {
    this.refusals = refusals;
  }

  /**
   * What is sent on, or refused.
   *
   * @param value as it came; of what is refused, its beginning
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on as it came
  public record Out(byte @Nullable [] value, boolean refused) {}

  @Override
  public void process(Record<String, byte[]> news) {
    RecordMetadata metadata = context().recordMetadata().orElseThrow();
    try {
      send(news, metadata);
    } catch (RuntimeException | StackOverflowError e) {
      context()
          .forward(
              refusals.refuse(
                  news, news.value(), Place.of(metadata), e, value -> new Out(value, true)));
    }
  }

  private void send(Record<String, byte[]> news, RecordMetadata metadata) {
    String key = RecordRefusals.checkedKey(news.key(), news.value());
    RecordRefusals.checkSize(news.value(), RecordRefusals.MAX_SENT_BYTES);
    if (metadata.topic().equals(ALERTS)) {
      Header site = news.headers().lastHeader(Alert.CLEARED_HEADER);
      if (site == null || news.value() == null) {
        return; // what the watch said itself, or what is forgotten
      }
      key = new String(site.value(), UTF_8) + "/" + key;
    }
    if (key.indexOf('/') < 0) {
      throw new IllegalArgumentException("the key names a site and nothing of it");
    }
    if (Keys.site(key).isEmpty()) {
      throw new IllegalArgumentException("a key without a site");
    }
    Headers headers = new RecordHeaders();
    headers.add(TOPIC, metadata.topic().getBytes(UTF_8));
    headers.add(PARTITION, Integer.toString(metadata.partition()).getBytes(UTF_8));
    headers.add(OFFSET, Long.toString(metadata.offset()).getBytes(UTF_8));
    headers.add(KEY, key.getBytes(UTF_8));
    context()
        .forward(
            new Record<>(Keys.site(key), new Out(news.value(), false), news.timestamp(), headers));
  }

  /**
   * True of what came by way of this processor: what its topic is follows from where it was read.
   */
  static boolean isSent(RecordMetadata metadata) {
    return Arrays.stream(Topic.values()).noneMatch(one -> one.topicName().equals(metadata.topic()));
  }

  /** Where it came from, of news that came directly or was sent. */
  static Origin origin(Record<String, ?> news, RecordMetadata metadata) {
    boolean sent = isSent(metadata);
    String name = sent ? header(news, TOPIC) : metadata.topic();
    String key = sent ? header(news, KEY) : news.key();
    if (Keys.site(key).isEmpty()) {
      throw new IllegalArgumentException("a record without a key");
    }
    if (sent && !key.startsWith(news.key() + "/")) {
      throw new IllegalArgumentException("the key '" + key + "' is not of its site");
    }
    return Arrays.stream(Topic.values())
        .filter(one -> one.topicName().equals(name))
        .findFirst()
        .map(one -> new Origin(one, key))
        .orElseThrow(() -> new IllegalArgumentException("an unknown topic " + name));
  }

  /** The record that was read first, as its headers say; this one if they do not. */
  static Place place(Record<String, ?> news, RecordMetadata metadata) {
    if (isSent(metadata)) {
      try {
        return new Place(
            header(news, TOPIC),
            Integer.parseInt(header(news, PARTITION)),
            Long.parseLong(header(news, OFFSET)));
      } catch (IllegalArgumentException e) {
        // somebody else wrote into the topic between the parts: the place is there
        return Place.of(metadata);
      }
    }
    return Place.of(metadata);
  }

  /** The key that it had first, if its headers say so. */
  static @Nullable String key(Record<String, ?> news, RecordMetadata metadata) {
    Header key = isSent(metadata) ? news.headers().lastHeader(KEY) : null;
    return key == null || key.value() == null ? news.key() : new String(key.value(), UTF_8);
  }

  private static String header(Record<String, ?> news, String name) {
    Header header = news.headers().lastHeader(name);
    if (header == null || header.value() == null) {
      throw new IllegalArgumentException("a record that does not say where it came from: " + name);
    }
    return new String(header.value(), UTF_8);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.letters;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.kafka.DeadLetters;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter without its value.
 *
 * @param at its own offset in the topic of dead letters
 * @param epochMillis when it was put there, by the broker
 * @param place where the record was read from
 * @param key the key or its beginning, or null if there was none
 * @param reason why it was refused
 * @param sizeBytes of the whole value; -1 if there was none
 * @param sha256 of the whole value in hexadecimal; empty if there was none
 * @param replayOf where the record was from that was written again and then refused as this one;
 *     empty if it was not written again
 * @param replays how often it was written again so far
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record DeadLetter(
    long at,
    long epochMillis,
    Place place,
    byte @Nullable [] key,
    String reason,
    long sizeBytes,
    String sha256,
    String replayOf,
    int replays) {

  /**
   * Where a record is or was.
   *
   * @param topic empty if a letter has none
   * @param partition -1 if a letter has none
   * @param offset -1 if a letter has none
   */
  public record Place(String topic, int partition, long offset) {
    /** True if a letter has all of it. */
    public boolean isKnown() {
      return !topic.isEmpty() && partition >= 0 && offset >= 0;
    }

    /** As in logs: {@code telemetry-3@17112}. */
    @Override
    public String toString() {
      return topic + "-" + partition + "@" + offset;
    }
  }

  /** What is in the topic: a letter, or the note that one was written to its topic again. */
  public static boolean isNote(ConsumerRecord<byte[], byte[]> record) {
    return record.headers().lastHeader(DeadLetters.REPLAYED) != null;
  }

  /** Of a record of the topic; whoever may write there may have written anything. */
  public static DeadLetter of(ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value();
    long size = number(record, DeadLetters.SIZE);
    String sha256 = text(record, DeadLetters.SHA256);
    if (sha256.isEmpty() && value != null) {
      sha256 = DeadLetters.sha256(value);
    }
    return new DeadLetter(
        record.offset(),
        record.timestamp(),
        new Place(
            text(record, DeadLetters.TOPIC),
            (int) Math.min(Integer.MAX_VALUE, number(record, DeadLetters.PARTITION)),
            number(record, DeadLetters.OFFSET)),
        record.key(),
        text(record, DeadLetters.REASON),
        size >= 0 || value == null ? size : value.length,
        sha256,
        text(record, DeadLetters.OWN + DeadLetters.REPLAY_OF),
        Math.clamp(
            number(record, DeadLetters.OWN + DeadLetters.REPLAYS), 0, Integer.MAX_VALUE - 1));
  }

  static String text(ConsumerRecord<?, ?> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
  }

  private static long number(ConsumerRecord<?, ?> record, String name) {
    String text = text(record, name);
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
  }

  /** What says which record it is of: its place, and its value in case the topic was made anew. */
  String identity() {
    return place + " " + sha256;
  }

  /** The key as text, if there was one. */
  public Optional<String> keyText() {
    return Optional.ofNullable(key).map(bytes -> new String(bytes, UTF_8));
  }

  /** The site, by the key. */
  Optional<String> site() {
    return keyText().map(Keys::site);
  }

  /** What the key names of the site: a node, a job, a budget. */
  Optional<String> name() {
    return keyText()
        .filter(text -> text.indexOf('/') >= 0)
        .map(text -> text.substring(text.indexOf('/') + 1));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Records of the topic {@code dead-letter}: what a program refused, why, and where it came from. A
 * dead letter is bounded, so that any refused record fits: of a larger value it has the beginning,
 * its size and its SHA-256; the complete value is in the source topic until that topic's retention
 * ends. The headers that the record had itself are kept too, up to 4 KiB.
 */
public final class DeadLetters {
  /** Where letters are kept. */
  public static final String TOPIC_NAME = "dead-letter";

  /** Header: why the record was refused. */
  public static final String REASON = "reason";

  /** Header: the topic that the record was read from. */
  public static final String TOPIC = "topic";

  /** Header: its partition, in decimal. */
  public static final String PARTITION = "partition";

  /** Header: its offset, in decimal. */
  public static final String OFFSET = "offset";

  /** Header, only of a value that was cut: bytes of the complete value, in decimal. */
  public static final String SIZE = "size";

  /** Header, only of a value that was cut: SHA-256 of the complete value, in hexadecimal. */
  public static final String SHA256 = "sha256";

  /**
   * What the names of the record's own headers begin with, so that none is taken for one of the
   * letter's.
   */
  public static final String OWN = "header.";

  /** Header, only if not all of the record's own headers are kept: how many are not, in decimal. */
  public static final String HEADERS_LEFT_OUT = "headers-left-out";

  /**
   * Header of a record that was written to its topic again, and so one of a record's own: where the
   * letter was from that it was made of, {@code topic-partition@offset}.
   */
  public static final String REPLAY_OF = "replay-of";

  /** Header beside {@link #REPLAY_OF}: how often it was written again so far, in decimal. */
  public static final String REPLAYS = "replays";

  /**
   * Header of a record in the topic that is no letter: the record of this place, {@code
   * topic-partition@offset}, was written to its topic again.
   */
  public static final String REPLAYED = "replayed";

  /** Header beside {@link #REPLAYED}: where it was written, {@code topic-partition@offset}. */
  public static final String REPLAYED_TO = "replayed-to";

  /** Bytes of the record's own headers that a letter keeps at most, names and values. */
  public static final int MAX_OWN_HEADER_BYTES = 4 << 10;

  /** Bytes of a value at most. */
  public static final int MAX_VALUE_BYTES = 64 << 10;

  /** Bytes of a key at most. */
  public static final int MAX_KEY_BYTES = 1 << 10;

  private static final int MAX_REASON_CHARACTERS = 1_000;

  /** Start of the values in a reason: names, numbers, a parser's text. */
  private static final Pattern VALUES = Pattern.compile("['\":0-9].*", Pattern.DOTALL);

  private static final int MAX_KIND_CHARACTERS = 100;

  private DeadLetters() {}

  /** The record, within the bounds of a dead letter. */
  public static ProducerRecord<byte[], byte[]> letter(
      ConsumerRecord<byte[], byte[]> record, String reason) {
    return new ProducerRecord<>(
        TOPIC_NAME,
        null,
        cutKey(record.key()),
        cutValue(record.value()),
        withOwn(
            headers(reason, record.topic(), record.partition(), record.offset(), record.value()),
            record.headers(),
            Set.of()));
  }

  /**
   * Adds to a letter's headers those that the record has itself, as far as there is room.
   *
   * @param except names of headers that the record had not when it was sent
   */
  public static Headers withOwn(Headers letter, Headers own, Set<String> except) {
    return addWithinBounds(letter, OWN, own, except);
  }

  /**
   * As many of a record's headers as a letter keeps, for a record of which a letter may be made.
   */
  public static Headers keptOf(Headers own) {
    return addWithinBounds(new RecordHeaders(), "", own, Set.of());
  }

  private static Headers addWithinBounds(
      Headers to, String prefix, Headers own, Set<String> except) {
    int left = MAX_OWN_HEADER_BYTES;
    int leftOut = 0;
    for (Header header : own) {
      if (except.contains(header.key())) {
        continue;
      }
      int size = sizeBytes(header);
      if (size <= left) {
        left -= size;
        to.add(prefix + header.key(), header.value());
      } else {
        leftOut++;
      }
    }
    if (leftOut > 0) {
      to.add(HEADERS_LEFT_OUT, Integer.toString(leftOut).getBytes(UTF_8));
    }
    return to;
  }

  /** Bytes of a header's name and value. */
  private static int sizeBytes(Header header) {
    byte[] value = header.value();
    return header.key().getBytes(UTF_8).length + (value == null ? 0 : value.length);
  }

  /** What reasons have in common that differ in names and numbers only. */
  public static String kind(String reason) {
    String kind = VALUES.matcher(reason).replaceFirst("").strip();
    return kind.substring(0, Math.min(MAX_KIND_CHARACTERS, kind.length()));
  }

  /** The key, or its beginning if it is larger than the bound. */
  public static byte @Nullable [] cutKey(byte @Nullable [] key) {
    return cut(key, MAX_KEY_BYTES);
  }

  /** The value, or its beginning if it is larger than the bound. */
  public static byte @Nullable [] cutValue(byte @Nullable [] value) {
    return cut(value, MAX_VALUE_BYTES);
  }

  private static byte @Nullable [] cut(byte @Nullable [] bytes, int most) {
    return bytes == null || bytes.length <= most ? bytes : Arrays.copyOf(bytes, most);
  }

  /**
   * The headers of a dead letter.
   *
   * @param reason why it was refused; cut after 1,000 characters
   * @param value the complete value
   */
  public static Headers headers(
      String reason, String topic, int partition, long offset, byte @Nullable [] value) {
    RecordHeaders headers = new RecordHeaders();
    headers.add(REASON, cut(reason).getBytes(UTF_8));
    headers.add(TOPIC, topic.getBytes(UTF_8));
    headers.add(PARTITION, Integer.toString(partition).getBytes(UTF_8));
    headers.add(OFFSET, Long.toString(offset).getBytes(UTF_8));
    if (value != null && value.length > MAX_VALUE_BYTES) {
      headers.add(SIZE, Integer.toString(value.length).getBytes(UTF_8));
      headers.add(SHA256, sha256(value).getBytes(UTF_8));
    }
    return headers;
  }

  private static String cut(String reason) {
    return reason.length() <= MAX_REASON_CHARACTERS
        ? reason
        : reason.substring(0, MAX_REASON_CHARACTERS) + " ...";
  }

  /** SHA-256 in hexadecimal. */
  public static String sha256(byte[] value) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

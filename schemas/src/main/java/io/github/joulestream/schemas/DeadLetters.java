// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What programs that take records out of topics put into {@code dead-letter}. */
public final class DeadLetters {
  private DeadLetters() {}

  /** The record as it was, with the reason, and with where it came from, in its headers. */
  public static ProducerRecord<byte[], byte[]> letter(
      ConsumerRecord<byte[], byte[]> record, String reason) {
    ProducerRecord<byte[], byte[]> letter =
        new ProducerRecord<>(Topic.DEAD_LETTER.topicName(), record.key(), record.value());
    letter
        .headers()
        .add("reason", reason.getBytes(UTF_8))
        .add("topic", record.topic().getBytes(UTF_8))
        .add("partition", Integer.toString(record.partition()).getBytes(UTF_8))
        .add("offset", Long.toString(record.offset()).getBytes(UTF_8));
    return letter;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import io.github.joulestream.schemas.kafka.KafkaTrouble;

/**
 * Why Kafka did not accept all of what was sent.
 *
 * @param topic of the record, or of the first of all records if no one is known
 */
record SendFailure(String topic, Exception cause) {
  /** True if it is about the topic alone: records of others can be sent meanwhile. */
  boolean isOfTopic() {
    return KafkaTrouble.isOfTopic(cause);
  }

  /** True if Kafka never takes one of the records; others it does. */
  boolean isOfRecord() {
    return KafkaTrouble.of(cause).kind() == KafkaTrouble.Kind.RECORD;
  }
}

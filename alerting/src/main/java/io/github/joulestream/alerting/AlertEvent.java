// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.schemas.Alert;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record of the topic of alerts.
 *
 * @param alert the alert, or null of a record that removes it
 * @param delivered true if an earlier run delivered it
 */
record AlertEvent(ConsumerRecord<byte[], byte[]> origin, @Nullable Alert alert, boolean delivered) {
  /** The key: the alert's fingerprint. */
  String id() {
    return new String(origin.key(), UTF_8);
  }
}

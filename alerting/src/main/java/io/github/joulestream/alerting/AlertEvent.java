// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import io.github.joulestream.schemas.Alert;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record of the topic of alerts.
 *
 * @param alert what it says, or null if it says that the alert is to be forgotten
 * @param told true if an earlier run has told of it
 */
record AlertEvent(ConsumerRecord<byte[], byte[]> origin, @Nullable Alert alert, boolean told) {
  /** The key: the alert's fingerprint. */
  String id() {
    return new String(origin.key(), java.nio.charset.StandardCharsets.UTF_8);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The time of arrival of a record, of the broker. On a topic with the sender's time there may be
 * none; then it is that of the record before, so that no record is dropped or ends the task for its
 * time.
 */
public final class ArrivalTime implements TimestampExtractor {
  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    return record.timestamp() >= 0 ? record.timestamp() : Math.max(0, partitionTime);
  }
}

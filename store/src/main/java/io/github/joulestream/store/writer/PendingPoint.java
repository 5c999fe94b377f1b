// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.writer;

import io.github.joulestream.store.StorePoint;
import java.util.Comparator;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A point that the store does not have yet, and the record that it was made of. */
record PendingPoint(ConsumerRecord<byte[], byte[]> origin, StorePoint point) {
  /**
   * Points of one measurement in the order of time: stores write them faster, and points that are
   * too old for a store are neighbours, so that few halvings find them.
   */
  static final Comparator<PendingPoint> BY_TIME =
      Comparator.comparing((PendingPoint pending) -> pending.point().measurement())
          .thenComparingLong(pending -> pending.point().epochNanos());
}

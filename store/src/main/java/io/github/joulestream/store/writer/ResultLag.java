// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.writer;

import io.github.joulestream.schemas.kafka.TopicOffsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** How far what the store has is behind the result topics. Safe for many threads. */
final class ResultLag {
  private final TopicOffsets offsets;
  private final List<String> topics;
  private final AtomicReference<Map<TopicPartition, Long>> written =
      new AtomicReference<>(Map.of());

  ResultLag(Admin admin, List<String> topics) {
    this.offsets = new TopicOffsets(admin);
    this.topics = List.copyOf(topics);
  }

  /** Offsets behind what the store has and the group has committed. */
  void written(Map<TopicPartition, Long> positions) {
    written.set(Map.copyOf(positions));
  }

  /** True if these are the offsets that were written last. */
  boolean isWritten(Map<TopicPartition, Long> positions) {
    return positions.equals(written.get());
  }

  /** True if the store has everything that is committed on the result topics. */
  boolean caughtUp() {
    return caughtUp(ends(), written.get());
  }

  /** An empty partition counts only once its position is known: it may be about to be assigned. */
  static boolean caughtUp(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> written) {
    return ends.entrySet().stream()
        .allMatch(end ->
            end.getValue() == 0
                ? written.containsKey(end.getKey())
                : written.getOrDefault(end.getKey(), -1L) >= end.getValue());
  }

  /** Records that are committed on the result topics and not in the store yet. */
  long records() {
    return records(ends(), written.get());
  }

  static long records(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> written) {
    return ends.entrySet().stream()
        .mapToLong(end -> Math.max(0, end.getValue() - written.getOrDefault(end.getKey(), 0L)))
        .sum();
  }

  private Map<TopicPartition, Long> ends() {
    try {
      return offsets.ends(topics, IsolationLevel.READ_COMMITTED);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the ends of the result topics cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}

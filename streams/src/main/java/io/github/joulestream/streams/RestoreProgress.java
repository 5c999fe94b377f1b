// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.Quantities;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;

/**
 * How far the restoration of state is, over all changelogs of the topologies of an instance.
 *
 * <p>Progress is counted in offsets of the changelogs: what was compacted, and the markers of
 * transactions, count as restored once they are passed. A restoration begins with the first
 * changelog and ends when {@link #settled} finds that none is left; changelogs that come later, as
 * tasks are assigned, enlarge it, so its percentage may fall. Safe for many threads.
 */
final class RestoreProgress implements StateRestoreListener {
  private final NanoClock clock;
  private final Map<TopicPartition, Changelog> open = new HashMap<>();
  private final Map<String, Long> restoredByStore = new TreeMap<>();
  // of the current restoration, in offsets
  private long total;
  private long done;
  private long beganNanos;
  private long changedNanos;

  /** One partition of a changelog; {@code position} is the next offset to restore. */
  private static final class Changelog {
    final String store;
    final long end;
    long position;

    Changelog(String store, long position, long end) {
      this.store = store;
      this.position = position;
      this.end = end;
    }

    long remaining() {
      return Math.max(0, end - position);
    }
  }

  RestoreProgress(NanoClock clock) {
    this.clock = clock;
    this.changedNanos = clock.nanos();
  }

  @Override
  public synchronized void onRestoreStart(
      TopicPartition changelog, String store, long startOffset, long endOffset) {
    close(changelog);
    Changelog started = new Changelog(store, startOffset, endOffset);
    changedNanos = clock.nanos();
    if (total == 0) {
      beganNanos = changedNanos;
    }
    open.put(changelog, started);
    total += started.remaining();
    restoredByStore.putIfAbsent(store, 0L);
  }

  @Override
  public synchronized void onBatchRestored(
      TopicPartition changelog, String store, long batchEndOffset, long records) {
    Changelog restored = open.get(changelog);
    changedNanos = clock.nanos();
    restoredByStore.merge(store, records, Long::sum);
    if (restored != null && batchEndOffset >= restored.position) {
      long next = Math.min(restored.end, batchEndOffset + 1);
      done += next - restored.position;
      restored.position = next;
    }
  }

  @Override
  public synchronized void onRestoreEnd(TopicPartition changelog, String store, long records) {
    Changelog ended = open.remove(changelog);
    changedNanos = clock.nanos();
    if (ended != null) {
      done += ended.remaining();
    }
  }

  @Override
  public synchronized void onRestoreSuspended(
      TopicPartition changelog, String store, long records) {
    changedNanos = clock.nanos();
    close(changelog);
  }

  /** Takes a changelog that is not restored further out of the restoration. */
  private void close(TopicPartition changelog) {
    Changelog closed = open.remove(changelog);
    if (closed != null) {
      total -= closed.remaining();
    }
  }

  /** All tasks of a topology run: if no changelog is left, the restoration has ended. */
  synchronized void settled() {
    if (open.isEmpty()) {
      total = 0;
      done = 0;
    }
  }

  /** Time since a changelog was begun, restored further or ended; since the start, if never. */
  synchronized Duration sinceProgress() {
    return Duration.ofNanos(clock.nanos() - changedNanos);
  }

  /** Share of the current restoration that is done, 0 to 1; 1 if nothing is restored. */
  synchronized double ratio() {
    return total <= 0 ? 1 : (double) done / total;
  }

  /** The state of the restoration in one line, if state is being restored. */
  synchronized Optional<String> line() {
    long remaining = total - done;
    if (open.isEmpty() || remaining <= 0) {
      return Optional.empty();
    }
    double seconds = (clock.nanos() - beganNanos) / 1e9;
    double rate = seconds > 0 ? done / seconds : 0;
    return Optional.of(
        String.format(
            Locale.ROOT,
            "restoring %d %%: %,d of %,d records, %,.0f records/s, %s remaining",
            done * 100 / total,
            done,
            total,
            rate,
            rate > 0
                ? "about " + Quantities.duration((long) (remaining / rate * 1e3))
                : "unknown time"));
  }

  /** Records restored since the start, by store. */
  synchronized Map<String, Long> restoredByStore() {
    return new TreeMap<>(restoredByStore);
  }

  /** Records still to be restored, by store; 0 for stores that are restored. */
  synchronized Map<String, Long> remainingByStore() {
    Map<String, Long> remaining = new TreeMap<>();
    restoredByStore.keySet().forEach(store -> remaining.put(store, 0L));
    open.values().forEach(log -> remaining.merge(log.store, log.remaining(), Long::sum));
    return remaining;
  }

  /** Partitions of changelogs that are being restored, by store. */
  synchronized Map<String, Integer> openByStore() {
    Map<String, Integer> count = new TreeMap<>();
    restoredByStore.keySet().forEach(store -> count.put(store, 0));
    open.values().forEach(log -> count.merge(log.store, 1, Integer::sum));
    return count;
  }
}

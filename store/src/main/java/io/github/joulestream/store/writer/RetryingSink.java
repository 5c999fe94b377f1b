// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.writer;

import io.github.joulestream.runtime.Backoff;
import io.github.joulestream.runtime.FullDisk;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.StorePoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes points until the store has each of them or has refused it for good. While the store is
 * unavailable it retries with growing pauses. Where the store does not name the points that it
 * refuses, halving finds k of n in O(k log n) requests, and their neighbours are written. Used by
 * one thread; any may read the counters.
 */
final class RetryingSink {
  private static final Logger log = LoggerFactory.getLogger(RetryingSink.class);

  /** The records that the points were made of. */
  interface Origin {
    /**
     * Waits without losing the records to another reader.
     *
     * @return false if they were lost, or the writer is to stop: then nothing more is written
     */
    boolean hold(Duration pause);

    /** The store will never take the point of this record. */
    void refuse(ConsumerRecord<byte[], byte[]> record, String reason);
  }

  private final PointSink sink;
  private final Origin origin;
  private final Backoff backoff;
  private final Consumer<StorePoint> stored;
  private final AtomicLong points = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong retries = new AtomicLong();
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();
  // of the records of a poll; themselves, for two records may be equal
  private final Set<ConsumerRecord<byte[], byte[]>> refusedRecords =
      Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * @param stored receives each point that the store has
   */
  RetryingSink(PointSink sink, Origin origin, Backoff backoff, Consumer<StorePoint> stored) {
    this.sink = sink;
    this.origin = origin;
    this.backoff = backoff;
    this.stored = stored;
  }

  /** Points of other records follow. */
  void beginPoll() {
    refusedRecords.clear();
  }

  /**
   * Writes all points, however long it takes.
   *
   * @return false if the records were lost or the writer is to stop: then none of them may be
   *     committed
   */
  boolean write(List<PendingPoint> pending) {
    backoff.reset();
    while (true) {
      try {
        sink.write(pending.stream().map(PendingPoint::point).toList());
        break;
      } catch (PointSink.PointsRefused e) {
        answered();
        return writeRest(pending, e);
      } catch (PointSink.StoreUnavailable e) {
        String why = troubleText(String.valueOf(e.getMessage()));
        if (trouble.getAndSet(why) == null) {
          log.warn("{}; retrying until it takes points", why);
        }
        retries.incrementAndGet();
        if (!origin.hold(Duration.ofMillis(backoff.pauseMillis(e.retryAfterMillis())))) {
          return false;
        }
      }
    }
    answered();
    points.addAndGet(pending.size());
    pending.forEach(item -> stored.accept(item.point()));
    return true;
  }

  /** A full disk is no outage: their texts differ. */
  static String troubleText(String answer) {
    return FullDisk.in(answer)
        ? "the store's disk is full: " + answer
        : "the store is unavailable: " + answer;
  }

  private void answered() {
    if (trouble.getAndSet(null) != null) {
      log.warn("The store takes points again");
    }
  }

  /** Finds what the store refuses, if it does not name it, and writes the rest. */
  private boolean writeRest(List<PendingPoint> pending, PointSink.PointsRefused e) {
    if (!e.reasons().isEmpty()) {
      List<PendingPoint> rest = new ArrayList<>();
      for (int i = 0; i < pending.size(); i++) {
        String reason = e.reasons().get(i);
        if (reason == null) {
          rest.add(pending.get(i));
        } else {
          refuse(pending.get(i), reason);
        }
      }
      // also what the store may have taken: some stores take all or nothing
      return writeNext(rest);
    }
    if (pending.size() == 1) {
      refuse(pending.getFirst(), String.valueOf(e.getMessage()));
      return true;
    }
    int half = pending.size() / 2;
    return writeNext(pending.subList(0, half)) && writeNext(pending.subList(half, pending.size()));
  }

  private boolean writeNext(List<PendingPoint> pending) {
    // many requests may follow, and the records must not be lost in between
    return pending.isEmpty() || (origin.hold(Duration.ZERO) && write(pending));
  }

  /** A record of many points is refused once; those of several records may alternate. */
  private void refuse(PendingPoint pending, String reason) {
    if (refusedRecords.add(pending.origin())) {
      refused.incrementAndGet();
      origin.refuse(pending.origin(), reason);
    }
  }

  /**
   * Writes points once: those of a moment that is over, which later ones replace.
   *
   * @param what they are, for the log
   */
  void writeOnce(List<StorePoint> once, String what) {
    try {
      sink.write(once);
    } catch (PointSink.PointsRefused | PointSink.StoreUnavailable e) {
      log.info("{} not written: {}", what, e.getMessage());
    }
  }

  /** Points that the store has. */
  long points() {
    return points.get();
  }

  /** Records of which the store refused a point for good. */
  long refused() {
    return refused.get();
  }

  /** Writes that failed because the store was unavailable. */
  long retries() {
    return retries.get();
  }

  /** Why the store takes nothing now, if it does not. */
  Optional<String> trouble() {
    return Optional.ofNullable(trouble.get());
  }
}

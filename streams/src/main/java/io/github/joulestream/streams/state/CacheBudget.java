// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that the object caches of all tasks of one instance may take together, bytes. Each
 * cache opens a {@link Share}. At every commit, and every few seconds, it reports what its objects
 * take, and drops those that were not used for longest while {@link Share#surplus} is positive:
 *
 * <pre>
 *   budget 80 MB, 4 caches take                 60 + 22 + 15 + 5 = 102 MB
 *   what is too much, down to 7/8 of the budget              102 - 70 = 32 MB
 *   what each takes beyond an equal share, 20 MB    40     2    0    0
 *   surplus of each, the smaller of both            32     2    0    0
 * </pre>
 *
 * <p>It goes down to 7/8 so that objects are dropped in many commits' worth at a time.
 *
 * <p>What objects take is an estimate, from the bytes that they are written in. Objects that
 * changed since the last commit cannot be dropped before the next, so the budget may be exceeded in
 * between. The journal of a task, up to 48 MiB, is not a cache and does not count.
 *
 * <p>Safe for many threads.
 */
public final class CacheBudget {
  /** The share of the heap that caches may take if nothing else is configured, percent. */
  public static final int DEFAULT_HEAP_PERCENT = 40;

  /** A cache of a task that does not commit gives back what is too much after this, wall time. */
  public static final Duration INTERVAL = Duration.ofSeconds(5);

  private final long bytes;
  private final AtomicLong used = new AtomicLong();
  private final AtomicInteger shares = new AtomicInteger();
  private final AtomicLong evictions = new AtomicLong();

  /**
   * A budget.
   *
   * @param bytes of all caches of the instance
   * @throws IllegalArgumentException if it is not positive
   */
  public CacheBudget(long bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("a cache budget of " + bytes + " bytes");
    }
    this.bytes = bytes;
  }

  /** A budget of {@link #DEFAULT_HEAP_PERCENT} percent of the largest heap of this JVM. */
  public static CacheBudget ofHeap() {
    return new CacheBudget(Runtime.getRuntime().maxMemory() / 100 * DEFAULT_HEAP_PERCENT);
  }

  /** What caches may take together, bytes. */
  public long bytes() {
    return bytes;
  }

  /** What caches take, bytes, as of the last commit of each task. */
  public long usedBytes() {
    return used.get();
  }

  /** Objects that were dropped from caches to stay within the budget, since the start. */
  public long evictions() {
    return evictions.get();
  }

  /** Opens a share for one cache. */
  Share open() {
    shares.incrementAndGet();
    return new Share();
  }

  /** What one cache takes of the budget. One thread at a time; to be closed. */
  final class Share implements AutoCloseable {
    private long reported;
    private boolean closed;

    /** Reports what the objects of this cache take now, bytes. */
    void report(long takenBytes) {
      if (!closed) {
        used.addAndGet(takenBytes - reported);
        reported = takenBytes;
      }
    }

    /** Bytes that this cache has to give back: 0 while the instance is within its budget. */
    long surplus() {
      long taken = used.get();
      if (taken <= bytes) {
        return 0;
      }
      long tooMuch = taken - (bytes - bytes / 8);
      return Math.max(0, Math.min(tooMuch, reported - bytes / shares.get()));
    }

    /** Notes that an object was dropped to stay within the budget. */
    void evicted() {
      evictions.incrementAndGet();
    }

    @Override
    public void close() {
      if (!closed) {
        report(0);
        closed = true;
        shares.decrementAndGet();
      }
    }
  }
}

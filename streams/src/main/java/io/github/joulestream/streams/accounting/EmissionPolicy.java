// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

/**
 * Decides at which commits a task emits increments of jobs and nodes. Those of its sites are
 * emitted at every commit.
 *
 * <pre>
 *   pending windows   up to 25           at every commit: a result is as old as a commit interval
 *                     up to 50,000       every 10 s of stream time: once a window
 *                     from 50,000 on     at the next commit: they take a kilobyte each
 * </pre>
 *
 * <p>Nothing is pending for long where no record arrives: then it is emitted after one to two quiet
 * intervals of wall time. One thread.
 */
final class EmissionPolicy {
  // the windows of a dozen jobs and nodes; with twice as many a task of 100 ms commits would emit
  // 500 records a second that add little
  static final int WINDOWS_OF_EVERY_COMMIT = 25;

  // 50 MB; the windows of a minute of 8,000 jobs and nodes that catch up
  static final int MAX_PENDING_WINDOWS = 50_000;

  static final long INTERVAL_MILLIS = 10_000;

  private long emittedMillis;
  private boolean required;
  private boolean received;

  /** Notes that a record arrived. */
  void recordReceived() {
    received = true;
  }

  /** Emission is required at the next commit. */
  void require() {
    required = true;
  }

  /**
   * True if jobs are emitted at this commit.
   *
   * @param streamMillis stream time of the task
   * @param pendingWindows windows of jobs and nodes with increments
   */
  boolean emitsAt(long streamMillis, int pendingWindows) {
    return required
        || pendingWindows <= WINDOWS_OF_EVERY_COMMIT
        || pendingWindows >= MAX_PENDING_WINDOWS
        || streamMillis - emittedMillis >= INTERVAL_MILLIS;
  }

  /** Notes that jobs are emitted. */
  void emitted(long streamMillis) {
    emittedMillis = streamMillis;
    required = false;
  }

  /** Ends a quiet interval: true if no record arrived in it. */
  boolean endInterval() {
    boolean quiet = !received;
    received = false;
    return quiet;
  }
}

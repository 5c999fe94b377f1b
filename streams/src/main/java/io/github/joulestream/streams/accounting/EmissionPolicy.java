// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

/**
 * Decides at which commits a task emits increments of jobs and nodes. Those of its sites are
 * emitted at every commit.
 *
 * <pre>
 *   pending windows   up to 25           at every commit: a result is as old as a commit interval
 *                     up to 5,000        every 10 s of stream time
 *                     more               every 30 s: what a job costs at an emission is the same
 *                                        for one window of it and for four
 *                     from 100,000 on    at the next commit: they take up to a kilobyte each
 * </pre>
 *
 * <p>An interval ends for each task at a moment of its own: all tasks of a site at once would have
 * everything behind them wait for a moment, the ledger too.
 *
 * <p>Nothing is pending for long where no record arrives: then it is emitted after one to two quiet
 * intervals of wall time, or after five to six where much is pending: a task of a large site may
 * have to wait for its thread for as long as an interval. One thread.
 */
final class EmissionPolicy {
  // the windows of a dozen jobs and nodes; with twice as many a task of 100 ms commits would emit
  // 500 records a second that add little
  static final int WINDOWS_OF_EVERY_COMMIT = 25;

  // after 10 s a task of 1,000 nodes has so many
  static final int WINDOWS_OF_SHORT_INTERVAL = 5_000;

  // 100 MB; half a minute of 8,000 nodes with as many jobs
  static final int MAX_PENDING_WINDOWS = 100_000;

  static final long SHORT_INTERVAL_MILLIS = 10_000;
  static final long LONG_INTERVAL_MILLIS = 30_000;

  static final int QUIET_INTERVALS_OF_MANY = 5;

  // multiples of it, without their whole parts, are spread evenly over an interval, however many
  private static final double GOLDEN_RATIO = 0.618_033_988_749_895;

  // of an interval, in parts of it: when this task's end
  private final double phase;
  private long emittedMillis;
  private boolean required;
  private boolean received;
  private int quietIntervals;

  /**
   * A policy of one task.
   *
   * @param partition of the task
   */
  EmissionPolicy(int partition) {
    phase = partition * GOLDEN_RATIO % 1;
  }

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
    long interval = isMany(pendingWindows) ? LONG_INTERVAL_MILLIS : SHORT_INTERVAL_MILLIS;
    return required
        || pendingWindows <= WINDOWS_OF_EVERY_COMMIT
        || pendingWindows >= MAX_PENDING_WINDOWS
        || intervals(streamMillis, interval) > intervals(emittedMillis, interval);
  }

  /** How many intervals have ended for this task until then. */
  private long intervals(long streamMillis, long intervalMillis) {
    return Math.floorDiv(streamMillis - (long) (phase * intervalMillis), intervalMillis);
  }

  private static boolean isMany(int pendingWindows) {
    return pendingWindows > WINDOWS_OF_SHORT_INTERVAL;
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
    quietIntervals = quiet ? quietIntervals + 1 : 0;
    return quiet;
  }

  /**
   * True if no record has arrived for so long that what is pending is emitted.
   *
   * @param noMoreExpected whether one interval is enough
   */
  boolean isQuiet(int pendingWindows, boolean noMoreExpected) {
    boolean many = isMany(pendingWindows) && !noMoreExpected;
    return quietIntervals >= (many ? QUIET_INTERVALS_OF_MANY : 1);
  }
}

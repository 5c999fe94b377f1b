// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

/**
 * When a job ran, as a record of it reports.
 *
 * @param startEpochMillis when it began to run, Unix epoch, milliseconds, or {@link #UNKNOWN}
 * @param endEpochMillis when it ended, or {@link #OPEN}
 */
public record JobSpan(long startEpochMillis, long endEpochMillis) {
  /** In place of a start: it is not known. */
  public static final long UNKNOWN = -1;

  /** In place of an end: the job has not ended. */
  public static final long OPEN = -1;

  /** Neither a start nor an end is known. */
  public static final JobSpan NONE = new JobSpan(UNKNOWN, OPEN);

  public JobSpan {
    if (endEpochMillis != OPEN && endEpochMillis < startEpochMillis) {
      throw new IllegalArgumentException(
          "a job ends at %d, before its start %d".formatted(endEpochMillis, startEpochMillis));
    }
  }

  /** A job that runs since then. */
  public static JobSpan openSince(long startEpochMillis) {
    return new JobSpan(startEpochMillis, OPEN);
  }

  public boolean hasStart() {
    return startEpochMillis != UNKNOWN;
  }

  public boolean hasEnded() {
    return endEpochMillis != OPEN;
  }
}

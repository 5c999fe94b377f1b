// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

/**
 * Times of a job in its summary, Unix epoch, milliseconds.
 *
 * @param anchorEpochMillis time of the summary in a store; never changes once it is set; {@link
 *     JobSpan#UNKNOWN} before
 * @param startEpochMillis the scheduler's start, else the start of the first window with energy;
 *     {@link JobSpan#UNKNOWN} before there is one
 * @param endEpochMillis the scheduler's end, or {@link JobSpan#OPEN}
 * @param lastEpochMillis end of the last window with energy of the job; {@link JobSpan#UNKNOWN}
 *     before there is one
 */
public record JobTimes(
    long anchorEpochMillis, long startEpochMillis, long endEpochMillis, long lastEpochMillis) {

  /** No time is known yet. */
  public static final JobTimes NONE =
      new JobTimes(JobSpan.UNKNOWN, JobSpan.UNKNOWN, JobSpan.OPEN, JobSpan.UNKNOWN);

  public boolean hasAnchor() {
    return anchorEpochMillis != JobSpan.UNKNOWN;
  }

  public boolean hasStart() {
    return startEpochMillis != JobSpan.UNKNOWN;
  }

  public boolean hasEnded() {
    return endEpochMillis != JobSpan.OPEN;
  }

  /** The same, with its present start as its time in a store. */
  public JobTimes anchoredAtStart() {
    return new JobTimes(startEpochMillis, startEpochMillis, endEpochMillis, lastEpochMillis);
  }

  /** The same with another start and end. */
  public JobTimes withSpan(long newStartEpochMillis, long newEndEpochMillis) {
    return new JobTimes(anchorEpochMillis, newStartEpochMillis, newEndEpochMillis, lastEpochMillis);
  }

  /** The same with another start, and another end of the last window with energy. */
  public JobTimes withWindows(long newStartEpochMillis, long newLastEpochMillis) {
    return new JobTimes(anchorEpochMillis, newStartEpochMillis, endEpochMillis, newLastEpochMillis);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

/**
 * Times of an alert in the time of the data, Unix epoch, milliseconds.
 *
 * @param sinceEpochMillis since when it has fired
 * @param updatedEpochMillis when its state was last found
 * @param endedEpochMillis when it was found to be resolved, or {@link #OPEN}
 */
public record AlertTimes(long sinceEpochMillis, long updatedEpochMillis, long endedEpochMillis) {
  /** In place of an end: the alert fires. */
  public static final long OPEN = -1;

  public boolean hasEnded() {
    return endedEpochMillis != OPEN;
  }

  /** The same, resolved at that time. */
  public AlertTimes endedAt(long epochMillis) {
    return new AlertTimes(sinceEpochMillis, epochMillis, epochMillis);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.streams.processor.TaskId;

/**
 * Tasks of this program that have committed input without emitting all that follows from it:
 * increments to jobs, windows of devices, and quarters of an hour of jobs. Safe for many threads.
 */
public final class PendingOutput {
  private final Set<TaskId> increments = ConcurrentHashMap.newKeySet();
  private final Set<TaskId> devices = ConcurrentHashMap.newKeySet();
  private final Set<TaskId> quarterHours = ConcurrentHashMap.newKeySet();
  private volatile boolean noMoreExpected;

  /**
   * No more records are expected: what is pending is emitted after the first quiet interval of its
   * task, and not only after several.
   */
  public void expectNoMore() {
    noMoreExpected = true;
  }

  /** True after {@link #expectNoMore}. */
  public boolean isNoMoreExpected() {
    return noMoreExpected;
  }

  /** To be noted before the task commits. */
  public void note(TaskId task, boolean pending) {
    note(increments, task, pending);
  }

  /** Of windows of devices; to be noted before the task commits. */
  public void noteDevices(TaskId task, boolean pending) {
    note(devices, task, pending);
  }

  /** Of quarters of an hour of jobs; to be noted before the task commits. */
  public void noteQuarterHours(TaskId task, boolean pending) {
    note(quarterHours, task, pending);
  }

  private static void note(Set<TaskId> tasks, TaskId task, boolean pending) {
    if (pending) {
      tasks.add(task);
    } else {
      tasks.remove(task);
    }
  }

  /** True if the increments and the windows of devices of all committed input were emitted. */
  public boolean isNone() {
    return isNoneOfIncrements() && devices.isEmpty();
  }

  /** True if the increments of all committed input were emitted. */
  public boolean isNoneOfIncrements() {
    return increments.isEmpty();
  }

  /** True if the quarters of an hour that follow from all committed increments were emitted. */
  public boolean isNoneOfQuarterHours() {
    return quarterHours.isEmpty();
  }
}

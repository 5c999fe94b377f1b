// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.streams.processor.TaskId;

/** Tasks of this program that have committed input without emitting its increments to jobs. */
public final class PendingOutput {
  private final Map<TaskId, Boolean> tasks = new ConcurrentHashMap<>();

  /** To be noted before the task commits. */
  public void note(TaskId task, boolean pending) {
    if (pending) {
      tasks.put(task, true);
    } else {
      tasks.remove(task);
    }
  }

  /** True if the increments of all committed input were emitted. */
  public boolean isNone() {
    return tasks.isEmpty();
  }
}

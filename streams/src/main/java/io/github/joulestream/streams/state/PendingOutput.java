// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.streams.processor.TaskId;

/** Tasks of this program that have committed input whose jobs are still to be told of it. */
public final class PendingOutput {
  private final Map<TaskId, Boolean> tasks = new ConcurrentHashMap<>();

  /** To be noted before the task commits. */
  public void note(TaskId task, boolean untold) {
    if (untold) {
      tasks.put(task, true);
    } else {
      tasks.remove(task);
    }
  }

  /** True if nothing is left to be told. */
  public boolean isNone() {
    return tasks.isEmpty();
  }
}

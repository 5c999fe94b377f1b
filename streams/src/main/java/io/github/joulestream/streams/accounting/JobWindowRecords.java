// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWindows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Makes records of windows of jobs: of one site and length each, as few as hold them. */
final class JobWindowRecords {
  private record Group(String site, int windowMillis) {}

  private final Map<Group, List<JobWindow>> groups = new LinkedHashMap<>();
  private final Consumer<JobWindows> output;

  JobWindowRecords(Consumer<JobWindows> output) {
    this.output = output;
  }

  void add(JobWindow window) {
    List<JobWindow> group =
        groups.computeIfAbsent(
            new Group(window.site(), window.windowMillis()), _ -> new ArrayList<>());
    group.add(window);
    if (group.size() == JobWindows.MAX_WINDOWS) {
      emit(group);
    }
  }

  /** There are no more. */
  void end() {
    groups.values().stream().filter(group -> !group.isEmpty()).forEach(this::emit);
  }

  private void emit(List<JobWindow> group) {
    output.accept(new JobWindows(group));
    group.clear();
  }
}

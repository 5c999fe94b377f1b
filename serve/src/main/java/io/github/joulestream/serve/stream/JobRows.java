// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The jobs of a site in a frame, in the order in which they were added, and those of each user. */
final class JobRows {
  private final Map<String, JobRow> all = new LinkedHashMap<>();
  private final Map<String, List<String>> byUser = new HashMap<>();

  void add(String job, JobRow row) {
    all.put(job, row);
    byUser.computeIfAbsent(row.user(), _ -> new ArrayList<>()).add(job);
  }

  Map<String, JobRow> all() {
    return all;
  }

  /** Of a user; a job without one is nobody's. */
  List<String> ofUser(String user) {
    return user.isEmpty() ? List.of() : byUser.getOrDefault(user, List.of());
  }
}

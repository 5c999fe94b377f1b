// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.store.StoreText;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whose jobs are asked for, as the names are in fields of the store. */
final class JobNames {
  /**
   * With more names, or longer ones, the store is asked for all: requests have a longest length.
   */
  private static final int MOST_NAMES = 50;

  private static final int MOST_CHARACTERS = 4_000;

  private final boolean everybody;
  private final Set<String> users;
  private final Set<String> projects;

  JobNames(JobFilter filter) {
    this.everybody = filter.everybody();
    this.users = stored(filter.users());
    this.projects = stored(filter.projects());
  }

  private static Set<String> stored(SortedSet<String> names) {
    return names.stream().map(StoreText::field).collect(Collectors.toUnmodifiableSet());
  }

  /** True if no job can be asked for. */
  boolean areNobodys() {
    return !everybody && users.isEmpty() && projects.isEmpty();
  }

  /** True if the store is asked for these alone. */
  boolean areInTheQuery() {
    return everybody
        || (users.size() + projects.size() <= MOST_NAMES
            && Stream.concat(users.stream(), projects.stream()).mapToInt(String::length).sum()
                <= MOST_CHARACTERS);
  }

  Selection limit(Selection jobs) {
    return everybody || !areInTheQuery()
        ? jobs
        : jobs.ofTexts(Map.of("user", users, "project", projects));
  }

  boolean include(HistoryRow job) {
    return everybody || users.contains(job.text("user")) || projects.contains(job.text("project"));
  }
}

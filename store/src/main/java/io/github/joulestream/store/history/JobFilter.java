// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Whose jobs: those of any of these users and those of any of these projects.
 *
 * @param everybody true: all jobs, whatever the names are
 */
public record JobFilter(boolean everybody, SortedSet<String> users, SortedSet<String> projects) {
  /** Everybody's. */
  public static final JobFilter ALL = new JobFilter(true, new TreeSet<>(), new TreeSet<>());
}

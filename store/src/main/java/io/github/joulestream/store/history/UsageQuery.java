// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.JobAmount;
import java.util.Set;
import java.util.SortedSet;

/**
 * What is asked for of jobs' quarters of an hour.
 *
 * @param sites whose; not empty
 * @param range begins and ends with a step
 * @param stepMillis length of the steps in which they are added up: a quarter of an hour, or an
 *     hour
 * @param detail what rows are added up by, besides site and step
 * @param users only of these; empty: of all
 * @param projects only of these; empty: of all
 * @param amounts that rows have; the others are 0
 */
public record UsageQuery(
    SortedSet<String> sites,
    TimeRange range,
    int stepMillis,
    Detail detail,
    Set<String> users,
    Set<String> projects,
    Set<JobAmount> amounts) {

  /** What rows are added up by. */
  public enum Detail {
    /** User and project: few rows, added up in the store. */
    USER_AND_PROJECT,
    /** Each job: a row for each job and step. */
    JOB
  }

  public UsageQuery {
    if (range.from() % stepMillis != 0 || range.to() % stepMillis != 0) {
      throw new IllegalArgumentException("%s in steps of %d ms".formatted(range, stepMillis));
    }
  }
}

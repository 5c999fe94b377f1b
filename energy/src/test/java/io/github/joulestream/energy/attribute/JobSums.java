// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Increments of jobs as a map. */
final class JobSums {
  private JobSums() {}

  /** By job and start of the window; the sums are those of the increments. */
  static Map<String, NavigableMap<Long, Totals<JobAmount>>> of(Increments books) {
    Map<String, NavigableMap<Long, Totals<JobAmount>>> jobs = new TreeMap<>();
    books.forEachJob((job, window, totals) ->
        jobs.computeIfAbsent(job, _ -> new TreeMap<>()).put(window, totals));
    return jobs;
  }
}

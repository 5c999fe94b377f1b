// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Numbers of jobs, in the order in which they were seen first: a table without an object a job. */
final class JobIndex {
  private static final int NONE = -1;

  private final List<String> sites = new ArrayList<>();
  private final List<String> jobs = new ArrayList<>();
  private int[] slots = filled(1 << 10);

  /** Number of a job, which is a new one if it was not seen before. */
  int of(String site, String job) {
    int slot = slot(slots, site, job);
    if (slots[slot] != NONE) {
      return slots[slot];
    }
    int number = jobs.size();
    sites.add(site);
    jobs.add(job);
    slots[slot] = number;
    if (2 * jobs.size() > slots.length) {
      grow();
    }
    return number;
  }

  String site(int number) {
    return sites.get(number);
  }

  String job(int number) {
    return jobs.get(number);
  }

  int size() {
    return jobs.size();
  }

  private int slot(int[] table, String site, String job) {
    int hash = 31 * site.hashCode() + job.hashCode();
    int slot = (((hash ^ (hash >>> 16)) * 0x9E3779B9) >>> 1) & (table.length - 1);
    while (table[slot] != NONE
        && !(jobs.get(table[slot]).equals(job) && sites.get(table[slot]).equals(site))) {
      slot = (slot + 1) & (table.length - 1);
    }
    return slot;
  }

  private void grow() {
    int[] larger = filled(2 * slots.length);
    for (int number = 0; number < jobs.size(); number++) {
      larger[slot(larger, sites.get(number), jobs.get(number))] = number;
    }
    slots = larger;
  }

  private static int[] filled(int length) {
    int[] table = new int[length];
    Arrays.fill(table, NONE);
    return table;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.reports.data.JobUse;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.schemas.JobSummary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Jobs added up by an attribute: what they used in the period, and the work of whole jobs. */
final class GroupedJobs {
  private final Map<String, Group> groups = new TreeMap<>();
  private final Group all = new Group("");

  /** Jobs with the same value of the attribute. */
  static final class Group {
    private final String name;
    private final Use use = new Use();
    private final Map<String, WorkSum> work = new TreeMap<>();
    private long jobs;

    private Group(String name) {
      this.name = name;
    }

    private void add(JobUse job, boolean isFirst) {
      use.add(job.use());
      if (!isFirst) {
        return;
      }
      jobs++;
      JobSummary whole = job.whole();
      if (whole != null && whole.work().amount() > 0 && !whole.work().unit().isEmpty()) {
        work.computeIfAbsent(whole.work().unit(), unit -> new WorkSum()).add(whole);
      }
    }

    String name() {
      return name;
    }

    Use use() {
      return use;
    }

    /** Work by unit. */
    Map<String, WorkSum> work() {
      return work;
    }

    long jobs() {
      return jobs;
    }
  }

  /** By an attribute. */
  GroupedJobs(List<JobUse> jobs, Function<JobUse, String> attribute) {
    // a job whose energy was accounted to several people is there several times
    Set<String> seen = new HashSet<>();
    for (JobUse job : jobs) {
      boolean isFirst = seen.add(job.site() + "/" + job.job());
      groups.computeIfAbsent(attribute.apply(job), Group::new).add(job, isFirst);
      all.add(job, isFirst);
    }
  }

  /** Groups, of the largest energy first. */
  List<Group> largestFirst() {
    List<Group> sorted = new ArrayList<>(groups.values());
    sorted.sort(
        Comparator.comparing((Group group) -> group.use().sum(JobAmount.TOTAL_MILLIJOULES).value())
            .reversed()
            .thenComparing(Group::name));
    return sorted;
  }

  /** All jobs. */
  Group all() {
    return all;
  }
}

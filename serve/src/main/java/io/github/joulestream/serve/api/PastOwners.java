// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.api.AlertFigures.Owner;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.store.history.JobFilter;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.TooManyRows;
import io.github.joulestream.store.history.WindowReader;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Whose the jobs of the past are, as far as a viewer may see them: of others' jobs nothing is read.
 */
final class PastOwners {
  private static final long DAY_MILLIS = 86_400_000;
  private static final long LONGEST_JOB_MILLIS = 366 * DAY_MILLIS;
  private static final int MOST_OWN_JOBS = 20_000;
  private static final int MOST_FRAGMENTS = 1_000;

  /** Jobs that are looked for one by one. */
  private static final int MOST_JOBS = 500;

  private final LiveSite site;
  private final WindowReader windows;
  private final TimeRange range;
  private final Visibility visibility;
  private final Map<String, Owner> owners = new HashMap<>();

  PastOwners(LiveSite site, WindowReader windows, TimeRange range, Visibility visibility) {
    this.site = site;
    this.windows = windows;
    this.range = range;
    this.visibility = visibility;
  }

  /** Whose a job is; nobody's if that is not known or may not be. */
  Owner of(String job) {
    return owners.getOrDefault(job, Owner.NOBODY);
  }

  /**
   * Reads whose these jobs are.
   *
   * @throws TooManyRows if there are too many of them
   */
  void read(Collection<String> jobs) {
    SortedSet<String> missing = new TreeSet<>();
    for (String job : jobs) {
      Optional<LiveJob> live = site.job(job);
      if (live.isPresent() && live.get().summary() != null) {
        owners.put(job, Owners.of(live.get()));
      } else {
        missing.add(job);
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    if (visibility.all()) {
      readEach(missing);
    } else {
      readOwn();
    }
  }

  private void readEach(Set<String> jobs) {
    if (jobs.size() > MOST_JOBS) {
      throw new TooManyRows(MOST_JOBS);
    }
    TimeRange starts =
        new TimeRange(Math.max(0, range.from() - LONGEST_JOB_MILLIS), range.to() + DAY_MILLIS);
    for (String job : jobs) {
      windows.job(site.name(), job, starts, MOST_FRAGMENTS, this::put);
    }
  }

  private void readOwn() {
    SortedSet<String> users = new TreeSet<>();
    if (!visibility.viewer().name().isEmpty()) {
      users.add(visibility.viewer().name());
    }
    SortedSet<String> projects =
        visibility.viewer().role() == Role.MANAGER
            ? visibility.viewer().projects()
            : new TreeSet<>();
    if (!users.isEmpty() || !projects.isEmpty()) {
      windows.jobs(
          new TreeSet<>(Set.of(site.name())),
          range,
          new JobFilter(false, users, projects),
          MOST_OWN_JOBS,
          this::put);
    }
  }

  private void put(JobSummary summary) {
    owners.put(summary.job(), Owners.of(summary.details()));
  }
}

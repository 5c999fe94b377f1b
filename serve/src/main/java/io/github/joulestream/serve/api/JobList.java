// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Cursor;
import io.github.joulestream.serve.http.Parameters;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Range;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.store.JobFragments;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.WindowReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The list of jobs. A job that is live and in the store is there once, as it is live: that is
 * newer. Of a range any number of jobs is read, and no more of them kept than a page has.
 */
final class JobList {
  private static final Duration LONGEST = Duration.ofDays(92);
  private static final int MOST_ROWS = 500_000;

  private final LiveSites live;
  private final WindowReader windows;
  private final JobCosting costing;
  private final EpochClock clock;
  private final SiteNames names;

  JobList(
      LiveSites live,
      HistoryReader history,
      WindowReader windows,
      JobCosting costing,
      EpochClock clock) {
    this.live = live;
    this.windows = windows;
    this.costing = costing;
    this.clock = clock;
    this.names = new SiteNames(live, history, NanoClock.system());
  }

  /** A page of it. */
  record Page(@Nullable Range range, List<JobView> jobs, @Nullable String next) {}

  /** Site and id. */
  private record Key(String site, String job) {}

  Answer answer(ApiRequest request) throws Problem {
    Parameters parameters = Parameters.of(request, clock);
    JobSelection selection = JobSelection.of(request, parameters);
    JobOrder order = JobOrder.of(parameters);
    Optional<Range> range = parameters.range(LONGEST);
    int limit = parameters.limit();
    Optional<Cursor> cursor = Cursor.of(request, JobOrder.KEYS);
    Optional<JobOrder.Place> after =
        cursor.isEmpty() ? Optional.empty() : Optional.of(JobOrder.place(cursor.get()));

    TopJobs top = new TopJobs(order, after, limit);
    return FromStore.read(
        "from",
        () -> {
          TopJobs all =
              range.isEmpty() ? live(selection, order, top) : past(selection, top, range.get());
          return answer(request, range.orElse(null), order, all);
        });
  }

  private Answer answer(ApiRequest request, @Nullable Range range, JobOrder order, TopJobs top) {
    List<KnownJob> jobs = top.list();
    List<ChargeFigures> charges = costing.of(jobs);
    List<JobView> views = new ArrayList<>();
    for (int i = 0; i < jobs.size(); i++) {
      views.add(JobView.of(jobs.get(i), charges.get(i)));
    }
    String next = top.hasMore() ? Cursor.next(request, order.place(jobs.getLast()).keys()) : null;
    Answer answer =
        request.format().equals("csv")
            ? Answer.of(new Answer.Csv(JobView.COLUMNS, views.stream().map(JobView::row).toList()))
            : Answer.json(new Page(range, views, next));
    return answer.withNext(next);
  }

  private TopJobs live(JobSelection selection, JobOrder order, TopJobs top) {
    for (String site : sites(selection, live.names())) {
      Optional<LiveSite> of = live.site(site);
      boolean more = of.isPresent();
      Iterator<LiveJob> jobs = more ? of.get().jobs().iterator() : Collections.emptyIterator();
      while (more && jobs.hasNext()) {
        KnownJob job = KnownJob.of(site, jobs.next());
        // they come in that order
        more = !selection.includes(job) || top.add(job) || !order.isByPower();
      }
    }
    return top;
  }

  private TopJobs past(JobSelection selection, TopJobs top, Range range) {
    SortedSet<String> sites = sites(selection, names.all());
    Set<Key> liveKeys = new HashSet<>();
    List<KnownJob> running = new ArrayList<>();
    for (String site : sites) {
      for (KnownJob job : liveJobs(site)) {
        if (job.summary() != null) {
          liveKeys.add(new Key(site, job.job()));
          if (selection.includes(job) && job.isWithin(range.millis(), clock.epochMillis())) {
            running.add(job);
          }
        }
      }
    }
    Set<Key> inFragments = new HashSet<>();
    TopJobs found = top.empty();
    running.forEach(found::add);
    stored(selection, found, sites, range, liveKeys, Set.of(), inFragments);
    if (inFragments.isEmpty()) {
      return found;
    }
    // a part of a job has another place in the order than the whole
    TopJobs whole = top.empty();
    running.forEach(whole::add);
    stored(selection, whole, sites, range, liveKeys, inFragments, new HashSet<>());
    return whole;
  }

  /**
   * Reads the store.
   *
   * @param inFragments jobs that are added up before they are added
   * @param found gets those that have more than one fragment
   */
  private void stored(
      JobSelection selection,
      TopJobs top,
      SortedSet<String> sites,
      Range range,
      Set<Key> liveKeys,
      Set<Key> inFragments,
      Set<Key> found) {
    List<JobSummary> fragments = new ArrayList<>();
    if (!sites.isEmpty()) {
      windows.jobs(
          sites,
          range.millis(),
          selection.ofStore(),
          MOST_ROWS,
          row -> {
            Key key = new Key(row.site(), row.job());
            if (liveKeys.contains(key)) {
              return;
            }
            if (inFragments.contains(key)) {
              fragments.add(row);
              return;
            }
            if (row.fragmentEpochMillis() != 0) {
              found.add(key);
            }
            add(selection, top, row);
          });
    }
    JobFragments.together(fragments).forEach(job -> add(selection, top, job));
  }

  private static void add(JobSelection selection, TopJobs top, JobSummary row) {
    KnownJob job = KnownJob.of(row);
    if (selection.includes(job)) {
      top.add(job);
    }
  }

  private List<KnownJob> liveJobs(String site) {
    Optional<LiveSite> of = live.site(site);
    List<KnownJob> jobs = new ArrayList<>();
    if (of.isPresent()) {
      for (LiveJob job : of.get().jobs()) {
        jobs.add(KnownJob.of(site, job));
      }
    }
    return jobs;
  }

  private static SortedSet<String> sites(JobSelection selection, SortedSet<String> all) {
    SortedSet<String> sites = new TreeSet<>(all);
    selection.site().ifPresent(site -> sites.removeIf(name -> !name.equals(site)));
    return sites;
  }
}

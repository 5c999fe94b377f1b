// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Parameters;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Range;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.live.LiveJobNode;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.store.JobFragments;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.WindowReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A single job. One that who asks may not see is answered as one that does not exist, in the same
 * words.
 */
final class OneJob {
  private static final long DAY = 86_400_000;
  private static final long RECENT = 400 * DAY;
  private static final Duration LONGEST = Duration.ofDays(400);
  private static final int MOST_FRAGMENTS = 1_000;
  private static final int MOST_PLACEMENTS = 20_000;
  private static final int STEPS = 1_000;
  private static final int MOST_STEPS = 4_000;
  private static final double BASIS_POINTS = 10_000;

  private final LiveSites live;
  private final WindowReader windows;
  private final JobCosting costing;
  private final JobAdvice advice;
  private final EpochClock clock;

  OneJob(
      LiveSites live,
      WindowReader windows,
      JobCosting costing,
      JobAdvice advice,
      EpochClock clock) {
    this.live = live;
    this.windows = windows;
    this.costing = costing;
    this.advice = advice;
    this.clock = clock;
  }

  /** All of a job. */
  Answer detail(ApiRequest request) throws Problem {
    return FromStore.read(
        "id",
        () -> {
          KnownJob job = find(request);
          List<PlacementView> placements = new ArrayList<>();
          windows.placementsOfJob(
              job.site(),
              job.job(),
              widened(job.span(clock.epochMillis())),
              MOST_PLACEMENTS,
              row -> placements.add(PlacementView.of(row, job)));
          JobSummary summary = job.summary();
          return Answer.json(
              new JobDetailView(
                  JobView.of(job, costing.of(List.of(job)).getFirst()),
                  job.details().labels(),
                  JobDetailView.work(job),
                  summary == null ? 0 : summary.peakMilliwatts(),
                  (summary == null ? JobSummary.EndedBy.NOBODY : summary.endedBy()).name(),
                  placements,
                  nodesNow(job),
                  advice.of(job),
                  JobDetailView.share(job)));
        });
  }

  /** Hooks and agents report a placement before and after the scheduler does. */
  private static TimeRange widened(TimeRange span) {
    return new TimeRange(Math.max(0, span.from() - DAY), span.to() + DAY);
  }

  private List<JobDetailView.NodeNow> nodesNow(KnownJob job) {
    Optional<LiveSite> site = live.site(job.site());
    List<JobDetailView.NodeNow> nodes = new ArrayList<>();
    if (site.isPresent() && job.live() != null) {
      for (LiveJobNode node : site.get().jobNodes(job.job())) {
        nodes.add(
            new JobDetailView.NodeNow(
                node.node(),
                node.milliwatts(),
                node.gpuBasisPoints() / BASIS_POINTS,
                JobView.ratio(node.gpuBusyBasisPoints(), node.gpuBasisPoints())));
      }
    }
    return nodes;
  }

  /** Its power. */
  Answer power(ApiRequest request) throws Problem {
    Parameters parameters = Parameters.of(request, clock);
    Optional<Range> asked = parameters.range(LONGEST);
    return FromStore.read(
        "from",
        () -> {
          KnownJob job = find(request);
          Range range = asked.isPresent() ? asked.get() : whole(job, parameters);
          int stepMillis = parameters.stepMillis(range, STEPS, MOST_STEPS);
          long now = clock.epochMillis();
          long until =
              live.site(job.site()).map(site -> Settled.ofJobs(site, now)).orElse(Long.MAX_VALUE);
          JobCurve curve = new JobCurve(job, range.aligned(stepMillis), stepMillis, until);
          windows.jobPower(
              job.site(), job.job(), curve.range().millis(), stepMillis, MOST_STEPS, curve::add);
          return request.format().equals("csv")
              ? Answer.of(curve.csv())
              : Answer.json(curve.json());
        });
  }

  private static Range whole(KnownJob job, Parameters parameters) throws Problem {
    TimeRange span = job.span(parameters.now().toEpochMilli());
    long to = Math.max(span.to(), span.from() + 1);
    return new Range(
        Instant.ofEpochMilli(Math.max(span.from(), to - RECENT)),
        Instant.ofEpochMilli(to),
        parameters.zone());
  }

  private KnownJob find(ApiRequest request) throws Problem {
    String site = request.path("site");
    String id = JobPath.job(request.path("cluster"), request.path("id"));
    Visibility visibility = request.visibility();
    Optional<KnownJob> job = find(site, id);
    if (job.isEmpty()
        || !visibility.job(job.get().details().user(), job.get().details().project())) {
      throw Problem.notFound("there is no such job");
    }
    return job.get();
  }

  private Optional<KnownJob> find(String site, String id) {
    Optional<LiveJob> running = live.site(site).flatMap(of -> of.job(id));
    if (running.isPresent() && running.get().summary() != null) {
      return Optional.of(KnownJob.of(site, running.get()));
    }
    long now = clock.epochMillis();
    // most jobs are of this year
    List<JobSummary> stored = stored(site, id, new TimeRange(now - RECENT, now + DAY));
    if (stored.isEmpty()) {
      stored = stored(site, id, new TimeRange(0, now - RECENT));
    }
    if (stored.isEmpty()) {
      return running.map(job -> KnownJob.of(site, job));
    }
    return Optional.of(new KnownJob(site, id, stored.getFirst(), running.orElse(null)));
  }

  private List<JobSummary> stored(String site, String id, TimeRange range) {
    List<JobSummary> fragments = new ArrayList<>();
    windows.job(site, id, range, MOST_FRAGMENTS, fragments::add);
    return JobFragments.together(fragments);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Parameters;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.store.history.JobFilter;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which jobs a list has: of those that who asks may see, those that they ask for. What is left out
 * has no part in order and pages.
 *
 * @param labels that a job must have
 */
record JobSelection(
    Visibility visibility,
    Optional<String> site,
    Optional<String> user,
    Optional<String> project,
    Optional<JobState> state,
    Map<String, String> labels,
    long leastMillijoules) {
  /** Names of its parameters. */
  static final String LABEL = "label.";

  private static final String ME = "me";

  static JobSelection of(ApiRequest request, Parameters parameters) throws Problem {
    return new JobSelection(
        request.visibility(),
        parameters.text("site"),
        user(request.visibility(), parameters),
        parameters.text("project"),
        parameters.constant("state", JobState.class),
        request.parametersWith(LABEL),
        parameters.whole("minEnergyMillijoules", 0, Long.MAX_VALUE).orElse(Long.MIN_VALUE));
  }

  /** Parameter {@code user}, in which {@code me} is who asks. */
  static Optional<String> user(Visibility visibility, Parameters parameters) throws Problem {
    Optional<String> user = parameters.text("user");
    if (user.isEmpty() || !user.get().equals(ME)) {
      return user;
    }
    if (visibility.viewer().name().isEmpty()) {
      throw Problem.parameter("user", "you have no user name here, so that nothing is yours");
    }
    return Optional.of(visibility.viewer().name());
  }

  /** Whether a job is in the list. */
  boolean includes(KnownJob job) {
    JobDetails details = job.details();
    return visibility.job(details.user(), details.project())
        && is(site, job.site())
        && is(user, details.user())
        && is(project, details.project())
        && (state.isEmpty() || state.get() == job.state())
        && job.millijoules() >= leastMillijoules
        && (labels.isEmpty() || details.labels().entrySet().containsAll(labels.entrySet()));
  }

  private static boolean is(Optional<String> wanted, String name) {
    return wanted.isEmpty() || wanted.get().equals(name);
  }

  /** What the store is asked for: these jobs, and perhaps others. */
  JobFilter ofStore() {
    if (user.isPresent()) {
      return new JobFilter(false, names(user.get()), new TreeSet<>());
    }
    if (visibility.all()) {
      return project.isPresent()
          ? new JobFilter(false, new TreeSet<>(), names(project.get()))
          : JobFilter.ALL;
    }
    SortedSet<String> projects =
        visibility.viewer().role() == Role.MANAGER ? visibility.projects() : new TreeSet<>();
    return new JobFilter(false, names(visibility.viewer().name()), projects);
  }

  private static SortedSet<String> names(String name) {
    SortedSet<String> names = new TreeSet<>();
    if (!name.isEmpty()) {
      names.add(name);
    }
    return names;
  }
}

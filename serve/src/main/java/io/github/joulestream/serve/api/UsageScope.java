// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Visibility;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Whose energy sums are of. A user sees sums of the own jobs and of the own projects; a manager
 * also whose jobs they are in the own projects. Totals of sites are theirs if they are for all:
 * then what is not shown by name is one row.
 *
 * @param users only theirs; empty: everybody's
 * @param projects only these; empty: all
 * @param nothing true: what was asked for is not shown, as if it did not exist
 * @param everything true: all energy of the sites is in the sums
 * @param named which groups are shown by name
 * @param note on what was left out; empty: nothing was
 */
record UsageScope(
    SortedSet<String> users,
    SortedSet<String> projects,
    boolean nothing,
    boolean everything,
    Predicate<String> named,
    String note) {
  private static final Predicate<String> ALL = Objects::nonNull;
  private static final String OWN = "These are sums of your own jobs alone.";
  private static final String OWN_PROJECTS = "These are sums of your projects alone.";

  /** Of what is asked for, the part that is visible. */
  static UsageScope of(
      Visibility visibility, Grouping grouping, Optional<String> user, Optional<String> project) {
    if (visibility.all()) {
      return new UsageScope(
          set(user), set(project), false, user.isEmpty() && project.isEmpty(), ALL, "");
    }
    if (user.isPresent()) {
      return ofUser(visibility, user.get(), project);
    }
    if (project.isPresent()) {
      return ofProject(visibility, grouping, project.get());
    }
    boolean isManager = visibility.viewer().role() == Role.MANAGER;
    SortedSet<String> projects = visibility.projects();
    if (visibility.sites() && isOfSums(grouping, isManager)) {
      return new UsageScope(
          new TreeSet<>(), new TreeSet<>(), false, true, named(visibility, grouping), "");
    }
    return !projects.isEmpty() && (isManager || grouping.by() == Grouping.By.PROJECT)
        ? new UsageScope(new TreeSet<>(), projects, false, false, ALL, OWN_PROJECTS)
        : own(visibility, new TreeSet<>());
  }

  /** Whether groups that are not shown by name can be shown as one. */
  private static boolean isOfSums(Grouping grouping, boolean isManager) {
    return switch (grouping.by()) {
      case PROJECT, SITE, KIND, DAY -> true;
      // of other projects a manager sees nobody
      case USER -> !isManager;
      case PARTITION, LABEL, NODE, JOB -> false;
    };
  }

  private static Predicate<String> named(Visibility visibility, Grouping grouping) {
    return switch (grouping.by()) {
      case USER -> visibility::isOwn;
      case PROJECT -> visibility::sumOf;
      default -> ALL;
    };
  }

  private static UsageScope ofUser(Visibility visibility, String user, Optional<String> project) {
    if (visibility.isOwn(user)) {
      return own(visibility, set(project));
    }
    SortedSet<String> projects = new TreeSet<>(visibility.projects());
    project.ifPresent(name -> projects.removeIf(own -> !own.equals(name)));
    boolean isShown = visibility.viewer().role() == Role.MANAGER && !projects.isEmpty();
    return new UsageScope(set(Optional.of(user)), projects, !isShown, false, ALL, "");
  }

  private static UsageScope ofProject(Visibility visibility, Grouping grouping, String project) {
    SortedSet<String> one = set(Optional.of(project));
    if (!visibility.sumOf(project)) {
      return own(visibility, one);
    }
    if (visibility.viewer().role() == Role.MANAGER) {
      return new UsageScope(new TreeSet<>(), one, false, false, ALL, "");
    }
    return switch (grouping.by()) {
      case PROJECT, SITE, KIND, DAY -> new UsageScope(new TreeSet<>(), one, false, false, ALL, "");
      case USER -> new UsageScope(new TreeSet<>(), one, false, false, visibility::isOwn, "");
      case PARTITION, LABEL, NODE, JOB -> own(visibility, one);
    };
  }

  private static UsageScope own(Visibility visibility, SortedSet<String> projects) {
    String name = visibility.viewer().name();
    return new UsageScope(
        set(Optional.of(name).filter(text -> !text.isEmpty())),
        projects,
        name.isEmpty(),
        false,
        ALL,
        OWN);
  }

  private static SortedSet<String> set(Optional<String> name) {
    return new TreeSet<>(name.map(List::of).orElse(List.of()));
  }
}

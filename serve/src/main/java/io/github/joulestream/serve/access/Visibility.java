// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a viewer may see: the one filter that every answer passes. Whatever is left out by it is
 * answered as if it did not exist.
 *
 * @param viewer who asks
 * @param sitesForAll whether totals of sites, and nodes, are for everybody; else for viewers and
 *     admins
 */
public record Visibility(Viewer viewer, boolean sitesForAll) {

  /** Whether nothing has to be left out. */
  public boolean all() {
    return viewer.role().compareTo(Role.VIEWER) >= 0;
  }

  /** Whether totals of sites, nodes without the names of jobs, and alerts about them are shown. */
  public boolean sites() {
    return sitesForAll || all();
  }

  /** Whether the state of the pipeline is shown. */
  public boolean pipeline() {
    return viewer.role() == Role.ADMIN;
  }

  /**
   * Whether a job is shown.
   *
   * @param user whose it is; empty if that is not known, and then it is nobody's
   * @param project its project; empty if that is not known
   */
  public boolean job(String user, String project) {
    return all() || isOwn(user) || (viewer.role() == Role.MANAGER && isOwnProject(project));
  }

  /** Whether the sum of a project is shown. */
  public boolean sumOf(String project) {
    return all() || isOwnProject(project);
  }

  /** Whether a user's sum is shown by name: within a project, or in all. */
  public boolean sumOf(String user, String project) {
    return job(user, project);
  }

  /** Whether this is the viewer. */
  public boolean isOwn(String user) {
    return !user.isEmpty() && user.equals(viewer.name());
  }

  private boolean isOwnProject(String project) {
    return !project.isEmpty() && viewer.projects().contains(project);
  }

  /**
   * Projects whose rows may be read besides the viewer's own; empty if there are none, or if {@link
   * #all()}.
   */
  public SortedSet<String> projects() {
    return all() ? new TreeSet<>() : viewer.projects();
  }
}

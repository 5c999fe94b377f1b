// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

/** What somebody is at a site; a later one sees all that an earlier one sees. */
public enum Role {
  /** Sees the own jobs, and the sums of the own projects. */
  USER,
  /** Sees all jobs of the own projects, too. */
  MANAGER,
  /** Sees all jobs of all sites: operators, screens on a wall. */
  VIEWER,
  /** Sees the state of the pipeline, too. */
  ADMIN
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who asks.
 *
 * @param name user name as schedulers have it; empty for a machine or a screen that is nobody
 * @param role what they are
 * @param projects whose sums they may see; of a manager, also whose jobs
 */
public record Viewer(String name, Role role, SortedSet<String> projects) {
  public Viewer {
    projects = Collections.unmodifiableSortedSet(new TreeSet<>(projects));
  }
}

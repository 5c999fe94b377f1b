// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.streams.alerts.AlertedNode.Presence;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether the power of a scope is known.
 *
 * @param hasEnded whether a job has ended
 */
record ScopeStatus(SitePower power, Predicate<String> hasEnded) {

  /**
   * True if the scope is a job that has ended: the power of its nodes is not the job's any more.
   */
  boolean isOver(ScopePower sum) {
    return sum.scope.kind() == Scope.Kind.JOB && hasEnded.test(sum.scope.name());
  }

  /**
   * Since when the power of the scope is not known, as text: none of its nodes counts any more.
   * Then its sum is 0, which is no measurement. Null if the power is known.
   */
  @Nullable String noDataSince(ScopePower sum) {
    // jobs, users and projects have no nodes any more when theirs are gone
    ScopePower known = sum.nodes.isEmpty() ? power.site() : sum;
    if (known.nodes.isEmpty() || known.absent < known.nodes.size()) {
      return null;
    }
    return known.nodes.stream().allMatch(node -> node.presence == Presence.GONE)
        ? Figures.instant(known.latestMillis())
        : null;
  }
}

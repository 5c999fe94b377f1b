// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.alerts.Alarm.Patience;
import io.github.joulestream.energy.alerts.Levels;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes whose records are not booked: the program failed at them, or the node is set aside until a
 * person puts it back. One thread.
 */
final class FailedRecords {
  /** Without such a record for this long, there is none any more. */
  private static final long SEEN_MILLIS = 60_000;

  private static final Patience PATIENCE = new Patience(0, 60_000, 300_000);

  private final AlertStates book;
  private final Map<String, Seen> byNode = new HashMap<>();

  private static final class Seen {
    // when such a record was seen last
    long millis;
    // that were not booked since the first
    long records;
    // whether that was said since
    boolean said;
  }

  FailedRecords(AlertStates book) {
    this.book = book;
  }

  /** So many records of a node were not booked. */
  void seen(String node, long now, long records) {
    Seen seen = byNode.computeIfAbsent(node, _ -> new Seen());
    seen.millis = now;
    seen.records += records;
    seen.said = false;
  }

  /** Nothing is said of this node any more. */
  void forget(String node) {
    byNode.remove(node);
  }

  /** Looks at all nodes, within a round of the book. */
  void sweep(long now) {
    byNode.values().removeIf(seen -> seen.said && now - seen.millis >= SEEN_MILLIS);
    byNode.forEach((node, seen) -> {
      seen.said = true;
      if (!Scope.isName(node)) {
        return;
      }
      book.step(
          Rule.NODE_SET_ASIDE,
          Scope.node(node),
          now,
          Levels.ONE,
          PATIENCE,
          _ ->
              SiteRules.saying(
                  Severity.CRITICAL,
                  (double) seen.records,
                  0,
                  "records",
                  10_000,
                  List.of(),
                  ("records of %s are not booked, and kept as dead letters: its account failed;"
                          + " 'joulestream node list --set-aside' says why")
                      .formatted(book.place(Scope.node(node)))));
    });
    book.endRound(Rule.NODE_SET_ASIDE, now, PATIENCE, "all its records are booked again");
  }
}

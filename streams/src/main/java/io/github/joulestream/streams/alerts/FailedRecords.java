// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Levels;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.schemas.AlertMeasurement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes whose records are not counted: the program failed at them, or the node is set aside until a
 * person puts it back. One thread.
 */
final class FailedRecords {
  /** Without such a record for this long, there is none any more. */
  private static final long SEEN_MILLIS = 60_000;

  private static final AlertTiming TIMING = new AlertTiming(0, 60_000, 300_000, 0);

  private final AlertStates states;
  private final Map<String, Seen> byNode = new HashMap<>();

  private static final class Seen {
    // when such a record was seen last
    long millis;
    // that were not counted since the first
    long records;
    // whether the alarm was stepped since
    boolean stepped;
  }

  FailedRecords(AlertStates states) {
    this.states = states;
  }

  /** So many records of a node were not counted. */
  void seen(String node, long now, long records) {
    Seen seen = byNode.computeIfAbsent(node, _ -> new Seen());
    seen.millis = now;
    seen.records += records;
    seen.stepped = false;
  }

  /** Removes what is kept of this node. */
  void forget(String node) {
    byNode.remove(node);
  }

  /** Steps the alarms of all nodes, within a round of the alert states. */
  void sweep(long now) {
    byNode.values().removeIf(seen -> seen.stepped && now - seen.millis >= SEEN_MILLIS);
    byNode.forEach((node, seen) -> {
      seen.stepped = true;
      if (!Scope.isName(node)) {
        return;
      }
      states.step(
          Rule.NODE_SET_ASIDE,
          Scope.node(node),
          now,
          Levels.ONE,
          TIMING,
          _ ->
              AlertDetails.ofRule(
                  Severity.CRITICAL,
                  new AlertMeasurement((double) seen.records, 0, "records", 100, 10_000),
                  List.of(),
                  ("records of %s are not counted, and are kept as dead letters: its account failed;"
                          + " 'joulestream node list --set-aside' shows the reason")
                      .formatted(states.place(Scope.node(node)))));
    });
    states.endRound(Rule.NODE_SET_ASIDE, now, TIMING, "all its records are counted again");
  }
}

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
 * Nodes whose devices two sources report at one time: as a rule two machines under one node name,
 * of which one is not counted. One thread.
 */
final class SourceConflicts {
  /** Without a conflict for this long, there is none any more. */
  private static final long SEEN_MILLIS = 60_000;

  private static final AlertTiming TIMING = new AlertTiming(0, 60_000, 300_000, 0);

  private final AlertStates states;
  private final Map<String, Seen> byNode = new HashMap<>();

  /**
   * @param millis when it was seen last
   * @param readings that were refused then
   * @param batches of an agent beside another, or under the numbers of other batches
   */
  private record Seen(long millis, long readings, long batches) {
    String summary(String place) {
      return (readings > 0
              ? "two sources report devices of %s at the same time, and one of them is not counted:"
                  + " two machines with one name, or two replays"
              : "two agents report for %s, or somebody sends batches under the numbers of its agent;"
                  + " what they add is counted")
          .formatted(place);
    }
  }

  SourceConflicts(AlertStates states) {
    this.states = states;
  }

  /** So many readings of a node were refused, and so many batches were of a second agent. */
  void seen(String node, long now, long readings, long batches) {
    byNode.put(node, new Seen(now, readings, batches));
  }

  /** Removes what is kept of this node. */
  void forget(String node) {
    byNode.remove(node);
  }

  /** Steps the alarms of all nodes, within a round of the alert states. */
  void sweep(long now) {
    byNode.values().removeIf(seen -> now - seen.millis >= SEEN_MILLIS);
    byNode.forEach((node, seen) ->
        states.step(
            Rule.SOURCE_CONFLICT,
            Scope.node(node),
            now,
            Levels.ONE,
            TIMING,
            _ ->
                AlertDetails.ofRule(
                    Severity.CRITICAL,
                    new AlertMeasurement(
                        (double) (seen.readings > 0 ? seen.readings : seen.batches),
                        0,
                        seen.readings > 0 ? "readings" : "batches",
                        100,
                        10_000),
                    List.of(),
                    seen.summary(states.place(Scope.node(node))))));
    states.endRound(
        Rule.SOURCE_CONFLICT, now, TIMING, "one source at a time reports its devices again");
  }
}

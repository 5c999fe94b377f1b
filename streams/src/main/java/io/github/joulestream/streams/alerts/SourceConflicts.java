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
 * Nodes for whose devices two sources speak at one time: as a rule two machines under one node
 * name, of which one is not booked. One thread.
 */
final class SourceConflicts {
  /** Without a conflict for this long, there is none any more. */
  private static final long SEEN_MILLIS = 60_000;

  private static final Patience PATIENCE = new Patience(0, 60_000, 300_000);

  private final AlertStates book;
  private final Map<String, Seen> byNode = new HashMap<>();

  /**
   * @param millis when it was seen last
   * @param readings that were refused then
   * @param batches of an agent beside another, or under the numbers of other batches
   */
  private record Seen(long millis, long readings, long batches) {
    String summary(String place) {
      return (readings > 0
              ? "two sources report devices of %s at the same time, and one of them is not booked:"
                  + " two machines with one name, or two replays"
              : "two agents report for %s, or somebody sends batches under the numbers of its agent;"
                  + " what they add is booked")
          .formatted(place);
    }
  }

  SourceConflicts(AlertStates book) {
    this.book = book;
  }

  /** So many readings of a node were refused, and so many batches were of a second agent. */
  void seen(String node, long now, long readings, long batches) {
    byNode.put(node, new Seen(now, readings, batches));
  }

  /** Nothing is said of this node any more. */
  void forget(String node) {
    byNode.remove(node);
  }

  /** Looks at all nodes, within a round of the book. */
  void sweep(long now) {
    byNode.values().removeIf(seen -> now - seen.millis >= SEEN_MILLIS);
    byNode.forEach((node, seen) ->
        book.step(
            Rule.SOURCE_CONFLICT,
            Scope.node(node),
            now,
            Levels.ONE,
            PATIENCE,
            _ ->
                SiteRules.saying(
                    Severity.CRITICAL,
                    (double) (seen.readings > 0 ? seen.readings : seen.batches),
                    0,
                    seen.readings > 0 ? "readings" : "batches",
                    10_000,
                    List.of(),
                    seen.summary(book.place(Scope.node(node))))));
    book.endRound(
        Rule.SOURCE_CONFLICT, now, PATIENCE, "one source at a time reports its devices again");
  }
}

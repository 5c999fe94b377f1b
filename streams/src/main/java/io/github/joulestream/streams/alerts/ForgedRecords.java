// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Levels;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.schemas.AlertMeasurement;
import java.util.List;

/**
 * Records in the name of the site that are refused, since neither the site nor their node has
 * signed them. One alert of the site, not one of each node: whoever forges chooses the names. One
 * thread.
 */
final class ForgedRecords {
  /** Without such a record for this long, there is none any more. */
  private static final long SEEN_MILLIS = 60_000;

  private static final int MAX_NAME = 100;
  private static final AlertTiming TIMING = new AlertTiming(0, 60_000, 300_000, 0);

  private final AlertStates states;
  // when such a record was seen last
  private long seenMillis;
  // dead letters since the first; 0 if there is none
  private long letters;
  private String last = "";
  // whether the alarm was stepped since
  private boolean stepped;

  ForgedRecords(AlertStates states) {
    this.states = states;
  }

  /** A record of this topic and name was refused. */
  void seen(String topic, String name, long now) {
    seenMillis = now;
    letters++;
    last = topic + " of " + (name.length() > MAX_NAME ? name.substring(0, MAX_NAME) : name);
    stepped = false;
  }

  /** Steps the alarm, within a round of the alert states. */
  void sweep(long now, String site) {
    if (stepped && now - seenMillis >= SEEN_MILLIS) {
      letters = 0;
    }
    if (letters > 0) {
      stepped = true;
      states.step(
          Rule.FORGED_RECORDS,
          Scope.SITE,
          now,
          Levels.ONE,
          TIMING,
          _ ->
              AlertDetails.ofRule(
                  Severity.CRITICAL,
                  new AlertMeasurement((double) letters, 0, "records", 100, 10_000),
                  List.of(),
                  ("records of site %s are refused, since they are not signed by whom they name; the"
                          + " last: %s; 'joulestream dead-letter list' shows them")
                      .formatted(site, last)));
    }
    states.endRound(
        Rule.FORGED_RECORDS, now, TIMING, "no forged record of the site arrives any more");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.period;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a period can be summed as of a time: up to its last quarter of an hour, or hour of a long
 * one, that is settled.
 *
 * @param period what can be summed; empty if none of it is over
 * @param isClosed whether it is all that was asked for and settled, so that only late corrections
 *     change its sums
 * @param isSettled false: nothing of what was asked for is settled, and the period is what is over;
 *     its sums of jobs and its sums of sites may have been stored up to different times
 * @param notes how it differs from what was asked for, each a sentence
 */
public record SettledPeriod(
    Period period, boolean isClosed, boolean isSettled, List<String> notes) {
  /**
   * Time from the end of a quarter of an hour until it is settled: readings arrive up to a minute
   * late, and the quarters of jobs are stored once a minute.
   */
  public static final Duration SETTLING = Duration.ofMinutes(2);

  public SettledPeriod {
    notes = List.copyOf(notes);
  }

  /** What can be summed of a period as of a time. */
  public static SettledPeriod of(Period asked, Instant asOf) {
    Instant settled = asOf.minus(SETTLING);
    Period period = PeriodCut.at(asked, settled);
    if (period.equals(asked)) {
      return new SettledPeriod(asked, true, true, List.of());
    }
    if (period.from().isBefore(period.to())) {
      return new SettledPeriod(period, false, true, List.of(endsAt(asked, period)));
    }
    Period over = PeriodCut.at(asked, asOf);
    List<String> notes = new ArrayList<>();
    if (!over.equals(asked)) {
      notes.add(endsAt(asked, over));
    }
    if (over.from().isBefore(over.to())) {
      notes.add(
          "The period ended less than %d minutes ago and is not settled: its sums can still grow."
              .formatted(SETTLING.toMinutes()));
    }
    return new SettledPeriod(over, false, false, notes);
  }

  private static String endsAt(Period asked, Period cut) {
    return "The period ends at %s: later %s are not settled."
        .formatted(cut.to(), PeriodCut.isByHour(asked) ? "hours" : "quarters of an hour");
  }
}

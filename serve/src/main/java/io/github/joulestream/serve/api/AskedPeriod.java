// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.Windows;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.reports.period.SettledPeriod;
import io.github.joulestream.serve.http.Parameters;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Range;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * The period of an answer about sums: whole quarters of an hour, as they are stored, up to the last
 * one that is settled.
 *
 * @param isClosed whether all of what was asked for is settled, so that only late corrections
 *     change what is answered
 * @param isSettled false: it has a quarter that was over only just before, of which sums of jobs
 *     and sums of sites may have been stored up to different times
 * @param notes what was understood otherwise than it was written
 */
record AskedPeriod(
    Period period, boolean isClosed, boolean isSettled, Instant asOf, List<String> notes) {
  private static final Duration USUAL = Duration.ofHours(24);
  private static final Duration LONGEST = Duration.ofDays(400);

  /** Of {@code period}, or {@code from} and {@code to}; without them the last 24 hours. */
  static AskedPeriod of(Parameters parameters) throws Problem {
    Range asked =
        parameters.text("period").isPresent()
            ? parameters.period("", LONGEST)
            : parameters.range(USUAL, LONGEST);
    Range whole = asked.aligned(Windows.QUARTER_HOUR_MILLIS);
    Instant asOf = parameters.now().truncatedTo(ChronoUnit.SECONDS);
    Period all =
        new Period(
            parameters.text("period").orElse("the range"), whole.from(), whole.to(), whole.zone());
    SettledPeriod settled = SettledPeriod.of(all, asOf);
    Period period = settled.period();
    if (!period.from().isBefore(period.to())) {
      throw Problem.parameter(
          parameters.text("period").isPresent() ? "period" : "from",
          "nothing of it is over yet: energy is summed by quarters of an hour");
    }
    List<String> notes = new ArrayList<>();
    if (!whole.from().equals(asked.from()) || !whole.to().equals(asked.to())) {
      notes.add("The range was rounded to whole quarters of an hour, of UTC.");
    }
    notes.addAll(settled.notes());
    return new AskedPeriod(
        period, settled.isClosed(), settled.isSettled(), asOf, List.copyOf(notes));
  }

  /** As it is echoed. */
  Range range() {
    return new Range(period.from(), period.to(), period.zone());
  }
}

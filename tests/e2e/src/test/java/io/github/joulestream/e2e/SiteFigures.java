// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.store.ResultReader;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the store says of one site, without its name: two sites of which the same was said have the
 * same figures.
 *
 * @param jobs what was booked to each, and what is known of it
 * @param ledger both sides of the site's books, without what depends on how often something was
 *     sent and when it arrived
 * @param readings readings that were booked
 * @param differenceMillijoules what its books do not balance by, all kinds of it added up
 * @param open jobs that have not ended
 */
record SiteFigures(
    Map<String, String> jobs, String ledger, long readings, long differenceMillijoules, long open) {

  private static final Set<SiteAmount> OF_THE_WAY =
      Set.of(
          SiteAmount.REPEATED_READINGS,
          SiteAmount.CLOCK_AHEAD_READINGS,
          SiteAmount.RIVAL_AGENT_BATCHES,
          SiteAmount.REFUSED_CONFLICT);

  static SiteFigures of(ResultReader reader, String site) {
    Map<String, String> jobs = new TreeMap<>();
    long ofJobs = 0;
    long open = 0;
    for (JobSummary job : reader.jobSummaries()) {
      if (!job.site().equals(site)) {
        continue;
      }
      ofJobs += job.totals().get(JobAmount.TOTAL_MILLIJOULES);
      open += job.state() == JobState.RUNNING ? 1 : 0;
      jobs.put(
          job.job(),
          "%s %s %s %d to %d, peak %d mW, work %s, %s"
              .formatted(
                  job.details().user(),
                  job.details().project(),
                  job.state(),
                  job.times().startEpochMillis(),
                  job.times().endEpochMillis(),
                  job.peakMilliwatts(),
                  job.work().amount(),
                  job.totals()));
    }
    long difference =
        reader.unbalanced(0, ResultReader.END_EPOCH_MILLIS).stream()
            .filter(window -> window.site().equals(site))
            .mapToLong(window -> Math.abs(window.differenceMillijoules()))
            .sum();
    Totals<SiteAmount> ledger =
        reader.ledger(0, ResultReader.END_EPOCH_MILLIS).getOrDefault(site, Totals.ofSite());
    difference += Math.abs(ledger.get(SiteAmount.JOBS_TOTAL_MILLIJOULES) - ofJobs);
    Totals<SiteAmount> compared = ledger.copy();
    // what was refused because another had said something of that time is read all the same
    compared.set(
        SiteAmount.READINGS,
        ledger.get(SiteAmount.READINGS) - ledger.get(SiteAmount.REFUSED_CONFLICT));
    OF_THE_WAY.forEach(amount -> compared.set(amount, 0));
    return new SiteFigures(
        jobs, compared.toString(), compared.get(SiteAmount.READINGS), difference, open);
  }

  /**
   * What a fault or an attack did to these figures.
   *
   * @param without the figures of the same site without it
   */
  FaultRow row(String fault, int times, String promised, String happened, SiteFigures without) {
    return new FaultRow(
        fault,
        times,
        promised,
        happened,
        Math.max(0, without.readings - readings),
        Math.max(0, readings - without.readings),
        differenceMillijoules);
  }

  /** True if so many readings are booked, their jobs have ended, and the books balance. */
  boolean complete(long publishedReadings) {
    return readings >= publishedReadings
        && open == 0
        && !jobs.isEmpty()
        && differenceMillijoules == 0;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.store.history.TimeRange;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What jobs cost: running ones as {@link JobCharges} has it, others out of the store. */
final class JobCosting {
  private final JobCharges running;
  private final ChargeReader reader;
  private final EpochClock clock;

  JobCosting(JobCharges running, ChargeReader reader, EpochClock clock) {
    this.running = running;
    this.reader = reader;
    this.clock = clock;
  }

  /**
   * Of jobs, in their order.
   *
   * @throws java.io.UncheckedIOException if the store cannot be read to the end
   * @throws io.github.joulestream.store.history.TooManyRows if they have too many quarters
   */
  List<ChargeFigures> of(List<KnownJob> jobs) {
    long now = clock.epochMillis();
    SortedMap<String, List<KnownJob>> past = new TreeMap<>();
    for (KnownJob job : jobs) {
      if (job.live() == null) {
        past.computeIfAbsent(job.site(), site -> new ArrayList<>()).add(job);
      }
    }
    Map<String, ChargeReader.Read> read = new HashMap<>();
    past.forEach((site, of) -> read.put(site, read(site, of, now)));
    List<ChargeFigures> figures = new ArrayList<>();
    for (KnownJob job : jobs) {
      ChargeReader.Read ofSite = read.get(job.site());
      figures.add(
          job.live() != null
              ? running.awaited(job.site(), job.job(), job.millijoules())
              : ofSite == null ? ChargeFigures.UNKNOWN : figures(job, ofSite));
    }
    return figures;
  }

  private static ChargeFigures figures(KnownJob job, ChargeReader.Read read) {
    Charges charges = read.charges().get(job.job());
    return charges == null
        ? ChargeFigures.UNKNOWN
        : ChargeFigures.of(charges, read.currency(), BigInteger.valueOf(job.millijoules()));
  }

  private ChargeReader.Read read(String site, List<KnownJob> jobs, long now) {
    TreeSet<String> names = new TreeSet<>();
    long from = Long.MAX_VALUE;
    long to = 0;
    for (KnownJob job : jobs) {
      TimeRange span = job.span(now);
      names.add(job.job());
      from = Math.min(from, span.from());
      to = Math.max(to, span.to());
    }
    return reader.read(
        site, names, ChargeReader.hours(Math.max(from, to - ChargeReader.LONGEST), to + 1), now);
  }
}

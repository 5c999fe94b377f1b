// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.StepFactors;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.TooManyRows;
import io.github.joulestream.store.history.WindowReader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What jobs that run have cost and emitted so far. Once a minute, and only while somebody asks, the
 * quarters of an hour of all running jobs of a site are read: those of the last hours, and once an
 * hour all. What a job consumed since then has the factors of the latest step. Used by any thread.
 */
public final class JobCharges {
  private static final Logger LOG = LoggerFactory.getLogger(JobCharges.class);
  private static final Duration KEPT = Duration.ofMinutes(1);

  /** While there is no step with a ledger yet, as in a site's first minutes. */
  private static final Duration KEPT_IF_NOTHING = Duration.ofSeconds(5);

  private final LiveSites sites;
  private final ChargeReader reader;
  private final EpochClock clock;
  private final NanoClock nanos;
  private final ConcurrentMap<String, OfSite> ofSites = new ConcurrentHashMap<>();

  /** A site, and whether it is being read. */
  private static final class OfSite {
    final AtomicBoolean isRead = new AtomicBoolean();
    volatile Known known = Known.NOTHING;
  }

  /**
   * What is known of a site.
   *
   * @param readNanos when it was read, by the monotonic clock
   * @param boundary until when {@code before} is, Unix epoch, ms
   * @param before of jobs until then
   * @param all of jobs until it was read
   */
  private record Known(
      long readNanos,
      long boundary,
      Map<String, Charges> before,
      Map<String, Charges> all,
      String currency,
      StepFactors latest) {
    static final Known NOTHING = new Known(0, 0, Map.of(), Map.of(), "", StepFactors.NOTHING);

    @SuppressWarnings("ReferenceEquality") // one that was read may be equal
    boolean isNothing() {
      return this == NOTHING;
    }
  }

  /** Of live jobs, out of a store. */
  public JobCharges(
      LiveSites sites,
      HistoryReader history,
      WindowReader windows,
      EpochClock clock,
      NanoClock nanos) {
    this.sites = sites;
    this.reader = new ChargeReader(history, windows);
    this.clock = clock;
    this.nanos = nanos;
  }

  /**
   * Of a running job, as far as it is known now; never waits.
   *
   * @param millijoules energy of the job so far
   */
  public ChargeFigures of(String site, String job, long millijoules) {
    OfSite of = ofSites.computeIfAbsent(site, name -> new OfSite());
    if (isOld(of.known)) {
      refresh(site, of);
    }
    return figures(of.known, job, millijoules);
  }

  /** The same; the first time it waits until the site has been read. */
  ChargeFigures awaited(String site, String job, long millijoules) {
    OfSite of = ofSites.computeIfAbsent(site, name -> new OfSite());
    if (of.known.isNothing()) {
      synchronized (of) {
        if (of.known.isNothing()) {
          of.known = updated(site, of.known);
        }
      }
    }
    return of(site, job, millijoules);
  }

  private static ChargeFigures figures(Known known, String job, long millijoules) {
    if (known.isNothing()) {
      return ChargeFigures.UNKNOWN;
    }
    Charges charges = new Charges();
    Charges stored = known.all.get(job);
    if (stored != null) {
      charges.add(stored);
    }
    long since = millijoules - charges.energy().value().longValueExact();
    charges.add(since, known.latest);
    return ChargeFigures.of(charges, known.currency, BigInteger.valueOf(millijoules));
  }

  private boolean isOld(Known known) {
    Duration kept = known.latest.equals(StepFactors.NOTHING) ? KEPT_IF_NOTHING : KEPT;
    return known.isNothing() || nanos.nanos() - known.readNanos >= kept.toNanos();
  }

  private void refresh(String site, OfSite of) {
    if (of.isRead.compareAndSet(false, true)) {
      Thread.ofVirtual()
          .name("charges-of-jobs")
          .start(() -> {
            try {
              of.known = updated(site, of.known);
            } finally {
              of.isRead.set(false);
            }
          });
    }
  }

  /** What was known stays if the store cannot be read, and it is tried again in a minute. */
  private Known updated(String site, Known known) {
    try {
      return read(site, known);
    } catch (UncheckedIOException | TooManyRows e) {
      LOG.warn("what the jobs of {} cost cannot be read: {}", site, e.toString());
      return new Known(
          nanos.nanos(), known.boundary, known.before, known.all, known.currency, known.latest);
    }
  }

  private Known read(String site, Known known) {
    long now = clock.epochMillis();
    long readNanos = nanos.nanos();
    SortedMap<String, Long> starts = starts(site, now);
    TimeRange recent = ChargeReader.hours(now - 2L * Windows.HOUR_MILLIS, now + 1);
    Map<String, Charges> before = new HashMap<>();
    SortedSet<String> missing = new TreeSet<>();
    long first = recent.from();
    for (Map.Entry<String, Long> job : starts.entrySet()) {
      Charges kept = known.boundary == recent.from() ? known.before.get(job.getKey()) : null;
      if (kept != null) {
        before.put(job.getKey(), kept);
      } else if (job.getValue() < recent.from()) {
        missing.add(job.getKey());
        first = Math.min(first, job.getValue());
      }
    }
    TimeRange earlier = ChargeReader.hours(first, recent.from());
    before.putAll(reader.read(site, missing, earlier, now).charges());
    // those that the store has nothing of are not asked for again at once
    missing.forEach(job -> before.putIfAbsent(job, new Charges()));
    ChargeReader.Read read = reader.read(site, new TreeSet<>(starts.keySet()), recent, now);
    Map<String, Charges> all = new HashMap<>(before);
    read.charges()
        .forEach((job, charges) ->
            all.merge(
                job,
                charges,
                (a, b) -> {
                  Charges sum = new Charges();
                  sum.add(a);
                  sum.add(b);
                  return sum;
                }));
    return new Known(readNanos, recent.from(), before, all, read.currency(), read.latest());
  }

  /** Starts of the site's jobs, Unix epoch, ms. */
  private SortedMap<String, Long> starts(String site, long now) {
    SortedMap<String, Long> starts = new TreeMap<>();
    Optional<LiveSite> live = sites.site(site);
    if (live.isPresent()) {
      for (LiveJob job : live.get().jobs()) {
        JobSummary summary = job.summary();
        if (summary != null && summary.times().hasStart()) {
          starts.put(
              job.job(), Math.max(summary.times().startEpochMillis(), now - ChargeReader.LONGEST));
        }
      }
    }
    return starts;
  }
}

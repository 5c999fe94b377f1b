// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.FacilityRatio;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.reports.data.ReadPeriod.GroupKey;
import io.github.joulestream.reports.data.ReportSource.Detail;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.reports.period.PeriodCut;
import io.github.joulestream.reports.period.SettledPeriod;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.UsageQuery;
import io.github.joulestream.store.history.UsageRow;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Reads periods out of a store. */
final class PeriodReader {
  private static final int MILLIS_PER_SECOND = 1000;

  private final HistoryReader history;
  private final ReportRequest request;
  private final Consumer<String> progress;

  PeriodReader(HistoryReader history, ReportRequest request, Consumer<String> progress) {
    this.history = history;
    this.request = request;
    this.progress = progress;
  }

  /** Reads what of a period is settled as of the time of the report. */
  ReadPeriod read(Period asked, Detail detail) {
    Period period = SettledPeriod.of(asked, request.asOf()).period();
    SortedMap<String, SiteLedger> sites = ledgers(period);
    Map<String, JobSteps> steps = new TreeMap<>();
    if (detail == Detail.SITES) {
      return new ReadPeriod(period, detail, sites, steps, Map.of(), null, jobCount(period), false);
    }
    sites.forEach((site, ledger) -> steps.put(site, new JobSteps(ledger.steps())));
    if (detail == Detail.JOBS) {
      JobLines lines = lines(period, sites, steps);
      return new ReadPeriod(
          period, detail, sites, steps, Map.of(), lines, lines::jobCount, isOfAll());
    }
    Map<GroupKey, Use> groups = new HashMap<>();
    usage(
        period,
        sites,
        UsageQuery.Detail.USER_AND_PROJECT,
        row -> {
          SiteLedger ledger = sites.get(row.site());
          JobSteps of = steps.get(row.site());
          if (ledger != null && of != null && !row.totals().isZero()) {
            int step = ledger.index(row.stepStart());
            of.add(step, row.totals());
            groups
                .computeIfAbsent(
                    new GroupKey(row.site(), row.user(), row.project()), key -> new Use())
                .add(row.totals(), ledger.factors(step));
          }
        });
    return new ReadPeriod(period, detail, sites, steps, groups, null, jobCount(period), isOfAll());
  }

  private boolean isOfAll() {
    return request.users().isEmpty() && request.projects().isEmpty() && request.labels().isEmpty();
  }

  private SortedMap<String, SiteLedger> ledgers(Period period) {
    progress.accept("ledger of " + period.label());
    TimeRange months = months(period);
    SortedMap<String, SiteLedger> sites =
        SiteFactors.read(
            history, request.sites(), period, months, request.asOf(), request.carbonScope());
    setOtherCharges(period, months, sites);
    return sites;
  }

  /** Charges by the month, of which the peak is that of all quarters of the whole month. */
  private void setOtherCharges(
      Period period, TimeRange months, SortedMap<String, SiteLedger> sites) {
    sites.forEach((site, ledger) -> {
      Set<SeriesKind> kinds = EnumSet.noneOf(SeriesKind.class);
      ledger
          .grid()
          .used(period.range().from(), period.range().to())
          .forEach(used -> kinds.add(used.series().kind()));
      Map<YearMonth, Long> peaks =
          kinds.contains(SeriesKind.DEMAND_CHARGE) ? peaks(site, months, period.zone()) : Map.of();
      if (kinds.contains(SeriesKind.DEMAND_CHARGE) || kinds.contains(SeriesKind.FIXED_CHARGE)) {
        ledger.setOtherCharges(
            ledger
                .grid()
                .otherCharges(period.range().from(), period.range().to(), period.zone(), peaks));
      }
    });
  }

  /** The highest mean power of a quarter by month: of the facility where it is known, mW. */
  private Map<YearMonth, Long> peaks(String site, TimeRange months, ZoneId zone) {
    Map<YearMonth, Long> peaks = new HashMap<>();
    history.siteSteps(
        new TreeSet<>(Set.of(site)),
        months,
        StepLength.QUARTER_HOUR,
        row -> {
          Totals<SiteAmount> totals = row.totals();
          long energy =
              totals.get(
                  FacilityRatio.isKnown(DeviceKind.FACILITY, totals)
                      ? SiteAmount.FACILITY_MILLIJOULES
                      : SiteAmount.MEASURED_TOTAL_MILLIJOULES);
          peaks.merge(
              YearMonth.from(Instant.ofEpochMilli(row.stepStart()).atZone(zone)),
              energy / (StepLength.QUARTER_HOUR / MILLIS_PER_SECOND),
              Math::max);
        });
    return peaks;
  }

  /** All months that a period is in, as far as they are settled, and at least the period. */
  private TimeRange months(Period period) {
    ZoneId zone = period.zone();
    YearMonth first = YearMonth.from(period.from().atZone(zone));
    YearMonth last = YearMonth.from(period.to().minusMillis(1).atZone(zone));
    Period whole =
        new Period(
            period.label(),
            first.atDay(1).atStartOfDay(zone).toInstant(),
            last.plusMonths(1).atDay(1).atStartOfDay(zone).toInstant(),
            zone);
    TimeRange months = SettledPeriod.of(whole, request.asOf()).period().range();
    return new TimeRange(months.from(), Math.max(months.to(), period.range().to()));
  }

  private JobLines lines(
      Period period, SortedMap<String, SiteLedger> sites, Map<String, JobSteps> steps) {
    progress.accept("jobs of " + period.label());
    JobLines lines = new JobLines(request);
    history.jobs(request.sites(), period.range(), lines::add);
    lines.endOfWholeJobs();
    usage(
        period,
        sites,
        UsageQuery.Detail.JOB,
        row -> {
          SiteLedger ledger = sites.get(row.site());
          JobSteps of = steps.get(row.site());
          if (ledger != null && of != null && !row.totals().isZero()) {
            int step = ledger.index(row.stepStart());
            if (lines.add(row, ledger.factors(step))) {
              of.add(step, row.totals());
            }
          }
        });
    lines.close();
    return lines;
  }

  private void usage(
      Period period,
      SortedMap<String, SiteLedger> sites,
      UsageQuery.Detail detail,
      Consumer<UsageRow> rows) {
    List<TimeRange> parts = PeriodCut.months(period);
    for (int part = 0; part < parts.size(); part++) {
      progress.accept(
          parts.size() == 1
              ? "energy of jobs of " + period.label()
              : "energy of jobs of %s, month %d of %d"
                  .formatted(period.label(), part + 1, parts.size()));
      TimeRange range = parts.get(part);
      SiteFactors.byStep(sites)
          .forEach((stepMillis, names) ->
              history.usage(
                  new UsageQuery(
                      names,
                      range,
                      stepMillis,
                      detail,
                      request.users(),
                      request.projects(),
                      JobSteps.AMOUNTS),
                  rows));
    }
  }

  /** Counts jobs when it is asked for: it reads each of them. */
  private LongSupplier jobCount(Period period) {
    return new LongSupplier() {
      private @Nullable Long count;

      @Override
      public long getAsLong() {
        Long known = count;
        if (known == null) {
          progress.accept("number of jobs of " + period.label());
          Set<String> jobs = new HashSet<>();
          history.jobs(
              request.sites(),
              period.range(),
              job -> {
                if (isAsked(job)) {
                  jobs.add(job.site() + "/" + job.job());
                }
              });
          known = (long) jobs.size();
          count = known;
        }
        return known;
      }
    };
  }

  private boolean isAsked(JobSummary job) {
    return (request.users().isEmpty() || request.users().contains(job.details().user()))
        && (request.projects().isEmpty() || request.projects().contains(job.details().project()))
        && job.details().labels().entrySet().containsAll(request.labels().entrySet());
  }
}

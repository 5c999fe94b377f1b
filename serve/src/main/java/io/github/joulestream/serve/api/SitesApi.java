// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Parameters;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Range;
import io.github.joulestream.serve.http.Route;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.store.history.WindowReader;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sites: as they are now, their power over time, and their ledger. */
public final class SitesApi {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration LONGEST = Duration.ofDays(366 * 11L);
  private static final int USUAL_STEPS = 1_000;
  private static final int MOST_STEPS = 4_000;
  private static final int HOUR_MILLIS = 3_600_000;
  private static final int QUARTER_MILLIS = 900_000;
  private static final int WINDOW_MILLIS = 10_000;
  private static final Duration LONGEST_OF_WINDOWS = Duration.ofHours(12);

  private static final Map<String, SiteAmount> POWER =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("totalMilliwatts", SiteAmount.MEASURED_TOTAL_MILLIJOULES),
              Map.entry("gpuMilliwatts", SiteAmount.MEASURED_GPU_MILLIJOULES),
              Map.entry("cpuMilliwatts", SiteAmount.MEASURED_CPU_MILLIJOULES),
              Map.entry("memoryMilliwatts", SiteAmount.MEASURED_MEMORY_MILLIJOULES),
              Map.entry("storageMilliwatts", SiteAmount.MEASURED_STORAGE_MILLIJOULES),
              Map.entry("nodeMilliwatts", SiteAmount.MEASURED_NODE_MILLIJOULES),
              Map.entry("jobsMilliwatts", SiteAmount.JOBS_TOTAL_MILLIJOULES),
              Map.entry("idleMilliwatts", SiteAmount.IDLE_TOTAL_MILLIJOULES),
              Map.entry("heldIdleMilliwatts", SiteAmount.HELD_IDLE_MILLIJOULES)));
  private static final Map<String, DeviceKind> METERS =
      new TreeMap<>(
          Map.of(
              "facilityMilliwatts", DeviceKind.FACILITY,
              "generationMilliwatts", DeviceKind.GENERATION));
  private static final String COVERAGE = "coverageRatio";

  private final LiveSitesView sites;
  private final SiteStates states;
  private final WindowReader windows;
  private final EpochClock clock;

  /** Out of what is known now, and a store. */
  public SitesApi(LiveSites sites, SiteStates states, WindowReader windows, EpochClock clock) {
    this.sites = new LiveSitesView(sites);
    this.states = states;
    this.windows = windows;
    this.clock = clock;
  }

  /** What is answered of sites. */
  public List<Route> routes() {
    return List.of(
        Route.get("/api/v1/sites", Set.of("format"), this::all),
        Route.get("/api/v1/sites/{site}", Set.of(), this::one),
        Route.get(
            "/api/v1/sites/{site}/power",
            Set.of("from", "to", "zone", "step", "format"),
            this::power),
        Route.get("/api/v1/sites/{site}/ledger", Set.of("from", "to", "zone"), this::ledger));
  }

  private record Sites(List<SiteState> sites) {}

  private record SitePower(
      String site,
      Range range,
      int stepSeconds,
      int steps,
      Map<String, List<@Nullable Number>> series) {}

  private record Ledger(
      String site,
      Range range,
      BigInteger measuredMillijoules,
      BigInteger jobsMillijoules,
      BigInteger idleMillijoules,
      BigInteger differenceMillijoules,
      SortedMap<String, BigInteger> amounts) {}

  private Answer all(ApiRequest request) {
    Visibility visibility = request.visibility();
    List<SiteState> all =
        sites.visible(visibility).stream().map(site -> states.of(site, visibility)).toList();
    return request.format().equals("csv")
        ? Answer.of(SiteTable.of(all))
        : Answer.json(new Sites(all));
  }

  private Answer one(ApiRequest request) throws Problem {
    return Answer.json(states.of(sites.ofPath(request), request.visibility()));
  }

  private Answer power(ApiRequest request) throws Problem {
    String site = sites.ofPath(request).name();
    Parameters parameters = Parameters.of(request, clock);
    Range asked = parameters.range(HOUR, LONGEST);
    int step = parameters.stepMillis(asked, USUAL_STEPS, MOST_STEPS);
    Range range = asked.aligned(step);
    List<String> names = new ArrayList<>(POWER.keySet());
    names.addAll(METERS.keySet());
    names.add(COVERAGE);
    Series series = new Series(range, step, Settled.ofSite(clock.epochMillis()), names);
    FromStore.rows(
        "from",
        () ->
            windows.sitePower(
                site,
                range.millis(),
                step,
                MOST_STEPS,
                row -> {
                  int index = series.index(row.stepStart());
                  if (index >= 0) {
                    put(series, index, row.totals());
                  }
                }));
    return request.format().equals("csv")
        ? Answer.of(new Answer.Csv(series.columns(), series.rows()))
        : Answer.json(new SitePower(site, range, step / 1_000, series.steps(), series.values()));
  }

  private static void put(Series series, int index, Totals<SiteAmount> totals) {
    POWER.forEach((name, amount) -> series.set(name, index, series.milliwatts(totals.get(amount))));
    METERS.forEach((name, kind) -> {
      if (totals.get(SiteAmount.meterCovered(kind)) > 0) {
        series.set(name, index, series.milliwatts(totals.get(SiteAmount.measured(kind))));
      }
    });
    long covered = totals.get(SiteAmount.COVERED_MILLIS);
    long all = covered + totals.get(SiteAmount.UNCOVERED_MILLIS);
    if (all > 0) {
      series.set(COVERAGE, index, (double) covered / all);
    }
  }

  private Answer ledger(ApiRequest request) throws Problem {
    String site = sites.ofPath(request).name();
    Parameters parameters = Parameters.of(request, clock);
    Range asked = parameters.range(HOUR, LONGEST);
    int step = ledgerStep(asked);
    Range range = asked.aligned(step);
    Map<SiteAmount, ExactSum> sums = new EnumMap<>(SiteAmount.class);
    for (SiteAmount amount : SiteAmount.values()) {
      sums.put(amount, new ExactSum());
    }
    FromStore.rows(
        "from",
        () ->
            windows.sitePower(
                site,
                range.millis(),
                step,
                (int) Math.min(Integer.MAX_VALUE, range.steps(step)),
                row -> sums.forEach((amount, sum) -> sum.add(row.totals().get(amount)))));
    SortedMap<String, BigInteger> amounts = new TreeMap<>();
    sums.forEach((amount, sum) ->
        amounts.put(Names.camel(amount.name().toLowerCase(Locale.ROOT)), sum.value()));
    BigInteger measured = sum(sums, SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    BigInteger jobs = sum(sums, SiteAmount.JOBS_TOTAL_MILLIJOULES);
    BigInteger idle = sum(sums, SiteAmount.IDLE_TOTAL_MILLIJOULES);
    return Answer.json(
        new Ledger(
            site, range, measured, jobs, idle, measured.subtract(jobs).subtract(idle), amounts));
  }

  private static BigInteger sum(Map<SiteAmount, ExactSum> sums, SiteAmount amount) {
    return requireNonNull(sums.get(amount)).value();
  }

  /** The longest step that the edges of the range are on; windows of short ranges only. */
  private static int ledgerStep(Range range) {
    for (int step : List.of(HOUR_MILLIS, QUARTER_MILLIS)) {
      if (range.aligned(step).equals(range)) {
        return step;
      }
    }
    return Duration.between(range.from(), range.to()).compareTo(LONGEST_OF_WINDOWS) <= 0
        ? WINDOW_MILLIS
        : QUARTER_MILLIS;
  }
}

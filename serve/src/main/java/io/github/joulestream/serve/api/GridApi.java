// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.StepFactors;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Parameters;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Range;
import io.github.joulestream.serve.http.Route;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.TimeRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Price, carbon and renewable share of the energy that a site consumes, hour by hour. */
public final class GridApi {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration LONGEST = Duration.ofDays(92);
  private static final Duration LONGEST_READ = Duration.ofSeconds(20);
  private static final int MOST_ROWS = 500_000;
  private static final int HOUR_MILLIS = 3_600_000;
  private static final List<String> COLUMNS =
      List.of(
          "hour_start",
          "price_per_kilowatt_hour",
          "currency",
          "grams_co2e_per_kilowatt_hour_location",
          "grams_co2e_per_kilowatt_hour_market",
          "renewable_ratio",
          "quality",
          "issued");

  private final LiveSitesView sites;
  private final SiteStates states;
  private final HistoryReader history;
  private final EpochClock clock;

  /** Out of a store. */
  public GridApi(LiveSites sites, SiteStates states, HistoryReader history, EpochClock clock) {
    this.sites = new LiveSitesView(sites);
    this.states = states;
    this.history = history;
    this.clock = clock;
  }

  /** The only one. */
  public List<Route> routes() {
    return List.of(
        Route.get("/api/v1/grid/{site}", Set.of("from", "to", "zone", "format"), this::grid));
  }

  private record Grid(String site, Range range, List<Hour> hours) {}

  private record Hour(
      String from,
      @Nullable Double pricePerKilowattHour,
      String currency,
      @Nullable Double gramsCo2ePerKilowattHourLocation,
      @Nullable Double gramsCo2ePerKilowattHourMarket,
      @Nullable Double renewableRatio,
      String quality,
      @Nullable String issued) {}

  private Answer grid(ApiRequest request) throws Problem {
    String site = sites.ofPath(request).name();
    Range range = range(Parameters.of(request, clock)).aligned(HOUR_MILLIS);
    SortedSet<String> only = new TreeSet<>(Set.of(site));
    List<GridInterval> issues = new ArrayList<>();
    Map<Long, Totals<SiteAmount>> ledger = new HashMap<>();
    BoundedHistory bounded =
        new BoundedHistory(history, MOST_ROWS, 0, LONGEST_READ, NanoClock.system());
    FromStore.rows(
        "from",
        () -> {
          // what a battery discharges was charged in the day before
          TimeRange wider =
              new TimeRange(range.millis().from() - DAY.toMillis(), range.millis().to());
          bounded.grid(only, wider, issues::add);
          bounded.siteSteps(
              only, range.millis(), HOUR_MILLIS, row -> ledger.put(row.stepStart(), row.totals()));
        });
    Supply supply = Supply.of(issues, states.carbonScope());
    List<Hour> hours = new ArrayList<>();
    for (long at = range.millis().from(); at < range.millis().to(); at += HOUR_MILLIS) {
      hours.add(hour(supply, at, ledger.getOrDefault(at, Totals.ofSite())));
    }
    return request.format().equals("csv")
        ? Answer.of(new Answer.Csv(COLUMNS, hours.stream().map(GridApi::row).toList()))
        : Answer.json(new Grid(site, range, hours));
  }

  private static Range range(Parameters parameters) throws Problem {
    if (parameters.text("from").isPresent() || parameters.text("to").isPresent()) {
      return parameters.range(DAY, LONGEST);
    }
    return new Range(parameters.now().minus(DAY), parameters.now().plus(DAY), parameters.zone());
  }

  private static Hour hour(Supply supply, long start, Totals<SiteAmount> totals) {
    StepFactors factors = supply.at(start, HOUR_MILLIS, totals);
    GridQuality quality = supply.quality(start, start + HOUR_MILLIS);
    return new Hour(
        Times.text(start),
        Supply.value(factors.priceNano()),
        supply.currency(),
        Supply.value(factors.locationNano()),
        Supply.value(factors.marketNano()),
        Supply.value(factors.renewableNano()),
        quality == null ? "" : quality.name(),
        Times.textOrNull(supply.issued(start, start + HOUR_MILLIS)));
  }

  private static List<@Nullable Object> row(Hour hour) {
    return Arrays.asList(
        hour.from(),
        hour.pricePerKilowattHour(),
        hour.currency(),
        hour.gramsCo2ePerKilowattHourLocation(),
        hour.gramsCo2ePerKilowattHourMarket(),
        hour.renewableRatio(),
        hour.quality(),
        hour.issued());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.data.StoreReportSource;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Parameters;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Route;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.store.history.HistoryReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;

/** Busy and idle time, waste, and work per joule of groups of jobs. */
public final class EfficiencyApi {
  private static final List<Grouping.By> GROUPINGS =
      List.of(Grouping.By.USER, Grouping.By.PROJECT, Grouping.By.PARTITION);
  private static final int AT_ONCE = 2;
  private static final int OF_ONE_VIEWER = 2;
  private static final Duration RETRY = Duration.ofSeconds(5);
  private static final int MOST_ROWS = 20_000_000;
  private static final int MOST_JOBS = 300_000;
  private static final Duration MOST_TIME = Duration.ofSeconds(60);

  private final HistoryReader history;
  private final SiteNames names;
  private final EpochClock clock;
  private final Turns turns = new Turns(AT_ONCE, OF_ONE_VIEWER, RETRY);

  /** The endpoint. */
  public EfficiencyApi(LiveSites live, HistoryReader history, EpochClock clock) {
    this.history = history;
    this.names = new SiteNames(live, history, NanoClock.system());
    this.clock = clock;
  }

  /** Its routes. */
  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/v1/efficiency",
            Set.of("site", "groupBy", "unit", "period", "from", "to", "zone", "format"),
            this::answer));
  }

  private Answer answer(ApiRequest request) throws Problem {
    Parameters parameters = Parameters.of(request, clock);
    AskedPeriod period = AskedPeriod.of(parameters);
    Grouping grouping = Groupings.of(parameters, GROUPINGS);
    try (Turns.Turn _ = turns.take(request.visibility().viewer())) {
      EfficiencyView view =
          FromStore.read("from", () -> read(request.visibility(), parameters, period, grouping));
      Answer answer =
          request.format().equals("csv")
              ? Answer.of(
                  new Answer.Csv(
                      EfficiencyView.COLUMNS, view.rows().stream().map(view::cells).toList()))
              : Answer.json(view);
      return period.isClosed() ? answer.withEtag(Etags.of(view.asOf(Instant.EPOCH))) : answer;
    }
  }

  private EfficiencyView read(
      Visibility visibility, Parameters parameters, AskedPeriod period, Grouping grouping)
      throws Problem {
    SortedSet<String> sites = names.asked(parameters.text("site"));
    // of others there are no rows: what is not shown by name is not shown
    UsageScope scope =
        UsageScope.of(
            new Visibility(visibility.viewer(), false),
            grouping,
            Optional.empty(),
            Optional.empty());
    List<String> notes = new ArrayList<>(period.notes());
    if (!scope.note().isEmpty()) {
      notes.add(scope.note());
    }
    GroupEfficiency groups = new GroupEfficiency(grouping, period.period());
    if (!scope.nothing() && !sites.isEmpty()) {
      ReportRequest of =
          new ReportRequest(
              sites,
              period.period(),
              scope.users(),
              scope.projects(),
              new TreeMap<>(),
              List.of(grouping),
              period.asOf(),
              CarbonBasis.Scope.LIFECYCLE,
              Map.of());
      ReportSource source =
          new StoreReportSource(
              new BoundedHistory(history, MOST_ROWS, MOST_JOBS, MOST_TIME, NanoClock.system()),
              of,
              doing -> {});
      PeriodData data = source.of(period.period(), ReportSource.Detail.JOBS);
      notes.addAll(data.notes());
      groups.add(data);
    }
    return new EfficiencyView(
        period.range(),
        parameters.text("groupBy").orElse(Groupings.USUAL),
        groups.rows(parameters.text("unit"), visibility, notes),
        period.asOf(),
        notes);
  }
}

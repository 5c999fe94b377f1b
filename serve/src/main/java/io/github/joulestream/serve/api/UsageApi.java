// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Parameters;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Route;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.store.history.HistoryReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/** Energy, cost and emissions of groups of jobs. */
public final class UsageApi {
  /** What the sums can be of, but for labels. */
  private static final List<Grouping.By> GROUPINGS =
      List.of(
          Grouping.By.USER,
          Grouping.By.PROJECT,
          Grouping.By.PARTITION,
          Grouping.By.SITE,
          Grouping.By.KIND,
          Grouping.By.DAY);

  private static final int AT_ONCE = 3;
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
  public UsageApi(LiveSites live, HistoryReader history, EpochClock clock) {
    this.history = history;
    this.names = new SiteNames(live, history, NanoClock.system());
    this.clock = clock;
  }

  /** Its routes. */
  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/v1/usage",
            Set.of(
                "site", "groupBy", "user", "project", "idle", "period", "from", "to", "zone",
                "format"),
            this::answer));
  }

  private Answer answer(ApiRequest request) throws Problem {
    Parameters parameters = Parameters.of(request, clock);
    AskedPeriod period = AskedPeriod.of(parameters);
    Grouping grouping = Groupings.of(parameters, GROUPINGS);
    UsageSums.Idle idle =
        UsageSums.Idle.valueOf(
            parameters
                .word("idle", "separate", List.of("no", "separate", "shared"))
                .toUpperCase(Locale.ROOT));
    Optional<String> user = JobSelection.user(request.visibility(), parameters);
    UsageScope scope =
        UsageScope.of(request.visibility(), grouping, user, parameters.text("project"));
    try (Turns.Turn _ = turns.take(request.visibility().viewer())) {
      UsageView view =
          FromStore.read(
              "from",
              () -> {
                SortedSet<String> sites = names.asked(parameters.text("site"));
                UsageSums sums = new UsageSums(grouping, scope, idle, period);
                BoundedHistory bounded =
                    new BoundedHistory(
                        history, MOST_ROWS, MOST_JOBS, MOST_TIME, NanoClock.system());
                for (String site : sites) {
                  sums.read(bounded, site);
                }
                return sums.view(parameters.text("groupBy").orElse(Groupings.USUAL));
              });
      Answer answer =
          request.format().equals("csv")
              ? Answer.of(
                  new Answer.Csv(UsageView.COLUMNS, view.rows().stream().map(view::cells).toList()))
              : Answer.json(view);
      return period.isClosed() ? answer.withEtag(Etags.of(view.asOf(Instant.EPOCH))) : answer;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Parameters;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Range;
import io.github.joulestream.serve.http.Route;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.store.history.AlertRow;
import io.github.joulestream.store.history.WindowReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Alerts, now and in the past. */
public final class AlertsApi {
  private static final Duration LONGEST = Duration.ofDays(92);
  private static final int MOST_ROWS = 10_000;
  private static final List<String> COLUMNS =
      List.of(
          "id",
          "site",
          "rule",
          "scope",
          "budget",
          "severity",
          "state",
          "value",
          "limit",
          "unit",
          "since",
          "updated",
          "ended",
          "summary");

  private final LiveSitesView sites;
  private final WindowReader windows;
  private final EpochClock clock;

  /** Out of what is known now, and a store. */
  public AlertsApi(LiveSites sites, WindowReader windows, EpochClock clock) {
    this.sites = new LiveSitesView(sites);
    this.windows = windows;
    this.clock = clock;
  }

  /** The only one. */
  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/v1/alerts",
            Set.of("site", "state", "from", "to", "zone", "format"),
            this::alerts));
  }

  private record Alerts(@Nullable Range range, List<AlertFigures> alerts) {}

  private Answer alerts(ApiRequest request) throws Problem {
    Parameters parameters = Parameters.of(request, clock);
    Optional<Range> range = parameters.range(LONGEST);
    Optional<AlertState> state =
        switch (parameters.word("state", "", List.of("firing", "resolved"))) {
          case "firing" -> Optional.of(AlertState.FIRING);
          case "resolved" -> Optional.of(AlertState.RESOLVED);
          default -> Optional.empty();
        };
    List<LiveSite> of = sites.ofQuery(request);
    List<AlertFigures> alerts =
        range.isPresent() ? past(of, range.get(), request.visibility()) : now(of, request);
    state.ifPresent(one -> alerts.removeIf(alert -> !alert.state().equals(one.name())));
    alerts.sort(
        Comparator.comparing((AlertFigures alert) -> alert.state().equals("FIRING"))
            .thenComparing(AlertFigures::since)
            .reversed()
            .thenComparing(AlertFigures::id));
    return request.format().equals("csv")
        ? Answer.of(new Answer.Csv(COLUMNS, alerts.stream().map(AlertsApi::row).toList()))
        : Answer.json(new Alerts(range.orElse(null), alerts));
  }

  private static List<AlertFigures> now(List<LiveSite> sites, ApiRequest request) {
    List<AlertFigures> alerts = new ArrayList<>();
    for (LiveSite site : sites) {
      for (Alert alert : site.alerts()) {
        AlertFigures.of(alert, request.visibility(), Owners.of(site)).ifPresent(alerts::add);
      }
    }
    return alerts;
  }

  private List<AlertFigures> past(List<LiveSite> sites, Range range, Visibility visibility)
      throws Problem {
    List<AlertFigures> alerts = new ArrayList<>();
    for (LiveSite site : sites) {
      List<AlertRow> rows = new ArrayList<>();
      FromStore.rows(
          "from",
          () -> {
            windows.alerts(
                new TreeSet<>(Set.of(site.name())), range.millis(), MOST_ROWS, rows::add);
            PastOwners owners = new PastOwners(site, windows, range.millis(), visibility);
            if (!visibility.all()) {
              owners.read(rows.stream().flatMap(row -> jobOf(row).stream()).toList());
            }
            for (AlertRow row : rows) {
              AlertFigures.of(row, visibility, owners::of).ifPresent(alerts::add);
            }
          });
    }
    return alerts;
  }

  /** The job that an alert is about, if it is about one. */
  private static Optional<String> jobOf(AlertRow row) {
    String prefix = Scope.Kind.JOB.name().toLowerCase(Locale.ROOT) + "=";
    return row.scope().startsWith(prefix)
        ? Optional.of(row.scope().substring(prefix.length()))
        : Optional.empty();
  }

  private static List<@Nullable Object> row(AlertFigures alert) {
    return Arrays.asList(
        alert.id(),
        alert.site(),
        alert.rule(),
        alert.scope(),
        alert.budget(),
        alert.severity(),
        alert.state(),
        alert.value(),
        alert.limit(),
        alert.unit(),
        alert.since(),
        alert.updated(),
        alert.ended(),
        alert.summary());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.kinds.Kinds;
import io.github.joulestream.reports.kinds.ReportKind;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.order.ReportArguments;
import io.github.joulestream.reports.order.ReportForm;
import io.github.joulestream.reports.order.ReportMaker;
import io.github.joulestream.reports.order.ReportOrder;
import io.github.joulestream.reports.order.SiteFile;
import io.github.joulestream.reports.period.Periods;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Parameters;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Route;
import io.github.joulestream.store.history.HistoryReader;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reports, as the command makes them. Users and managers have those of jobs, of what they may see
 * of them; and those of a group, if they may see totals of sites, since those have its share of all
 * jobs. A request names no file: the site file is that of the server.
 */
public final class ReportsApi {
  private static final String FORMATS = "html|pdf|json|csv|markdown|focus";
  private static final String JOBS = "jobs";
  private static final String GROUP = "group";
  private static final String LAST_MONTH = "last-month";
  private static final int AT_ONCE = 2;
  private static final int OF_ONE_VIEWER = 1;
  private static final Duration RETRY = Duration.ofSeconds(20);
  private static final int MOST_ROWS = 60_000_000;
  private static final int MOST_JOBS = 500_000;
  private static final Duration MOST_TIME = Duration.ofMinutes(3);

  private final HistoryReader history;
  private final SiteFile siteFile;
  private final EpochClock clock;
  private final Turns turns = new Turns(AT_ONCE, OF_ONE_VIEWER, RETRY);

  /** A kind of report. */
  record Kind(String name, String description, List<String> formats) {}

  /** All that may be asked for. */
  record KindList(List<Kind> kinds) {}

  /**
   * The endpoints.
   *
   * @param siteFile zones of sites, and values that nobody measures
   */
  public ReportsApi(HistoryReader history, SiteFile siteFile, EpochClock clock) {
    this.history = history;
    this.siteFile = siteFile;
    this.clock = clock;
  }

  /** Its routes. */
  public List<Route> routes() {
    return List.of(
        Route.get("/api/v1/reports", Set.of(), this::kinds),
        Route.get(
            "/api/v1/reports/{kind}",
            Set.of(
                "site*",
                "period",
                "user",
                "project",
                "by",
                "asOf",
                "table",
                "zone",
                "format=" + FORMATS),
            this::shown));
  }

  private Answer kinds(ApiRequest request) {
    List<Kind> kinds = new ArrayList<>();
    for (ReportKind kind : Kinds.all()) {
      if (isFor(request.visibility(), kind)) {
        kinds.add(
            new Kind(
                kind.name(),
                kind.summary(),
                Arrays.stream(FORMATS.split("\\|", -1))
                    .filter(format -> !format.equals("focus") || kind.name().equals(JOBS))
                    .toList()));
      }
    }
    return Answer.json(new KindList(kinds));
  }

  private static boolean isFor(Visibility visibility, ReportKind kind) {
    return visibility.all()
        || kind.name().equals(JOBS)
        || (kind.name().equals(GROUP) && visibility.sites());
  }

  private Answer shown(ApiRequest request) throws Problem {
    try {
      return report(request);
    } catch (Problem e) {
      if (ProblemPage.isWanted(request)) {
        return ProblemPage.of(e);
      }
      throw e;
    }
  }

  private Answer report(ApiRequest request) throws Problem {
    Parameters parameters = Parameters.of(request, clock);
    ReportKind kind =
        Kinds.named(request.path("kind"))
            .filter(found -> isFor(request.visibility(), found))
            .orElseThrow(() -> Problem.notFound("there is no such report for you"));
    ReportForm form =
        switch (request.format()) {
          case "pdf" -> ReportForm.PDF;
          case "json" -> ReportForm.JSON;
          case "csv" -> ReportForm.CSV;
          case "markdown" -> ReportForm.MD;
          case "focus" -> ReportForm.FOCUS;
          default -> ReportForm.HTML;
        };
    if (form == ReportForm.FOCUS && !kind.name().equals(JOBS)) {
      throw Problem.parameter("format", "focus has a line a job: it is for the report jobs alone");
    }
    if (parameters.text("table").isPresent() && form != ReportForm.CSV) {
      throw Problem.parameter("table", "it is for format=csv");
    }
    ReportOrder order = order(request, parameters, kind);
    try (Turns.Turn _ = turns.take(request.visibility().viewer())) {
      Report report = FromStore.read("period", () -> made(request.visibility(), order));
      return new ReportAnswer(report, form, parameters.text("asOf").isPresent())
          .of(parameters.text("table"));
    }
  }

  private ReportOrder order(ApiRequest request, Parameters parameters, ReportKind kind)
      throws Problem {
    Optional<ZoneId> zone =
        parameters.text("zone").isPresent() ? Optional.of(parameters.zone()) : Optional.empty();
    Instant asOf =
        parameters
            .time("asOf", zone.orElse(ZoneOffset.UTC))
            .orElse(parameters.now())
            .truncatedTo(ChronoUnit.SECONDS);
    if (asOf.isAfter(parameters.now())) {
      throw Problem.parameter("asOf", "it is in the future");
    }
    String period = parameters.text("period").orElse(LAST_MONTH);
    checked("period", () -> Periods.parse(period, zone.orElse(ZoneOffset.UTC), asOf));
    List<Grouping> groupings = new ArrayList<>();
    if (parameters.text("by").isPresent()) {
      if (!kind.usesGroupings()) {
        throw Problem.parameter("by", "this report has tables of its own");
      }
      List<String> names = List.of(parameters.text("by").get().split(",", -1));
      groupings.addAll(checked("by", () -> ReportArguments.groupings(names)));
    }
    // as if it were by a label: users have their own jobs alone
    UsageScope scope =
        UsageScope.of(
            new Visibility(request.visibility().viewer(), false),
            new Grouping(Grouping.By.LABEL, ""),
            JobSelection.user(request.visibility(), parameters),
            parameters.text("project"));
    if (scope.nothing()) {
      throw nothing();
    }
    SortedSet<String> sites = new TreeSet<>(request.parameters("site"));
    return new ReportOrder(
        kind,
        period,
        sites,
        zone,
        groupings,
        scope.users(),
        scope.projects(),
        new TreeMap<>(),
        asOf,
        CarbonBasis.Scope.LIFECYCLE,
        siteFile);
  }

  private static Problem nothing() {
    return Problem.notFound("no job that you may see used energy in this period");
  }

  /** What is checked. */
  @FunctionalInterface
  private interface Checked<T> {
    T get();
  }

  private static <T> T checked(String parameter, Checked<T> value) throws Problem {
    try {
      return value.get();
    } catch (UserError e) {
      Problem problem = Problem.parameter(parameter, String.valueOf(e.getMessage()));
      problem.addSuppressed(e);
      throw problem;
    }
  }

  private Report made(Visibility visibility, ReportOrder order) throws Problem {
    try {
      return new ReportMaker(
              new BoundedHistory(history, MOST_ROWS, MOST_JOBS, MOST_TIME, NanoClock.system()),
              doing -> {})
          .make(order);
    } catch (UserError e) {
      // what it says can name others
      Problem problem =
          visibility.all() ? Problem.notFound(String.valueOf(e.getMessage())) : nothing();
      problem.addSuppressed(e);
      throw problem;
    }
  }
}

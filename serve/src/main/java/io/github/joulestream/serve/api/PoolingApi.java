// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.reports.sections.PoolNeed;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What memory or storage would be needed if nodes shared it. */
public final class PoolingApi {
  private static final Duration USUAL = Duration.ofDays(7);
  private static final Duration LONGEST = Duration.ofDays(92);
  private static final int AT_ONCE = 2;
  private static final int OF_ONE_VIEWER = 2;
  private static final Duration RETRY = Duration.ofSeconds(5);
  private static final int MOST_ROWS = 10_000_000;
  private static final Duration MOST_TIME = Duration.ofSeconds(30);
  private static final List<String> POOLS = List.of(PoolNeed.ONE, "8", "16", "all");
  private static final List<String> COLUMNS =
      List.of(
          "site",
          "resource",
          "period_start",
          "period_end",
          "pool_nodes",
          "seen_mebibytes",
          "need_mebibytes",
          "saving_ratio",
          "beyond_right_sizing_ratio");

  private final HistoryReader history;
  private final SiteNames names;
  private final EpochClock clock;
  private final Turns turns = new Turns(AT_ONCE, OF_ONE_VIEWER, RETRY);

  /** The document's {@code Pooling}. */
  record View(String site, String resource, Range range, List<Row> rows, List<String> notes) {}

  /**
   * Pools of a size.
   *
   * @param savingRatio share of what is seen that would not be needed
   * @param beyondRightSizingRatio the same, less what nodes could do without, each for itself
   */
  record Row(
      String poolNodes,
      long seenMebibytes,
      long needMebibytes,
      @Nullable Double savingRatio,
      @Nullable Double beyondRightSizingRatio) {}

  /** The endpoint. */
  public PoolingApi(LiveSites live, HistoryReader history, EpochClock clock) {
    this.history = history;
    this.names = new SiteNames(live, history, NanoClock.system());
    this.clock = clock;
  }

  /** Its routes. */
  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/v1/whatif/pooling",
            Set.of("site", "resource", "period", "from", "to", "zone", "format"),
            this::answer));
  }

  private Answer answer(ApiRequest request) throws Problem {
    Parameters parameters = Parameters.of(request, clock);
    String site =
        parameters
            .text("site")
            .orElseThrow(() -> Problem.parameter("site", "it is missing: which site"));
    String resource = parameters.word("resource", "memory", List.of("memory", "storage"));
    Range range =
        parameters.text("period").isPresent()
            ? parameters.period("", LONGEST)
            : parameters.range(USUAL, LONGEST);
    // what a site has is part of its totals
    if (!request.visibility().sites()) {
      throw Problem.notFound("there is no such site");
    }
    try (Turns.Turn _ = turns.take(request.visibility().viewer())) {
      View view = FromStore.read("from", () -> read(site, resource, range));
      return request.format().equals("csv")
          ? Answer.of(
              new Answer.Csv(COLUMNS, view.rows.stream().map(row -> cells(view, row)).toList()))
          : Answer.json(view);
    }
  }

  private View read(String site, String resource, Range range) throws Problem {
    names.asked(Optional.of(site));
    PoolNeed need = new PoolNeed();
    new BoundedHistory(history, MOST_ROWS, 0, MOST_TIME, NanoClock.system())
        .poolPeaks(
            new TreeSet<>(Set.of(site)),
            range.millis(),
            step -> {
              if (step.resource().equals(resource.toUpperCase(Locale.ROOT))) {
                need.add(step);
              }
            });
    List<Row> rows = new ArrayList<>();
    for (String pool : POOLS) {
      OptionalDouble needed = need.need(pool);
      if (needed.isPresent()) {
        rows.add(
            new Row(
                pool,
                Math.round(need.seen()),
                Math.round(needed.getAsDouble()),
                value(need.saving(pool)),
                value(need.credited(pool))));
      }
    }
    List<String> notes = new ArrayList<>();
    if (rows.isEmpty()) {
      notes.add("The store has no peaks of %s of this site in the range.".formatted(resource));
    }
    return new View(site, resource, range, rows, notes);
  }

  private static @Nullable Double value(OptionalDouble value) {
    return value.isPresent() ? Double.valueOf(value.getAsDouble()) : null;
  }

  private static List<@Nullable Object> cells(View view, Row row) {
    return Arrays.asList(
        view.site,
        view.resource,
        view.range.from(),
        view.range.to(),
        row.poolNodes,
        row.seenMebibytes,
        row.needMebibytes,
        row.savingRatio,
        row.beyondRightSizingRatio);
  }
}

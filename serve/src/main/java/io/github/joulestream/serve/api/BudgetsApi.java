// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Route;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.WindowReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Budgets in force, and how much of them is used. */
public final class BudgetsApi {
  private static final List<String> COLUMNS =
      List.of(
          "site",
          "id",
          "scope",
          "quantity",
          "limit_milliwatts",
          "limit_millijoules",
          "value_milliwatts",
          "value_millijoules",
          "used_ratio",
          "thresholds_percent",
          "time_zone",
          "owner",
          "note");

  private final LiveSitesView sites;
  private final BudgetValues values;
  private final EpochClock clock;

  /** Out of what is known now, and a store. */
  public BudgetsApi(
      LiveSites sites, HistoryReader history, WindowReader windows, EpochClock clock) {
    this.sites = new LiveSitesView(sites);
    this.values = new BudgetValues(history, windows, NanoClock.system());
    this.clock = clock;
  }

  /** The only one. */
  public List<Route> routes() {
    return List.of(Route.get("/api/v1/budgets", Set.of("site", "format"), this::budgets));
  }

  private record Budgets(List<View> budgets) {}

  private record View(
      String site,
      String id,
      String scope,
      String quantity,
      @Nullable Long limitMilliwatts,
      @Nullable Long limitMillijoules,
      @Nullable Long valueMilliwatts,
      @Nullable BigInteger valueMillijoules,
      @Nullable Double usedRatio,
      List<Integer> thresholdsPercent,
      String zone,
      String owner,
      String note) {
    View {
      thresholdsPercent = List.copyOf(thresholdsPercent);
    }
  }

  private Answer budgets(ApiRequest request) throws Problem {
    List<View> views = new ArrayList<>();
    for (LiveSite site : sites.ofQuery(request)) {
      List<Budget> visible =
          site.budgets().stream()
              .filter(budget ->
                  AlertFigures.isVisible(
                      budget.scope().text(), request.visibility(), Owners.of(site)))
              .sorted(Comparator.comparing(Budget::id))
              .toList();
      for (Budget budget : visible) {
        views.add(view(site, budget));
      }
    }
    return request.format().equals("csv")
        ? Answer.of(new Answer.Csv(COLUMNS, views.stream().map(BudgetsApi::row).toList()))
        : Answer.json(new Budgets(views));
  }

  private View view(LiveSite site, Budget budget) throws Problem {
    long now = clock.epochMillis();
    boolean isEnergy = budget.quantity().isEnergy();
    long limit = budget.limitAt(now);
    Long power = isEnergy ? null : BudgetValues.milliwatts(site, budget.scope());
    BigInteger energy =
        isEnergy
            ? FromStore.read("site", () -> values.millijoules(budget, now)).orElse(null)
            : null;
    BigDecimal value =
        power != null ? BigDecimal.valueOf(power) : energy == null ? null : new BigDecimal(energy);
    return new View(
        site.name(),
        budget.id(),
        budget.scope().text(),
        budget.quantity().name(),
        isEnergy ? null : (Long) limit,
        isEnergy ? (Long) limit : null,
        power,
        energy,
        value == null ? null : (Double) (value.doubleValue() / limit),
        budget.thresholds().percent(),
        budget.zone(),
        budget.owner(),
        budget.note());
  }

  private static List<@Nullable Object> row(View view) {
    return Arrays.asList(
        view.site(),
        view.id(),
        view.scope(),
        view.quantity(),
        view.limitMilliwatts(),
        view.limitMillijoules(),
        view.valueMilliwatts(),
        view.valueMillijoules(),
        view.usedRatio(),
        view.thresholdsPercent().stream().map(String::valueOf).collect(Collectors.joining(" ")),
        view.zone(),
        view.owner(),
        view.note());
  }
}

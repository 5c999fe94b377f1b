// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The budgets of a site, each with its evaluation. One thread. */
final class SiteBudgets {
  private final SitePower power;
  private final SiteEnergy energy;
  private final AlertStates states;
  private final ScopeStatus status;
  private final CapAdvisor advisor;
  private final Map<String, BudgetWatch> byId = new LinkedHashMap<>();
  private final Map<Scope, List<BudgetWatch>> byScope = new HashMap<>();

  /**
   * @param hasEnded whether a job has ended
   */
  SiteBudgets(
      SitePower power,
      SiteEnergy energy,
      AlertStates states,
      AlertEmitter emitter,
      Predicate<String> hasEnded) {
    this.power = power;
    this.energy = energy;
    this.states = states;
    this.status = new ScopeStatus(power, hasEnded);
    this.advisor = new CapAdvisor(power, emitter, this::priority);
  }

  /**
   * Checks that no other budget limits the same quantity of the same scope.
   *
   * @throws IllegalArgumentException with one line for a person if one does
   */
  void check(Budget budget) {
    for (BudgetWatch other : of(budget.scope())) {
      if (other.budget().overlaps(budget)) {
        throw new IllegalArgumentException(
            "budget %s limits the same of %s as %s does: remove that one first"
                .formatted(budget.id(), budget.scope().text(), other.budget().id()));
      }
    }
  }

  /**
   * Puts a budget in force, in place of the one of that name. If scope and quantity stay the same,
   * its alert stays.
   */
  void put(Budget budget, long now) {
    BudgetWatch before = byId.get(budget.id());
    if (before != null
        && before.budget().scope().equals(budget.scope())
        && before.budget().quantity() == budget.quantity()) {
      before.set(budget);
    } else {
      if (before != null) {
        remove(before, now);
      }
      ScopePower sum = power.of(budget.scope());
      BudgetWatch watch = new BudgetWatch(budget, sum, states, status, advisor);
      byScope.computeIfAbsent(budget.scope(), _ -> new ArrayList<>(2)).add(watch);
      byId.put(budget.id(), watch);
      sum.hasBudget = true;
      if (budget.quantity().isEnergy()) {
        energy.start(sum);
      }
    }
    power.markChanged(power.of(budget.scope()));
  }

  /** Removes a budget and ends its alerts; false if there is none of that name. */
  boolean remove(String id, long now) {
    BudgetWatch watch = byId.get(id);
    if (watch == null) {
      return false;
    }
    remove(watch, now);
    return true;
  }

  private void remove(BudgetWatch watch, long now) {
    watch.remove(now);
    byId.remove(watch.budget().id());
    ScopePower sum = watch.sum();
    List<BudgetWatch> left = byScope.getOrDefault(sum.scope, new ArrayList<>());
    left.remove(watch);
    if (left.isEmpty()) {
      byScope.remove(sum.scope);
      sum.hasBudget = false;
    }
    if (left.stream().noneMatch(one -> one.budget().quantity().isEnergy())) {
      energy.stop(sum);
    }
    power.removeIfUnused(sum);
  }

  /** Evaluates the budgets of scopes whose power or energy changed since the last evaluation. */
  void evaluateChanged(long now) {
    for (ScopePower sum : power.takeChanged()) {
      for (BudgetWatch budget : of(sum.scope)) {
        budget.evaluate(now);
      }
    }
  }

  /** Evaluates all budgets, those of the site first: their alerts inhibit those of its racks. */
  void evaluateAll(long now) {
    power.takeChanged();
    for (BudgetWatch budget : byId.values()) {
      if (budget.sum() == power.site()) {
        budget.evaluate(now);
      }
    }
    for (BudgetWatch budget : byId.values()) {
      if (budget.sum() != power.site()) {
        budget.evaluate(now);
      }
    }
  }

  /** The highest priority among the budgets of a scope; 0 without budget. */
  int priority(Scope scope) {
    return of(scope).stream().mapToInt(one -> one.budget().priority()).max().orElse(0);
  }

  private List<BudgetWatch> of(Scope scope) {
    return byScope.getOrDefault(scope, List.of());
  }

  @Nullable BudgetWatch find(String id) {
    return byId.get(id);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Adds up the fragments of a site's steps. Rows of a site arrive by time. */
final class SiteStepSums {
  private final Map<String, SiteStep> open = new LinkedHashMap<>();
  private final Consumer<SiteStep> steps;

  SiteStepSums(Consumer<SiteStep> steps) {
    this.steps = steps;
  }

  void add(String site, long stepStart, Totals<SiteAmount> totals) {
    SiteStep step = open.get(site);
    if (step != null && step.stepStart() == stepStart) {
      step.totals().addAll(totals);
      return;
    }
    if (step != null) {
      steps.accept(step);
    }
    open.put(site, new SiteStep(site, stepStart, totals));
  }

  /** All have arrived. */
  void end() {
    open.values().forEach(steps);
    open.clear();
  }
}

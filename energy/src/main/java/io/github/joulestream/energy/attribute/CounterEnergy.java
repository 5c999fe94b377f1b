// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.integrate.CounterStep;
import org.jspecify.annotations.Nullable;

/**
 * The energy of one interval by the counter, if it is known. Mutable, for the hot path: a node has
 * one, which is set to one interval after the other.
 */
final class CounterEnergy {
  private long microjoules = MISSING;
  private boolean certain;
  private boolean faulty;

  /** No counter was read at one end of the interval. */
  void none() {
    microjoules = MISSING;
    faulty = false;
  }

  /** A counter was read, but its value is wrong. */
  void faulty() {
    microjoules = MISSING;
    faulty = true;
  }

  /** A share of a longer step, which is certain. */
  void certain(long ofStep) {
    microjoules = ofStep;
    certain = true;
    faulty = false;
  }

  /** The step between the counters at both ends; what happened to the counter is counted. */
  void step(CounterStep step, long epochMillis, Limits limits, Increments books) {
    microjoules = step.microjoules();
    certain = step.certain();
    faulty = false;
    @Nullable SiteAmount event =
        switch (step.event()) {
          case NONE -> null;
          case WRAPPED -> SiteAmount.COUNTER_WRAPS;
          case RESET -> SiteAmount.COUNTER_RESETS;
          case FELL, JUMPED -> SiteAmount.COUNTER_FAULTS;
        };
    if (event != null) {
      books.note(limits.windowOf(epochMillis), event, 1);
      faulty = event == SiteAmount.COUNTER_FAULTS;
    }
  }

  /** The same step after calibration, or MISSING if it cannot be spread over its time. */
  void replace(long otherMicrojoules) {
    microjoules = otherMicrojoules;
  }

  boolean isKnown() {
    return microjoules != MISSING;
  }

  /** The energy, µJ, or MISSING. */
  long microjoules() {
    return microjoules;
  }

  /** False if another number of counter wraps would fit as well. */
  boolean isCertain() {
    return certain;
  }

  /** True if the counter fell, jumped or is stuck. */
  boolean isFaulty() {
    return faulty;
  }
}

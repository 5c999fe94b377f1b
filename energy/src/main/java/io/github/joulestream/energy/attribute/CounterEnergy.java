// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.integrate.CounterStep;

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
    if (step.event() != CounterStep.Event.NONE) {
      note(step.event(), limits.windowOf(epochMillis), books);
    }
  }

  private void note(CounterStep.Event event, long window, Increments books) {
    switch (event) {
      case NONE -> {}
      case WRAPPED -> books.note(window, SiteAmount.COUNTER_WRAPS, 1);
      case RESET -> books.note(window, SiteAmount.COUNTER_RESETS, 1);
      case FELL, JUMPED -> {
        books.note(window, SiteAmount.COUNTER_FAULTS, 1);
        faulty = true;
      }
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

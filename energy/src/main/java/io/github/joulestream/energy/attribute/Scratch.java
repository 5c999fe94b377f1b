// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.energy.integrate.CounterStep;
import io.github.joulestream.energy.integrate.Interval;

/** What the devices of a node work with, one at a time: the rules, and room for what is in hand. */
final class Scratch {
  final Limits limits;
  final Calibration calibration;
  final Interval interval = new Interval();
  final CounterStep step = new CounterStep();
  long[] before = new long[4];
  long[] after = new long[4];

  Scratch(Limits limits, Calibration calibration) {
    this.limits = limits;
    this.calibration = calibration;
  }

  /** Makes room to split among so many. */
  void roomFor(int parts) {
    if (before.length < parts) {
      before = new long[2 * parts];
      after = new long[2 * parts];
    }
  }
}

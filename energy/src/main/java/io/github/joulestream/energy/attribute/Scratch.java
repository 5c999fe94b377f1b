// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.energy.integrate.CounterStep;

/**
 * What the devices of a node share, one device at a time: the rules and the buffers of the hot
 * path, so that nothing is allocated per reading.
 */
final class Scratch {
  final Limits limits;
  final Calibration calibration;
  final CounterStep step = new CounterStep();
  final CounterEnergy counted = new CounterEnergy();
  final IntervalEnergy energy = new IntervalEnergy();
  final Pieces pieces = new Pieces();
  final GapRules gapRules;
  // shares of the jobs of a device, and of nobody, before and after a piece
  long[] before = new long[4];
  long[] after = new long[4];

  Scratch(Limits limits, Calibration calibration) {
    this.limits = limits;
    this.calibration = calibration;
    this.gapRules = new GapRules(limits, energy);
  }

  /** Makes both buffers hold at least so many shares. */
  void reserve(int shares) {
    if (before.length < shares) {
      before = new long[2 * shares];
      after = new long[2 * shares];
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

/** Severities of alerts, the highest last. */
public enum Severity {
  INFO,
  WARNING,
  CRITICAL;

  /** That of a threshold of a budget: from 100 % critical, from 90 % a warning. */
  public static Severity ofPercent(int thresholdPercent) {
    if (thresholdPercent >= 100) {
      return CRITICAL;
    }
    return thresholdPercent >= 90 ? WARNING : INFO;
  }
}

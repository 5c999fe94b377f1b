// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import java.util.Locale;

/** Rules that alerts fire by. The order is that of the symbols on the wire. */
public enum Rule {
  /** Power is over a threshold of a budget. */
  POWER_BUDGET,
  /** At its present trend, power passes the limit soon. */
  POWER_FORECAST,
  /** Energy of the hour is over a threshold of a budget. */
  HOUR_BUDGET,
  /** Energy of the day is over a threshold of a budget. */
  DAY_BUDGET,
  /** Energy of the month is over a threshold of a budget. */
  MONTH_BUDGET,
  /** At the present trend, the energy of the hour is used up before its end. */
  HOUR_FORECAST,
  DAY_FORECAST,
  MONTH_FORECAST,
  /** A job holds GPUs that it does not use. */
  HELD_IDLE,
  /** A node does not report. */
  NODE_SILENT,
  /** Many nodes of a site do not report. */
  NODES_SILENT,
  /** The power of a device is far from that of others that are as busy. */
  DEVICE_OUTLIER,
  /** An energy counter of a node does not change though the node consumes power. */
  COUNTER_STUCK,
  /** Measured energy is not the sum of jobs and idle. */
  LEDGER_UNBALANCED,
  /** No node of a site reports. */
  SITE_STALE,
  /** Two sources report one device of a node at one time. */
  SOURCE_CONFLICT,
  /** Records of a node are not counted: the program failed at them, or the node is set aside. */
  NODE_SET_ASIDE,
  /** Records in the name of the site are refused: nobody whom they name has signed them. */
  FORGED_RECORDS;

  /** The rule of the thresholds of a budget for this quantity. */
  public static Rule budget(Quantity quantity) {
    return switch (quantity) {
      case POWER -> POWER_BUDGET;
      case ENERGY_PER_HOUR -> HOUR_BUDGET;
      case ENERGY_PER_DAY -> DAY_BUDGET;
      case ENERGY_PER_MONTH -> MONTH_BUDGET;
    };
  }

  /** The rule of the forecast of a budget for this quantity. */
  public static Rule forecast(Quantity quantity) {
    return switch (quantity) {
      case POWER -> POWER_FORECAST;
      case ENERGY_PER_HOUR -> HOUR_FORECAST;
      case ENERGY_PER_DAY -> DAY_FORECAST;
      case ENERGY_PER_MONTH -> MONTH_FORECAST;
    };
  }

  /** In lower case with hyphens, as labels have it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

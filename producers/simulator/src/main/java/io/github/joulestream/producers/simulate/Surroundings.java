// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

/**
 * Power of a node besides its GPUs, memory, drives and processors: network cards, NVSwitches, fans,
 * and what its power supplies lose. No agent sees any of it alone; a meter at the supplies sees all
 * of it.
 */
final class Surroundings {
  // a ConnectX-7 consumes about 15 W idle and 25 W at 400 Gb/s; eight of the GPUs, two of storage
  private static final int CARDS = 10;
  private static final long CARD_IDLE_MILLIWATTS = 15_000;
  private static final long CARD_RANGE_MILLIWATTS = 10_000;
  // four NVSwitches, the management controller, the regulators
  private static final long BOARD_IDLE_MILLIWATTS = 220_000;
  private static final long BOARD_RANGE_MILLIWATTS = 160_000;

  // power of fans goes by the cube of their speed, and speed by the heat that is carried away
  private static final double FANS_MOST_MILLIWATTS = 1_000_000;
  private static final double FANS_SLOWEST = 0.3;
  private static final double HEAT_OF_FULL_SPEED_MILLIWATTS = 8_000_000;
  // heat sinks and the fans' control take their time
  private static final double HEATING_MILLIS = 30_000;

  // six of 3 kW: two may fail
  private static final double SUPPLIES_MILLIWATTS = 18_000_000;
  // 80 PLUS Titanium, 230 V, redundant: at least 90, 94, 96, 91 % at 10, 20, 50, 100 % of the load
  private static final double[] LOADS = {0, 0.05, 0.1, 0.2, 0.5, 1};
  private static final double[] EFFICIENCIES = {0.78, 0.84, 0.9, 0.94, 0.96, 0.91};
  private static final double[] INVERSE = inverse();

  private double heatMilliwatts;
  private double fanSpeed = FANS_SLOWEST;

  /**
   * @param idleMilliwatts power of the devices before the first step
   */
  Surroundings(double idleMilliwatts) {
    heatMilliwatts = idleMilliwatts;
  }

  /**
   * Power of the node at its supplies in one step, mW.
   *
   * @param devicesMilliwatts power of the devices that are measured
   * @param traffic load of network and NVLink, 0 to 1
   */
  long nodeMilliwatts(long devicesMilliwatts, double traffic, int stepMillis) {
    double inside =
        devicesMilliwatts
            + CARDS * (CARD_IDLE_MILLIWATTS + traffic * CARD_RANGE_MILLIWATTS)
            + BOARD_IDLE_MILLIWATTS
            + traffic * BOARD_RANGE_MILLIWATTS;
    heatMilliwatts += (inside - heatMilliwatts) * (stepMillis / HEATING_MILLIS);
    double speed =
        FANS_SLOWEST
            + (1 - FANS_SLOWEST) * Math.min(1, heatMilliwatts / HEAT_OF_FULL_SPEED_MILLIWATTS);
    fanSpeed = speed;
    return supplied(inside + FANS_MOST_MILLIWATTS * speed * speed * speed);
  }

  /** Speed of the fans in the last step, as a share of their full speed. */
  double fanSpeed() {
    return fanSpeed;
  }

  /** What goes into the supplies so that so much comes out of them, mW. */
  static long supplied(double milliwatts) {
    double at = Math.min(1, milliwatts / SUPPLIES_MILLIWATTS) * (INVERSE.length - 1);
    int below = Math.min((int) at, INVERSE.length - 2);
    double inverse = INVERSE[below] + (at - below) * (INVERSE[below + 1] - INVERSE[below]);
    return (long) Math.ceil(milliwatts * inverse);
  }

  /** One by the efficiency, for each percent of the load. */
  private static double[] inverse() {
    double[] inverse = new double[101];
    int at = 0;
    for (int percent = 0; percent <= 100; percent++) {
      double load = percent / 100.0;
      while (at < LOADS.length - 2 && load > LOADS[at + 1]) {
        at++;
      }
      double fraction = (load - LOADS[at]) / (LOADS[at + 1] - LOADS[at]);
      inverse[percent] =
          1 / (EFFICIENCIES[at] + fraction * (EFFICIENCIES[at + 1] - EFFICIENCIES[at]));
    }
    return inverse;
  }
}

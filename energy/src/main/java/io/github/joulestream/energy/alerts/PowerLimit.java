// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import io.github.joulestream.energy.Bounds;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;

/**
 * A limit of power.
 *
 * @param milliwatts the limit outside the hours of the schedule
 * @param schedule lower limits at certain hours
 * @param advice how to advise on caps when the limit is passed
 */
public record PowerLimit(long milliwatts, List<Reduction> schedule, CapMode advice)
    implements Limit {

  /**
   * A limit of power.
   *
   * @throws IllegalArgumentException with one line for a person that names what is wrong with it
   */
  public PowerLimit {
    schedule = List.copyOf(schedule);
    EnergyLimit.checkMilli(milliwatts);
    if (schedule.size() > Bounds.REDUCTIONS) {
      throw new IllegalArgumentException(
          "the schedule has %d entries, the most is %d"
              .formatted(schedule.size(), Bounds.REDUCTIONS));
    }
    for (Reduction reduction : schedule) {
      if (reduction.milliwatts() >= milliwatts) {
        throw new IllegalArgumentException(
            "the schedule has a limit of %d, which is not lower than %d"
                .formatted(reduction.milliwatts(), milliwatts));
      }
    }
  }

  /** A limit that is the same at all hours, without advice. */
  public PowerLimit(long milliwatts) {
    this(milliwatts, List.of(), CapMode.NONE);
  }

  @Override
  public Quantity quantity() {
    return Quantity.POWER;
  }

  /** The limit at that time, mW: the lowest of those that hold on the clock of that zone. */
  long milliwattsAt(long epochMillis, ZoneId zone) {
    if (schedule.isEmpty()) {
      return milliwatts;
    }
    ZonedDateTime time = Instant.ofEpochMilli(epochMillis).atZone(zone);
    long lowest = milliwatts;
    for (Reduction reduction : schedule) {
      if (reduction.holds(time)) {
        lowest = Math.min(lowest, reduction.milliwatts());
      }
    }
    return lowest;
  }
}

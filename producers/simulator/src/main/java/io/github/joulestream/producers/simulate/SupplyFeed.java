// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.producers.publish.GridPublisher;
import io.github.joulestream.schemas.GridRecord;

/**
 * Publishes the synthetic supply of a simulated site, hour after hour. Published again, it is the
 * same. One thread.
 */
public final class SupplyFeed {
  /** How long before its start and after the present a site that runs has a supply. */
  public static final long AROUND_MILLIS = 48 * SyntheticSupply.HOUR_MILLIS;

  private final SyntheticSupply supply;
  private final GridPublisher publisher;
  private long next;

  /**
   * @param fromEpochMillis its first hour is the one that this time is in
   */
  public SupplyFeed(SimulationOptions options, GridPublisher publisher, long fromEpochMillis) {
    this.supply = new SyntheticSupply(options);
    this.publisher = publisher;
    this.next = fromEpochMillis - Math.floorMod(fromEpochMillis, SyntheticSupply.HOUR_MILLIS);
  }

  /** What is printed of it. */
  public static String description() {
    return "price, carbon intensity, mix and solar generation of the site are made up (provider"
        + " simulator, quality SYNTHETIC)";
  }

  /** Publishes the hours that begin before this time and have not been published. */
  public void extendTo(long epochMillis) {
    for (; next < epochMillis; next += SyntheticSupply.HOUR_MILLIS) {
      for (GridInterval interval : supply.hour(next)) {
        publisher.publish(new GridRecord(interval, true));
      }
    }
  }
}

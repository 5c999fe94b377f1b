// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.util.List;

/** What a node's account can look up to correct what it booked. */
@FunctionalInterface
public interface History {
  /**
   * All batches whose last reading lies between two times, both included, in order of arrival,
   * without the record at hand.
   */
  List<Arrival> read(long fromEpochMillis, long toEpochMillis);
}

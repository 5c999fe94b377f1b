// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.util.List;

/** What a node's account can look up to mend what it booked. */
@FunctionalInterface
public interface History {
  /**
   * All batches with a reading of this time or later, in order of arrival, without the news at
   * hand; others may be among them.
   */
  List<Arrival> readSince(long epochMillis);
}

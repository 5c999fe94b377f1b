// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import java.time.Duration;

/**
 * How long a store may take.
 *
 * @param silence on a request, until its answer begins
 * @param pause within an answer
 */
public record ReadLimits(Duration silence, Duration pause) {
  /** For reports of years. */
  public static final ReadLimits OF_REPORTS =
      new ReadLimits(Duration.ofMinutes(5), Duration.ofMinutes(2));

  /** Where somebody waits for the answer. */
  public static final ReadLimits OF_VIEWS =
      new ReadLimits(Duration.ofSeconds(20), Duration.ofSeconds(10));
}

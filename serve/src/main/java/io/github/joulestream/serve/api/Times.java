// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Times of answers: RFC 3339 in UTC. */
final class Times {
  private Times() {}

  static String text(long epochMillis) {
    return Instant.ofEpochMilli(epochMillis).toString();
  }

  /** Null if it is not after the epoch: there is none. */
  static @Nullable String textOrNull(long epochMillis) {
    return epochMillis > 0 ? text(epochMillis) : null;
  }

  /** How long before now, s; null if there is no such time. Never below 0: clocks differ. */
  static @Nullable Double ageSeconds(long epochMillis, long now) {
    return epochMillis > 0 ? (Double) (Math.max(0, now - epochMillis) / 1e3) : null;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import java.util.HashMap;
import java.util.Map;

/**
 * Requests that are answered at once, by who asks. An answer that is read slowly holds a thread, so
 * that one viewer has a part of them alone.
 */
final class AtOnce {
  private final int most;
  private final Map<String, Integer> begun = new HashMap<>();

  /** So many of one at once. */
  AtOnce(int most) {
    this.most = most;
  }

  /** Counts one; false if there are as many as there may be. */
  synchronized boolean begin(String who) {
    int before = begun.getOrDefault(who, 0);
    if (before >= most) {
      return false;
    }
    begun.put(who, before + 1);
    return true;
  }

  /** Ends one that was begun. */
  synchronized void end(String who) {
    begun.computeIfPresent(who, (_, count) -> count == 1 ? null : count - 1);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import java.util.ArrayList;
import java.util.List;

/** What the readers of the formats have found so far. */
final class Found {
  final List<NodeLog> logs = new ArrayList<>();
  final List<TracedJob> jobs = new ArrayList<>();
  final Notices notices = new Notices();

  boolean nothing() {
    return logs.isEmpty();
  }
}

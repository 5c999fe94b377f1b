// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The events of a frame for a client, in their order. */
final class FrameEvents {
  private final List<Event> events = new ArrayList<>();

  record Event(String name, byte[] data) {}

  /** Adds one; null: there is none. */
  void add(String name, byte @Nullable [] data) {
    if (data != null) {
      events.add(new Event(name, data));
    }
  }

  List<Event> all() {
    return events;
  }
}

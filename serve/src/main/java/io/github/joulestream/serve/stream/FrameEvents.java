// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The events of a frame for a client, in their order. */
final class FrameEvents {
  private final List<String> names = new ArrayList<>();
  private final List<byte[]> data = new ArrayList<>();

  /** Adds one; null: there is none. */
  void add(String name, byte @Nullable [] of) {
    if (of != null) {
      names.add(name);
      data.add(of);
    }
  }

  int size() {
    return names.size();
  }

  String name(int event) {
    return names.get(event);
  }

  byte[] data(int event) {
    return data.get(event);
  }
}

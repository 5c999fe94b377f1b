// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import java.util.ArrayDeque;
import java.util.Deque;

/** What has been started, and is closed in the reverse order, also if one of them fails to. */
final class Components {
  private record Component(String name, AutoCloseable resource) {}

  private final Deque<Component> started = new ArrayDeque<>();

  /**
   * Adds a component that has been started.
   *
   * @param name for the message if it cannot be closed
   */
  <T extends AutoCloseable> T add(String name, T resource) {
    started.push(new Component(name, resource));
    return resource;
  }

  /**
   * Closes all, the one added last first.
   *
   * @throws Exception the first failure, after all were closed
   */
  void close() throws Exception {
    Exception first = null;
    while (!started.isEmpty()) {
      Component component = started.pop();
      try {
        component.resource.close();
      } catch (Exception e) {
        e.addSuppressed(new IllegalStateException("while closing: " + component.name));
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import java.util.List;

/**
 * Windows of nodes that a task emitted together: of one site, one length and one fragment. On the
 * topic {@code node-window}, under the key of the first of them. A large site has thousands of such
 * windows a second; a record for each would cost more than what is in it.
 *
 * @param windows at least one
 */
public record NodeWindows(List<NodeWindow> windows) {
  /**
   * In a record. With the amounts of most nodes they are less than a dead letter keeps, 64 KiB;
   * with the longest names and the largest amounts less than a record may have.
   */
  public static final int MAX_WINDOWS = 300;

  /**
   * @throws IllegalArgumentException if there is none, or if they are not of one site, length and
   *     fragment
   */
  public NodeWindows {
    windows = List.copyOf(windows);
    if (windows.isEmpty()) {
      throw new IllegalArgumentException("no windows");
    }
    NodeWindow first = windows.getFirst();
    for (NodeWindow window : windows) {
      if (!window.site().equals(first.site())
          || window.windowMillis() != first.windowMillis()
          || window.fragment() != first.fragment()) {
        throw new IllegalArgumentException(
            "windows of several sites, lengths or fragments: %s and %s"
                .formatted(named(first), named(window)));
      }
    }
  }

  /** One window. */
  public static NodeWindows of(NodeWindow window) {
    return new NodeWindows(List.of(window));
  }

  private static String named(NodeWindow window) {
    return "%s/%s, %d ms, %d"
        .formatted(window.site(), window.node(), window.windowMillis(), window.fragment());
  }

  /** The site of them all. */
  public String site() {
    return windows.getFirst().site();
  }

  /** The record's key. */
  public String key() {
    return Keys.node(site(), windows.getFirst().node());
  }
}

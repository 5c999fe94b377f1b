// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

/** A figure and how it is worked out from the sums over a window or a range. */
record Column(String name, String expression) {
  String text() {
    return Select.as(expression, name);
  }

  String quoted() {
    return Source.quote(name);
  }
}

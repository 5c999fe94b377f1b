// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.grid.GridInterval;

/**
 * A record of the topic {@code grid}.
 *
 * @param interval the value
 * @param latest whether its publisher knows of no later issue of the same interval: only such are
 *     what dashboards show, and one that withdraws is such
 */
public record GridRecord(GridInterval interval, boolean latest) {
  /** Its key: all issues have one of their own, so that compaction keeps them. */
  public String key() {
    return Keys.grid(interval.site(), interval.series().text(), interval.from(), interval.issued());
  }
}

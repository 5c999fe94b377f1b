// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;

/**
 * What was added to the books of a node in one window, the same amounts as a site's. On the topic
 * {@code node-window}; a window comes in parts, one each time that something was told, and all
 * parts of a window add up. So nobody needs to keep a node's windows to write them.
 *
 * @param windowStartEpochMillis start of the window, a multiple of its length
 * @param windowMillis its length
 * @param part tells the parts of a window apart: no two have the same
 */
public record NodeWindow(
    String site,
    String node,
    long windowStartEpochMillis,
    int windowMillis,
    Totals<SiteAmount> totals,
    long part) {}

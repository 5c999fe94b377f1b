// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;

/**
 * Increment of a node's account in one window, the same amounts as a site's. On the topic {@code
 * node-window}; a window comes in fragments, one per emission, and all fragments of a window add
 * up. No state is needed to emit them.
 *
 * @param windowStartEpochMillis start of the window, a multiple of its length
 * @param windowMillis its length
 * @param fragment distinguishes the fragments of a window: no two have the same
 */
public record NodeWindow(
    String site,
    String node,
    long windowStartEpochMillis,
    int windowMillis,
    Totals<SiteAmount> totals,
    long fragment) {}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;

/**
 * A site in one window: energy by kind, utilisation, and both sides of the ledger. The whole window
 * so far on the topics {@code site-power} and {@code ledger}, an increment to it on the way there.
 *
 * @param windowStartEpochMillis start of the window, a multiple of its length
 * @param windowMillis its length
 */
public record SiteWindow(
    String site, long windowStartEpochMillis, int windowMillis, Totals<SiteAmount> totals) {}

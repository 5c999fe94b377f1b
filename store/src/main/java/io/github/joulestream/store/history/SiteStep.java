// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;

/**
 * The ledger of a site in a step of time.
 *
 * @param stepStart Unix epoch, ms
 */
public record SiteStep(String site, long stepStart, Totals<SiteAmount> totals) {}

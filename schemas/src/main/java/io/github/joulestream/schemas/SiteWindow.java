// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;

/**
 * A site in one window: energy by kind, utilisation, and both sides of the ledger. The whole window
 * so far on the topics {@code site-window} and {@code ledger}, an increment to it on the way there.
 *
 * @param windowStartEpochMillis start of the window, a multiple of its length
 * @param windowMillis its length
 * @param fragmentEpochMillis which part of the whole this is: all parts of one window add up. 0, or
 *     when a part began after the one before was closed
 */
public record SiteWindow(
    String site,
    long windowStartEpochMillis,
    int windowMillis,
    Totals<SiteAmount> totals,
    long fragmentEpochMillis) {

  /** The only part, or an increment. */
  public SiteWindow(
      String site, long windowStartEpochMillis, int windowMillis, Totals<SiteAmount> totals) {
    this(site, windowStartEpochMillis, windowMillis, totals, 0);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;

/**
 * A site in one window: energy by kind, utilisation, and both sides of the ledger. Its total so far
 * on the topics {@code site-window} and {@code ledger}, an increment to it on the way there.
 *
 * @param windowStartEpochMillis start of the window, a multiple of its length
 * @param windowMillis its length
 * @param fragmentEpochMillis identifies the fragment: all fragments of one window add up. 0, or the
 *     start of a fragment that was opened after the one before was closed
 */
public record SiteWindow(
    String site,
    long windowStartEpochMillis,
    int windowMillis,
    Totals<SiteAmount> totals,
    long fragmentEpochMillis) {

  /** The only fragment, or an increment. */
  public SiteWindow(
      String site, long windowStartEpochMillis, int windowMillis, Totals<SiteAmount> totals) {
    this(site, windowStartEpochMillis, windowMillis, totals, 0);
  }
}

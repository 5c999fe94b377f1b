// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;

/**
 * A site in a window of 10 s, all its fragments added up.
 *
 * @param windowStart Unix epoch, ms
 */
public record SitePoint(long windowStart, Totals<SiteAmount> totals) {}

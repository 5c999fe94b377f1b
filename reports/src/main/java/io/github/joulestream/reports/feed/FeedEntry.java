// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.energy.grid.GridInterval;

/**
 * A value of a file.
 *
 * @param place where it is: {@code line 7}, {@code data[3].carbonIntensity}
 * @param importTime whether its time of issue is only that of the import
 */
public record FeedEntry(GridInterval interval, String place, boolean importTime) {}

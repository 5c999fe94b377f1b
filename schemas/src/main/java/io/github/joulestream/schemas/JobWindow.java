// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;

/**
 * Energy of a job in one window: the whole window so far on the topic {@code job-energy}, an
 * increment to it on the way there.
 *
 * @param windowStartEpochMillis start of the window, a multiple of its length
 * @param windowMillis its length
 */
public record JobWindow(
    String site,
    String job,
    long windowStartEpochMillis,
    int windowMillis,
    Totals<JobAmount> totals) {}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;

/**
 * A job in one quarter of an hour: its total so far, on the topic {@code job-quarter-hour}.
 *
 * @param details who the energy is accounted to. A record of zeros under the earlier user and
 *     project withdraws what was under them when these change
 * @param windowStartEpochMillis start of the quarter, a multiple of its length
 * @param windowMillis its length
 * @param fragmentEpochMillis identifies the fragment: all fragments of one quarter add up. 0, or
 *     the start of a fragment that was opened after the one before was closed
 */
public record JobQuarterHour(
    String site,
    String job,
    JobDetails details,
    long windowStartEpochMillis,
    int windowMillis,
    Totals<JobAmount> totals,
    long fragmentEpochMillis) {}

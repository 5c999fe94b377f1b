// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;

/**
 * A job in a step of time.
 *
 * @param stepStart Unix epoch, ms
 */
public record JobStep(long stepStart, Totals<JobAmount> totals) {}

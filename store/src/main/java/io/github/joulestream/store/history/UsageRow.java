// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import java.util.Map;

/**
 * Energy of jobs in a step of time. A job can have several rows in a step, which add up.
 *
 * @param stepStart Unix epoch, ms
 * @param job empty where rows are added up over jobs; then so are its name, partition and labels
 * @param labels the same object for equal labels, as far as that is cheap
 * @param totals may be used again by the reader for the next row
 */
public record UsageRow(
    String site,
    String user,
    String project,
    long stepStart,
    String job,
    String name,
    String partition,
    Map<String, String> labels,
    Totals<JobAmount> totals) {}

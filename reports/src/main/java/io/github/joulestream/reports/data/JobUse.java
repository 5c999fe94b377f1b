// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.schemas.JobSummary;
import org.jspecify.annotations.Nullable;

/**
 * A job in a period.
 *
 * @param site its site
 * @param job its id
 * @param user who pays, at the time of the energy; empty: unknown
 * @param use what it used within the period
 * @param whole the whole job, from its start on, with all fragments added up; null if the store has
 *     no summary of it
 */
public record JobUse(
    String site,
    String job,
    String user,
    String project,
    String name,
    String partition,
    java.util.Map<String, String> labels,
    Use use,
    @Nullable JobSummary whole) {}

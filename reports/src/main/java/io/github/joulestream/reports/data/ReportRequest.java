// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.reports.period.Period;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What a report is asked for.
 *
 * @param sites whose; not empty
 * @param period of which; cut at {@code asOf}
 * @param users only theirs; empty: everybody's
 * @param projects only these; empty: all
 * @param labels only jobs with all these labels; empty: all
 * @param groupings what its tables are by, in their order; empty: as the kind has it
 * @param asOf issues of the grid's values after this time are as if they were not there
 * @param carbonScope LIFECYCLE or DIRECT emissions
 * @param typedIn values that nobody measures, by site and name, of a site file; for {@code eed}
 */
public record ReportRequest(
    SortedSet<String> sites,
    Period period,
    SortedSet<String> users,
    SortedSet<String> projects,
    SortedMap<String, String> labels,
    List<Grouping> groupings,
    Instant asOf,
    io.github.joulestream.energy.grid.CarbonBasis.Scope carbonScope,
    Map<String, Map<String, String>> typedIn) {}

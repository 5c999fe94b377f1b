// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.order;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.kinds.ReportKind;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What somebody asks for, before any store is reached.
 *
 * @param period as written
 * @param sites whose; empty: all of the store
 * @param zone that was named; empty: that of the site file, or UTC
 * @param groupings empty: as the kind has it
 * @param users only theirs; empty: everybody's
 * @param projects only these; empty: all
 * @param labels only jobs with all of these
 */
public record ReportOrder(
    ReportKind kind,
    String period,
    SortedSet<String> sites,
    Optional<ZoneId> zone,
    List<Grouping> groupings,
    SortedSet<String> users,
    SortedSet<String> projects,
    SortedMap<String, String> labels,
    Instant asOf,
    CarbonBasis.Scope carbon,
    SiteFile siteFile) {}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.reports.order.SiteFile;
import io.github.joulestream.serve.http.HttpSettings;
import java.time.ZoneId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is served, and how.
 *
 * @param zones time zones of sites; of others it is UTC
 * @param siteFile values that nobody measures, for reports
 * @param carbon of which emissions carbon intensities are
 */
public record ServeSettings(
    HttpSettings http,
    SortedMap<String, ZoneId> zones,
    SiteFile siteFile,
    CarbonBasis.Scope carbon) {
  public ServeSettings {
    zones = Collections.unmodifiableSortedMap(new TreeMap<>(zones));
  }
}

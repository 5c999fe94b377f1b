// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the energy went: facility = jobs + held idle + unallocated idle + overhead, in whole mJ.
 */
final class DirectorBalance {
  private static final List<Column> COLUMNS =
      List.of(
          Column.text("site", "Site"),
          Column.of(
              "jobs_used", "Jobs", Quantity.ENERGY, "booked to jobs, without what is held idle"),
          Column.of("held_idle", "Held idle", Quantity.ENERGY, "of GPUs held at a use under 5 %"),
          Column.of("unallocated_idle", "Unallocated idle", Quantity.ENERGY, "of no job"),
          Column.of(
              "overhead",
              "Overhead",
              Quantity.ENERGY,
              "facility less measured; below 0 where meters of the facility lag, or miss a part"),
          Column.of(
              "total",
              "Total",
              Quantity.ENERGY,
              "at the facility's meters; measured energy where they are not known"));

  private DirectorBalance() {}

  /** Of whole sites. */
  static Section of(PeriodData data) {
    Collection<SiteUse> sites = data.sites().values();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    if (sites.size() > 1) {
      rows.add(row("All", sites));
    }
    for (SiteUse site : sites) {
      rows.add(row(site.site(), List.of(site)));
    }
    Optional<ExactSum> facility = AllSites.facility(sites);
    List<Chart.Series> series =
        new ArrayList<>(
            List.of(
                new Chart.Series("jobs_used", Chart.Role.JOBS),
                new Chart.Series("held_idle", Chart.Role.HELD_IDLE),
                new Chart.Series("unallocated_idle", Chart.Role.IDLE)));
    if (facility.isPresent()) {
      series.add(new Chart.Series("overhead", Chart.Role.OVERHEAD));
    }
    return new Section(
        "where_it_went",
        "Where it went",
        List.of(sentence(sites, facility, data)),
        new Table("where_it_went", COLUMNS, rows, null, Table.ALL_ROWS),
        List.of(new Chart(Chart.Form.PARTS, chartTitle(sites, facility), "site", series, "")),
        true);
  }

  private static String chartTitle(Collection<SiteUse> sites, Optional<ExactSum> facility) {
    ExactSum whole =
        facility.orElseGet(() -> AllSites.sum(sites, SiteAmount.MEASURED_TOTAL_MILLIJOULES));
    ExactSum used = used(sites);
    BigDecimal share = Cells.ratio(used, whole);
    return share == null
        ? "No energy was measured"
        : "%s of the %s was used by jobs"
            .formatted(
                Said.percent(share.doubleValue()),
                facility.isPresent() ? "facility's energy" : "measured energy");
  }

  private static String sentence(
      Collection<SiteUse> sites, Optional<ExactSum> facility, PeriodData data) {
    ExactSum measured = AllSites.sum(sites, SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    String parts =
        "%s of jobs + %s held idle + %s unallocated idle"
            .formatted(
                Said.energy(used(sites).value()),
                Said.energy(AllSites.sum(sites, SiteAmount.HELD_IDLE_MILLIJOULES).value()),
                Said.energy(AllSites.sum(sites, SiteAmount.IDLE_TOTAL_MILLIJOULES).value()));
    return facility
        .map(energy ->
            "%s at the facility's meters = %s + %s overhead; measured less booked: %s mJ."
                .formatted(
                    Said.energy(energy.value()),
                    parts,
                    Said.energy(less(energy, measured).value()),
                    data.difference()))
        .orElseGet(() ->
            ("%s measured = %s; measured less booked: %s mJ. The overhead is not known without"
                    + " a facility's meter at every site.")
                .formatted(Said.energy(measured.value()), parts, data.difference()));
  }

  private static List<@Nullable Object> row(String name, Collection<SiteUse> sites) {
    ExactSum measured = AllSites.sum(sites, SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    Optional<ExactSum> facility = AllSites.facility(sites);
    return Cells.row(
        name,
        Cells.sum(used(sites)),
        Cells.sum(AllSites.sum(sites, SiteAmount.HELD_IDLE_MILLIJOULES)),
        Cells.sum(AllSites.sum(sites, SiteAmount.IDLE_TOTAL_MILLIJOULES)),
        facility.map(energy -> Cells.sum(less(energy, measured))).orElse(null),
        Cells.sum(facility.orElse(measured)));
  }

  private static ExactSum used(Collection<SiteUse> sites) {
    return less(
        AllSites.sum(sites, SiteAmount.JOBS_TOTAL_MILLIJOULES),
        AllSites.sum(sites, SiteAmount.HELD_IDLE_MILLIJOULES));
  }

  private static ExactSum less(ExactSum whole, ExactSum part) {
    ExactSum rest = whole.copy();
    rest.subtract(part);
    return rest;
  }

  /** Of the jobs that a request is of. */
  static Section ofJobs(PeriodData data) {
    Use jobs = data.jobs();
    ExactSum total = jobs.sum(JobAmount.TOTAL_MILLIJOULES);
    ExactSum held = jobs.sum(JobAmount.HELD_IDLE_MILLIJOULES);
    List<Column> columns = List.of(COLUMNS.get(0), COLUMNS.get(1), COLUMNS.get(2), COLUMNS.get(5));
    return new Section(
        "where_it_went",
        "Where it went",
        List.of(
            "%s = %s used + %s held idle. Energy that no job was given, and the facility's overhead,"
                    .formatted(
                        Said.energy(total.value()),
                        Said.energy(less(total, held).value()),
                        Said.energy(held.value()))
                + " are not in it."),
        new Table(
            "where_it_went",
            columns,
            List.of(
                Cells.row(
                    String.join(", ", data.sites().keySet()),
                    Cells.sum(less(total, held)),
                    Cells.sum(held),
                    Cells.sum(total))),
            null,
            Table.ALL_ROWS),
        List.of(
            new Chart(
                Chart.Form.PARTS,
                "What jobs used, and what they held without using it",
                "site",
                List.of(
                    new Chart.Series("jobs_used", Chart.Role.JOBS),
                    new Chart.Series("held_idle", Chart.Role.HELD_IDLE)),
                "")),
        true);
  }
}

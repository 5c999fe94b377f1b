// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.page;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.serve.live.SiteNow;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What the page shows where no script runs: tables of sites and of jobs, as they are now. */
final class PlainPage {
  /** Most rows of jobs. */
  static final int JOBS = 200;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String UNKNOWN = "-";

  private final LiveSites sites;
  private final EpochClock clock;

  PlainPage(LiveSites sites, EpochClock clock) {
    this.sites = sites;
    this.clock = clock;
  }

  /** A job of a site. */
  private record SiteJob(String site, LiveJob job, JobDetails details) {}

  /** The part of the page that scripts replace. */
  String html(Visibility visibility) {
    StringBuilder html = new StringBuilder("<div class=\"plain\">\n<h1>Now</h1>\n");
    html.append("<p>As of ").append(TIME.format(Instant.ofEpochMilli(clock.epochMillis())));
    html.append(" UTC. With JavaScript the page shows more, and moves.</p>\n");
    HtmlTable table = new HtmlTable(html);
    if (visibility.sites()) {
      sites(table, html);
    }
    jobs(visibility, table, html);
    return html.append("</div>").toString();
  }

  private void sites(HtmlTable table, StringBuilder html) {
    List<List<String>> rows = new ArrayList<>();
    for (String name : sites.names()) {
      sites.site(name).map(site -> row(name, site.now())).ifPresent(rows::add);
    }
    if (rows.isEmpty()) {
      html.append("<p>No site has reported yet.</p>\n");
      return;
    }
    table.write(
        "Sites",
        List.of(
            "site",
            "latest reading, UTC",
            "power",
            "jobs",
            "idle",
            "held idle",
            "nodes reporting",
            "nodes"),
        2,
        rows);
  }

  private static List<String> row(String name, SiteNow now) {
    boolean isKnown = now.epochMillis() > 0;
    return List.of(
        name,
        isKnown ? TIME.format(Instant.ofEpochMilli(now.epochMillis())) : UNKNOWN,
        isKnown ? PlainFigures.power(now.milliwatts()) : UNKNOWN,
        isKnown ? PlainFigures.power(now.jobsMilliwatts()) : UNKNOWN,
        isKnown ? PlainFigures.power(now.idleMilliwatts()) : UNKNOWN,
        isKnown ? PlainFigures.power(now.heldIdleMilliwatts()) : UNKNOWN,
        Integer.toString(now.nodesReporting()),
        Integer.toString(now.nodes()));
  }

  private void jobs(Visibility visibility, HtmlTable table, StringBuilder html) {
    List<SiteJob> seen = new ArrayList<>();
    for (String name : sites.names()) {
      for (LiveJob job : sites.site(name).map(LiveSite::jobs).orElse(List.of())) {
        JobSummary summary = job.summary();
        JobDetails details = summary == null ? JobDetails.NONE : summary.details();
        if (visibility.job(details.user(), details.project())) {
          seen.add(new SiteJob(name, job, details));
        }
      }
    }
    if (seen.isEmpty()) {
      html.append("<p>There is no job that you may see. Whoever has a token sends it as")
          .append(" <code>Authorization: Bearer</code>, or signs in with JavaScript.</p>\n");
      return;
    }
    seen.sort(
        Comparator.<SiteJob>comparingLong(each -> -each.job().milliwatts())
            .thenComparing(SiteJob::site)
            .thenComparing(each -> each.job().job()));
    List<List<String>> rows = seen.stream().limit(JOBS).map(PlainPage::row).toList();
    table.write(
        rows.size() < seen.size()
            ? "Jobs: the %d of %d with the most power".formatted(rows.size(), seen.size())
            : "Jobs",
        List.of("job", "site", "user", "project", "name", "power", "energy", "held idle"),
        5,
        rows);
  }

  private static List<String> row(SiteJob each) {
    JobSummary summary = each.job().summary();
    return List.of(
        each.job().job(),
        each.site(),
        each.details().user(),
        each.details().project(),
        each.details().name(),
        PlainFigures.power(each.job().milliwatts()),
        summary == null
            ? UNKNOWN
            : PlainFigures.energy(summary.totals().get(JobAmount.TOTAL_MILLIJOULES)),
        summary == null
            ? UNKNOWN
            : PlainFigures.energy(summary.totals().get(JobAmount.HELD_IDLE_MILLIJOULES)));
  }
}

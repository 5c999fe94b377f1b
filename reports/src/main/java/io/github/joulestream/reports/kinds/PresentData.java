// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.data.Grouping.By;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.data.ReportSource.Detail;
import io.github.joulestream.reports.data.StoreReportSource;
import io.github.joulestream.runtime.UserError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Refuses a report of nothing, in words that name what there is instead. */
final class PresentData {
  private static final int MOST = 10;

  private PresentData() {}

  /**
   * Checks that there is something to report of.
   *
   * @throws UserError if no site has a ledger in the period, or no job is of the users and projects
   *     that were asked for
   */
  static void check(ReportSource source, PeriodData data) {
    ReportRequest request = source.request();
    if (data.sites().isEmpty()) {
      throw new UserError(
          "the store has no energy of %s in %s, from %s to %s; %s"
              .formatted(
                  String.join(", ", request.sites()),
                  data.period().label(),
                  data.period().from(),
                  data.period().to(),
                  present(source)));
    }
    if ((!request.users().isEmpty() || !request.projects().isEmpty())
        && data.by(Grouping.of(By.SITE)).isEmpty()) {
      throw new UserError(
          "no job of %s used energy in %s; %s"
              .formatted(whose(request), data.period().label(), groups(source)));
    }
  }

  private static String whose(ReportRequest request) {
    String users = names("user", request.users());
    String projects = names("project", request.projects());
    return users + (users.isEmpty() || projects.isEmpty() ? "" : " in ") + projects;
  }

  private static String names(String what, Set<String> names) {
    return names.isEmpty() ? "" : "%s %s".formatted(what, String.join(", ", names));
  }

  private static String present(ReportSource source) {
    List<String> sites = new ArrayList<>();
    for (String site : source.history().sites()) {
      OptionalLong first = source.history().firstHour(site);
      if (first.isPresent()) {
        sites.add("%s from %s on".formatted(site, Instant.ofEpochMilli(first.getAsLong())));
      }
    }
    return sites.isEmpty()
        ? "it has no site at all: is it the store that joulestream store-writer writes to?"
        : "it has " + shown(sites);
  }

  private static String groups(ReportSource source) {
    ReportRequest request = source.request();
    boolean ofProjects = !request.projects().isEmpty();
    ReportRequest all =
        new ReportRequest(
            request.sites(),
            request.period(),
            new TreeSet<>(),
            new TreeSet<>(),
            new TreeMap<>(),
            List.of(),
            request.asOf(),
            request.carbonScope(),
            request.typedIn());
    List<String> names =
        new ArrayList<>(
            new StoreReportSource(source.history(), all, source::progress)
                .of(request.period(), Detail.GROUPS)
                .by(Grouping.of(ofProjects ? By.PROJECT : By.USER))
                .keySet());
    names.remove("");
    String kind = ofProjects ? "projects" : "users";
    return names.isEmpty()
        ? "there are no " + kind + " then"
        : "%s then are %s".formatted(kind, shown(names));
  }

  private static String shown(List<String> names) {
    return names.size() <= MOST
        ? String.join(", ", names)
        : "%s and %d more"
            .formatted(String.join(", ", names.subList(0, MOST)), names.size() - MOST);
  }
}

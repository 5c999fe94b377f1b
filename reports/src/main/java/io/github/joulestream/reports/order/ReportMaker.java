// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.order;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.data.StoreReportSource;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.reports.period.Periods;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.UsageQuery;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Makes a report that was ordered, or says why there is none. */
public final class ReportMaker {
  private static final long HOUR = 3_600_000;
  private static final int MOST_NAMES = 20;
  private static final ZoneId UTC = ZoneId.of("UTC");

  private final HistoryReader history;
  private final Consumer<String> doing;

  /**
   * @param doing gets what is being done
   */
  public ReportMaker(HistoryReader history, Consumer<String> doing) {
    this.history = history;
    this.doing = doing;
  }

  /**
   * Makes a report.
   *
   * @throws UserError if the store has nothing of what was ordered
   * @throws java.io.UncheckedIOException if the store cannot be read to the end
   */
  public Report make(ReportOrder order) {
    doing.accept("sites of the store");
    SortedSet<String> sites = sites(order);
    ZoneId zone = zone(order, sites);
    Period period = Periods.parse(order.period(), zone, order.asOf());
    checkAge(period, sites);
    ReportRequest request =
        new ReportRequest(
            sites,
            period,
            order.users(),
            order.projects(),
            order.labels(),
            order.groupings(),
            order.asOf(),
            order.carbon(),
            order.siteFile().typedIn());
    ReportSource source = new StoreReportSource(history, request, doing);
    List<String> notes = new ArrayList<>();
    notes.add(zoneNote(order, sites, zone));
    notes.addAll(absent("user", order.users(), Grouping.By.USER, source));
    notes.addAll(absent("project", order.projects(), Grouping.By.PROJECT, source));
    Report report = order.kind().make(source);
    for (String site : order.siteFile().names()) {
      if (!sites.contains(site)) {
        notes.add("The site file has site %s, which is not in this report.".formatted(site));
      }
    }
    return MoreOfReport.notes(report, notes);
  }

  private SortedSet<String> sites(ReportOrder order) {
    SortedSet<String> known = history.sites();
    if (known.isEmpty()) {
      throw new UserError(
          "the store has no energy of any site yet -> 'joulestream doctor' says what is missing;"
              + " 'joulestream up' makes a site to try");
    }
    SortedSet<String> unknown = new TreeSet<>(order.sites());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw UserError.usage(
          "the store knows no site '%s'; it knows %s".formatted(unknown.first(), shown(known)));
    }
    return order.sites().isEmpty() ? known : order.sites();
  }

  /** The one that was named, or that of the sites if they are all in one, or UTC. */
  private static ZoneId zone(ReportOrder order, SortedSet<String> sites) {
    return order
        .zone()
        .orElseGet(() -> {
          Set<ZoneId> zones =
              sites.stream()
                  .map(site -> order.siteFile().zones().getOrDefault(site, UTC))
                  .collect(Collectors.toSet());
          return zones.size() == 1 ? zones.iterator().next() : UTC;
        });
  }

  private static String zoneNote(ReportOrder order, SortedSet<String> sites, ZoneId zone) {
    String why;
    if (order.zone().isPresent()) {
      why = "as it was asked for";
    } else if (order.siteFile().zones().keySet().containsAll(sites) && !zone.equals(UTC)) {
      why = "as the site file has it";
    } else {
      why = sites.size() > 1 ? "as the sites have no zone in common" : "as no zone was given";
    }
    return "Days and months are those of %s, %s.".formatted(zone.getId(), why);
  }

  private void checkAge(Period period, SortedSet<String> sites) {
    long first = Long.MAX_VALUE;
    for (String site : sites) {
      OptionalLong hour = history.firstHour(site);
      first = Math.min(first, hour.orElse(Long.MAX_VALUE));
    }
    if (first == Long.MAX_VALUE) {
      throw new UserError(
          "the store has no whole hour of %s yet -> wait until one is over"
              .formatted(String.join(", ", sites)));
    }
    if (period.to().toEpochMilli() <= first) {
      throw UserError.usage(
          "the period %s ends at %s; what the store has of %s begins at %s"
              .formatted(
                  period.label(),
                  period.to(),
                  String.join(", ", sites),
                  Instant.ofEpochMilli(first)));
    }
  }

  /**
   * Notes on names that no job has.
   *
   * @throws UserError if no job has any of the names
   */
  private List<String> absent(
      String what, SortedSet<String> names, Grouping.By by, ReportSource source) {
    if (names.isEmpty()) {
      return List.of();
    }
    SortedSet<String> absent = new TreeSet<>(names);
    Period period = source.request().period();
    absent.removeAll(source.of(period, ReportSource.Detail.GROUPS).by(Grouping.of(by)).keySet());
    if (absent.size() == names.size()) {
      throw UserError.usage(
          "no job of %s '%s' used energy in %s; %s"
              .formatted(what, absent.first(), period.label(), others(absent.first(), by, source)));
    }
    return absent.stream()
        .map(name -> "No job of %s %s used energy in the period.".formatted(what, name))
        .toList();
  }

  /** Who there is instead. */
  private String others(String name, Grouping.By by, ReportSource source) {
    doing.accept("names that are alike");
    Period period = source.request().period();
    long from = Math.floorDiv(period.from().toEpochMilli(), HOUR) * HOUR;
    long to = Math.ceilDiv(period.to().toEpochMilli(), HOUR) * HOUR;
    SortedSet<String> known = new TreeSet<>();
    history.usage(
        new UsageQuery(
            source.request().sites(),
            new TimeRange(from, to),
            (int) HOUR,
            UsageQuery.Detail.USER_AND_PROJECT,
            Set.of(),
            Set.of(),
            Set.of(JobAmount.TOTAL_MILLIJOULES)),
        row -> known.add(by == Grouping.By.USER ? row.user() : row.project()));
    known.remove("");
    if (known.isEmpty()) {
      return "no job did";
    }
    if (known.contains(name)) {
      return "it has jobs, but none that all the other conditions hold for";
    }
    List<String> alike = NamesAlike.of(name, known);
    return alike.isEmpty() ? "there are " + shown(known) : "alike are " + String.join(", ", alike);
  }

  private static String shown(SortedSet<String> names) {
    String first = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
    return names.size() <= MOST_NAMES
        ? first
        : String.format(Locale.ROOT, "%s and %,d more", first, names.size() - MOST_NAMES);
  }
}

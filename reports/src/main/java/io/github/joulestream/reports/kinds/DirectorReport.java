// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.data.Grouping.By;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.data.ReportSource.Detail;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.sections.FleetSection;
import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One page for whoever pays: energy, money, carbon, what was wasted; then the details. */
public final class DirectorReport implements ReportKind {
  private static final int MOST_NAMED = 3;

  /** What is shown as 100 %. */
  private static final List<Grouping> GROUPINGS =
      List.of(Grouping.of(By.PROJECT), Grouping.of(By.USER));

  private static final Set<By> NOT_HERE = Set.of(By.JOB, By.NODE, By.SITE);

  @Override
  public String name() {
    return "director";
  }

  @Override
  public String summary() {
    return "One page of energy, cost, CO2e and waste with the change, then the details";
  }

  @Override
  public boolean usesGroupings() {
    return true;
  }

  @Override
  public Report make(ReportSource source) {
    ReportRequest request = source.request();
    PeriodData data = source.of(request.period(), Detail.GROUPS);
    PresentData.check(source, data);
    boolean narrowed = DirectorTrend.isNarrowed(request);
    DirectorTrend trend = DirectorTrend.read(source, data);
    DirectorDays days = DirectorDays.of(data, narrowed);

    List<Section> sections = new ArrayList<>();
    sections.add(narrowed ? DirectorBalance.ofJobs(data) : DirectorBalance.of(data));
    sections.add(days.first());
    sections.add(new DirectorGroups(data, Grouping.of(By.PROJECT)).top());
    sections.add(DirectorSavings.of(data, narrowed));
    sections.addAll(FleetSection.of(source, data));
    List<Grouping> groupings = groupings(request);
    for (Grouping grouping : groupings) {
      DirectorGroups groups = new DirectorGroups(data, grouping);
      sections.add(groups.use());
      if (DirectorGroups.hasMore(grouping)) {
        sections.add(groups.more());
      }
    }
    if (needsJobs(request)) {
      sections.add(DirectorSpread.of(data.jobList()));
    }
    if (!narrowed) {
      DirectorCost.of(data).ifPresent(sections::add);
    }
    sections.add(DirectorPeriods.of(trend, request.period()));
    DirectorBudgets.of(source, data, narrowed).ifPresent(sections::add);
    if (days.isByMonth()) {
      sections.add(days.detail());
    }
    sections.add(DirectorDefinitions.section());
    return new Report(
        MetaOf.of(name(), title(request, data), request, data, notes(request, trend, groupings)),
        headline(data, trend, narrowed),
        trend.tiles(),
        sections);
  }

  private static List<Grouping> groupings(ReportRequest request) {
    List<Grouping> wanted = new ArrayList<>();
    for (Grouping grouping : request.groupings()) {
      if (!NOT_HERE.contains(grouping.by())) {
        wanted.add(grouping);
      }
    }
    return request.groupings().isEmpty() ? GROUPINGS : wanted;
  }

  /** True if each job was read, as {@link ReportSource#of} then does. */
  private static boolean needsJobs(ReportRequest request) {
    return !request.labels().isEmpty()
        || request.groupings().stream()
            .anyMatch(grouping -> Set.of(By.PARTITION, By.LABEL, By.JOB).contains(grouping.by()));
  }

  private static String title(ReportRequest request, PeriodData data) {
    return "Energy of %s, %s".formatted(sites(request), data.period().label());
  }

  private static String sites(ReportRequest request) {
    return request.sites().size() > MOST_NAMED
        ? "%d sites".formatted(request.sites().size())
        : String.join(", ", request.sites());
  }

  private static List<String> notes(
      ReportRequest request, DirectorTrend trend, List<Grouping> groupings) {
    List<String> notes = new ArrayList<>();
    notes.add(
        "Energy is measured by device, booked to jobs by what they held, and added up in whole"
            + " millijoules; measured = jobs + unallocated idle. Money and emissions are energy of"
            + " each step times the factors of that step.");
    notes.addAll(trend.notes());
    if (groupings.size() < request.groupings().size()) {
      notes.add(
          "By job there is the report jobs, by node the report operations; sites are side by side"
              + " where there are several.");
    }
    return notes;
  }

  private static String headline(PeriodData data, DirectorTrend trend, boolean narrowed) {
    DirectorFigures now = trend.now();
    BigDecimal energy = now.shownEnergy();
    if (energy == null) {
      return "Nothing was measured in %s.".formatted(data.period().label());
    }
    StringBuilder text = new StringBuilder();
    text.append(
        "%s used %s in %s"
            .formatted(
                narrowed ? "These jobs" : String.join(", ", shown(data)),
                Said.energy(energy.toBigInteger()),
                data.period().label()));
    if (now.cost() != null) {
      text.append(", which cost ")
          .append(Said.money(now.cost(), now.currency()))
          .append(bracketed(now.priced()));
    }
    if (now.location() != null) {
      text.append(now.cost() == null ? ", which emitted " : " and emitted ")
          .append(Said.mass(now.location()))
          .append(" of CO2e by location")
          .append(bracketed(now.withIntensity()));
    }
    String before = change(trend.energyChange(trend.before()), trend.before());
    String yearBefore = change(trend.energyChange(trend.yearBefore()), trend.yearBefore());
    if (before.isEmpty() && yearBefore.isEmpty()) {
      return text.append("; there is no earlier period to compare with.").toString();
    }
    text.append("; energy per hour is ").append(before.isEmpty() ? yearBefore : before);
    if (!before.isEmpty() && !yearBefore.isEmpty() && !isSame(trend)) {
      text.append(" and ").append(yearBefore);
    }
    return text.append('.').toString();
  }

  private static String bracketed(String part) {
    return part.isEmpty() ? "" : " (%s)".formatted(part);
  }

  private static boolean isSame(DirectorTrend trend) {
    return trend.before().period().equals(trend.yearBefore().period());
  }

  private static List<String> shown(PeriodData data) {
    List<String> sites = new ArrayList<>(data.sites().keySet());
    return sites.size() > MOST_NAMED ? List.of("%d sites".formatted(sites.size())) : sites;
  }

  private static String change(@Nullable BigDecimal change, DirectorFigures earlier) {
    if (change == null) {
      return "";
    }
    String amount = Said.percent(change.abs().doubleValue());
    return switch (change.signum()) {
      case 0 -> "the same as in " + earlier.period().label();
      case 1 -> "%s more than in %s".formatted(amount, earlier.period().label());
      default -> "%s less than in %s".formatted(amount, earlier.period().label());
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.model.Meta;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.reports.period.SettledPeriod;
import io.github.joulestream.runtime.Version;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a report is of, and what its figures rest on, by what was asked for and read. */
final class MetaOf {
  private static final MathContext DIGITS = new MathContext(12);

  private MetaOf() {}

  /**
   * The meta data of a report.
   *
   * @param notes sentences of the kind, before those of the data
   */
  static Meta of(
      String kind, String title, ReportRequest request, PeriodData data, List<String> notes) {
    Period period = data.period();
    SettledPeriod settled = SettledPeriod.of(request.period(), request.asOf());
    List<String> all = new ArrayList<>(notes);
    all.addAll(settled.notes());
    all.addAll(data.notes());
    return new Meta(
        kind,
        title,
        List.copyOf(request.sites()),
        scope(request),
        period.label(),
        period.from(),
        period.to(),
        period.zone(),
        request.asOf(),
        settled.isClosed(),
        coverage(data),
        currency(data),
        data.difference(),
        data.factors(),
        all,
        Version.CURRENT);
  }

  /** {@code project=climate, model=llama}. */
  private static String scope(ReportRequest request) {
    List<String> parts = new ArrayList<>();
    request.users().forEach(user -> parts.add("user=" + user));
    request.projects().forEach(project -> parts.add("project=" + project));
    for (Map.Entry<String, String> label : request.labels().entrySet()) {
      parts.add(label.getKey() + "=" + label.getValue());
    }
    return String.join(", ", parts);
  }

  private static ExactSum sum(PeriodData data, SiteAmount amount) {
    ExactSum sum = new ExactSum();
    data.sites().values().forEach(site -> sum.add(site.sum(amount)));
    return sum;
  }

  private static @Nullable BigDecimal coverage(PeriodData data) {
    ExactSum covered = sum(data, SiteAmount.COVERED_MILLIS);
    ExactSum all = covered.copy();
    all.add(sum(data, SiteAmount.UNCOVERED_MILLIS));
    return all.signum() <= 0
        ? null
        : new BigDecimal(covered.value()).divide(new BigDecimal(all.value()), DIGITS);
  }

  private static String currency(PeriodData data) {
    SortedSet<String> currencies = new TreeSet<>();
    for (SiteUse site : data.sites().values()) {
      if (!site.currency().isEmpty()) {
        currencies.add(site.currency());
      }
    }
    return currencies.size() == 1 ? currencies.first() : "";
  }
}

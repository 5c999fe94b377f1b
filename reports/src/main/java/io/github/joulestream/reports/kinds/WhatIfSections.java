// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.reports.advice.Advisor;
import io.github.joulestream.reports.advice.GiveBack;
import io.github.joulestream.reports.advice.JobFigures;
import io.github.joulestream.reports.advice.LaterHours;
import io.github.joulestream.reports.advice.PowerCurve;
import io.github.joulestream.reports.advice.Words;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sections of what-ifs. */
final class WhatIfSections {
  private static final long MINUTE_MILLIS = 60_000;
  private static final long HOUR_MILLIS = 3_600_000;
  private static final int[] SHARES = {10, 25, 50};
  private static final int[] HOURS = {4, 8, 24};
  private static final int MOST_CURVES = 3;

  private WhatIfSections() {}

  /** What if idle GPUs were given back. */
  static Section giveBack(GiveBack givenBack, boolean hasMoney) {
    List<Column> columns =
        List.of(
            Column.of("after", "Given back after", Quantity.DURATION, "0: at once"),
            Column.of("times", "Times", Quantity.COUNT, "that a job gives its GPUs back"),
            Column.of("gpu_time", "GPU hours", Quantity.DURATION, "that others could use"),
            Column.of("energy", "Energy", Quantity.ENERGY, "of these idle GPUs"),
            Column.of("cost", "Cost of it", Quantity.MONEY, ""),
            Column.of("co2e_location", "CO2e of it", Quantity.MASS, "location-based"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int choice = 0; choice < GiveBack.choices(); choice++) {
      rows.add(
          Cells.row(
              BigDecimal.valueOf(GiveBack.minutes(choice) * MINUTE_MILLIS),
              BigDecimal.valueOf(givenBack.times(choice)),
              BigDecimal.valueOf(givenBack.gpuMillis(choice)),
              Cells.sum(givenBack.charges(choice).energy()),
              hasMoney ? Cells.amount(givenBack.charges(choice), Figure.COST) : null,
              Cells.amount(givenBack.charges(choice), Figure.CO2E_LOCATION)));
    }
    List<String> sentences = new ArrayList<>();
    sentences.add(
        "In quarters of an hour in which all GPUs of a job together were under 5 % busy. The site"
            + " saves the energy only if the GPUs are switched off, or do work that others would"
            + " have waited for.");
    int advised = givenBack.advised();
    if (advised >= 0) {
      sentences.add(
          "%d min is the longest time of these that saves at least half of what 15 min do."
              .formatted(GiveBack.minutes(advised)));
    }
    return new Section(
        "give_back",
        "What if idle GPUs were given back",
        sentences,
        new Table("give_back", columns, rows, null, Table.ALL_ROWS),
        List.of(),
        false);
  }

  /** What if a share of the sites' jobs ran later. */
  static Section laterHours(PeriodData data, boolean hasMoney) {
    List<Column> columns =
        List.of(
            Column.text("site", "Site"),
            Column.of("share", "Share moved", Quantity.RATIO, "of the jobs' energy at most"),
            Column.of("later", "Later by at most", Quantity.DURATION, ""),
            hasMoney
                ? Column.of("cost", "Money saved", Quantity.MONEY, "if moved to lower prices")
                : Column.number(
                    "cost", "Money saved", "", "if moved to lower prices, in the site's currency"),
            Column.of("cost_share", "Of the cost", Quantity.RATIO, "of the jobs' energy"),
            Column.of("co2e", "CO2e saved", Quantity.MASS, "if moved to lower intensities"),
            Column.text("factor", "By"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (SiteUse site : data.sites().values()) {
      Optional<LaterHours> cost = LaterHours.of(site, Figure.COST);
      Optional<LaterHours> marginal = LaterHours.of(site, Figure.CO2E_MARGINAL);
      Optional<LaterHours> carbon =
          marginal.isPresent() ? marginal : LaterHours.of(site, Figure.CO2E_LOCATION);
      if (cost.isPresent() || carbon.isPresent()) {
        for (int share : SHARES) {
          for (int hours : HOURS) {
            rows.add(
                Cells.row(
                    site.site(),
                    BigDecimal.valueOf(share).movePointLeft(2),
                    BigDecimal.valueOf(hours * HOUR_MILLIS),
                    saved(cost, share, hours),
                    costShare(cost, site, share, hours),
                    saved(carbon, share, hours),
                    carbon.isEmpty()
                        ? "not known"
                        : marginal.isPresent() ? "marginal factors" : "average factors"));
          }
        }
      }
    }
    return new Section(
        "later_hours",
        "What if some jobs ran later",
        List.of(
            "Who knows prices and intensities beforehand can save this, each by itself, without"
                + " a higher peak of the site's power. Where marginal factors are not known for"
                + " all hours, average ones are used, which show where power is clean and not"
                + " what a kWh more or less changes."),
        new Table("later_hours", columns, rows, null, Table.ALL_ROWS),
        List.of(),
        false);
  }

  private static @Nullable BigDecimal saved(Optional<LaterHours> what, int share, int hours) {
    return what.map(later -> Cells.number(most(later, share, hours))).orElse(null);
  }

  private static @Nullable BigDecimal costShare(
      Optional<LaterHours> cost, SiteUse site, int share, int hours) {
    double all =
        site.jobCharges().amount(Figure.COST).map(BigDecimal::doubleValue).orElse(Double.NaN);
    return cost.map(later -> Cells.number(most(later, share, hours) / all)).orElse(null);
  }

  /** What can be done within a shorter limit can be done within a longer one. */
  private static double most(LaterHours later, int share, int hours) {
    double most = 0;
    for (int limit : HOURS) {
      if (limit <= hours) {
        most = Math.max(most, later.moved(share, limit).saved());
      }
    }
    return most;
  }

  /** What if the power of GPUs were capped: the curves of the peers with the most energy. */
  static List<Section> powerCurves(List<JobFigures> jobs) {
    List<Map.Entry<List<JobFigures>, PowerCurve>> curves = new ArrayList<>();
    for (List<JobFigures> peers : Advisor.alike(jobs).values()) {
      PowerCurve.of(peers).ifPresent(curve -> curves.add(Map.entry(peers, curve)));
    }
    curves.sort(
        Comparator.comparingDouble(
                (Map.Entry<List<JobFigures>, PowerCurve> curve) -> energy(curve.getKey()))
            .reversed());
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST_CURVES, curves.size()); i++) {
      sections.add(
          powerCurve(
              "power_curve_%d".formatted(i + 1), curves.get(i).getKey(), curves.get(i).getValue()));
    }
    return sections;
  }

  private static double energy(List<JobFigures> jobs) {
    return jobs.stream().mapToDouble(JobFigures::millijoules).sum();
  }

  /** Model, number of GPUs and settings. */
  private static String title(JobFigures job) {
    String settings = job.settings();
    return job.label("model")
        + ", "
        + job.gpus().text()
        + (settings.isEmpty() ? "" : ", " + settings);
  }

  private static Section powerCurve(String name, List<JobFigures> peers, PowerCurve curve) {
    JobFigures any = peers.getFirst();
    List<Column> columns =
        List.of(
            Column.number("power", "Power of a GPU", "W", "median of the jobs"),
            Column.of("jobs", "n", Quantity.COUNT, "jobs"),
            Column.number(
                "work",
                "Work",
                any.unit() + "/GPU s",
                "median of the jobs, made never to fall with power"),
            Column.number(
                "work_per_joule",
                "Work per joule",
                any.unit() + "/J",
                "of GPUs, and of what else the job consumes per GPU"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (PowerCurve.Bin bin : curve.bins()) {
      rows.add(
          Cells.row(
              Cells.number(bin.watts()),
              BigDecimal.valueOf(bin.jobs()),
              Cells.number(bin.rate()),
              Cells.number(bin.workPerJoule())));
    }
    String sentence =
        curve
            .best()
            .map(cap ->
                ("A cap of %s W would save %s, %s of the energy of these jobs; the %d jobs above it"
                        + " would take %s longer. Modelled along the measured curve.")
                    .formatted(
                        Said.number(cap.watts()),
                        Words.energy(cap.saving()),
                        Said.percent(cap.saving() / cap.millijoules()),
                        cap.jobs(),
                        Said.percent(cap.longer())))
            .orElse("No cap would save 2 % by more than the spread of the jobs.");
    return new Section(
        name,
        "What if GPUs were capped: %s".formatted(title(any)),
        List.of(sentence),
        new Table(name, columns, rows, null, Table.ALL_ROWS),
        List.of(
            new Chart(
                Chart.Form.LINES,
                "Work per joule against the power of a GPU",
                "power",
                List.of(new Chart.Series("work_per_joule", Chart.Role.GPU)),
                "")),
        false);
  }
}

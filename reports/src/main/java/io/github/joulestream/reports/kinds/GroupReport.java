// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.reports.advice.Advisor;
import io.github.joulestream.reports.advice.JobFigures;
import io.github.joulestream.reports.advice.JobSteps;
import io.github.joulestream.reports.advice.OwnQuartile;
import io.github.joulestream.reports.advice.WastedJob;
import io.github.joulestream.reports.advice.Words;
import io.github.joulestream.reports.data.JobUse;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A group's own jobs: who used what, how well, and what would have saved energy. */
public final class GroupReport implements ReportKind {
  private static final int MOST_WASTED = 10;
  private static final List<String> METHOD =
      List.of(
          "Energy of a job is that of all devices that it held, by its share, without the energy of"
              + " devices that nobody held.",
          "A GPU is idle while it is under 5 % busy. Held idle is energy of GPUs, beside energy of"
              + " all devices.",
          "Classes are jobs of one label model; without it, of one partition and number of GPUs.",
          "A saving is energy that would not have been booked to these jobs. The site saves it only"
              + " if the devices are switched off, or do work that would have been done later.");

  @Override
  public String name() {
    return "group";
  }

  @Override
  public String summary() {
    return "A group's own jobs, by user and class: how well energy was used, and advice";
  }

  @Override
  public Report make(ReportSource source) {
    PeriodData data = source.of(source.request().period(), ReportSource.Detail.JOBS);
    source.progress("jobs of " + data.period().label());
    List<JobFigures> jobs = JobFigures.of(data.jobList());
    JobSteps steps = JobSteps.read(source, data, jobs);
    Advisor advisor = new Advisor(data, jobs, steps);
    OwnQuartile quartile = new OwnQuartile(jobs);
    GroupShare share = new GroupShare(source, data);
    PeriodTrend trend = PeriodTrend.read(source, data);
    boolean hasMoney = !PeriodFigures.currency(data).isEmpty();

    List<Section> sections = new ArrayList<>();
    GroupTables users =
        tables("users", "Users", Column.text("user", "User"), data, JobUse::user, hasMoney);
    GroupTables classes =
        tables(
            "classes",
            "Classes of jobs",
            Column.text("class", "Class"),
            data,
            JobFigures::classOf,
            hasMoney);
    sections.add(users.use(true));
    sections.add(AdviceSections.advice(advisor, true));
    sections.add(share.section());
    sections.add(users.charges());
    users.work().forEach(sections::add);
    sections.add(classes.use(false));
    sections.add(classes.charges());
    classes.work().forEach(sections::add);
    sections.addAll(new GroupSpread(jobs, advisor).sections());
    sections.add(
        AdviceSections.wasted(
            WastedJob.most(jobs, quartile, steps, advisor, MOST_WASTED), jobs.size(), hasMoney));
    sections.add(AdviceSections.ownQuartile(quartile));
    sections.add(WhatIfSections.giveBack(steps.givenBack(), hasMoney));
    sections.addAll(WhatIfSections.powerCurves(jobs));
    sections.add(trend.section());
    return new Report(
        MetaOf.of(name(), "Energy of a group's jobs", source.request(), data, METHOD),
        headline(data, trend.now(), share),
        trend.tiles(),
        sections);
  }

  private static GroupTables tables(
      String name,
      String title,
      Column first,
      PeriodData data,
      Function<JobUse, String> attribute,
      boolean hasMoney) {
    return new GroupTables(
        name, title, first, new GroupedJobs(data.jobList(), attribute), hasMoney);
  }

  private static String headline(PeriodData data, PeriodFigures now, GroupShare share) {
    BigDecimal energy = now.energy();
    if (energy == null || energy.signum() == 0) {
      return "These jobs used no energy in %s, as far as is known."
          .formatted(data.period().label());
    }
    StringBuilder text = new StringBuilder();
    text.append(
        "%s used %s in %s"
            .formatted(
                Words.count(data.jobCount(), "job"),
                Said.energy(energy.toBigInteger()),
                data.period().label()));
    BigDecimal part = share.share();
    if (part != null) {
      text.append(", %s of what all jobs used".formatted(Said.percent(part.doubleValue())));
    }
    if (now.cost() != null) {
      text.append(", for ").append(Words.money(now.cost().doubleValue(), now.currency()));
    }
    if (now.location() != null) {
      text.append(" and ").append(Words.mass(now.location().doubleValue())).append(" CO2e");
    }
    text.append('.');
    BigDecimal idle = now.heldIdle();
    if (idle != null && idle.signum() > 0) {
      text.append(
          " Of it %s went into GPUs that were held idle%s."
              .formatted(Said.energy(idle.toBigInteger()), cost(data, now)));
    }
    return text.toString();
  }

  private static String cost(PeriodData data, PeriodFigures now) {
    return now.currency().isEmpty()
        ? ""
        : data.jobs()
            .heldIdle()
            .amount(Figure.COST)
            .map(cost -> ", for " + Words.money(cost.doubleValue(), now.currency()))
            .orElse("");
  }
}

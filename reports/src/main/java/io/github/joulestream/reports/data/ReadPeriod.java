// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.energy.grid.StepFactors;
import io.github.joulestream.reports.data.ReportSource.Detail;
import io.github.joulestream.reports.model.Factor;
import io.github.joulestream.reports.period.Period;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A period as it was read out of the store. */
final class ReadPeriod implements PeriodData {
  private static final JobAmount[] KINDS = {
    JobAmount.GPU_MILLIJOULES,
    JobAmount.CPU_MILLIJOULES,
    JobAmount.MEMORY_MILLIJOULES,
    JobAmount.STORAGE_MILLIJOULES
  };
  private static final String REST_OF_NODE = "REST_OF_NODE";

  private final Period period;
  private final Detail detail;
  private final SortedMap<String, SiteLedger> sites;
  private final Map<String, JobSteps> steps;
  private final Map<GroupKey, Use> groups;
  private final @Nullable JobLines lines;
  private final LongSupplier jobCount;
  private final boolean hasAllJobs;
  private final List<Factor> factors;
  private final List<String> notes;
  private final Map<Grouping, SortedMap<String, Use>> groupings = new HashMap<>();
  private @Nullable Use jobs;
  private @Nullable List<JobUse> jobList;

  /** Whose jobs' rows were added up. */
  record GroupKey(String site, String user, String project) {}

  /**
   * A period.
   *
   * @param steps of jobs, by site; empty if jobs were not read
   * @param groups by site, user and project; empty if jobs were read one by one, or not at all
   * @param lines each job; null if they were not read one by one
   * @param hasAllJobs whether groups or lines are of all jobs
   */
  ReadPeriod(
      Period period,
      Detail detail,
      SortedMap<String, SiteLedger> sites,
      Map<String, JobSteps> steps,
      Map<GroupKey, Use> groups,
      @Nullable JobLines lines,
      LongSupplier jobCount,
      boolean hasAllJobs) {
    this.period = period;
    this.detail = detail;
    this.sites = sites;
    this.steps = steps;
    this.groups = groups;
    this.lines = lines;
    this.jobCount = jobCount;
    this.hasAllJobs = hasAllJobs;
    this.factors = FactorTexts.of(sites.values());
    List<String> allNotes = new ArrayList<>(LedgerNotes.of(sites.values()));
    BigInteger difference = difference();
    if (difference.signum() != 0) {
      allNotes.add(
          ("Measured energy less jobs less idle is %s mJ and not 0: quarters of an hour of jobs are"
                  + " not in the store, or not yet.")
              .formatted(difference));
    }
    this.notes = List.copyOf(allNotes);
  }

  /** How much of it was read. */
  Detail detail() {
    return detail;
  }

  @Override
  public Period period() {
    return period;
  }

  @Override
  public SortedMap<String, SiteUse> sites() {
    SortedMap<String, SiteUse> withLedger = new TreeMap<>(sites);
    sites.forEach((site, ledger) -> {
      if (ledger.presentSteps() == 0) {
        withLedger.remove(site);
      }
    });
    return Collections.unmodifiableSortedMap(withLedger);
  }

  @Override
  public SortedMap<String, Use> by(Grouping grouping) {
    if (detail == Detail.SITES) {
      throw new IllegalStateException("jobs of %s were not read".formatted(period.label()));
    }
    return groupings.computeIfAbsent(grouping, this::added);
  }

  private SortedMap<String, Use> added(Grouping grouping) {
    return switch (grouping.by()) {
      case USER, PROJECT, SITE -> lines == null ? ofGroups(grouping) : ofLines(grouping, lines);
      case PARTITION, LABEL, JOB -> ofLines(grouping, jobLines());
      case DAY -> ofDays();
      case KIND -> ofKinds();
      case NODE -> throw new IllegalArgumentException("jobs are not known by node");
    };
  }

  private JobLines jobLines() {
    if (lines == null) {
      throw new IllegalStateException("jobs of %s were not read".formatted(period.label()));
    }
    return lines;
  }

  private SortedMap<String, Use> ofGroups(Grouping grouping) {
    Function<GroupKey, String> name =
        switch (grouping.by()) {
          case USER -> GroupKey::user;
          case PROJECT -> GroupKey::project;
          default -> GroupKey::site;
        };
    SortedMap<String, Use> uses = new TreeMap<>();
    groups.forEach((key, use) -> use(uses, name.apply(key)).add(use));
    return uses;
  }

  private static SortedMap<String, Use> ofLines(Grouping grouping, JobLines of) {
    SortedMap<String, Use> uses = new TreeMap<>();
    for (int line = 0; line < of.size(); line++) {
      String name =
          switch (grouping.by()) {
            case USER -> of.details(line).user();
            case PROJECT -> of.details(line).project();
            case PARTITION -> of.details(line).partition();
            case LABEL -> of.details(line).labels().getOrDefault(grouping.label(), "");
            case JOB -> of.site(line) + "/" + of.job(line);
            default -> of.site(line);
          };
      of.addTo(use(uses, name), line);
    }
    return uses;
  }

  private static Use use(SortedMap<String, Use> uses, String name) {
    return uses.computeIfAbsent(name, n -> new Use());
  }

  private SortedMap<String, Use> ofDays() {
    SortedMap<String, Use> uses = new TreeMap<>();
    Days days = new Days(period);
    steps.forEach((site, of) -> {
      SiteLedger ledger = ledger(site);
      for (int step = 0; step < ledger.steps(); step++) {
        Totals<JobAmount> totals = of.at(step);
        if (!totals.isZero()) {
          use(uses, days.of(ledger.from() + (long) step * ledger.stepMillis()))
              .add(totals, ledger.factors(step));
        }
      }
    });
    return uses;
  }

  /** Kinds of devices can contain each other: what is not of a kind of its own is the rest. */
  private SortedMap<String, Use> ofKinds() {
    SortedMap<String, Use> uses = new TreeMap<>();
    steps.forEach((site, of) -> {
      SiteLedger ledger = ledger(site);
      for (int step = 0; step < ledger.steps(); step++) {
        long rest = of.at(step, JobAmount.TOTAL_MILLIJOULES);
        for (JobAmount kind : KINDS) {
          long energy = of.at(step, kind);
          rest -= energy;
          long held =
              kind == JobAmount.GPU_MILLIJOULES ? of.at(step, JobAmount.HELD_IDLE_MILLIJOULES) : 0;
          addEnergy(uses, kindName(kind), kind, energy, held, ledger.factors(step));
        }
        addEnergy(uses, REST_OF_NODE, null, rest, 0, ledger.factors(step));
      }
    });
    return uses;
  }

  private static String kindName(JobAmount kind) {
    return kind.name().substring(0, kind.name().indexOf('_'));
  }

  private static void addEnergy(
      SortedMap<String, Use> uses,
      String name,
      @Nullable JobAmount kind,
      long energy,
      long held,
      StepFactors factors) {
    if (energy == 0) {
      return;
    }
    Totals<JobAmount> totals =
        Totals.ofJob()
            .add(JobAmount.TOTAL_MILLIJOULES, energy)
            .add(JobAmount.HELD_IDLE_MILLIJOULES, held);
    if (kind != null) {
      totals.set(kind, energy);
    }
    use(uses, name).add(totals, factors);
  }

  private SiteLedger ledger(String site) {
    SiteLedger ledger = sites.get(site);
    if (ledger == null) {
      throw new IllegalStateException("no ledger of " + site);
    }
    return ledger;
  }

  @Override
  public Use jobs() {
    Use all = jobs;
    if (all == null) {
      all = new Use();
      by(Grouping.of(Grouping.By.SITE)).values().forEach(all::add);
      jobs = all;
    }
    return all;
  }

  @Override
  public List<JobUse> jobList() {
    List<JobUse> list = jobList;
    if (list == null) {
      list = jobLines().list();
      jobList = list;
    }
    return list;
  }

  @Override
  public BigInteger difference() {
    ExactSum difference = new ExactSum();
    for (SiteLedger ledger : sites.values()) {
      difference.add(ledger.sum(SiteAmount.MEASURED_TOTAL_MILLIJOULES));
      difference.subtract(ledger.sum(SiteAmount.IDLE_TOTAL_MILLIJOULES));
      if (!hasAllJobs) {
        difference.subtract(ledger.sum(SiteAmount.JOBS_TOTAL_MILLIJOULES));
      }
    }
    if (hasAllJobs) {
      difference.subtract(jobs().sum(JobAmount.TOTAL_MILLIJOULES));
    }
    return difference.value();
  }

  @Override
  public long jobCount() {
    return lines == null ? jobCount.getAsLong() : lines.jobCount();
  }

  @Override
  public List<Factor> factors() {
    return factors;
  }

  @Override
  public List<String> notes() {
    return notes;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Advice for classes of jobs: at most three sentences for each, those that save most. A class of
 * under {@link Spread#FEWEST} jobs gets none, and nothing is advised that saves under 2 % of its
 * energy, or of its money or emissions where it is about hours.
 */
public final class Advisor {
  private static final int MOST = 3;
  private static final double LEAST_SAVING = 0.02;
  private static final double SMALL = 0.001;
  private static final long HOUR_MILLIS = 3_600_000;

  private final PeriodData data;
  private final JobSteps steps;
  private final boolean hasPrice;
  private final SortedMap<String, List<JobFigures>> classes = new TreeMap<>();
  private final SortedMap<String, List<Advice>> advice = new TreeMap<>();
  private final Map<String, Settings.Finding> settings = new HashMap<>();

  /** On these jobs. */
  public Advisor(PeriodData data, List<JobFigures> jobs, JobSteps steps) {
    this.data = data;
    this.steps = steps;
    // amounts of several currencies have no sum
    this.hasPrice = 1 == data.sites().values().stream().map(SiteUse::currency).distinct().count();
    for (JobFigures job : jobs) {
      classes.computeIfAbsent(job.jobClass(), key -> new ArrayList<>()).add(job);
    }
    classes.forEach((name, members) -> {
      if (members.size() >= Spread.FEWEST) {
        advice.put(name, ofClass(name, members));
      }
    });
  }

  /** Jobs by class. */
  public SortedMap<String, List<JobFigures>> classes() {
    return classes;
  }

  /** All advice, that which saves most energy first. */
  public List<Advice> all() {
    List<Advice> all = new ArrayList<>();
    advice.values().forEach(all::addAll);
    all.sort(Comparator.comparing(Advice::millijoules).reversed());
    return all;
  }

  private List<Advice> ofClass(String name, List<JobFigures> members) {
    List<Advice> found = new ArrayList<>();
    heldIdle(name, members).ifPresent(found::add);
    fewerGpus(name, members).ifPresent(found::add);
    setting(name, members).ifPresent(found::add);
    powerCap(name, members).ifPresent(found::add);
    found.sort(Comparator.comparing(Advice::millijoules).reversed());
    hours(name, members).ifPresent(found::add);
    return List.copyOf(found.subList(0, Math.min(MOST, found.size())));
  }

  private Optional<Advice> heldIdle(String name, List<JobFigures> members) {
    GiveBack givenBack = steps.givenBack(name);
    int choice = givenBack.advised();
    if (choice < 0) {
      return Optional.empty();
    }
    Charges saved = givenBack.charges(choice);
    double held = sum(members, JobFigures::heldMillis);
    long idleJobs = members.stream().filter(job -> steps.idle(job) != null).count();
    double millijoules = saved.energy().doubleValue();
    if (!isWorthwhile(millijoules, members)) {
      return Optional.empty();
    }
    int minutes = GiveBack.minutes(choice);
    return Optional.of(
        new Advice(
            name,
            Advice.Topic.HELD_IDLE,
            ("Jobs used none of their GPUs for %s of the GPU time that they held:"
                    + " give GPUs back after %d minutes without use.")
                .formatted(Said.percent(givenBack.gpuMillis(0) / held), minutes),
            new BigDecimal(saved.energy().value()),
            hasPrice ? saved.amount(Charges.Figure.COST).orElse(null) : null,
            saved.amount(Charges.Figure.CO2E_LOCATION).orElse(null),
            members.size(),
            ("%s of %s GPU hours idle, in quarters of an hour in which all GPUs of a"
                    + " job were under 5 %% busy; %s of them after %d min; in %d of %s")
                .formatted(
                    hours((double) givenBack.gpuMillis(0)),
                    hours(held),
                    hours((double) givenBack.gpuMillis(choice)),
                    minutes,
                    idleJobs,
                    Words.count(members.size(), "job"))));
  }

  private Optional<Advice> fewerGpus(String name, List<JobFigures> members) {
    double millijoules = 0;
    double cost = 0;
    double grams = 0;
    int jobs = 0;
    for (JobFigures job : members) {
      IdleTime idle = steps.idle(job);
      double part =
          job.gpus().compareTo(GpuCount.ONE) <= 0 || job.gpus() == GpuCount.UNKNOWN
              ? 0
              : job.heldIdleMillijoules() - (idle == null ? 0 : idle.millijoules());
      if (part > 0) {
        millijoules += part;
        cost += part * job.idleCost();
        grams += part * job.idleGrams();
        jobs++;
      }
    }
    if (!isWorthwhile(millijoules, members)) {
      return Optional.empty();
    }
    double gpus = sum(members, JobFigures::gpuMillijoules);
    return Optional.of(
        new Advice(
            name,
            Advice.Topic.FEWER_GPUS,
            ("GPUs that were idle while their job used others consumed %s of the GPU"
                    + " energy: ask for fewer GPUs, or give each of them work.")
                .formatted(Said.percent(millijoules / gpus)),
            Rate.whole(millijoules),
            money(cost),
            Rate.decimal(grams),
            members.size(),
            ("%s of %s of GPUs under 5 %% busy, outside the quarters of an hour in"
                    + " which all GPUs of the job were; in %d of %s")
                .formatted(
                    Words.energy(millijoules),
                    Words.energy(gpus),
                    jobs,
                    Words.count(members.size(), "job"))));
  }

  private Optional<Advice> setting(String name, List<JobFigures> members) {
    Optional<Settings.Finding> best = Settings.best(members);
    if (best.isEmpty() || !isWorthwhile(best.get().saving(), members)) {
      return Optional.empty();
    }
    Settings.Finding finding = best.get();
    settings.put(name, finding);
    double cost = 0;
    double grams = 0;
    for (Settings.Saver saver : finding.savers()) {
      cost += saver.saving() * saver.job().cost();
      grams += saver.saving() * saver.job().grams();
    }
    Difference difference = finding.difference();
    return Optional.of(
        new Advice(
            name,
            Advice.Topic.SETTING,
            ("Jobs with %s %s do %s times the %s per joule of those with %s: use %s"
                    + " %s where the result allows it.")
                .formatted(
                    finding.label(),
                    finding.best(),
                    Said.number(difference.ratio()),
                    finding.unit(),
                    finding.worse(),
                    finding.label(),
                    finding.best()),
            Rate.whole(finding.saving()),
            money(cost),
            Rate.decimal(grams),
            members.size(),
            ("medians of %s and %s %s/J over %d and %d jobs of one model, number of"
                    + " GPUs and phase; 95 %% interval of the ratio %s to %s; probability of"
                    + " chance %s")
                .formatted(
                    Said.number(finding.bestMedian()),
                    Said.number(finding.bestMedian() / difference.ratio()),
                    finding.unit(),
                    finding.bestJobs(),
                    finding.worseJobs(),
                    Said.number(difference.low()),
                    Said.number(difference.high()),
                    probability(difference.probability()))));
  }

  private Optional<Advice> powerCap(String name, List<JobFigures> members) {
    PowerCurve.Cap best = null;
    int jobs = 0;
    for (List<JobFigures> peers : alike(members).values()) {
      Optional<PowerCurve.Cap> cap = PowerCurve.of(peers).flatMap(PowerCurve::best);
      if (cap.isPresent() && (best == null || cap.get().saving() > best.saving())) {
        best = cap.get();
        jobs = peers.size();
      }
    }
    if (best == null || !isWorthwhile(best.saving(), members)) {
      return Optional.empty();
    }
    double saving = best.saving();
    return Optional.of(
        new Advice(
            name,
            Advice.Topic.POWER_CAP,
            ("At %s W per GPU a joule does %s times the work that it does at the"
                    + " highest power: try a power cap of %s W; runs above it would take %s"
                    + " longer.")
                .formatted(
                    Said.number(best.watts()),
                    Said.number(best.gain()),
                    Said.number(best.watts()),
                    Said.percent(best.longer())),
            Rate.whole(saving),
            money(saving * mean(members, JobFigures::cost)),
            Rate.decimal(saving * mean(members, JobFigures::grams)),
            members.size(),
            ("modelled on the measured power and work of %d jobs of one model, unit"
                    + " and number of GPUs; %d of them are over the cap")
                .formatted(jobs, best.jobs())));
  }

  /** Jobs whose work per joule can be compared, by {@link JobFigures#peers}. */
  public static SortedMap<String, List<JobFigures>> peers(List<JobFigures> members) {
    return by(members, JobFigures::peers);
  }

  /** Of those the jobs whose settings are the same, too. */
  public static SortedMap<String, List<JobFigures>> alike(List<JobFigures> members) {
    return by(members, job -> job.peers().isEmpty() ? "" : job.peers() + "\n" + job.settings());
  }

  private static SortedMap<String, List<JobFigures>> by(
      List<JobFigures> members, Function<JobFigures, String> key) {
    SortedMap<String, List<JobFigures>> by = new TreeMap<>();
    for (JobFigures job : members) {
      String of = key.apply(job);
      if (!of.isEmpty()) {
        by.computeIfAbsent(of, name -> new ArrayList<>()).add(job);
      }
    }
    return by;
  }

  /** Of the site at which it saves most; by money, or by emissions where there is no price. */
  private Optional<Advice> hours(String name, List<JobFigures> members) {
    Load load = steps.loads().get(name);
    Advice best = null;
    double most = 0;
    if (load != null) {
      for (Map.Entry<String, long[]> ofSite : load.millijoules().entrySet()) {
        SiteUse site = data.sites().get(ofSite.getKey());
        Optional<Shifted> shifted =
            site == null ? Optional.empty() : Shifted.of(site, ofSite.getValue());
        if (shifted.isPresent()
            && shifted.get().share() >= LEAST_SAVING
            && shifted.get().share() > most) {
          most = shifted.get().share();
          best = shifted.get().advice(name, members.size(), hasPrice);
        }
      }
    }
    return Optional.ofNullable(best);
  }

  private static String probability(double value) {
    return value < SMALL ? "under 0.001" : Said.number(value);
  }

  private @Nullable BigDecimal money(double cost) {
    return hasPrice ? Rate.decimal(cost) : null;
  }

  private static String hours(double millis) {
    return Said.number(millis / HOUR_MILLIS);
  }

  private static double sum(List<JobFigures> members, ToDoubleFunction<JobFigures> figure) {
    return members.stream().mapToDouble(figure).sum();
  }

  /** Of a figure for a mJ, weighted by energy; NaN if it is not known of all. */
  private static double mean(List<JobFigures> members, ToDoubleFunction<JobFigures> figure) {
    double sum = 0;
    for (JobFigures job : members) {
      if (job.millijoules() > 0) {
        sum += job.millijoules() * figure.applyAsDouble(job);
      }
    }
    return sum / sum(members, JobFigures::millijoules);
  }

  private static boolean isWorthwhile(double millijoules, List<JobFigures> members) {
    return millijoules > 0 && millijoules >= LEAST_SAVING * sum(members, JobFigures::millijoules);
  }

  /** The setting that jobs of a class should have; empty if none is better by more than noise. */
  Optional<Settings.Finding> setting(String jobClass) {
    return Optional.ofNullable(settings.get(jobClass));
  }
}

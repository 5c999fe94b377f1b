// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Sections of the jobs whose work is of one unit. */
public final class WorkSections {
  private static final int SHOWN_PAIRS = 12;
  private static final int SHOWN_JOBS = 25;

  /** A table of jobs has these with the most energy; groups are of all. */
  static final int MOST_JOBS = 10_000;

  private static final Column MODEL = Column.text("model", "Model");
  private static final Column SETTING = Column.text("setting", "Setting");
  private static final List<Integer> PERCENTILES = List.of(5, 25, 50, 75, 95);

  private final WorkGroups groups;
  private final String unit;
  private final String name;
  private final List<WorkGroup> ofUnit;
  private final List<WorkPair> pairs;

  /**
   * Of a unit.
   *
   * @param unit not empty
   */
  public WorkSections(WorkGroups groups, String unit) {
    this.groups = groups;
    this.unit = unit;
    this.name = unit.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
    this.ofUnit = groups.of(unit);
    this.pairs = WorkPair.of(groups, unit);
  }

  /** All sections that have something to show. */
  public List<Section> all() {
    List<Section> sections = new ArrayList<>();
    sections.add(summary());
    if (!pairs.isEmpty()) {
      sections.add(sideBySide());
    }
    if (ofUnit.stream().anyMatch(group -> group.wattsPerGpu().isPresent())) {
      sections.add(running());
    }
    if (ofUnit.stream().anyMatch(group -> group.billions(EndedJob.PARAMS_TOTAL).isPresent())) {
      sections.add(sizes());
    }
    if (ofUnit.stream().anyMatch(group -> group.counted().size() >= Quantiles.FEWEST)) {
      sections.add(spread());
    }
    sections.add(jobs());
    return sections;
  }

  private String perJoule() {
    return unit + "/J";
  }

  /** The unit of one: {@code token}. */
  private String one() {
    return unit.endsWith("ies")
        ? unit.substring(0, unit.length() - 3) + "y"
        : unit.length() > 2 && unit.endsWith("s") ? unit.substring(0, unit.length() - 1) : unit;
  }

  private Section summary() {
    List<Column> columns =
        List.of(
            MODEL,
            SETTING,
            Column.of("jobs", "Jobs", Quantity.COUNT, "ended, with work of this unit"),
            Column.of("of_jobs", "Of", Quantity.COUNT, "all of this group that ended"),
            Column.number(
                "work_per_joule",
                "Work per joule",
                perJoule(),
                "work of all counted jobs over energy of all their devices"),
            Column.number("joules_per_unit", "Energy per unit", "J/" + one(), "the inverse"),
            Column.of("energy", "Energy", Quantity.ENERGY, "of the whole jobs"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (WorkGroup group : ofUnit) {
      OptionalDouble perJoule = group.workPerJoule();
      rows.add(
          row(
              group,
              count(group.jobs().size()),
              count(group.ofJobs()),
              decimal(perJoule),
              decimal(inverse(perJoule)),
              new BigDecimal(group.energy().value())));
    }
    return new Section(
        "work_" + name,
        "Work per joule: " + unit,
        summarySentences(),
        new Table("work_" + name, columns, rows, null, SHOWN_JOBS),
        List.of(),
        true);
  }

  private List<String> summarySentences() {
    List<String> sentences = new ArrayList<>();
    ofUnit.stream()
        .filter(group -> group.workPerJoule().isPresent())
        .max(Comparator.comparingDouble(group -> group.workPerJoule().orElseThrow()))
        .ifPresent(best ->
            sentences.add(
                "Most work per joule: %s, %s %s."
                    .formatted(
                        best.key().text(groups.groupings()),
                        Said.number(best.workPerJoule().orElseThrow()),
                        perJoule())));
    long leftOut =
        ofUnit.stream().mapToLong(group -> group.jobs().size() - group.counted().size()).sum();
    if (leftOut > 0) {
      sentences.add(
          "%d %s no part in work per joule: less than %s of the device time has known energy."
              .formatted(
                  leftOut,
                  leftOut == 1 ? "job has" : "jobs have",
                  Said.percent(EndedJob.LEAST_COVERAGE)));
    }
    return sentences;
  }

  /** Groups side by side, the most important first. */
  public List<WorkPair> pairs() {
    return pairs;
  }

  /** The group with the most energy that has work per joule. */
  public Optional<WorkGroup> largest() {
    return ofUnit.stream().filter(group -> group.workPerJoule().isPresent()).findFirst();
  }

  /** The unit of the work. */
  public String unit() {
    return unit;
  }

  private Section sideBySide() {
    List<Column> columns =
        List.of(
            Column.text("first", "First"),
            Column.text("second", "Second"),
            Column.number("ratio", "Ratio", "", "work per joule of the first over the second"),
            Column.number(
                "ratio_low",
                "From",
                "",
                "lower end of the 95 % interval of the ratio, jobs resampled; from 5 jobs each on"),
            Column.number("ratio_high", "To", "", "its upper end"),
            Column.of(
                "chance",
                "Chance",
                Quantity.RATIO,
                "how often groups without a difference are as far apart: test of Mann and Whitney,"
                    + " two-sided"),
            new Column(
                "verdict",
                "In a word",
                Quantity.TEXT,
                "",
                "more than noise: the chance is at most 5 %"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    List<String> sentences = new ArrayList<>();
    List<String> common = notKnownOfAny();
    for (WorkPair pair : pairs) {
      Comparison comparison = pair.comparison();
      rows.add(
          Arrays.asList(
              pair.first(),
              pair.second(),
              Said.decimal(comparison.ratio()),
              decimal(comparison.low()),
              decimal(comparison.high()),
              comparison.word() == Comparison.Word.ONE_RUN
                  ? null
                  : Said.decimal(comparison.probability()),
              String.join("; ", all(comparison.word().text(), own(pair, common)))));
    }
    sentences.add(sentence(pairs.getFirst()));
    sentences.add(
        "Two groups can be compared only at equal hardware, precision, task and latency; what is not"
            + " equal, or not known, is said in each line. Latency is not measured.");
    if (!common.isEmpty()) {
      sentences.add("Of all of them: %s.".formatted(String.join(", ", common)));
    }
    return new Section(
        "pairs_" + name,
        "Side by side: " + perJoule(),
        sentences,
        new Table("pairs_" + name, columns, rows, null, SHOWN_PAIRS),
        List.of(),
        true);
  }

  /** What is not known of any pair: it is said once, and not in each line. */
  private List<String> notKnownOfAny() {
    List<String> common =
        new ArrayList<>(
            pairs.getFirst().limits().stream()
                .filter(limit -> limit.endsWith(WorkPair.NOT_KNOWN))
                .toList());
    List<WorkPair> ofGroups =
        pairs.stream().filter(pair -> !pair.limits().equals(List.of(WorkPair.SEVERAL))).toList();
    ofGroups.forEach(pair -> common.removeIf(limit -> !pair.limits().contains(limit)));
    return ofGroups.size() <= 1 ? List.of() : common;
  }

  private static List<String> own(WorkPair pair, List<String> common) {
    return pair.limits().stream().filter(limit -> !common.contains(limit)).toList();
  }

  /** A pair in a sentence. */
  public static String sentence(WorkPair pair) {
    Comparison comparison = pair.comparison();
    String ratio =
        "%s against %s: %s times the work per joule"
            .formatted(pair.first(), pair.second(), Said.number(comparison.ratio()));
    return switch (comparison.word()) {
      case ONE_RUN ->
          ratio
              + ". With one run on a side nothing is known of its spread, so the figures do not show"
              + " whether this is more than noise.";
      case TOO_FEW_RUNS ->
          "%s. So few runs cannot show more than noise: even if all of one are above all of the"
                  .formatted(ratio)
              + " other, that happens by chance in %s of cases."
                  .formatted(
                      Said.percent(
                          RankTest.leastProbability(comparison.first(), comparison.second())));
      case MORE_THAN_NOISE ->
          "%s. This is more than noise: without a difference it happens in %s of cases."
              .formatted(ratio, Said.percent(comparison.probability()));
      case WITHIN_NOISE ->
          "%s. This is within noise: without a difference it happens in %s of cases."
              .formatted(ratio, Said.percent(comparison.probability()));
    };
  }

  private Section running() {
    List<Column> columns =
        List.of(
            MODEL,
            SETTING,
            Column.number(
                "throughput_per_gpu", "Throughput per GPU", unit + "/s", "work over GPU time held"),
            Column.number(
                "watts_per_gpu",
                "Power per GPU",
                "W",
                "energy of all devices of the jobs over GPU time held"),
            Column.of("gpu_busy", "GPU use", Quantity.RATIO, "GPU time busy over GPU time held"),
            Column.of(
                "held_idle",
                "Held idle",
                Quantity.RATIO,
                "energy of GPUs under 5 % use over all energy of the jobs"),
            Column.of(
                "held_idle_energy", "Held idle energy", Quantity.ENERGY, "the energy itself"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (WorkGroup group : ofUnit) {
      rows.add(
          row(
              group,
              decimal(group.throughputPerGpu()),
              decimal(group.wattsPerGpu()),
              ratio(group, EndedJob::gpuBusyMillis, EndedJob::gpuHeldMillis),
              ratio(group, EndedJob::heldIdleMillijoules, EndedJob::millijoules),
              // without GPUs that are read one by one it is not known whether they idled
              group.sum(EndedJob::gpuHeldMillis).isZero()
                  ? null
                  : new BigDecimal(group.sum(EndedJob::heldIdleMillijoules).value())));
    }
    return new Section(
        "running_" + name,
        "How they ran: " + unit,
        List.of(),
        new Table("running_" + name, columns, rows, null, SHOWN_JOBS),
        List.of(),
        false);
  }

  private static @Nullable BigDecimal ratio(
      WorkGroup group, ToLongFunction<EndedJob> part, ToLongFunction<EndedJob> of) {
    double whole = group.sum(of).doubleValue();
    return whole > 0 && !group.sum(EndedJob::gpuHeldMillis).isZero()
        ? Said.decimal(group.sum(part).doubleValue() / whole)
        : null;
  }

  private Section sizes() {
    List<Column> columns =
        List.of(
            MODEL,
            SETTING,
            Column.number("params_total", "Parameters", "billion", "label params_total"),
            Column.number(
                "params_active",
                "Active",
                "billion",
                "label params_active: those that take part in one token"),
            Column.text("experts", "Experts"),
            Column.number(
                "joules_per_active_billion",
                "Energy per active billion",
                "J/(%s·billion)".formatted(one()),
                "energy per unit over billions of active parameters"),
            Column.number(
                "joules_per_total_billion",
                "Energy per billion",
                "J/(%s·billion)".formatted(one()),
                "energy per unit over billions of all parameters"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (WorkGroup group : ofUnit) {
      OptionalDouble joules = inverse(group.workPerJoule());
      BigDecimal total = group.billions(EndedJob.PARAMS_TOTAL).orElse(null);
      BigDecimal active = group.billions(EndedJob.PARAMS_ACTIVE).orElse(null);
      if (total != null || active != null) {
        rows.add(
            row(group, total, active, experts(group), per(joules, active), per(joules, total)));
      }
    }
    return new Section(
        "sizes_" + name,
        "By size of the model: " + unit,
        List.of(
            "Parameters are as the jobs' labels have them. Energy per active billion is the fairer"
                + " measure of the hardware, energy per unit that of the result."),
        new Table("sizes_" + name, columns, rows, null, SHOWN_JOBS),
        List.of(),
        false);
  }

  private static @Nullable String experts(WorkGroup group) {
    String all = group.label(EndedJob.EXPERTS);
    String active = group.label(EndedJob.EXPERTS_ACTIVE);
    return all.isEmpty() ? null : active.isEmpty() ? all : active + " of " + all;
  }

  private static @Nullable BigDecimal per(OptionalDouble joules, @Nullable BigDecimal billions) {
    return billions == null || joules.isEmpty()
        ? null
        : Said.decimal(joules.getAsDouble() / billions.doubleValue());
  }

  private Section spread() {
    List<Column> columns = new ArrayList<>();
    columns.add(Column.text("group", "Group"));
    columns.add(Column.of("jobs", "Jobs", Quantity.COUNT, "that count"));
    for (int percentile : PERCENTILES) {
      columns.add(
          Column.number(
              "p" + percentile,
              "p" + percentile,
              perJoule(),
              "%d %% of the jobs are at or below".formatted(percentile)));
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (WorkGroup group : ofUnit) {
      Quantiles quantiles = Quantiles.of(group.eachPerJoule());
      if (quantiles.size() >= Quantiles.FEWEST) {
        List<@Nullable Object> row = new ArrayList<>();
        row.add(group.key().text(groups.groupings()));
        row.add(count(quantiles.size()));
        PERCENTILES.forEach(percentile -> row.add(decimal(quantiles.at(percentile))));
        rows.add(row);
      }
    }
    return new Section(
        "spread_" + name,
        "Spread over jobs: " + perJoule(),
        List.of(
            "Each job counts the same, whatever its size. Groups of under %d jobs have no percentiles."
                .formatted(Quantiles.FEWEST)),
        new Table("spread_" + name, columns, rows, null, SHOWN_JOBS),
        List.of(),
        false);
  }

  private Section jobs() {
    List<EndedJob> jobs =
        ofUnit.stream()
            .flatMap(group -> group.jobs().stream())
            .sorted(
                Comparator.comparingLong(EndedJob::millijoules)
                    .reversed()
                    .thenComparing(EndedJob.BY_ID))
            .limit(MOST_JOBS)
            .toList();
    boolean gpusKnown = jobs.stream().anyMatch(job -> job.gpuMillis() > 0);
    List<Column> columns =
        List.of(
            Column.text("job", "Job"),
            MODEL,
            Column.text("arch", "Architecture"),
            Column.number("work", "Work", unit, ""),
            Column.of("energy", "Energy", Quantity.ENERGY, "of the whole job"),
            gpusKnown
                ? Column.number(
                    "throughput_per_gpu",
                    "Throughput per GPU",
                    unit + "/s",
                    "work over GPU time held")
                : Column.number(
                    "throughput",
                    "Throughput",
                    unit + "/s",
                    "of the whole job: how many GPUs it had is not known"),
            Column.number("joules_per_unit", "Energy per unit", "J/" + one(), ""));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (EndedJob job : jobs) {
      boolean counts = job.countsForWork();
      double millis = gpusKnown ? job.gpuMillis() : job.millis();
      rows.add(
          Arrays.asList(
              job.key(),
              text(job.label(EndedJob.MODEL)),
              text(job.label(EndedJob.ARCH)),
              Said.decimal(job.work()),
              BigDecimal.valueOf(job.millijoules()),
              millis > 0 ? Said.decimal(job.work() / (millis / 1e3)) : null,
              counts ? Said.decimal(job.joules() / job.work()) : null));
    }
    String throughput = gpusKnown ? "throughput_per_gpu" : "throughput";
    return new Section(
        "jobs_" + name,
        "Jobs: " + unit,
        leftOut(ofUnit.stream().mapToInt(group -> group.jobs().size()).sum()),
        new Table("jobs_" + name, columns, rows, null, SHOWN_JOBS),
        List.of(
            new Chart(
                Chart.Form.SCATTER,
                "Energy per unit of work against throughput%s: lower right is better"
                    .formatted(gpusKnown ? " per GPU" : ""),
                throughput,
                List.of(new Chart.Series("joules_per_unit", Chart.Role.OTHER)),
                "arch")),
        false);
  }

  /** Says that a table has not all jobs. */
  static List<String> leftOut(int jobs) {
    return jobs <= MOST_JOBS
        ? List.of()
        : List.of(
            "The %d of %d jobs with the most energy; the groups are of all."
                .formatted(MOST_JOBS, jobs));
  }

  private static @Nullable String text(String label) {
    return label.isEmpty() ? null : label;
  }

  private List<@Nullable Object> row(WorkGroup group, @Nullable Object... values) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(group.key().name());
    row.add(text(group.key().setting(groups.groupings())));
    row.addAll(Arrays.asList(values));
    return row;
  }

  private static List<String> all(String first, List<String> others) {
    List<String> all = new ArrayList<>();
    all.add(first);
    all.addAll(others);
    return all;
  }

  private static OptionalDouble inverse(OptionalDouble value) {
    return value.isPresent() && value.getAsDouble() > 0
        ? OptionalDouble.of(1 / value.getAsDouble())
        : OptionalDouble.empty();
  }

  private static @Nullable BigDecimal decimal(OptionalDouble value) {
    return value.isPresent() ? Said.decimal(value.getAsDouble()) : null;
  }

  private static BigDecimal count(long count) {
    return BigDecimal.valueOf(count);
  }
}

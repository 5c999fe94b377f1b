// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.StoreReportSource;
import io.github.joulestream.reports.fixture.GeneratedHistory;
import io.github.joulestream.reports.fixture.GeneratedJob;
import io.github.joulestream.reports.fixture.HistoryShape;
import io.github.joulestream.reports.fixture.RequestFixture;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.period.Period;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ModelsReportTest {
  private static final Instant FROM = Instant.parse("2026-09-20T00:00:00Z");
  private static final Instant TO = Instant.parse("2026-11-05T00:00:00Z");
  private static final Period OCTOBER =
      RequestFixture.days("2026-10", "2026-10-01", "2026-11-01", "Europe/Berlin");

  private static Report make(GeneratedHistory history, ReportRequest request) {
    return new ModelsReport().make(new StoreReportSource(history, request, what -> {}));
  }

  private static ReportRequest request() {
    return RequestFixture.of(OCTOBER, TO, "east", "west");
  }

  private static Table table(Report report, String name) {
    return report.sections().stream()
        .map(Section::table)
        .filter(Objects::nonNull)
        .filter(table -> table.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no table " + name));
  }

  private static @Nullable Object at(Table table, int row, String column) {
    return table.rows().get(row).get(table.indexOf(column));
  }

  private static double number(Table table, int row, String column) {
    return ((BigDecimal) Objects.requireNonNull(at(table, row, column), column)).doubleValue();
  }

  private static BigInteger energy(GeneratedHistory history, GeneratedJob job) {
    return history.quarters(job).values().stream()
        .map(totals -> BigInteger.valueOf(totals.get(JobAmount.TOTAL_MILLIJOULES)))
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  private static List<GeneratedJob> ended(GeneratedHistory history) {
    return history.jobs().stream()
        .filter(job -> !job.end().isBefore(OCTOBER.from()) && job.end().isBefore(OCTOBER.to()))
        .toList();
  }

  /** Work and energy of whole jobs that ended in the month, added up here once more. */
  @Test
  void generated_workPerJouleIsWorkOverEnergyOfTheJobsThatEnded() {
    for (long seed = 1; seed <= 5; seed++) {
      GeneratedHistory history = HistoryShape.of(seed, FROM, TO).with(12, 4, 200).generate();
      Report report = make(history, request());
      List<GeneratedJob> ended = ended(history);
      assertThat(ended).hasSizeGreaterThan(50);
      Table work = table(report, "work_tokens");
      assertThat(work.rows()).hasSize(2);
      BigInteger reported = BigInteger.ZERO;
      for (int row = 0; row < work.rows().size(); row++) {
        String model = (String) at(work, row, "model");
        List<GeneratedJob> of =
            ended.stream().filter(job -> Objects.equals(job.labels().get("model"), model)).toList();
        BigInteger energy =
            of.stream().map(job -> energy(history, job)).reduce(BigInteger.ZERO, BigInteger::add);
        double tokens = of.stream().mapToDouble(GeneratedJob::work).sum();
        assertThat(number(work, row, "jobs")).isEqualTo(of.size());
        assertThat(at(work, row, "energy")).isEqualTo(new BigDecimal(energy));
        double perJoule = tokens / energy.doubleValue() * 1000;
        assertThat(number(work, row, "work_per_joule") / perJoule).isCloseTo(1, within(1e-9));
        assertThat(number(work, row, "joules_per_unit") * perJoule).isCloseTo(1, within(1e-9));
        reported = reported.add(energy);
      }
      Table without = table(report, "without_work");
      BigInteger all =
          ended.stream().map(job -> energy(history, job)).reduce(BigInteger.ZERO, BigInteger::add);
      assertThat(((BigDecimal) Objects.requireNonNull(at(without, 0, "energy"))).toBigInteger())
          .isEqualTo(all.subtract(reported));
      assertThat(report.meta().differenceMillijoules()).isZero();
      assertThat(report.meta().complete()).isTrue();
      assertThat(report.headline()).contains("%d jobs".formatted(ended.size()));
    }
  }

  @Test
  void aMixtureOfExpertsThatDoesTwiceTheWork_isMoreThanNoise() {
    GeneratedHistory history = new GeneratedHistory(TO.toEpochMilli());
    for (int i = 0; i < 12; i++) {
      boolean moe = i % 2 == 0;
      Instant start = OCTOBER.from().plusSeconds(86_400L * i);
      GeneratedJob job =
          GeneratedJob.of("east", "c/" + i, "ada", "llm", start, start.plusSeconds(7_200))
              .withLabels(
                  Map.of(
                      "model",
                      moe ? "m" : "d",
                      "arch",
                      moe ? "moe" : "dense",
                      "params_total",
                      moe ? "46.7B" : "70B",
                      "params_active",
                      moe ? "12.9B" : "70B",
                      "precision",
                      "fp8",
                      "gpu",
                      "H200",
                      "task",
                      "chat",
                      "phase",
                      "infer"))
              .withWork((moe ? 2e8 : 1e8) * (1 + i * 0.01), "tokens");
      HistoryShape.add(history, job, i);
    }
    Report report = make(history, RequestFixture.of(OCTOBER, TO, "east"));
    Table pairs = table(report, "pairs_tokens");
    assertThat(pairs.rows()).hasSize(1);
    assertThat(number(pairs, 0, "ratio")).isBetween(1.8, 2.2);
    assertThat(number(pairs, 0, "ratio_low")).isGreaterThan(1.5);
    // six against six, all above: 2 of 924 divisions
    assertThat(number(pairs, 0, "chance")).isCloseTo(2 / 924.0, within(1e-9));
    assertThat(at(pairs, 0, "verdict")).isEqualTo("more than noise");
    assertThat(report.headline()).startsWith("m (moe, infer, fp8, H200), 6 jobs against d (dense");
    Table sizes = table(report, "sizes_tokens");
    for (int row = 0; row < 2; row++) {
      assertThat(
              number(sizes, row, "joules_per_active_billion") * number(sizes, row, "params_active"))
          .isCloseTo(
              number(sizes, row, "joules_per_total_billion") * number(sizes, row, "params_total"),
              within(1e-9));
    }
    Table spread = table(report, "spread_tokens");
    assertThat(number(spread, 0, "p5")).isLessThanOrEqualTo(number(spread, 0, "p95"));
    Table running = table(report, "running_tokens");
    assertThat(number(running, 0, "gpu_busy")).isCloseTo(0.9, within(1e-6));
    // 4 kW of 8 GPUs, each quarter within 10 %
    assertThat(number(running, 0, "watts_per_gpu")).isBetween(480.0, 520.0);
    assertThat(number(running, 0, "throughput_per_gpu")).isPositive();
  }

  @Test
  void aJobIsWhole_whateverOfItIsInThePeriod_andCountsInTheMonthInWhichItEnds() {
    GeneratedHistory history = new GeneratedHistory(TO.toEpochMilli());
    GeneratedJob over =
        GeneratedJob.of(
                "east",
                "c/over",
                "ada",
                "llm",
                OCTOBER.from().minusSeconds(36_000),
                OCTOBER.from().plusSeconds(1_800))
            .withWork(1e6, "tokens");
    GeneratedJob later =
        GeneratedJob.of(
                "east",
                "c/later",
                "ada",
                "llm",
                OCTOBER.to().minusSeconds(7_200),
                OCTOBER.to().plusSeconds(7_200))
            .withWork(1e6, "tokens");
    HistoryShape.add(history, over, 1);
    HistoryShape.add(history, later, 2);
    Report report = make(history, RequestFixture.of(OCTOBER, TO, "east"));
    Table jobs = table(report, "jobs_tokens");
    assertThat(jobs.rows()).hasSize(1);
    assertThat(at(jobs, 0, "job")).isEqualTo("east/c/over");
    assertThat(at(jobs, 0, "energy")).isEqualTo(new BigDecimal(energy(history, over)));
  }

  @Test
  void groupingsThatAreAskedFor_takeThePlaceOfTheModel() {
    GeneratedHistory history = HistoryShape.of(9, FROM, TO).generate();
    Report report =
        make(
            history,
            RequestFixture.by(
                request(), Grouping.of(Grouping.By.PROJECT), Grouping.of(Grouping.By.NODE)));
    Table work = table(report, "work_tokens");
    assertThat(work.rows())
        .allSatisfy(
            row -> assertThat((String) row.getFirst()).matches("project\\d\\d|\\(unknown\\)"));
    assertThat(report.meta().notes()).anyMatch(note -> note.contains("cannot be grouped by node"));
  }

  @Test
  void noJobThatEnded_isSaid() {
    GeneratedHistory history = new GeneratedHistory(TO.toEpochMilli());
    Report report = make(history, RequestFixture.of(OCTOBER, TO, "east"));
    assertThat(report.headline()).isEqualTo("No job ended in 2026-10.");
    assertThat(report.sections()).isEmpty();
  }

  @Test
  void twoTimes_giveTheSameReport() {
    GeneratedHistory history = HistoryShape.of(4, FROM, TO).with(12, 4, 200).generate();
    assertThat(make(history, request())).isEqualTo(make(history, request()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import static io.github.joulestream.reports.advice.Advice.Topic.FEWER_GPUS;
import static io.github.joulestream.reports.advice.Advice.Topic.HELD_IDLE;
import static io.github.joulestream.reports.advice.Advice.Topic.HOURS;
import static io.github.joulestream.reports.advice.Advice.Topic.POWER_CAP;
import static io.github.joulestream.reports.advice.Advice.Topic.SETTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.reports.advice.MadeJobs.Made;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportSource;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class AdvisorTest {
  private static final long SEED = Long.getLong("laws.seed", 5_021);
  private static final Map<String, String> LLAMA = Map.of("model", "llama");
  // of a GPU that is idle, at 80 W
  private static final long IDLE_QUARTER = 80L * 900_000;

  private static Map<String, String> batch(String batch) {
    return Map.of("model", "llama", "batch", batch);
  }

  @Test
  void heldIdle_isSeenAsInjected_andSavesWhatIsAfterTheAdvisedTime() {
    MadeJobs jobs = new MadeJobs();
    for (int i = 0; i < 10; i++) {
      // also over midnight
      jobs.add(Made.of(LLAMA, 4, 50 * i + 80, 100), 7, 41);
    }
    Advice advice = jobs.advice(HELD_IDLE).getFirst();
    assertThat(advice.jobClass()).isEqualTo("llama");
    // of 41 quarters 40 are saved after one, 25 after 16: over half of them
    assertThat(advice.sentence()).contains("41.0 %").contains("after 240 minutes");
    assertThat(advice.millijoules()).isEqualTo(BigDecimal.valueOf(10 * 25 * 4 * IDLE_QUARTER));
    assertThat(Objects.requireNonNull(advice.cost()).doubleValue())
        .isCloseTo(10 * 25 * 4 * IDLE_QUARTER / 3.6e9 * MadeJobs.PRICE, Offset.offset(1e-6));
    assertThat(advice.basis()).contains("410 of 1,000 GPU hours").contains("in 10 of 10 jobs");
    assertThat(jobs.advice(FEWER_GPUS)).isEmpty();
  }

  @Test
  void shortBreaks_areGivenBackSooner() {
    MadeJobs jobs = new MadeJobs();
    for (int i = 0; i < 6; i++) {
      jobs.add(Made.of(LLAMA, 8, 10 * i, 12), 2, 5);
    }
    Advice advice = jobs.advice(HELD_IDLE).getFirst();
    // of 5 quarters 4 are saved after one, 3 after two, 1 after four
    assertThat(advice.sentence()).contains("after 30 minutes");
    assertThat(advice.millijoules()).isEqualTo(BigDecimal.valueOf(6 * 3 * 8 * IDLE_QUARTER));
  }

  @Test
  void runsOfTwoJobs_areNotOne_andABreakEndsARun() {
    MadeJobs jobs = new MadeJobs();
    for (int i = 0; i < 6; i++) {
      jobs.add(Made.of(LLAMA, 8, 20 * i, 6), 0, 1);
    }
    // each is idle for one quarter alone: nothing is saved after a quarter
    assertThat(jobs.advice(HELD_IDLE)).isEmpty();
    PeriodData data = jobs.source().of(MadeJobs.OCTOBER, ReportSource.Detail.JOBS);
    List<JobFigures> figures = jobs.figures();
    JobSteps steps = JobSteps.read(jobs.source(), data, figures);
    assertThat(steps.givenBack().times(0)).isEqualTo(6);
    assertThat(steps.givenBack().times(1)).isZero();
    assertThat(Objects.requireNonNull(steps.idle(figures.getFirst())).longestMillis())
        .isEqualTo(900_000);
  }

  @Test
  void fewerThanFiveJobs_getNoAdvice() {
    MadeJobs jobs = new MadeJobs();
    for (int i = 0; i < 4; i++) {
      jobs.add(Made.of(LLAMA, 4, 50 * i, 100), 0, 90);
    }
    assertThat(jobs.advisor().all()).isEmpty();
    jobs.add(Made.of(LLAMA, 4, 300, 100), 0, 90);
    assertThat(jobs.advisor().all()).hasSize(1);
  }

  @Test
  void idleBesideBusyGpus_isAdviceToAskForFewer() {
    MadeJobs jobs = new MadeJobs();
    for (int i = 0; i < 8; i++) {
      jobs.addWithIdleGpus(Made.of(LLAMA, 8, 10 * i, 40), 3);
    }
    Advice advice = jobs.advice(FEWER_GPUS).getFirst();
    assertThat(advice.millijoules()).isEqualTo(BigDecimal.valueOf(8 * 40 * 3 * IDLE_QUARTER));
    // 3 x 80 W of 3 x 80 W and 5 x 400 W
    assertThat(advice.sentence()).contains("10.7 %");
    assertThat(jobs.advice(HELD_IDLE)).isEmpty();
  }

  private static MadeJobs twoBatches(long seed, double ratio) {
    Random random = new Random(seed);
    MadeJobs jobs = new MadeJobs();
    for (int i = 0; i < 24; i++) {
      boolean large = i % 2 == 0;
      double noise = Math.exp(0.1 * random.nextGaussian());
      jobs.add(
          Made.of(batch(large ? "32" : "8"), 8, 5 * i, 20)
              .withWork(1e6 * noise * (large ? ratio : 1)),
          0,
          0);
    }
    return jobs;
  }

  @Test
  void batchOfTwiceTheWork_isAdvised_withWhatItWouldSave() {
    Advice advice = twoBatches(SEED, 2.1).advice(SETTING).getFirst();
    assertThat(advice.sentence()).startsWith("Jobs with batch 32 do 2.").contains("with 8");
    // half of all energy, which is done with 1 / 2.1 of it
    double energy = 12 * 20 * 8 * 700.0 * 900_000;
    assertThat(advice.millijoules().doubleValue())
        .isCloseTo(energy * (1 - 1 / 2.1), Percentage.withPercentage(8));
    assertThat(Objects.requireNonNull(advice.cost()).doubleValue())
        .isCloseTo(
            advice.millijoules().doubleValue() / 3.6e9 * MadeJobs.PRICE, Offset.offset(1e-6));
  }

  @Test
  void batchesWithoutEffect_areNotAdvised() {
    int advised = 0;
    for (int seed = 0; seed < 60; seed++) {
      Advisor advisor = twoBatches(SEED + seed, 1).advisor();
      assertThat(advisor.all()).allMatch(advice -> advice.topic() == SETTING);
      advised += advisor.all().size();
    }
    assertThat(advised).isLessThanOrEqualTo(2);
  }

  @Test
  void aDifferenceThatIsCertainAndSmall_isNotAdvised() {
    MadeJobs jobs = new MadeJobs();
    for (int i = 0; i < 24; i++) {
      jobs.add(
          Made.of(batch(i % 2 == 0 ? "32" : "8"), 8, 5 * i, 20)
              .withWork((i % 2 == 0 ? 1.045e6 : 1e6) + i),
          0,
          0);
    }
    // 4.5 % of more work without any noise would save over 2 % of the energy
    assertThat(jobs.advice(SETTING)).isEmpty();
  }

  @Test
  void amongManyBatches_chanceIsNotTakenForABest() {
    int advised = 0;
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(SEED + seed);
      MadeJobs jobs = new MadeJobs();
      for (int i = 0; i < 60; i++) {
        jobs.add(
            Made.of(batch("" + i % 12), 8, 5 * i, 20)
                .withWork(1e6 * Math.exp(0.5 * random.nextGaussian())),
            0,
            0);
      }
      advised += jobs.advice(SETTING).size();
    }
    assertThat(advised).isLessThanOrEqualTo(2);
  }

  @Test
  void otherPhases_orPrecisions_areNotCompared() {
    MadeJobs jobs = new MadeJobs();
    for (int i = 0; i < 24; i++) {
      boolean large = i % 2 == 0;
      jobs.add(
          Made.of(
                  Map.of(
                      "model", "llama",
                      "batch", large ? "32" : "8",
                      "precision", large ? "fp8" : "bf16"),
                  8,
                  5 * i,
                  20)
              .withWork(large ? 2.1e6 : 1e6 + i),
          0,
          0);
    }
    assertThat(jobs.advice(SETTING)).isEmpty();
  }

  @Test
  void powerCap_isWhereAJouleDoesMost() {
    Random random = new Random(SEED);
    MadeJobs jobs = new MadeJobs();
    double energy = 0;
    double truth = 0;
    for (int i = 0; i < 200; i++) {
      double watts = 250 + 450 * random.nextDouble();
      jobs.add(capped(watts, rate(watts) * random.nextDouble(0.97, 1.03), i), 0, 0);
      double quarters = 8 * (watts + 300) * 20 * 900_000;
      energy += quarters;
      truth += quarters * Math.max(0, 1 - perJoule(watts) / perJoule(BEST));
    }
    Advice advice = jobs.advice(POWER_CAP).getFirst();
    assertThat(advice.sentence()).contains("power cap");
    double saved = advice.millijoules().doubleValue();
    assertThat(saved / energy).isCloseTo(truth / energy, Offset.offset(0.03)).isGreaterThan(0.05);
    PowerCurve.Cap cap = PowerCurve.of(jobs.figures()).flatMap(PowerCurve::best).orElseThrow();
    assertThat(cap.watts()).isCloseTo(BEST, Offset.offset(40.0));
    assertThat(cap.longer()).isBetween(0.0, 0.2);
  }

  // highest work per joule with 300 W beside a GPU of this curve
  private static final double BEST = 400;

  /** Work of a GPU second rises up to 400 W, and hardly beyond. */
  private static double rate(double watts) {
    return watts <= BEST ? watts : BEST + 0.1 * (watts - BEST);
  }

  private static double perJoule(double watts) {
    return rate(watts) / (watts + 300);
  }

  private static Made capped(double watts, double rate, int i) {
    return Made.of(LLAMA, 8, 7 * i, 20).withWatts(watts).withWork(rate * 8 * 20 * 900);
  }

  @Test
  void workThatRisesWithPower_hasNoCap_andFewJobsHaveNoCurve() {
    Random random = new Random(SEED);
    MadeJobs jobs = new MadeJobs();
    for (int i = 0; i < 60; i++) {
      double watts = 250 + 450 * random.nextDouble();
      jobs.add(capped(watts, watts * random.nextDouble(0.9, 1.1), i), 0, 0);
    }
    assertThat(PowerCurve.of(jobs.figures())).isPresent();
    assertThat(jobs.advisor().all()).isEmpty();
    assertThat(PowerCurve.of(jobs.figures().subList(0, 24))).isEmpty();
    assertThat(PowerCurve.of(jobs.figures().subList(0, 25)).orElseThrow().bins()).hasSize(5);
  }

  @Test
  void hours_areAdvisedWhereTheyAreCheaper() {
    MadeJobs jobs =
        new MadeJobs(hour -> {
          int of = Instant.ofEpochMilli(hour).atZone(ZoneOffset.UTC).getHour();
          return of >= 8 && of < 20 ? 0.30 : 0.15;
        });
    for (int day = 0; day < 30; day++) {
      // from 14:00 to 18:00
      jobs.add(Made.of(LLAMA, 8, day * 96 + 56, 16), 0, 0);
    }
    Advice advice = jobs.advice(HOURS).getFirst();
    assertThat(advice.sentence()).startsWith("6 hours later").contains("cost 50.0 % less");
    double all = 30 * 16 * 8 * 700.0 * 900_000 / 3.6e9 * 0.30;
    assertThat(Objects.requireNonNull(advice.cost()).doubleValue())
        .isCloseTo(all / 2, Offset.offset(1e-6));
    assertThat(advice.millijoules()).isEqualTo(BigDecimal.ZERO);
  }

  @Test
  void ownQuartile_isTheSumOverTheJobsBelowIt() {
    Random random = new Random(SEED);
    MadeJobs jobs = new MadeJobs();
    double[] work = random.doubles(40, 1e6, 3e6).toArray();
    for (int i = 0; i < work.length; i++) {
      jobs.add(Made.of(LLAMA, 8, 7 * i, 20).withWork(work[i]), 0, 0);
    }
    List<JobFigures> figures = jobs.figures();
    OwnQuartile quartile = new OwnQuartile(figures);
    double energy = 20 * 8 * 700.0 * 900;
    double[] sorted = work.clone();
    java.util.Arrays.sort(sorted);
    double best = sorted[29] / energy;
    double saving = 0;
    for (double done : work) {
      saving += 1000 * Math.max(0, energy - done / best);
    }
    OwnQuartile.Peers peers = quartile.peers().getFirst();
    assertThat(peers.best()).isCloseTo(best, Percentage.withPercentage(1e-9));
    assertThat(peers.saving()).isCloseTo(saving, Percentage.withPercentage(1e-9));
    assertThat(peers.jobs()).isEqualTo(40);
    assertThat(figures.stream().mapToDouble(quartile::saving).sum())
        .isCloseTo(saving, Percentage.withPercentage(1e-9));
  }

  @Test
  void mostWasted_areSortedByTheLargerWaste_withOneSentenceEach() {
    MadeJobs jobs = new MadeJobs();
    for (int i = 0; i < 12; i++) {
      jobs.add(Made.of(LLAMA, 4, 50 * i, 100), 5, 3 * i);
    }
    ReportSource source = jobs.source();
    PeriodData data = source.of(MadeJobs.OCTOBER, ReportSource.Detail.JOBS);
    List<JobFigures> figures = JobFigures.of(data.jobList());
    JobSteps steps = JobSteps.read(source, data, figures);
    List<WastedJob> wasted =
        WastedJob.most(
            figures, new OwnQuartile(figures), steps, new Advisor(data, figures, steps), 10);
    assertThat(wasted).hasSize(10);
    List<Double> sizes = new ArrayList<>();
    wasted.forEach(job -> sizes.add(job.millijoules()));
    assertThat(sizes).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    WastedJob first = wasted.getFirst();
    assertThat(first.job().job()).isEqualTo("c/11");
    assertThat(first.millijoules()).isEqualTo(33.0 * 4 * IDLE_QUARTER);
    assertThat(first.cost())
        .isCloseTo(33.0 * 4 * IDLE_QUARTER / 3.6e9 * MadeJobs.PRICE, Offset.offset(1e-6));
    assertThat(first.advice()).contains("8 h 15 min");
  }

  @Test
  void aJobWithoutIdleGpus_wastesWhatItsPeersDoNot() {
    MadeJobs jobs = new MadeJobs();
    for (int i = 0; i < 8; i++) {
      jobs.add(Made.of(LLAMA, 8, 7 * i, 20).withWork(i == 3 ? 1e6 : 2e6), 0, 0);
    }
    ReportSource source = jobs.source();
    PeriodData data = source.of(MadeJobs.OCTOBER, ReportSource.Detail.JOBS);
    List<JobFigures> figures = JobFigures.of(data.jobList());
    JobSteps steps = JobSteps.read(source, data, figures);
    List<WastedJob> wasted =
        WastedJob.most(
            figures, new OwnQuartile(figures), steps, new Advisor(data, figures, steps), 10);
    assertThat(wasted).hasSize(1);
    assertThat(wasted.getFirst().job().job()).isEqualTo("c/3");
    assertThat(wasted.getFirst().millijoules()).isEqualTo(20 * 8 * 700.0 * 900_000 / 2);
    assertThat(wasted.getFirst().advice()).contains("compare its batch size");
  }
}

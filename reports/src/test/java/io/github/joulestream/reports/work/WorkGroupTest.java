// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkGroupTest {
  @Test
  void aJobWhoseEnergyIsNotWhole_hasNoPartInWorkPerJoule() {
    EndedJob whole = WorkedJobs.of(400, "tokens", 100, Map.of());
    EndedJob partly =
        WorkedJobs.of(
            400,
            "tokens",
            Map.of(),
            Totals.ofJob()
                .add(JobAmount.TOTAL_MILLIJOULES, 50_000)
                .add(JobAmount.COVERED_MILLIS, 94)
                .add(JobAmount.UNCOVERED_MILLIS, 6));
    WorkGroup group = WorkGroups.of(List.of(whole, partly), WorkKey.BY_MODEL).groups().getFirst();
    assertThat(group.counted()).containsExactly(whole);
    assertThat(group.workPerJoule().orElseThrow()).isCloseTo(4, within(1e-12));
    assertThat(group.energy().doubleValue()).isEqualTo(150_000);
  }

  @Test
  void gpusAreAsHeld_elseByLabel() {
    EndedJob held = WorkedJobs.of(7_200, "tokens", 1e6, Map.of("gpus", "512"));
    assertThat(held.gpuMillis()).isEqualTo(8 * 3_600_000);
    Totals<JobAmount> ofMeter = Totals.ofJob().add(JobAmount.TOTAL_MILLIJOULES, 1_000_000);
    EndedJob labelled = WorkedJobs.of(7_200, "tokens", Map.of("gpus", "4"), ofMeter);
    assertThat(labelled.gpuMillis()).isEqualTo(4 * 3_600_000);
    EndedJob unknown = WorkedJobs.of(7_200, "tokens", Map.of("gpus", "some"), ofMeter);
    assertThat(unknown.gpuMillis()).isZero();
    WorkGroup group =
        WorkGroups.of(List.of(labelled, unknown), WorkKey.BY_MODEL).groups().getFirst();
    // 7200 tokens in an hour on 4 GPUs
    assertThat(group.throughputPerGpu().orElseThrow()).isCloseTo(0.5, within(1e-12));
    // 1000 J in an hour on 4 GPUs
    assertThat(group.wattsPerGpu().orElseThrow()).isCloseTo(1000 / 3600.0 / 4, within(1e-12));
  }

  @Test
  void unitsAreApart_andNOfNCountsAllOfTheGroup() {
    WorkGroups groups =
        WorkGroups.of(
            List.of(
                WorkedJobs.of(10, "tokens", 100, Map.of("model", "a")),
                WorkedJobs.of(10, "steps", 300, Map.of("model", "a")),
                WorkedJobs.of(0, "", 100, Map.of("model", "a"))),
            WorkKey.BY_MODEL);
    assertThat(groups.units()).containsExactly("steps", "tokens");
    assertThat(groups.of("tokens").getFirst().jobs()).hasSize(1);
    assertThat(groups.of("tokens").getFirst().ofJobs()).isEqualTo(3);
    assertThat(groups.of("").getFirst().jobs()).hasSize(1);
  }

  @Test
  void percentiles_areFiguresOfJobs_fromFiveOn() {
    assertThat(Quantiles.of(new double[] {1, 2, 3, 4}).at(50)).isEmpty();
    Quantiles five = Quantiles.of(new double[] {50, 10, 40, 20, 30});
    assertThat(five.at(5)).hasValue(10);
    assertThat(five.at(20)).hasValue(10);
    assertThat(five.at(21)).hasValue(20);
    assertThat(five.at(50)).hasValue(30);
    assertThat(five.at(95)).hasValue(50);
  }
}

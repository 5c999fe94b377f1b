// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.schemas.JobState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  private static final SimulationOptions SITE = new SimulationOptions("site", 24, 3);

  private static List<JobPlan> plans(long seed, int count, boolean large) {
    Workload workload = new Workload(SITE, 8, new SplittableRandom(seed));
    List<JobPlan> plans = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      plans.add(workload.next(large));
    }
    return plans;
  }

  @Test
  void equalSeeds_makeEqualJobs() {
    assertThat(plans(1, 200, false)).isEqualTo(plans(1, 200, false));
    assertThat(plans(1, 200, false)).isNotEqualTo(plans(2, 200, false));
  }

  @Test
  void most_complete_andSomeEndOtherwise() {
    for (long seed = 1; seed <= 5; seed++) {
      for (boolean large : new boolean[] {false, true}) {
        List<JobPlan> plans = plans(seed, 4_000, large);
        Map<JobState, Integer> states = new EnumMap<>(JobState.class);
        plans.forEach(plan -> states.merge(plan.end(), 1, Integer::sum));
        assertThat(part(states, JobState.COMPLETED, plans)).as("%s", states).isGreaterThan(0.8);
        assertThat(part(states, JobState.FAILED, plans)).isBetween(0.04, 0.12);
        assertThat(part(states, JobState.CANCELLED, plans)).isBetween(0.01, 0.06);
        assertThat(part(states, JobState.TIMEOUT, plans)).isBetween(0.001, 0.08);
      }
    }
  }

  private static double part(Map<JobState, Integer> states, JobState state, List<JobPlan> of) {
    return states.getOrDefault(state, 0) / (double) of.size();
  }

  @Test
  void durations_areHeavyTailed() {
    long[] lengths =
        plans(7, 10_000, false).stream().mapToLong(JobPlan::lengthMillis).sorted().toArray();
    long all = Arrays.stream(lengths).sum();
    double mean = all / (double) lengths.length;
    assertThat(mean).isGreaterThan(1.6 * lengths[lengths.length / 2]);
    // a tenth of the jobs takes over a third of the time
    assertThat(Arrays.stream(lengths).skip(lengths.length * 9L / 10).sum())
        .isGreaterThan(all * 35 / 100);
    assertThat(lengths[0]).isGreaterThanOrEqualTo(15_000);
    assertThat(lengths[lengths.length - 1]).isEqualTo(7_200_000);
  }

  @Test
  void users_haveHabits() {
    Map<String, List<JobPlan>> byUser = new HashMap<>();
    plans(5, 10_000, false)
        .forEach(
            plan -> byUser.computeIfAbsent(plan.user().name(), _ -> new ArrayList<>()).add(plan));
    assertThat(byUser).hasSize(User.ALL.size());
    assertThat(part(byUser, "ada", Shape.TRAINING)).isGreaterThan(0.7);
    assertThat(part(byUser, "grace", Shape.INFERENCE)).isGreaterThan(0.7);
    assertThat(part(byUser, "rosalind", Shape.HELD_IDLE)).isGreaterThan(0.5);
    assertThat(part(byUser, "ada", Shape.HELD_IDLE)).isZero();
  }

  private static double part(Map<String, List<JobPlan>> byUser, String user, Shape shape) {
    List<JobPlan> plans = byUser.getOrDefault(user, List.of());
    return plans.stream().filter(plan -> plan.shape() == shape).count() / (double) plans.size();
  }

  @Test
  void largeJobs_takeWholeNodes_inPowersOfTwo() {
    assertThat(plans(9, 500, true))
        .allMatch(plan -> plan.gpus() == SimulatedNode.GPUS && Integer.bitCount(plan.nodes()) == 1)
        .extracting(JobPlan::nodes)
        .contains(1, 2, 4, 8)
        .doesNotContain(16);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.serve.http.Range;
import io.github.joulestream.serve.stream.FakeSite;
import io.github.joulestream.store.history.JobStep;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SettledTest {
  private static final long NOW = 1_790_000_100_000L;
  private static final int STEP = 10_000;
  private static final int STEPS = 12;
  private static final Range RANGE =
      new Range(
          Instant.ofEpochMilli(NOW - STEPS * STEP), Instant.ofEpochMilli(NOW), ZoneOffset.UTC);

  private static FakeSite site(int nodes) {
    return new FakeSite("site", nodes, 10);
  }

  @Test
  void nodesOfALargeSite_areWholeAMinuteLater() {
    assertThat(Settled.ofSite(NOW)).isEqualTo(NOW - 10_000);
    assertThat(Settled.ofNodes(site(1_000), NOW)).isEqualTo(NOW - 10_000);
    assertThat(Settled.ofNodes(site(1_001), NOW)).isEqualTo(NOW - 60_000);
  }

  @Test
  void stepsOfNodes_thatEndLater_areLeftOut() {
    Series series = new Series(RANGE, STEP, Settled.ofNodes(site(1_001), NOW), List.of("x"));
    assertThat(series.index(NOW - 70_000)).isEqualTo(STEPS - 7);
    assertThat(series.index(NOW - 60_000)).isEqualTo(-1);
  }

  @Test
  void stepsOfJobs_thatEndLater_areLeftOutAtALargeSiteAlone() {
    assertThat(stepsWithPower(1_000)).isEqualTo(STEPS);
    assertThat(stepsWithPower(1_001)).isEqualTo(STEPS - 6);
  }

  private static long stepsWithPower(int nodes) {
    JobCurve curve =
        new JobCurve(
            new KnownJob("site", "job", null, null), RANGE, STEP, Settled.ofJobs(site(nodes), NOW));
    for (int step = 0; step < STEPS; step++) {
      Totals<JobAmount> totals = Totals.ofJob();
      totals.set(JobAmount.TOTAL_MILLIJOULES, 1_000);
      curve.add(new JobStep(RANGE.from().toEpochMilli() + (long) step * STEP, totals));
    }
    return Arrays.stream(requireNonNull(curve.json().series().get("totalMilliwatts")))
        .filter(Objects::nonNull)
        .count();
  }
}

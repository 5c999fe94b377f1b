// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PointsTest {
  private static final long START = 1_795_563_217_000L;
  private static final int JOBS = 20_000;

  /** A site that comes back from maintenance begins thousands of jobs at once. */
  @Test
  void jobsThatBeginAtOnce_havePointsOfTheirOwn() {
    Set<Long> times = new HashSet<>();
    for (int i = 0; i < JOBS; i++) {
      times.add(Points.of(summary("1795563217-" + i, START + i % 1_000)).epochNanos());
    }
    assertThat(times).hasSize(JOBS);
    // and each lies in the second in which the job began
    assertThat(times).allMatch(nanos -> Math.floorDiv(nanos, 1_000_000_000L) == START / 1_000);
  }

  private static JobSummary summary(String job, long anchorEpochMillis) {
    return new JobSummary(
        "site",
        job,
        "ada",
        "physics",
        "train",
        "batch",
        Map.of(),
        JobState.RUNNING,
        anchorEpochMillis,
        anchorEpochMillis,
        0,
        anchorEpochMillis,
        0,
        0,
        "",
        Totals.ofJob(),
        0,
        1);
  }
}

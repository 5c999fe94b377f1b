// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.PowerSnapshot;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LiveViewTest {
  private final AtomicLong nanos = new AtomicLong();

  private static PowerSnapshot power(String site, int task, NodePower... nodes) {
    return new PowerSnapshot(site, task, 0, List.of(nodes));
  }

  private static NodePower node(String name, long milliwatts) {
    return new NodePower(name, 0, milliwatts, List.of(), 0, List.of(), List.of());
  }

  @Test
  void powerIsWholeFromTheFirstReadings_andEachNodeCountsOnce() {
    try (LiveView view = new LiveView(Map.of("bootstrap.servers", "127.0.0.1:1"), nanos::get)) {
      assertThat(view.siteMilliwatts()).isEmpty();
      view.see(power("a", 0, node("n1", 700_000), node("n2", 300_000)));
      assertThat(view.siteMilliwatts()).containsExactly(entry("a", 1_000_000L));
      // of another task, and news of one that was known
      view.see(power("a", 1, node("n3", 50)));
      view.see(power("a", 0, node("n2", 100_000)));
      view.see(power("b", 0, node("n1", 7)));
      assertThat(view.siteMilliwatts()).containsExactly(entry("a", 800_050L), entry("b", 7L));
    }
  }

  @Test
  void onlyJobsThatRunAreKept_howeverManyHaveEnded() {
    try (LiveView view = new LiveView(Map.of("bootstrap.servers", "127.0.0.1:1"), nanos::get)) {
      for (int i = 0; i < 1_000; i++) {
        view.see("a/" + i, job("" + i, JobState.RUNNING));
        view.see("a/" + i, job("" + i, JobState.RUNNING)); // a later total
        assertThat(view.jobsRunning()).isEqualTo(1);
        view.see("a/" + i, i % 2 == 0 ? job("" + i, JobState.COMPLETED) : null);
        assertThat(view.jobsRunning()).isZero();
      }
      view.see("a/failed", job("failed", JobState.FAILED));
      view.see("a/unknown", job("unknown", JobState.UNKNOWN));
      assertThat(view.jobsRunning()).isZero();
    }
  }

  private static JobSummary job(String name, JobState state) {
    return new JobSummary(
        "a",
        name,
        JobDetails.NONE,
        state,
        new JobTimes(0, 0, state == JobState.RUNNING ? JobSpan.OPEN : 1, 1),
        0,
        JobWork.NONE,
        Totals.ofJob(),
        0,
        0);
  }

  @Test
  void aNodeThatSaysNothingForHalfAMinute_isLeftOut() {
    try (LiveView view = new LiveView(Map.of("bootstrap.servers", "127.0.0.1:1"), nanos::get)) {
      view.see(power("a", 0, node("silent", 10), node("n", 5)));
      nanos.set(20_000_000_000L);
      view.see(power("a", 0, node("n", 6)));
      nanos.set(30_000_000_000L);
      assertThat(view.siteMilliwatts()).containsExactly(entry("a", 16L));
      nanos.set(30_000_000_001L);
      assertThat(view.siteMilliwatts()).containsExactly(entry("a", 6L));
      nanos.set(60_000_000_000L);
      assertThat(view.siteMilliwatts()).isEmpty();
    }
  }
}

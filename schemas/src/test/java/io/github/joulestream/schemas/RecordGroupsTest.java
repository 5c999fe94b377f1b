// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Totals;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RecordGroupsTest {
  private static void assertRefused(ThrowingCallable maker, String message) {
    assertThatThrownBy(maker)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static JobRecord record(JobDetails details, JobWork work) {
    return new JobRecord("s", "j", details, JobSpan.NONE, JobState.RUNNING, work, 0);
  }

  @Test
  void span_endsNotBeforeItsStart_andKnowsWhatIsMissing() {
    assertThat(new JobSpan(5, 5).hasEnded()).isTrue();
    assertThat(JobSpan.openSince(5)).isEqualTo(new JobSpan(5, JobSpan.OPEN));
    assertThat(JobSpan.openSince(5).hasEnded()).isFalse();
    assertThat(JobSpan.openSince(5).hasStart()).isTrue();
    assertThat(new JobSpan(JobSpan.UNKNOWN, 5).hasStart()).isFalse();
    assertRefused(() -> new JobSpan(6, 5), "ends at 5, before its start 6");
  }

  @Test
  void shares_areFromByGpusToAll() {
    assertThat(new NodeShares(-1, 0, 10_000, 1)).isEqualTo(new NodeShares(-1, 0, 10_000, 1));
    assertRefused(() -> new NodeShares(-2, 0, 0, 0), "memory share is -2");
    assertRefused(() -> new NodeShares(0, 10_001, 0, 0), "storage share is 10001");
    assertRefused(() -> new NodeShares(0, 0, -2, 0), "cpu share is -2");
    assertRefused(() -> new NodeShares(0, 0, 0, 10_001), "node share is 10001");
  }

  @Test
  void detailsAndWork_ofARecord_areWithinBounds() {
    String large = "x".repeat(Bounds.TEXT_CHARACTERS + 1);
    assertRefused(
        () -> record(new JobDetails(large, "", "", "", Map.of()), JobWork.NONE), "user of a job");
    assertRefused(
        () -> record(new JobDetails("", large, "", "", Map.of()), JobWork.NONE),
        "project of a job");
    assertRefused(
        () -> record(new JobDetails("", "", large, "", Map.of()), JobWork.NONE), "name of a job");
    assertRefused(
        () -> record(new JobDetails("", "", "", large, Map.of()), JobWork.NONE),
        "partition of a job");
    assertRefused(
        () -> record(new JobDetails("", "", "", "", Map.of(large, "")), JobWork.NONE),
        "name of a label of a job");
    assertRefused(() -> record(JobDetails.NONE, new JobWork(1, large)), "unit of work");
    assertRefused(() -> record(JobDetails.NONE, new JobWork(-1, "")), "work of a job");
    assertRefused(() -> record(JobDetails.NONE, new JobWork(Double.NaN, "")), "work of a job");
  }

  @Test
  void details_doNotChangeWithTheMapTheyWereMadeOf() {
    Map<String, String> labels = new HashMap<>(Map.of("a", "1"));
    JobDetails details = new JobDetails("", "", "", "", labels);
    labels.put("a", "2");
    assertThat(details.labels()).containsExactly(Map.entry("a", "1"));
  }

  @Test
  void laterDetailsAndWork_replaceWhatTheyHold_andKeepTheRest() {
    JobDetails before = new JobDetails("u", "p", "n", "q", Map.of("a", "1", "b", "1"));
    assertThat(before.updatedWith(JobDetails.NONE)).isEqualTo(before);
    assertThat(before.updatedWith(new JobDetails("v", "", "m", "", Map.of("b", "2"))))
        .isEqualTo(new JobDetails("v", "p", "m", "q", Map.of("a", "1", "b", "2")));
    assertThat(before.updatedWith(new JobDetails("", "o", "", "r", Map.of())))
        .isEqualTo(new JobDetails("u", "o", "n", "r", before.labels()));
    JobWork work = new JobWork(5, "steps");
    assertThat(work.updatedWith(JobWork.NONE)).isEqualTo(work);
    assertThat(work.updatedWith(new JobWork(7, ""))).isEqualTo(new JobWork(7, "steps"));
    assertThat(work.updatedWith(new JobWork(0, "tokens"))).isEqualTo(new JobWork(5, "tokens"));
  }

  @Test
  void withers_changeTheirGroupOnly() {
    JobSummary job =
        new JobSummary(
            "s",
            "j",
            new JobDetails("u", "p", "n", "q", Map.of("a", "1")),
            JobState.RUNNING,
            JobTimes.NONE.withSpan(4, 9).withWindows(3, 8),
            2,
            new JobWork(5, "steps"),
            Totals.ofJob(),
            7,
            1);
    assertThat(job.times()).isEqualTo(new JobTimes(JobSpan.UNKNOWN, 3, 9, 8));
    assertThat(job.times().hasAnchor()).isFalse();
    assertThat(job.times().anchoredAtStart()).isEqualTo(new JobTimes(3, 3, 9, 8));
    assertThat(job.withoutNames().details()).isEqualTo(new JobDetails("", "", "", "q", Map.of()));
    assertThat(job.withPeak(3).withState(JobState.FAILED).withPeak(2).withState(JobState.RUNNING))
        .isEqualTo(job);
    assertThat(job.withPeak(3).peakMilliwatts()).isEqualTo(3);
    assertThat(job.withState(JobState.FAILED).state()).isEqualTo(JobState.FAILED);
  }

  @Test
  void endedAlert_isNotInhibited() {
    assertThat(new AlertTimes(1, 2, AlertTimes.OPEN).hasEnded()).isFalse();
    assertThat(new AlertTimes(1, 2, AlertTimes.OPEN).endedAt(3)).isEqualTo(new AlertTimes(1, 3, 3));
    AlertRouting inhibited = new AlertRouting("0123456789abcdef", "o", "n");
    assertThat(inhibited.isInhibited()).isTrue();
    assertThat(inhibited.uninhibited()).isEqualTo(new AlertRouting("", "o", "n"));
  }
}

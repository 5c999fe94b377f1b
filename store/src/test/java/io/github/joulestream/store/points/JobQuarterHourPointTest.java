// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StorePoint;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JobQuarterHourPointTest {
  private static final long QUARTER_NANOS = 900_000_000_000L;
  private static final long START = 1_795_563_000_000L / 900_000 * 900_000;
  private static final int JOBS = 200_000;

  private static JobQuarterHour quarter(String job, String user, Totals<JobAmount> totals) {
    return new JobQuarterHour(
        "site",
        job,
        new JobDetails(user, "physics", "train", "batch", Map.of("image", "x")),
        START,
        900_000,
        totals,
        0);
  }

  @Test
  void everyField_isThatOfTheRecord_withAllAmounts() {
    Totals<JobAmount> totals = Totals.ofJob();
    for (int i = 0; i < totals.size(); i++) {
      totals.set(i, 1_000 + i);
    }
    StorePoint point = JobQuarterHourPoint.of(quarter("c/17", "ada", totals));
    assertThat(point.measurement()).isEqualTo(Measurement.JOB_QUARTER_HOUR);
    assertThat(point.tags()).isEqualTo(Map.of("site", "site", "user", "ada", "project", "physics"));
    assertThat(point.fields().keySet()).isEqualTo(Measurement.JOB_QUARTER_HOUR.fields().keySet());
    assertThat(point.fields())
        .containsEntry("job", "c/17")
        .containsEntry("name", "train")
        .containsEntry("partition", "batch")
        .containsEntry("labels", "{\"image\":\"x\"}")
        .containsEntry("start_epoch_millis", START)
        .containsEntry("fragment_epoch_millis", 0L);
    for (JobAmount amount : JobAmount.values()) {
      assertThat(point.fields()).containsEntry(Measurement.field(amount), totals.get(amount));
    }
  }

  /** Under the user who no longer pays for it, it is overwritten by zeros. */
  @Test
  void aRecordOfZeros_overwritesAllAmounts_atTheSamePlace() {
    StorePoint before =
        JobQuarterHourPoint.of(
            quarter("17", "ada", Totals.ofJob().add(JobAmount.TOTAL_MILLIJOULES, 5)));
    StorePoint withdrawn = JobQuarterHourPoint.of(quarter("17", "ada", Totals.ofJob()));
    assertThat(withdrawn.epochNanos()).isEqualTo(before.epochNanos());
    assertThat(withdrawn.tags()).isEqualTo(before.tags());
    assertThat(before.fields()).containsEntry("job", "17");
    assertThat(withdrawn.fields()).containsEntry("job", "");
    for (JobAmount amount : JobAmount.values()) {
      assertThat(withdrawn.fields()).containsEntry(Measurement.field(amount), 0L);
    }
    assertThat(JobQuarterHourPoint.of(quarter("17", "bob", Totals.ofJob())).tags())
        .isNotEqualTo(before.tags());
  }

  /**
   * Many jobs share a series: their places spread over all of the quarter. Of 200,000 two have the
   * same with a probability of 2 %; these do not.
   */
  @Test
  void jobsOfOneUser_havePlacesOfTheirOwn_spreadOverTheQuarter() {
    Set<Long> places = new HashSet<>();
    int[] byMinute = new int[15];
    for (int i = 0; i < JOBS; i++) {
      long place =
          JobQuarterHourPoint.of(quarter("cluster/" + i, "ada", Totals.ofJob())).epochNanos()
              - START * 1_000_000;
      assertThat(place).isBetween(0L, QUARTER_NANOS - 1);
      places.add(place);
      byMinute[(int) (place / 60_000_000_000L)]++;
    }
    assertThat(places).hasSize(JOBS);
    // 13,333 in each, with a deviation of 112
    for (int jobs : byMinute) {
      assertThat(jobs).isBetween(JOBS / 15 - 700, JOBS / 15 + 700);
    }
  }

  @Test
  void fragmentsOfAJob_havePlacesOfTheirOwn_inTheQuarter() {
    Set<Long> places = new HashSet<>();
    for (long fragment = 0; fragment < 1_000; fragment++) {
      JobQuarterHour part =
          new JobQuarterHour(
              "site",
              "17",
              JobDetails.NONE,
              START,
              900_000,
              Totals.ofJob(),
              fragment == 0 ? 0 : START + fragment * 60_000);
      StorePoint point = JobQuarterHourPoint.of(part);
      assertThat(point.fields()).containsEntry("fragment_epoch_millis", part.fragmentEpochMillis());
      places.add(point.epochNanos() - START * 1_000_000);
    }
    assertThat(places).hasSize(1_000).allMatch(place -> place >= 0 && place < QUARTER_NANOS);
  }
}

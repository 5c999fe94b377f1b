// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertMeasurement;
import io.github.joulestream.schemas.AlertRouting;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AlertSubject;
import io.github.joulestream.schemas.AlertTimes;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StorePoint;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PointsTest {
  private static final long START = 1_795_563_217_000L;
  private static final int JOBS = 20_000;

  /** A site that comes back from maintenance begins thousands of jobs at once. */
  @Test
  void jobsThatBeginAtOnce_havePointsOfTheirOwn() {
    Set<Long> times = new HashSet<>();
    for (int i = 0; i < JOBS; i++) {
      times.add(JobSummaryPoint.of(summary("1795563217-" + i, START + i % 1_000)).epochNanos());
    }
    assertThat(times).hasSize(JOBS);
    // and each lies in the second in which the job began
    assertThat(times).allMatch(nanos -> Math.floorDiv(nanos, 1_000_000_000L) == START / 1_000);
  }

  private static JobSummary summary(String job, long anchorEpochMillis) {
    return new JobSummary(
        "site",
        job,
        new JobDetails("ada", "physics", "train", "batch", Map.of()),
        JobState.RUNNING,
        new JobTimes(anchorEpochMillis, anchorEpochMillis, 0, anchorEpochMillis),
        0,
        JobWork.NONE,
        Totals.ofJob(),
        0,
        1);
  }

  private static Alert alert(String scope, AlertState state, long since, int revision) {
    return new Alert(
        "0123456789abcdef",
        new AlertSubject(Rule.POWER_BUDGET, "site", "feed-a", scope),
        Severity.CRITICAL,
        state,
        new AlertMeasurement(1_210_000, 1_200_000, "W", 100, 9_700),
        new AlertTimes(
            since, since + 9_000, state == AlertState.RESOLVED ? since + 90_000 : AlertTimes.OPEN),
        List.of(new Contributor(Contributor.Consumer.JOB, "17", 3_100, 375_100_000)),
        "too much",
        revision,
        new AlertRouting("", "facilities", ""));
  }

  @Test
  void partsOfANodesWindow_arePointsOfTheirOwn_withEveryField() {
    Totals<SiteAmount> totals =
        Totals.ofSite()
            .add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, 70_000)
            .add(SiteAmount.REFUSED_SENTINEL, 3)
            .add(SiteAmount.REFUSED_LATE, 2);
    StorePoint part =
        NodeWindowPoint.of(new NodeWindow("site", "n1", 1_790_000_000_000L, 10_000, totals, 41));
    assertThat(part.epochNanos()).isEqualTo(1_790_000_000_000_000_041L);
    assertThat(part.tags()).isEqualTo(Map.of("site", "site", "node", "n1", "window", "10s"));
    Set<String> withMeters = Measurement.NODE_WINDOW.fields().keySet();
    assertThat(part.fields().keySet())
        .isEqualTo(
            withMeters.stream()
                .filter(name -> !name.matches("(facility|ups|pdu|generation|export)_watts"))
                .collect(Collectors.toCollection(LinkedHashSet::new)));
    assertThat(part.fields())
        .containsEntry("total_watts", 7.0)
        .containsEntry("total_millijoules", 70_000L)
        .containsEntry("refused", 5L);
    // far into the journal, and still within the window
    StorePoint later =
        NodeWindowPoint.of(
            new NodeWindow("site", "n1", 1_790_000_000_000L, 10_000, totals, 7_000_000_042L));
    assertThat(later.epochNanos()).isEqualTo(1_790_000_000_000_000_042L);
  }

  /** Of meters that are not there nothing is known; of those that are silent it is. */
  @Test
  void powerAndCoverageOfMetersOfASite_areThereWithTheMeters() {
    Totals<SiteAmount> totals =
        Totals.ofSite()
            .add(SiteAmount.FACILITY_MILLIJOULES, 130_000)
            .add(SiteAmount.UPS_MILLIJOULES, 50_000)
            .add(SiteAmount.UPS_COVERED_MILLIS, 5_000)
            .add(SiteAmount.UPS_UNCOVERED_MILLIS, 15_000)
            .add(SiteAmount.PDU_UNCOVERED_MILLIS, 10_000);
    Map<String, Object> fields =
        SiteWindowPoint.of(new SiteWindow("site", START, 10_000, totals)).fields();
    assertThat(fields)
        .containsEntry("facility_watts", 13.0)
        .containsEntry("ups_watts", 5.0)
        .containsEntry("pdu_watts", 0.0)
        .containsEntry("ups_coverage_ratio", 0.25)
        .containsEntry("pdu_coverage_ratio", 0.0)
        .doesNotContainKeys(
            "generation_watts", "export_watts", "facility_coverage_ratio", "export_coverage_ratio");
  }

  /** An alert is one point from its beginning to its end, and the next time another. */
  @Test
  void anAlert_isOnePointEachTimeThatItHolds() {
    StorePoint fired = AlertPoint.of(alert("site", AlertState.FIRING, START, 1));
    StorePoint ended = AlertPoint.of(alert("site", AlertState.RESOLVED, START, 3));
    StorePoint again = AlertPoint.of(alert("site", AlertState.FIRING, START + 600_000, 1));
    assertThat(ended.epochNanos()).isEqualTo(fired.epochNanos());
    assertThat(ended.tags()).isEqualTo(fired.tags());
    assertThat(again.epochNanos()).isNotEqualTo(fired.epochNanos());
    assertThat(ended.fields())
        .containsEntry("state", "RESOLVED")
        .containsEntry("ended_epoch_millis", START + 90_000)
        .containsEntry("contributors", "job 17 31 % 375.1 kW")
        .containsEntry("limit_value", 1_200_000.0);
    assertThat(fired.fields().keySet()).isEqualTo(Measurement.ALERT.fields().keySet());
    // no series for a job
    assertThat(AlertPoint.of(alert("job=17", AlertState.FIRING, START, 1)).tags())
        .isEqualTo(Map.of("site", "site", "rule", "power-budget"));
  }

  @Test
  void aBudget_isAPointWhenItIsSetAndWhenItIsRemoved() {
    Budget budget =
        Budget.of("site", "feed-a", Scope.parse("rack=r12"), new PowerLimit(1_200_000_000));
    StorePoint set = BudgetPoint.of("site/feed-a", budget, START);
    assertThat(set.tags()).isEqualTo(Map.of("site", "site", "budget", "feed-a"));
    assertThat(set.fields())
        .containsEntry("in_force", 1L)
        .containsEntry("limit_watts", 1_200_000.0)
        .containsEntry("scope", "rack=r12");
    assertThat(Measurement.BUDGET.fields().keySet()).containsAll(set.fields().keySet());
    assertThat(BudgetPoint.of("site/feed-a", null, START).fields())
        .isEqualTo(Map.of("in_force", 0L));
  }

  @Test
  void fragmentsOfAWindow_arePointsOfTheirOwn() {
    assertThat(Parts.fragment(0)).isZero();
    assertThat(Parts.fragment(60_000L * 7)).isEqualTo(7);
    assertThat(Parts.fragment(60_000L * 1_000_000_007)).isEqualTo(7);
  }
}

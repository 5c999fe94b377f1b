// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.GpuPower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Limit;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Thresholds;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.WireSerdes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Alerts of sites, racks, nodes and jobs that no longer report. */
class SilentSiteTest {
  private static final long START = Instant.parse("2026-11-25T12:00:00Z").toEpochMilli();
  private static final String SITE = "dc1";

  private final Memory memory = new Memory(SITE);
  private SiteWatch watch = new SiteWatch(SITE, memory, memory);

  private static long millis(long second) {
    return START + 1_000 * second;
  }

  private static NodePower node(String name, long second, long watts, JobPower... jobs) {
    return new NodePower(
        name,
        millis(second),
        1_000 * watts,
        List.of(1_000 * watts, 0L, 0L, 0L, 0L, 0L),
        0,
        List.of(jobs),
        List.of());
  }

  private void power(long second, NodePower... nodes) {
    PowerSnapshot live = new PowerSnapshot(SITE, 0, millis(second), List.of(nodes));
    watch.accept(
        new SiteEvent.Power(
            live,
            WireSerdes.powerSnapshot().serializer().serialize("power-snapshot", live),
            millis(second)));
  }

  /** The wall clock, from the second after one to another, while no data arrive. */
  private void silence(long from, long to) {
    for (long second = from + 1; second <= to; second++) {
      watch.accept(new SiteEvent.WallClock(millis(second)));
    }
  }

  /** One node, each second from one to before another. */
  private void steady(long from, long to, long watts, JobPower... jobs) {
    for (long second = from; second < to; second++) {
      power(second, node("n1", second, watts, jobs));
      watch.accept(new SiteEvent.WallClock(millis(second)));
    }
  }

  private void set(String id, Scope scope, Quantity quantity, long limit, long forecastMillis) {
    Budget budget =
        new Budget(
            SITE,
            id,
            scope,
            Limit.of(quantity, 1_000 * limit),
            "UTC",
            new Thresholds(List.of(100), 5),
            new AlertTiming(0, 300_000, 60_000, forecastMillis),
            "",
            "",
            0);
    watch.accept(
        new SiteEvent.BudgetSet(
            budget, WireSerdes.budgets().serializer().serialize("budgets", budget)));
  }

  private void label(String node, String label, String value) {
    NodeRecord record =
        new NodeRecord(SITE, node, START, "", Map.of(label, value), 0, 0, List.of());
    watch.accept(
        new SiteEvent.NodeDescribed(
            record, WireSerdes.nodes().serializer().serialize("nodes", record)));
  }

  private void job(String job, JobState state, long endSecond) {
    JobRecord record =
        new JobRecord(
            SITE,
            job,
            new JobDetails("ada", "p", "", "", Map.of()),
            new JobSpan(START, state.ended() ? millis(endSecond) : JobSpan.OPEN),
            state,
            JobWork.NONE,
            0);
    watch.accept(
        new SiteEvent.JobDescribed(
            record, WireSerdes.jobs().serializer().serialize("jobs", record)));
  }

  private List<Alert> takeAlerts() {
    List<Alert> alerts = new ArrayList<>(memory.alerts);
    memory.alerts.clear();
    return alerts;
  }

  private List<Alert> takeAlerts(Rule rule) {
    return takeAlerts().stream().filter(alert -> alert.rule() == rule).toList();
  }

  private static List<String> brief(List<Alert> alerts) {
    return alerts.stream()
        .map(alert ->
            "%s %s %d"
                .formatted(
                    alert.rule().label(),
                    alert.state(),
                    (alert.times().updatedEpochMillis() - START) / 1_000))
        .toList();
  }

  @Test
  void aPowerAlertOfASilentSite_namesTheTimeOfItsData_andResolvesAfterTenMinutes() {
    set("feed", Scope.SITE, Quantity.POWER, 1_000, 600_000);
    steady(0, 30, 1_200);
    assertThat(brief(takeAlerts())).containsExactly("power-budget FIRING 0");
    silence(29, 59 + 29);
    assertThat(takeAlerts()).isEmpty();
    silence(88, 29 + 599);
    List<Alert> alerts = takeAlerts();
    assertThat(brief(alerts)).containsExactly("site-stale FIRING 89", "power-budget FIRING 89");
    assertThat(alerts.get(0).summary())
        .isEqualTo("no data of site dc1 since 2026-11-25 12:00:29 UTC");
    assertThat(alerts.get(1).summary())
        .startsWith(
            "power of site dc1 is 1.2 kW, 120 % of its limit of 1 kW (budget feed)"
                + " (no data since 2026-11-25 12:00:29 UTC)");
    assertThat(alerts.get(1).measured().completenessBasisPoints()).isZero();
    silence(628, 700);
    Alert over = takeAlerts().getFirst();
    assertThat(over.rule()).isEqualTo(Rule.POWER_BUDGET);
    assertThat(over.state()).isEqualTo(AlertState.RESOLVED);
    assertThat(over.summary()).isEqualTo("site dc1: no data since 2026-11-25 12:00:29 UTC");
    assertThat(over.times().endedEpochMillis()).isBetween(millis(629), millis(640));
    // nothing more: the alert of the site names the time of its last data, which stays true
    silence(700, 90_000);
    assertThat(takeAlerts()).isEmpty();
  }

  @Test
  void whenDataArriveAgain_aBreachThatLastsFiresAgain() {
    set("feed", Scope.SITE, Quantity.POWER, 1_000, 0);
    steady(0, 30, 1_200);
    silence(29, 1_000);
    takeAlerts();
    steady(1_000, 1_100, 1_300);
    List<Alert> alerts = takeAlerts();
    assertThat(brief(alerts))
        .containsExactlyInAnyOrder("power-budget FIRING 1000", "site-stale RESOLVED 1010");
    assertThat(alerts.getFirst().times().sinceEpochMillis()).isEqualTo(millis(1_000));
    assertThat(alerts.getLast().summary()).isEqualTo("site dc1 reports again");
  }

  /** Readings from an agent's spool arrive late, with the times at which they were measured. */
  @Test
  void lateData_areEvaluatedAsOfTheirTime() {
    set("feed", Scope.SITE, Quantity.POWER, 1_000, 0);
    steady(0, 30, 500);
    silence(29, 200);
    assertThat(brief(takeAlerts())).containsExactly("site-stale FIRING 89");
    for (long second = 30; second < 200; second++) {
      PowerSnapshot live =
          new PowerSnapshot(
              SITE, 0, millis(200), List.of(node("n1", second, second < 100 ? 500 : 1_100)));
      watch.accept(
          new SiteEvent.Power(
              live,
              WireSerdes.powerSnapshot().serializer().serialize("power-snapshot", live),
              millis(200)));
    }
    silence(200, 230);
    assertThat(takeAlerts())
        .extracting(Alert::rule, Alert::state, alert -> alert.times().sinceEpochMillis())
        .contains(
            org.assertj.core.groups.Tuple.tuple(Rule.POWER_BUDGET, AlertState.FIRING, millis(100)));
  }

  @Test
  void aRestartDuringSilence_emitsNothingTwice_andResolvesNothing() {
    set("feed", Scope.SITE, Quantity.POWER, 1_000, 0);
    steady(0, 30, 1_200);
    silence(29, 300);
    takeAlerts();
    watch = memory.restored();
    silence(330, 900);
    assertThat(brief(takeAlerts())).containsExactly("power-budget RESOLVED 629");
    watch = memory.restored();
    silence(950, 2_000);
    assertThat(takeAlerts()).isEmpty();
  }

  @Test
  void aRestart_isNoSilenceOfTheSite() {
    steady(0, 30, 100);
    watch = memory.restored();
    silence(86_400, 86_459);
    steady(86_460, 86_470, 100);
    assertThat(takeAlerts()).isEmpty();
  }

  @Test
  void aRack_ofWhichNoNodeReports_isNotReportedWithZeroPower() {
    label("n2", "rack", "r2");
    set("rack", Scope.nodes("rack", "r2"), Quantity.POWER, 300, 0);
    for (long second = 0; second < 1_500; second++) {
      if (second < 30) {
        power(second, node("n1", second, 100), node("n2", second, 500));
      } else {
        power(second, node("n1", second, 100));
      }
    }
    List<Alert> alerts = takeAlerts(Rule.POWER_BUDGET);
    assertThat(alerts.getLast().state()).isEqualTo(AlertState.RESOLVED);
    assertThat(alerts.getLast().summary())
        .isEqualTo("rack=r2 of site dc1: no data since 2026-11-25 12:00:29 UTC");
    assertThat(alerts).noneMatch(alert -> alert.summary().contains(" 0 W"));
  }

  @Test
  void anIdleJob_resolves_whenItEnds_orItsNodeIsGone() {
    JobPower idle = new JobPower("17", 80_000, 80_000, 0);
    job("17", JobState.RUNNING, 0);
    steady(0, 700, 500, idle);
    assertThat(takeAlerts(Rule.HELD_IDLE))
        .extracting(Alert::summary)
        .containsExactly(
            "job 17 of site dc1, run by ada, holds 8 GPUs that are 0 % busy; its power is 80 W");
    job("17", JobState.COMPLETED, 700);
    // its release comes later
    steady(700, 1_500, 500, idle);
    List<Alert> alerts = takeAlerts();
    assertThat(brief(alerts)).containsExactly("held-idle RESOLVED 699");
    assertThat(alerts.getFirst().summary()).isEqualTo("job 17 of site dc1: the job has ended");

    JobPower other = new JobPower("18", 80_000, 10_000, 0);
    steady(1_500, 2_200, 500, other);
    takeAlerts();
    silence(2_199, 2_199 + 1_000);
    assertThat(brief(takeAlerts(Rule.HELD_IDLE)))
        .hasSize(2)
        .last()
        .asString()
        .startsWith("held-idle RESOLVED 29");
  }

  @Test
  void anEnergyBudget_endsWithItsPeriod_alsoWhenTheSiteIsSilent() {
    // 12:00 on; the hour is over at 3600
    set("hour", Scope.SITE, Quantity.ENERGY_PER_HOUR, 1_000, 600_000);
    steady(0, 30, 100);
    Totals<SiteAmount> totals = Totals.ofSite();
    for (SiteAmount amount :
        List.of(SiteAmount.MEASURED_TOTAL_MILLIJOULES, SiteAmount.IDLE_TOTAL_MILLIJOULES)) {
      totals.add(amount, 2_000_000);
    }
    watch.accept(
        new SiteEvent.EnergyOfSite(new SiteWindow(SITE, millis(0), 10_000, totals), millis(30)));
    steady(30, 40, 100);
    assertThat(brief(takeAlerts())).containsExactly("hour-budget FIRING 29");
    silence(39, 3_595);
    assertThat(takeAlerts(Rule.HOUR_BUDGET))
        .extracting(Alert::state)
        .containsOnly(AlertState.FIRING);
    silence(3_595, 3_610);
    List<Alert> alerts = takeAlerts();
    assertThat(brief(alerts)).containsExactly("hour-budget RESOLVED 3604");
    assertThat(alerts.getFirst().summary()).isEqualTo("site dc1: the period is over");
  }

  @Test
  void nodesOfASilentSite_haveNoAlertsOfTheirOwn() {
    for (long second = 0; second < 10; second++) {
      NodePower[] nodes = new NodePower[50];
      for (int i = 0; i < nodes.length; i++) {
        nodes[i] = node("n" + i, second, 100);
      }
      power(second, nodes);
      watch.accept(new SiteEvent.WallClock(millis(second)));
    }
    silence(9, 5_000);
    assertThat(brief(takeAlerts())).containsExactly("site-stale FIRING 69");
    // one reports again, the others do not: now it is about them
    steady(5_000, 5_300, 100);
    assertThat(takeAlerts())
        .extracting(Alert::rule)
        .contains(Rule.SITE_STALE, Rule.NODES_SILENT, Rule.NODE_SILENT);
  }

  /** The power of a site's nodes arrives by several partitions, and so in several records. */
  @Test
  void aSiteThatReportsAgainNodeByNode_hasNoAlertOfManySilentNodes() {
    for (long second = 0; second < 10; second++) {
      power(second, node("n1", second, 100), node("n2", second, 100), node("n3", second, 100));
      power(second, node("n4", second, 100), node("n5", second, 100), node("n6", second, 100));
      watch.accept(new SiteEvent.WallClock(millis(second)));
    }
    silence(9, 5_000);
    takeAlerts();
    // a node's record is no power: its state stays as it is
    label("n1", "rack", "r1");
    assertThat(takeAlerts()).isEmpty();
    for (long second = 5_000; second < 5_100; second++) {
      power(second, node("n1", second, 100), node("n2", second, 100), node("n3", second, 100));
      watch.accept(new SiteEvent.WallClock(millis(second)));
      if (second >= 5_020) {
        power(second, node("n4", second, 100), node("n5", second, 100), node("n6", second, 100));
      }
    }
    assertThat(brief(takeAlerts())).containsExactly("site-stale RESOLVED 5010");
  }

  /** Its release never came; hours later it has ended all the same. */
  @Test
  void aJobThatHasEnded_staysOver_asLongAsANodeShowsIt() {
    JobPower idle = new JobPower("17", 80_000, 80_000, 0);
    job("17", JobState.COMPLETED, 10);
    steady(0, 3 * 3_600, 500, idle);
    assertThat(takeAlerts()).isEmpty();
  }

  @Test
  void aForgottenNodeOrSite_leavesNoState() {
    label("n2", "rack", "r2");
    for (long second = 0; second < 400; second++) {
      power(second, node("n1", second, 100));
      if (second < 30) {
        power(second, node("n2", second, 500));
      }
    }
    assertThat(takeAlerts()).extracting(Alert::scope).containsExactly("node=n2");
    watch.accept(new SiteEvent.NodeForgotten("n2"));
    List<Alert> alerts = takeAlerts();
    assertThat(brief(alerts)).containsExactly("node-silent RESOLVED 399");
    assertThat(alerts.getFirst().summary())
        .isEqualTo("node n2 of site dc1: the node was forgotten");
    assertThat(memory.entries.keySet()).noneMatch(key -> key.contains("n2"));
    steady(400, 900, 100);
    assertThat(takeAlerts()).isEmpty();
    // it comes back as any other
    power(900, node("n1", 900, 100), node("n2", 900, 100));
    assertThat(watch.power().site().nodes).hasSize(2);

    silence(900, 1_000);
    assertThat(brief(takeAlerts())).containsExactly("site-stale FIRING 960");
    watch.accept(new SiteEvent.SiteForgotten());
    assertThat(brief(takeAlerts())).containsExactly("site-stale RESOLVED 999");
  }

  @Test
  void aClearedAlert_firesAgainAfterItsCooldown_ifItsCauseLasts() {
    set("feed", Scope.SITE, Quantity.POWER, 1_000, 0);
    steady(0, 30, 1_200);
    Alert fired = takeAlerts().getFirst();
    watch.accept(new SiteEvent.AlertCleared(fired));
    steady(30, 60, 1_200);
    assertThat(takeAlerts()).isEmpty();
    steady(60, 100, 1_200);
    List<Alert> alerts = takeAlerts();
    assertThat(brief(alerts)).containsExactly("power-budget FIRING 89");
    assertThat(alerts.getFirst().times().sinceEpochMillis())
        .isGreaterThan(fired.times().sinceEpochMillis());
    // an old clear, as after a restart from the beginning, is of another firing
    watch.accept(new SiteEvent.AlertCleared(fired));
    steady(100, 110, 100);
    assertThat(watch.budget("feed")).isNotNull();
    steady(110, 500, 100);
    assertThat(takeAlerts()).extracting(Alert::state).contains(AlertState.RESOLVED);
  }

  @Test
  void aSmallChange_isNotEmitted() {
    set("feed", Scope.SITE, Quantity.POWER, 1_000, 0);
    // two nodes have almost the same power, and take turns; a job is idle but for a little
    for (long second = 0; second < 1_800; second++) {
      boolean turn = second / 40 % 2 == 0;
      JobPower idle = new JobPower("17", 5_000, 80_000, turn ? 1 : 900);
      power(
          second, node("n1", second, turn ? 600 : 610, idle), node("n2", second, turn ? 610 : 600));
    }
    List<Alert> alerts = takeAlerts();
    assertThat(brief(alerts)).containsExactly("power-budget FIRING 0", "held-idle FIRING 600");
    // another that clearly leads is one
    for (long second = 1_800; second < 1_900; second++) {
      power(second, node("n1", second, 800), node("n2", second, 410));
    }
    assertThat(takeAlerts(Rule.POWER_BUDGET))
        .extracting(alert -> alert.contributors().getFirst())
        .extracting(Contributor::name)
        .containsExactly("n1");
  }

  @Test
  void aDeviceOfANodeWithALongName_doesNotStopTheEvaluation() {
    String name = "n".repeat(250);
    for (long second = 0; second < 900; second++) {
      List<GpuPower> gpus = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        gpus.add(new GpuPower("gpu" + i, i == 3 ? 300_000 : 600_000, 9_800));
      }
      power(second, new NodePower(name, millis(second), 7_000_000, List.of(), 0, List.of(), gpus));
    }
    assertThat(takeAlerts()).isEmpty();
  }
}

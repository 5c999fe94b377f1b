// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static io.github.joulestream.streams.alerts.Events.SITE;
import static io.github.joulestream.streams.alerts.Events.START;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Levels;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertMeasurement;
import io.github.joulestream.schemas.AlertState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertStatesTest {
  private static final AlertTiming TIMING = new AlertTiming(0, 60_000, 30_000, 0);
  private static final Scope RACK = Scope.nodes("rack", "r1");

  private final Memory memory = new Memory(SITE);
  private AlertStates states = new AlertStates(SITE, memory, memory);

  /** Details that a test changes between steps. */
  private double value = 100;

  private int completeness = 10_000;
  private Severity severity = Severity.CRITICAL;
  private List<Contributor> contributors = List.of();
  private int texts;

  private AlertDetails details(String budget) {
    texts++;
    return new AlertDetails(
        budget,
        severity,
        new AlertMeasurement(value, 100, "W", 100, completeness),
        contributors,
        "summary",
        "owner",
        "note");
  }

  private void step(Rule rule, Scope scope, long second, Levels levels) {
    states.step(rule, scope, START + 1_000 * second, levels, TIMING, _ -> details("b"));
  }

  private void fire(long second) {
    step(Rule.POWER_BUDGET, Scope.SITE, second, Levels.ONE);
  }

  private static Contributor job(String name, int shareBasisPoints) {
    return new Contributor(Contributor.Consumer.JOB, name, shareBasisPoints, 1);
  }

  private List<Alert> takeAlerts() {
    List<Alert> alerts = new ArrayList<>(memory.alerts);
    memory.alerts.clear();
    return alerts;
  }

  private void restore() throws IOException {
    states = new AlertStates(SITE, memory, memory);
    for (StateEntry entry : memory.entries(StateSection.ALARM)) {
      states.restore(entry);
    }
  }

  @Test
  void anAlarm_emitsWhenItFires_andWhenItResolves() {
    step(Rule.POWER_BUDGET, Scope.SITE, 0, Levels.NONE);
    assertThat(states.size()).isZero();
    fire(1);
    Alert fired = takeAlerts().getFirst();
    assertThat(fired.id()).isEqualTo(Alert.fingerprint(SITE, Rule.POWER_BUDGET, Scope.SITE));
    assertThat(fired.state()).isEqualTo(AlertState.FIRING);
    assertThat(fired.times().sinceEpochMillis()).isEqualTo(START + 1_000);
    assertThat(fired.budget()).isEqualTo("b");
    assertThat(states.level(Rule.POWER_BUDGET, Scope.SITE)).isZero();
    assertThat(states.firing(Rule.POWER_BUDGET, Scope.SITE)).isEqualTo(fired);
    step(Rule.POWER_BUDGET, Scope.SITE, 2, Levels.NONE);
    step(Rule.POWER_BUDGET, Scope.SITE, 62, Levels.NONE);
    Alert resolved = takeAlerts().getFirst();
    assertThat(resolved.state()).isEqualTo(AlertState.RESOLVED);
    assertThat(resolved.times().endedEpochMillis()).isEqualTo(START + 62_000);
    assertThat(resolved.revision()).isEqualTo(2);
    assertThat(states.firing(Rule.POWER_BUDGET, Scope.SITE)).isNull();
    // the state is deleted after the cooldown
    assertThat(memory.entries(StateSection.ALARM)).hasSize(1);
    step(Rule.POWER_BUDGET, Scope.SITE, 92, Levels.NONE);
    assertThat(memory.entries(StateSection.ALARM)).isEmpty();
    assertThat(states.size()).isZero();
  }

  /** The text costs a sort of contributors: it is not asked for with every step. */
  @Test
  void figures_areComparedEvery30Seconds_andEmittedIfTheyChanged() {
    fire(0);
    takeAlerts();
    texts = 0;
    value = 101.9; // by less than 2 % of the limit
    for (int second = 1; second < 90; second++) {
      fire(second);
    }
    assertThat(takeAlerts()).isEmpty();
    assertThat(texts).isEqualTo(2);
    value = 102;
    fire(90);
    assertThat(takeAlerts()).extracting(alert -> alert.measured().value()).containsExactly(102.0);
    value = 200;
    for (int second = 91; second < 120; second++) {
      fire(second);
    }
    assertThat(takeAlerts()).isEmpty();
    fire(120);
    assertThat(takeAlerts()).extracting(Alert::revision).containsExactly(3);
  }

  @Test
  void aChangeOfCompleteness_isEmittedFromOnePercentOn() {
    fire(0);
    completeness = 9_901;
    fire(30);
    assertThat(takeAlerts()).hasSize(1);
    completeness = 9_900;
    fire(60);
    assertThat(takeAlerts())
        .extracting(alert -> alert.measured().completenessBasisPoints())
        .containsExactly(9_900);
  }

  @Test
  void anotherLargestContributor_isEmittedFromAMarginOfFivePercentOn() {
    contributors = List.of(job("a", 5_000), job("b", 4_000));
    fire(0);
    contributors = List.of(job("b", 5_000), job("a", 4_501));
    fire(30);
    assertThat(takeAlerts()).hasSize(1);
    contributors = List.of(job("b", 5_000), job("a", 4_500));
    fire(60);
    assertThat(takeAlerts())
        .extracting(alert -> alert.contributors().getFirst().name())
        .containsExactly("b");
    // the largest has left altogether
    contributors = List.of(job("c", 500));
    fire(90);
    assertThat(takeAlerts()).hasSize(1);
  }

  @Test
  void figuresOfARuleWithoutBudget_areEmittedWhenTheyChangeByHalf() {
    AlertText text = _ -> AlertDetails.ofRule(Severity.INFO, measured(), List.of(), "s");
    step(Rule.HELD_IDLE, Scope.job("17"), 0, text);
    value = 149;
    step(Rule.HELD_IDLE, Scope.job("17"), 30, text);
    assertThat(takeAlerts()).hasSize(1);
    value = 150;
    step(Rule.HELD_IDLE, Scope.job("17"), 60, text);
    assertThat(takeAlerts()).hasSize(1);
  }

  @Test
  void theAgeOfData_isNoChange() {
    AlertText text = _ -> AlertDetails.ofRule(Severity.WARNING, measured(), List.of(), "s");
    step(Rule.NODE_SILENT, Scope.node("n1"), 0, text);
    value = 10_000;
    step(Rule.NODE_SILENT, Scope.node("n1"), 30, text);
    assertThat(takeAlerts()).hasSize(1);
  }

  private AlertMeasurement measured() {
    return new AlertMeasurement(value, 100, "s", 100, completeness);
  }

  private void step(Rule rule, Scope scope, long second, AlertText text) {
    states.step(rule, scope, START + 1_000 * second, Levels.ONE, TIMING, text);
  }

  @Test
  void theAlertOfASite_inhibitsThatOfARack_whileItFires() {
    step(Rule.POWER_BUDGET, RACK, 0, Levels.ONE);
    assertThat(takeAlerts()).noneMatch(alert -> alert.routing().isInhibited());
    fire(1);
    states.updateInhibition();
    List<Alert> alerts = takeAlerts();
    assertThat(alerts).extracting(Alert::scope).containsExactly("site", "rack=r1");
    assertThat(alerts.getLast().routing().inhibitedBy()).isEqualTo(alerts.getFirst().id());
    assertThat(alerts.getLast().summary()).isEqualTo("summary");
    states.updateInhibition();
    assertThat(takeAlerts()).isEmpty();
    states.end(Rule.POWER_BUDGET, Scope.SITE, START + 2_000, "reason");
    states.updateInhibition();
    assertThat(takeAlerts())
        .extracting(Alert::scope, alert -> alert.routing().inhibitedBy())
        .containsExactly(tuple("site", ""), tuple("rack=r1", ""));
  }

  @Test
  void anAlertThatIsMoreSevere_isNotInhibited() {
    severity = Severity.WARNING;
    fire(0);
    severity = Severity.CRITICAL;
    step(Rule.POWER_BUDGET, RACK, 1, Levels.ONE);
    step(Rule.POWER_BUDGET, Scope.user("ada"), 1, Levels.ONE);
    severity = Severity.WARNING;
    step(Rule.POWER_BUDGET, Scope.nodes("rack", "r2"), 1, Levels.ONE);
    assertThat(takeAlerts())
        .filteredOn(alert -> alert.routing().isInhibited())
        .extracting(Alert::scope)
        .containsExactly("rack=r2");
  }

  @Test
  void silentNodes_areInhibitedByManySilentNodes_andBothByASilentSite() {
    step(Rule.NODE_SILENT, Scope.node("n1"), 0, Levels.ONE);
    step(Rule.NODES_SILENT, Scope.SITE, 1, Levels.ONE);
    states.updateInhibition();
    String many = Alert.fingerprint(SITE, Rule.NODES_SILENT, Scope.SITE);
    assertThat(takeAlerts().getLast().routing().inhibitedBy()).isEqualTo(many);
    step(Rule.SITE_STALE, Scope.SITE, 2, Levels.ONE);
    states.updateInhibition();
    String stale = Alert.fingerprint(SITE, Rule.SITE_STALE, Scope.SITE);
    assertThat(takeAlerts())
        .extracting(alert -> alert.rule() + " " + alert.routing().inhibitedBy())
        .containsExactly("SITE_STALE ", "NODE_SILENT " + stale, "NODES_SILENT " + stale);
  }

  @Test
  void aRound_resolvesAlarmsWhoseSubjectIsNotFound() {
    states.beginRound();
    step(Rule.NODE_SILENT, Scope.node("n1"), 0, Levels.ONE);
    step(Rule.NODE_SILENT, Scope.node("n2"), 0, Levels.ONE);
    takeAlerts();
    for (int second = 5; second <= 70; second += 5) {
      states.beginRound();
      step(Rule.NODE_SILENT, Scope.node("n1"), second, Levels.ONE);
      states.endRound(Rule.NODE_SILENT, START + 1_000L * second, TIMING, "it reports again");
    }
    assertThat(takeAlerts())
        .singleElement()
        .satisfies(alert -> {
          assertThat(alert.state()).isEqualTo(AlertState.RESOLVED);
          assertThat(alert.summary()).isEqualTo("node n2 of site dc1: it reports again");
        });
  }

  @Test
  void anAlertThatAPersonCleared_isNotEmittedAgain_andFiresAgainAfterTheCooldown() {
    fire(0);
    Alert fired = takeAlerts().getFirst();
    states.clear(fired.cleared(START + 1_000, "cleared"), START + 1_000);
    assertThat(states.level(Rule.POWER_BUDGET, Scope.SITE)).isEqualTo(-1);
    fire(2);
    fire(30);
    assertThat(takeAlerts()).isEmpty();
    fire(31);
    assertThat(takeAlerts()).extracting(Alert::revision).containsExactly(1);
    // one of the firing before does not end this one
    states.clear(fired, START + 32_000);
    assertThat(states.level(Rule.POWER_BUDGET, Scope.SITE)).isZero();
  }

  @Test
  void restored_itContinuesWithoutAnEmission() throws IOException {
    fire(0);
    step(Rule.POWER_BUDGET, RACK, 0, Levels.ONE);
    step(Rule.POWER_BUDGET, RACK, 1, Levels.NONE);
    List<Alert> before = takeAlerts();
    restore();
    assertThat(states.size()).isEqualTo(2);
    assertThat(states.firing(Rule.POWER_BUDGET, Scope.SITE)).isEqualTo(before.getFirst());
    fire(2);
    assertThat(takeAlerts()).isEmpty();
    // 60 s after the step that was stored
    step(Rule.POWER_BUDGET, RACK, 60, Levels.NONE);
    assertThat(takeAlerts()).isEmpty();
    step(Rule.POWER_BUDGET, RACK, 61, Levels.NONE);
    assertThat(takeAlerts()).extracting(Alert::state).containsExactly(AlertState.RESOLVED);
  }

  @Test
  void forgotten_itResolves_andItsStateIsDeleted() {
    fire(0);
    step(Rule.POWER_BUDGET, RACK, 0, Levels.ONE);
    takeAlerts();
    states.forgetAll(RACK::equals, START + 1_000, "the rack was removed");
    assertThat(takeAlerts())
        .extracting(Alert::scope, Alert::summary)
        .containsExactly(tuple("rack=r1", "rack=r1 of site dc1: the rack was removed"));
    assertThat(memory.entries(StateSection.ALARM)).hasSize(1);
    assertThat(requireNonNull(states.firing(Rule.POWER_BUDGET, Scope.SITE)).scope())
        .isEqualTo("site");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.runtime.HostileTexts;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertMeasurement;
import io.github.joulestream.schemas.AlertRouting;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AlertSubject;
import io.github.joulestream.schemas.AlertTimes;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Alerts that are sent to Alertmanager, and when. */
class ActiveAlertsTest {
  private static final long START = 1_795_563_217_000L;
  private static final long HOLD = 90_000;

  private final ActiveAlerts active = new ActiveAlerts(new Links(null), HOLD);
  private long offset;

  private static Alert alert(
      Scope scope, Severity severity, long since, long ended, int revision, String inhibitedBy) {
    return new Alert(
        Alert.fingerprint("dc1", Rule.POWER_BUDGET, scope),
        new AlertSubject(Rule.POWER_BUDGET, "dc1", "feed", scope.text()),
        severity,
        ended == AlertTimes.OPEN ? AlertState.FIRING : AlertState.RESOLVED,
        new AlertMeasurement(1_210_000, 1_200_000, "W", 100, 10_000),
        new AlertTimes(since, since, ended),
        List.of(),
        "too much",
        revision,
        new AlertRouting(inhibitedBy, "", ""));
  }

  private static Alert firing(long since) {
    return alert(Scope.SITE, Severity.CRITICAL, since, AlertTimes.OPEN, 1, "");
  }

  private static Alert resolved(long since, long ended) {
    return alert(Scope.SITE, Severity.CRITICAL, since, ended, 2, "");
  }

  private void take(Alert alert, boolean delivered, long now) {
    active.take(new AlertEvent(record(alert.id(), now), alert, delivered), now);
  }

  private ConsumerRecord<byte[], byte[]> record(String id, long timestamp) {
    return new ConsumerRecord<>(
        "alerts",
        0,
        offset++,
        timestamp,
        org.apache.kafka.common.record.TimestampType.LOG_APPEND_TIME,
        0,
        0,
        id.getBytes(UTF_8),
        new byte[0],
        new org.apache.kafka.common.header.internals.RecordHeaders(),
        java.util.Optional.empty());
  }

  /** Delivers all pending changes; returns the alerts that were sent. */
  private List<AlertmanagerAlert> send(long now) {
    List<ActiveAlerts.Notice> pending = active.pending(now);
    active.delivered(pending, now);
    assertThat(active.hasPending()).isFalse();
    return pending.stream().flatMap(notice -> notice.alerts().stream()).toList();
  }

  private List<AlertmanagerAlert> round(boolean restarted, long now) {
    List<ActiveAlerts.Notice> all = active.all(restarted, now);
    active.delivered(all, now);
    return all.stream().flatMap(notice -> notice.alerts().stream()).toList();
  }

  private static @Nullable String severity(AlertmanagerAlert sent) {
    return sent.labels().get("severity");
  }

  /** They are in mails, chats and pages of others, whose rules are not known here. */
  @Test
  void labelsAndAnnotations_haveNothingThatActs() {
    for (String text : HostileTexts.all()) {
      Alert alert =
          new Alert(
              Alert.fingerprint("dc1", Rule.POWER_BUDGET, Scope.SITE),
              new AlertSubject(Rule.POWER_BUDGET, "dc1", text, Scope.SITE.text()),
              Severity.CRITICAL,
              AlertState.FIRING,
              new AlertMeasurement(1, 2, "W", 100, 10_000),
              new AlertTimes(1, 1, AlertTimes.OPEN),
              List.of(new Contributor(Contributor.Consumer.JOB, text, 1, 1)),
              text,
              1,
              new AlertRouting("", text, text));
      AlertmanagerAlert sent = active.first(alert);
      assertThat(HostileTexts.unsafe(sent.annotations() + "" + sent.labels())).as(text).isEmpty();
      assertThat(sent.annotations())
          .containsEntry("summary", ShownText.of(text))
          .containsKeys("note", "owner", "budget", "contributors");
    }
  }

  @Test
  void anEnd_isThatOfTheHold_afterTheWallClockWasSetBack() {
    take(firing(START), false, START);
    send(START);
    long back = START - 3_600_000;
    active.clockStepped(-3_600_000);
    take(resolved(START, START + 1), false, back + 10_000);
    // by the clock that was set back it has been at Alertmanager for 10 s
    assertThat(active.pending(back + 10_000).getFirst().current().endsEpochMillis())
        .isEqualTo(START + 1);
  }

  @Test
  void anEndThatAnEarlierRunDelivered_isRepeatedAfterTheHold_whateverTheWallClockDoes() {
    take(resolved(START, START + 1), true, START);
    long back = START - 3_600_000;
    active.clockStepped(-3_600_000);
    assertThat(round(false, back + HOLD - 1)).isEmpty();
    assertThat(round(false, back + HOLD)).hasSize(1);
  }

  @Test
  void anActiveAlert_hasNoEnd_andIsSentInEveryRound() {
    take(firing(START), false, START);
    assertThat(send(START))
        .singleElement()
        .satisfies(sent -> {
          assertThat(sent.endsEpochMillis()).isEqualTo(AlertmanagerAlert.NO_END);
          assertThat(sent.startsEpochMillis()).isEqualTo(START);
          assertThat(sent.labels())
              .containsOnlyKeys(
                  "alertname", "site", "scope", "scope_kind", "fingerprint", "severity");
          assertThat(sent.annotations()).containsEntry("value", "1.21 MW");
        });
    assertThat(active.pending(START + 1)).isEmpty();
    assertThat(round(false, START + 3_600_000)).hasSize(1);
  }

  @Test
  void aShortAlert_isActiveForTheHoldTime() {
    take(firing(START), false, START);
    send(START);
    take(resolved(START, START + 5_000), false, START + 5_000);
    assertThat(send(START + 5_000))
        .singleElement()
        .extracting(AlertmanagerAlert::endsEpochMillis)
        .isEqualTo(START + HOLD);
    // and in the rounds its end stays the same
    assertThat(round(false, START + 60_000))
        .singleElement()
        .extracting(AlertmanagerAlert::endsEpochMillis)
        .isEqualTo(START + HOLD);
    assertThat(round(false, START + HOLD + 1_000_000)).isEmpty();
  }

  @Test
  void aLongOne_endsWhenItEnded() {
    take(firing(START), false, START);
    send(START);
    take(resolved(START, START + 600_000), false, START + 601_000);
    assertThat(send(START + 601_000))
        .singleElement()
        .extracting(AlertmanagerAlert::endsEpochMillis)
        .isEqualTo(START + 600_000);
  }

  @Test
  void anAlertThatResolvedWhileAlertmanagerWasUnavailable_isSentAllTheSame() {
    long back = START + 7_200_000;
    take(firing(START), false, START);
    take(resolved(START, START + 5_000), false, START + 5_000);
    assertThat(send(back))
        .singleElement()
        .satisfies(sent -> {
          assertThat(sent.startsEpochMillis()).isEqualTo(START);
          assertThat(sent.endsEpochMillis()).isEqualTo(back + HOLD);
        });
  }

  @Test
  void aRisingSeverity_endsTheFormerInTheSameRequest() {
    take(alert(Scope.SITE, Severity.WARNING, START, AlertTimes.OPEN, 1, ""), false, START);
    send(START);
    long rise = START + 10_000;
    take(alert(Scope.SITE, Severity.CRITICAL, START, AlertTimes.OPEN, 2, ""), false, rise);
    List<AlertmanagerAlert> alerts = send(rise);
    assertThat(alerts)
        .extracting(ActiveAlertsTest::severity)
        .containsExactly("warning", "critical");
    assertThat(alerts)
        .extracting(AlertmanagerAlert::endsEpochMillis)
        .containsExactly(rise, AlertmanagerAlert.NO_END);
    // the former is repeated only for a restarted Alertmanager
    assertThat(round(false, rise + 60_000))
        .extracting(ActiveAlertsTest::severity)
        .containsExactly("critical");
    assertThat(round(true, rise + 60_000))
        .extracting(ActiveAlertsTest::severity)
        .containsExactly("warning", "critical");
    // critical for a moment only: it is held from when it became so
    take(resolved(START, rise + 1_000), false, rise + 1_000);
    assertThat(send(rise + 1_000))
        .singleElement()
        .satisfies(sent -> {
          assertThat(severity(sent)).isEqualTo("critical");
          assertThat(sent.endsEpochMillis()).isEqualTo(rise + HOLD);
        });
  }

  @Test
  void itsEndHasTheLabelsThatItHad_whateverItsLastSeverity() {
    take(firing(START), false, START);
    send(START);
    take(alert(Scope.SITE, Severity.INFO, START, START + 200_000, 2, ""), false, START + 200_000);
    assertThat(send(START + 200_000))
        .extracting(ActiveAlertsTest::severity)
        .containsExactly("critical");
  }

  @Test
  void theSameTroubleAgain_isANewOne() {
    take(firing(START), false, START);
    send(START);
    take(resolved(START, START + 200_000), false, START + 200_000);
    send(START + 200_000);
    take(firing(START + 400_000), false, START + 400_000);
    assertThat(send(START + 400_000))
        .singleElement()
        .satisfies(sent -> {
          assertThat(sent.startsEpochMillis()).isEqualTo(START + 400_000);
          assertThat(sent.endsEpochMillis()).isEqualTo(AlertmanagerAlert.NO_END);
        });
  }

  @Test
  void aFigureThatChangesAfterTheEnd_isNotSent() {
    take(firing(START), false, START);
    take(resolved(START, START + 200_000), false, START + 200_000);
    send(START + 200_000);
    take(resolved(START, START + 200_000), false, START + 900_000);
    assertThat(active.hasPending()).isFalse();
  }

  /** A restart between firing and end: an alert that an earlier run delivered is not pending. */
  @Test
  void afterARestart_onlyAlertsThatWereNotDelivered_arePending() {
    take(firing(START), true, START + 100_000);
    assertThat(active.hasPending()).isFalse();
    take(resolved(START, START + 99_000), false, START + 100_000);
    // how long it has stood there is not known
    assertThat(send(START + 101_000))
        .singleElement()
        .extracting(AlertmanagerAlert::endsEpochMillis)
        .isEqualTo(START + 100_000 + HOLD);
  }

  @Test
  void afterARestart_anEndThatMayHaveBeenHeld_isNotMovedForward() {
    take(firing(START), true, START + 6_000);
    take(resolved(START, START + 5_000), true, START + 6_000);
    assertThat(round(false, START + 6_000)).isEmpty();
    assertThat(round(false, START + 6_000 + HOLD))
        .singleElement()
        .extracting(AlertmanagerAlert::endsEpochMillis)
        .isEqualTo(START + 5_000);
  }

  @Test
  void whatIsInhibited_saysSo_untilItIsNot() {
    Scope rack = Scope.nodes("rack", "r12");
    take(firing(START), false, START);
    String site = firing(START).id();
    take(alert(rack, Severity.CRITICAL, START, AlertTimes.OPEN, 1, site), false, START);
    assertThat(send(START))
        .filteredOn(sent -> "nodes".equals(sent.labels().get("scope_kind")))
        .singleElement()
        .satisfies(sent -> assertThat(sent.labels()).containsEntry("inhibited", "true"));
    take(alert(rack, Severity.CRITICAL, START, AlertTimes.OPEN, 2, ""), false, START + 1_000);
    assertThat(send(START + 1_000))
        .extracting(AlertmanagerAlert::labels)
        .satisfiesExactly(
            former -> assertThat(former).containsEntry("inhibited", "true"),
            now -> assertThat(now).doesNotContainKey("inhibited"));
    // who was notified of it must be notified of its end
    take(alert(rack, Severity.CRITICAL, START, AlertTimes.OPEN, 3, site), false, START + 2_000);
    assertThat(send(START + 2_000))
        .extracting(AlertmanagerAlert::labels)
        .singleElement()
        .satisfies(now -> assertThat(now).doesNotContainKey("inhibited"));
    // and of an end that was muted, once nothing mutes it
    take(alert(rack, Severity.CRITICAL, START, START + 200_000, 4, site), false, START + 200_000);
    send(START + 200_000);
    long hours = START + 7_200_000;
    assertThat(round(false, hours)).hasSize(2);
    take(resolved(START, hours), false, hours);
    send(hours);
    assertThat(round(false, hours + 60_000)).hasSize(2);
  }

  @Test
  void manyAlerts_areCountedOnce() {
    for (int i = 0; i < 3; i++) {
      take(alert(Scope.job("j" + i), Severity.INFO, START, AlertTimes.OPEN, 1, ""), false, START);
      take(alert(Scope.job("j" + i), Severity.INFO, START, AlertTimes.OPEN, 2, ""), false, START);
    }
    assertThat(active.pending(START)).hasSize(3);
    active.take(
        new AlertEvent(
            record(Alert.fingerprint("dc1", Rule.POWER_BUDGET, Scope.job("j1")), START),
            null,
            false),
        START);
    assertThat(send(START)).hasSize(2);
  }

  @Test
  void whatIsRefused_isNotTriedAgain_untilItChanges() {
    take(firing(START), false, START);
    active.rejected(active.pending(START).getFirst());
    assertThat(active.hasPending()).isFalse();
    assertThat(round(false, START + 60_000)).isEmpty();
    take(firing(START), false, START + 70_000);
    assertThat(send(START + 70_000)).hasSize(1);
  }

  /** An alert of each job that ever was: none of them stays in memory. */
  @Test
  void whatIsOverForADay_isForgotten() {
    take(firing(START), false, START);
    take(resolved(START, START + 1_000), false, START + 1_000);
    send(START + 1_000);
    long later = START + 2 * 86_400_000L;
    assertThat(round(false, later)).isEmpty();
    take(resolved(START, START + 1_000), false, later);
    assertThat(active.hasPending()).isFalse();
    take(firing(later), false, later);
    assertThat(send(later)).hasSize(1);
  }

  @Test
  void anOldEnd_ofAnUnknownAlert_isNotSent() {
    take(resolved(START, START + 1_000), false, START + 2 * 86_400_000L);
    assertThat(active.hasPending()).isFalse();
  }

  @Test
  void links_areOfWhatItIsAbout() throws Exception {
    Links links = new Links(java.net.URI.create("http://grafana:3000/"));
    assertThat(links.to(resolved(START, START + 5_000)))
        .isEqualTo(
            "http://grafana:3000/d/joulestream-budgets?var-site=dc1&from=%d&to=%d"
                .formatted(START - 1_800_000, START + 605_000));
    assertThat(links.to(alert(Scope.job("c/1 2"), Severity.INFO, START, AlertTimes.OPEN, 1, "")))
        .startsWith("http://grafana:3000/d/joulestream-job?var-job=c%2F1%202&var-site=dc1")
        .endsWith("&to=now");
    assertThat(new Links(null).to(firing(START))).isEmpty();
  }

  @Test
  void figures_areAsPeopleReadThem() {
    assertThat(
            Map.of(
                "1.2 MW", AlertFormat.value(1_200_000, "W"),
                "30 MWh", AlertFormat.value(30e6 * 3_600, "J"),
                "950 W", AlertFormat.value(950, "W"),
                "12.35 kW", AlertFormat.value(12_345, "W"),
                "97.5 %", AlertFormat.value(0.975, "ratio"),
                "100 nodes", AlertFormat.value(100, "nodes"),
                "0 W", AlertFormat.value(0, "W")))
        .allSatisfy((text, value) -> assertThat(value).isEqualTo(text));
  }

  private void forget(long now) {
    String id = firing(START).id();
    active.take(new AlertEvent(record(id, now), null, false), now);
  }

  @Test
  void anActiveAlertThatIsRemoved_ends_ifItWasDelivered() {
    take(firing(START), false, START);
    assertThat(send(START)).hasSize(1);
    forget(START + 200_000);
    List<AlertmanagerAlert> alerts = send(START + 200_000);
    assertThat(alerts).hasSize(1);
    assertThat(alerts.getFirst().endsEpochMillis()).isEqualTo(START + 200_000);
    // again: it is over already
    forget(START + 300_000);
    assertThat(send(START + 300_000)).isEmpty();
  }

  @Test
  void anEnd_thatIsRemovedBeforeItWasSent_isSent() {
    take(firing(START), false, START);
    send(START);
    take(resolved(START, START + 200_000), false, START + 200_000);
    forget(START + 200_000);
    assertThat(send(START + 200_000))
        .extracting(AlertmanagerAlert::endsEpochMillis)
        .containsExactly(START + 200_000);
  }

  @Test
  void aRemovedAlertThatWasNeverDelivered_isNotSent() {
    take(firing(START), false, START);
    forget(START);
    assertThat(active.hasPending()).isFalse();
    assertThat(send(START)).isEmpty();
  }

  @Test
  void aRepeat_isNotCounted() {
    take(firing(START), false, START);
    take(
        alert(Scope.nodes("rack", "r1"), Severity.INFO, START, AlertTimes.OPEN, 1, ""),
        false,
        START);
    assertThat(active.delivered(active.pending(START), START)).isEqualTo(2);
    for (int round = 1; round <= 20; round++) {
      long now = START + 60_000L * round;
      List<ActiveAlerts.Notice> all = active.all(false, now);
      assertThat(all).hasSize(2);
      assertThat(active.delivered(all, now)).isZero();
    }
    take(resolved(START, START + 1_300_000), false, START + 1_300_000);
    assertThat(active.delivered(active.all(false, START + 1_300_000), START + 1_300_000))
        .isEqualTo(1);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
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

/** What Alertmanager is told, and when. */
class ActiveAlertsTest {
  private static final long START = 1_795_563_217_000L;
  private static final long HOLD = 90_000;

  private final ActiveAlerts standing = new ActiveAlerts(new Links(null), HOLD);
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

  private void take(Alert alert, boolean told, long now) {
    standing.take(new AlertEvent(record(alert.id(), now), alert, told), now);
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

  /** Tells of the news; what was told. */
  private List<AlertmanagerAlert> tell(long now) {
    List<ActiveAlerts.Notice> news = standing.news(now);
    standing.told(news, now);
    assertThat(standing.hasNews()).isFalse();
    return news.stream().flatMap(notice -> notice.postings().stream()).toList();
  }

  private List<AlertmanagerAlert> round(boolean forgotten, long now) {
    List<ActiveAlerts.Notice> all = standing.all(forgotten, now);
    standing.told(all, now);
    return all.stream().flatMap(notice -> notice.postings().stream()).toList();
  }

  private static @Nullable String severity(AlertmanagerAlert posting) {
    return posting.labels().get("severity");
  }

  @Test
  void whatStands_hasNoEnd_andIsToldInEveryRound() {
    take(firing(START), false, START);
    assertThat(tell(START))
        .singleElement()
        .satisfies(posting -> {
          assertThat(posting.endsEpochMillis()).isEqualTo(AlertmanagerAlert.NO_END);
          assertThat(posting.startsEpochMillis()).isEqualTo(START);
          assertThat(posting.labels())
              .containsOnlyKeys(
                  "alertname", "site", "scope", "scope_kind", "fingerprint", "severity");
          assertThat(posting.annotations()).containsEntry("value", "1.21 MW");
        });
    assertThat(standing.news(START + 1)).isEmpty();
    assertThat(round(false, START + 3_600_000)).hasSize(1);
  }

  @Test
  void aShortOne_standsUntilSomebodyCanHaveHeardOfIt() {
    take(firing(START), false, START);
    tell(START);
    take(resolved(START, START + 5_000), false, START + 5_000);
    assertThat(tell(START + 5_000))
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
    tell(START);
    take(resolved(START, START + 600_000), false, START + 601_000);
    assertThat(tell(START + 601_000))
        .singleElement()
        .extracting(AlertmanagerAlert::endsEpochMillis)
        .isEqualTo(START + 600_000);
  }

  @Test
  void whatBeganAndEndedWhileAlertmanagerWasAway_isToldAllTheSame() {
    long back = START + 7_200_000;
    take(firing(START), false, START);
    take(resolved(START, START + 5_000), false, START + 5_000);
    assertThat(tell(back))
        .singleElement()
        .satisfies(posting -> {
          assertThat(posting.startsEpochMillis()).isEqualTo(START);
          assertThat(posting.endsEpochMillis()).isEqualTo(back + HOLD);
        });
  }

  @Test
  void aRisingSeverity_endsTheFormerInTheSameRequest() {
    take(alert(Scope.SITE, Severity.WARNING, START, AlertTimes.OPEN, 1, ""), false, START);
    tell(START);
    long rise = START + 10_000;
    take(alert(Scope.SITE, Severity.CRITICAL, START, AlertTimes.OPEN, 2, ""), false, rise);
    List<AlertmanagerAlert> told = tell(rise);
    assertThat(told).extracting(ActiveAlertsTest::severity).containsExactly("warning", "critical");
    assertThat(told)
        .extracting(AlertmanagerAlert::endsEpochMillis)
        .containsExactly(rise, AlertmanagerAlert.NO_END);
    // the former is told again only to one that has forgotten it
    assertThat(round(false, rise + 60_000))
        .extracting(ActiveAlertsTest::severity)
        .containsExactly("critical");
    assertThat(round(true, rise + 60_000))
        .extracting(ActiveAlertsTest::severity)
        .containsExactly("warning", "critical");
    // critical for a moment only: it is held from when it became so
    take(resolved(START, rise + 1_000), false, rise + 1_000);
    assertThat(tell(rise + 1_000))
        .singleElement()
        .satisfies(posting -> {
          assertThat(severity(posting)).isEqualTo("critical");
          assertThat(posting.endsEpochMillis()).isEqualTo(rise + HOLD);
        });
  }

  @Test
  void itsEndHasTheLabelsThatItHad_whateverItsLastSeverity() {
    take(firing(START), false, START);
    tell(START);
    take(alert(Scope.SITE, Severity.INFO, START, START + 200_000, 2, ""), false, START + 200_000);
    assertThat(tell(START + 200_000))
        .extracting(ActiveAlertsTest::severity)
        .containsExactly("critical");
  }

  @Test
  void theSameTroubleAgain_isANewOne() {
    take(firing(START), false, START);
    tell(START);
    take(resolved(START, START + 200_000), false, START + 200_000);
    tell(START + 200_000);
    take(firing(START + 400_000), false, START + 400_000);
    assertThat(tell(START + 400_000))
        .singleElement()
        .satisfies(posting -> {
          assertThat(posting.startsEpochMillis()).isEqualTo(START + 400_000);
          assertThat(posting.endsEpochMillis()).isEqualTo(AlertmanagerAlert.NO_END);
        });
  }

  @Test
  void aFigureThatChangesAfterTheEnd_isNoNews() {
    take(firing(START), false, START);
    take(resolved(START, START + 200_000), false, START + 200_000);
    tell(START + 200_000);
    take(resolved(START, START + 200_000), false, START + 900_000);
    assertThat(standing.hasNews()).isFalse();
  }

  /** A restart of ours between firing and end: what an earlier run told is not told anew. */
  @Test
  void afterARestart_onlyWhatWasNotTold_isNews() {
    take(firing(START), true, START + 100_000);
    assertThat(standing.hasNews()).isFalse();
    take(resolved(START, START + 99_000), false, START + 100_000);
    // how long it has stood there is not known
    assertThat(tell(START + 101_000))
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
    assertThat(tell(START))
        .filteredOn(posting -> "nodes".equals(posting.labels().get("scope_kind")))
        .singleElement()
        .satisfies(posting -> assertThat(posting.labels()).containsEntry("inhibited", "true"));
    take(alert(rack, Severity.CRITICAL, START, AlertTimes.OPEN, 2, ""), false, START + 1_000);
    assertThat(tell(START + 1_000))
        .extracting(AlertmanagerAlert::labels)
        .satisfiesExactly(
            former -> assertThat(former).containsEntry("inhibited", "true"),
            now -> assertThat(now).doesNotContainKey("inhibited"));
    // who has heard of it must hear of its end
    take(alert(rack, Severity.CRITICAL, START, AlertTimes.OPEN, 3, site), false, START + 2_000);
    assertThat(tell(START + 2_000))
        .extracting(AlertmanagerAlert::labels)
        .singleElement()
        .satisfies(now -> assertThat(now).doesNotContainKey("inhibited"));
    // and of an end that was muted, once nothing mutes it
    take(alert(rack, Severity.CRITICAL, START, START + 200_000, 4, site), false, START + 200_000);
    tell(START + 200_000);
    long hours = START + 7_200_000;
    assertThat(round(false, hours)).hasSize(2);
    take(resolved(START, hours), false, hours);
    tell(hours);
    assertThat(round(false, hours + 60_000)).hasSize(2);
  }

  @Test
  void manyAlerts_areCountedOnce() {
    for (int i = 0; i < 3; i++) {
      take(alert(Scope.job("j" + i), Severity.INFO, START, AlertTimes.OPEN, 1, ""), false, START);
      take(alert(Scope.job("j" + i), Severity.INFO, START, AlertTimes.OPEN, 2, ""), false, START);
    }
    assertThat(standing.news(START)).hasSize(3);
    standing.take(
        new AlertEvent(
            record(Alert.fingerprint("dc1", Rule.POWER_BUDGET, Scope.job("j1")), START),
            null,
            false),
        START);
    assertThat(tell(START)).hasSize(2);
  }

  @Test
  void whatIsRefused_isNotTriedAgain_untilItChanges() {
    take(firing(START), false, START);
    standing.refused(standing.news(START).getFirst());
    assertThat(standing.hasNews()).isFalse();
    assertThat(round(false, START + 60_000)).isEmpty();
    take(firing(START), false, START + 70_000);
    assertThat(tell(START + 70_000)).hasSize(1);
  }

  /** An alert of each job that ever was: none of them stays in memory. */
  @Test
  void whatIsOverForADay_isForgotten() {
    take(firing(START), false, START);
    take(resolved(START, START + 1_000), false, START + 1_000);
    tell(START + 1_000);
    long later = START + 2 * 86_400_000L;
    assertThat(round(false, later)).isEmpty();
    take(resolved(START, START + 1_000), false, later);
    assertThat(standing.hasNews()).isFalse();
    take(firing(later), false, later);
    assertThat(tell(later)).hasSize(1);
  }

  @Test
  void anEndOfLongAgo_ofSomethingNeverHeardOf_isHistory() {
    take(resolved(START, START + 1_000), false, START + 2 * 86_400_000L);
    assertThat(standing.hasNews()).isFalse();
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
                "1.2 MW", Figures.value(1_200_000, "W"),
                "30 MWh", Figures.value(30e6 * 3_600, "J"),
                "950 W", Figures.value(950, "W"),
                "12.35 kW", Figures.value(12_345, "W"),
                "97.5 %", Figures.value(0.975, "ratio"),
                "100 nodes", Figures.value(100, "nodes"),
                "0 W", Figures.value(0, "W")))
        .allSatisfy((text, value) -> assertThat(value).isEqualTo(text));
  }

  private void forget(long now) {
    String id = firing(START).id();
    standing.take(new AlertEvent(record(id, now), null, false), now);
  }

  @Test
  void whatIsForgotten_whileItStands_ends_forWhoeverWasToldOfIt() {
    take(firing(START), false, START);
    assertThat(tell(START)).hasSize(1);
    forget(START + 200_000);
    List<AlertmanagerAlert> told = tell(START + 200_000);
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().endsEpochMillis()).isEqualTo(START + 200_000);
    // again: it is over already
    forget(START + 300_000);
    assertThat(tell(START + 300_000)).isEmpty();
  }

  @Test
  void anEnd_thatIsForgottenBeforeItWasTold_isTold() {
    take(firing(START), false, START);
    tell(START);
    take(resolved(START, START + 200_000), false, START + 200_000);
    forget(START + 200_000);
    assertThat(tell(START + 200_000))
        .extracting(AlertmanagerAlert::endsEpochMillis)
        .containsExactly(START + 200_000);
  }

  @Test
  void whatNobodyWasToldOf_isForgottenSilently() {
    take(firing(START), false, START);
    forget(START);
    assertThat(standing.hasNews()).isFalse();
    assertThat(tell(START)).isEmpty();
  }

  @Test
  void whatIsToldAgain_isNotCounted() {
    take(firing(START), false, START);
    take(
        alert(Scope.nodes("rack", "r1"), Severity.INFO, START, AlertTimes.OPEN, 1, ""),
        false,
        START);
    assertThat(standing.told(standing.news(START), START)).isEqualTo(2);
    for (int round = 1; round <= 20; round++) {
      long now = START + 60_000L * round;
      List<ActiveAlerts.Notice> all = standing.all(false, now);
      assertThat(all).hasSize(2);
      assertThat(standing.told(all, now)).isZero();
    }
    take(resolved(START, START + 1_300_000), false, START + 1_300_000);
    assertThat(standing.told(standing.all(false, START + 1_300_000), START + 1_300_000))
        .isEqualTo(1);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The active alerts, and what Alertmanager has of them. Owned by one thread.
 *
 * <p>Of each alert the latest state is kept, so that this does not grow while Alertmanager is
 * unavailable. An alert that fired and resolved meanwhile is sent all the same, as firing for
 * {@code hold}: Alertmanager does not notify of one that is shorter than its {@code group_wait}.
 *
 * <p>Labels are an alert's identity at Alertmanager. Two of them can change while an alert fires,
 * as routes and inhibition need them: its severity, and whether it is inhibited. When one does, the
 * alert with the former labels ends in the same request in which the other begins.
 */
final class ActiveAlerts {
  /** How long an end is sent again, since a restarted Alertmanager may have lost it. */
  private static final long END_REPEATED_MILLIS = 900_000;

  // an end that is older, of an alert that is not known here, is not sent
  private static final long OLD_MILLIS = 86_400_000;
  private static final String INHIBITED = "inhibited";

  private final Map<String, Entry> entries = new HashMap<>();
  private final Links links;
  private final long holdMillis;
  private int pending;

  private static final class Entry {
    Alert alert;
    ConsumerRecord<byte[], byte[]> origin;
    boolean pending;

    /** Alertmanager rejects it as it is. */
    boolean rejected;

    /** Its labels at Alertmanager; null if this firing was not delivered. */
    @Nullable Map<String, String> deliveredLabels;

    long firstDeliveredEpochMillis;

    /** An earlier run delivered its end, perhaps with a later time. */
    boolean endedBefore;

    long endsEpochMillis = AlertmanagerAlert.NO_END;
    final List<AlertmanagerAlert> former = new ArrayList<>();

    Entry(AlertEvent event, Alert alert) {
      this.alert = alert;
      this.origin = event.origin();
    }
  }

  /** What is sent about one alert in one request. */
  record Notice(
      Entry entry,
      AlertmanagerAlert current,
      @Nullable AlertmanagerAlert former,
      List<AlertmanagerAlert> repeated) {
    List<AlertmanagerAlert> alerts() {
      List<AlertmanagerAlert> alerts = new ArrayList<>(repeated);
      if (former != null) {
        alerts.add(former);
      }
      alerts.add(current);
      return alerts;
    }

    ConsumerRecord<byte[], byte[]> origin() {
      return entry.origin;
    }
  }

  ActiveAlerts(Links links, long holdMillis) {
    this.links = links;
    this.holdMillis = holdMillis;
  }

  /**
   * The wall clock was set ahead by so much, or back: what was delivered before it is as long ago
   * as it was.
   */
  void clockStepped(long stepMillis) {
    for (Entry entry : entries.values()) {
      entry.firstDeliveredEpochMillis += stepMillis;
    }
  }

  /** Applies the next record of the topic. */
  void take(AlertEvent event, long nowEpochMillis) {
    Alert alert = event.alert();
    if (alert == null) {
      forget(event, nowEpochMillis);
      return;
    }
    Entry entry = entries.get(alert.id());
    if (entry == null) {
      if (isOld(alert, nowEpochMillis)) {
        return;
      }
      entry = new Entry(event, alert);
      entries.put(alert.id(), entry);
    }
    boolean over = entry.endsEpochMillis != AlertmanagerAlert.NO_END;
    if (over
        && (alert.state() == AlertState.FIRING
            || alert.times().sinceEpochMillis() != entry.alert.times().sinceEpochMillis())) {
      // it fires again
      over = false;
      entry.deliveredLabels = null;
      entry.endsEpochMillis = AlertmanagerAlert.NO_END;
      entry.endedBefore = false;
    }
    entry.alert = alert;
    entry.origin = event.origin();
    entry.rejected = false;
    if (event.delivered()) {
      entry.deliveredLabels = labels(alert, entry.deliveredLabels);
      entry.firstDeliveredEpochMillis = nowEpochMillis;
      entry.endedBefore = alert.state() == AlertState.RESOLVED;
      entry.endsEpochMillis =
          entry.endedBefore
              ? Math.max(0, alert.times().endedEpochMillis())
              : AlertmanagerAlert.NO_END;
      clearPending(entry);
    } else if (over) {
      // its end was delivered; a later change of a figure is not sent
      clearPending(entry);
    } else if (!entry.pending) {
      entry.pending = true;
      pending++;
    }
  }

  /** A removed alert must not stay active at Alertmanager. */
  private void forget(AlertEvent event, long nowEpochMillis) {
    Entry entry = entries.get(event.id());
    if (entry == null) {
      return;
    }
    boolean known =
        entry.deliveredLabels != null && entry.endsEpochMillis == AlertmanagerAlert.NO_END;
    if (!known && entry.alert.state() == AlertState.FIRING) {
      clearPending(entries.remove(event.id())); // it was never delivered
    } else if (entry.alert.state() == AlertState.FIRING) {
      take(
          new AlertEvent(
              event.origin(), entry.alert.cleared(nowEpochMillis, "forgotten"), event.delivered()),
          nowEpochMillis);
    }
    // a pending end is sent; its entry is removed by its age
  }

  private static boolean isOld(Alert alert, long nowEpochMillis) {
    return alert.state() == AlertState.RESOLVED
        && alert.times().endedEpochMillis() < nowEpochMillis - OLD_MILLIS;
  }

  private void clearPending(@Nullable Entry entry) {
    if (entry != null && entry.pending) {
      entry.pending = false;
      pending--;
    }
  }

  boolean hasPending() {
    return pending > 0;
  }

  /** Changes that were not delivered yet. */
  List<Notice> pending(long nowEpochMillis) {
    return entries.values().stream()
        .filter(entry -> entry.pending)
        .map(entry -> notice(entry, List.of(), nowEpochMillis))
        .toList();
  }

  /**
   * All active alerts and recent ends, which are repeated so that Alertmanager keeps them.
   *
   * @param restarted if it was restarted: then also the ends of alerts with former labels
   */
  List<Notice> all(boolean restarted, long nowEpochMillis) {
    entries
        .values()
        .removeIf(entry ->
            !entry.pending
                && isOld(entry.alert, nowEpochMillis)
                && entry.endsEpochMillis < nowEpochMillis - OLD_MILLIS);
    List<Notice> notices = new ArrayList<>();
    for (Entry entry : entries.values()) {
      entry.former.removeIf(ended -> !recent(ended.endsEpochMillis(), nowEpochMillis));
      boolean active =
          entry.pending
              || entry.alert.state() == AlertState.FIRING
              || recent(entry.endsEpochMillis, nowEpochMillis)
              || isInhibited(entry.alert, nowEpochMillis);
      if (active && !entry.rejected && !mayBeHeld(entry, nowEpochMillis)) {
        notices.add(
            notice(entry, restarted ? List.copyOf(entry.former) : List.of(), nowEpochMillis));
      }
    }
    return notices;
  }

  private static boolean recent(long endEpochMillis, long nowEpochMillis) {
    return endEpochMillis > nowEpochMillis - END_REPEATED_MILLIS;
  }

  /** True while Alertmanager may have a later end than the one that is known here. */
  private boolean mayBeHeld(Entry entry, long nowEpochMillis) {
    // at the latest by a run that ended when this one began
    return entry.endedBefore && nowEpochMillis < entry.firstDeliveredEpochMillis + holdMillis;
  }

  /** True while an alert that inhibits it is active, or was until recently. */
  private boolean isInhibited(Alert alert, long nowEpochMillis) {
    Entry by = alert.routing().isInhibited() ? entries.get(alert.routing().inhibitedBy()) : null;
    return by != null
        && (by.alert.state() == AlertState.FIRING || recent(by.endsEpochMillis, nowEpochMillis));
  }

  private Notice notice(Entry entry, List<AlertmanagerAlert> repeated, long nowEpochMillis) {
    Alert alert = entry.alert;
    Map<String, String> delivered = entry.deliveredLabels;
    if (alert.state() == AlertState.RESOLVED) {
      long firstDelivered = delivered == null ? nowEpochMillis : entry.firstDeliveredEpochMillis;
      long ends =
          entry.endsEpochMillis >= 0
              ? entry.endsEpochMillis
              : Math.max(alert.times().endedEpochMillis(), firstDelivered + holdMillis);
      Map<String, String> labels = delivered == null ? labels(alert, null) : delivered;
      return new Notice(entry, toSend(alert, labels, ends), null, repeated);
    }
    Map<String, String> labels = labels(alert, delivered);
    AlertmanagerAlert former =
        delivered == null || delivered.equals(labels)
            ? null
            : toSend(alert, delivered, nowEpochMillis);
    return new Notice(entry, toSend(alert, labels, AlertmanagerAlert.NO_END), former, repeated);
  }

  /** An alert as it is sent first. */
  AlertmanagerAlert first(Alert alert) {
    return toSend(alert, labels(alert, null), AlertmanagerAlert.NO_END);
  }

  private AlertmanagerAlert toSend(Alert alert, Map<String, String> labels, long endsEpochMillis) {
    return new AlertmanagerAlert(
        labels,
        annotations(alert),
        links.to(alert),
        // its clock and ours may differ, and an end before the start is refused
        endsEpochMillis == AlertmanagerAlert.NO_END
            ? alert.times().sinceEpochMillis()
            : Math.min(alert.times().sinceEpochMillis(), endsEpochMillis),
        endsEpochMillis);
  }

  /**
   * Alertmanager accepted these.
   *
   * @return how many of them were pending; the others were repeated
   */
  int delivered(List<Notice> notices, long nowEpochMillis) {
    int before = pending;
    for (Notice notice : notices) {
      Entry entry = notice.entry;
      if (!notice.current.labels().equals(entry.deliveredLabels)) {
        entry.firstDeliveredEpochMillis = nowEpochMillis;
      }
      entry.deliveredLabels = notice.current.labels();
      entry.endsEpochMillis = notice.current.endsEpochMillis();
      if (notice.former != null) {
        entry.former.add(notice.former);
      }
      clearPending(entry);
    }
    return before - pending;
  }

  /** Alertmanager rejects this as it is. */
  void rejected(Notice notice) {
    notice.entry.rejected = true;
    clearPending(notice.entry);
  }

  /**
   * @param delivered its labels at Alertmanager, or null
   */
  private static Map<String, String> labels(Alert alert, @Nullable Map<String, String> delivered) {
    Map<String, String> labels = new TreeMap<>();
    labels.put("alertname", alert.rule().label());
    // people read these; the fingerprint alone identifies the alert
    labels.put("site", ShownText.of(alert.site()));
    labels.put("scope", ShownText.of(alert.scope()));
    labels.put("scope_kind", Scope.parse(alert.scope()).kind().name().toLowerCase(Locale.ROOT));
    labels.put("fingerprint", alert.id());
    labels.put("severity", alert.severity().name().toLowerCase(Locale.ROOT));
    // who was notified of it is notified of its end too, also if it is inhibited meanwhile
    if (alert.routing().isInhibited() && (delivered == null || delivered.containsKey(INHIBITED))) {
      labels.put(INHIBITED, "true");
    }
    return labels;
  }

  private Map<String, String> annotations(Alert alert) {
    Map<String, String> annotations = new TreeMap<>();
    annotations.put("summary", ShownText.of(alert.summary()));
    annotations.put("value", AlertFormat.value(alert.measured().value(), alert.measured().unit()));
    annotations.put("limit", AlertFormat.value(alert.measured().limit(), alert.measured().unit()));
    annotations.put("threshold", alert.measured().thresholdPercent() + " %");
    annotations.put("since", AlertFormat.time(alert.times().sinceEpochMillis()));
    annotations.put("completeness", AlertFormat.completeness(alert));
    put(annotations, "contributors", AlertFormat.contributors(alert.contributors()));
    put(annotations, "budget", alert.budget());
    put(annotations, "owner", alert.routing().owner());
    put(annotations, "note", alert.routing().note());
    put(annotations, "dashboard", links.to(alert));
    if (alert.times().hasEnded()) {
      annotations.put("ended", AlertFormat.time(alert.times().endedEpochMillis()));
    }
    return annotations;
  }

  private static void put(Map<String, String> annotations, String name, String value) {
    if (!value.isEmpty()) {
      annotations.put(name, ShownText.of(value));
    }
  }
}

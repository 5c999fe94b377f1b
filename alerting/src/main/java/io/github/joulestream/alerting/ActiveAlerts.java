// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import io.github.joulestream.energy.alerts.Scope;
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
 * Which alerts stand, and what Alertmanager knows of them. Owned by one thread.
 *
 * <p>Of each alert the latest state counts, so that this does not grow while Alertmanager is away.
 * What began and ended meanwhile is told all the same, as firing for {@code hold}: a shorter time
 * than its {@code group_wait} nobody would hear of.
 *
 * <p>Labels are an alert's identity at Alertmanager. Two of them can change while an alert stands,
 * as routes and inhibition need them: its severity, and whether it is inhibited. When one does, the
 * alert with the former labels ends in the same request in which the other begins.
 */
final class ActiveAlerts {
  /** Alertmanager may have been started anew and have forgotten: how long an end is told again. */
  private static final long END_TOLD_AGAIN_MILLIS = 900_000;

  // an end of something older that was never heard of is history, not news
  private static final long OLD_MILLIS = 86_400_000;
  private static final String INHIBITED = "inhibited";

  private final Map<String, Entry> entries = new HashMap<>();
  private final Links links;
  private final long holdMillis;
  private int news;

  private static final class Entry {
    Alert alert;
    ConsumerRecord<byte[], byte[]> origin;
    boolean isNew;

    /** Alertmanager will never take it as it is. */
    boolean refused;

    /** What it has at Alertmanager; null if nothing was told of this time that it stands. */
    @Nullable Map<String, String> toldLabels;

    long firstToldEpochMillis;

    /** An earlier run told of its end; it may have said that it is later. */
    boolean endedBefore;

    long endsEpochMillis = AlertmanagerAlert.NO_END;
    final List<AlertmanagerAlert> former = new ArrayList<>();

    Entry(AlertEvent fed, Alert alert) {
      this.alert = alert;
      this.origin = fed.origin();
    }
  }

  /** What is to be told of one alert in one request. */
  record Notice(
      Entry entry,
      AlertmanagerAlert posting,
      @Nullable AlertmanagerAlert former,
      List<AlertmanagerAlert> again) {
    List<AlertmanagerAlert> postings() {
      List<AlertmanagerAlert> postings = new ArrayList<>(again);
      if (former != null) {
        postings.add(former);
      }
      postings.add(posting);
      return postings;
    }

    ConsumerRecord<byte[], byte[]> origin() {
      return entry.origin;
    }
  }

  ActiveAlerts(Links links, long holdMillis) {
    this.links = links;
    this.holdMillis = holdMillis;
  }

  /** Takes the next record of the topic. */
  void take(AlertEvent fed, long nowEpochMillis) {
    Alert alert = fed.alert();
    if (alert == null) {
      forget(fed, nowEpochMillis);
      return;
    }
    Entry entry = entries.get(alert.id());
    if (entry == null) {
      if (isOld(alert, nowEpochMillis)) {
        return;
      }
      entry = new Entry(fed, alert);
      entries.put(alert.id(), entry);
    }
    boolean over = entry.endsEpochMillis != AlertmanagerAlert.NO_END;
    if (over
        && (alert.state() == AlertState.FIRING
            || alert.times().sinceEpochMillis() != entry.alert.times().sinceEpochMillis())) {
      // the same trouble again
      over = false;
      entry.toldLabels = null;
      entry.endsEpochMillis = AlertmanagerAlert.NO_END;
      entry.endedBefore = false;
    }
    entry.alert = alert;
    entry.origin = fed.origin();
    entry.refused = false;
    if (fed.told()) {
      entry.toldLabels = labels(alert, entry.toldLabels);
      entry.firstToldEpochMillis = nowEpochMillis;
      entry.endedBefore = alert.state() == AlertState.RESOLVED;
      entry.endsEpochMillis =
          entry.endedBefore
              ? Math.max(0, alert.times().endedEpochMillis())
              : AlertmanagerAlert.NO_END;
      settled(entry);
    } else if (over) {
      // its end was told; what changes a figure after that is no news
      settled(entry);
    } else if (!entry.isNew) {
      entry.isNew = true;
      news++;
    }
  }

  /** Alertmanager must not be left with something that nobody will ever end. */
  private void forget(AlertEvent fed, long nowEpochMillis) {
    Entry entry = entries.get(fed.id());
    if (entry == null) {
      return;
    }
    boolean known = entry.toldLabels != null && entry.endsEpochMillis == AlertmanagerAlert.NO_END;
    if (!known && entry.alert.state() == AlertState.FIRING) {
      settled(entries.remove(fed.id())); // nobody was told of it
    } else if (entry.alert.state() == AlertState.FIRING) {
      take(
          new AlertEvent(
              fed.origin(), entry.alert.cleared(nowEpochMillis, "forgotten"), fed.told()),
          nowEpochMillis);
    }
    // an end that is still to be told is told; it leaves by its age
  }

  private static boolean isOld(Alert alert, long nowEpochMillis) {
    return alert.state() == AlertState.RESOLVED
        && alert.times().endedEpochMillis() < nowEpochMillis - OLD_MILLIS;
  }

  private void settled(@Nullable Entry entry) {
    if (entry != null && entry.isNew) {
      entry.isNew = false;
      news--;
    }
  }

  boolean hasNews() {
    return news > 0;
  }

  /** What nothing was told of yet. */
  List<Notice> news(long nowEpochMillis) {
    return entries.values().stream()
        .filter(entry -> entry.isNew)
        .map(entry -> notice(entry, List.of(), nowEpochMillis))
        .toList();
  }

  /**
   * All that Alertmanager must be told again lest it forget.
   *
   * @param forgotten if it was started anew: then also the ends of what had other labels before
   */
  List<Notice> all(boolean forgotten, long nowEpochMillis) {
    entries
        .values()
        .removeIf(entry ->
            !entry.isNew
                && isOld(entry.alert, nowEpochMillis)
                && entry.endsEpochMillis < nowEpochMillis - OLD_MILLIS);
    List<Notice> notices = new ArrayList<>();
    for (Entry entry : entries.values()) {
      entry.former.removeIf(posting -> !recent(posting.endsEpochMillis(), nowEpochMillis));
      boolean stands =
          entry.isNew
              || entry.alert.state() == AlertState.FIRING
              || recent(entry.endsEpochMillis, nowEpochMillis)
              || muted(entry.alert, nowEpochMillis);
      if (stands && !entry.refused && !mayBeHeld(entry, nowEpochMillis)) {
        notices.add(
            notice(entry, forgotten ? List.copyOf(entry.former) : List.of(), nowEpochMillis));
      }
    }
    return notices;
  }

  private static boolean recent(long endEpochMillis, long nowEpochMillis) {
    return endEpochMillis > nowEpochMillis - END_TOLD_AGAIN_MILLIS;
  }

  /** True while Alertmanager may have been told a later end than the one that is known here. */
  private boolean mayBeHeld(Entry entry, long nowEpochMillis) {
    // at the latest by a run that ended when this one began
    return entry.endedBefore && nowEpochMillis < entry.firstToldEpochMillis + holdMillis;
  }

  /** True while something stands, or stood just now, for which Alertmanager kept this to itself. */
  private boolean muted(Alert alert, long nowEpochMillis) {
    Entry by = alert.routing().isInhibited() ? entries.get(alert.routing().inhibitedBy()) : null;
    return by != null
        && (by.alert.state() == AlertState.FIRING || recent(by.endsEpochMillis, nowEpochMillis));
  }

  private Notice notice(Entry entry, List<AlertmanagerAlert> again, long nowEpochMillis) {
    Alert alert = entry.alert;
    Map<String, String> told = entry.toldLabels;
    if (alert.state() == AlertState.RESOLVED) {
      long firstTold = told == null ? nowEpochMillis : entry.firstToldEpochMillis;
      long ends =
          entry.endsEpochMillis >= 0
              ? entry.endsEpochMillis
              : Math.max(alert.times().endedEpochMillis(), firstTold + holdMillis);
      Map<String, String> labels = told == null ? labels(alert, null) : told;
      return new Notice(entry, posting(alert, labels, ends), null, again);
    }
    Map<String, String> labels = labels(alert, told);
    AlertmanagerAlert former =
        told == null || told.equals(labels) ? null : posting(alert, told, nowEpochMillis);
    return new Notice(entry, posting(alert, labels, AlertmanagerAlert.NO_END), former, again);
  }

  /** What is to be told of an alert of which nothing was told before. */
  AlertmanagerAlert first(Alert alert) {
    return posting(alert, labels(alert, null), AlertmanagerAlert.NO_END);
  }

  private AlertmanagerAlert posting(Alert alert, Map<String, String> labels, long endsEpochMillis) {
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
   * Alertmanager has these.
   *
   * @return how many of them were news; the others were told again lest it forget
   */
  int told(List<Notice> notices, long nowEpochMillis) {
    int were = news;
    for (Notice notice : notices) {
      Entry entry = notice.entry;
      if (!notice.posting.labels().equals(entry.toldLabels)) {
        entry.firstToldEpochMillis = nowEpochMillis;
      }
      entry.toldLabels = notice.posting.labels();
      entry.endsEpochMillis = notice.posting.endsEpochMillis();
      if (notice.former != null) {
        entry.former.add(notice.former);
      }
      settled(entry);
    }
    return were - news;
  }

  /** Alertmanager will never take this. */
  void refused(Notice notice) {
    notice.entry.refused = true;
    settled(notice.entry);
  }

  /**
   * @param told what it has at Alertmanager, or null
   */
  private static Map<String, String> labels(Alert alert, @Nullable Map<String, String> told) {
    Map<String, String> labels = new TreeMap<>();
    labels.put("alertname", alert.rule().label());
    labels.put("site", alert.site());
    labels.put("scope", alert.scope());
    labels.put("scope_kind", Scope.parse(alert.scope()).kind().name().toLowerCase(Locale.ROOT));
    labels.put("fingerprint", alert.id());
    labels.put("severity", alert.severity().name().toLowerCase(Locale.ROOT));
    // whoever has heard of it hears of its end too, whatever comes in between
    if (alert.routing().isInhibited() && (told == null || told.containsKey(INHIBITED))) {
      labels.put(INHIBITED, "true");
    }
    return labels;
  }

  private Map<String, String> annotations(Alert alert) {
    Map<String, String> annotations = new TreeMap<>();
    annotations.put("summary", alert.summary());
    annotations.put("value", Figures.value(alert.measured().value(), alert.measured().unit()));
    annotations.put("limit", Figures.value(alert.measured().limit(), alert.measured().unit()));
    annotations.put("threshold", alert.measured().thresholdPercent() + " %");
    annotations.put("since", Figures.time(alert.times().sinceEpochMillis()));
    annotations.put("completeness", Figures.completeness(alert));
    put(annotations, "contributors", Figures.contributors(alert.contributors()));
    put(annotations, "budget", alert.budget());
    put(annotations, "owner", alert.routing().owner());
    put(annotations, "note", alert.routing().note());
    put(annotations, "dashboard", links.to(alert));
    if (alert.times().hasEnded()) {
      annotations.put("ended", Figures.time(alert.times().endedEpochMillis()));
    }
    return annotations;
  }

  private static void put(Map<String, String> annotations, String name, String value) {
    if (!value.isEmpty()) {
      annotations.put(name, value);
    }
  }
}

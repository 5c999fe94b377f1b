// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.alerts.Alarm;
import io.github.joulestream.energy.alerts.Alarm.Event;
import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Levels;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertRouting;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AlertSubject;
import io.github.joulestream.schemas.AlertTimes;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The alarms of a site, and the alert that was emitted last for each. An alert is emitted when its
 * alarm fires, changes its level or resolves, and every 30 s at most while it fires if its figures
 * have changed by much. One thread.
 */
final class AlertStates {
  private record Key(Rule rule, Scope scope) {}

  private static final class Entry {
    final Key key;
    final String id;
    final Alarm alarm;
    @Nullable Alert emitted;
    long comparedMillis;
    long round;

    Entry(Key key, String id, Alarm alarm) {
      this.key = key;
      this.id = id;
      this.alarm = alarm;
    }
  }

  private static final long UPDATE_MILLIS = 30_000;
  private static final Rule[] RULES = Rule.values();
  // a contributor is the largest until another is larger by this share of the sum
  private static final int LEAD_BASIS_POINTS = 500;
  private static final int COMPLETENESS_CHANGE_BASIS_POINTS = 100;
  private static final double BUDGET_CHANGE_RATIO = 0.02;
  private static final double RULE_CHANGE_RATIO = 0.5;
  // their figure is the age of the latest data, which rises by itself
  private static final Set<Rule> OF_AGE = Set.of(Rule.NODE_SILENT, Rule.SITE_STALE);
  private static final Set<Rule> INHIBITORS =
      Set.of(Rule.POWER_BUDGET, Rule.NODES_SILENT, Rule.SITE_STALE);

  private final String site;
  private final AlertStateStore store;
  private final AlertEmitter emitter;
  private final Map<Key, Entry> entries = new LinkedHashMap<>();
  private long round;
  private boolean inhibitorsChanged;

  AlertStates(String site, AlertStateStore store, AlertEmitter emitter) {
    this.site = site;
    this.store = store;
    this.emitter = emitter;
  }

  /** Steps an alarm, and emits its alert if it changed. */
  Event step(Rule rule, Scope scope, long now, Levels levels, AlertTiming timing, AlertText text) {
    Key key = new Key(rule, scope);
    Entry entry = entries.get(key);
    if (entry == null) {
      if (levels.reached() < 0) {
        return Event.NOTHING;
      }
      entry = new Entry(key, Alert.fingerprint(site, rule, scope), new Alarm());
      entries.put(key, entry);
    }
    entry.round = round;
    Event event = entry.alarm.step(now, levels.reached(), levels.retained(), timing);
    emitIfChanged(entry, event, text);
    if (entry.alarm.isForgettable(timing.cooldownMillis())) {
      entries.remove(key);
      store.delete(StateSection.ALARM, entry.id);
    } else {
      storeIfChanged(entry);
    }
    return event;
  }

  private void emitIfChanged(Entry entry, Event event, AlertText text) {
    if (event != Event.NOTHING) {
      emit(entry, text.at(entry.alarm.level()));
      noteInhibitor(entry);
    } else if (entry.alarm.isDueAfter(UPDATE_MILLIS)
        && entry.alarm.latestMillis() - entry.comparedMillis >= UPDATE_MILLIS) {
      entry.comparedMillis = entry.alarm.latestMillis();
      AlertDetails details = text.at(entry.alarm.level());
      if (entry.emitted == null || differs(entry.emitted, details)) {
        entry.alarm.noteEmission();
        emit(entry, details);
      }
    }
  }

  /** Resolves an alarm at once: what it was about is no longer evaluated. */
  void end(Rule rule, Scope scope, long now, String reason) {
    Entry entry = entries.get(new Key(rule, scope));
    if (entry != null) {
      emitIfChanged(entry, entry.alarm.end(now), _ -> lastDetails(entry, reason));
      storeIfChanged(entry);
    }
  }

  /** As {@link #end}, and deletes its state. */
  void forget(Rule rule, Scope scope, long now, String reason) {
    end(rule, scope, now, reason);
    Entry entry = entries.remove(new Key(rule, scope));
    if (entry != null) {
      store.delete(StateSection.ALARM, entry.id);
    }
  }

  /** Resolves all alarms of a scope. */
  void endAll(Scope scope, long now, String reason) {
    for (Rule rule : RULES) {
      end(rule, scope, now, reason);
    }
  }

  /** Resolves all alarms of such scopes, and deletes their state. */
  void forgetAll(Predicate<Scope> scopes, long now, String reason) {
    for (Key key : List.copyOf(entries.keySet())) {
      if (scopes.test(key.scope)) {
        forget(key.rule, key.scope, now, reason);
      }
    }
  }

  /**
   * A person has cleared an alert. If its cause lasts, it fires again after the rule's cooldown.
   *
   * @param alert as it was cleared
   */
  void clear(Alert alert, long now) {
    Entry entry = entries.get(new Key(alert.rule(), Scope.parse(alert.scope())));
    Alert emitted = entry == null ? null : entry.emitted;
    if (entry != null
        && emitted != null
        && entry.alarm.firing()
        && emitted.times().sinceEpochMillis() == alert.times().sinceEpochMillis()) {
      entry.alarm.end(now);
      entry.emitted = alert;
      noteInhibitor(entry);
      storeIfChanged(entry);
    }
  }

  private void noteInhibitor(Entry entry) {
    inhibitorsChanged |=
        entry.key.scope.kind() == Scope.Kind.SITE && INHIBITORS.contains(entry.key.rule);
  }

  /** Begins a round, in which each rule steps the alarms of all subjects that it finds. */
  void beginRound() {
    round++;
  }

  /**
   * Ends the round of a rule: alarms whose subject was not found are stepped as below all levels.
   */
  void endRound(Rule rule, long now, AlertTiming timing, String reason) {
    for (Entry entry : List.copyOf(entries.values())) {
      if (entry.round != round && entry.key.rule == rule) {
        step(rule, entry.key.scope, now, Levels.NONE, timing, _ -> lastDetails(entry, reason));
      }
    }
  }

  /** {@code site dc1}, {@code rack=r12 of site dc1}. */
  String place(Scope scope) {
    return scope.kind() == Scope.Kind.SITE
        ? "site " + site
        : (scope.kind() == Scope.Kind.NODES ? scope.text() : named(scope)) + " of site " + site;
  }

  private static String named(Scope scope) {
    return scope.kind().name().toLowerCase(Locale.ROOT) + " " + scope.name();
  }

  private AlertDetails lastDetails(Entry entry, String reason) {
    Alert emitted = entry.emitted;
    if (emitted == null) {
      throw new IllegalStateException("no alert was emitted for " + entry.key);
    }
    return AlertDetails.of(emitted, place(entry.key.scope) + ": " + reason);
  }

  /** Emits all alerts whose inhibitor has fired or resolved. */
  void updateInhibition() {
    while (inhibitorsChanged) {
      inhibitorsChanged = false;
      for (Entry entry : new ArrayList<>(entries.values())) {
        Alert emitted = entry.emitted;
        if (emitted != null
            && entry.alarm.firing()
            && !emitted.routing().inhibitedBy().equals(inhibitor(entry.key, emitted.severity()))) {
          entry.alarm.noteEmission();
          emit(entry, AlertDetails.of(emitted, emitted.summary()));
          storeIfChanged(entry);
        }
      }
    }
  }

  /** The id of a firing alert about a larger scope that is at least as severe; or empty. */
  private String inhibitor(Key key, Severity severity) {
    return switch (key.rule) {
      case POWER_BUDGET, POWER_FORECAST ->
          key.scope.kind() == Scope.Kind.NODES ? firing(Rule.POWER_BUDGET, severity) : "";
      case NODE_SILENT -> {
        String stale = firing(Rule.SITE_STALE, severity);
        yield stale.isEmpty() ? firing(Rule.NODES_SILENT, severity) : stale;
      }
      case NODES_SILENT -> firing(Rule.SITE_STALE, severity);
      default -> "";
    };
  }

  private String firing(Rule rule, Severity atLeast) {
    Entry entry = entries.get(new Key(rule, Scope.SITE));
    return entry != null
            && entry.alarm.firing()
            && entry.emitted != null
            && entry.emitted.severity().compareTo(atLeast) >= 0
        ? entry.id
        : "";
  }

  private static boolean differs(Alert emitted, AlertDetails details) {
    int completenessChange =
        details.measured().completenessBasisPoints() - emitted.measured().completenessBasisPoints();
    return Math.abs(completenessChange) >= COMPLETENESS_CHANGE_BASIS_POINTS
        || valueDiffers(emitted, details)
        || (!details.budget().isEmpty()
            && isOvertaken(emitted.contributors(), details.contributors()));
  }

  private static boolean valueDiffers(Alert emitted, AlertDetails details) {
    if (OF_AGE.contains(emitted.rule())) {
      return false;
    }
    double before = emitted.measured().value();
    double limit = Math.abs(details.measured().limit());
    double change = Math.abs(details.measured().value() - before);
    return details.budget().isEmpty()
        // against the limit too: half of almost nothing is no change
        ? change > 0 && change >= RULE_CHANGE_RATIO * Math.max(Math.abs(before), limit)
        : change >= BUDGET_CHANGE_RATIO * limit;
  }

  /** True if another contributor is the largest by a margin: two that are alike take turns. */
  private static boolean isOvertaken(List<Contributor> emitted, List<Contributor> now) {
    if (emitted.isEmpty() || now.isEmpty()) {
      return emitted.isEmpty() != now.isEmpty();
    }
    Contributor first = now.getFirst();
    Contributor before = emitted.getFirst();
    int shareNow =
        now.stream()
            .filter(one -> one.kind() == before.kind() && one.name().equals(before.name()))
            .mapToInt(Contributor::shareBasisPoints)
            .findFirst()
            .orElse(0);
    return first.shareBasisPoints() - shareNow >= LEAD_BASIS_POINTS;
  }

  private void emit(Entry entry, AlertDetails details) {
    Alarm alarm = entry.alarm;
    boolean firing = alarm.firing();
    Alert alert =
        new Alert(
            entry.id,
            new AlertSubject(entry.key.rule, site, details.budget(), entry.key.scope.text()),
            details.severity(),
            firing ? AlertState.FIRING : AlertState.RESOLVED,
            details.measured(),
            new AlertTimes(
                alarm.beganMillis(),
                alarm.latestMillis(),
                firing ? AlertTimes.OPEN : alarm.latestMillis()),
            details.contributors(),
            details.summary(),
            alarm.revision(),
            new AlertRouting(
                inhibitor(entry.key, details.severity()), details.owner(), details.note()));
    entry.emitted = alert;
    emitter.emit(alert);
  }

  private void storeIfChanged(Entry entry) {
    if (entry.alarm.takeChanged()) {
      byte[] emitted =
          entry.emitted == null
              ? new byte[0]
              : WireSerdes.alerts().serializer().serialize(Topic.ALERTS.topicName(), entry.emitted);
      store.put(
          StateSection.ALARM,
          entry.id,
          StateEntry.content(out -> {
            out.writeUTF(entry.key.rule.name());
            out.writeUTF(entry.key.scope.text());
            entry.alarm.write(out);
            out.write(emitted);
          }));
    }
  }

  /** Restores an alarm. */
  void restore(StateEntry stored) throws IOException {
    DataInputStream in = stored.fields();
    Rule rule = Rule.valueOf(in.readUTF());
    Scope scope = Scope.parse(in.readUTF());
    Key key = new Key(rule, scope);
    Entry entry = new Entry(key, Alert.fingerprint(site, rule, scope), Alarm.read(in));
    byte[] emitted = in.readAllBytes();
    if (emitted.length > 0) {
      entry.emitted =
          WireSerdes.alerts().deserializer().deserialize(Topic.ALERTS.topicName(), emitted);
    }
    entries.put(key, entry);
  }

  /** The alert that was emitted last for a firing alarm; null if it does not fire. */
  @Nullable Alert firing(Rule rule, Scope scope) {
    Entry entry = entries.get(new Key(rule, scope));
    return entry != null && entry.alarm.firing() ? entry.emitted : null;
  }

  /** The level at which an alarm fires, or -1. */
  int level(Rule rule, Scope scope) {
    Entry entry = entries.get(new Key(rule, scope));
    return entry == null ? -1 : entry.alarm.level();
  }

  /** Alarms that are kept, firing or not. */
  int size() {
    return entries.size();
  }
}

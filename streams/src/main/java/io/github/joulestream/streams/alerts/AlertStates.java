// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.alerts.Alarm;
import io.github.joulestream.energy.alerts.Alarm.Event;
import io.github.joulestream.energy.alerts.Alarm.Patience;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Levels;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertMeasurement;
import io.github.joulestream.schemas.AlertRouting;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AlertSubject;
import io.github.joulestream.schemas.AlertTimes;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.streams.alerts.AlertStateStore.Part;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The alarms of a site and what was told of each. Tells of an alarm when it fires, changes its
 * level or ends, and now and then when what it says has changed by much. One thread.
 */
final class AlertStates {
  /** What is to be said of an alarm. */
  record Saying(
      String budget,
      Severity severity,
      double value,
      double limit,
      String unit,
      int thresholdPercent,
      int completenessBasisPoints,
      List<Contributor> contributors,
      String summary,
      String owner,
      String note) {}

  /** Finds words; is asked only when something may have to be said. */
  interface Words {
    /**
     * What to say now.
     *
     * @param level at which the alarm fires; -1 if it has just ended
     */
    Saying at(int level);
  }

  private record Key(Rule rule, Scope scope) {}

  private static final class Entry {
    final Key key;
    final String id;
    final Alarm alarm;
    @Nullable Alert told;
    long lookedMillis;
    long round;

    Entry(Key key, String id, Alarm alarm) {
      this.key = key;
      this.id = id;
      this.alarm = alarm;
    }
  }

  private static final long UPDATE_MILLIS = 30_000;
  private static final Rule[] RULES = Rule.values();
  // a contributor is the largest until another is larger by so many parts of the whole
  private static final int LEAD_PARTS = 500;
  // how long ago something was is their figure, and grows by itself
  private static final Set<Rule> OF_AGE = Set.of(Rule.NODE_SILENT, Rule.SITE_STALE);
  private static final Set<Rule> INHIBITORS =
      Set.of(Rule.POWER_BUDGET, Rule.NODES_SILENT, Rule.SITE_STALE);

  private final String site;
  private final AlertStateStore keeper;
  private final Map<Key, Entry> entries = new LinkedHashMap<>();
  private long round;
  private boolean inhibitorsChanged;

  AlertStates(String site, AlertStateStore keeper) {
    this.site = site;
    this.keeper = keeper;
  }

  /** Takes in where a value is, and tells what there is to tell. */
  Event step(Rule rule, Scope scope, long now, Levels levels, Patience patience, Words words) {
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
    Event event = entry.alarm.step(now, levels.reached(), levels.retained(), patience);
    after(entry, event, words);
    if (entry.alarm.forgettable(patience.cooldownMillis())) {
      entries.remove(key);
      keeper.delete(Part.ALARM, entry.id);
    } else {
      keepIfChanged(entry);
    }
    return event;
  }

  private void after(Entry entry, Event event, Words words) {
    if (event != Event.NOTHING) {
      tell(entry, words.at(entry.alarm.level()));
      noteInhibitor(entry);
    } else if (entry.alarm.dueAfter(UPDATE_MILLIS)
        && entry.alarm.latestMillis() - entry.lookedMillis >= UPDATE_MILLIS) {
      entry.lookedMillis = entry.alarm.latestMillis();
      Saying saying = words.at(entry.alarm.level());
      if (entry.told == null || differs(entry.told, saying)) {
        entry.alarm.told();
        tell(entry, saying);
      }
    }
  }

  /** Ends an alarm at once: what it was about is no longer watched. */
  void end(Rule rule, Scope scope, long now, String why) {
    Entry entry = entries.get(new Key(rule, scope));
    if (entry != null) {
      after(entry, entry.alarm.end(now), _ -> again(entry, why));
      keepIfChanged(entry);
    }
  }

  /** As {@link #end}, and nothing is remembered of it. */
  void forget(Rule rule, Scope scope, long now, String why) {
    end(rule, scope, now, why);
    Entry entry = entries.remove(new Key(rule, scope));
    if (entry != null) {
      keeper.delete(Part.ALARM, entry.id);
    }
  }

  /** Ends all that is said of a scope. */
  void endAll(Scope scope, long now, String why) {
    for (Rule rule : RULES) {
      end(rule, scope, now, why);
    }
  }

  /** Ends all that is said of such scopes, and nothing is remembered of it. */
  void forgetAll(Predicate<Scope> about, long now, String why) {
    for (Key key : List.copyOf(entries.keySet())) {
      if (about.test(key.scope)) {
        forget(key.rule, key.scope, now, why);
      }
    }
  }

  /**
   * A person has ended an alert. If what it says is still so after the rule's rest, it fires anew.
   */
  void cleared(Alert alert, long now) {
    Entry entry = entries.get(new Key(alert.rule(), Scope.parse(alert.scope())));
    Alert told = entry == null ? null : entry.told;
    if (entry != null
        && told != null
        && entry.alarm.firing()
        && told.times().sinceEpochMillis() == alert.times().sinceEpochMillis()) {
      entry.alarm.end(now);
      entry.told = alert;
      noteInhibitor(entry);
      keepIfChanged(entry);
    }
  }

  private void noteInhibitor(Entry entry) {
    inhibitorsChanged |=
        entry.key.scope.kind() == Scope.Kind.SITE && INHIBITORS.contains(entry.key.rule);
  }

  /** Begins a round, in which everything that is still there is looked at. */
  void beginRound() {
    round++;
  }

  /** Ends it: what was not looked at by this rule is not there any more. */
  void endRound(Rule rule, long now, Patience patience, String why) {
    for (Entry entry : List.copyOf(entries.values())) {
      if (entry.round != round && entry.key.rule == rule) {
        step(rule, entry.key.scope, now, Levels.NONE, patience, _ -> again(entry, why));
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

  private Saying again(Entry entry, String why) {
    Alert told = entry.told;
    if (told == null) {
      throw new IllegalStateException("nothing was told of " + entry.key);
    }
    return new Saying(
        told.budget(),
        told.severity(),
        told.measured().value(),
        told.measured().limit(),
        told.measured().unit(),
        told.measured().thresholdPercent(),
        told.measured().completenessBasisPoints(),
        told.contributors(),
        place(entry.key.scope) + ": " + why,
        told.routing().owner(),
        told.routing().note());
  }

  /** Tells of all whose larger alert has come or gone. */
  void settle() {
    while (inhibitorsChanged) {
      inhibitorsChanged = false;
      for (Entry entry : new ArrayList<>(entries.values())) {
        Alert told = entry.told;
        if (told != null
            && entry.alarm.firing()
            && !told.routing().inhibitedBy().equals(inhibitor(entry.key, told.severity()))) {
          entry.alarm.told();
          Saying saying = again(entry, "");
          tell(
              entry,
              new Saying(
                  saying.budget,
                  saying.severity,
                  saying.value,
                  saying.limit,
                  saying.unit,
                  saying.thresholdPercent,
                  saying.completenessBasisPoints,
                  saying.contributors,
                  told.summary(),
                  saying.owner,
                  saying.note));
          keepIfChanged(entry);
        }
      }
    }
  }

  /** The alert that says the same of something larger, and is at least as bad; or empty. */
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
            && entry.told != null
            && entry.told.severity().compareTo(atLeast) >= 0
        ? entry.id
        : "";
  }

  private static boolean differs(Alert told, Saying saying) {
    return Math.abs(saying.completenessBasisPoints - told.measured().completenessBasisPoints())
            >= 100
        || valueDiffers(told, saying)
        || (!saying.budget.isEmpty() && isOvertaken(told.contributors(), saying.contributors));
  }

  private static boolean valueDiffers(Alert told, Saying saying) {
    double change = Math.abs(saying.value - told.measured().value());
    if (OF_AGE.contains(told.rule())) {
      return false;
    }
    return saying.budget.isEmpty()
        // against the limit too: a part of almost nothing is no change
        ? change > 0
            && change >= 0.5 * Math.max(Math.abs(told.measured().value()), Math.abs(saying.limit))
        : change >= 0.02 * Math.abs(saying.limit);
  }

  /**
   * True if another contributor clearly leads: of two that are alike now one is first, now the
   * other.
   */
  private static boolean isOvertaken(List<Contributor> told, List<Contributor> now) {
    if (told.isEmpty() || now.isEmpty()) {
      return told.isEmpty() != now.isEmpty();
    }
    Contributor first = now.getFirst();
    Contributor before = told.getFirst();
    int parts =
        now.stream()
            .filter(one -> one.kind() == before.kind() && one.name().equals(before.name()))
            .mapToInt(Contributor::shareBasisPoints)
            .findFirst()
            .orElse(0);
    return first.shareBasisPoints() - parts >= LEAD_PARTS;
  }

  private void tell(Entry entry, Saying saying) {
    Alarm alarm = entry.alarm;
    boolean firing = alarm.firing();
    Alert alert =
        new Alert(
            entry.id,
            new AlertSubject(entry.key.rule, site, saying.budget, entry.key.scope.text()),
            saying.severity,
            firing ? AlertState.FIRING : AlertState.RESOLVED,
            new AlertMeasurement(
                saying.value,
                saying.limit,
                saying.unit,
                saying.thresholdPercent,
                saying.completenessBasisPoints),
            new AlertTimes(
                alarm.beganMillis(),
                alarm.latestMillis(),
                firing ? AlertTimes.OPEN : alarm.latestMillis()),
            saying.contributors,
            saying.summary,
            alarm.revision(),
            new AlertRouting(inhibitor(entry.key, saying.severity), saying.owner, saying.note));
    entry.told = alert;
    keeper.tell(alert);
  }

  private void keepIfChanged(Entry entry) {
    if (entry.alarm.takeChanged()) {
      byte[] told =
          entry.told == null
              ? new byte[0]
              : WireSerdes.alerts().serializer().serialize("alerts", entry.told);
      keeper.put(
          Part.ALARM,
          entry.id,
          AlertStateStore.bytes(out -> {
            out.writeUTF(entry.key.rule.name());
            out.writeUTF(entry.key.scope.text());
            entry.alarm.write(out);
            out.write(told);
          }));
    }
  }

  /** Takes in an alarm as it was written down. */
  void restore(byte[] value) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
      Rule rule = Rule.valueOf(in.readUTF());
      Scope scope = Scope.parse(in.readUTF());
      Key key = new Key(rule, scope);
      Entry entry = new Entry(key, Alert.fingerprint(site, rule, scope), Alarm.read(in));
      byte[] told = in.readAllBytes();
      if (told.length > 0) {
        entry.told = WireSerdes.alerts().deserializer().deserialize("alerts", told);
      }
      entries.put(key, entry);
    } catch (IOException e) {
      throw new UncheckedIOException("an alarm of " + site + " is cut off", e);
    }
  }

  /** What was told last of a firing alarm; null if it is quiet. */
  @Nullable Alert told(Rule rule, Scope scope) {
    Entry entry = entries.get(new Key(rule, scope));
    return entry != null && entry.alarm.firing() ? entry.told : null;
  }

  /** The level at which an alarm fires, or -1. */
  int level(Rule rule, Scope scope) {
    Entry entry = entries.get(new Key(rule, scope));
    return entry == null ? -1 : entry.alarm.level();
  }

  int size() {
    return entries.size();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.watch;

import io.github.joulestream.energy.budget.Alarm;
import io.github.joulestream.energy.budget.Alarm.Event;
import io.github.joulestream.energy.budget.Alarm.Patience;
import io.github.joulestream.energy.budget.Contributor;
import io.github.joulestream.energy.budget.Levels;
import io.github.joulestream.energy.budget.Rule;
import io.github.joulestream.energy.budget.Scope;
import io.github.joulestream.energy.budget.Severity;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.streams.watch.Keeper.Part;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The alarms of a site and what was told of each. Tells of an alarm when it fires, changes its
 * level or ends, and now and then when what it says has changed by much. One thread.
 */
final class AlarmBook {
  /** What is to be said of an alarm. */
  record Saying(
      String budget,
      Severity severity,
      double value,
      double limit,
      String unit,
      int thresholdPercent,
      int completenessParts,
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
  private static final Set<Rule> INHIBITORS =
      Set.of(Rule.POWER_BUDGET, Rule.NODES_SILENT, Rule.SITE_STALE);

  private final String site;
  private final Keeper keeper;
  private final Map<Key, Entry> entries = new LinkedHashMap<>();
  private long round;
  private boolean inhibitorsChanged;

  AlarmBook(String site, Keeper keeper) {
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
    if (entry.alarm.forgettable(patience.restMillis())) {
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
      inhibitorsChanged |=
          entry.key.scope.kind() == Scope.Kind.SITE && INHIBITORS.contains(entry.key.rule);
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

  /** Begins a round, in which everything that is still there is looked at. */
  void beginRound() {
    round++;
  }

  /** Ends it: what was not looked at by one of these rules is not there any more. */
  void endRound(Set<Rule> rules, long now, Patience patience) {
    for (Entry entry : List.copyOf(entries.values())) {
      if (entry.round != round && rules.contains(entry.key.rule)) {
        step(
            entry.key.rule,
            entry.key.scope,
            now,
            Levels.NONE,
            patience,
            _ -> again(entry, "there is nothing to say of it any more"));
      }
    }
  }

  private static Saying again(Entry entry, String why) {
    Alert told = entry.told;
    if (told == null) {
      throw new IllegalStateException("nothing was told of " + entry.key);
    }
    return new Saying(
        told.budget(),
        told.severity(),
        told.value(),
        told.limit(),
        told.unit(),
        told.thresholdPercent(),
        told.completenessParts(),
        told.contributors(),
        told.scope() + ": " + why,
        told.owner(),
        told.note());
  }

  /** Tells of all whose larger alert has come or gone. */
  void settle() {
    while (inhibitorsChanged) {
      inhibitorsChanged = false;
      for (Entry entry : new ArrayList<>(entries.values())) {
        Alert told = entry.told;
        if (told != null
            && entry.alarm.firing()
            && !told.inhibitedBy().equals(inhibitor(entry.key, told.severity()))) {
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
                  saying.completenessParts,
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
    double change = Math.abs(saying.value - told.value());
    boolean ofBudget = !saying.budget.isEmpty();
    return (ofBudget
            ? change >= 0.02 * Math.abs(saying.limit)
            : change >= 0.5 * Math.max(Math.abs(told.value()), 1e-9))
        || Math.abs(saying.completenessParts - told.completenessParts()) >= 100
        || (ofBudget && !first(saying.contributors).equals(first(told.contributors())));
  }

  private static String first(List<Contributor> contributors) {
    return contributors.isEmpty() ? "" : contributors.getFirst().name();
  }

  private void tell(Entry entry, Saying saying) {
    Alarm alarm = entry.alarm;
    boolean firing = alarm.firing();
    Alert alert =
        new Alert(
            entry.id,
            entry.key.rule,
            site,
            saying.budget,
            entry.key.scope.text(),
            saying.severity,
            firing ? AlertState.FIRING : AlertState.RESOLVED,
            saying.value,
            saying.limit,
            saying.unit,
            saying.thresholdPercent,
            alarm.beganMillis(),
            alarm.latestMillis(),
            firing ? Alert.OPEN : alarm.latestMillis(),
            saying.completenessParts,
            saying.contributors,
            saying.summary,
            alarm.revision(),
            inhibitor(entry.key, saying.severity),
            saying.owner,
            saying.note);
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
          Keeper.bytes(out -> {
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

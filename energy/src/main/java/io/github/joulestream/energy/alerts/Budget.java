// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import io.github.joulestream.energy.Bounds;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;

/**
 * A limit on power or energy of a part of a site.
 *
 * @param id its name, unique within its site
 * @param scope what it is for
 * @param quantity what it limits
 * @param limit mW for power, mJ of each period for energy
 * @param zone time zone of periods and schedule, such as {@code Europe/Berlin}
 * @param thresholdsPercent parts of the limit at which it speaks up, rising
 * @param holdMillis how long a threshold must be passed before anything is said; 0: at once
 * @param hysteresisPercent how far below a threshold, in percent of it, the value must fall to
 *     count as below
 * @param resolveAfterMillis how long it must be below before that is said
 * @param cooldownMillis how long after that nothing new is said
 * @param forecastMillis how far ahead passing the limit is foretold; 0: not at all. Of energy, any
 *     other value means to the period's end
 * @param schedule lower limits at certain hours; power only
 * @param advice how to advise on caps when the limit is passed; power only
 * @param owner who answers for it, or empty
 * @param note for those who see the alert, or empty
 * @param priority of what it is for, when others must give; the higher the later
 */
public record Budget(
    String site,
    String id,
    Scope scope,
    Quantity quantity,
    long limit,
    String zone,
    List<Integer> thresholdsPercent,
    long holdMillis,
    int hysteresisPercent,
    long resolveAfterMillis,
    long cooldownMillis,
    long forecastMillis,
    List<Reduction> schedule,
    CapMode advice,
    String owner,
    String note,
    int priority) {

  public static final List<Integer> DEFAULT_THRESHOLDS = List.of(85, 95, 100);
  public static final int DEFAULT_HYSTERESIS_PERCENT = 5;
  public static final long DEFAULT_RESOLVE_AFTER_MILLIS = 300_000;
  public static final long DEFAULT_COOLDOWN_MILLIS = 60_000;
  public static final long DEFAULT_FORECAST_MILLIS = 600_000;

  private static final int MAX_PERCENT = 1_000;
  private static final long MAX_LIMIT = 1L << 60;
  private static final long MAX_MILLIS = 7 * 86_400_000L;
  private static final long MIN_MILLIS = 10_000;

  /**
   * A budget.
   *
   * @throws IllegalArgumentException with one line for a person that says what is wrong with it
   */
  public Budget {
    thresholdsPercent = List.copyOf(thresholdsPercent);
    schedule = List.copyOf(schedule);
    checkName(site, "site");
    checkName(id, "name of a budget");
    String who = "budget " + id + ": ";
    if (scope.kind() == Scope.Kind.NODE || scope.kind() == Scope.Kind.DEVICE) {
      throw new IllegalArgumentException(
          who
              + "unknown scope '%s': it is site, project=P, user=U, job=J, kind=gpu, or a label of nodes such as rack=r12"
                  .formatted(scope.text()));
    }
    if (limit <= 0 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException(
          who + "the limit is %d, and must be over 0 and below 2^60".formatted(limit));
    }
    zoneId(who, zone);
    checkThresholds(who, thresholdsPercent);
    checkMillis(who, "hold", holdMillis);
    checkMillis(who, "resolve-after", resolveAfterMillis);
    checkMillis(who, "cooldown", cooldownMillis);
    checkMillis(who, "forecast", forecastMillis);
    if (resolveAfterMillis + cooldownMillis < MIN_MILLIS) {
      throw new IllegalArgumentException(
          who
              + "resolve-after and rest are %d ms together, and must be at least %d: that bounds the number of alerts"
                  .formatted(resolveAfterMillis + cooldownMillis, MIN_MILLIS));
    }
    if (hysteresisPercent < 0 || hysteresisPercent > 50) {
      throw new IllegalArgumentException(
          who + "the hysteresis is %d %%, and must be 0 to 50".formatted(hysteresisPercent));
    }
    if (quantity.isEnergy() && (!schedule.isEmpty() || advice != CapMode.NONE)) {
      throw new IllegalArgumentException(
          who + "a schedule and advice on caps are for limits of power, not of energy");
    }
    if (schedule.size() > Bounds.REDUCTIONS) {
      throw new IllegalArgumentException(
          who
              + "its schedule has %d entries, the most is %d"
                  .formatted(schedule.size(), Bounds.REDUCTIONS));
    }
    for (Reduction reduction : schedule) {
      if (reduction.limit() >= limit) {
        throw new IllegalArgumentException(
            who
                + "its schedule has a limit of %d, which is not lower than %d"
                    .formatted(reduction.limit(), limit));
      }
    }
    if (owner.length() > Bounds.NOTE_CHARACTERS || note.length() > Bounds.NOTE_CHARACTERS) {
      throw new IllegalArgumentException(
          who + "owner and note have at most %d characters each".formatted(Bounds.NOTE_CHARACTERS));
    }
  }

  /** One with all defaults. */
  public static Budget of(String site, String id, Scope scope, Quantity quantity, long limit) {
    return new Budget(
        site,
        id,
        scope,
        quantity,
        limit,
        "UTC",
        DEFAULT_THRESHOLDS,
        0,
        DEFAULT_HYSTERESIS_PERCENT,
        DEFAULT_RESOLVE_AFTER_MILLIS,
        DEFAULT_COOLDOWN_MILLIS,
        DEFAULT_FORECAST_MILLIS,
        List.of(),
        CapMode.NONE,
        "",
        "",
        0);
  }

  private static void checkName(String name, String what) {
    if (!Bounds.isName(name) || name.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "the %s must have 1 to %d characters and no slash: %s"
              .formatted(what, Bounds.NAME_CHARACTERS, Bounds.shown(name)));
    }
  }

  private static void checkThresholds(String who, List<Integer> thresholds) {
    int before = 0;
    for (int percent : thresholds) {
      if (percent <= before || percent > MAX_PERCENT) {
        throw new IllegalArgumentException(
            who
                + "thresholds rise from over 0 to at most %d %%: %s"
                    .formatted(MAX_PERCENT, thresholds));
      }
      before = percent;
    }
    if (thresholds.isEmpty() || thresholds.size() > Bounds.THRESHOLDS) {
      throw new IllegalArgumentException(
          who
              + "it has %d thresholds, and must have 1 to %d"
                  .formatted(thresholds.size(), Bounds.THRESHOLDS));
    }
  }

  private static void checkMillis(String who, String what, long millis) {
    if (millis < 0 || millis > MAX_MILLIS) {
      throw new IllegalArgumentException(
          who + "%s is %d ms, and must be 0 to seven days".formatted(what, millis));
    }
  }

  private static ZoneId zoneId(String who, String zone) {
    try {
      return ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          who
              + "unknown time zone %s; one is Europe/Berlin, another UTC"
                  .formatted(Bounds.shown(zone)),
          e);
    }
  }

  public ZoneId zoneId() {
    return ZoneId.of(zone);
  }

  /** The limit at that time: the lowest of those that hold. */
  public long limitAt(long epochMillis) {
    if (schedule.isEmpty()) {
      return limit;
    }
    ZonedDateTime time = Instant.ofEpochMilli(epochMillis).atZone(zoneId());
    long lowest = limit;
    for (Reduction reduction : schedule) {
      if (reduction.holds(time)) {
        lowest = Math.min(lowest, reduction.limit());
      }
    }
    return lowest;
  }

  /**
   * True if both limit the same of the same, so that one breach would be two alerts: there can be
   * only one of them.
   */
  public boolean overlaps(Budget other) {
    return !id.equals(other.id)
        && site.equals(other.site)
        && scope.equals(other.scope)
        && quantity == other.quantity;
  }
}

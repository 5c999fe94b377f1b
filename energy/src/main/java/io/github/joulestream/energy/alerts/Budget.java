// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import io.github.joulestream.energy.Bounds;
import java.time.DateTimeException;
import java.time.ZoneId;

/**
 * A limit on power or energy of a scope of a site, and when alerts about it fire.
 *
 * @param id its name, unique within its site
 * @param scope what it is for
 * @param limit what it limits, and to what
 * @param zone time zone of periods and schedule, such as {@code Europe/Berlin}
 * @param thresholds shares of the limit at which alerts fire
 * @param timing when alerts fire and resolve
 * @param owner who answers for it, or empty
 * @param note for those who see the alert, or empty
 * @param priority of what it is for, when caps are advised; the higher the later
 */
public record Budget(
    String site,
    String id,
    Scope scope,
    Limit limit,
    String zone,
    Thresholds thresholds,
    AlertTiming timing,
    String owner,
    String note,
    int priority) {

  /**
   * A budget.
   *
   * @throws IllegalArgumentException with one line for a person that names what is wrong with it
   */
  public Budget {
    checkName(site, "site");
    checkName(id, "name of a budget");
    String who = "budget " + id + ": ";
    if (scope.kind() == Scope.Kind.NODE || scope.kind() == Scope.Kind.DEVICE) {
      throw new IllegalArgumentException(
          who
              + "unknown scope '%s': it is site, project=P, user=U, job=J, kind=gpu, or a label of nodes such as rack=r12"
                  .formatted(scope.text()));
    }
    zoneId(who, zone);
    if (owner.length() > Bounds.NOTE_CHARACTERS || note.length() > Bounds.NOTE_CHARACTERS) {
      throw new IllegalArgumentException(
          who + "owner and note have at most %d characters each".formatted(Bounds.NOTE_CHARACTERS));
    }
  }

  /** One with all defaults. */
  public static Budget of(String site, String id, Scope scope, Limit limit) {
    return new Budget(
        site, id, scope, limit, "UTC", Thresholds.DEFAULT, AlertTiming.DEFAULT, "", "", 0);
  }

  /** The same with another limit. */
  public Budget withLimit(Limit newLimit) {
    return new Budget(site, id, scope, newLimit, zone, thresholds, timing, owner, note, priority);
  }

  private static void checkName(String name, String what) {
    if (!Bounds.isName(name) || name.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "the %s must have 1 to %d characters and no slash: %s"
              .formatted(what, Bounds.NAME_CHARACTERS, Bounds.shown(name)));
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

  /** What it limits. */
  public Quantity quantity() {
    return limit.quantity();
  }

  /** The limit at that time: mW of power, the lowest of those that hold; mJ of energy. */
  public long limitAt(long epochMillis) {
    return switch (limit) {
      case PowerLimit power -> power.milliwattsAt(epochMillis, zoneId());
      case EnergyLimit energy -> energy.millijoules();
    };
  }

  /**
   * True if both limit the same of the same, so that one breach would be two alerts: there can be
   * only one of them.
   */
  public boolean overlaps(Budget other) {
    return !id.equals(other.id)
        && site.equals(other.site)
        && scope.equals(other.scope)
        && quantity() == other.quantity();
  }
}

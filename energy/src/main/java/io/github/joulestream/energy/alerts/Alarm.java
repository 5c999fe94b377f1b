// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * When to emit an alert: turns a value that changes often into few alerts. It knows levels, 0 the
 * lowest; each step gives the level that the value has reached, and the one that it still retains
 * (reached less the hysteresis).
 *
 * <pre>
 *              reached for the hold time,
 *              and cooldown is over              reached for the hold time
 *   quiet ───────────────────────────────> firing at a level ──────────> at a higher one (update)
 *     ^                                     │          │
 *     └──── below all for resolve-after ────┘          └─ below this for resolve-after ─> at the
 *           (resolved), then cooldown                     highest it was at since (update)
 * </pre>
 *
 * <p>So one breach is one alert, and between two of them at least resolve-after and cooldown go by:
 * within a time T it fires at most 1 + T / (resolve-after + cooldown) times, whatever the value
 * does.
 *
 * <p>Time is that of the data and never goes back: an earlier one counts as the latest. Mutable,
 * one thread.
 */
public final class Alarm {
  /** In place of a time. */
  public static final long NEVER = Long.MIN_VALUE;

  private static final long[] NONE = {};

  /** The result of a step. */
  public enum Event {
    NOTHING,
    FIRED,
    /** It fires on, at another level. */
    UPDATED,
    RESOLVED
  }

  private int level = -1;
  // since when each level is reached without a break
  private long[] reachedSince = NONE;
  private long belowSince = NEVER;
  private int highestBelow = -1;
  private long beganMillis = NEVER;
  private long resolvedMillis = NEVER;
  private long emittedMillis = NEVER;
  private long latestMillis = NEVER;
  private int revision;
  private boolean changed;

  /**
   * Steps the alarm with the level of the value.
   *
   * @param now time of the data, Unix epoch, milliseconds
   * @param reached the highest level whose threshold the value has reached, or -1
   * @param retained the highest level that it has not fallen clearly below, at least {@code
   *     reached}, or -1
   */
  public Event step(long now, int reached, int retained, AlertTiming timing) {
    latestMillis = Math.max(now, latestMillis);
    note(reached);
    int lasting = lasting(reached, timing.holdMillis());
    if (level < 0) {
      boolean coolingDown =
          resolvedMillis != NEVER && latestMillis - resolvedMillis < timing.cooldownMillis();
      if (lasting < 0 || coolingDown) {
        return Event.NOTHING;
      }
      beganMillis = reachedSince[0];
      revision = 0;
      return at(lasting, Event.FIRED);
    }
    if (lasting > level) {
      return at(lasting, Event.UPDATED);
    }
    if (retained >= level) {
      changed |= belowSince != NEVER;
      belowSince = NEVER;
      return Event.NOTHING;
    }
    if (belowSince == NEVER) {
      belowSince = latestMillis;
      highestBelow = -1;
      changed = true;
    }
    if (retained > highestBelow) {
      highestBelow = retained;
      changed = true;
    }
    if (latestMillis - belowSince < timing.resolveAfterMillis()) {
      return Event.NOTHING;
    }
    return highestBelow < 0 ? end() : at(highestBelow, Event.UPDATED);
  }

  /** Resolves it at once, if it fires: its cause is over. The time of hold begins anew. */
  public Event end(long now) {
    latestMillis = Math.max(now, latestMillis);
    changed |= reachedSince.length > 0;
    reachedSince = NONE;
    return level < 0 ? Event.NOTHING : end();
  }

  private Event end() {
    resolvedMillis = latestMillis;
    return at(-1, Event.RESOLVED);
  }

  private Event at(int newLevel, Event event) {
    level = newLevel;
    belowSince = NEVER;
    noteEmission();
    return event;
  }

  private void note(int reached) {
    if (reached >= reachedSince.length) {
      int known = reachedSince.length;
      changed = true;
      reachedSince = Arrays.copyOf(reachedSince, reached + 1);
      Arrays.fill(reachedSince, known, reached + 1, latestMillis);
    } else if (reached + 1 < reachedSince.length) {
      changed = true;
      reachedSince = reached < 0 ? NONE : Arrays.copyOf(reachedSince, reached + 1);
    }
  }

  private int lasting(int reached, long holdMillis) {
    for (int i = reached; i >= 0; i--) {
      if (latestMillis - reachedSince[i] >= holdMillis) {
        return i;
      }
    }
    return -1;
  }

  /** Notes that an alert about it is emitted now, for another reason than a step. */
  public void noteEmission() {
    emittedMillis = latestMillis;
    revision++;
    changed = true;
  }

  /** True if it has changed, but for the time of its last step, since the last call. */
  public boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  /** True if it fires, and no alert about it was emitted for so long. */
  public boolean isDueAfter(long millis) {
    return level >= 0 && latestMillis - emittedMillis >= millis;
  }

  public boolean firing() {
    return level >= 0;
  }

  /** The level at which it fires, or -1. */
  public int level() {
    return level;
  }

  /** Since when the lowest level has been reached, of the last firing. */
  public long beganMillis() {
    return beganMillis;
  }

  /** Time of the last step. */
  public long latestMillis() {
    return latestMillis;
  }

  /** Alerts emitted about it since it fired, that one included. */
  public int revision() {
    return revision;
  }

  /** True if its state can be deleted: it does not fire, no level is reached, cooldown is over. */
  public boolean isForgettable(long cooldownMillis) {
    return level < 0
        && reachedSince.length == 0
        && (resolvedMillis == NEVER || latestMillis - resolvedMillis >= cooldownMillis);
  }

  /** Writes its state. */
  public void write(DataOutput out) throws IOException {
    out.writeInt(level);
    out.writeInt(reachedSince.length);
    for (long since : reachedSince) {
      out.writeLong(since);
    }
    out.writeLong(belowSince);
    out.writeInt(highestBelow);
    out.writeLong(beganMillis);
    out.writeLong(resolvedMillis);
    out.writeLong(emittedMillis);
    out.writeLong(latestMillis);
    out.writeInt(revision);
  }

  /** Reads its state. */
  public static Alarm read(DataInput in) throws IOException {
    Alarm alarm = new Alarm();
    alarm.level = in.readInt();
    alarm.reachedSince = new long[in.readInt()];
    for (int i = 0; i < alarm.reachedSince.length; i++) {
      alarm.reachedSince[i] = in.readLong();
    }
    alarm.belowSince = in.readLong();
    alarm.highestBelow = in.readInt();
    alarm.beganMillis = in.readLong();
    alarm.resolvedMillis = in.readLong();
    alarm.emittedMillis = in.readLong();
    alarm.latestMillis = in.readLong();
    alarm.revision = in.readInt();
    return alarm;
  }
}

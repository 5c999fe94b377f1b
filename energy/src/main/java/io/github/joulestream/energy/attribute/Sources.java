// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.io.IOException;
import java.util.Arrays;

/**
 * Which source reported a device when. A source is one life of one agent; where one batch names a
 * device more than once and the readings contradict each other, each naming is a source. At a time
 * one of them keeps the device:
 *
 * <pre>
 *   agent of epoch 7   |----------------|          x  x  x  x       |------
 *   agent of epoch 9           x  x     |--------------|
 *                                                       60 s
 * </pre>
 *
 * <p>Between two readings of a source no more than the limit of gaps apart, the readings of others
 * (x) are conflicts. Where a source has reported last, the next one follows at once if it began
 * later (that is how an agent is started anew); one that began earlier must wait until the other
 * has been silent for {@link #WAKE_MILLIS}, or the two would take turns at every batch. Mutable;
 * owned by the {@link NodeAccount}.
 */
final class Sources {
  /**
   * How long after its last reading a source may continue: as far as the rules look around. At
   * twice that an agent that began earlier waits two minutes before it replaces one that has died.
   */
  static final long WAKE_MILLIS = Limits.MAX_RULE_LOOKAROUND_MILLIS;

  /**
   * Stretches of sources that are remembered; readings of the time of older ones are no conflicts
   * any more. As many as lives of agents; at twice that a device takes up to 700 bytes more.
   */
  private static final int MAX_STRETCHES = 16;

  private final Limits limits;
  // in the order of time; no two overlap. Most devices have one: an array takes 32 bytes less of
  // each device than a list
  private Stretch[] stretches = {};

  /** Time for which one source has reported. */
  private static final class Stretch {
    final long epoch;
    final int place;
    long fromMillis;
    long toMillis;

    Stretch(long epoch, int place, long fromMillis, long toMillis) {
      this.epoch = epoch;
      this.place = place;
      this.fromMillis = fromMillis;
      this.toMillis = toMillis;
    }

    boolean isOf(long ofEpoch, int ofPlace) {
      return epoch == ofEpoch && place == ofPlace;
    }

    /** True if it began later, or is named first in the same batches. */
    boolean goesBefore(long otherEpoch, int otherPlace) {
      return epoch > otherEpoch || (epoch == otherEpoch && place < otherPlace);
    }
  }

  /** Whether something was received of a source lately. */
  interface Activity {
    boolean isRecent(long epoch);
  }

  Sources(Limits limits) {
    this.limits = limits;
  }

  /** True if this agent reported last, and so may continue. */
  boolean isLast(long epoch) {
    if (stretches.length == 0) {
      return false;
    }
    Stretch newest = stretches[stretches.length - 1];
    return newest.place == 0 && newest.epoch == epoch;
  }

  /** The source that reported last has done so up to this time. */
  void extendTo(long epochMillis) {
    if (stretches.length > 0) {
      Stretch newest = stretches[stretches.length - 1];
      newest.toMillis = Math.max(newest.toMillis, epochMillis);
    }
  }

  /**
   * True if another source keeps the device at this time.
   *
   * @param place 0, or how often the batch names the device before
   */
  boolean isContested(long epoch, int place, long epochMillis, Activity activity) {
    int at = lastFrom(epochMillis);
    if (at < 0) {
      return false;
    }
    Stretch before = stretches[at];
    if (before.isOf(epoch, place)) {
      return false;
    }
    return epochMillis <= before.toMillis
        || (before.goesBefore(epoch, place)
            && epochMillis - before.toMillis <= WAKE_MILLIS
            && activity.isRecent(before.epoch));
  }

  /** Takes note that a source has reported a time that is not contested. */
  void note(long epoch, int place, long epochMillis) {
    int at = lastFrom(epochMillis);
    Stretch next = at + 1 < stretches.length ? stretches[at + 1] : null;
    if (next != null
        && (!next.isOf(epoch, place) || next.fromMillis - epochMillis > limits.longGapMillis())) {
      next = null;
    }
    Stretch before = at >= 0 ? stretches[at] : null;
    if (before != null
        && before.isOf(epoch, place)
        && epochMillis - before.toMillis <= limits.longGapMillis()) {
      before.toMillis = Math.max(before.toMillis, epochMillis);
      if (next != null) {
        before.toMillis = next.toMillis;
        stretches = without(at + 1);
      }
    } else if (next != null) {
      next.fromMillis = epochMillis;
    } else {
      Stretch added = new Stretch(epoch, place, epochMillis, epochMillis);
      Stretch[] after = insert(at + 1, added);
      stretches = after.length > MAX_STRETCHES ? Arrays.copyOfRange(after, 1, after.length) : after;
    }
  }

  private Stretch[] insert(int at, Stretch added) {
    Stretch[] after = new Stretch[stretches.length + 1];
    System.arraycopy(stretches, 0, after, 0, at);
    after[at] = added;
    System.arraycopy(stretches, at, after, at + 1, stretches.length - at);
    return after;
  }

  private Stretch[] without(int at) {
    Stretch[] after = Arrays.copyOf(stretches, stretches.length - 1);
    System.arraycopy(stretches, at + 1, after, at, after.length - at);
    return after;
  }

  /** The stretch that began last before or at a time; -1 if there is none. */
  private int lastFrom(long epochMillis) {
    int at = stretches.length - 1;
    while (at >= 0 && stretches[at].fromMillis > epochMillis) {
      at--;
    }
    return at;
  }

  void write(StateWriter out) throws IOException {
    out.writeByte(stretches.length);
    for (Stretch stretch : stretches) {
      out.writeLong(stretch.epoch);
      out.writeInt(stretch.place);
      out.writeLong(stretch.fromMillis);
      out.writeLong(stretch.toMillis);
    }
  }

  static Sources read(StateReader in, Limits limits) throws IOException {
    Sources sources = new Sources(limits);
    sources.stretches = new Stretch[Math.max(0, in.readByte())];
    for (int i = 0; i < sources.stretches.length; i++) {
      sources.stretches[i] =
          new Stretch(in.readLong(), in.intOrShort(), in.readLong(), in.readLong());
    }
    return sources;
  }
}

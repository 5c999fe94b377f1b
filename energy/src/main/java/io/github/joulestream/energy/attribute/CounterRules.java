// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.integrate.CounterStep;
import io.github.joulestream.energy.integrate.Interval;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The energy between two samples by the counter of a device, where the counter is read at one end
 * only, or does not move. Mutable; owned by the {@link DeviceAccount}.
 *
 * <p>A counter that does not move while power is consumed is one of three things: late (then it
 * catches up, and its step over all of that time is right), slow (it rises every few seconds), or
 * stuck (its energy is lost, and power is booked instead).
 *
 * <p>A bridge is a stretch of samples in whose middle the counter was not read, or was late: its
 * energy is the step between its two ends, spread over its intervals by power.
 *
 * <pre>
 *   power     o---o---o---o---o
 *   counter   o               o      the step of 4 s, spread over 4 intervals
 * </pre>
 */
final class CounterRules {
  private static final long STUCK_MILLIS = 10_000;
  // with less power a counter of a coarse unit may not move in an interval
  private static final long MIN_MOVING_MILLIWATTS = 1_000;

  private final Scratch scratch;
  private final Limits limits;

  // since when the counter has not moved although power was consumed, and whether it is stuck
  private long flatSince = DeviceAccount.NEVER;
  private boolean stuck;
  // mean power of the last interval, of a device whose last sample has no power
  private long countedMilliwatts = MISSING;
  // within one run over samples, whose last one is not before its end
  private @Nullable Bridge bridge;

  private static final class Bridge {
    private final long endMillis;
    private final long microjoules;
    private final long byPower;
    private long byPowerSoFar;
    private long bookedSoFar;

    Bridge(long endMillis, long microjoules, long byPower) {
      this.endMillis = endMillis;
      this.microjoules = microjoules;
      this.byPower = byPower;
    }

    /** The share of the next interval, by power, which every sample in a bridge has. */
    long next(Sample a, Sample b) {
      byPowerSoFar += byPower(a, b);
      long booked =
          b.epochMillis() == endMillis
              ? microjoules
              : byPower == 0 ? 0 : Interval.scale(microjoules, byPowerSoFar, byPower);
      long share = booked - bookedSoFar;
      bookedSoFar = booked;
      return share;
    }
  }

  CounterRules(Scratch scratch) {
    this.scratch = scratch;
    this.limits = scratch.limits;
  }

  /** True if the next interval depends on the counter at its two ends alone. */
  boolean isQuiet() {
    return flatSince == DeviceAccount.NEVER && !stuck;
  }

  /** True if it is as of a device without any sample. */
  boolean isEmpty() {
    return isQuiet() && countedMilliwatts == MISSING;
  }

  /** Mean power of the last interval by the counter, mW, if no sensor has read it; or MISSING. */
  long countedMilliwatts() {
    return countedMilliwatts;
  }

  /** True if a counter did not move though power was consumed at both ends of an interval. */
  static boolean isFlat(long counter, long nextCounter, long milliwatts, long nextMilliwatts) {
    return nextCounter == counter
        && counter != MISSING
        && milliwatts >= MIN_MOVING_MILLIWATTS
        && nextMilliwatts >= MIN_MOVING_MILLIWATTS;
  }

  private static boolean isFlat(Sample a, Sample b) {
    return isFlat(a.microjoules(), b.microjoules(), a.milliwatts(), b.milliwatts())
        && a.device().counterEpoch() == b.device().counterEpoch();
  }

  /**
   * Sets {@link Scratch#counted} to the energy of the interval from {@code a} to the sample at
   * {@code i}.
   *
   * @param samples samples in the order of time: the rules look at those after {@code i} too
   * @return true if it is the step between the counters of these two, which power can be compared
   *     with
   */
  boolean measure(Sample a, List<Sample> samples, int i, Shares shares, Increments books) {
    Sample b = samples.get(i);
    long length = b.epochMillis() - a.epochMillis();
    CounterEnergy counted = scratch.counted;
    boolean wasStuck = stuck;
    boolean flat = noteFlat(a, samples, i);
    boolean isStep = false;
    Bridge known = bridgeOf(a);
    if (known != null) {
      counted.certain(known.next(a, b));
    } else if (flat && stuck) {
      books.note(limits.windowOf(b.epochMillis()), SiteAmount.COUNTER_STUCK_MILLIS, length);
      counted.faulty();
    } else if (wasStuck) {
      counted.faulty(); // what was consumed meanwhile is lost
    } else if (a.microjoules() != MISSING && b.microjoules() != MISSING) {
      step(a, b, trapezoid(a, b, length));
      counted.step(scratch.step, b.epochMillis(), limits, books);
      // the step over a longer time is known as a sum, but not when it was consumed
      boolean tooLong =
          length > limits.longestSpreadMillis()
              || (length > limits.longGapMillis()
                  && SumRoom.isTooMany(a.epochMillis(), b.epochMillis(), shares, limits));
      counted.replace(
          tooLong ? MISSING : calibrated(scratch.step.microjoules(), b.device(), length));
      isStep = true;
    } else {
      Sample end = a.microjoules() == MISSING ? null : nextCounted(samples, i);
      if (end != null && isBridge(a, end)) {
        counted.certain(beginBridge(a, end, samples, i).next(a, b));
      } else {
        counted.none();
      }
    }
    if (b.milliwatts() != MISSING) {
      countedMilliwatts = MISSING;
    } else if (counted.isKnown()) {
      countedMilliwatts = counted.microjoules() / length;
    }
    return isStep;
  }

  /** True if samples after the last of these may change what is booked from {@code a} on. */
  boolean isProvisional(Sample a, List<Sample> samples, int i) {
    if (a.microjoules() == MISSING || bridgeOf(a) != null) {
      return false;
    }
    Sample b = samples.get(i);
    long newest = samples.getLast().epochMillis();
    if (b.microjoules() == MISSING) {
      return newest - a.epochMillis() <= Limits.MAX_RULE_LOOKAROUND_MILLIS
          && nextCounted(samples, i) == null;
    }
    if (!isFlat(a, b)) {
      return false;
    }
    long since = flatSince == DeviceAccount.NEVER ? a.epochMillis() : flatSince;
    if (newest - since > Limits.MAX_RULE_LOOKAROUND_MILLIS) {
      return false;
    }
    int end = endOfFlat(samples, i);
    // the sample after a flat stretch decides what it was, unless it has no counter
    return end + 1 == samples.size() || nextCounted(samples, end + 1) == null;
  }

  // ---- a counter that does not move

  /** Notes whether the counter is flat in the interval, and since when; true if it is. */
  private boolean noteFlat(Sample a, List<Sample> samples, int i) {
    Sample b = samples.get(i);
    if (!isFlat(a, b)) {
      flatSince = DeviceAccount.NEVER;
      stuck = false;
      return false;
    }
    boolean begins = flatSince == DeviceAccount.NEVER;
    if (begins) {
      flatSince = a.epochMillis();
    }
    if (begins || !stuck) {
      int end = endOfFlat(samples, i);
      Sample last = samples.get(end);
      stuck = last.epochMillis() - flatSince >= STUCK_MILLIS;
      if (begins && end + 1 < samples.size()) {
        long flat = byPower(a, b);
        for (int j = i; j < end; j++) {
          flat += byPower(samples.get(j), samples.get(j + 1));
        }
        Sample moved = samples.get(end + 1);
        if (catchesUp(flatSince, last, moved, flat)) {
          stepAcross(flatSince, last, moved);
          beginBridge(a, moved, samples, i);
        }
      }
    }
    return true;
  }

  /** The last sample of a flat stretch that continues at {@code i}. */
  private static int endOfFlat(List<Sample> samples, int i) {
    int end = i;
    while (end + 1 < samples.size() && isFlat(samples.get(end), samples.get(end + 1))) {
      end++;
    }
    return end;
  }

  /**
   * True if the counter was late: its step from {@code before} to {@code after} is of all the time
   * since {@code since}. After a long flat stretch that is so if power agrees; after a short one,
   * if the step is more than the device can consume in its last interval.
   *
   * @param flat energy of the flat stretch by power, µJ
   */
  private boolean catchesUp(long since, Sample before, Sample after, long flat) {
    if (after.microjoules() == MISSING
        || after.milliwatts() == MISSING
        || after.epochMillis() - since > Limits.MAX_RULE_LOOKAROUND_MILLIS) {
      return false;
    }
    if (before.epochMillis() - since < STUCK_MILLIS) {
      step(before, after, trapezoid(before, after, after.epochMillis() - before.epochMillis()));
      if (scratch.step.event() != CounterStep.Event.JUMPED) {
        return false;
      }
    }
    stepAcross(since, before, after);
    long counted = scratch.step.microjoules();
    long expected = flat + byPower(before, after);
    return counted != MISSING
        && scratch.step.certain()
        && Math.abs(counted - expected) <= Math.max(counted, expected) / 4;
  }

  /**
   * Sets the step to all the time that the counter was flat, and the interval in which it moved.
   */
  private void stepAcross(long since, Sample before, Sample after) {
    scratch.step.set(
        after.device(),
        before.device().counterEpoch() == after.device().counterEpoch(),
        before.microjoules(),
        after.microjoules(),
        after.epochMillis() - since,
        MISSING);
  }

  // ---- samples without the counter between samples with it

  /** The bridge that holds the interval after a sample; null if there is none. */
  private @Nullable Bridge bridgeOf(Sample a) {
    Bridge known = bridge;
    return known != null && a.epochMillis() < known.endMillis ? known : null;
  }

  private boolean isBridge(Sample start, Sample end) {
    long length = end.epochMillis() - start.epochMillis();
    if (length > Limits.MAX_RULE_LOOKAROUND_MILLIS) {
      return false;
    }
    step(start, end, trapezoid(start, end, length));
    return scratch.step.microjoules() != MISSING
        && scratch.step.microjoules() > 0
        && scratch.step.certain();
  }

  /** Begins the bridge that {@link Scratch#step} is set to. */
  private Bridge beginBridge(Sample start, Sample end, List<Sample> samples, int i) {
    long byPower = 0;
    Sample before = start;
    for (int j = i; before.epochMillis() < end.epochMillis(); j++) {
      byPower += byPower(before, samples.get(j));
      before = samples.get(j);
    }
    long length = end.epochMillis() - start.epochMillis();
    long microjoules = calibrated(scratch.step.microjoules(), end.device(), length);
    Bridge begun = new Bridge(end.epochMillis(), microjoules, byPower);
    bridge = begun;
    return begun;
  }

  private static @Nullable Sample nextCounted(List<Sample> samples, int from) {
    for (int i = from; i < samples.size(); i++) {
      if (samples.get(i).microjoules() != MISSING) {
        return samples.get(i);
      }
    }
    return null;
  }

  // ---- energy of an interval

  private void step(Sample a, Sample b, long expectedMicrojoules) {
    scratch.step.set(
        b.device(),
        a.device().counterEpoch() == b.device().counterEpoch(),
        a.microjoules(),
        b.microjoules(),
        b.epochMillis() - a.epochMillis(),
        expectedMicrojoules);
  }

  private long calibrated(long microjoules, Device device, long length) {
    return microjoules == MISSING
        ? MISSING
        : scratch.calibration.microjoules(device, microjoules, length);
  }

  /** Energy by power, µJ; MISSING if power is not known at both ends or the gap is a long one. */
  private long trapezoid(Sample a, Sample b, long length) {
    return a.milliwatts() == MISSING || b.milliwatts() == MISSING || length > limits.longGapMillis()
        ? MISSING
        : Interval.trapezoid(a.milliwatts(), b.milliwatts(), length);
  }

  /**
   * Energy by power, µJ; at an end without power that of the other end. Of a longer time than the
   * rules look at, which no rule uses, only so much.
   */
  private static long byPower(Sample a, Sample b) {
    long length = Math.min(b.epochMillis() - a.epochMillis(), Limits.MAX_RULE_LOOKAROUND_MILLIS);
    long from = a.milliwatts() != MISSING ? a.milliwatts() : b.milliwatts();
    long to = b.milliwatts() != MISSING ? b.milliwatts() : from;
    return Interval.trapezoid(from, to, length);
  }

  // ---- state

  void copyFrom(CounterRules other) {
    flatSince = other.flatSince;
    stuck = other.stuck;
    countedMilliwatts = other.countedMilliwatts;
    bridge = null;
  }

  void write(StateWriter out) throws IOException {
    out.writeLong(flatSince);
    out.writeLong(countedMilliwatts);
    out.writeBoolean(stuck);
  }

  void read(StateReader in) throws IOException {
    flatSince = in.readLong();
    long milliwatts = in.readLong();
    // before, this was the energy since the counter is flat, which no rule uses
    countedMilliwatts = in.format() > NodeFormats.WITHOUT_MAGIC ? milliwatts : MISSING;
    stuck = in.readBoolean();
  }
}

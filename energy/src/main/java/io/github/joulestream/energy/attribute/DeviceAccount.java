// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.attribute.GapRules.Gap;
import io.github.joulestream.energy.integrate.Interval;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The books of one device: takes its samples in the order of time, integrates them, and books every
 * millijoule once. Mutable, for the hot path; owned by the {@link NodeAccount}.
 *
 * <pre>
 *   samples --> takeRegular, if isRegular --> IntervalEnergy --> SegmentBooker
 *          +--> advance --> CounterRules ---------^                   ^
 *                      +--> GapRules ---------------------------------+
 * </pre>
 *
 * <p>A device is regular if each interval follows from the two samples at its ends: most devices,
 * most of the time. All state that these do not need is in {@link Irregular}, which they lack.
 *
 * <p>What is booked in a window depends on the samples in and around it and on the shares alone.
 * That makes a correction simple: book the window again as it was, with a minus, and as it is now,
 * with a plus.
 *
 * <p>The energy between two samples can depend on samples up to {@link
 * Limits#MAX_RULE_LOOKAROUND_MILLIS} around them, see {@link CounterRules}. Where later ones can
 * change it, the samples are provisional: they are kept and booked by what is known, and the next
 * samples take that back and book them anew.
 */
final class DeviceAccount {
  static final long NEVER = Long.MIN_VALUE;
  // 68 samples a second for a minute: so they take a bounded amount of memory
  private static final int MAX_PROVISIONAL = 4_096;
  private static final long MIN_PATIENCE_MILLIS = 10_000;
  private static final long MAX_PATIENCE_MILLIS = 2 * Limits.MAX_RULE_LOOKAROUND_MILLIS;

  private final Scratch scratch;
  private final SegmentBooker booker;
  // null of a device that never had a counter and power in one interval
  private @Nullable PowerCrossCheck crossCheck;
  private @Nullable Irregular irregular;
  // the last sample; as an object only once it is asked for
  private @Nullable Sample lastSample;
  private @Nullable Device lastDevice;
  private long lastMillis = NEVER;
  private long lastMilliwatts;
  private long lastMicrojoules;
  private long lastUtilisation;
  private long lastUsed;
  private boolean lastAhead;
  private long previousMillis = NEVER;
  // from the sample of this time on all were regular; at least since the account was read
  private long regularSince = Long.MAX_VALUE;
  private long firstMillis = NEVER;
  private long lastArrivalMillis = NEVER;
  // who has which share of it, until the allocations of the node change
  private @Nullable Shares shares;

  DeviceAccount(Scratch scratch) {
    this.scratch = scratch;
    this.booker = new SegmentBooker(scratch);
  }

  // ---- the last sample

  @Nullable Sample last() {
    Device device = lastDevice;
    if (lastSample == null && device != null) {
      lastSample =
          new Sample(
              device,
              lastMillis,
              lastMilliwatts,
              lastMicrojoules,
              lastUtilisation,
              lastUsed,
              lastAhead);
    }
    return lastSample;
  }

  /** Goes on from a sample without booking anything before it. */
  void startAt(Sample sample) {
    previousMillis = lastMillis;
    lastSample = sample;
    lastDevice = sample.device();
    lastMillis = sample.epochMillis();
    lastMilliwatts = sample.milliwatts();
    lastMicrojoules = sample.microjoules();
    lastUtilisation = sample.utilisationBasisPoints();
    lastUsed = sample.usedBytes();
    lastAhead = sample.ahead();
    regularSince = lastMillis;
  }

  private Sample lastOfSome() {
    return requireNonNull(last(), "a device without a sample");
  }

  /** The device, as it was at its last sample. */
  Device device() {
    return requireNonNull(lastDevice, "a device without a sample");
  }

  /** Power of the last sample, or the mean power of the last interval by its counter, mW; or 0. */
  long milliwattsNow() {
    long counted = irregular == null ? MISSING : irregular.counter.countedMilliwatts();
    return lastMilliwatts != MISSING ? lastMilliwatts : Math.max(0, counted);
  }

  long utilisationNow() {
    return lastUtilisation;
  }

  /** Bytes in use, or MISSING. */
  long usedNow() {
    return lastUsed;
  }

  long lastMillis() {
    return lastMillis;
  }

  long previousMillis() {
    return previousMillis;
  }

  void previousMillis(long epochMillis) {
    previousMillis = epochMillis;
  }

  long firstMillis() {
    return firstMillis;
  }

  void firstMillis(long epochMillis) {
    firstMillis = epochMillis;
  }

  /**
   * The time from which on its energy between two samples follows from these two alone; {@code
   * Long.MAX_VALUE} if there is no such time.
   */
  long regularSince() {
    return regularSince;
  }

  /**
   * For how long after its last sample the next one is expected: twice the time between the last
   * two, 10 s at least, 2 minutes at most.
   */
  long patienceMillis() {
    return previousMillis == NEVER
        ? MIN_PATIENCE_MILLIS
        : Math.clamp(2 * (lastMillis - previousMillis), MIN_PATIENCE_MILLIS, MAX_PATIENCE_MILLIS);
  }

  /** When the last batch with the device arrived. */
  long lastArrivalMillis() {
    return lastArrivalMillis;
  }

  void noteArrival(long arrivalEpochMillis) {
    lastArrivalMillis = Math.max(lastArrivalMillis, arrivalEpochMillis);
  }

  /** Who has which share of it; null if that must be worked out. */
  @Nullable Shares shares() {
    return shares;
  }

  void shares(@Nullable Shares known) {
    shares = known;
  }

  // ---- regular samples

  /** True if rows of a batch are regular; see also {@link SampleReader#areRegular}. */
  boolean isRegular(
      ReadingColumns batch,
      Device device,
      int from,
      int to,
      long arrivalEpochMillis,
      Shares shares) {
    Irregular state = irregular;
    if (!device.equals(lastDevice)
        || (state != null && !state.isQuiet())
        || lastAhead
        || lastMilliwatts == MISSING
        || (lastMicrojoules == MISSING && device.averagingMillis() != 0)
        || !scratch.calibration.isEmpty()) {
      return false;
    }
    long newest = batch.epochMillis()[to - 1];
    return newest <= arrivalEpochMillis + Limits.AHEAD_MILLIS
        && newest >= shares.lastStart()
        && SampleReader.areRegular(
            batch,
            device,
            from,
            to,
            lastMillis,
            lastMilliwatts,
            lastMicrojoules,
            scratch.limits.longGapMillis());
  }

  /** Books rows that {@link #isRegular} was true of, as {@link #advance} does; no allocation. */
  void takeRegular(
      ReadingColumns batch, Device device, int from, int to, Shares shares, Increments books) {
    CounterEnergy counted = scratch.counted;
    IntervalEnergy energy = scratch.energy;
    lastSample = null;
    lastDevice = device; // equal, and one object for all who have it of the batch
    scratch.pieces.reset();
    for (int row = from; row < to; row++) {
      long time = batch.epochMillis()[row];
      long power = batch.powerMilliwatts()[row];
      long counter = batch.energyMicrojoules()[row];
      long utilisation = batch.utilisationBasisPoints()[row];
      long used = batch.usedBytes()[row];
      long length = time - lastMillis;
      if (crossCheck != null) {
        crossCheck.moveTo(lastMillis, books);
      }
      if (counter == MISSING) {
        counted.none();
      } else {
        long byPower = Interval.trapezoid(lastMilliwatts, power, length);
        scratch.step.set(device, true, lastMicrojoules, counter, length, byPower);
        counted.step(scratch.step, time, scratch.limits, books);
        compare(length, byPower, books);
      }
      energy.between(lastMillis, time, device, utilisation, used);
      // true: both powers are known, and the gap is not a long one
      energy.measure(lastMilliwatts, power, false, counted, scratch.limits, shares);
      booker.add(energy, shares, books);
      previousMillis = lastMillis;
      lastMillis = time;
      lastMilliwatts = power;
      lastMicrojoules = counter;
      lastUtilisation = utilisation;
      lastUsed = used;
    }
    booker.flush(books);
  }

  /** Compares the energy by the counter with that by power. */
  private void compare(long length, long byPower, Increments books) {
    if (!scratch.counted.isKnown() || length > scratch.limits.gapMillis()) {
      return;
    }
    PowerCrossCheck check = crossCheck;
    if (check == null) {
      check = new PowerCrossCheck(scratch.limits);
      check.moveTo(lastMillis, books);
      crossCheck = check;
    }
    check.add(length, scratch.counted.microjoules(), byPower);
  }

  // ---- all other samples

  /**
   * Books samples that follow the last.
   *
   * @param arrivalEpochMillis when they arrived, or {@link #NEVER} if they are booked again
   */
  void advance(List<Sample> samples, Shares shares, Increments books, long arrivalEpochMillis) {
    undoTail(shares, books);
    Irregular state = irregular;
    DeviceAccount before = state == null ? null : state.confirmed();
    if (state == null || before == null) {
      run(samples, shares, books, arrivalEpochMillis);
      return;
    }
    books.invertSign();
    before.copy().run(state.provisional(), shares, books, NEVER);
    books.invertSign();
    List<Sample> all = new ArrayList<>(state.provisional());
    all.addAll(samples);
    state.endProvisional();
    copyFrom(before);
    run(all, shares, books, arrivalEpochMillis);
  }

  private void run(List<Sample> samples, Shares shares, Increments books, long arrivalEpochMillis) {
    Irregular state = irregular();
    for (int i = 0; i < samples.size(); i++) {
      Sample next = samples.get(i);
      Sample previous = last();
      if (previous == null) {
        firstMillis = next.epochMillis();
        scratch.gapRules.book(Gap.before(next), booker, shares, books);
      } else {
        if (next.epochMillis() - previous.epochMillis() > scratch.limits.longGapMillis()
            && arrivalEpochMillis != NEVER) {
          state.gaps.add(arrivalEpochMillis, copy());
        }
        if (state.confirmed() == null
            && samples.size() - i <= MAX_PROVISIONAL
            && state.counter.isProvisional(previous, samples, i)) {
          state.beginProvisional(copy(), samples.subList(i, samples.size()));
        }
        book(previous, samples, i, shares, books);
      }
      startAt(next);
    }
    dropIfEmpty();
  }

  /** Books the interval from the last sample, {@code a}, to the one at {@code i}. */
  private void book(Sample a, List<Sample> samples, int i, Shares shares, Increments books) {
    Sample b = samples.get(i);
    if (crossCheck != null) {
      crossCheck.moveTo(a.epochMillis(), books);
    }
    long length = b.epochMillis() - a.epochMillis();
    boolean isStep = irregular().counter.measure(a, samples, i, shares, books);
    if (isStep && a.milliwatts() != MISSING && b.milliwatts() != MISSING) {
      compare(length, Interval.trapezoid(a.milliwatts(), b.milliwatts(), length), books);
    }
    IntervalEnergy energy = scratch.energy;
    energy.between(
        a.epochMillis(), b.epochMillis(), b.device(), b.utilisationBasisPoints(), b.usedBytes());
    boolean ahead = a.ahead() || b.ahead();
    if (energy.measure(
        a.milliwatts(), b.milliwatts(), ahead, scratch.counted, scratch.limits, shares)) {
      booker.book(energy, shares, books);
    } else {
      boolean isLong = length > scratch.limits.longGapMillis();
      scratch.gapRules.book(
          isLong ? Gap.between(a, b) : Gap.withoutPower(a, b), booker, shares, books);
    }
  }

  private Irregular irregular() {
    Irregular state = irregular;
    if (state == null) {
      state = new Irregular(scratch);
      irregular = state;
    }
    return state;
  }

  private void dropIfEmpty() {
    if (irregular != null && irregular.isEmpty()) {
      irregular = null;
    }
  }

  // ---- the time after the last sample

  /** Books what is known of the time after the last sample, until the next {@link #advance}. */
  void bookProvisionalTail(Shares shares, Increments books) {
    if (ProvisionalTail.isDue(last(), shares)) {
      irregular().tail.book(last(), booker, shares, books);
    }
  }

  /**
   * Books the time after the last sample by other shares.
   *
   * @param change the first time at which the shares differ, not before the last sample
   */
  void rebookTail(Shares old, Shares now, long change, Increments books) {
    Irregular state = irregular;
    if (state == null || !state.tail.isBooked()) {
      bookProvisionalTail(now, books);
    } else {
      state.tail.rebook(lastOfSome(), booker, old, now, change, books);
      dropIfEmpty();
    }
  }

  /** Takes back what {@link #bookProvisionalTail} booked. */
  void undoTail(Shares shares, Increments books) {
    Irregular state = irregular;
    if (state != null) {
      state.tail.undo(last(), booker, shares, books);
      dropIfEmpty();
    }
  }

  /** Books once more what {@link #bookProvisionalTail} booked, if it did; the state stays. */
  void repeatTail(Shares shares, Increments books) {
    Irregular state = irregular;
    if (state != null) {
      state.tail.repeat(last(), booker, shares, books);
    }
  }

  // ---- long gaps

  /**
   * A copy of the account before a long gap that begins before a time; null if there is none.
   *
   * @param from the time of the first change
   * @param historySince since when all that arrived is in the history
   */
  @Nullable DeviceAccount beforeGap(long from, long historySince) {
    Irregular state = irregular;
    return state == null ? null : state.gaps.find(from, historySince);
  }

  /** Forgets the gaps within a range of time: what was booked there has changed. */
  void forgetGaps(long fromMillis, long toMillis) {
    irregular().gaps.remove(fromMillis, toMillis);
    dropIfEmpty();
  }

  /** Remembers the gaps that another account of this device remembers from before a time. */
  void gapsOf(DeviceAccount other, long beforeMillis) {
    Irregular theirs = other.irregular;
    if (theirs != null) {
      irregular().gaps.addFrom(theirs.gaps, beforeMillis);
      dropIfEmpty();
    }
  }

  // ---- copies

  /** The same state, without provisional samples and gaps. */
  DeviceAccount copy() {
    DeviceAccount copy = new DeviceAccount(scratch);
    copy.copyFrom(this);
    copy.firstMillis = firstMillis;
    return copy;
  }

  /** Takes over how another account, of the same samples and other shares, shares out. */
  void shareAs(DeviceAccount other) {
    booker.copySegmentFrom(other.booker);
    irregular().tail.setBooked(other.isTailBooked());
    dropIfEmpty();
  }

  private boolean isTailBooked() {
    return irregular != null && irregular.tail.isBooked();
  }

  private void copyFrom(DeviceAccount other) {
    Sample sample = other.last();
    if (sample != null) {
      startAt(sample);
    }
    previousMillis = other.previousMillis;
    booker.copyFrom(other.booker);
    crossCheck = other.crossCheck == null ? null : other.crossCheck.copy();
    irregular().copyFrom(other.irregular);
    dropIfEmpty();
  }

  // ---- state

  void write(StateWriter out) throws IOException {
    writeConfirmed(out);
    Irregular.write(irregular, out);
  }

  static DeviceAccount read(StateReader in, Scratch scratch) throws IOException {
    DeviceAccount account = readConfirmed(in, scratch);
    account.irregular().read(account.device(), in);
    account.dropIfEmpty();
    return account;
  }

  /** Writes all but provisional samples and gaps. */
  void writeConfirmed(StateWriter out) throws IOException {
    DeviceCodec.write(device(), out);
    lastOfSome().write(out);
    out.writeLong(firstMillis);
    booker.write(out);
    Irregular state = irregular;
    (state == null ? new CounterRules(scratch) : state.counter).write(out);
    PowerCrossCheck.write(crossCheck, out);
    out.writeBoolean(isTailBooked());
  }

  static DeviceAccount readConfirmed(StateReader in, Scratch scratch) throws IOException {
    DeviceAccount account = new DeviceAccount(scratch);
    account.startAt(Sample.read(DeviceCodec.read(in), in));
    account.firstMillis = in.readLong();
    account.booker.read(in);
    account.irregular().counter.read(in);
    account.crossCheck = PowerCrossCheck.read(in, scratch.limits);
    account.irregular().tail.setBooked(in.readBoolean());
    account.dropIfEmpty();
    return account;
  }
}

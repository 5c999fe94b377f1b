// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Quality;
import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.integrate.CounterStep;
import io.github.joulestream.energy.integrate.Interval;
import io.github.joulestream.energy.integrate.Plausibility;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The books of one device: takes its points in the order of time, integrates them, and books every
 * millijoule once. Mutable, for the hot path; owned by the {@link NodeAccount}.
 *
 * <pre>
 *   readings      o-------o------o---------o          power is straight between readings
 *   windows    |              |              |        cut at every multiple of 10 s
 *   job            [====================)             and where a job takes or gives back
 *   pieces         --- ----- -- --- -----  --
 * </pre>
 *
 * <p>How whole millijoules come about, so that it makes no difference how readings were batched or
 * in which order they came: within a window the energy F(t) since its start is kept in microjoules,
 * and R(t) is F(t) rounded to millijoules. A piece from a to b is R(b) - R(a): what is rounded off
 * is carried to the next piece, and all pieces of a window sum to R(end). Between two edges of the
 * allocations within a window (a segment) the energy since the segment's start is shared by largest
 * remainder, and a piece books what that changes: so all pieces of a segment sum to the largest
 * remainder split of the whole segment.
 *
 * <p>What was booked in a window therefore depends on the readings in and around it and on the
 * allocations alone. That makes a correction simple: book the window again as it was, with a minus,
 * and as it is now, with a plus.
 *
 * <p>Two rules look ahead. A counter that stands still is known to be stuck, or only late, after a
 * while; and a reading without the counter lies between two that have it. So the energy between two
 * points depends on points up to {@link Limits#LOOK_MILLIS} around them. Where that cannot be told
 * yet, the points are kept (a provisional stretch) and booked as it looks now; the next points take
 * that back, and book the stretch anew.
 */
final class DeviceAccount {
  static final long NEVER = Long.MIN_VALUE;

  private static final int IDLE_UTILISATION_PARTS = 500;
  private static final long STUCK_MILLIS = 10_000;
  private static final long STUCK_MILLIWATTS = 1_000;
  private static final long MINUTE_MILLIS = 60_000;
  // of a minute, to say something of it
  private static final long MAX_OF_A_MINUTE_MILLIS = 50_000;
  private static final int GAPS = 4;
  // of a minute, so that it takes a bounded amount of memory: 68 readings a second
  private static final int MAX_OPEN = 4_096;
  private static final long MIN_PATIENCE_MILLIS = 10_000;
  private static final long MAX_PATIENCE_MILLIS = 2 * Limits.LOOK_MILLIS;

  private final Scratch scratch;
  private final Limits limits;

  // the last point taken in; as an object only once it is asked for
  private @Nullable Sample last;
  private @Nullable Device lastDevice;
  private long lastMillis = NEVER;
  // time of the one before it
  private long previousMillis = NEVER;
  private long lastMilliwatts;
  private long lastMicrojoules;
  private long lastUtilisation;
  private long lastUsed;
  private boolean lastAhead;
  // from the point of this time on all were plain; at least since it was read
  private long regularSince = Long.MAX_VALUE;
  // who has which share of it, until the node's allocations change
  private @Nullable Shares shares;
  // mean power of the last interval, by a counter that has no sensor beside it
  private long countedMilliwatts = MISSING;
  // the books before the provisional stretch, if there is one, and its points: the last one is last
  private @Nullable DeviceAccount confirmed;
  private List<Sample> provisional = List.of();
  // time of the first point ever
  private long firstMillis = NEVER;

  // where booking stands
  private long window = NEVER;
  private long windowMicrojoules;
  private long segmentStart = NEVER;
  private long segmentMillijoules;

  // since when the counter has not moved though power was drawn, and whether that is too long
  private long flatSince = NEVER;
  private long flatPower;
  private boolean stuck;

  // counter and power within a minute
  private long minute = NEVER;
  private long minuteMillis;
  private long minuteByCounter;
  private long minuteByPower;

  // a stretch without counter readings whose energy is known from both its ends; see bridge()
  private long bridgeEnd = NEVER;
  private long bridgeTotal;
  private long bridgePowerTotal;
  private long bridgePower;
  private long bridgeBooked;

  // the books as they stood before each of the last long gaps, oldest first
  private List<BeforeGap> beforeGaps = List.of();

  /** What a gap may yet be filled from, whatever the history still holds. */
  private record BeforeGap(long gapEndArrivalMillis, DeviceAccount account) {}

  // when the last batch that named it arrived
  private long lastArrivalMillis = NEVER;

  // true while what follows the last point is booked as held or uncovered
  private boolean tailBooked;

  DeviceAccount(Scratch scratch) {
    this.scratch = scratch;
    this.limits = scratch.limits;
  }

  @Nullable Sample last() {
    Device device = lastDevice;
    if (last == null && device != null) {
      last =
          new Sample(
              device,
              lastMillis,
              lastMilliwatts,
              lastMicrojoules,
              lastUtilisation,
              lastUsed,
              lastAhead);
    }
    return last;
  }

  private void last(@Nullable Sample point) {
    last = point;
    lastDevice = null;
    if (point != null) {
      previousMillis = lastMillis;
      lastDevice = point.device();
      lastMillis = point.epochMillis();
      lastMilliwatts = point.milliwatts();
      lastMicrojoules = point.microjoules();
      lastUtilisation = point.utilisationBasisPoints();
      lastUsed = point.usedBytes();
      lastAhead = point.ahead();
      regularSince = lastMillis;
    }
  }

  private Sample lastOfSome() {
    return requireNonNull(last(), "a device without a sample");
  }

  /** Who has which share of it; null if that must be worked out. */
  @Nullable Shares shares() {
    return shares;
  }

  void shares(@Nullable Shares known) {
    shares = known;
  }

  /** When the last batch that named it arrived. */
  long lastArrivalMillis() {
    return lastArrivalMillis;
  }

  void noteArrival(long arrivalEpochMillis) {
    lastArrivalMillis = Math.max(lastArrivalMillis, arrivalEpochMillis);
  }

  /** The device, as its last reading said. */
  Device device() {
    return requireNonNull(lastDevice, "a device without a sample");
  }

  /** What the device draws now, mW; 0 if it has not said. */
  long milliwattsNow() {
    return lastMilliwatts != MISSING ? lastMilliwatts : Math.max(0, countedMilliwatts);
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

  /**
   * For how long after its last reading the next one is expected: twice the time between the last
   * two, 10 s at least, 2 minutes at most.
   */
  long patienceMillis() {
    return previousMillis == NEVER
        ? MIN_PATIENCE_MILLIS
        : Math.clamp(2 * (lastMillis - previousMillis), MIN_PATIENCE_MILLIS, MAX_PATIENCE_MILLIS);
  }

  /**
   * The time from which on its energy between two points follows from these two alone; {@code
   * Long.MAX_VALUE} if there is no such time.
   */
  long regularSince() {
    return regularSince;
  }

  long utilisationNow() {
    return lastUtilisation;
  }

  long firstMillis() {
    return firstMillis;
  }

  void firstMillis(long epochMillis) {
    firstMillis = epochMillis;
  }

  /** Goes on from a point without booking anything before it. */
  void startAt(Sample point) {
    last(point);
  }

  /**
   * Takes in points that follow the last.
   *
   * @param arrivalEpochMillis when they arrived, or {@link #NEVER} if they are booked again
   */
  void advance(List<Sample> points, Shares shares, Increments books, long arrivalEpochMillis) {
    undoTail(shares, books);
    DeviceAccount before = confirmed;
    if (before == null) {
      run(points, shares, books, arrivalEpochMillis);
      return;
    }
    books.invertSign(-1);
    before.copyOfBooks().run(provisional, shares, books, NEVER);
    books.invertSign(-1);
    List<Sample> all = new ArrayList<>(provisional.size() + points.size());
    all.addAll(provisional);
    all.addAll(points);
    returnTo(before);
    run(all, shares, books, arrivalEpochMillis);
  }

  private void run(List<Sample> points, Shares shares, Increments books, long arrivalEpochMillis) {
    for (int i = 0; i < points.size(); i++) {
      Sample next = points.get(i);
      Sample previous = last();
      if (previous == null) {
        firstMillis = next.epochMillis();
        gap(Long.MIN_VALUE, null, next.epochMillis(), next, shares, books);
      } else {
        if (next.epochMillis() - previous.epochMillis() > limits.longGapMillis()) {
          rememberGap(arrivalEpochMillis);
        }
        if (confirmed == null
            && points.size() - i <= MAX_OPEN
            && isProvisional(previous, next, points, i)) {
          confirmed = copyOfBooks();
          provisional = List.copyOf(points.subList(i, points.size()));
        }
        between(previous, next, points, i, shares, books);
      }
      last(next);
    }
  }

  /** True if later points may change what is booked from here on. */
  private boolean isProvisional(Sample a, Sample b, List<Sample> points, int i) {
    if (a.microjoules() == MISSING || inBridge(a)) {
      return false;
    }
    long newest = points.getLast().epochMillis();
    if (b.microjoules() == MISSING) {
      return newest - a.epochMillis() <= Limits.LOOK_MILLIS && nextCounted(points, i) == null;
    }
    if (!flat(a, b)) {
      return false;
    }
    long since = flatSince == NEVER ? a.epochMillis() : flatSince;
    if (newest - since > Limits.LOOK_MILLIS) {
      return false;
    }
    int end = i;
    while (end + 1 < points.size() && flat(points.get(end), points.get(end + 1))) {
      end++;
    }
    // the point after a stand tells how it ended, unless it has no counter
    return end + 1 == points.size() || nextCounted(points, end + 1) == null;
  }

  private void rememberGap(long arrivalEpochMillis) {
    if (arrivalEpochMillis == NEVER) {
      return;
    }
    List<BeforeGap> gaps = new ArrayList<>(beforeGaps);
    if (gaps.size() == GAPS) {
      gaps.removeFirst();
    }
    gaps.add(new BeforeGap(arrivalEpochMillis, copyOfBooks()));
    beforeGaps = gaps;
  }

  /**
   * The books as they stood before a long gap that ended no longer ago than the history reaches.
   *
   * @param from the time of the first change; the account's last point is before it
   * @param historySince since when all that arrived is in the history
   * @return a copy to go on from, or null if there is none
   */
  @Nullable DeviceAccount beforeGap(long from, long historySince) {
    DeviceAccount found = null;
    for (BeforeGap gap : beforeGaps) {
      Sample end = gap.account.lastOfSome();
      if (gap.gapEndArrivalMillis >= historySince && end.epochMillis() < from) {
        found = gap.account;
      }
    }
    return found == null ? null : found.copyOfBooks();
  }

  /** Forgets the gaps within a range of time: what was booked there has changed. */
  void forgetGaps(long fromMillis, long toMillis) {
    List<BeforeGap> gaps = new ArrayList<>(beforeGaps);
    gaps.removeIf(gap -> {
      long end = gap.account.lastOfSome().epochMillis();
      return end >= fromMillis && end < toMillis;
    });
    beforeGaps = gaps;
  }

  /** Remembers the gaps that another account of this device remembers from before a time. */
  void gapsOf(DeviceAccount other, long beforeMillis) {
    List<BeforeGap> gaps = new ArrayList<>(beforeGaps);
    for (BeforeGap gap : other.beforeGaps) {
      if (gap.account.lastOfSome().epochMillis() < beforeMillis) {
        gaps.add(gap);
      }
    }
    beforeGaps = gaps;
  }

  /** The same books, without a provisional stretch; what came before long gaps is not copied. */
  DeviceAccount copyOfBooks() {
    DeviceAccount copy = new DeviceAccount(scratch);
    copy.returnTo(this);
    copy.firstMillis = firstMillis;
    return copy;
  }

  /** Takes over how another account, of the same points but of other shares, shares out. */
  void shareAs(DeviceAccount other) {
    segmentStart = other.segmentStart;
    segmentMillijoules = other.segmentMillijoules;
    tailBooked = other.tailBooked;
  }

  /** Takes over the books of another account of this device. */
  private void returnTo(DeviceAccount other) {
    confirmed = null;
    provisional = List.of();
    last(other.last());
    previousMillis = other.previousMillis;
    window = other.window;
    windowMicrojoules = other.windowMicrojoules;
    segmentStart = other.segmentStart;
    segmentMillijoules = other.segmentMillijoules;
    flatSince = other.flatSince;
    flatPower = other.flatPower;
    stuck = other.stuck;
    minute = other.minute;
    minuteMillis = other.minuteMillis;
    minuteByCounter = other.minuteByCounter;
    minuteByPower = other.minuteByPower;
    bridgeEnd = NEVER;
    tailBooked = other.tailBooked;
  }

  /**
   * Books what is known to follow the last point: jobs that gave the device back since. Taken back
   * by the next {@link #advance}.
   */
  void bookProvisionalTail(Shares shares, Increments books) {
    Sample from = last();
    if (from == null || tailBooked) {
      return;
    }
    long end = shares.lastStart();
    if (end <= from.epochMillis()) {
      return;
    }
    bookTail(from, end, Long.MIN_VALUE, shares, books, 1);
    tailBooked = true;
  }

  /**
   * Books what is known to follow the last point by other shares: only what changes, however much
   * is booked.
   *
   * @param change the first time at which the shares differ, not before the last point
   */
  void rebookTail(Shares old, Shares now, long change, Increments books) {
    Sample from = last();
    if (from == null || !tailBooked) {
      bookProvisionalTail(now, books);
      return;
    }
    long oldEnd = old.lastStart();
    long newEnd = now.lastStart();
    long since = Math.min(change, Math.min(oldEnd, newEnd));
    bookTail(from, oldEnd, since, old, books, -1);
    tailBooked = newEnd > from.epochMillis();
    if (tailBooked) {
      bookTail(from, newEnd, since, now, books, 1);
    }
  }

  /** Takes back what {@link #bookProvisionalTail} booked. */
  void undoTail(Shares shares, Increments books) {
    if (tailBooked) {
      tailBooked = false;
      Sample from = last();
      if (from != null) {
        bookTail(from, shares.lastStart(), Long.MIN_VALUE, shares, books, -1);
      }
    }
  }

  /**
   * Books once more what {@link #bookProvisionalTail} booked, if it did; what is booked stays as it
   * is.
   */
  void repeatTail(Shares shares, Increments books) {
    Sample from = last();
    if (from != null && tailBooked) {
      bookTail(from, shares.lastStart(), Long.MIN_VALUE, shares, books, 1);
    }
  }

  private void bookTail(
      Sample from, long end, long since, Shares shares, Increments books, int sign) {
    long keptWindow = window;
    long keptMicrojoules = windowMicrojoules;
    long keptSegment = segmentStart;
    long keptMillijoules = segmentMillijoules;
    books.invertSign(sign);
    gap(from.epochMillis(), from, end, null, since, shares, books);
    books.invertSign(sign);
    window = keptWindow;
    windowMicrojoules = keptMicrojoules;
    segmentStart = keptSegment;
    segmentMillijoules = keptMillijoules;
  }

  // ---- the plain case

  /**
   * True if there is nothing about rows of a batch that needs a second look: they follow the last
   * in order, are plausible, and the counter rises or there is none. That is most readings of most
   * devices.
   */
  boolean isRegular(
      ReadingColumns batch,
      Device device,
      int from,
      int to,
      long arrivalEpochMillis,
      Shares shares) {
    if (!device.equals(lastDevice)
        || confirmed != null
        || tailBooked
        || flatSince != NEVER
        || stuck
        || lastAhead
        || lastMilliwatts == MISSING
        || (lastMicrojoules == MISSING && device.averagingMillis() != 0)
        || lastMillis < bridgeEnd
        || !scratch.calibration.isEmpty()) {
      return false;
    }
    long[] times = batch.epochMillis();
    return times[to - 1] <= arrivalEpochMillis + Limits.AHEAD_MILLIS
        && times[to - 1] >= shares.lastStart()
        && allPlain(batch, device, from, to);
  }

  /**
   * Takes in rows that {@link #isRegular} was true of. It books what {@link #advance} would, and
   * allocates nothing.
   */
  void takeRegular(
      ReadingColumns batch, Device device, int from, int to, Shares shares, Increments books) {
    long[] times = batch.epochMillis();
    long[] powers = batch.powerMilliwatts();
    long[] counters = batch.energyMicrojoules();
    last = null;
    for (int row = from; row < to; row++) {
      plain(
          device,
          times[row],
          powers[row],
          counters[row],
          batch.utilisationBasisPoints()[row],
          batch.usedBytes()[row],
          shares,
          books);
    }
  }

  private boolean allPlain(ReadingColumns batch, Device device, int from, int to) {
    long floorMilliwatts = Plausibility.floorMilliwatts(device);
    long ceilingMilliwatts = Plausibility.ceilingMilliwatts(device);
    long[] times = batch.epochMillis();
    long time = lastMillis;
    long power = lastMilliwatts;
    long counter = lastMicrojoules;
    for (int row = from; row < to; row++) {
      long nextTime = times[row];
      long nextPower = batch.powerMilliwatts()[row];
      long nextCounter = batch.energyMicrojoules()[row];
      long utilisation = batch.utilisationBasisPoints()[row];
      long used = batch.usedBytes()[row];
      boolean flat =
          nextCounter == counter
              && counter != MISSING
              && power >= STUCK_MILLIWATTS
              && nextPower >= STUCK_MILLIWATTS;
      if (nextTime <= time
          || nextTime - time > limits.longGapMillis()
          || nextPower < floorMilliwatts
          || nextPower > ceilingMilliwatts
          || flat
          || Plausibility.counterRefusal(nextCounter) != null
          || (nextCounter == MISSING) != (counter == MISSING)
          || (utilisation != MISSING && (utilisation < 0 || utilisation > Shares.WHOLE))
          || Plausibility.bytesRefusal(used) != null) {
        return false;
      }
      time = nextTime;
      power = nextPower;
      counter = nextCounter;
    }
    return true;
  }

  private void plain(
      Device device,
      long time,
      long power,
      long counter,
      long utilisation,
      long used,
      Shares shares,
      Increments books) {
    long length = time - lastMillis;
    closeMinute(lastMillis, books);
    long byPower = (lastMilliwatts + power) * length / 2;
    long counted = MISSING;
    boolean faulty = false;
    if (counter != MISSING) {
      scratch.step.set(device, true, lastMicrojoules, counter, length, byPower);
      faulty = noteEvent(time, books);
      counted = scratch.step.microjoules();
    }
    Quality quality;
    if (counted != MISSING) {
      if (length <= limits.gapMillis()) {
        addToMinute(length, counted, byPower);
      }
      boolean guessed = length > limits.gapMillis() && shares.changesWithin(lastMillis, time);
      quality = scratch.step.certain() && !guessed ? Quality.MEASURED : Quality.ESTIMATED;
      scratch.interval.ofCounter(lastMillis, lastMilliwatts, time, power, counted);
    } else {
      quality = length <= limits.gapMillis() && !faulty ? Quality.MEASURED : Quality.ESTIMATED;
      scratch.interval.ofPower(lastMillis, lastMilliwatts, time, power);
    }
    if (device.source() == PowerSource.MODELLED) {
      quality = Quality.MODELLED;
    }
    book(lastMillis, time, device, utilisation, used, quality, shares, books, false);
    previousMillis = lastMillis;
    lastMillis = time;
    lastMilliwatts = power;
    lastMicrojoules = counter;
    lastUtilisation = utilisation;
    lastUsed = used;
  }

  /** Counts what happened to the counter; true if what it says is no good. */
  private boolean noteEvent(long epochMillis, Increments books) {
    switch (scratch.step.event()) {
      case NONE -> {}
      case WRAPPED -> books.note(limits.windowOf(epochMillis), SiteAmount.COUNTER_WRAPS, 1);
      case RESET -> books.note(limits.windowOf(epochMillis), SiteAmount.COUNTER_RESETS, 1);
      case FELL, JUMPED -> {
        books.note(limits.windowOf(epochMillis), SiteAmount.COUNTER_FAULTS, 1);
        return true;
      }
    }
    return false;
  }

  // ---- between two points

  private void between(
      Sample a, Sample b, List<Sample> points, int i, Shares shares, Increments books) {
    long length = b.epochMillis() - a.epochMillis();
    closeMinute(a.epochMillis(), books);
    boolean powers = a.milliwatts() != MISSING && b.milliwatts() != MISSING;
    boolean wasStuck = stuck;
    boolean flat = seeWhetherStuck(a, b, points, i);
    long at = limits.windowOf(b.epochMillis());
    boolean certain = true;
    boolean faulty = false;
    long counted = MISSING;
    if (inBridge(a)) {
      counted = bridged(a, b);
    } else if (flat && stuck) {
      books.note(at, SiteAmount.COUNTER_STUCK_MILLIS, length);
      faulty = true;
    } else if (wasStuck) {
      faulty = true; // it has lost what was drawn meanwhile
    } else if (a.microjoules() != MISSING && b.microjoules() != MISSING) {
      step(a, b, trapezoid(a, b, length));
      certain = scratch.step.certain();
      faulty = noteEvent(b.epochMillis(), books);
      // what is counted over a longer time is known as a sum, but not when it was drawn
      counted =
          length > limits.longestSpreadMillis()
                  || (length > limits.longGapMillis()
                      && SumRoom.isTooMany(a.epochMillis(), b.epochMillis(), shares, limits))
              ? MISSING
              : calibrated(scratch.step.microjoules(), b, length);
      compare(a, b, counted, length);
    } else if (a.microjoules() != MISSING) {
      Sample end = nextCounted(points, i);
      if (end != null && bridges(a, end)) {
        bridge(a, end, points, i);
        counted = bridged(a, b);
      }
    }

    Quality quality;
    if (counted != MISSING) {
      // over a longer gap the sum is measured, but what came before an edge in it and what after?
      boolean guessed =
          length > limits.gapMillis() && shares.changesWithin(a.epochMillis(), b.epochMillis());
      quality = certain && !guessed ? Quality.MEASURED : Quality.ESTIMATED;
      long from = powers ? a.milliwatts() : 0;
      long to = powers ? b.milliwatts() : 0;
      countedMilliwatts = counted / length;
      scratch.interval.ofCounter(a.epochMillis(), from, b.epochMillis(), to, counted);
    } else if (length > limits.longGapMillis()) {
      gap(a.epochMillis(), a, b.epochMillis(), b, shares, books);
      return;
    } else if (powers) {
      quality = length <= limits.gapMillis() && !faulty ? Quality.MEASURED : Quality.ESTIMATED;
      scratch.interval.ofPower(a.epochMillis(), a.milliwatts(), b.epochMillis(), b.milliwatts());
    } else {
      // the counter began anew and only one end says its power: hold it
      long held = a.milliwatts() != MISSING ? a.milliwatts() : b.milliwatts();
      if (held == MISSING) {
        gap(a.epochMillis(), null, b.epochMillis(), null, shares, books);
        return;
      }
      quality = Quality.ESTIMATED;
      scratch.interval.ofPower(a.epochMillis(), held, b.epochMillis(), held);
    }
    if (quality == Quality.MEASURED && (a.ahead() || b.ahead())) {
      quality = Quality.ESTIMATED;
    }
    if (b.device().source() == PowerSource.MODELLED) {
      quality = Quality.MODELLED;
    }
    book(
        a.epochMillis(),
        b.epochMillis(),
        b.device(),
        b.utilisationBasisPoints(),
        b.usedBytes(),
        quality,
        shares,
        books,
        false);
  }

  private void step(Sample a, Sample b, long expectedMicrojoules) {
    scratch.step.set(
        b.device(),
        a.device().counterEpoch() == b.device().counterEpoch(),
        a.microjoules(),
        b.microjoules(),
        b.epochMillis() - a.epochMillis(),
        expectedMicrojoules);
  }

  private long calibrated(long microjoules, Sample b, long length) {
    return microjoules == MISSING
        ? MISSING
        : scratch.calibration.microjoules(b.device(), microjoules, length);
  }

  /**
   * Energy by power, µJ, or MISSING if power is not known at both ends or the gap is a long one.
   */
  private long trapezoid(Sample a, Sample b, long length) {
    return a.milliwatts() == MISSING || b.milliwatts() == MISSING || length > limits.longGapMillis()
        ? MISSING
        : (a.milliwatts() + b.milliwatts()) * length / 2;
  }

  // ---- a counter that stands still

  /**
   * Takes note of the interval; true if the counter stood still in it though power was drawn. It
   * may be late (then it catches up, and what it says in the end is right: a bridge), slow (then it
   * rises every few seconds), or stuck.
   */
  private boolean seeWhetherStuck(Sample a, Sample b, List<Sample> points, int i) {
    if (!flat(a, b)) {
      flatSince = NEVER;
      flatPower = 0;
      stuck = false;
      return false;
    }
    boolean begins = flatSince == NEVER;
    if (begins) {
      flatSince = a.epochMillis();
    }
    if (begins || !stuck) {
      int end = i;
      long power = flatPower + area(a, b);
      while (end + 1 < points.size() && flat(points.get(end), points.get(end + 1))) {
        power += area(points.get(end), points.get(end + 1));
        end++;
      }
      stuck = points.get(end).epochMillis() - flatSince >= STUCK_MILLIS;
      if (begins
          && end + 1 < points.size()
          && catchesUp(flatSince, points.get(end), points.get(end + 1), power)) {
        stepAcross(a.epochMillis(), points.get(end), points.get(end + 1));
        bridge(a, points.get(end + 1), points, i);
      }
    }
    flatPower += area(a, b);
    return true;
  }

  /**
   * True if a counter that stood still since {@code since} and moves after {@code before} tells of
   * the whole time: after a long stand, if power says about the same; after a short one, if it is
   * more than can have been drawn in its last moment alone.
   */
  private boolean catchesUp(long since, Sample before, Sample after, long powerBefore) {
    if (after.microjoules() == MISSING
        || after.milliwatts() == MISSING
        || after.epochMillis() - since > Limits.LOOK_MILLIS) {
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
    long byPower = powerBefore + area(before, after);
    return counted != MISSING
        && scratch.step.certain()
        && Math.abs(counted - byPower) <= Math.max(counted, byPower) / 4;
  }

  /** Sets the step to all the time that the counter stood, and the moment in which it moved. */
  private void stepAcross(long since, Sample before, Sample after) {
    scratch.step.set(
        after.device(),
        before.device().counterEpoch() == after.device().counterEpoch(),
        before.microjoules(),
        after.microjoules(),
        after.epochMillis() - since,
        MISSING);
  }

  private static boolean flat(Sample a, Sample b) {
    return a.microjoules() != MISSING
        && a.microjoules() == b.microjoules()
        && a.device().counterEpoch() == b.device().counterEpoch()
        && a.milliwatts() >= STUCK_MILLIWATTS
        && b.milliwatts() >= STUCK_MILLIWATTS;
  }

  // ---- readings without the counter between readings with it

  /** True if the interval that begins here is one of a stretch that is known as a whole. */
  private boolean inBridge(Sample a) {
    return bridgeEnd != NEVER && a.epochMillis() < bridgeEnd;
  }

  /**
   * The part of this interval in what the counter says of a stretch in whose middle it was not
   * read: by power, which every point of the middle has.
   */
  private long bridged(Sample a, Sample b) {
    bridgePower += area(a, b);
    long booked =
        b.epochMillis() == bridgeEnd
            ? bridgeTotal
            : bridgePowerTotal == 0
                ? 0
                : Interval.scale(bridgeTotal, bridgePower, bridgePowerTotal);
    long part = booked - bridgeBooked;
    bridgeBooked = booked;
    return part;
  }

  private void bridge(Sample start, Sample end, List<Sample> points, int i) {
    // the step is set to this stretch
    bridgeTotal =
        calibrated(scratch.step.microjoules(), end, end.epochMillis() - start.epochMillis());
    bridgeEnd = end.epochMillis();
    bridgeBooked = 0;
    bridgePower = 0;
    bridgePowerTotal = 0;
    Sample before = start;
    for (int j = i; before.epochMillis() < bridgeEnd; j++) {
      bridgePowerTotal += area(before, points.get(j));
      before = points.get(j);
    }
  }

  private static @Nullable Sample nextCounted(List<Sample> points, int from) {
    for (int i = from; i < points.size(); i++) {
      if (points.get(i).microjoules() != MISSING) {
        return points.get(i);
      }
    }
    return null;
  }

  private boolean bridges(Sample start, Sample end) {
    long length = end.epochMillis() - start.epochMillis();
    if (length > Limits.LOOK_MILLIS) {
      return false;
    }
    step(start, end, trapezoid(start, end, length));
    return scratch.step.microjoules() != MISSING
        && scratch.step.microjoules() > 0
        && scratch.step.certain();
  }

  /**
   * Energy by power; at an end without power that of the other end. Of a longer time than the rules
   * look at, which no rule uses, only so much.
   */
  private static long area(Sample a, Sample b) {
    long length = Math.min(b.epochMillis() - a.epochMillis(), Limits.LOOK_MILLIS);
    long from = a.milliwatts() != MISSING ? a.milliwatts() : b.milliwatts();
    long to = b.milliwatts() != MISSING ? b.milliwatts() : from;
    return (from + to) * length / 2;
  }

  // ---- counter against power

  private void compare(Sample a, Sample b, long counted, long length) {
    if (counted != MISSING
        && length <= limits.gapMillis()
        && a.milliwatts() != MISSING
        && b.milliwatts() != MISSING) {
      addToMinute(length, counted, area(a, b));
    }
  }

  private void addToMinute(long length, long byCounter, long byPower) {
    minuteMillis += length;
    minuteByCounter += byCounter;
    minuteByPower += byPower;
  }

  private void closeMinute(long nextMillis, Increments books) {
    long of = Math.floorDiv(nextMillis, MINUTE_MILLIS) * MINUTE_MILLIS;
    if (of == minute) {
      return;
    }
    if (minute != NEVER
        && minuteMillis >= MAX_OF_A_MINUTE_MILLIS
        && Math.abs(minuteByCounter - minuteByPower)
            > Math.max(minuteByCounter, minuteByPower) / 4) {
      books.note(limits.windowOf(minute), SiteAmount.DISAGREEING_MINUTES, 1);
    }
    minute = of;
    minuteMillis = 0;
    minuteByCounter = 0;
    minuteByPower = 0;
  }

  // ---- where nothing is known

  /**
   * Books time without readings, from {@code from} (or ever) to {@code to}. A job that begins in it
   * gets the power of the point after it, one that ends in it that of the point before it, both no
   * further than the gap limit; all else that jobs held is uncovered, and of what nobody held the
   * first hour.
   */
  private void gap(
      long from, @Nullable Sample a, long to, @Nullable Sample b, Shares shares, Increments books) {
    gap(from, a, to, b, Long.MIN_VALUE, shares, books);
  }

  /** The same, but of time long after {@code a} only what does not end before {@code since}. */
  private void gap(
      long from,
      @Nullable Sample a,
      long to,
      @Nullable Sample b,
      long since,
      Shares shares,
      Increments books) {
    Device device = b != null ? b.device() : a != null ? a.device() : null;
    if (device == null) {
      device = lastOfSome().device();
    }
    boolean wasSeen = from != Long.MIN_VALUE;
    int firstSpan = wasSeen ? shares.spanAt(from) : 0;
    for (int span = firstSpan; span < shares.spans() && shares.spanStart(span) < to; span++) {
      if (since != Long.MIN_VALUE
          && shares.spanStart(span) >= from + limits.gapMillis()
          && shares.spanEnd(span) < since) {
        // the one in which the time before lies: a change cuts it, or lengthens it
        span = Math.max(span, shares.spanAt(since - 1));
      }
      Shares.Holders holders = shares.holders(span);
      long start = Math.max(from, shares.spanStart(span));
      long end = Math.min(to, shares.spanEnd(span));
      if (holders.nobody()) {
        if (wasSeen) {
          // a device that says nothing for so long is gone, not unknown
          uncovered(start, Math.min(end, from + limits.horizonMillis()), device, holders, books);
        }
        continue;
      }
      // held after the point before, uncovered, held before the point after
      long heldEnd = start;
      if (a != null
          && a.milliwatts() != MISSING
          && from + limits.gapMillis() > start
          && anyEndsIn(holders, shares, span, to)) {
        heldEnd = Math.clamp(from + limits.gapMillis(), start, end);
      }
      long heldStart = end;
      if (b != null
          && b.milliwatts() != MISSING
          && to - limits.gapMillis() < end
          && anyStartsIn(holders, shares, span, from)) {
        heldStart = Math.clamp(to - limits.gapMillis(), heldEnd, end);
      }
      if (heldEnd > start) {
        hold(start, heldEnd, requireNonNull(a), shares, books);
      }
      uncovered(heldEnd, heldStart, device, holders, books);
      if (end > heldStart) {
        hold(heldStart, end, requireNonNull(b), shares, books);
      }
    }
  }

  private static boolean anyEndsIn(Shares.Holders holders, Shares shares, int span, long to) {
    for (String job : holders.jobs()) {
      if (shares.heldUntil(job, span) <= to) {
        return true;
      }
    }
    return false;
  }

  private static boolean anyStartsIn(Shares.Holders holders, Shares shares, int span, long from) {
    for (String job : holders.jobs()) {
      if (shares.heldSince(job, span) > from) {
        return true;
      }
    }
    return false;
  }

  private void hold(long start, long end, Sample at, Shares shares, Increments books) {
    scratch.interval.ofPower(start, at.milliwatts(), end, at.milliwatts());
    Quality quality =
        at.device().source() == PowerSource.MODELLED ? Quality.MODELLED : Quality.ESTIMATED;
    book(
        start,
        end,
        at.device(),
        at.utilisationBasisPoints(),
        at.usedBytes(),
        quality,
        shares,
        books,
        true);
  }

  /**
   * Books time of which nothing is known. A stretch of it that is longer than the limit of gaps is
   * one sum, in the window in which it begins: nothing is known that could differ by window, and a
   * year has three million of them. A correction that changes the stretch changes the reading or
   * the edge at which it begins, or one after: so it always reaches back to that window.
   */
  private void uncovered(
      long start, long end, Device device, Shares.Holders holders, Increments books) {
    boolean inOne = end - start > limits.longGapMillis();
    long at = start;
    while (at < end) {
      long inWindow = limits.windowOf(at);
      long to = inOne ? end : Math.min(end, inWindow + limits.windowMillis());
      books.uncovered(inWindow, device, to - at);
      for (int i = 0; i < holders.jobs().size(); i++) {
        long parts = (long) holders.weights()[i] * Shares.WHOLE / holders.weightSum();
        books.jobUncovered(inWindow, holders.jobs().get(i), device, to - at, parts);
      }
      at = to;
    }
  }

  // ---- booking

  /**
   * Books the energy of the interval in hand, which starts at {@code from}, piece by piece.
   *
   * @param heldOnly true where there is energy for jobs alone, nobody having measured the rest
   */
  private void book(
      long from,
      long to,
      Device device,
      long utilisation,
      long used,
      Quality quality,
      Shares shares,
      Increments books,
      boolean heldOnly) {
    long bookedMicrojoules = 0;
    long at = from;
    int span = shares.spanAt(from);
    while (at < to) {
      if (shares.spanEnd(span) <= at) {
        span++;
        continue;
      }
      long inWindow = limits.windowOf(at);
      long end = Math.min(to, Math.min(inWindow + limits.windowMillis(), shares.spanEnd(span)));
      long untilEnd = scratch.interval.microjoulesTo(end);
      piece(
          at,
          end,
          inWindow,
          untilEnd - bookedMicrojoules,
          span,
          device,
          utilisation,
          used,
          quality,
          shares,
          books,
          heldOnly);
      bookedMicrojoules = untilEnd;
      at = end;
    }
  }

  private void piece(
      long at,
      long end,
      long inWindow,
      long microjoules,
      int span,
      Device device,
      long utilisation,
      long used,
      Quality quality,
      Shares shares,
      Increments books,
      boolean heldOnly) {
    if (inWindow != window) {
      window = inWindow;
      windowMicrojoules = 0;
      segmentStart = NEVER;
    }
    long start = Math.max(inWindow, shares.spanStart(span));
    if (start != segmentStart) {
      segmentStart = start;
      segmentMillijoules = 0;
    }
    long roundedBefore = rounded(windowMicrojoules);
    windowMicrojoules += microjoules;
    long millijoules = rounded(windowMicrojoules) - roundedBefore;

    boolean idling =
        device.kind() == DeviceKind.GPU
            && utilisation != MISSING
            && utilisation < IDLE_UTILISATION_PARTS;
    Shares.Holders holders = shares.holders(span);
    long millis = end - at;
    boolean inTotal = books.inTotal(device, inWindow);
    if (holders.nobody()) {
      books.measured(inWindow, device, inTotal, millijoules, quality);
      books.idle(inWindow, device, inTotal, millijoules);
      books.time(inWindow, device, inTotal, millis, 0, utilisation, used);
      segmentMillijoules += millijoules;
      return;
    }
    String owner = holders.owner();
    if (owner != null) {
      // most devices, most of the time
      books.measured(inWindow, device, inTotal, millijoules, quality);
      books.job(inWindow, owner, device, inTotal, millijoules, quality, idling, true);
      books.jobTime(inWindow, owner, device, inTotal, millis, Shares.WHOLE, utilisation);
      books.time(inWindow, device, inTotal, millis, Shares.WHOLE, utilisation, used);
      segmentMillijoules += millijoules;
      return;
    }
    int jobs = holders.jobs().size();
    int weightSum = holders.weightSum();
    scratch.roomFor(jobs + 1);
    long[] before = scratch.before;
    long[] after = scratch.after;
    if (weightSum > Shares.WHOLE) {
      books.note(inWindow, SiteAmount.OVERBOOKED_MILLIS, millis);
    }
    Split.largestRemainder(segmentMillijoules, holders.weights(), before);
    segmentMillijoules += millijoules;
    Split.largestRemainder(segmentMillijoules, holders.weights(), after);
    long toJobs = 0;
    for (int i = 0; i < jobs; i++) {
      long part = after[i] - before[i];
      toJobs += part;
      String job = holders.jobs().get(i);
      long parts = (long) holders.weights()[i] * Shares.WHOLE / weightSum;
      books.job(inWindow, job, device, inTotal, part, quality, idling, false);
      books.jobTime(inWindow, job, device, inTotal, millis, parts, utilisation);
    }
    long idleWeight = holders.weights()[jobs];
    books.time(
        inWindow,
        device,
        inTotal,
        millis,
        Shares.WHOLE - idleWeight * Shares.WHOLE / weightSum,
        utilisation,
        used);
    if (heldOnly) {
      books.measured(inWindow, device, inTotal, toJobs, quality);
    } else {
      books.measured(inWindow, device, inTotal, millijoules, quality);
      books.idle(inWindow, device, inTotal, after[jobs] - before[jobs]);
    }
  }

  private static long rounded(long microjoules) {
    return (microjoules + 500) / 1000;
  }

  // ---- state

  void write(StateWriter out) throws IOException {
    writeBooks(out);
    DeviceAccount before = confirmed;
    out.writeBoolean(before != null);
    if (before != null) {
      before.writeBooks(out);
      out.number(provisional.size());
      for (Sample point : provisional) {
        // within a minute: the same device, of another of the counter's lives at most
        out.writeLong(point.device().counterEpoch());
        writePoint(point, out);
      }
    }
    out.writeByte(beforeGaps.size());
    for (BeforeGap gap : beforeGaps) {
      out.writeLong(gap.gapEndArrivalMillis);
      gap.account.writeBooks(out);
    }
  }

  private void writeBooks(StateWriter out) throws IOException {
    Sample point = lastOfSome();
    DeviceCodec.write(point.device(), out);
    writePoint(point, out);
    out.writeLong(firstMillis);
    out.writeLong(window);
    out.writeLong(windowMicrojoules);
    out.writeLong(segmentStart);
    out.writeLong(segmentMillijoules);
    out.writeLong(flatSince);
    out.writeLong(flatPower);
    out.writeBoolean(stuck);
    out.writeLong(minute);
    out.writeLong(minuteMillis);
    out.writeLong(minuteByCounter);
    out.writeLong(minuteByPower);
    out.writeBoolean(tailBooked);
  }

  private static void writePoint(Sample point, StateWriter out) throws IOException {
    out.writeLong(point.epochMillis());
    out.writeLong(point.milliwatts());
    out.writeLong(point.microjoules());
    out.writeLong(point.utilisationBasisPoints());
    out.writeLong(point.usedBytes());
    out.writeBoolean(point.ahead());
  }

  static DeviceAccount read(StateReader in, Scratch scratch) throws IOException {
    DeviceAccount account = readBooks(in, scratch);
    if (in.readBoolean()) {
      account.confirmed = readBooks(in, scratch);
      Device device = account.lastOfSome().device();
      List<Sample> provisional = new ArrayList<>();
      for (int left = in.countOrShort(); left > 0; left--) {
        Device then = device.withCounter(in.readLong(), device.counterWrapMicrojoules());
        provisional.add(readPoint(then, in));
      }
      account.provisional = List.copyOf(provisional);
    }
    List<BeforeGap> gaps = new ArrayList<>();
    for (int left = in.readByte(); left > 0; left--) {
      long arrival = in.readLong();
      gaps.add(new BeforeGap(arrival, readBooks(in, scratch)));
    }
    account.beforeGaps = gaps;
    return account;
  }

  private static DeviceAccount readBooks(StateReader in, Scratch scratch) throws IOException {
    DeviceAccount account = new DeviceAccount(scratch);
    Device device = DeviceCodec.read(in);
    account.last(readPoint(device, in));
    account.firstMillis = in.readLong();
    account.window = in.readLong();
    account.windowMicrojoules = in.readLong();
    account.segmentStart = in.readLong();
    account.segmentMillijoules = in.readLong();
    account.flatSince = in.readLong();
    account.flatPower = in.readLong();
    account.stuck = in.readBoolean();
    account.minute = in.readLong();
    account.minuteMillis = in.readLong();
    account.minuteByCounter = in.readLong();
    account.minuteByPower = in.readLong();
    account.tailBooked = in.readBoolean();
    return account;
  }

  private static Sample readPoint(Device device, StateReader in) throws IOException {
    return new Sample(
        device,
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readBoolean());
  }
}

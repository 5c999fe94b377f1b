// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Corrects what was booked of a device, where a sample arrived late or jobs held other shares than
 * known: the windows that change are booked once more as they were with a minus, and as they are
 * now with a plus. The samples of these windows come from the {@link History}.
 *
 * <pre>
 *   minute     11:58    11:59    12:00    12:01    12:02    12:03
 *   change                         x
 *   replayed   |=======|========|========|========|========|        the rules look around 60 s
 *   corrected          |========|========|========|
 * </pre>
 *
 * <p>Mutable; owned by the {@link NodeAccount}.
 */
final class Corrections {
  private static final long LOOKAROUND = Limits.MAX_RULE_LOOKAROUND_MILLIS;

  /**
   * How long before a late sample the history is read at first. A replay begins up to two minutes
   * and two look-arounds before the change: four look-arounds suffice unless there is a gap, and
   * then all of the history is read. At twice that every correction reads twice the history.
   */
  private static final long NEARBY_MILLIS = 4 * LOOKAROUND;

  /**
   * The same where only shares change. The replay begins one look-around before the window of the
   * change; the second look-around is for samples that are up to a minute apart. At twice that
   * every correction reads twice the history.
   */
  private static final long NEARBY_FOR_SHARES_MILLIS = 2 * LOOKAROUND;

  /**
   * The same where all samples since the change are regular: one sample before the window is
   * enough, and most agents sample every second. At twice that twice as many samples are read; at
   * less a node that samples every two seconds would read its history twice.
   */
  private static final long NEARBY_FOR_REGULAR_MILLIS = 3_000;

  /**
   * How much more is read if that was not enough: four times takes three reads from 3 s to the
   * look-around. At eight times the last read would often be far longer than needed.
   */
  private static final int GROWTH_FOR_REGULAR = 4;

  /**
   * How much more is read to find the next sample after a gap: from a minute by eight times to an
   * hour in two steps. At sixteen times a gap of two minutes would read sixteen.
   */
  private static final int GROWTH_TO_NEXT = 8;

  private final Limits limits;
  private final SampleReader reader;
  private final NodeDevices devices;
  // time between the first and the last reading of the longest batch
  private long longestBatchMillis;

  Corrections(Limits limits, SampleReader reader, NodeDevices devices) {
    this.limits = limits;
    this.reader = reader;
    this.devices = devices;
  }

  long longestBatchMillis() {
    return longestBatchMillis;
  }

  /** Takes note of the time between the first and the last reading of a batch. */
  void noteBatch(long millis) {
    longestBatchMillis = Math.max(longestBatchMillis, millis);
  }

  CachedHistory cached(History history) {
    return new CachedHistory(history, reader, longestBatchMillis);
  }

  /**
   * A change of what is known of a device.
   *
   * @param late samples that arrived late; none where only the shares change
   * @param before shares as they were booked
   * @param now shares as they are to be booked
   * @param from time of the first difference
   * @param to time of the last difference
   */
  record Change(Collection<Sample> late, Shares before, Shares now, long from, long to) {
    static Change ofSamples(List<Sample> late, Shares shares) {
      return new Change(
          late, shares, shares, late.getFirst().epochMillis(), late.getLast().epochMillis());
    }

    /** Other shares; null if they are the same. */
    static @Nullable Change ofShares(Shares before, Shares now) {
      long from = Shares.firstDifference(before, now);
      return from == Long.MAX_VALUE
          ? null
          : new Change(List.of(), before, now, from, Shares.lastDifference(before, now));
    }

    boolean isOfSharesOnly() {
      return late.isEmpty();
    }
  }

  /**
   * Where a replay begins.
   *
   * @param window windows before this one stay as they are booked
   * @param account the books to continue from; what it books before the window is not counted
   */
  private record Start(long window, DeviceAccount account) {}

  /** What is needed to book a device again from a time on. */
  record Replay(NavigableMap<Long, Sample> samples, Start start) {}

  /**
   * Corrects the books of a device.
   *
   * @return false if the history does not reach back that far; then nothing was booked
   */
  boolean correct(
      String key, Change change, long arrivalEpochMillis, CachedHistory history, Increments books) {
    if (change.isOfSharesOnly() && shareRegular(key, change, history, books)) {
      return true;
    }
    long end = endOfChange(key, change.to, history);
    Replay replay =
        replay(key, change.from, end, change.isOfSharesOnly(), arrivalEpochMillis, history);
    if (replay == null) {
      return false;
    }
    rebook(key, change, replay, end, books);
    return true;
  }

  /** Applies new shares as far back as the history reaches. */
  void correctWhatIsPossible(String key, Change change, CachedHistory history, Increments books) {
    NavigableMap<Long, Sample> samples = history.samplesOf(key, Long.MIN_VALUE, Long.MAX_VALUE);
    Start start = samples.isEmpty() ? null : start(samples, earliestStart(samples), false);
    if (start == null) {
      books.countAll();
      DeviceAccount account = devices.get(key);
      account.undoTail(change.before, books);
      account.bookProvisionalTail(change.now, books);
      return;
    }
    Change possible = new Change(List.of(), change.before, change.now, start.window, change.to);
    rebook(key, possible, new Replay(samples, start), Long.MAX_VALUE, books);
  }

  /** From when on the samples of a history are enough to book a device again. */
  static long earliestStart(NavigableMap<Long, Sample> samples) {
    return samples.firstKey() + NEARBY_MILLIS;
  }

  /**
   * What is needed to book a device again from a time on.
   *
   * @param sharesOnly whether its samples are the same and only shares change
   * @return null if the history does not reach back that far
   */
  @Nullable Replay replay(
      String key,
      long from,
      long end,
      boolean sharesOnly,
      long arrivalEpochMillis,
      CachedHistory history) {
    DeviceAccount account = devices.get(key);
    long margin = sharesOnly ? NEARBY_FOR_SHARES_MILLIS : NEARBY_MILLIS;
    long nearby = from == Long.MIN_VALUE ? from : from - margin;
    NavigableMap<Long, Sample> samples = samplesAround(key, nearby, end, history);
    Start start = start(samples, from, sharesOnly);
    if (start == null) {
      samples = samplesAround(key, Long.MIN_VALUE, end, history);
      start = start(samples, from, sharesOnly);
      if (start == null && !samples.isEmpty() && samples.firstKey() <= account.firstMillis()) {
        start = new Start(Long.MIN_VALUE, devices.newAccount());
      }
      if (start == null) {
        DeviceAccount before = account.beforeGap(from, arrivalEpochMillis - limits.horizonMillis());
        if (before == null) {
          return null;
        }
        samples = samples.tailMap(NodeDevices.lastOf(before).epochMillis(), false);
        start = new Start(Long.MIN_VALUE, before);
      }
    }
    return new Replay(samples, start);
  }

  /** A replay of all samples, from the first on. */
  Replay replayOfAll(NavigableMap<Long, Sample> samples) {
    return new Replay(samples, new Start(Long.MIN_VALUE, devices.newAccount()));
  }

  /**
   * Books other shares where all samples since before the change are regular: then no rule looks
   * further back than one sample, and little of the history is read.
   *
   * @return false if that is not so; then nothing was booked
   */
  private boolean shareRegular(String key, Change change, CachedHistory history, Increments books) {
    DeviceAccount account = devices.get(key);
    long latestWindow = limits.windowOf(change.from);
    for (long margin = NEARBY_FOR_REGULAR_MILLIS;
        latestWindow > account.regularSince() && margin <= LOOKAROUND;
        margin *= GROWTH_FOR_REGULAR) {
      var samples = history.samplesOf(key, latestWindow - margin, Long.MAX_VALUE);
      var touched = samples.lowerEntry(change.from);
      if (touched == null) {
        continue;
      }
      long window = limits.windowOf(touched.getKey());
      var before = samples.lowerEntry(window);
      if (before == null) {
        continue;
      }
      if (before.getKey() < account.regularSince()) {
        return false;
      }
      DeviceAccount start = devices.newAccount();
      start.startAt(before.getValue());
      Replay replay = new Replay(samples, new Start(window, start));
      books.restrictTo(-1, window, Long.MAX_VALUE);
      run(replay, change.before, books);
      books.restrictTo(1, window, Long.MAX_VALUE);
      account.shareAs(run(replay, change.now, books));
      books.countAll();
      return true;
    }
    return false;
  }

  /**
   * From which minute on a change makes no difference: no rule that looks at a later sample sees
   * it, and no interval between two samples reaches over it.
   *
   * @param to time of the last difference
   * @return {@code Long.MAX_VALUE} if there is no such minute yet
   */
  long endOfChange(String key, long to, CachedHistory history) {
    long last = devices.get(key).lastMillis();
    if (to >= last - 3 * LOOKAROUND) {
      return Long.MAX_VALUE;
    }
    // the sample after the change, be it after a gap, and the sample after all that it can change
    Sample touched = next(key, to, last, history);
    Sample beyond =
        touched == null ? null : next(key, touched.epochMillis() + LOOKAROUND, last, history);
    if (beyond == null) {
      return Long.MAX_VALUE;
    }
    long end = Math.floorDiv(beyond.epochMillis(), LOOKAROUND) * LOOKAROUND + LOOKAROUND;
    return end < last - 2 * LOOKAROUND ? end : Long.MAX_VALUE;
  }

  /** The sample that follows a time, be it after a gap; null if the history has none. */
  private static @Nullable Sample next(String key, long after, long last, CachedHistory history) {
    for (long within = LOOKAROUND; ; within *= GROWTH_TO_NEXT) {
      boolean all = after + within >= last;
      var found =
          history.samplesOf(key, after, all ? Long.MAX_VALUE : after + within).higherEntry(after);
      if (found != null || all) {
        return found == null ? null : found.getValue();
      }
    }
  }

  /** The samples from a time on, up to what the rules look at beyond the end. */
  private NavigableMap<Long, Sample> samplesAround(
      String key, long from, long end, CachedHistory history) {
    if (end == Long.MAX_VALUE) {
      return history.samplesOf(key, from, end);
    }
    NavigableMap<Long, Sample> samples = history.samplesOf(key, from, end + LOOKAROUND);
    if (samples.higherKey(end) == null) {
      // the interval that reaches over the end is needed to its own end
      Sample next = next(key, end, devices.get(key).lastMillis(), history);
      if (next != null) {
        samples = new TreeMap<>(samples);
        samples.put(next.epochMillis(), next);
      }
    }
    return samples;
  }

  /**
   * Whole minutes are booked again, from the one in which a rule could first see the change; and
   * for the rules to know what was before it, integration begins another minute earlier. Shares
   * change nothing of the power of a device: then it is the window of the change.
   */
  private @Nullable Start start(NavigableMap<Long, Sample> samples, long from, boolean sharesOnly) {
    var touched = samples.lowerEntry(from);
    if (touched == null) {
      return null;
    }
    long window =
        sharesOnly
            ? limits.windowOf(touched.getKey())
            : Math.floorDiv(touched.getKey() - LOOKAROUND, LOOKAROUND) * LOOKAROUND;
    var before = samples.lowerEntry(window);
    var anchor = before == null ? null : samples.floorEntry(before.getKey() - LOOKAROUND);
    if (anchor == null) {
      return null;
    }
    DeviceAccount account = devices.newAccount();
    account.startAt(anchor.getValue());
    return new Start(window, account);
  }

  private void rebook(String key, Change change, Replay replay, long end, Increments books) {
    DeviceAccount replaced = devices.get(key);
    books.restrictTo(-1, replay.start.window, end);
    run(replay, change.before, books);
    NavigableMap<Long, Sample> all = new TreeMap<>(replay.samples);
    change.late.forEach(sample -> all.merge(sample.epochMillis(), sample, Sample::preferred));
    books.restrictTo(1, replay.start.window, end);
    DeviceAccount corrected = run(new Replay(all, replay.start), change.now, books);
    books.countAll();
    long first =
        all.isEmpty() ? replaced.firstMillis() : Math.min(replaced.firstMillis(), all.firstKey());
    if (end != Long.MAX_VALUE) {
      // nothing has changed since then
      replaced.firstMillis(first);
      replaced.forgetGaps(change.from, end);
      return;
    }
    corrected.firstMillis(first);
    // what was before the change stays as it was
    corrected.gapsOf(replaced, change.from);
    devices.put(corrected.device(), corrected);
  }

  /** Books a replay; the account as it is at its end. */
  DeviceAccount run(Replay replay, Shares shares, Increments books) {
    DeviceAccount account = replay.start.account.copy();
    Sample anchor = account.last();
    NavigableMap<Long, Sample> toBook =
        anchor == null ? replay.samples : replay.samples.tailMap(anchor.epochMillis(), false);
    account.advance(List.copyOf(toBook.values()), shares, books, DeviceAccount.NEVER);
    account.bookProvisionalTail(shares, books);
    return account;
  }
}

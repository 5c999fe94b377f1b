// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which batches of a node were received, as ranges of sequence numbers by agent epoch. A batch that
 * is repeated is recognised whether the others arrived in order or not. Remembers the last {@value
 * #EPOCHS} lives of agents.
 *
 * <p>A batch that is received again has the same content. A batch that has the number of another
 * and has something else is a rival of it. Where the content of the other is not known, a batch
 * that is fresh is a rival too: it adds what is not known yet, and cannot replace what is.
 */
final class SeenBatches {
  /**
   * Lives of agents that are remembered: more than restarts within the hour that a spool delivers
   * late. At twice that a node whose agent restarts all the time takes 30 KiB more.
   */
  private static final int EPOCHS = 16;

  /**
   * Ranges of numbers that are remembered of a life, and so gaps between them. Older gaps are
   * forgotten: a batch of theirs that is received again is corrected, not booked twice. At twice
   * that a node with many gaps takes 10 KiB more.
   */
  private static final int RANGES = 128;

  /**
   * How far the clocks of agents may differ that follow one another. At twice that two agents at
   * once are reported ten seconds later.
   */
  private static final long RIVALRY_MILLIS = 10_000;

  /**
   * Age up to which a batch with a known number and unknown content is a rival: five minutes, less
   * than the batches that {@link RecentContents} remembers take. At twice that a repeated batch of
   * a life that was restored without contents is looked up in the history.
   */
  private static final long FRESH_MILLIS = 300_000;

  // the one used last at the end
  private final LinkedHashMap<Long, Life> lives = new LinkedHashMap<>(4, 0.75f, true);
  // the life of the batch before, and its newest range while batches come in order
  private @Nullable Life current;
  private long currentEpoch;
  private long rangeFirst;
  private long rangeLast;

  /** One life of an agent. */
  private static final class Life extends RecentContents {
    // first sequence of a range -> last
    final TreeMap<Long, Long> ranges = new TreeMap<>();
    long oldestMillis = Long.MAX_VALUE;
    // when its last batch came
    long arrivedMillis = Long.MIN_VALUE;
  }

  /** What a batch is. */
  enum Kind {
    /** It was not seen. */
    NEW,
    /** It was seen. */
    REPEATED,
    /** Another with its number was seen. */
    RIVAL
  }

  /**
   * Takes note of a batch.
   *
   * @param content what it holds, see {@link ContentHash}
   * @param latestMillis time of its latest reading
   */
  Kind add(long epoch, long sequence, int content, long latestMillis, long arrivalEpochMillis) {
    boolean isNew = addNumber(epoch, sequence, arrivalEpochMillis);
    Life life = epoch == currentEpoch && current != null ? current : lives.get(epoch);
    if (isNew) {
      if (life != null) {
        life.put(sequence, content);
      }
      return Kind.NEW;
    }
    int known = life == null ? RecentContents.UNKNOWN : life.get(sequence);
    if (known == RecentContents.UNKNOWN) {
      return latestMillis > arrivalEpochMillis - FRESH_MILLIS ? Kind.RIVAL : Kind.REPEATED;
    }
    return known == content ? Kind.REPEATED : Kind.RIVAL;
  }

  /** True if the number is new. */
  private boolean addNumber(long epoch, long sequence, long arrivalEpochMillis) {
    if (current != null && epoch == currentEpoch && sequence == rangeLast + 1) {
      rangeLast = sequence; // written down when another comes
      current.arrivedMillis = arrivalEpochMillis;
      return true;
    }
    writeDown();
    boolean isNew = addAnywhere(epoch, sequence);
    Life life = lives.get(epoch);
    if (life != null) {
      life.arrivedMillis = arrivalEpochMillis;
    }
    var newest = life == null ? null : life.ranges.lastEntry();
    if (newest != null) {
      current = life;
      currentEpoch = epoch;
      rangeFirst = newest.getKey();
      rangeLast = newest.getValue();
    }
    return isNew;
  }

  /** When the last batch of an agent came; {@code Long.MIN_VALUE} if none is remembered. */
  long arrivedMillis(long epoch) {
    Life life = lives.get(epoch);
    return life == null ? Long.MIN_VALUE : life.arrivedMillis;
  }

  /** When the last batch of any agent came; {@code Long.MIN_VALUE} if none is remembered. */
  long arrivedMillis() {
    long latest = Long.MIN_VALUE;
    for (Life life : lives.values()) {
      latest = Math.max(latest, life.arrivedMillis);
    }
    return latest;
  }

  private void writeDown() {
    if (current != null) {
      current.ranges.put(rangeFirst, rangeLast);
      current = null;
    }
  }

  private boolean addAnywhere(long epoch, long sequence) {
    Life life = lives.computeIfAbsent(epoch, _ -> new Life());
    if (lives.size() > EPOCHS) {
      lives.remove(lives.keySet().iterator().next());
    }
    TreeMap<Long, Long> ranges = life.ranges;
    Map.Entry<Long, Long> below = ranges.floorEntry(sequence);
    if (below != null && below.getValue() >= sequence) {
      return false;
    }
    long first = sequence;
    long last = sequence;
    if (below != null && below.getValue() == sequence - 1) {
      first = below.getKey();
    }
    Long above = ranges.remove(sequence + 1);
    if (above != null) {
      last = above;
    }
    ranges.put(first, last);
    if (ranges.size() > RANGES) {
      ranges.pollFirstEntry();
    }
    return true;
  }

  /**
   * Takes note of the times of a batch; true if its agent continues after a later one has begun:
   * two claim to be this node's.
   */
  boolean rivals(long epoch, long oldestMillis, long latestMillis) {
    Life known = epoch == currentEpoch ? current : null;
    Life life = known == null ? lives.computeIfAbsent(epoch, _ -> new Life()) : known;
    life.oldestMillis = Math.min(life.oldestMillis, oldestMillis);
    if (lives.size() == 1) {
      return false;
    }
    for (Map.Entry<Long, Life> other : lives.entrySet()) {
      long began = other.getValue().oldestMillis;
      if (other.getKey() != epoch
          && began > life.oldestMillis
          && began != Long.MAX_VALUE
          && latestMillis - RIVALRY_MILLIS > began) {
        return true;
      }
    }
    return false;
  }

  void write(StateWriter out) throws IOException {
    writeDown();
    out.number(lives.size());
    for (Map.Entry<Long, Life> entry : lives.entrySet()) {
      Life life = entry.getValue();
      out.writeLong(entry.getKey());
      out.writeLong(life.oldestMillis);
      out.writeLong(life.arrivedMillis);
      out.number(life.ranges.size());
      for (Map.Entry<Long, Long> range : life.ranges.entrySet()) {
        out.writeLong(range.getKey());
        out.writeLong(range.getValue());
      }
      life.writeContents(out);
    }
  }

  static SeenBatches read(StateReader in) throws IOException {
    SeenBatches seen = new SeenBatches();
    int size = in.countOrInt();
    for (int i = 0; i < size; i++) {
      long epoch = in.readLong();
      Life life = new Life();
      life.oldestMillis = in.readLong();
      life.arrivedMillis =
          in.format() > NodeFormats.WITHOUT_SOURCES ? in.readLong() : Long.MIN_VALUE;
      int count = in.countOrInt();
      for (int j = 0; j < count; j++) {
        life.ranges.put(in.readLong(), in.readLong());
      }
      if (in.format() > NodeFormats.WITHOUT_SECTIONS) {
        life.readContents(in);
      }
      seen.lives.put(epoch, life);
    }
    return seen;
  }
}

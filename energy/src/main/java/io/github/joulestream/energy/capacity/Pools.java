// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.capacity;

import io.github.joulestream.energy.CapacityUse;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * What groups of nodes use at most at one time, if the nodes of a group had one pool of memory, or
 * of storage, together: for groups of 1, 8, 16 and all nodes the peak, over the times of an hour,
 * of the sum of U over the nodes of the group, MiB. Nodes have places; a group is k places that
 * follow one another. Only nodes whose use is known count.
 *
 * <p>With need(k) the sum of the peaks of all groups of k, need(all) &lt;= need(16) &lt;= need(8)
 * &lt;= need(1), since the highest sum is never over the sum of the highest. So it stays if a
 * period has many hours and the highest peak of each group counts. need(1) is what right-sizing of
 * each node alone would leave; a pool is credited with need(1) - need(k) only. All of a node's use
 * is in the pool here, and nothing local: what a node keeps of its own makes the need larger.
 * Groups of 8 to 16 sockets: H. Li et al., Pond, ASPLOS 2023.
 *
 * <p>Mutable; one thread. Nothing is allocated by {@link #begin}, {@link #add} and {@link #end} but
 * for new places.
 */
public final class Pools {
  // nodes of a group; ALL is one group of all nodes
  private static final int[] SIZES = {1, 8, 16, 0};

  /** The size that stands for all nodes. */
  public static final int ALL = 0;

  /** Places that are written together: a multiple of all sizes. */
  public static final int CHUNK = 1_024;

  private static final int[] SHIFTS = {0, 3, 4, Integer.SIZE - 1};

  private final Level[] levels = new Level[SIZES.length];
  // places in use
  private int places;
  // the highest size of each place
  private long[] seen = new long[CHUNK];
  private boolean[] changed = new boolean[1];

  /** The groups of one size. */
  private static final class Level {
    final int shift;
    long[] now = new long[1];
    long[] peak = new long[1];
    // -1 before the first time
    long[] emittedPeak = {-1};
    long[] emittedSeen = {-1};

    Level(int shift) {
      this.shift = shift;
    }

    void reserve(int places) {
      int groups = ((places - 1) >>> shift) + 1;
      int before = now.length;
      if (groups > before) {
        int length = Math.max(groups, 2 * before);
        now = Arrays.copyOf(now, length);
        peak = Arrays.copyOf(peak, length);
        emittedPeak = Arrays.copyOf(emittedPeak, length);
        emittedSeen = Arrays.copyOf(emittedSeen, length);
        Arrays.fill(emittedPeak, before, length, -1);
        Arrays.fill(emittedSeen, before, length, -1);
      }
    }
  }

  /** Takes groups whose figures have changed. */
  public interface Taker {
    /**
     * A group.
     *
     * @param size nodes of a group of this size, or {@link #ALL}
     * @param group its index: that of its first place, divided by the size
     */
    void take(int size, int group, long peakMebibytes, long seenMebibytes);
  }

  public Pools() {
    for (int i = 0; i < levels.length; i++) {
      levels[i] = new Level(SHIFTS[i]);
    }
  }

  /** Begins a time. */
  public void begin() {
    for (Level level : levels) {
      Arrays.fill(level.now, 0);
    }
  }

  /** Adds the node of a place, at this time. */
  public void add(int place, CapacityUse use) {
    if (!use.isUseKnown()) {
      return;
    }
    reserve(place + 1);
    if (use.seenMebibytes() > seen[place]) {
      seen[place] = use.seenMebibytes();
      changed[place / CHUNK] = true;
    }
    for (Level level : levels) {
      level.now[place >>> level.shift] += use.usedMebibytes();
    }
  }

  private void reserve(int needed) {
    if (needed <= places) {
      return;
    }
    places = needed;
    if (needed > seen.length) {
      seen = Arrays.copyOf(seen, Math.max(needed, 2 * seen.length));
    }
    int chunks = (seen.length - 1) / CHUNK + 1;
    if (chunks > changed.length) {
      changed = Arrays.copyOf(changed, chunks);
    }
    for (Level level : levels) {
      level.reserve(seen.length);
    }
  }

  /** Ends a time: the sums of the groups are compared with their peaks. */
  public void end() {
    for (Level level : levels) {
      int groups = groups(level);
      for (int group = 0; group < groups; group++) {
        if (level.now[group] > level.peak[group]) {
          level.peak[group] = level.now[group];
          changed[(int) (((long) group << level.shift) / CHUNK)] = true;
        }
      }
    }
  }

  private int groups(Level level) {
    return places == 0 ? 0 : ((places - 1) >>> level.shift) + 1;
  }

  /** Gives all groups whose figures have changed since the last call. */
  public void takeChanged(Taker taker) {
    for (int i = 0; i < levels.length; i++) {
      Level level = levels[i];
      int groups = groups(level);
      for (int group = 0; group < groups; group++) {
        long ofGroup = seen(level, group);
        if (ofGroup > 0
            && (level.peak[group] != level.emittedPeak[group]
                || ofGroup != level.emittedSeen[group])) {
          level.emittedPeak[group] = level.peak[group];
          level.emittedSeen[group] = ofGroup;
          taker.take(SIZES[i], group, level.peak[group], ofGroup);
        }
      }
    }
  }

  /** The sum over its places, so that it is the same for all sizes. */
  private long seen(Level level, int group) {
    long from = (long) group << level.shift;
    long to = Math.min(places, from + (1L << level.shift));
    long sum = 0;
    for (int place = (int) from; place < to; place++) {
      sum += seen[place];
    }
    return sum;
  }

  /** Begins another hour, in which nodes have other places. */
  public void clear() {
    places = 0;
    Arrays.fill(seen, 0);
    Arrays.fill(changed, false);
    for (Level level : levels) {
      Arrays.fill(level.now, 0);
      Arrays.fill(level.peak, 0);
      Arrays.fill(level.emittedPeak, -1);
      Arrays.fill(level.emittedSeen, -1);
    }
  }

  // ---- state, by chunks of places

  /** Chunks with places in use. */
  public int chunks() {
    return places == 0 ? 0 : (places - 1) / CHUNK + 1;
  }

  /** True if a chunk has changed since the last call. */
  public boolean takeChanged(int chunk) {
    boolean was = changed[chunk];
    changed[chunk] = false;
    return was;
  }

  /**
   * Writes a chunk, as {@link #read} reads it. The group of all nodes is written with the first.
   */
  public void write(int chunk, DataOutput out) throws IOException {
    int from = chunk * CHUNK;
    int to = Math.min(places, from + CHUNK);
    out.writeInt(to - from);
    for (int place = from; place < to; place++) {
      out.writeLong(seen[place]);
    }
    for (Level level : levels) {
      for (int group = firstGroup(level, from); group < lastGroup(level, to); group++) {
        out.writeLong(level.peak[group]);
      }
    }
  }

  /** Groups whose first place is in a chunk. */
  private static int firstGroup(Level level, int from) {
    return from == 0 ? 0 : ((from - 1) >>> level.shift) + 1;
  }

  private static int lastGroup(Level level, int to) {
    return to == 0 ? 0 : ((to - 1) >>> level.shift) + 1;
  }

  /**
   * Reads what {@link #write} wrote. All of it counts as not yet given to a {@link Taker}.
   *
   * @throws IOException if no chunk can be like that
   */
  public void read(int chunk, DataInput in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > CHUNK || chunk < 0 || chunk > Integer.MAX_VALUE / CHUNK - 1) {
      throw new IOException("a chunk %d of %d places".formatted(chunk, count));
    }
    int from = chunk * CHUNK;
    reserve(from + count);
    for (int place = from; place < from + count; place++) {
      seen[place] = in.readLong();
    }
    for (Level level : levels) {
      for (int group = firstGroup(level, from); group < lastGroup(level, from + count); group++) {
        level.peak[group] = in.readLong();
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.io.IOException;
import java.util.Arrays;

/**
 * What the last batches of one life of an agent held, as a number each ({@link ContentHash}), by
 * sequence number: of so many only, for it is part of the state of every node. Mutable; one thread.
 */
final class RecentContents {
  /** In place of a number that is not known. */
  static final int UNKNOWN = 0;

  // at a batch a second the last eight minutes
  private static final int MOST = 512;
  private static final int LEAST = 16;

  private int[] hashes = new int[LEAST];
  // no sequence number is later
  private long newest = -1;

  /** Takes note of what a batch held. */
  void put(long sequence, int hash) {
    if (sequence > newest) {
      long skipped = sequence - newest - 1;
      if (newest >= 0 && skipped < MOST && newest + 1 + skipped >= hashes.length) {
        grow();
      }
      long from = Math.max(newest + 1, sequence - hashes.length + 1);
      for (long between = from; between < sequence; between++) {
        hashes[slot(between)] = UNKNOWN;
      }
      newest = sequence;
    } else if (!isRemembered(sequence)) {
      return;
    }
    hashes[slot(sequence)] = hash;
  }

  /** What a batch held that was taken in; {@link #UNKNOWN} if that is too long ago. */
  int get(long sequence) {
    return isRemembered(sequence) ? hashes[slot(sequence)] : UNKNOWN;
  }

  private boolean isRemembered(long sequence) {
    return sequence >= 0 && sequence <= newest && newest - sequence < hashes.length;
  }

  private int slot(long sequence) {
    return (int) (sequence & (hashes.length - 1));
  }

  private void grow() {
    if (hashes.length == MOST) {
      return;
    }
    int[] before = hashes;
    hashes = new int[2 * before.length];
    for (long sequence = Math.max(0, newest - before.length + 1); sequence <= newest; sequence++) {
      hashes[slot(sequence)] = before[(int) (sequence & (before.length - 1))];
    }
  }

  void write(StateWriter out) throws IOException {
    out.writeLong(newest);
    int known = (int) Math.min(hashes.length, newest + 1);
    out.number(known);
    for (long sequence = newest - known + 1; sequence <= newest; sequence++) {
      out.writeInt(hashes[slot(sequence)]);
    }
  }

  static RecentContents read(StateReader in) throws IOException {
    RecentContents contents = new RecentContents();
    long newest = in.readLong();
    int known = in.count();
    if (known > MOST || known > newest + 1) {
      throw new IOException("contents of " + known + " batches up to number " + newest);
    }
    int length = LEAST;
    while (length < known) {
      length *= 2;
    }
    contents.hashes = new int[length];
    contents.newest = newest;
    Arrays.fill(contents.hashes, UNKNOWN);
    for (long sequence = newest - known + 1; sequence <= newest; sequence++) {
      contents.hashes[contents.slot(sequence)] = in.readInt();
    }
    return contents;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.io.IOException;
import java.util.Arrays;

/**
 * Content of the last batches of one life of an agent, as a number each ({@link ContentHash}), by
 * sequence number. Bounded, for it belongs to the state of every node. A life of an agent extends
 * it instead of having it: one object and one load less for every batch. Mutable; one thread.
 */
class RecentContents {
  /** In place of a number that is not known. */
  static final int UNKNOWN = 0;

  /**
   * Batches that are remembered: at a batch a second those of the last eight minutes, longer than a
   * producer retries. At twice that a node takes 2 KiB more.
   */
  private static final int MAX_BATCHES = 512;

  /** Batches that there is room for at first; the room doubles as they arrive. */
  private static final int MIN_BATCHES = 16;

  private int[] hashes = new int[MIN_BATCHES];
  // no sequence number is later
  private long newest = -1;

  /** Takes note of the content of a batch. */
  void put(long sequence, int hash) {
    if (sequence > newest) {
      long skipped = sequence - newest - 1;
      if (newest >= 0 && skipped < MAX_BATCHES && newest + 1 + skipped >= hashes.length) {
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

  /** The content of a batch that was received; {@link #UNKNOWN} if that is too long ago. */
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
    if (hashes.length == MAX_BATCHES) {
      return;
    }
    int[] before = hashes;
    hashes = new int[2 * before.length];
    for (long sequence = Math.max(0, newest - before.length + 1); sequence <= newest; sequence++) {
      hashes[slot(sequence)] = before[(int) (sequence & (before.length - 1))];
    }
  }

  void writeContents(StateWriter out) throws IOException {
    out.writeLong(newest);
    int known = (int) Math.min(hashes.length, newest + 1);
    out.number(known);
    for (long sequence = newest - known + 1; sequence <= newest; sequence++) {
      out.writeInt(hashes[slot(sequence)]);
    }
  }

  void readContents(StateReader in) throws IOException {
    newest = in.readLong();
    int known = in.count();
    if (known > MAX_BATCHES || known > newest + 1) {
      throw new IOException("contents of " + known + " batches up to number " + newest);
    }
    int length = MIN_BATCHES;
    while (length < known) {
      length *= 2;
    }
    hashes = new int[length];
    Arrays.fill(hashes, UNKNOWN);
    for (long sequence = newest - known + 1; sequence <= newest; sequence++) {
      hashes[slot(sequence)] = in.readInt();
    }
  }
}

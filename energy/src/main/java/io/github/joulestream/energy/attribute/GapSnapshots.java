// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The state of a device before each of its last long gaps, oldest first: a gap can be filled by
 * late readings from there, whatever the history still holds. Mutable; owned by the {@link
 * DeviceAccount}.
 */
final class GapSnapshots {
  private static final int MAX_SNAPSHOTS = 4;

  private List<Snapshot> snapshots = List.of();

  private record Snapshot(long gapEndArrivalMillis, DeviceAccount account) {
    long startMillis() {
      return account.lastMillis();
    }
  }

  boolean isEmpty() {
    return snapshots.isEmpty();
  }

  /**
   * Adds a gap; the oldest one makes room.
   *
   * @param gapEndArrivalMillis when the reading after the gap arrived
   * @param before a copy of the account before the gap
   */
  void add(long gapEndArrivalMillis, DeviceAccount before) {
    List<Snapshot> all = new ArrayList<>(snapshots);
    if (all.size() == MAX_SNAPSHOTS) {
      all.removeFirst();
    }
    all.add(new Snapshot(gapEndArrivalMillis, before));
    snapshots = List.copyOf(all);
  }

  /**
   * A copy of the account before the last gap that begins before a time and ended since a time.
   *
   * @param fromMillis the time of the first change
   * @param historySinceMillis since when all that arrived is in the history
   */
  @Nullable DeviceAccount find(long fromMillis, long historySinceMillis) {
    for (Snapshot snapshot : snapshots.reversed()) {
      if (snapshot.gapEndArrivalMillis >= historySinceMillis
          && snapshot.startMillis() < fromMillis) {
        return snapshot.account.copy();
      }
    }
    return null;
  }

  /** Removes the gaps that begin within a range of time: what was booked there has changed. */
  void remove(long fromMillis, long toMillis) {
    snapshots =
        snapshots.stream()
            .filter(snapshot ->
                snapshot.startMillis() < fromMillis || snapshot.startMillis() >= toMillis)
            .toList();
  }

  /** Adds those of another account of the device that begin before a time. */
  void addFrom(GapSnapshots other, long beforeMillis) {
    snapshots =
        Stream.concat(
                snapshots.stream(),
                other.snapshots.stream().filter(theirs -> theirs.startMillis() < beforeMillis))
            .toList();
  }

  /** Writes them; null has none. */
  static void write(@Nullable GapSnapshots gaps, StateWriter out) throws IOException {
    List<Snapshot> all = gaps == null ? List.of() : gaps.snapshots;
    out.writeByte(all.size());
    for (Snapshot snapshot : all) {
      out.writeLong(snapshot.gapEndArrivalMillis);
      snapshot.account.writeConfirmed(out);
    }
  }

  void read(StateReader in, Scratch scratch) throws IOException {
    List<Snapshot> all = new ArrayList<>();
    for (int left = in.readByte(); left > 0; left--) {
      long arrivalMillis = in.readLong();
      all.add(new Snapshot(arrivalMillis, DeviceAccount.readConfirmed(in, scratch)));
    }
    snapshots = List.copyOf(all);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.capacity;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Adds up {@link CapacitySums} of several times to means. Whole MiB, rounded down; rentable is what
 * is left of free, so that the parts are the whole. Mutable; one thread.
 */
public final class CapacityMeans {
  private static final int SEEN = 0;
  private static final int ALLOCATED = 1;
  private static final int STRANDED = 2;
  private static final int MILLIWATTS = 3;
  private static final int TIMES = 4;
  // over the times at which some node's use was known
  private static final int USE_KNOWN = 5;
  private static final int USED = 6;
  private static final int UNTOUCHED = 7;
  private static final int BEYOND = 8;
  private static final int TIMES_KNOWN = 9;
  private static final int PEAK_USED = 10;
  private static final int COUNT = 11;

  private final long[] sums = new long[COUNT];

  /** Adds the sums at one time. */
  public void add(CapacitySums at, long milliwatts) {
    sums[SEEN] += at.seenMebibytes();
    sums[ALLOCATED] += at.allocatedMebibytes();
    sums[STRANDED] += at.strandedMebibytes();
    sums[MILLIWATTS] += milliwatts;
    sums[TIMES]++;
    if (at.useKnownMebibytes() > 0) {
      sums[USE_KNOWN] += at.useKnownMebibytes();
      sums[USED] += at.usedMebibytes();
      sums[UNTOUCHED] += at.untouchedMebibytes();
      sums[BEYOND] += at.beyondAllocationMebibytes();
      sums[PEAK_USED] = Math.max(sums[PEAK_USED], at.usedMebibytes());
      sums[TIMES_KNOWN]++;
    }
  }

  /** The means so far; all 0 or unknown if there was no time. */
  public SiteCapacity mean() {
    long times = Math.max(1, sums[TIMES]);
    long seen = sums[SEEN] / times;
    long allocated = sums[ALLOCATED] / times;
    long stranded = sums[STRANDED] / times;
    return new SiteCapacity(
        seen,
        allocated,
        stranded,
        seen - allocated - stranded,
        known(USE_KNOWN, 0),
        known(USED, SiteCapacity.UNKNOWN),
        sums[TIMES_KNOWN] == 0 ? SiteCapacity.UNKNOWN : sums[PEAK_USED],
        known(UNTOUCHED, SiteCapacity.UNKNOWN),
        known(BEYOND, SiteCapacity.UNKNOWN),
        sums[MILLIWATTS] / times);
  }

  private long known(int of, long otherwise) {
    return sums[TIMES_KNOWN] == 0 ? otherwise : sums[of] / sums[TIMES_KNOWN];
  }

  /** Times that were added. */
  public int times() {
    return (int) sums[TIMES];
  }

  /** Begins anew. */
  public void clear() {
    Arrays.fill(sums, 0);
  }

  /** Writes the sums, as {@link #read} reads them. */
  public void write(DataOutput out) throws IOException {
    for (long sum : sums) {
      out.writeLong(sum);
    }
  }

  /** Reads what {@link #write} wrote. */
  public void read(DataInput in) throws IOException {
    for (int i = 0; i < COUNT; i++) {
      sums[i] = in.readLong();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who has which share of one device, over time. Between two edges nothing changes. Immutable.
 *
 * <p>Example: job {@code a} holds the device from 1000 to 5000, {@code b} half of it from 5000 on:
 * edges are 1000, 5000; the holders {@code {}} before, {@code {a: 10000}} between, {@code {b:
 * 5000}} after. What nobody holds is idle.
 */
final class PlainShares {
  static final int WHOLE = 10_000;
  static final PlainShares NOBODY = new PlainShares(new long[0], List.of(Holders.NONE));

  private final long[] edges;
  private final Holders[] holders;
  // most readings are after the last edge
  private final long lastEdge;

  /**
   * Jobs and their weights between two edges, in the order of their names; idle is the last weight.
   * PlainShares beyond the whole are scaled down to it: the weights then sum to more than {@link
   * #WHOLE} and idle has none.
   *
   * @param owner the job that holds all of it, with no other beside it; null if there is none
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Holders(List<String> jobs, int[] weights, int weightSum, @Nullable String owner) {
    static final Holders NONE = new Holders(List.of(), new int[] {WHOLE}, WHOLE, null);

    /** Always {@link #NONE} if there are no jobs. */
    static Holders of(List<String> jobs, int[] parts) {
      if (jobs.isEmpty()) {
        return NONE;
      }
      int sum = Arrays.stream(parts).sum();
      int[] weights = Arrays.copyOf(parts, parts.length + 1);
      weights[parts.length] = Math.max(0, WHOLE - sum);
      String owner = jobs.size() == 1 && parts[0] == WHOLE ? jobs.getFirst() : null;
      return new Holders(List.copyOf(jobs), weights, Math.max(WHOLE, sum), owner);
    }

    boolean nobody() {
      return jobs.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Holders that
          && jobs.equals(that.jobs)
          && Arrays.equals(weights, that.weights);
    }

    @Override
    public int hashCode() {
      return jobs.hashCode() * 31 + Arrays.hashCode(weights);
    }
  }

  /** {@code holders} has one entry more than {@code edges}: the first is before the first edge. */
  PlainShares(long[] edges, List<Holders> holders) {
    this.edges = edges;
    this.holders = holders.toArray(Holders[]::new);
    this.lastEdge = edges.length == 0 ? Long.MIN_VALUE : edges[edges.length - 1];
  }

  /** Index of the span between two edges that holds this time. */
  int spanAt(long epochMillis) {
    if (epochMillis >= lastEdge) {
      return edges.length;
    }
    int found = Arrays.binarySearch(edges, epochMillis);
    return found >= 0 ? found + 1 : -found - 1;
  }

  int spans() {
    return holders.length;
  }

  Holders holders(int span) {
    return holders[span];
  }

  /** Number of jobs that hold the device in a span. */
  int jobsIn(int span) {
    return holders[span].jobs().size();
  }

  /** Start of the last span, which has no end. */
  long lastStart() {
    return lastEdge;
  }

  /** Start of a span; {@code Long.MIN_VALUE} of the first. */
  long spanStart(int span) {
    return span == 0 ? Long.MIN_VALUE : edges[span - 1];
  }

  /** End of a span; {@code Long.MAX_VALUE} of the last. */
  long spanEnd(int span) {
    return span == edges.length ? Long.MAX_VALUE : edges[span];
  }

  /** True if there is an edge after the first time and before the second. */
  boolean changesWithin(long fromMillis, long toMillis) {
    return spanEnd(spanAt(fromMillis)) < toMillis;
  }

  /** Since when a job has held the device without a break, up to this span. */
  long heldSince(String job, int span) {
    int first = span;
    while (first > 0 && holders[first - 1].jobs().contains(job)) {
      first--;
    }
    return spanStart(first);
  }

  /** Until when a job holds the device without a break, from this span on. */
  long heldUntil(String job, int span) {
    int last = span;
    while (last + 1 < holders.length && holders[last + 1].jobs().contains(job)) {
      last++;
    }
    return spanEnd(last);
  }

  /** The time from which on the two are alike, or {@code Long.MAX_VALUE} if they never are. */
  static long lastDifference(PlainShares a, PlainShares b) {
    int i = a.spans() - 1;
    int j = b.spans() - 1;
    long alike = Long.MAX_VALUE;
    while (a.holders(i).equals(b.holders(j))) {
      alike = Math.max(a.spanStart(i), b.spanStart(j));
      if (a.spanStart(i) != b.spanStart(j) || i == 0) {
        return alike;
      }
      i--;
      j--;
    }
    return alike;
  }

  /** The first time at which the two differ, or {@code Long.MAX_VALUE}. */
  static long firstDifference(PlainShares a, PlainShares b) {
    int i = 0;
    int j = 0;
    long at = Long.MIN_VALUE;
    while (true) {
      if (!a.holders(i).equals(b.holders(j))) {
        return at;
      }
      // an edge that only one has also differs: it cuts what the other does not cut
      long nextA = a.spanEnd(i);
      long nextB = b.spanEnd(j);
      if (nextA != nextB) {
        return Math.min(nextA, nextB);
      }
      if (nextA == Long.MAX_VALUE) {
        return Long.MAX_VALUE;
      }
      at = nextA;
      i++;
      j++;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who has which share of one device, over time. Between two edges nothing changes. Immutable, but
 * for what it keeps at hand; one thread.
 *
 * <p>Example: job {@code a} holds the device from 1000 to 5000, {@code b} half of it from 5000 on:
 * edges are 1000, 5000; the holders {@code {}} before, {@code {a: 10000}} between, {@code {b:
 * 5000}} after. What nobody holds is idle.
 *
 * <p>Kept as what changes at each edge, in chunks that those before and after a change have in
 * common: so a change costs the same however many edges there are. The holders of a span are put
 * together when they are asked for.
 */
final class Shares {
  static final int WHOLE = 10_000;
  static final Shares NOBODY = new Shares(new Chunk[0], Holders.NONE);

  private static final int MAX_OF_CHUNK = 64;
  private static final int MIN_OF_CHUNK = 16;

  private final Chunk[] chunks;
  // edges before each chunk, and of all
  private final int[] firsts;
  private final int edges;
  // most readings are after the last edge
  private final long lastEdge;
  private final Holders lastHolders;

  // what was asked for last
  private int askedSpan = -1;
  private @Nullable Holders asked;
  private int askedChunk;

  /**
   * Jobs and their weights between two edges, in the order of their names; idle is the last weight.
   * Shares that sum to more than the device are scaled down to it: the weights then sum to more
   * than {@link #WHOLE} and idle has none.
   *
   * @param owner the job that holds all of it, with no other beside it; null if there is none
   */
  @SuppressWarnings("ArrayRecordComponent") // read per reading, compared nowhere
  record Holders(List<String> jobs, int[] weights, int weightSum, @Nullable String owner) {
    static final Holders NONE = new Holders(List.of(), new int[] {WHOLE}, WHOLE, null);

    /** Always {@link #NONE} if there are no jobs. */
    static Holders of(List<String> jobs, int[] held) {
      if (jobs.isEmpty()) {
        return NONE;
      }
      int sum = 0;
      for (int share : held) {
        sum += share;
      }
      int[] weights = Arrays.copyOf(held, held.length + 1);
      weights[held.length] = Math.max(0, WHOLE - sum);
      String owner = jobs.size() == 1 && held[0] == WHOLE ? jobs.getFirst() : null;
      return new Holders(List.copyOf(jobs), weights, Math.max(WHOLE, sum), owner);
    }

    boolean nobody() {
      return jobs.isEmpty();
    }

    /** The holders after an edge. */
    Holders after(Edge edge) {
      List<String> nextJobs = new ArrayList<>(jobs.size() + edge.jobs.length);
      int[] held = new int[jobs.size() + edge.jobs.length];
      int i = 0;
      int j = 0;
      while (i < jobs.size() || j < edge.jobs.length) {
        int order =
            i == jobs.size() ? 1 : j == edge.jobs.length ? -1 : jobs.get(i).compareTo(edge.jobs[j]);
        String job = order < 0 ? jobs.get(i) : edge.jobs[j];
        int of = order < 0 ? weights[i] : edge.held[j];
        if (order <= 0) {
          i++;
        }
        if (order >= 0) {
          j++;
        }
        if (of > 0) {
          held[nextJobs.size()] = of;
          nextJobs.add(job);
        }
      }
      return of(nextJobs, Arrays.copyOf(held, nextJobs.size()));
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

  /**
   * What changes at a time: jobs in the order of their names, the shares that they had, and those
   * that they have then.
   */
  static final class Edge {
    final long millis;
    final String[] jobs;
    final int[] had;
    final int[] held;

    Edge(long millis, String[] jobs, int[] had, int[] held) {
      this.millis = millis;
      this.jobs = jobs;
      this.had = had;
      this.held = held;
    }

    private boolean sameAs(Edge that) {
      return this == that
          || (millis == that.millis
              && Arrays.equals(jobs, that.jobs)
              && Arrays.equals(had, that.had)
              && Arrays.equals(held, that.held));
    }

    /** The share that a job has from here on; -1 if it stays as it was. */
    private int heldBy(String job) {
      for (int i = 0; i < jobs.length; i++) {
        if (jobs[i].equals(job)) {
          return held[i];
        }
      }
      return -1;
    }
  }

  /** Edges that follow one another, and the holders before the first of them. */
  private static final class Chunk {
    final Holders before;
    final Edge[] edges;
    // a bit for each job that changes here, and for some that do not
    final long[] mask = new long[4];

    Chunk(Holders before, Edge[] edges) {
      this.before = before;
      this.edges = edges;
      for (Edge edge : edges) {
        for (String job : edge.jobs) {
          int bit = bitOf(job);
          mask[bit >>> 6] |= 1L << bit;
        }
      }
    }

    private static int bitOf(String job) {
      return (job.hashCode() * 0x9E3779B1) >>> 24;
    }

    boolean mayChange(String job) {
      int bit = bitOf(job);
      return (mask[bit >>> 6] & 1L << bit) != 0;
    }

    long first() {
      return edges[0].millis;
    }

    long last() {
      return edges[edges.length - 1].millis;
    }

    Holders after() {
      Holders holders = before;
      for (Edge edge : edges) {
        holders = holders.after(edge);
      }
      return holders;
    }
  }

  private Shares(Chunk[] chunks, Holders lastHolders) {
    this.chunks = chunks;
    this.firsts = new int[chunks.length + 1];
    for (int i = 0; i < chunks.length; i++) {
      firsts[i + 1] = firsts[i] + chunks[i].edges.length;
    }
    this.edges = firsts[chunks.length];
    Chunk last = chunks.length == 0 ? null : chunks[chunks.length - 1];
    this.lastEdge = last == null ? Long.MIN_VALUE : last.last();
    this.lastHolders = lastHolders;
  }

  /**
   * The same with other edges from one time to another, both included.
   *
   * @param edges in the order of time; after them the holders are what they were there before
   */
  Shares with(long fromMillis, long toMillis, List<Edge> edges) {
    // the chunks that are touched, or would follow an edge that is new
    int from = chunkOf(fromMillis);
    if (from == chunks.length && from > 0) {
      from--;
    }
    int to = from;
    while (to < chunks.length && chunks[to].first() <= toMillis) {
      to++;
    }
    // a chunk that becomes small takes the next one in
    List<Edge> all = new ArrayList<>();
    for (int i = from; i < to; i++) {
      for (Edge edge : chunks[i].edges) {
        if (edge.millis < fromMillis) {
          all.add(edge);
        }
      }
    }
    all.addAll(edges);
    for (int i = from; i < to; i++) {
      for (Edge edge : chunks[i].edges) {
        if (edge.millis > toMillis) {
          all.add(edge);
        }
      }
    }
    if (all.size() < MIN_OF_CHUNK && to < chunks.length) {
      all.addAll(Arrays.asList(chunks[to].edges));
      to++;
    } else if (all.size() < MIN_OF_CHUNK && from > 0) {
      from--;
      all.addAll(0, Arrays.asList(chunks[from].edges));
    }
    int count = (all.size() + MAX_OF_CHUNK - 1) / MAX_OF_CHUNK;
    Chunk[] next = new Chunk[from + count + chunks.length - to];
    System.arraycopy(chunks, 0, next, 0, from);
    Holders holders =
        from < chunks.length ? chunks[from].before : from == 0 ? Holders.NONE : lastHolders;
    for (int i = 0; i < count; i++) {
      // all of about the same size, so that none is at its limit at once
      int first = (int) ((long) all.size() * i / count);
      int end = (int) ((long) all.size() * (i + 1) / count);
      Chunk chunk = new Chunk(holders, all.subList(first, end).toArray(Edge[]::new));
      next[from + i] = chunk;
      if (i + 1 < count) {
        holders = chunk.after();
      }
    }
    System.arraycopy(chunks, to, next, from + count, chunks.length - to);
    if (next.length == 0) {
      return NOBODY;
    }
    Holders last = lastHolders;
    if (fromMillis > lastEdge) {
      for (Edge edge : edges) {
        last = last.after(edge);
      }
    } else if (toMillis >= lastEdge) {
      last = next[next.length - 1].after();
    }
    return new Shares(next, last);
  }

  /** The first chunk that ends at or after a time; their number if there is none. */
  private int chunkOf(long millis) {
    int low = 0;
    int high = chunks.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (chunks[middle].last() < millis) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The edge at a time, or the next after it; null if there is none. */
  @Nullable Edge edgeFrom(long millis) {
    int chunk = chunkOf(millis);
    if (chunk == chunks.length) {
      return null;
    }
    Edge[] edges = chunks[chunk].edges;
    int at = 0;
    while (edges[at].millis < millis) {
      at++;
    }
    return edges[at];
  }

  private Edge edge(int index) {
    int chunk = chunkWith(index);
    return chunks[chunk].edges[index - firsts[chunk]];
  }

  /** The chunk with the edge of this index. */
  private int chunkWith(int index) {
    int near = askedChunk;
    if (near < chunks.length && index >= firsts[near]) {
      if (index < firsts[near + 1]) {
        return near;
      }
      if (near + 1 < chunks.length && index < firsts[near + 2]) {
        askedChunk = near + 1;
        return near + 1;
      }
    }
    int found = Arrays.binarySearch(firsts, index);
    askedChunk = found >= 0 ? found : -found - 2;
    return askedChunk;
  }

  private int edges() {
    return edges;
  }

  /** Index of the span between two edges that holds this time. */
  int spanAt(long epochMillis) {
    if (epochMillis >= lastEdge) {
      return edges();
    }
    int chunk = chunkOf(epochMillis);
    Edge[] edges = chunks[chunk].edges;
    int low = 0;
    int high = edges.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (edges[middle].millis <= epochMillis) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return firsts[chunk] + low;
  }

  int spans() {
    return edges() + 1;
  }

  Holders holders(int span) {
    if (span == edges()) {
      return lastHolders;
    }
    Holders known = asked;
    if (span == askedSpan && known != null) {
      return known;
    }
    Holders holders;
    if (span == askedSpan + 1 && known != null) {
      holders = known.after(edge(span - 1));
    } else {
      int chunk = chunkWith(span);
      holders = chunks[chunk].before;
      for (int i = firsts[chunk]; i < span; i++) {
        holders = holders.after(chunks[chunk].edges[i - firsts[chunk]]);
      }
    }
    askedSpan = span;
    asked = holders;
    return holders;
  }

  /** Number of jobs that hold the device in a span. */
  int jobsIn(int span) {
    return holders(span).jobs().size();
  }

  /** Start of the last span, which has no end. */
  long lastStart() {
    return lastEdge;
  }

  /** Start of a span; {@code Long.MIN_VALUE} of the first. */
  long spanStart(int span) {
    return span == 0 ? Long.MIN_VALUE : span == edges() ? lastEdge : edge(span - 1).millis;
  }

  /** End of a span; {@code Long.MAX_VALUE} of the last. */
  long spanEnd(int span) {
    return span == edges() ? Long.MAX_VALUE : edge(span).millis;
  }

  /** True if there is an edge after the first time and before the second. */
  boolean changesWithin(long fromMillis, long toMillis) {
    return spanEnd(spanAt(fromMillis)) < toMillis;
  }

  /** Since when a job has held the device without a break, up to this span that it holds it in. */
  long heldSince(String job, int span) {
    int index = span - 1;
    while (index >= 0) {
      int chunk = chunkWith(index);
      if (!chunks[chunk].mayChange(job)) {
        index = firsts[chunk] - 1;
        continue;
      }
      for (; index >= firsts[chunk]; index--) {
        Edge edge = chunks[chunk].edges[index - firsts[chunk]];
        if (edge.heldBy(job) > 0 && !holders(index).jobs().contains(job)) {
          return edge.millis;
        }
      }
    }
    return Long.MIN_VALUE;
  }

  /** Until when a job holds the device without a break, from this span on that it holds it in. */
  long heldUntil(String job, int span) {
    int index = span;
    while (index < edges()) {
      int chunk = chunkWith(index);
      if (!chunks[chunk].mayChange(job)) {
        index = firsts[chunk + 1];
        continue;
      }
      for (; index < firsts[chunk + 1]; index++) {
        Edge edge = chunks[chunk].edges[index - firsts[chunk]];
        if (edge.heldBy(job) == 0) {
          return edge.millis;
        }
      }
    }
    return Long.MAX_VALUE;
  }

  /** The time from which on the two are alike, or {@code Long.MAX_VALUE} if they never are. */
  static long lastDifference(Shares a, Shares b) {
    if (!a.lastHolders.equals(b.lastHolders)) {
      return Long.MAX_VALUE;
    }
    int i = a.edges() - 1;
    int j = b.edges() - 1;
    while (i >= 0 && j >= 0) {
      int inA = a.chunkWith(i);
      int inB = b.chunkWith(j);
      if (a.chunks[inA] == b.chunks[inB]
          && i == a.firsts[inA + 1] - 1
          && j == b.firsts[inB + 1] - 1) {
        i = a.firsts[inA] - 1;
        j = b.firsts[inB] - 1;
        continue;
      }
      if (!a.edge(i).sameAs(b.edge(j))) {
        break;
      }
      i--;
      j--;
    }
    return Math.max(
        i < 0 ? Long.MIN_VALUE : a.edge(i).millis, j < 0 ? Long.MIN_VALUE : b.edge(j).millis);
  }

  /** The first time at which the two differ, or {@code Long.MAX_VALUE}. */
  static long firstDifference(Shares a, Shares b) {
    int same = 0;
    while (same < a.chunks.length && same < b.chunks.length && a.chunks[same] == b.chunks[same]) {
      same++;
    }
    // an edge that only one has also differs: it cuts what the other does not cut
    int i = a.firsts[same];
    while (i < a.edges() && i < b.edges() && a.edge(i).sameAs(b.edge(i))) {
      i++;
    }
    return Math.min(
        i < a.edges() ? a.edge(i).millis : Long.MAX_VALUE,
        i < b.edges() ? b.edge(i).millis : Long.MAX_VALUE);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Bounds;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How much is kept of the allocations of a node, and how much is left. What is over it is refused:
 * so no sender decides how large the state of a node becomes. Mutable; owned by {@link
 * Allocations}.
 */
final class AllocationRoom {
  /**
   * Edges that are remembered of one node: in the two hours for which ended jobs are remembered
   * nine edges a second. At twice that the state of a node can take twice the memory.
   */
  static final int MAX_EDGES = 65_536;

  /**
   * Edges that are remembered of one job: a job that repeats its allocation every ten minutes for
   * four weeks has as many. At twice that a further edge of it costs twice the time.
   */
  static final int MAX_EDGES_OF_JOB = 4_096;

  /**
   * Approximate bytes of all edges of a node as they are written: compressed with the rest of its
   * state less than the 4 MiB that a record of a changelog may have. At twice that it may be more.
   */
  static final int MAX_BYTES = 3 << 20;

  /**
   * Devices that jobs hold by name, summed over all edges, for each edge keeps what is held after
   * it: some 50 MiB. At twice that one node can take 100 MiB.
   */
  private static final int MAX_NAMED = 1 << 20;

  /**
   * Devices of one node that jobs name: two events of the largest size, so that one with wrong
   * names does not exclude the next. At twice that resolving shares takes twice the time and
   * memory.
   */
  static final int MAX_NAMES = 2 * Bounds.SHARES;

  private int edges;
  private long named;
  private long bytes;

  /** Edges of all jobs. */
  int edges() {
    return edges;
  }

  void add(HeldJob job) {
    edges += job.edges().size();
    named += job.named();
    for (AllocationEdge edge : job.edges()) {
      bytes += bytesOf(edge);
    }
  }

  void remove(HeldJob job) {
    edges -= job.edges().size();
    named -= job.named();
    for (AllocationEdge edge : job.edges()) {
      bytes -= bytesOf(edge);
    }
  }

  /**
   * Why there is no room for an edge, or null if there is.
   *
   * @param job what is known of its job
   * @param names ids of devices that jobs name
   */
  @Nullable String noneFor(AllocationEdge edge, @Nullable HeldJob job, Set<String> names) {
    int ofJob = job == null ? 0 : job.edges().size();
    if (edges >= MAX_EDGES) {
      return "%,d edges of allocations".formatted(MAX_EDGES);
    }
    if (ofJob >= MAX_EDGES_OF_JOB) {
      return "%,d edges of one job".formatted(MAX_EDGES_OF_JOB);
    }
    if (bytes + bytesOf(edge) > MAX_BYTES) {
      return "%,d bytes of allocations".formatted(MAX_BYTES);
    }
    long more = (long) edge.deviceBasisPoints().size() * (ofJob + 1);
    if (named + more + (job == null ? 0 : job.namedLast()) > MAX_NAMED) {
      return "%,d devices held by name at its edges".formatted(MAX_NAMED);
    }
    int after = names.size();
    for (String id : edge.deviceBasisPoints().keySet()) {
      after += names.contains(id) ? 0 : 1;
    }
    return after > MAX_NAMES ? "%,d devices that jobs name".formatted(MAX_NAMES) : null;
  }

  private static long bytesOf(AllocationEdge edge) {
    long bytes = 48L + bytesOf(edge.job());
    for (String id : edge.deviceBasisPoints().keySet()) {
      bytes += 5 + bytesOf(id);
    }
    return bytes;
  }

  private static int bytesOf(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xff) {
        return 2 * text.length();
      }
    }
    return text.length();
  }
}

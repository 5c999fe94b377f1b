// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.attribute.AllocationEdge.By;
import io.github.joulestream.energy.attribute.Allocations.Held;
import io.github.joulestream.energy.attribute.Allocations.Stay;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is known of one job on one node, which follows from its edges alone. Immutable. */
final class HeldJob {
  /** No time: the job has ended, or never held anything. */
  static final long NEVER = Long.MIN_VALUE;

  /**
   * The placement of a job that holds on is emitted again with the first edge of each day (UTC, by
   * its arrival): so a topic that keeps weeks has that of a job that runs for months. At twice that
   * the topic must keep a day more.
   */
  private static final long DAY_MILLIS = 24L * 3_600_000;

  // at one moment a job takes before it gives back: a job without length leaves nothing behind
  private static final Comparator<AllocationEdge> BY_TIME =
      Comparator.comparingLong(AllocationEdge::atEpochMillis)
          .thenComparing(edge -> !edge.hold())
          .thenComparing(AllocationEdge::by);

  private final String name;
  private final List<AllocationEdge> edges;
  // all but conclusions that are overruled
  private final List<AllocationEdge> counting;
  // what it holds from each of these on
  private final List<Hold> holds;
  private final long openSince;
  private final long lastArrivalMillis;
  private final int named;
  private final long anchorMillis;

  private HeldJob(String name, List<AllocationEdge> sorted, long anchorMillis, Limits limits) {
    this.name = name;
    this.anchorMillis = anchorMillis;
    this.edges = List.copyOf(sorted);
    this.counting = counting(edges, limits);
    List<Hold> all = new ArrayList<>(counting.size());
    long since = NEVER;
    int allNamed = 0;
    Hold hold = Hold.NOTHING;
    for (AllocationEdge edge : counting) {
      hold = hold.after(edge);
      all.add(hold);
      allNamed += hold.named.size();
      if (edge.hold()) {
        since = edge.atEpochMillis();
      } else if (edge.releasesAll()) {
        since = NEVER;
      }
    }
    this.holds = List.copyOf(all);
    this.openSince = since;
    this.named = allNamed;
    long last = Long.MIN_VALUE;
    for (AllocationEdge edge : edges) {
      last = Math.max(last, edge.arrivalEpochMillis());
    }
    this.lastArrivalMillis = last;
  }

  /** A job of which this is known; its anchor is the time of the hold edge that arrived first. */
  static HeldJob of(String name, List<AllocationEdge> edges, Limits limits) {
    AllocationEdge first = null;
    for (AllocationEdge edge : edges) {
      if (edge.hold()
          && (first == null || edge.arrivalEpochMillis() < first.arrivalEpochMillis())) {
        first = edge;
      }
    }
    return of(name, edges, first == null ? NEVER : first.atEpochMillis(), limits);
  }

  /**
   * A job of which this is known.
   *
   * @param anchorMillis the time of its hold edge that arrived first; {@link #NEVER} if there is
   *     none
   */
  static HeldJob of(String name, List<AllocationEdge> edges, long anchorMillis, Limits limits) {
    List<AllocationEdge> sorted = new ArrayList<>(edges);
    sorted.sort(BY_TIME);
    return new HeldJob(name, sorted, anchorMillis, limits);
  }

  /** The job with an edge more; null if it was known. */
  static @Nullable HeldJob with(@Nullable HeldJob before, AllocationEdge edge, Limits limits) {
    if (before == null) {
      return of(edge.job(), List.of(edge), limits);
    }
    for (AllocationEdge known : before.edges) {
      if (known.sameAs(edge)) {
        return null;
      }
    }
    List<AllocationEdge> all = new ArrayList<>(before.edges.size() + 1);
    all.addAll(before.edges);
    all.add(edge);
    all.sort(BY_TIME);
    long anchor =
        before.anchorMillis == NEVER && edge.hold() ? edge.atEpochMillis() : before.anchorMillis;
    return new HeldJob(before.name, all, anchor, limits);
  }

  private static List<AllocationEdge> counting(List<AllocationEdge> edges, Limits limits) {
    By best = null;
    for (AllocationEdge edge : edges) {
      if (edge.releasesAll() && (best == null || edge.by().compareTo(best) < 0)) {
        best = edge.by();
      }
    }
    List<AllocationEdge> kept = new ArrayList<>(edges.size());
    long heldAt = NEVER;
    for (AllocationEdge edge : edges) {
      if (edge.hold()) {
        heldAt = edge.atEpochMillis();
      }
      boolean overruled = edge.releasesAll() && edge.by() != best;
      // a job that repeats what it holds is alive
      boolean renewed =
          edge.by() == By.LIMIT && heldAt > edge.atEpochMillis() - limits.holdMillis();
      if (!overruled && !renewed) {
        kept.add(edge);
      }
    }
    return kept.size() == edges.size() ? edges : List.copyOf(kept);
  }

  String name() {
    return name;
  }

  List<AllocationEdge> edges() {
    return edges;
  }

  /** When it was last given something; {@link #NEVER} if its end was reported. */
  long openSince() {
    return openSince;
  }

  boolean isOpen() {
    return openSince != NEVER;
  }

  long lastArrivalMillis() {
    return lastArrivalMillis;
  }

  /**
   * The time of its hold edge that arrived first, whatever was received since; {@link #NEVER} if
   * there is none.
   */
  long anchorMillis() {
    return anchorMillis;
  }

  /** True if an edge is the first of the job in the day of its arrival. */
  boolean isFirstOfDay(AllocationEdge edge) {
    return Math.floorDiv(edge.arrivalEpochMillis(), DAY_MILLIS)
        > Math.floorDiv(lastArrivalMillis, DAY_MILLIS);
  }

  /**
   * The last hold edge by time, which states its shares.
   *
   * @throws IllegalStateException if it has none
   */
  AllocationEdge stated() {
    for (AllocationEdge edge : edges.reversed()) {
      if (edge.hold()) {
        return edge;
      }
    }
    throw new IllegalStateException("job " + name + " never held anything");
  }

  /** Devices that it holds by name, summed over its edges: what it takes of memory. */
  int named() {
    return named;
  }

  /** Devices that it holds by name after its last edge. */
  int namedLast() {
    return holds.isEmpty() ? 0 : holds.getLast().named.size();
  }

  /** Devices that any of its edges names. */
  void namesInto(Set<String> ids) {
    for (AllocationEdge edge : edges) {
      ids.addAll(edge.deviceBasisPoints().keySet());
    }
  }

  /** From when on it claims which share of a device, by name or, with an empty id, by kind. */
  NavigableMap<Long, Integer> basisPointsOf(String id, DeviceKind kind) {
    NavigableMap<Long, Integer> basisPoints = new TreeMap<>();
    int before = 0;
    for (int i = 0; i < holds.size(); i++) {
      int now = holds.get(i).basisPointsOf(id, kind);
      if (now != before) {
        basisPoints.put(counting.get(i).atEpochMillis(), now);
        before = now;
      }
    }
    return basisPoints;
  }

  /** What became of it, but for whether others took its devices; null if it never held any. */
  @Nullable Stay stay() {
    Stay stay = null;
    for (AllocationEdge edge : counting) {
      if (edge.hold() || stay != null) {
        stay = after(edge, stay, isOpen());
      }
    }
    return stay;
  }

  private static Stay after(AllocationEdge edge, @Nullable Stay before, boolean isOpen) {
    long at = edge.atEpochMillis();
    Map<String, Held> devices = new HashMap<>();
    if (before != null) {
      devices.putAll(before.devices());
    }
    if (edge.hold()) {
      edge.deviceBasisPoints()
          .forEach((id, basisPoints) ->
              devices.put(id, devices.getOrDefault(id, Held.NEVER).from(at, basisPoints)));
    } else {
      devices.replaceAll((id, held) ->
          edge.releasesAll() || edge.deviceBasisPoints().containsKey(id) ? held.from(at, 0) : held);
    }
    boolean ends = edge.releasesAll() && !isOpen;
    return new Stay(
        before == null ? at : before.heldAt(),
        ends ? endOf(edge.by()) : before == null ? null : before.end(),
        ends ? at : before == null ? 0 : before.endAt(),
        devices);
  }

  private static JobAmount endOf(By by) {
    return switch (by) {
      case HOOK -> JobAmount.NODES_RELEASED;
      case AGENT -> JobAmount.NODES_ENDED_BY_AGENT;
      case LIMIT -> JobAmount.NODES_EXPIRED;
    };
  }

  /** What it holds of the node after one of its edges. */
  private record Hold(
      Map<String, Integer> named,
      int namedSum,
      int memoryBasisPoints,
      int storageBasisPoints,
      int cpuBasisPoints,
      int nodeBasisPoints,
      int gpusOnNode) {
    static final Hold NOTHING = new Hold(Map.of(), 0, 0, 0, 0, 0, 0);

    Hold after(AllocationEdge edge) {
      if (edge.hold()) {
        Map<String, Integer> all = edge.deviceBasisPoints();
        if (!named.isEmpty()) {
          all = new HashMap<>(named);
          all.putAll(edge.deviceBasisPoints());
        }
        return new Hold(
            all,
            sum(all),
            edge.memoryBasisPoints(),
            edge.storageBasisPoints(),
            edge.cpuBasisPoints(),
            edge.nodeBasisPoints(),
            edge.gpusOnNode());
      }
      if (edge.releasesAll()) {
        return NOTHING;
      }
      Map<String, Integer> left = new HashMap<>(named);
      left.keySet().removeAll(edge.deviceBasisPoints().keySet());
      return new Hold(
          left,
          sum(left),
          memoryBasisPoints,
          storageBasisPoints,
          cpuBasisPoints,
          nodeBasisPoints,
          gpusOnNode);
    }

    private static int sum(Map<String, Integer> basisPoints) {
      int sum = 0;
      for (int each : basisPoints.values()) {
        sum += each;
      }
      return sum;
    }

    int basisPointsOf(String id, DeviceKind kind) {
      Integer stated = named.get(id);
      if (stated != null) {
        return stated;
      }
      return switch (kind) {
        case MEMORY -> orByGpus(memoryBasisPoints);
        case STORAGE -> orByGpus(storageBasisPoints);
        case CPU -> orByGpus(cpuBasisPoints);
        case NODE -> orByGpus(nodeBasisPoints);
        case GPU, FACILITY, UPS, PDU, GENERATION, EXPORT -> 0;
      };
    }

    private int orByGpus(int basisPoints) {
      if (basisPoints != AllocationEdge.BY_GPUS) {
        return basisPoints;
      }
      return gpusOnNode == 0 ? 0 : Math.min(Shares.WHOLE, namedSum / gpusOnNode);
    }
  }
}

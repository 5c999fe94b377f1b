// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is known of the allocations on one node: a set of edges. What holds at a time is what the
 * edges at or before it say, so it makes no difference in which order they arrived. Mutable; owned
 * by the {@link NodeAccount}.
 */
final class Allocations {
  // at one moment a job takes before it gives back: a job without length leaves nothing behind
  private static final Comparator<AllocationEdge> BY_TIME =
      Comparator.comparingLong(AllocationEdge::atEpochMillis).thenComparing(edge -> !edge.hold());

  private final List<AllocationEdge> edges = new ArrayList<>();

  /** Adds an edge; false if it was known. */
  boolean add(AllocationEdge edge) {
    for (AllocationEdge known : edges) {
      if (known.sameAs(edge)) {
        return false;
      }
    }
    edges.add(edge);
    edges.sort(BY_TIME);
    return true;
  }

  List<AllocationEdge> edges() {
    return edges;
  }

  /** Forgets jobs that gave everything back, where the news of it is older than this. */
  void forgetReleasedBefore(long arrivalEpochMillis) {
    Map<String, AllocationEdge> last = new HashMap<>();
    for (AllocationEdge edge : edges) {
      last.put(edge.job(), edge);
    }
    edges.removeIf(edge -> {
      AllocationEdge end = last.get(edge.job());
      return end != null
          && end.releasesAll()
          && end.arrivalEpochMillis() < arrivalEpochMillis
          && edge.arrivalEpochMillis() < arrivalEpochMillis;
    });
  }

  /** Who has which share of this device, over all time. */
  Shares sharesOf(Device device) {
    if (edges.isEmpty() || device.kind() == DeviceKind.FACILITY) {
      return Shares.NOBODY;
    }
    TreeSet<Long> times = new TreeSet<>();
    TreeMap<String, TreeMap<Long, Integer>> partsByJob = new TreeMap<>();
    Map<String, Hold> holds = new HashMap<>();
    for (AllocationEdge edge : edges) {
      Hold hold = holds.computeIfAbsent(edge.job(), job -> new Hold());
      hold.apply(edge);
      TreeMap<Long, Integer> parts = partsByJob.computeIfAbsent(edge.job(), job -> new TreeMap<>());
      int now = hold.partsOf(device);
      var before = parts.lastEntry();
      if ((before == null ? 0 : before.getValue()) != now) {
        parts.put(edge.atEpochMillis(), now);
      }
    }
    partsByJob.values().forEach(parts -> times.addAll(parts.keySet()));
    long[] spanStarts = times.stream().mapToLong(Long::longValue).toArray();
    List<Shares.Holders> holders = new ArrayList<>();
    holders.add(Shares.Holders.NONE);
    for (long time : spanStarts) {
      List<String> jobs = new ArrayList<>();
      List<Integer> weights = new ArrayList<>();
      partsByJob.forEach((job, parts) -> {
        var entry = parts.floorEntry(time);
        if (entry != null && entry.getValue() > 0) {
          jobs.add(job);
          weights.add(entry.getValue());
        }
      });
      holders.add(Shares.Holders.of(jobs, weights.stream().mapToInt(Integer::intValue).toArray()));
    }
    return merged(spanStarts, holders);
  }

  /** Without edges at which nothing changes (a take and give back at one moment). */
  private static Shares merged(long[] times, List<Shares.Holders> holders) {
    List<Long> keptTimes = new ArrayList<>();
    List<Shares.Holders> kept = new ArrayList<>();
    kept.add(holders.getFirst());
    for (int i = 0; i < times.length; i++) {
      if (!holders.get(i + 1).equals(kept.getLast())) {
        keptTimes.add(times[i]);
        kept.add(holders.get(i + 1));
      }
    }
    return new Shares(keptTimes.stream().mapToLong(Long::longValue).toArray(), kept);
  }

  /** What one job holds, edge by edge. */
  private static final class Hold {
    private final Map<String, Integer> named = new HashMap<>();
    private int memoryParts;
    private int storageParts;
    private int cpuParts;
    private int nodeParts;
    private int gpusOnNode;

    void apply(AllocationEdge edge) {
      if (edge.hold()) {
        named.putAll(edge.deviceParts());
        memoryParts = edge.memoryParts();
        storageParts = edge.storageParts();
        cpuParts = edge.cpuParts();
        nodeParts = edge.nodeParts();
        gpusOnNode = edge.gpusOnNode();
      } else if (edge.releasesAll()) {
        named.clear();
        memoryParts = 0;
        storageParts = 0;
        cpuParts = 0;
        nodeParts = 0;
      } else {
        named.keySet().removeAll(edge.deviceParts().keySet());
      }
    }

    int partsOf(Device device) {
      Integer stated = named.get(device.id());
      if (stated != null) {
        return stated;
      }
      return switch (device.kind()) {
        case MEMORY -> orByGpus(memoryParts);
        case STORAGE -> orByGpus(storageParts);
        case CPU -> orByGpus(cpuParts);
        case NODE -> orByGpus(nodeParts);
        case GPU, FACILITY -> 0;
      };
    }

    private int orByGpus(int parts) {
      if (parts != AllocationEdge.BY_GPUS) {
        return parts;
      }
      int sum = named.values().stream().mapToInt(Integer::intValue).sum();
      return gpusOnNode == 0 ? 0 : Math.min(Shares.WHOLE, sum / gpusOnNode);
    }
  }
}

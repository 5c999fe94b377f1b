// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.attribute.AllocationEdge.By;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Allocations} should say, worked out anew from all edges whenever one is added.
 *
 * <p>What is known of the allocations on one node: a set of edges. What holds at a time follows
 * from the set alone, so it makes no difference in which order they arrived. Mutable; owned by the
 * {@link NodeAccount}.
 *
 * <p>A job that nobody says the end of ends all the same: when its node's agent says so, when its
 * device is given to another job, or when nothing was heard of it for {@link Limits#holdMillis()}.
 * If its own end is heard of later, that is what counts.
 */
final class PlainAllocations {
  // at one moment a job takes before it gives back: a job without length leaves nothing behind
  private static final Comparator<AllocationEdge> BY_TIME =
      Comparator.comparingLong(AllocationEdge::atEpochMillis)
          .thenComparing(edge -> !edge.hold())
          .thenComparing(AllocationEdge::by);

  private final Limits limits;
  private final List<AllocationEdge> edges = new ArrayList<>();
  private List<AllocationEdge> counting = List.of();
  // what the job of each of these holds from then on
  private List<Hold> holds = List.of();
  private @Nullable Map<String, Stay> stays;
  // devices that were given away alike, as most of a node are, are the same to look at
  private final Map<List<Integer>, PlainShares> sharesByParts = new HashMap<>();

  PlainAllocations(Limits limits) {
    this.limits = limits;
  }

  /**
   * What became of a job on this node.
   *
   * @param heldAt when it was given something first
   * @param end how it ended, or null if it did not
   * @param endAt when
   * @param devices by id, those that it was given by name, and for how long
   */
  record Stay(long heldAt, @Nullable JobAmount end, long endAt, Map<String, Held> devices) {
    Stay {
      devices = Map.copyOf(devices);
    }
  }

  /**
   * A device that a job was given.
   *
   * @param basisPointMillis time until it was released or its share changed, by share
   * @param basisPoints the share that it had since then; 0 once it was given back
   */
  record Held(long basisPointMillis, int basisPoints, long sinceMillis) {
    static final Held NEVER = new Held(0, 0, 0);

    Held from(long epochMillis, int newBasisPoints) {
      return new Held(basisPointMillisUntil(epochMillis), newBasisPoints, epochMillis);
    }

    long basisPointMillisUntil(long epochMillis) {
      return basisPointMillis + (epochMillis - sinceMillis) * basisPoints;
    }
  }

  /** Adds an edge; false if it was known. */
  boolean add(AllocationEdge edge) {
    for (AllocationEdge known : edges) {
      if (known.sameAs(edge)) {
        return false;
      }
    }
    edges.add(edge);
    edges.sort(BY_TIME);
    changed();
    return true;
  }

  private void changed() {
    counting = counting();
    holds = holds();
    stays = null;
    sharesByParts.clear();
  }

  List<AllocationEdge> edges() {
    return edges;
  }

  /** All but conclusions that are overruled. */
  private List<AllocationEdge> counting() {
    Map<String, By> best = new HashMap<>();
    for (AllocationEdge edge : edges) {
      if (edge.releasesAll()) {
        best.merge(edge.job(), edge.by(), (a, b) -> a.compareTo(b) <= 0 ? a : b);
      }
    }
    List<AllocationEdge> kept = new ArrayList<>(edges.size());
    Map<String, Long> heldAt = new HashMap<>();
    for (AllocationEdge edge : edges) {
      if (edge.hold()) {
        heldAt.put(edge.job(), edge.atEpochMillis());
      }
      boolean overruled = edge.releasesAll() && edge.by() != best.get(edge.job());
      // whoever repeats what it holds is alive
      boolean renewed =
          edge.by() == By.LIMIT
              && heldAt.getOrDefault(edge.job(), Long.MIN_VALUE)
                  > edge.atEpochMillis() - limits.holdMillis();
      if (!overruled && !renewed) {
        kept.add(edge);
      }
    }
    return kept;
  }

  /** The first time at which an allocation that lives now expires; {@code Long.MAX_VALUE}: none. */
  long nextExpiry() {
    long next = Long.MAX_VALUE;
    for (long heldAt : open().values()) {
      next = Math.min(next, heldAt + limits.holdMillis());
    }
    return next;
  }

  /** Jobs whose allocation is over at this time because nothing was heard of them. */
  List<AllocationEdge> expired(long epochMillis, long arrivalEpochMillis) {
    List<AllocationEdge> expired = new ArrayList<>();
    open()
        .forEach((job, heldAt) -> {
          long end = heldAt + limits.holdMillis();
          if (end <= epochMillis) {
            expired.add(
                new AllocationEdge(
                    job, false, end, Map.of(), 0, 0, 0, 0, 0, By.LIMIT, arrivalEpochMillis));
          }
        });
    return expired;
  }

  /** Jobs that nobody ended, and when they last said that they hold something. */
  private Map<String, Long> open() {
    TreeMap<String, Long> open = new TreeMap<>();
    for (AllocationEdge edge : counting) {
      if (edge.hold()) {
        open.put(edge.job(), edge.atEpochMillis());
      } else if (edge.releasesAll()) {
        open.remove(edge.job());
      }
    }
    return open;
  }

  /** What became of each job. */
  Map<String, Stay> stays() {
    Map<String, Stay> known = stays;
    if (known == null) {
      known = Collections.unmodifiableMap(worked());
      stays = known;
    }
    return known;
  }

  private Map<String, Stay> worked() {
    Map<String, Long> open = open();
    Map<String, Stay> stays = new TreeMap<>();
    for (AllocationEdge edge : counting) {
      Stay before = stays.get(edge.job());
      if (edge.hold() || before != null) {
        stays.put(edge.job(), after(edge, before, open.containsKey(edge.job())));
      }
    }
    Map<String, NavigableMap<String, NavigableMap<Long, Integer>>> byDevice = new HashMap<>();
    for (String job : open.keySet()) {
      long end = Long.MIN_VALUE;
      Stay held = stays.get(job);
      for (String id : held == null ? Set.<String>of() : held.devices.keySet()) {
        NavigableMap<Long, Integer> parts =
            byDevice
                .computeIfAbsent(
                    id, _ -> partsByJob(partsOf(Device.sensor(id, DeviceKind.GPU)), open))
                .get(job);
        // one that it still has, and all is open
        end =
            parts != null && !parts.isEmpty() && parts.lastEntry().getValue() == 0
                ? Math.max(end, parts.lastKey())
                : Long.MAX_VALUE;
        if (end == Long.MAX_VALUE) {
          break;
        }
      }
      if (end != Long.MAX_VALUE && end != Long.MIN_VALUE) {
        long endAt = end;
        stays.computeIfPresent(
            job,
            (_, stay) -> new Stay(stay.heldAt, JobAmount.NODES_TAKEN_OVER, endAt, stay.devices));
      }
    }
    return stays;
  }

  private static Stay after(AllocationEdge edge, @Nullable Stay before, boolean isOpen) {
    long at = edge.atEpochMillis();
    Map<String, Held> devices = new HashMap<>();
    if (before != null) {
      devices.putAll(before.devices);
    }
    if (edge.hold()) {
      edge.deviceBasisPoints()
          .forEach(
              (id, parts) -> devices.put(id, devices.getOrDefault(id, Held.NEVER).from(at, parts)));
    } else {
      devices.replaceAll((id, held) ->
          edge.releasesAll() || edge.deviceBasisPoints().containsKey(id) ? held.from(at, 0) : held);
    }
    boolean ends = edge.releasesAll() && !isOpen;
    return new Stay(
        before == null ? at : before.heldAt,
        ends ? endOf(edge.by()) : before == null ? null : before.end,
        ends ? at : before == null ? 0 : before.endAt,
        devices);
  }

  private static JobAmount endOf(By by) {
    return switch (by) {
      case HOOK -> JobAmount.NODES_RELEASED;
      case AGENT -> JobAmount.NODES_ENDED_BY_AGENT;
      case LIMIT -> JobAmount.NODES_EXPIRED;
    };
  }

  /**
   * Forgets jobs that have ended, where the last record of them is older than this; true if there
   * were any.
   */
  boolean forgetEndedBefore(long arrivalEpochMillis) {
    boolean anyBefore = false;
    for (AllocationEdge edge : edges) {
      anyBefore |= edge.arrivalEpochMillis() < arrivalEpochMillis;
    }
    if (!anyBefore) {
      return false;
    }
    Set<String> recent = new HashSet<>();
    for (AllocationEdge edge : edges) {
      if (edge.arrivalEpochMillis() >= arrivalEpochMillis) {
        recent.add(edge.job());
      }
    }
    Map<String, Stay> stays = stays();
    Set<String> over = new HashSet<>();
    for (AllocationEdge edge : edges) {
      Stay stay = stays.get(edge.job());
      if (stay == null || stay.end != null) {
        over.add(edge.job());
      }
    }
    // whoever took a device over must be remembered as long as the one it was taken from
    boolean needed =
        stays.entrySet().stream()
            .anyMatch(entry ->
                entry.getValue().end == JobAmount.NODES_TAKEN_OVER
                    && recent.contains(entry.getKey()));
    if (needed) {
      return false;
    }
    over.removeAll(recent);
    boolean any = edges.removeIf(edge -> over.contains(edge.job()));
    changed();
    return any;
  }

  /** Who has which share of this device, over all time. */
  PlainShares sharesOf(Device device) {
    if (edges.isEmpty() || device.kind() == DeviceKind.FACILITY) {
      return PlainShares.NOBODY;
    }
    return sharesByParts.computeIfAbsent(partsOf(device), this::sharesOf);
  }

  private PlainShares sharesOf(List<Integer> partsAtEdges) {
    NavigableMap<String, NavigableMap<Long, Integer>> partsByJob = partsByJob(partsAtEdges, open());
    TreeSet<Long> times = new TreeSet<>();
    partsByJob.values().forEach(parts -> times.addAll(parts.keySet()));
    long[] spanStarts = times.stream().mapToLong(Long::longValue).toArray();
    List<PlainShares.Holders> holders = new ArrayList<>();
    holders.add(PlainShares.Holders.NONE);
    for (long time : spanStarts) {
      List<String> jobs = new ArrayList<>();
      List<Integer> weights = new ArrayList<>();
      partsByJob.forEach((job, parts) -> {
        int now = at(parts, time);
        if (now > 0) {
          jobs.add(job);
          weights.add(now);
        }
      });
      holders.add(
          PlainShares.Holders.of(jobs, weights.stream().mapToInt(Integer::intValue).toArray()));
    }
    return merged(spanStarts, holders);
  }

  private List<Hold> holds() {
    Map<String, Hold> byJob = new HashMap<>();
    List<Hold> all = new ArrayList<>(counting.size());
    for (AllocationEdge edge : counting) {
      Hold hold = byJob.getOrDefault(edge.job(), Hold.NOTHING).after(edge);
      byJob.put(edge.job(), hold);
      all.add(hold);
    }
    return all;
  }

  /** What the job of each edge that counts has of the device from that edge on. */
  private List<Integer> partsOf(Device device) {
    List<Integer> parts = new ArrayList<>(holds.size());
    for (Hold hold : holds) {
      parts.add(hold.partsOf(device));
    }
    return parts;
  }

  /** By job: from when on it has which share of the device. */
  private NavigableMap<String, NavigableMap<Long, Integer>> partsByJob(
      List<Integer> partsAtEdges, Map<String, Long> open) {
    NavigableMap<String, NavigableMap<Long, Integer>> partsByJob = new TreeMap<>();
    for (int i = 0; i < counting.size(); i++) {
      AllocationEdge edge = counting.get(i);
      NavigableMap<Long, Integer> parts =
          partsByJob.computeIfAbsent(edge.job(), _ -> new TreeMap<>());
      int now = partsAtEdges.get(i);
      var before = parts.lastEntry();
      if ((before == null ? 0 : before.getValue()) != now) {
        parts.put(edge.atEpochMillis(), now);
      }
    }
    takeOver(partsByJob, open);
    return partsByJob;
  }

  /**
   * Where jobs were given more than the whole, those that nobody ended give way, the oldest first,
   * when another takes the device.
   */
  private static void takeOver(
      NavigableMap<String, NavigableMap<Long, Integer>> partsByJob, Map<String, Long> open) {
    if (open.isEmpty() || partsByJob.size() < 2) {
      return;
    }
    TreeSet<Long> times = new TreeSet<>();
    partsByJob.values().forEach(parts -> times.addAll(parts.keySet()));
    for (long time : times) {
      while (sumAt(partsByJob, time) > Shares.WHOLE) {
        String oldest = null;
        for (Map.Entry<String, Long> candidate : open.entrySet()) {
          NavigableMap<Long, Integer> parts = partsByJob.get(candidate.getKey());
          if (parts != null
              && at(parts, time) > 0
              && candidate.getValue() < time
              && (oldest == null || candidate.getValue() < open.getOrDefault(oldest, 0L))) {
            oldest = candidate.getKey();
          }
        }
        if (oldest == null) {
          break; // a true overlap: all are scaled down
        }
        NavigableMap<Long, Integer> parts = partsByJob.getOrDefault(oldest, new TreeMap<>());
        parts.tailMap(time, true).clear();
        parts.put(time, 0);
      }
    }
  }

  private static int sumAt(
      NavigableMap<String, NavigableMap<Long, Integer>> partsByJob, long time) {
    int sum = 0;
    for (NavigableMap<Long, Integer> parts : partsByJob.values()) {
      sum += at(parts, time);
    }
    return sum;
  }

  private static int at(NavigableMap<Long, Integer> parts, long time) {
    var entry = parts.floorEntry(time);
    return entry == null ? 0 : entry.getValue();
  }

  /** Without edges at which nothing changes (a take and give back at one moment). */
  private static PlainShares merged(long[] times, List<PlainShares.Holders> holders) {
    List<Long> keptTimes = new ArrayList<>();
    List<PlainShares.Holders> kept = new ArrayList<>();
    kept.add(holders.getFirst());
    for (int i = 0; i < times.length; i++) {
      if (!holders.get(i + 1).equals(kept.getLast())) {
        keptTimes.add(times[i]);
        kept.add(holders.get(i + 1));
      }
    }
    return new PlainShares(keptTimes.stream().mapToLong(Long::longValue).toArray(), kept);
  }

  /** What one job holds of the node after one of its edges. */
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

    private static int sum(Map<String, Integer> parts) {
      int sum = 0;
      for (int part : parts.values()) {
        sum += part;
      }
      return sum;
    }

    int partsOf(Device device) {
      Integer stated = named.get(device.id());
      if (stated != null) {
        return stated;
      }
      return switch (device.kind()) {
        case MEMORY -> orByGpus(memoryBasisPoints);
        case STORAGE -> orByGpus(storageBasisPoints);
        case CPU -> orByGpus(cpuBasisPoints);
        case NODE -> orByGpus(nodeBasisPoints);
        case GPU, FACILITY, UPS, PDU, GENERATION, EXPORT -> 0;
      };
    }

    private int orByGpus(int parts) {
      if (parts != AllocationEdge.BY_GPUS) {
        return parts;
      }
      return gpusOnNode == 0 ? 0 : Math.min(Shares.WHOLE, namedSum / gpusOnNode);
    }
  }
}

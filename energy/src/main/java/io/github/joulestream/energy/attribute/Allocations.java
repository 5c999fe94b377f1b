// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.attribute.KnownClaims.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the allocations on one node: a set of edges. What holds at a time follows from
 * the set alone, so it makes no difference in which order they arrived. An edge costs what it
 * changes, not what is known: edges are kept by job, and shares by device. Mutable; owned by the
 * {@link NodeAccount}.
 *
 * <p>A job whose hook reports no end ends when its node's agent reports it, when its device is
 * given to another job, or when nothing was received of it for {@link Limits#holdMillis()}. If its
 * own end is received later, that one counts.
 */
final class Allocations {
  /**
   * How often ended jobs are looked for that can be forgotten: once a window. At twice that they
   * are kept for ten seconds longer of two hours.
   */
  private static final long FORGET_INTERVAL_MILLIS = 10_000;

  private final Limits limits;
  private final AllocationRoom room = new AllocationRoom();
  private final TreeMap<String, HeldJob> jobs = new TreeMap<>();
  // when jobs without a reported end were last given something, and of how many jobs
  private final TreeMap<Long, Integer> openSince = new TreeMap<>();
  private final TreeMap<String, Stay> stays = new TreeMap<>();
  // jobs that have ended, or never held anything, by when the last record of them arrived
  private final TreeMap<Long, Set<String>> over = new TreeMap<>();
  private Set<String> takenOver = Set.of();
  // by id of a device: jobs that name it
  private final Map<String, Set<String>> naming = new HashMap<>();
  private final KnownClaims claims;
  // when it was last looked whether there is something to forget
  private long lookedMillis = -FORGET_INTERVAL_MILLIS;

  Allocations(Limits limits) {
    this(limits, KnownClaims.FEW_EDGES);
  }

  /** Allocations that keep claims from so many edges on. */
  Allocations(Limits limits, int fewEdges) {
    this.limits = limits;
    this.claims = new KnownClaims(fewEdges, this::jobsAt, this::openSince);
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

  /**
   * What an edge changed of what became of jobs: those that are not named are as they were.
   *
   * @param placed placements that are others now, and that of a job that holds on and of which this
   *     is the first edge of a day
   */
  record Change(Map<String, Stay> before, Map<String, Stay> after, List<JobPlacement> placed) {}

  /** Why an edge is refused, or null if it is not. */
  @Nullable SiteAmount refusal(AllocationEdge edge) {
    if (edge.atEpochMillis() > edge.arrivalEpochMillis() + limits.futureMillis()) {
      return SiteAmount.REFUSED_FUTURE;
    }
    if (Limits.isOld(edge.atEpochMillis(), edge.arrivalEpochMillis())) {
      return SiteAmount.REFUSED_OLD;
    }
    return noRoomFor(edge) == null ? null : SiteAmount.REFUSED_OVER_STATE;
  }

  /** Why there is no room for an edge, or null if there is. */
  @Nullable String noRoomFor(AllocationEdge edge) {
    return room.noneFor(edge, jobs.get(edge.job()), naming.keySet());
  }

  /** Begins with edges that were known. */
  void begin(List<AllocationEdge> known) {
    byJob(known).forEach((name, ofJob) -> put(name, HeldJob.of(name, ofJob, limits)));
    workOutStays();
  }

  private void workOutStays() {
    jobs.keySet().forEach(this::workOutStay);
    claims.dropIfFew(room.edges());
  }

  private static Map<String, List<AllocationEdge>> byJob(List<AllocationEdge> edges) {
    Map<String, List<AllocationEdge>> byJob = new TreeMap<>();
    for (AllocationEdge edge : edges) {
      byJob.computeIfAbsent(edge.job(), _ -> new ArrayList<>()).add(edge);
    }
    return byJob;
  }

  /** Adds an edge; null if it was known. */
  @Nullable Change add(AllocationEdge edge) {
    String name = edge.job();
    HeldJob before = jobs.get(name);
    HeldJob now = HeldJob.with(before, edge, limits);
    if (now == null) {
      return null;
    }
    JobPlacement placedBefore = placement(name);
    boolean firstOfDay = before != null && before.isFirstOfDay(edge);
    Set<String> touched = replace(name, before, now);
    Map<String, Stay> staysBefore = new TreeMap<>();
    Map<String, Stay> staysNow = new TreeMap<>();
    for (String job : touched) {
      Stay old = stays.get(job);
      if (old != null) {
        staysBefore.put(job, old);
      }
      workOutStay(job);
      Stay stay = stays.get(job);
      if (stay != null) {
        staysNow.put(job, stay);
      }
    }
    List<JobPlacement> placed = new ArrayList<>();
    for (String job : staysNow.keySet()) {
      JobPlacement placement = placement(job);
      // of others it says that they lost a device, or have it again
      if (placement != null
          && (!job.equals(name)
              || placedBefore == null
              || !placement.says(placedBefore)
              || (firstOfDay && placement.end() == null))) {
        placed.add(placement);
      }
    }
    claims.dropIfFew(room.edges());
    return new Change(staysBefore, staysNow, placed);
  }

  /** What a job holds or held; null if it never held anything, or is not remembered. */
  @Nullable JobPlacement placement(String name) {
    HeldJob job = jobs.get(name);
    Stay stay = stays.get(name);
    return job == null || stay == null
        ? null
        : JobPlacement.of(job, stay, id -> claims.of(new Place(id, DeviceKind.GPU)));
  }

  /** Puts a job in the place of what was known of it; returns jobs whose end may be another. */
  private Set<String> replace(String name, @Nullable HeldJob before, @Nullable HeldJob now) {
    Set<String> touched = new TreeSet<>();
    touched.add(name);
    Set<String> ids = new HashSet<>();
    if (before != null) {
      before.namesInto(ids);
    }
    if (now != null) {
      now.namesInto(ids);
    }
    // a job that loses one of several devices is found where the claims to it are resolved
    ids.forEach(id -> claims.of(new Place(id, DeviceKind.GPU)));
    if (before != null) {
      takeAway(name, before);
    }
    if (now != null) {
      put(name, now);
    }
    long openBefore = before == null ? HeldJob.NEVER : before.openSince();
    long openNow = now == null ? HeldJob.NEVER : now.openSince();
    claims.change(name, now, openBefore != openNow, ids, touched);
    return touched;
  }

  private void put(String name, HeldJob job) {
    jobs.put(name, job);
    room.add(job);
    Set<String> ids = new HashSet<>();
    job.namesInto(ids);
    for (String id : ids) {
      NameSets.add(naming, id, name);
    }
    if (job.isOpen()) {
      openSince.merge(job.openSince(), 1, Integer::sum);
    }
  }

  private void takeAway(String name, HeldJob job) {
    jobs.remove(name);
    room.remove(job);
    if (job.isOpen()) {
      openSince.computeIfPresent(job.openSince(), (_, count) -> count == 1 ? null : count - 1);
    }
    NameSets.remove(over, job.lastArrivalMillis(), name);
  }

  private void workOutStay(String name) {
    HeldJob job = jobs.get(name);
    Stay stay = job == null ? null : job.stay();
    takenOver = NameSets.without(takenOver, name);
    if (stay != null && job != null && job.isOpen()) {
      long end = lostAllAt(name, stay.devices.keySet());
      if (end != Long.MAX_VALUE) {
        stay = new Stay(stay.heldAt, JobAmount.NODES_TAKEN_OVER, end, stay.devices);
        takenOver = NameSets.with(takenOver, name);
      }
    }
    if (stay == null) {
      stays.remove(name);
    } else {
      stays.put(name, stay);
    }
    if (job != null) {
      NameSets.remove(over, job.lastArrivalMillis(), name);
      if (stay == null || stay.end != null) {
        NameSets.add(over, job.lastArrivalMillis(), name);
      }
    }
  }

  /** When a job lost the last of its devices; {@code Long.MAX_VALUE} if it has one, or had none. */
  private long lostAllAt(String name, Set<String> ids) {
    long end = Long.MIN_VALUE;
    for (String id : ids) {
      end = Math.max(end, claims.of(new Place(id, DeviceKind.GPU)).lostAt(name));
      if (end == Long.MAX_VALUE) {
        return end;
      }
    }
    return end == Long.MIN_VALUE ? Long.MAX_VALUE : end;
  }

  private long openSince(String name) {
    HeldJob job = jobs.get(name);
    return job == null ? HeldJob.NEVER : job.openSince();
  }

  /** The jobs that may claim a place. */
  private Collection<HeldJob> jobsAt(Place place) {
    if (place.kind() != DeviceKind.GPU) {
      return jobs.values();
    }
    List<HeldJob> found = new ArrayList<>();
    for (String name : naming.getOrDefault(place.id(), Set.of())) {
      HeldJob job = jobs.get(name);
      if (job != null) {
        found.add(job);
      }
    }
    return found;
  }

  /** True if a job that is remembered names a device of this id. */
  boolean isNamed(String id) {
    return naming.containsKey(id);
  }

  /** True if a job has no reported end. */
  boolean anyOpen() {
    return !openSince.isEmpty();
  }

  /** All edges, by job. */
  List<AllocationEdge> edges() {
    List<AllocationEdge> all = new ArrayList<>(room.edges());
    jobs.values().forEach(job -> all.addAll(job.edges()));
    return all;
  }

  /** The first time at which an allocation that lives now expires; {@code Long.MAX_VALUE}: none. */
  long nextExpiry() {
    return openSince.isEmpty() ? Long.MAX_VALUE : openSince.firstKey() + limits.holdMillis();
  }

  /** Jobs whose allocation has expired at this time because nothing was received of them. */
  List<AllocationEdge> expired(long epochMillis, long arrivalEpochMillis) {
    List<AllocationEdge> expired = new ArrayList<>();
    jobs.values()
        .forEach(job -> {
          long end = job.openSince() + limits.holdMillis();
          if (job.isOpen() && end <= epochMillis) {
            expired.add(
                new AllocationEdge(
                    job.name(),
                    false,
                    end,
                    Map.of(),
                    0,
                    0,
                    0,
                    0,
                    0,
                    AllocationEdge.By.LIMIT,
                    arrivalEpochMillis));
          }
        });
    return expired;
  }

  /** What became of each job. */
  Map<String, Stay> stays() {
    return Collections.unmodifiableMap(stays);
  }

  /** What became of the jobs that name a device. */
  Map<String, Stay> staysNaming(String id) {
    Map<String, Stay> found = new TreeMap<>();
    for (String name : naming.getOrDefault(id, Set.of())) {
      Stay stay = stays.get(name);
      if (stay != null) {
        found.put(name, stay);
      }
    }
    return found;
  }

  /**
   * Forgets jobs that have ended, where their last record is older than this; true if there were
   * any.
   */
  boolean forgetEndedBefore(long arrivalEpochMillis) {
    if (over.isEmpty()
        || over.firstKey() >= arrivalEpochMillis
        || arrivalEpochMillis < lookedMillis + FORGET_INTERVAL_MILLIS) {
      return false;
    }
    lookedMillis = arrivalEpochMillis;
    // a job that took a device over must be remembered as long as the one it was taken from
    long needed = Long.MAX_VALUE;
    for (String name : takenOver) {
      HeldJob job = jobs.get(name);
      Stay stay = stays.get(name);
      if (job != null && stay != null && job.lastArrivalMillis() >= arrivalEpochMillis) {
        needed = Math.min(needed, stay.heldAt);
      }
    }
    Set<String> forgotten = new LinkedHashSet<>();
    for (Set<String> names : over.headMap(arrivalEpochMillis, false).values()) {
      for (String name : names) {
        Stay stay = stays.get(name);
        if (stay == null || stay.endAt <= needed) {
          forgotten.add(name);
        }
      }
    }
    // nor is a job forgotten to which one that stays lost a device: it would have it again
    boolean needs = true;
    while (needs) {
      needs = forgotten.removeIf(name -> madeGiveWay(name, forgotten));
    }
    forgotten.forEach(this::forget);
    claims.dropIfFew(room.edges());
    return !forgotten.isEmpty();
  }

  /** True if a job that is remembered, and not one of these, lost a device to this one. */
  private boolean madeGiveWay(String name, Set<String> except) {
    Set<String> ids = new HashSet<>();
    HeldJob job = jobs.get(name);
    if (job != null) {
      job.namesInto(ids);
    }
    return ids.stream()
        .anyMatch(id -> claims.of(new Place(id, DeviceKind.GPU)).madeGiveWay(name, except));
  }

  private void forget(String name) {
    HeldJob job = jobs.get(name);
    if (job == null) {
      return;
    }
    Set<String> touched = replace(name, job, null);
    touched.remove(name);
    stays.remove(name);
    takenOver = NameSets.without(takenOver, name);
    touched.forEach(this::workOutStay);
    Set<String> ids = new HashSet<>();
    job.namesInto(ids);
    for (String id : ids) {
      if (NameSets.remove(naming, id, name)) {
        claims.forget(id);
      }
    }
  }

  /** Who has which share of this device, over all time. */
  Shares sharesOf(Device device) {
    if (jobs.isEmpty() || device.kind().isSiteMeter()) {
      return Shares.NOBODY;
    }
    boolean byName = naming.containsKey(device.id());
    if (!byName && device.kind() == DeviceKind.GPU) {
      return Shares.NOBODY;
    }
    return claims.sharesOf(new Place(byName ? device.id() : "", device.kind()), room.edges());
  }

  /** When the last of the edges arrived; {@code Long.MIN_VALUE} if there are none. */
  long lastArrivalMillis() {
    long last = Long.MIN_VALUE;
    for (HeldJob job : jobs.values()) {
      last = Math.max(last, job.lastArrivalMillis());
    }
    return last;
  }

  void write(StateWriter state) throws IOException {
    List<AllocationEdge> all = edges();
    state.number(all.size());
    for (AllocationEdge edge : all) {
      AllocationEdgeCodec.write(edge, state);
    }
    for (HeldJob job : jobs.values()) {
      state.writeLong(job.anchorMillis());
    }
  }

  void read(StateReader in) throws IOException {
    List<AllocationEdge> all = new ArrayList<>();
    for (int left = in.countOrInt(); left > 0; left--) {
      all.add(AllocationEdgeCodec.read(in));
    }
    if (in.format() <= NodeFormats.WITHOUT_ANCHORS) {
      begin(all);
      return;
    }
    for (Map.Entry<String, List<AllocationEdge>> job : byJob(all).entrySet()) {
      put(job.getKey(), HeldJob.of(job.getKey(), job.getValue(), in.readLong(), limits));
    }
    workOutStays();
  }

  /** What all of it has cost so far, in steps. */
  long steps() {
    return claims.steps();
  }
}

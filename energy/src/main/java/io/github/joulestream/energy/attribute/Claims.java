// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.DeviceKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The shares that jobs claim of one device, or of all devices alike, and the shares that result:
 * where they were given more than all of it, jobs without a reported end give way, the oldest
 * first, when another job takes the device. A change of one job is followed up only as far as it
 * makes a difference. Mutable; owned by {@link Allocations}.
 */
final class Claims {
  private final String id;
  private final DeviceKind kind;
  // by job: from when on it claims which share
  private final Map<String, NavigableMap<Long, Integer>> claimed = new HashMap<>();
  // by time: jobs whose claim changes then
  private final TreeMap<Long, Set<String>> claimedAt = new TreeMap<>();
  // jobs that gave way, and when
  private final Map<String, Long> cuts = new HashMap<>();
  private final TreeMap<Long, Set<String>> cutAt = new TreeMap<>();
  // times at which jobs were given more than all of it
  private final TreeSet<Long> over = new TreeSet<>();
  private Shares shares = Shares.NOBODY;

  // what this has cost so far, in steps
  long steps;

  /** Claims to the device of this id, or with an empty one to all of a kind that no job names. */
  Claims(String id, DeviceKind kind) {
    this.id = id;
    this.kind = kind;
  }

  Shares shares() {
    return shares;
  }

  /** Begins with the claims of these jobs. */
  void begin(Collection<HeldJob> jobs, ToLongFunction<String> open) {
    for (HeldJob job : jobs) {
      NavigableMap<Long, Integer> basisPoints = job.basisPointsOf(id, kind);
      if (!basisPoints.isEmpty()) {
        put(job.name(), basisPoints);
      }
    }
    if (!claimedAt.isEmpty()) {
      new FollowUp(claimedAt.firstKey(), Long.MAX_VALUE, Set.of(), open).run(Long.MAX_VALUE);
    }
  }

  /**
   * Takes the claims of a job as they are now.
   *
   * @param isOpenOtherwise true if it has ended, or was renewed, since before
   * @param open when a job without a reported end was last given something; {@link HeldJob#NEVER}
   *     of others
   * @return jobs that give way now and did not, or no longer do, or at another time
   */
  Set<String> change(
      String name, @Nullable HeldJob job, boolean isOpenOtherwise, ToLongFunction<String> open) {
    NavigableMap<Long, Integer> before = claimed.getOrDefault(name, new TreeMap<>());
    NavigableMap<Long, Integer> now = job == null ? new TreeMap<>() : job.basisPointsOf(id, kind);
    long first = firstDifference(before, now);
    long from = first;
    if (isOpenOtherwise && !(before.isEmpty() && now.isEmpty())) {
      long begins =
          Math.min(
              before.isEmpty() ? Long.MAX_VALUE : before.firstKey(),
              now.isEmpty() ? Long.MAX_VALUE : now.firstKey());
      // whether it would give way makes a difference only where some job has to
      Long contested = over.ceiling(begins);
      from = Math.min(from, contested == null ? Long.MAX_VALUE : contested);
    }
    long least = from;
    if (first != Long.MAX_VALUE) {
      remove(name, before);
      if (!now.isEmpty()) {
        put(name, now);
      }
    }
    if (least == Long.MAX_VALUE) {
      return Set.of();
    }
    long last = first == Long.MAX_VALUE ? Long.MIN_VALUE : lastDifference(before, now);
    return new FollowUp(least, last, isOpenOtherwise ? Set.of(name) : Set.of(), open)
        .run(Long.MAX_VALUE);
  }

  /** When a job has the device no longer; {@code Long.MAX_VALUE} if it has, or never had it. */
  long lostAt(String name) {
    Long cut = cuts.get(name);
    if (cut != null) {
      return cut;
    }
    NavigableMap<Long, Integer> basisPoints = claimed.get(name);
    return basisPoints == null || basisPoints.isEmpty() || basisPoints.lastEntry().getValue() != 0
        ? Long.MAX_VALUE
        : basisPoints.lastKey();
  }

  /** From when on a job has which share; none once it gave way. Empty if it claims nothing. */
  NavigableMap<Long, Integer> heldBy(String name) {
    NavigableMap<Long, Integer> basisPoints = claimed.get(name);
    if (basisPoints == null) {
      return Collections.emptyNavigableMap();
    }
    Long cut = cuts.get(name);
    if (cut == null) {
      return Collections.unmodifiableNavigableMap(basisPoints);
    }
    NavigableMap<Long, Integer> held = new TreeMap<>(basisPoints.headMap(cut, false));
    held.put(cut, 0);
    return held;
  }

  /**
   * True if another job gave way while this one had a share, or as it took one: without this job
   * the other would have the device still.
   *
   * @param except jobs of which it makes no difference
   */
  boolean madeGiveWay(String name, Set<String> except) {
    NavigableMap<Long, Integer> held = heldBy(name);
    if (held.isEmpty() || cutAt.isEmpty()) {
      return false;
    }
    long to = held.lastEntry().getValue() == 0 ? held.lastKey() : Long.MAX_VALUE;
    for (Set<String> jobs : cutAt.subMap(held.firstKey(), true, to, true).values()) {
      for (String job : jobs) {
        if (!job.equals(name) && !except.contains(job)) {
          return true;
        }
      }
    }
    return false;
  }

  private void put(String name, NavigableMap<Long, Integer> basisPoints) {
    claimed.put(name, basisPoints);
    for (Long time : basisPoints.keySet()) {
      NameSets.add(claimedAt, time, name);
      steps++;
    }
  }

  private void remove(String name, NavigableMap<Long, Integer> basisPoints) {
    claimed.remove(name);
    for (Long time : basisPoints.keySet()) {
      NameSets.remove(claimedAt, time, name);
      steps++;
    }
  }

  private static long firstDifference(
      NavigableMap<Long, Integer> a, NavigableMap<Long, Integer> b) {
    long first = Long.MAX_VALUE;
    for (Map.Entry<Long, Integer> entry : a.entrySet()) {
      if (!entry.getValue().equals(b.get(entry.getKey()))) {
        first = entry.getKey();
        break;
      }
    }
    for (Map.Entry<Long, Integer> entry : b.entrySet()) {
      if (!entry.getValue().equals(a.get(entry.getKey()))) {
        return Math.min(first, entry.getKey());
      }
    }
    return first;
  }

  private static long lastDifference(NavigableMap<Long, Integer> a, NavigableMap<Long, Integer> b) {
    long last = Long.MIN_VALUE;
    for (Map.Entry<Long, Integer> entry : a.descendingMap().entrySet()) {
      if (!entry.getValue().equals(b.get(entry.getKey()))) {
        last = entry.getKey();
        break;
      }
    }
    for (Map.Entry<Long, Integer> entry : b.descendingMap().entrySet()) {
      if (!entry.getValue().equals(a.get(entry.getKey()))) {
        return Math.max(last, entry.getKey());
      }
    }
    return last;
  }

  /** Works out again who holds the device, from a time on until all is as it was. */
  private final class FollowUp {
    private final long from;
    private final long lastClaimed;
    // jobs that would or would not give way now
    private final Set<String> doubtful;
    private final ToLongFunction<String> open;
    private final Map<String, Integer> now = new HashMap<>();
    private final Map<String, Integer> before = new HashMap<>();
    // jobs that hold otherwise than before at the time in hand
    private final Set<String> differing = new HashSet<>();
    // jobs that gave way since the beginning, in one of the two only
    private final Set<String> cutOtherwise = new HashSet<>();
    private final Map<String, Long> newCuts = new HashMap<>();
    private final Map<String, Long> oldCuts = new HashMap<>();
    private final List<Long> nowOver = new ArrayList<>();
    private final List<Shares.Edge> edges = new ArrayList<>();
    private final TreeMap<String, Integer> changed = new TreeMap<>();
    private int sum;

    FollowUp(long from, long lastClaimed, Set<String> doubtful, ToLongFunction<String> open) {
      this.from = from;
      this.lastClaimed = lastClaimed;
      this.doubtful = doubtful;
      this.open = open;
      int span = from == Long.MIN_VALUE ? 0 : shares.spanAt(from - 1);
      Shares.Holders holders = shares.holders(span);
      for (int i = 0; i < holders.jobs().size(); i++) {
        now.put(holders.jobs().get(i), holders.weights()[i]);
        sum += holders.weights()[i];
        steps++;
      }
      before.putAll(now);
    }

    Set<String> run(long end) {
      long time = from;
      long reached = end;
      Long next = nextTime(time);
      while (next != null) {
        time = next;
        at(time);
        if (time >= lastClaimed && isAsBefore()) {
          reached = time;
          break;
        }
        if (time == Long.MAX_VALUE) {
          break;
        }
        next = nextTime(time + 1);
      }
      finish(reached);
      Set<String> others = new HashSet<>();
      newCuts.forEach((job, at) -> {
        if (!at.equals(oldCuts.get(job))) {
          others.add(job);
        }
      });
      oldCuts.forEach((job, at) -> {
        if (!at.equals(newCuts.get(job))) {
          others.add(job);
        }
      });
      return others;
    }

    /** The next time at which a claim changes, or at which something changed before. */
    private @Nullable Long nextTime(long least) {
      Long claimed = claimedAt.ceilingKey(least);
      Shares.Edge edge = shares.edgeFrom(least);
      Long cut = cutAt.ceilingKey(least);
      Long next = claimed;
      if (edge != null && (next == null || edge.millis < next)) {
        next = edge.millis;
      }
      return cut != null && (next == null || cut < next) ? cut : next;
    }

    private void at(long time) {
      steps++;
      Shares.Edge old = shares.edgeFrom(time);
      if (old != null && old.millis == time) {
        for (int i = 0; i < old.jobs.length; i++) {
          set(before, old.jobs[i], old.held[i]);
          see(old.jobs[i]);
        }
      }
      for (String job : cutAt.getOrDefault(time, Set.of())) {
        oldCuts.put(job, time);
        seeCut(job);
      }
      changed.clear();
      Set<String> claiming = claimedAt.get(time);
      if (claiming != null) {
        for (String job : claiming) {
          if (!isCut(job)) {
            set(job, claimed.getOrDefault(job, new TreeMap<>()).getOrDefault(time, 0));
          }
        }
        if (sum > Shares.WHOLE) {
          nowOver.add(time);
        }
        giveWay(time);
      }
      note(time);
    }

    private void giveWay(long time) {
      while (sum > Shares.WHOLE) {
        String oldest = null;
        long since = 0;
        for (String job : now.keySet()) {
          steps++;
          long openSince = open.applyAsLong(job);
          if (openSince != HeldJob.NEVER
              && openSince < time
              && (oldest == null
                  || openSince < since
                  || (openSince == since && job.compareTo(oldest) < 0))) {
            oldest = job;
            since = openSince;
          }
        }
        if (oldest == null) {
          return; // a true overlap: all are scaled down
        }
        newCuts.put(oldest, time);
        seeCut(oldest);
        set(oldest, 0);
      }
    }

    /** True if it gave way before the time in hand. */
    private boolean isCut(String job) {
      Long cut = cuts.get(job);
      return (cut != null && cut < from) || newCuts.containsKey(job);
    }

    private void set(String job, int basisPoints) {
      Integer known = now.get(job);
      int held = known == null ? 0 : known;
      if (held == basisPoints) {
        return;
      }
      changed.putIfAbsent(job, held);
      sum += basisPoints - held;
      set(now, job, basisPoints);
      see(job);
    }

    private static void set(Map<String, Integer> of, String job, int basisPoints) {
      if (basisPoints == 0) {
        of.remove(job);
      } else {
        of.put(job, basisPoints);
      }
    }

    private void see(String job) {
      if (now.getOrDefault(job, 0).equals(before.getOrDefault(job, 0))) {
        differing.remove(job);
      } else {
        differing.add(job);
      }
    }

    private void seeCut(String job) {
      if (newCuts.containsKey(job) == oldCuts.containsKey(job)) {
        cutOtherwise.remove(job);
      } else {
        cutOtherwise.add(job);
      }
    }

    /** Notes what changes at this time; what goes and comes back at once does not. */
    private void note(long time) {
      changed.entrySet().removeIf(of -> now.getOrDefault(of.getKey(), 0).equals(of.getValue()));
      if (changed.isEmpty()) {
        return;
      }
      String[] jobs = changed.keySet().toArray(String[]::new);
      int[] had = new int[jobs.length];
      int[] basisPoints = new int[jobs.length];
      for (int i = 0; i < jobs.length; i++) {
        had[i] = changed.getOrDefault(jobs[i], 0);
        basisPoints[i] = now.getOrDefault(jobs[i], 0);
      }
      edges.add(new Shares.Edge(time, jobs, had, basisPoints));
    }

    /** True if from here on all is as it was. */
    private boolean isAsBefore() {
      if (!differing.isEmpty() || !cutOtherwise.isEmpty()) {
        return false;
      }
      for (String job : doubtful) {
        if (now.containsKey(job)) {
          return false;
        }
        NavigableMap<Long, Integer> basisPoints = claimed.get(job);
        if (basisPoints != null && basisPoints.lastKey() > lastClaimed) {
          return false;
        }
      }
      return true;
    }

    private void finish(long reached) {
      over.subSet(from, true, reached, true).clear();
      over.addAll(nowOver);
      oldCuts.forEach((job, at) -> {
        cuts.remove(job);
        NameSets.remove(cutAt, at, job);
      });
      newCuts.forEach((job, at) -> {
        cuts.put(job, at);
        NameSets.add(cutAt, at, job);
      });
      shares = shares.with(from, reached, edges);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.joulestream.energy.CapacityUse;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.NodeCapacity;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.capacity.SiteCapacity;
import io.github.joulestream.energy.capacity.StorageGrowth;
import io.github.joulestream.schemas.Capacity;
import io.github.joulestream.schemas.PoolPeaks;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Memory and storage of a site, from what its nodes report. */
class CapacityWatchTest {
  private static final long SEED = Long.getLong("laws.seed", 19_007);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long START = Events.START;
  private static final int MINUTE = Capacity.MINUTE_MILLIS;
  private static final int HOUR = 3_600_000;

  private final Memory memory = new Memory(Events.SITE);
  private SiteWatch watch = new SiteWatch(Events.SITE, memory, memory);

  private static NodePower node(
      String name, long epochMillis, long memoryWatts, @Nullable NodeCapacity capacity) {
    return new NodePower(
        name,
        epochMillis,
        1_000_000,
        List.of(0L, 1_000 * memoryWatts, 5_000L),
        0,
        List.of(),
        List.of(),
        capacity);
  }

  private static NodeCapacity of(CapacityUse memory, int gpus, int gpusAllocated) {
    return new NodeCapacity(memory, new CapacityUse(1_000, 0, 10), gpus, gpusAllocated);
  }

  private static CapacityUse use(long seen, long allocated, long used) {
    return new CapacityUse(seen, allocated, used);
  }

  private void report(long second, NodePower... nodes) {
    watch.accept(Events.power(START + 1_000 * second, nodes));
  }

  private static long at(long second) {
    return START + 1_000 * second;
  }

  /** A node with all GPUs taken, one with a free GPU, one without GPUs, one of unknown use. */
  private void threeNodes(long second) {
    report(
        second,
        node("n1", at(second), 100, of(use(2_000, 500, 400), 8, 80_000)),
        node("n2", at(second), 60, of(use(2_000, 1_500, 100), 8, 70_000)),
        node("n3", at(second), 40, of(use(1_000, 0, 50), 0, 0)),
        node("n4", at(second), 20, of(use(500, 100, CapacityUse.UNKNOWN), 2, 20_000)));
  }

  @Test
  void aMinute_hasWhatIsStranded_untouched_andRentable() {
    for (long second = 0; second <= 190; second += 10) {
      threeNodes(second);
    }
    // after a start the first 20 s are left out, so that all nodes have reported
    assertThat(memory.capacities).hasSize(2 * 2 + 2);
    Capacity minute = memory.capacities.get(2);
    assertThat(minute)
        .isEqualTo(
            new Capacity(
                Events.SITE,
                START + MINUTE,
                MINUTE,
                6,
                4,
                4,
                18,
                170_000,
                // 1,500 + 400 free where GPUs are taken, 500 + 1,000 elsewhere; n1 100 and n2 1,400
                // allocated and not used; n3 50 used and not allocated
                new SiteCapacity(5_500, 2_100, 1_900, 1_500, 5_000, 550, 550, 1_500, 50, 220_000),
                new SiteCapacity(4_000, 0, 2_000, 2_000, 4_000, 40, 40, 0, 40, 20_000),
                null));
    assertThat(memory.capacities.getFirst().times()).isEqualTo(4);
    Capacity hour = memory.capacities.get(3);
    assertThat(hour.windowMillis()).isEqualTo(HOUR);
    assertThat(hour.windowStartEpochMillis()).isEqualTo(START);
    assertThat(hour.times()).isEqualTo(4 + 6);
    assertThat(hour.memory()).isEqualTo(minute.memory());
    assertThat(hour.growth()).isNull();
  }

  /** What is not known is not counted, and the record says of how many nodes it is. */
  @Test
  void aNodeThatIsSilentForAMinute_isNotCounted() {
    for (long second = 0; second <= 300; second += 10) {
      if (second <= 100) {
        threeNodes(second);
      } else {
        report(second, node("n3", at(second), 40, of(use(1_000, 0, 50), 0, 0)));
      }
    }
    Capacity last = memory.capacities.get(memory.capacities.size() - 2);
    assertThat(last.windowMillis()).isEqualTo(MINUTE);
    assertThat(last.nodes()).isEqualTo(4);
    assertThat(last.reportingNodes()).isEqualTo(1);
    assertThat(last.memory().seenMebibytes()).isEqualTo(1_000);
    assertThat(last.memory().strandedMebibytes()).isZero();
    assertThat(last.memory().milliwatts()).isEqualTo(40_000);
    // a power without a capacity, which nodes emit most of the time, takes nothing back
    report(301, node("n3", at(301), 40, null));
    for (long second = 310; second <= 420; second += 10) {
      report(second, node("n3", at(second), 40, null));
    }
    assertThat(memory.capacities.getLast().windowStartEpochMillis()).isEqualTo(START);
    assertThat(memory.capacities.get(memory.capacities.size() - 2).windowStartEpochMillis())
        .isEqualTo(START + 5 * MINUTE);
  }

  // ---- over generated nodes, against a plain reference

  /** Latest figures of all groups, by resource, size and index. */
  private Map<String, PoolPeaks.Group> groups(long hourStart) {
    Map<String, PoolPeaks.Group> groups = new TreeMap<>();
    for (PoolPeaks peaks : memory.peaks) {
      if (peaks.hourStartEpochMillis() == hourStart) {
        peaks
            .groups()
            .forEach(group ->
                groups.put(
                    "%s %d %d".formatted(peaks.resource(), peaks.size(), group.index()), group));
      }
    }
    return groups;
  }

  private static CapacityUse any(Random random) {
    int seen = 100 + random.nextInt(1_000);
    return use(
        seen, random.nextInt(seen + 1), random.nextInt(12) == 0 ? -1 : random.nextInt(seen + 1));
  }

  /** Sizes stay as they are, what is allocated and used changes. */
  private static CapacityUse next(CapacityUse before, Random random) {
    int seen = (int) before.seenMebibytes();
    return use(seen, random.nextInt(seen + 1), before.isUseKnown() ? random.nextInt(seen + 1) : -1);
  }

  private static void plainPeaks(
      Map<String, PoolPeaks.Group> into,
      DeviceKind resource,
      List<CapacityUse[]> times,
      int nodes) {
    for (int size : new int[] {1, 8, 16, PoolPeaks.ALL}) {
      int k = size == PoolPeaks.ALL ? nodes : size;
      for (int first = 0; first < nodes; first += k) {
        int[] places = IntStream.range(first, Math.min(nodes, first + k)).toArray();
        long peak =
            times.stream()
                .mapToLong(use ->
                    Arrays.stream(places).mapToLong(n -> Math.max(0, use[n].usedMebibytes())).sum())
                .max()
                .orElseThrow();
        long seen =
            Arrays.stream(places)
                .mapToObj(n -> times.getFirst()[n])
                .filter(CapacityUse::isUseKnown)
                .mapToLong(CapacityUse::seenMebibytes)
                .sum();
        if (seen > 0) {
          into.put(
              "%s %d %d".formatted(resource, size, first / k),
              new PoolPeaks.Group(first / k, peak, seen));
        }
      }
    }
  }

  private static NodePower[] all(
      List<String> names, long second, CapacityUse[] memory, CapacityUse[] storage) {
    NodePower[] all = new NodePower[names.size()];
    for (int n = 0; n < all.length; n++) {
      all[n] = node(names.get(n), at(second), 1, new NodeCapacity(memory[n], storage[n], 8, 0));
    }
    return all;
  }

  @Test
  void peaksOfPools_areThoseOfAPlainReference_withNeighboursTogether() {
    System.out.println("CapacityWatchTest seed " + SEED);
    Random random = new Random(SEED);
    for (int round = 0; round < 30; round++) {
      memory.entries.clear();
      memory.peaks.clear();
      watch = new SiteWatch(Events.SITE, memory, memory);
      int nodes = 1 + random.nextInt(40);
      boolean restart = random.nextBoolean();
      List<String> names = new ArrayList<>();
      Map<String, String> racks = new HashMap<>();
      for (int n = 0; n < nodes; n++) {
        String name = "n%02d".formatted(n);
        names.add(name);
        racks.put(name, "r" + random.nextInt(4));
        watch.accept(Events.labels(name, Map.of("rack", requireNonNull(racks.get(name)))));
      }
      names.sort(Comparator.comparing((String name) -> racks.get(name)).thenComparing(n -> n));
      CapacityUse[] ofMemory = new CapacityUse[nodes];
      CapacityUse[] ofStorage = new CapacityUse[nodes];
      Arrays.setAll(ofMemory, _ -> any(random));
      Arrays.setAll(ofStorage, _ -> any(random));
      List<CapacityUse[]> timesOfMemory = new ArrayList<>();
      List<CapacityUse[]> timesOfStorage = new ArrayList<>();
      for (long second = 0; second <= 250; second += 10) {
        Arrays.setAll(ofMemory, n -> next(ofMemory[n], random));
        Arrays.setAll(ofStorage, n -> next(ofStorage[n], random));
        // after a start 20 s are left out; a restart loses what is not stored, under a minute
        boolean counted =
            second >= 20 && second < 240 && (!restart || second < 60 || second >= 150);
        if (counted) {
          timesOfMemory.add(ofMemory.clone());
          timesOfStorage.add(ofStorage.clone());
        }
        List<NodePower> shuffled = Arrays.asList(all(names, second, ofMemory, ofStorage));
        Collections.shuffle(shuffled, random);
        // from two tasks of the accounting
        int cut = random.nextInt(nodes + 1);
        report(second, shuffled.subList(0, cut).toArray(NodePower[]::new));
        report(second, shuffled.subList(cut, nodes).toArray(NodePower[]::new));
        if (restart && second == 120) {
          watch = memory.restored();
        }
      }
      Map<String, PoolPeaks.Group> plain = new TreeMap<>();
      plainPeaks(plain, DeviceKind.MEMORY, timesOfMemory, nodes);
      plainPeaks(plain, DeviceKind.STORAGE, timesOfStorage, nodes);
      assertThat(groups(START)).as("round %d", round).isEqualTo(plain);
    }
  }

  /** With each hour all begins anew, and a node that is new within one has the last place. */
  @Test
  void anotherHour_hasItsOwnPeaksAndPlaces() {
    CapacityUse small = use(100, 0, 10);
    CapacityUse large = use(1_000, 0, 900);
    for (long second = 0; second <= 2 * 3_600 + 70; second += 10) {
      List<NodePower> nodes = new ArrayList<>();
      nodes.add(
          node("b", at(second), 1, of(second < 3_000 ? use(200, 0, 150) : use(200, 0, 20), 1, 0)));
      nodes.add(node("c", at(second), 1, of(small, 1, 0)));
      if (second >= 600) {
        nodes.add(node("a", at(second), 1, of(large, 1, 0)));
      }
      report(second, nodes.toArray(NodePower[]::new));
    }
    Map<String, PoolPeaks.Group> first = groups(START);
    assertThat(first)
        .containsEntry("MEMORY 1 0", new PoolPeaks.Group(0, 150, 200))
        .containsEntry("MEMORY 1 1", new PoolPeaks.Group(1, 10, 100))
        .containsEntry("MEMORY 1 2", new PoolPeaks.Group(2, 900, 1_000))
        .containsEntry("MEMORY 8 0", new PoolPeaks.Group(0, 1_060, 1_300));
    Map<String, PoolPeaks.Group> second = groups(START + HOUR);
    assertThat(second)
        .containsEntry("MEMORY 1 0", new PoolPeaks.Group(0, 900, 1_000))
        .containsEntry("MEMORY 1 1", new PoolPeaks.Group(1, 20, 200))
        .containsEntry("MEMORY 0 0", new PoolPeaks.Group(0, 930, 1_300));
    assertThat(groups(START + 2L * HOUR)).hasSameSizeAs(second);
    Capacity hour =
        memory.capacities.stream()
            .filter(one -> one.windowMillis() == HOUR)
            .filter(one -> one.windowStartEpochMillis() == START + HOUR)
            .reduce((_, last) -> last)
            .orElseThrow();
    assertThat(hour.times()).isEqualTo(360);
    // of hours that are over nothing is stored
    assertThat(Events.names(memory, StateSection.POOL_ORDER)).hasSize(1);
    assertThat(Events.names(memory, StateSection.POOL_PEAKS)).hasSize(2);
  }

  /** Ten days of a site whose drives fill up, and a restart in between. */
  @Test
  void usedStorageGrows_andTheHourSaysWhenItIsFull() {
    long day = 86_400;
    for (long second = 0; second <= 10 * day + 120; second += second % 3_600 < 90 ? 10 : 30) {
      CapacityUse drives = use(1_000_000, 0, 100_000 + second / 864);
      report(second, node("n", at(second), 1, new NodeCapacity(CapacityUse.NONE, drives, 0, 0)));
      if (second == 5 * day + 1_800) {
        watch = memory.restored();
      }
    }
    List<Capacity> hours =
        memory.capacities.stream().filter(one -> one.windowMillis() == HOUR).toList();
    assertThat(hours.getFirst().growth()).isNull();
    StorageGrowth.Forecast growth = requireNonNull(hours.getLast().growth());
    // 100 MiB a day, and 899,000 MiB are left
    assertThat(growth.bytesPerDay() >> 20).isBetween(99L, 101L);
    assertThat((growth.fullEpochMillis() - START) / 1_000 / day).isBetween(8_910L, 9_090L);
    assertThat(hours.getLast().memory().usedMebibytes()).isEqualTo(SiteCapacity.UNKNOWN);
    assertThat(
            memory.capacities.stream()
                .filter(one -> one.windowMillis() == MINUTE)
                .map(Capacity::growth))
        .containsOnlyNulls();
  }

  /** Every 10 s a sum over all nodes: nothing is allocated for a node that was there before. */
  @Test
  void aSumOverManyNodes_allocatesNothingForEach() {
    int nodes = 100_000;
    SitePower power = new SitePower();
    CapacityWatch capacity = new CapacityWatch(Events.SITE, power, memory, memory);
    for (int n = 0; n < nodes; n++) {
      NodeCapacity of = of(use(1_000, n % 1_000, n % 700), 8, n % 3 == 0 ? 80_000 : 0);
      power.update(node("n" + n, START + 30_000, 1, of), START + 30_000);
    }
    // the fourth gives all nodes their places
    for (long second = 0; second <= 40; second += 10) {
      capacity.moveTo(at(second));
    }
    long nanos = System.nanoTime();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    capacity.moveTo(at(50));
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    System.out.printf(
        "CapacityWatchTest: a sum over %,d nodes: %,d B, %.1f ms%n",
        nodes, allocated, (System.nanoTime() - nanos) / 1e6);
    assertThat(allocated).isLessThan(nodes);
    nanos = System.nanoTime();
    capacity.moveTo(at(60));
    capacity.moveTo(at(70));
    System.out.printf(
        "CapacityWatchTest: with a minute that is emitted and stored: %.1f ms, %,d B stored%n",
        (System.nanoTime() - nanos) / 1e6,
        memory.entries.values().stream().mapToLong(value -> value.length).sum());
    assertThat(memory.capacities.getFirst().reportingNodes()).isEqualTo(nodes);
    assertThat(memory.peaks).allMatch(one -> one.groups().size() <= 5_000);
    assertThat(groups(START)).hasSize(2 * (nodes + nodes / 8 + nodes / 16 + 1));
  }
}

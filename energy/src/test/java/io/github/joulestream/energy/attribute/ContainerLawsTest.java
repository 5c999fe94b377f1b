// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.SiteAmount.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.attribute.NodeLawsTest.Books;
import io.github.joulestream.energy.attribute.NodeLawsTest.Input;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Laws of what counts in a node's total over generated meters that are silent, refused, zero, slow
 * or late, beside what they contain: the container where it has energy, else its parts, never both,
 * never neither, in any order and any batching.
 */
class ContainerLawsTest {
  private static final long SEED = Long.getLong("laws.seed", 7_025);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 40);
  private static final long WINDOW = Limits.DEFAULT.windowMillis();
  private static final long START = 1_700_000_000_000L;
  private static final long LATER = START + 3_600_000;
  private static final long[] NONE = {};

  @Test
  void theContainerCountsWhereItHasEnergy_elseItsParts_inAnyOrder() throws IOException {
    System.out.println("ContainerLawsTest seed " + SEED);
    int byMeter = 0;
    int byParts = 0;
    int bySecond = 0;
    int expected = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      List<DeviceSeries> node = randomNode(random);
      List<AllocationEdge> edges = randomEdges(random);

      Books inOrder = new Books(50);
      for (AllocationEdge edge : edges) {
        inOrder.take(new Input.Edge(edge));
      }
      for (Input input : byTime(node)) {
        inOrder.take(input);
      }
      inOrder.assertBalanced();

      List<Input> shuffled = new ArrayList<>(NodeLawsTest.batches(node, 2, random));
      edges.forEach(edge -> shuffled.add(new Input.Edge(edge)));
      shuffled.add(shuffled.get(random.nextInt(shuffled.size())));
      Collections.shuffle(shuffled, random);
      Books anyOrder = new Books(7);
      for (Input input : shuffled) {
        anyOrder.take(input);
        anyOrder.assertBalanced();
      }
      assertThat(NodeLawsTest.differences(anyOrder.energies(), inOrder.energies()))
          .as("round " + round)
          .isEmpty();
      assertThat(NodeLawsTest.differences(anyOrder.jobEnergies(), inOrder.jobEnergies()))
          .as("round " + round)
          .isEmpty();

      // each device for itself says what it has in each window
      Energies meter = alone(node, edges, "node");
      Energies second = alone(node, edges, "second");
      List<Energies> parts = new ArrayList<>();
      boolean measuredMemory = has(node, "dram");
      for (String id : List.of("gpu0", "gpu1", "gpu2", "cpu0", "dram")) {
        parts.add(alone(node, edges, id));
      }
      Energies modelled = alone(node, edges, "memory");
      Energies dram = parts.getLast();
      TreeSet<Long> windows = new TreeSet<>(inOrder.site.keySet());
      for (Energies one : parts) {
        windows.addAll(one.total.keySet());
      }
      long newest = newest(node, null);
      long last = newest(node, "node");
      long lastDram = newest(node, "dram");
      for (long window : windows) {
        if (isExpected(meter, last, newest, window)
            || (measuredMemory && isExpected(dram, lastDram, newest, window))) {
          // whether it comes back is not known yet
          expected++;
          continue;
        }
        long ofParts = 0;
        for (Energies one : parts) {
          ofParts += one.at(window);
        }
        long claimed = measuredMemory ? ofParts : ofParts + modelled.at(window);
        long others = claimed;
        if (measuredMemory && dram.at(window) == 0) {
          others += modelled.at(window);
        }
        boolean secondCounts = second.at(window) > claimed && (claimed > 0 || has(node, "node"));
        long right =
            meter.at(window) > 0 ? meter.at(window) : secondCounts ? second.at(window) : others;
        Totals<io.github.joulestream.energy.SiteAmount> booked =
            inOrder.site.getOrDefault(window, Totals.ofSite());
        assertThat(booked.get(MEASURED_TOTAL_MILLIJOULES))
            .as(
                "round %d, window %d: meter %d, second %d, claimed %d, modelled %d",
                round,
                window - START,
                meter.at(window),
                second.at(window),
                claimed,
                modelled.at(window))
            .isEqualTo(right);
        assertThat(booked.get(WHOLE_NODE_MILLIJOULES))
            .isEqualTo(
                meter.at(window) > 0 ? meter.at(window) : secondCounts ? second.at(window) : 0);
        if (meter.at(window) > 0) {
          byMeter++;
        } else if (secondCounts) {
          bySecond++;
        } else if (right > 0) {
          byParts++;
          if (window > last + WINDOW && claimed > 0) {
            assertThat(booked.get(UNCOVERED_MILLIS))
                .as("round %d, window %d", round, window - START)
                .isGreaterThanOrEqualTo(WINDOW);
          }
        }
      }
    }
    // the generator reaches every rule
    assertThat(List.of(byMeter, byParts, bySecond, expected)).allMatch(count -> count > 0);
  }

  /** True if the longest patience with a device may not be over yet. */
  private static boolean isExpected(Energies device, long last, long newest, long window) {
    return last != Long.MIN_VALUE
        && window > last - 2 * WINDOW
        && device.at(window) == 0
        && newest - last <= 120_000;
  }

  /** Energy of one device by window, as if it were alone on its node. */
  private record Energies(Map<Long, Long> total) {
    long at(long window) {
      return total.getOrDefault(window, 0L);
    }
  }

  private static Energies alone(List<DeviceSeries> node, List<AllocationEdge> edges, String id)
      throws IOException {
    Books books = new Books(Integer.MAX_VALUE);
    for (AllocationEdge edge : edges) {
      books.take(new Input.Edge(edge));
    }
    List<DeviceSeries> alone =
        node.stream()
            .filter(series -> series.device().id().equals(id))
            .map(series ->
                new DeviceSeries(series.device().withContainedIn(null), series.readings()))
            .toList();
    for (Input input : byTime(alone)) {
      books.take(input);
    }
    Map<Long, Long> total = new TreeMap<>();
    books.site.forEach((window, totals) -> {
      if (totals.get(MEASURED_TOTAL_MILLIJOULES) != 0) {
        total.put(window, totals.get(MEASURED_TOTAL_MILLIJOULES));
      }
    });
    return new Energies(total);
  }

  private static boolean has(List<DeviceSeries> node, String id) {
    return newest(node, id) != Long.MIN_VALUE;
  }

  /** Time of the newest usable reading; of any device if {@code id} is null. */
  private static long newest(
      List<DeviceSeries> node, @org.jspecify.annotations.Nullable String id) {
    long newest = Long.MIN_VALUE;
    for (DeviceSeries series : node) {
      if (id == null || series.device().id().equals(id)) {
        for (Sample point :
            new SampleReader(
                    Limits.DEFAULT, io.github.joulestream.energy.integrate.Calibration.NONE)
                .read(series, LATER, SampleReader.SILENT)) {
          newest = Math.max(newest, point.epochMillis());
        }
      }
    }
    return newest;
  }

  /** As an agent sends it: all devices together, now and then. */
  private static List<Input> byTime(List<DeviceSeries> node) {
    List<Input> batches = new ArrayList<>();
    long from = START;
    long sequence = 0;
    long newest = LATER;
    while (from < newest) {
      List<DeviceSeries> batch = new ArrayList<>();
      for (DeviceSeries series : node) {
        long[] times = series.readings().epochMillis();
        int first = firstFrom(times, from);
        int end = firstFrom(times, from + 2_000);
        if (first < end) {
          batch.add(
              new DeviceSeries(series.device(), NodeLawsTest.cut(series.readings(), first, end)));
        }
      }
      if (!batch.isEmpty()) {
        batches.add(new Input.Batch(1, sequence++, batch));
      }
      from += 2_000;
    }
    return batches;
  }

  private static int firstFrom(long[] times, long from) {
    int first = 0;
    while (first < times.length && times[first] < from) {
      first++;
    }
    return first;
  }

  private static List<DeviceSeries> randomNode(Random random) {
    long length = 60_000L + random.nextInt(900_000);
    List<DeviceSeries> node = new ArrayList<>();
    Device meter = Device.sensor("node", DeviceKind.NODE);
    if (random.nextInt(10) > 0) {
      node.add(meter(meter, 400_000, length, random));
    }
    if (random.nextInt(3) == 0) {
      Device second = Device.sensor("second", DeviceKind.NODE).withContainedIn(DeviceKind.NODE);
      node.add(meter(second, random.nextBoolean() ? 390_000 : 20_000, length, random));
    }
    int gpus = random.nextInt(4);
    for (int g = 0; g < gpus; g++) {
      Device gpu = Device.sensor("gpu" + g, DeviceKind.GPU).withContainedIn(DeviceKind.NODE);
      boolean counts = random.nextBoolean();
      node.add(part(counts ? gpu.withCounter(1, 0) : gpu, 100_000, length, counts, random));
    }
    if (random.nextBoolean()) {
      Device cpu = Device.sensor("cpu0", DeviceKind.CPU).withContainedIn(DeviceKind.NODE);
      node.add(part(cpu, 80_000, length, false, random));
    }
    boolean measured = random.nextInt(3) == 0;
    if (measured) {
      Device dram = Device.sensor("dram", DeviceKind.MEMORY).withContainedIn(DeviceKind.NODE);
      node.add(meter(dram, 9_000, length, random));
    }
    Device memory =
        Device.sensor("memory", DeviceKind.MEMORY)
            .withSource(PowerSource.MODELLED)
            .withContainedIn(has(node, "dram") ? DeviceKind.MEMORY : DeviceKind.NODE);
    node.add(part(memory, 5_000, length, false, random));
    Collections.shuffle(node, random);
    return node;
  }

  /** It measures, says nothing, says 0, says its error value, by stretches of its own choice. */
  private static DeviceSeries meter(Device device, long about, long length, Random random) {
    long cadence = List.of(1_000L, 1_000L, 5_000L, 20_000L, 60_000L).get(random.nextInt(5));
    List<Long> times = new ArrayList<>();
    List<Long> powers = new ArrayList<>();
    long time = START + random.nextInt(20_000);
    boolean whole = device.kind() == DeviceKind.NODE && device.containedIn() == null;
    while (time < START + length) {
      long until = time + random.nextInt(400_000);
      int mood = random.nextInt(6);
      while (time < until && time < START + length) {
        long power = about + random.nextInt((int) about / 5);
        switch (mood) {
          case 0 -> {} // silent
          case 1 -> add(times, time, powers, Readings.MISSING);
          case 2 -> add(times, time, powers, whole ? 0 : -1);
          case 3 -> add(times, time, powers, 4_294_967_295_000L);
          default -> add(times, time, powers, power);
        }
        time += cadence + random.nextInt(100);
      }
    }
    return series(device, times, powers, NONE);
  }

  private static DeviceSeries part(
      Device device, long about, long length, boolean counts, Random random) {
    List<Long> times = new ArrayList<>();
    List<Long> powers = new ArrayList<>();
    List<Long> counter = new ArrayList<>();
    long time = START + random.nextInt(20_000);
    long counted = 0;
    while (time < START + length) {
      long power = about + random.nextInt((int) about / 2);
      add(times, time, powers, power);
      counter.add(counted);
      long next = 1_000L + random.nextInt(random.nextInt(200) == 0 ? 400_000 : 100);
      counted += power * next;
      time += next;
    }
    return series(
        device,
        times,
        powers,
        counts ? counter.stream().mapToLong(Long::longValue).toArray() : NONE);
  }

  private static void add(List<Long> times, long time, List<Long> powers, long power) {
    times.add(time);
    powers.add(power);
  }

  private static DeviceSeries series(
      Device device, List<Long> times, List<Long> powers, long[] counter) {
    return new DeviceSeries(
        device,
        new Readings(
            times.stream().mapToLong(Long::longValue).toArray(),
            powers.stream().mapToLong(Long::longValue).toArray(),
            counter,
            new long[times.size()],
            new long[times.size()],
            NONE,
            NONE));
  }

  private static List<AllocationEdge> randomEdges(Random random) {
    List<AllocationEdge> edges = new ArrayList<>();
    for (int j = random.nextInt(4); j > 0; j--) {
      long at = START + random.nextInt(600_000);
      Map<String, Integer> parts = new TreeMap<>();
      for (int g = 0; g < 3; g++) {
        if (random.nextBoolean()) {
          parts.put("gpu" + g, random.nextBoolean() ? 10_000 : random.nextInt(10_001));
        }
      }
      int share = random.nextInt(10_001);
      String job = "job" + j;
      edges.add(edge(job, true, at, parts, share));
      if (random.nextInt(4) > 0) {
        edges.add(edge(job, false, at + random.nextInt(300_000), Map.of(), 0));
      }
    }
    return edges;
  }

  private static AllocationEdge edge(
      String job, boolean hold, long at, Map<String, Integer> parts, int share) {
    return new AllocationEdge(
        job, hold, at, parts, share, share, share, share, 3, AllocationEdge.By.HOOK, LATER);
  }
}

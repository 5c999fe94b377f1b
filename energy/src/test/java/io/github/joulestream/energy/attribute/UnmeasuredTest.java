// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.SiteAmount.MEASURED_TOTAL_MILLIJOULES;
import static io.github.joulestream.energy.SiteAmount.UNCOVERED_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.attribute.NodeLawsTest.Books;
import io.github.joulestream.energy.attribute.NodeLawsTest.Input;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device that reports rows without energy is there, and unknown: uncovered, never covered. */
class UnmeasuredTest {
  private static final long SEED = Long.getLong("laws.seed", 3_303);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 200);
  private static final long START = 1_700_000_000_000L;
  private static final long LATER = START + 3_600_000;
  private static final Device GPU = Device.sensor("gpu0", DeviceKind.GPU);
  private static final Device CPU = Device.sensor("cpu0", DeviceKind.CPU);
  private static final long[] NONE = {};

  @ParameterizedTest
  @ValueSource(longs = {Readings.MISSING, -1, 4_294_967_295_000L, Long.MAX_VALUE})
  void aGpuWithoutPower_isUncoveredFromItsFirstRowOn_andItsJobWhenItEnds(long says) {
    BookedNode node = new BookedNode();
    node.take(1, LATER, series(GPU, 0, 100, says), series(CPU, 0, 100, 50_000));
    assertThat(node.site(UNCOVERED_MILLIS)).isEqualTo(100_000);
    node.take(edge("a", true, START + 20_000, Map.of("gpu0", 10_000), 10_000));
    assertThat(node.job("a", JobAmount.COVERED_MILLIS)).isEqualTo(79_000);
    node.take(edge("a", false, START + 60_000, Map.of(), 0));
    node.restart();
    // all of the processor, nothing of the GPU
    assertThat(node.job("a", JobAmount.COVERED_MILLIS)).isEqualTo(40_000);
    assertThat(node.job("a", JobAmount.UNCOVERED_MILLIS)).isEqualTo(40_000);
    assertThat(node.site(UNCOVERED_MILLIS)).isEqualTo(100_000);
    assertThat(node.site(SiteAmount.COVERED_MILLIS)).isEqualTo(99_000);
    assertThat(node.site(MEASURED_TOTAL_MILLIJOULES)).isEqualTo(99 * 50_000);
  }

  @Test
  void aProcessorWhoseCounterCannotBeRead_isUncoveredForItsJobsByShare() {
    BookedNode node = new BookedNode();
    node.take(edge("a", true, START + 20_000, Map.of(), 2_500));
    node.take(1, LATER, series(GPU, 0, 100, 300_000));
    node.take(1, LATER, series(CPU, 0, 50, Readings.MISSING));
    node.restart();
    node.take(1, LATER, series(CPU, 50, 100, Readings.MISSING));
    assertThat(node.site(UNCOVERED_MILLIS)).isEqualTo(100_000);
    assertThat(node.job("a", JobAmount.UNCOVERED_MILLIS)).isEqualTo(80_000 / 4);
    assertThat(node.job("a", JobAmount.COVERED_MILLIS)).isZero();
    // it works from here on: its account says what was not known before, once
    node.take(1, LATER, series(CPU, 110, 200, 50_000));
    assertThat(node.job("a", JobAmount.UNCOVERED_MILLIS)).isEqualTo(90_000 / 4 - 10_000 / 4);
    assertThat(node.job("a", JobAmount.COVERED_MILLIS)).isEqualTo((89_000 + 10_000) / 4);
  }

  @Test
  void whatIsPartOfAMeter_orIsNeitherGpuNorProcessor_isNotUncovered() {
    BookedNode node = new BookedNode();
    node.take(
        1,
        LATER,
        series(Device.sensor("node", DeviceKind.NODE), 0, 100, 900_000),
        series(GPU.withContainedIn(DeviceKind.NODE), 0, 100, Readings.MISSING),
        series(Device.sensor("nvme0", DeviceKind.STORAGE), 0, 100, Readings.MISSING),
        series(Device.sensor("memory", DeviceKind.MEMORY), 0, 100, Readings.MISSING));
    assertThat(node.site(UNCOVERED_MILLIS)).isZero();
  }

  @Test
  void rowsAYearApart_areNoYear() {
    BookedNode node = new BookedNode();
    long year = 365L * 86_400;
    node.take(1, LATER + year * 1_000, series(GPU, 0, 20, Readings.MISSING));
    node.take(1, LATER + year * 1_000, series(GPU, year, year + 20, Readings.MISSING));
    assertThat(node.site(UNCOVERED_MILLIS)).isEqualTo(40_000);
    assertThat(node.mostWindows).isLessThan(10);
  }

  @Test
  void aDeviceThatOnlyGivesMissingOnesAnyMore_isUncoveredForItsJobWhenThatEnds() {
    BookedNode node = new BookedNode();
    node.take(edge("a", true, START, Map.of("gpu0", 10_000), 0));
    node.take(1, LATER, series(GPU, 0, 31, 300_000));
    node.take(1, LATER, series(GPU, 31, 600, Readings.MISSING));
    assertThat(node.job("a", JobAmount.COVERED_MILLIS)).isEqualTo(30_000);
    node.take(edge("a", false, START + 600_000, Map.of(), 0));
    // held for the limit of gaps, unknown after it
    assertThat(node.job("a", JobAmount.COVERED_MILLIS)).isEqualTo(40_000);
    assertThat(node.job("a", JobAmount.UNCOVERED_MILLIS)).isEqualTo(560_000);
  }

  @Test
  void law_orderBatchingRepeatsAndRestarts_makeNoDifference() throws IOException {
    System.out.println("UnmeasuredTest seed " + SEED);
    long uncovered = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      List<DeviceSeries> node = new ArrayList<>();
      for (int g = 0; g < 3; g++) {
        node.add(random(Device.sensor("gpu" + g, DeviceKind.GPU), random));
      }
      node.add(random(CPU, random));
      List<Input> edges = new ArrayList<>();
      for (int j = random.nextInt(5); j > 0; j--) {
        long at = START + random.nextInt(600_000);
        Map<String, Integer> parts =
            Map.of("gpu" + random.nextInt(3), random.nextBoolean() ? 10_000 : 3_333);
        edges.add(new Input.Edge(edge("job" + j, true, at, parts, random.nextInt(10_001))));
        if (random.nextInt(3) > 0) {
          long end = at + random.nextInt(400_000);
          edges.add(new Input.Edge(edge("job" + j, false, end, Map.of(), 0)));
        }
      }
      Books inOrder = new Books(50);
      for (Input input : edges) {
        inOrder.take(input);
      }
      for (Input input : NodeLawsTest.batches(node, 1, random)) {
        inOrder.take(input);
      }
      List<Input> shuffled = new ArrayList<>(NodeLawsTest.batches(node, 2, random));
      shuffled.addAll(edges);
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
      for (var totals : inOrder.site.values()) {
        uncovered += totals.get(UNCOVERED_MILLIS);
        assertThat(totals.get(UNCOVERED_MILLIS)).isNotNegative();
      }
    }
    assertThat(uncovered).isPositive();
  }

  /** Nothing usable at first, or ever, or always. */
  private static DeviceSeries random(Device device, Random random) {
    int size = random.nextInt(200);
    int mute = random.nextInt(3) == 0 ? size : random.nextInt(size + 1);
    long[] times = new long[size];
    long[] powers = new long[size];
    long time = START + random.nextInt(60_000);
    for (int i = 0; i < size; i++) {
      time += random.nextInt(30) == 0 ? 20_000 + random.nextInt(400_000) : 1_000;
      times[i] = time;
      powers[i] =
          i < mute || random.nextInt(20) == 0 ? Readings.MISSING : 100_000 + random.nextInt(9_000);
    }
    return series(device, times, powers);
  }

  private static DeviceSeries series(Device device, long fromSecond, long toSecond, long power) {
    long[] times = new long[(int) (toSecond - fromSecond)];
    Arrays.setAll(times, i -> START + (fromSecond + i) * 1_000);
    long[] powers = new long[times.length];
    Arrays.fill(powers, power);
    return series(device, times, powers);
  }

  private static DeviceSeries series(Device device, long[] times, long[] powers) {
    return new DeviceSeries(
        device,
        new Readings(
            times, powers, NONE, new long[times.length], new long[times.length], NONE, NONE));
  }

  private static AllocationEdge edge(
      String job, boolean hold, long at, Map<String, Integer> parts, int cpuBasisPoints) {
    return new AllocationEdge(
        job, hold, at, parts, 0, 0, cpuBasisPoints, 0, 3, AllocationEdge.By.HOOK, LATER);
  }
}

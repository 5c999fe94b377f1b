// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.SiteAmount.*;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is kept of a node is bounded, and so is what one record may cost; the rest is refused. */
class BoundsRulesTest {
  private static final long START = 1_700_000_000_000L;
  private static final long DAY = 24 * 3_600_000L;
  private static final long YEAR = 365 * DAY;
  private static final History NOTHING = (_, _) -> List.of();

  private final BookedNode node = new BookedNode();

  // ---- time

  /** Three readings, a year apart, of a device that a job holds. */
  @Test
  void readingsAYearApart_areAFewWindows() {
    node.take(hold("a", START, Map.of("gpu0", 10_000)));
    for (int i = 0; i < 4; i++) {
      long time = START + i * YEAR;
      node.take(1, time, gpu(time, 300_000, Readings.MISSING));
      node.take(1, time + 1, gpu(time + 1_000, 300_000, 1_000_000L * i));
    }
    assertThat(node.mostWindows).isLessThan(20);
    // as long as the allocation lives unheard, and an hour each of what nobody holds
    assertThat(node.site(UNCOVERED_MILLIS)).isBetween(31 * DAY, 31 * DAY + 4 * 3_600_000);
  }

  @Test
  void readingsAndAllocationsOfTenYearsAgo_orAhead_areRefused() {
    long old = START - 3_654 * DAY;
    Outcome outcome = node.take(1, START, gpu(old, 300_000, Readings.MISSING));
    assertThat(outcome.refusals()).singleElement().asString().startsWith("refused old of gpu0");
    assertThat(node.site(REFUSED_OLD)).isEqualTo(1);
    // counted where somebody looks
    assertThat(node.site.keySet()).containsExactly(Limits.DEFAULT.windowOf(START));

    NodeAccount account = new NodeAccount(Limits.DEFAULT);
    Increments books = new Increments();
    for (long at : new long[] {Long.MIN_VALUE, old, START + 300_001, Long.MAX_VALUE}) {
      AllocationEdge edge = edge("a", true, at, Map.of("gpu0", 10_000), START);
      assertThat(account.refusal(edge)).isNotNull();
      assertThat(account.accept(edge, NOTHING, books)).isFalse();
    }
    assertThat(requireNonNull(books.site().get(Limits.DEFAULT.windowOf(START))).get(REFUSED_OLD))
        .isEqualTo(2);
    assertThat(requireNonNull(books.site().get(Limits.DEFAULT.windowOf(START))).get(REFUSED_FUTURE))
        .isEqualTo(2);
    assertThat(account.refusal(edge("a", true, START + 300_000, Map.of(), START))).isNull();
  }

  /** A counter that is read every 71 hours for ten years, in one record. */
  @Test
  void aRecordOfMillionsOfWindows_isTakenUpToItsBound() {
    int rows = 1_200;
    long[] times = new long[rows];
    long[] energies = new long[rows];
    for (int i = 0; i < rows; i++) {
      times[i] = START + i * 71L * 3_600_000;
      energies[i] = i * 71L * 3_600 * 100_000_000;
    }
    long[] none = {};
    DeviceSeries all =
        new DeviceSeries(
            Device.sensor("gpu0", DeviceKind.GPU),
            new Readings(times, none, energies, none, none, none, none));
    NodeAccount account = new NodeAccount(Limits.DEFAULT);
    Increments books = new Increments();
    books.forNode("node1");
    Outcome outcome =
        account.accept(1, 1, new Arrival(times[rows - 1], List.of(all)), NOTHING, books);

    assertThat(books.made()).isBetween(100_000, SumRoom.MAX_SUMS + 60_000);
    assertThat(outcome.refusals()).singleElement().asString().startsWith("refused over state");
    long taken = rows - sum(books, REFUSED_OVER_STATE);
    assertThat(taken).isBetween(4L, 20L);
    assertThat(outcome.rest().getFirst().readings().size()).isEqualTo((int) taken);
    // what was taken is whole: 100 W from the first to the last of it
    assertThat(sum(books, MEASURED_TOTAL_MILLIJOULES))
        .isEqualTo((taken - 1) * 71 * 3_600 * 100_000);
  }

  /** Many jobs share a processor for three days without a reading: one sum, not a million. */
  @Test
  void aStepOfACounterThatManyJobsShare_isOneSum() {
    for (int i = 0; i < 100; i++) {
      node.take(
          new AllocationEdge(
              "job" + i, true, START, Map.of(), 0, 0, 100, 0, 0, AllocationEdge.By.HOOK, START));
    }
    Device cpu = Device.sensor("cpu0", DeviceKind.CPU);
    long end = START + 3 * DAY - 10_000;
    for (long time : new long[] {START + 1_000, end}) {
      node.take(
          1,
          time,
          new DeviceSeries(
              cpu,
              Readings.ofCounter(
                  new long[] {time}, new long[] {100_000}, new long[] {time - START})));
    }
    assertThat(node.mostWindows).isLessThan(1_000);
    assertThat(node.site(UNCOVERED_MILLIS)).isPositive();
  }

  // ---- what is kept

  @Test
  void moreDevicesThanAreKept_areRefusedAndCounted() throws IOException {
    NodeAccount account = new NodeAccount(Limits.DEFAULT);
    Increments books = new Increments();
    books.forNode("node1");
    for (int batch = 0; batch < 60; batch++) {
      List<DeviceSeries> series = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        Device device = Device.sensor("d" + batch + "." + i, DeviceKind.STORAGE);
        series.add(
            new DeviceSeries(
                device, Readings.ofPower(new long[] {START + batch}, new long[] {5_000})));
      }
      Outcome outcome =
          account.accept(1, batch, new Arrival(START + batch, series), NOTHING, books);
      assertThat(outcome.complete()).isEqualTo(batch < 40);
    }
    assertThat(sum(books, REFUSED_OVER_STATE)).isEqualTo(6_000 - DeviceRoom.MAX_DEVICES);
    assertThat(SampleAccount.written(account)).hasSizeLessThan(2 << 20);
    // those that are kept are taken on
    DeviceSeries known =
        new DeviceSeries(
            Device.sensor("d0.0", DeviceKind.STORAGE),
            Readings.ofPower(new long[] {START + 1_000}, new long[] {5_000}));
    assertThat(account.accept(1, 99, new Arrival(START, List.of(known)), NOTHING, books).complete())
        .isTrue();
  }

  @Test
  void channelsOfAMeter_areKeptUpToABound() {
    List<DeviceSeries> series = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Device channel =
          Device.sensor("channel" + i, DeviceKind.NODE).withContainedIn(DeviceKind.NODE);
      series.add(
          new DeviceSeries(channel, Readings.ofPower(new long[] {START}, new long[] {5_000})));
    }
    node.take(1, START, series);
    assertThat(node.site(REFUSED_OVER_STATE)).isEqualTo(300 - DeviceRoom.MAX_SECONDS);
    node.restart();
  }

  @Test
  void moreAllocationsThanAreKept_areRefusedAndCounted() throws IOException {
    NodeAccount account = new NodeAccount(Limits.DEFAULT);
    Increments books = new Increments();
    books.forNode("node1");
    int refused = 0;
    for (int i = 0; i < 70_000; i++) {
      AllocationEdge edge = edge("j" + i, i % 2 == 0, START + i, Map.of(), START + i);
      boolean over = account.refusal(edge) != null;
      assertThat(account.accept(edge, NOTHING, books)).isEqualTo(!over);
      refused += over ? 1 : 0;
    }
    assertThat(refused).isBetween(1_000, 20_000);
    assertThat(sum(books, REFUSED_OVER_STATE)).isEqualTo(refused);
    assertThat(SampleAccount.written(account)).hasSizeLessThan(6 << 20);
    // once they are old they make room
    AllocationEdge later = edge("later", true, START + DAY, Map.of(), START + DAY);
    assertThat(account.refusal(later)).isNull();

    Map<String, Integer> many = new HashMap<>();
    for (int i = 0; i < 9_000; i++) {
      many.put("d" + i, 1);
    }
    assertThat(account.refusal(edge("many", true, START + DAY, many, START + DAY)))
        .contains("devices that jobs name");
  }

  // ---- what is forgotten

  @Test
  void aDeviceUnheardOfForFiveWeeks_isForgotten_unlessAJobNamesIt() throws IOException {
    NodeAccount account = new NodeAccount(Limits.DEFAULT);
    Increments books = new Increments();
    books.forNode("node1");
    long sequence = 0;
    for (int day = 0; day <= 40; day++) {
      long time = START + day * DAY;
      if (day == 1) {
        account.accept(edge("a", true, time, Map.of("gpu1", 10_000), time), NOTHING, books);
      }
      List<DeviceSeries> series = new ArrayList<>();
      series.add(power("gpu0", DeviceKind.GPU, time));
      if (day == 0) {
        series.add(power("gpu1", DeviceKind.GPU, time));
        series.add(power("nvme0", DeviceKind.STORAGE, time));
        series.add(
            new DeviceSeries(
                Device.sensor("cpu7", DeviceKind.CPU),
                Readings.ofPower(new long[] {time}, new long[] {Readings.MISSING})));
      }
      account.accept(1, sequence++, new Arrival(time, series), NOTHING, books);
      String state = new String(SampleAccount.written(account), ISO_8859_1);
      assertThat(state).contains("gpu0").contains("gpu1");
      assertThat(state.contains("nvme0")).as("day " + day).isEqualTo(day <= 35);
      assertThat(state.contains("cpu7")).as("day " + day).isEqualTo(day <= 35);
    }
    assertThat(account.isForgettable(START + 76 * DAY)).isTrue();
    assertThat(account.isForgettable(START + 74 * DAY)).isFalse();
    assertThat(requireNonNull(account.powerNow("node1", true, false)).gpus()).hasSize(1);
  }

  @Test
  void aNodeWithAnOpenJob_isKept() {
    NodeAccount account = new NodeAccount(Limits.DEFAULT);
    Increments books = new Increments();
    account.accept(edge("a", true, START, Map.of(), START), NOTHING, books);
    assertThat(account.isForgettable(START + YEAR)).isFalse();
    account.accept(edge("a", false, START + 1, Map.of(), START + 1), NOTHING, books);
    assertThat(account.isForgettable(START + 35 * DAY)).isFalse();
    assertThat(account.isForgettable(START + YEAR)).isTrue();
    assertThat(new NodeAccount(Limits.DEFAULT).isForgettable(START)).isTrue();
  }

  private static long sum(Increments books, SiteAmount amount) {
    return books.site().values().stream().mapToLong(totals -> totals.get(amount)).sum();
  }

  private static DeviceSeries gpu(long time, long milliwatts, long microjoules) {
    return new DeviceSeries(
        Device.sensor("gpu0", DeviceKind.GPU),
        Readings.ofCounter(new long[] {time}, new long[] {milliwatts}, new long[] {microjoules}));
  }

  private static DeviceSeries power(String id, DeviceKind kind, long time) {
    return new DeviceSeries(
        Device.sensor(id, kind), Readings.ofPower(new long[] {time}, new long[] {100_000}));
  }

  private static AllocationEdge hold(String job, long at, Map<String, Integer> parts) {
    return edge(job, true, at, parts, at);
  }

  private static AllocationEdge edge(
      String job, boolean hold, long at, Map<String, Integer> parts, long arrival) {
    return new AllocationEdge(job, hold, at, parts, 0, 0, 0, 0, 0, AllocationEdge.By.HOOK, arrival);
  }
}

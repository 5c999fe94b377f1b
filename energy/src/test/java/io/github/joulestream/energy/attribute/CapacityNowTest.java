// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.CapacityUse;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.NodeCapacity;
import io.github.joulestream.energy.Readings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a node says of its memory, storage and GPUs. */
class CapacityNowTest {
  private static final long START = 1_700_000_000_000L;
  private static final long GIBIBYTE = 1 << 30;
  private static final long[] NONE = {};

  private final NodeAccount account = new NodeAccount(Limits.DEFAULT);
  private long sequence;

  private static DeviceSeries series(Device device, long millis, long @Nullable [] used) {
    return new DeviceSeries(
        device,
        new Readings(
            new long[] {millis},
            new long[] {10_000},
            NONE,
            NONE,
            used == null ? NONE : used,
            NONE,
            NONE));
  }

  private static Device drive(int i) {
    return Device.sensor("nvme" + i, DeviceKind.STORAGE).withCapacityBytes(100 * GIBIBYTE);
  }

  /** Two GPUs, memory with a meter beside it, two drives; at this second. */
  private void read(int second, long @Nullable [] usedOfDrive1) {
    long millis = START + second * 1_000L;
    List<DeviceSeries> all = new ArrayList<>();
    all.add(series(Device.sensor("gpu0", DeviceKind.GPU), millis, null));
    all.add(series(Device.sensor("gpu1", DeviceKind.GPU), millis, null));
    all.add(series(Device.sensor("dram-0", DeviceKind.MEMORY), millis, null));
    all.add(
        series(
            Device.sensor("memory", DeviceKind.MEMORY)
                .withContainedIn(DeviceKind.MEMORY)
                .withCapacityBytes(64 * GIBIBYTE),
            millis,
            new long[] {16 * GIBIBYTE}));
    all.add(series(drive(0), millis, new long[] {30 * GIBIBYTE}));
    all.add(series(drive(1), millis, usedOfDrive1));
    account.accept(1, sequence++, new Arrival(millis, all), (_, _) -> List.of(), new Increments());
  }

  private void hold(String job, Map<String, Integer> devices, int second) {
    account.accept(
        new AllocationEdge(
            job,
            true,
            START + second * 1_000L,
            devices,
            5_000,
            AllocationEdge.BY_GPUS,
            0,
            0,
            2,
            AllocationEdge.By.HOOK,
            START + second * 1_000L),
        (_, _) -> List.of(),
        new Increments());
  }

  private NodeCapacity now() {
    return requireNonNull(
        requireNonNull(account.powerNow("n", false, true), "power").capacity(), "capacity");
  }

  @Test
  void seenAllocatedAndUsed_areThoseOfTheMoment() {
    read(0, new long[] {10 * GIBIBYTE});
    assertThat(now())
        .isEqualTo(
            new NodeCapacity(
                new CapacityUse(64 << 10, 0, 16 << 10),
                new CapacityUse(200 << 10, 0, 40 << 10),
                2,
                0));
    // half of the memory is given; drives by the share of the GPUs, one of two
    hold("a", Map.of("gpu0", 10_000), 1);
    read(2, new long[] {10 * GIBIBYTE});
    assertThat(now())
        .isEqualTo(
            new NodeCapacity(
                new CapacityUse(64 << 10, 32 << 10, 16 << 10),
                new CapacityUse(200 << 10, 100 << 10, 40 << 10),
                2,
                10_000));
    assertThat(now().areGpusTaken()).isFalse();
    // shares that sum to more than the memory are scaled down to it
    hold("b", Map.of("gpu1", 5_000), 3);
    hold("c", Map.of("gpu1", 5_000), 4);
    read(5, new long[] {10 * GIBIBYTE});
    assertThat(now().memory()).isEqualTo(new CapacityUse(64 << 10, 64 << 10, 16 << 10));
    assertThat(now().gpusAllocatedBasisPoints()).isEqualTo(20_000);
    assertThat(now().areGpusTaken()).isTrue();
    assertThat(requireNonNull(account.powerNow("n", true, false)).capacity()).isNull();
  }

  @Test
  void aDriveThatDoesNotReportItsUse_makesThatOfAllUnknown() {
    read(0, null);
    assertThat(now().storage()).isEqualTo(new CapacityUse(200 << 10, 0, CapacityUse.UNKNOWN));
    assertThat(now().memory().usedMebibytes()).isEqualTo(16 << 10);
    read(1, new long[] {10 * GIBIBYTE});
    assertThat(now().storage().usedMebibytes()).isEqualTo(40 << 10);
  }

  @Test
  void withoutAMemory_nothingIsKnownOfIt() {
    account.accept(
        1,
        0,
        new Arrival(START, List.of(series(drive(0), START, new long[] {0}))),
        (_, _) -> List.of(),
        new Increments());
    assertThat(now())
        .isEqualTo(new NodeCapacity(CapacityUse.NONE, new CapacityUse(100 << 10, 0, 0), 0, 0));
  }
}

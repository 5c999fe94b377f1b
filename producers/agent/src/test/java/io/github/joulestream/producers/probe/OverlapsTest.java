// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OverlapsTest {
  private static final Readings READINGS = Readings.ofPower(new long[] {1}, new long[] {5_000});
  private static final Device MODELLED =
      Device.sensor("memory", DeviceKind.MEMORY).withSource(PowerSource.MODELLED);
  private static final Device DRAM =
      Device.sensor("dram-0", DeviceKind.MEMORY).withSource(PowerSource.COUNTER);
  private static final Device GPU = Device.sensor("gpu", DeviceKind.GPU);
  private static final Device NODE = Device.sensor("node", DeviceKind.NODE);

  /** A probe that says what it measures. */
  private record Says(String name, Set<DeviceKind> measures) implements Probe {
    @Override
    public void open() {}

    @Override
    public String describe() {
      return name;
    }

    @Override
    public List<DeviceSeries> read(long epochMillis) {
      return List.of();
    }

    @Override
    public void close() {}
  }

  private final Probe gpus = new Says("gpus", Set.of());
  private final Probe memory = new Says("memory", Set.of());
  private final Probe rapl = new Says("rapl", Set.of(DeviceKind.MEMORY));
  private final Probe redfish = new Says("redfish", Set.of(DeviceKind.NODE));
  private final Probe hwmon = new Says("hwmon", Set.of(DeviceKind.NODE));

  private static Device settled(Overlaps overlaps, Probe probe, Device device) {
    List<DeviceSeries> settled =
        overlaps.settle(probe, List.of(new DeviceSeries(device, READINGS)));
    assertThat(settled).hasSize(1);
    assertThat(settled.getFirst().readings()).isEqualTo(READINGS);
    return settled.getFirst().device();
  }

  @Test
  void withoutMeters_everythingCounts() {
    Overlaps overlaps = new Overlaps(List.of(gpus, memory));
    assertThat(settled(overlaps, memory, MODELLED)).isEqualTo(MODELLED);
    assertThat(settled(overlaps, gpus, GPU)).isEqualTo(GPU);
  }

  @Test
  void measuredMemory_goesBeforeModelled_whoseUseIsStillTold() {
    Overlaps overlaps = new Overlaps(List.of(gpus, rapl, memory));
    Device modelled = settled(overlaps, memory, MODELLED);
    assertThat(modelled.countsInKind()).isFalse();
    assertThat(modelled.countsInTotal()).isFalse();
    assertThat(settled(overlaps, rapl, DRAM)).isEqualTo(DRAM);
    assertThat(settled(overlaps, gpus, GPU)).isEqualTo(GPU);
  }

  @Test
  void aNodesMeter_holdsEverythingElse_andAddsAlone() {
    Overlaps overlaps = new Overlaps(List.of(gpus, rapl, memory, redfish, hwmon));
    assertThat(settled(overlaps, redfish, NODE)).isEqualTo(NODE);
    assertThat(settled(overlaps, gpus, GPU).containedIn()).isEqualTo(DeviceKind.NODE);
    assertThat(settled(overlaps, rapl, DRAM).containedIn()).isEqualTo(DeviceKind.NODE);
    assertThat(settled(overlaps, rapl, DRAM).countsInKind()).isTrue();
    // part of the node, and not even of the memory's sum
    assertThat(settled(overlaps, memory, MODELLED).countsInKind()).isFalse();
    // a second meter of the same
    Device second = settled(overlaps, hwmon, NODE);
    assertThat(second.countsInTotal()).isFalse();
    assertThat(second.countsInKind()).isFalse();
  }

  @Test
  void aMeterThatBeginsToAnswer_orEnds_makesItOutOfDate() {
    Set<DeviceKind> measured = EnumSet.noneOf(DeviceKind.class);
    Probe late = new Says("late", measured);
    Overlaps without = new Overlaps(List.of(gpus, late));
    assertThat(without.isCurrent()).isTrue();
    measured.add(DeviceKind.NODE);
    assertThat(without.isCurrent()).isFalse();
    Overlaps with = new Overlaps(List.of(gpus, late));
    assertThat(settled(with, gpus, GPU).containedIn()).isEqualTo(DeviceKind.NODE);
    measured.clear();
    assertThat(with.isCurrent()).isFalse();
  }

  @Test
  void whatAProbeSaysItself_stays() {
    Overlaps overlaps = new Overlaps(List.of(gpus, redfish));
    Device part = GPU.withContainedIn(DeviceKind.GPU);
    assertThat(settled(overlaps, gpus, part)).isEqualTo(part);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.integrate.Calibration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which readings of a batch are regular, and which devices a batch has. */
class DeviceSlotsTest {
  private static final long START = 1_700_000_000_000L;
  private static final long EPOCH = 7;
  private static final Device GPU = Device.sensor("gpu0", DeviceKind.GPU);
  private static final Device CPU = Device.sensor("cpu0", DeviceKind.CPU);

  private final Limits limits = Limits.DEFAULT;
  private final NodeDevices devices =
      new NodeDevices(limits, new Scratch(limits, Calibration.NONE), new Allocations(limits));

  private static ReadingColumns batch(long millis, Device... named) {
    ReadingColumns batch = new ReadingColumns();
    for (Device device : named) {
      batch.add(
          new DeviceSeries(
              device, Readings.ofPower(new long[] {START + millis}, new long[] {50_000})));
    }
    return batch;
  }

  private static Sample sample(Device device, long millis) {
    long none = Readings.MISSING;
    return new Sample(device, START + millis, 50_000, none, none, none, false);
  }

  /** The slots of a batch whose devices have an account and one sample each at START. */
  private DeviceSlots known(ReadingColumns batch) {
    for (int d = 0; d < batch.size(); d++) {
      Device device = batch.device(d);
      DeviceAccount account = devices.newAccount();
      devices.put(device, account);
      account.advance(List.of(sample(device, 0)), Shares.NOBODY, new Increments(), START);
      account.bookProvisionalTail(Shares.NOBODY, new Increments());
      devices.sourcesOf(NodeDevices.keyOf(device)).note(EPOCH, 0, START);
    }
    return devices.newSlots(batch);
  }

  private static long arrival(ReadingColumns batch) {
    return batch.epochMillis()[0] + 100;
  }

  @Test
  void aBatchHasTheseDevices_ifAllAreTheSameInTheSameOrder() {
    DeviceSlots slots = devices.newSlots(batch(0, GPU, CPU));
    assertThat(slots.areOf(batch(5_000, GPU, CPU))).isTrue();
    assertThat(slots.areOf(batch(0, CPU, GPU))).isFalse();
    assertThat(slots.areOf(batch(0, GPU))).isFalse();
    assertThat(slots.areOf(batch(0, GPU, CPU, CPU))).isFalse();
    assertThat(slots.areOf(batch(0, GPU.withModel("H100", 700_000), CPU))).isFalse();
    assertThat(slots.areOf(batch(0, GPU.withCounter(2, 0), CPU))).isFalse();
  }

  @Test
  void devicesOfOneIdAndOfTwoKinds_areDistinct() {
    Device memory = Device.sensor("cpu0", DeviceKind.MEMORY);
    assertThat(devices.newSlots(batch(0, GPU, CPU, memory)).areDistinct()).isTrue();
    assertThat(devices.newSlots(batch(0, GPU, CPU, CPU.withCounter(2, 0))).areDistinct()).isFalse();
  }

  @Test
  void theNextReadingOfAKnownDevice_isRegular() {
    ReadingColumns next = batch(1_000, GPU, CPU);
    DeviceSlots slots = known(batch(0, GPU, CPU));
    slots.findRegular(next, EPOCH, arrival(next), false);
    assertThat(slots.regular(0)).isSameAs(devices.get(NodeDevices.keyOf(GPU)));
    assertThat(slots.regular(1)).isSameAs(devices.get(NodeDevices.keyOf(CPU)));
  }

  @Test
  void aBatchWithTheNumberOfAnother_isNotRegular() {
    ReadingColumns next = batch(1_000, GPU);
    DeviceSlots slots = known(batch(0, GPU));
    slots.findRegular(next, EPOCH, arrival(next), true);
    assertThat(slots.regular(0)).isNull();
  }

  @Test
  void readingsOfAnAgentThatDidNotReportLast_areNotRegular() {
    ReadingColumns next = batch(1_000, GPU);
    DeviceSlots slots = known(batch(0, GPU));
    slots.findRegular(next, EPOCH + 1, arrival(next), false);
    assertThat(slots.regular(0)).isNull();
  }

  @Test
  void aDeviceThatABatchNamesTwice_isNotRegular() {
    ReadingColumns next = batch(1_000, GPU, GPU);
    known(batch(0, GPU));
    DeviceSlots slots = devices.newSlots(next);
    slots.findRegular(next, EPOCH, arrival(next), false);
    assertThat(slots.regular(0)).isNull();
    assertThat(slots.regular(1)).isNull();
  }

  @Test
  void anUnknownDevice_orOneWithoutRows_isNotRegular() {
    ReadingColumns next = batch(1_000, GPU, CPU);
    known(batch(0, GPU));
    DeviceSlots slots = devices.newSlots(next);
    slots.findRegular(next, EPOCH, arrival(next), false);
    assertThat(slots.regular(0)).isNotNull();
    assertThat(slots.regular(1)).isNull();

    ReadingColumns empty = new ReadingColumns();
    empty.add(GPU, ReadingColumns.POWER, 0);
    DeviceSlots ofEmpty = devices.newSlots(empty);
    ofEmpty.findRegular(empty, EPOCH, START + 2_000, false);
    assertThat(ofEmpty.regular(0)).isNull();
  }

  @Test
  void aReadingThatRepeatsATime_orIsLate_isNotRegular() {
    DeviceSlots slots = known(batch(0, GPU));
    for (long millis : new long[] {0, -1_000}) {
      ReadingColumns late = batch(millis, GPU);
      slots.findRegular(late, EPOCH, START + 1_000, false);
      assertThat(slots.regular(0)).as(millis + " ms").isNull();
    }
  }

  @Test
  void readingsThatAddMoreThanAnHour_areNotRegular() {
    for (int rows : new int[] {360, 361}) {
      long[] times = LongStream.rangeClosed(1, rows).map(row -> START + row * 10_000).toArray();
      long[] powers = LongStream.of(times).map(_ -> 50_000).toArray();
      ReadingColumns next = new ReadingColumns();
      next.add(new DeviceSeries(GPU, Readings.ofPower(times, powers)));
      DeviceSlots slots = known(batch(0, GPU));
      slots.findRegular(next, EPOCH, START + rows * 10_000L + 100, false);
      assertThat(slots.regular(0) != null).as(rows + " rows").isEqualTo(rows == 360);
    }
  }

  @Test
  void findingThem_notesWhenTheyArrived() {
    ReadingColumns next = batch(1_000, GPU);
    DeviceSlots slots = known(batch(0, GPU));
    slots.findRegular(next, EPOCH, START + 77_000, true);
    assertThat(devices.get(NodeDevices.keyOf(GPU)).lastArrivalMillis()).isEqualTo(START + 77_000);
  }

  @Test
  void anAccountThatIsReplaced_isLookedUpAgain() {
    DeviceSlots slots = known(batch(0, GPU));
    ReadingColumns next = batch(1_000, GPU);
    slots.findRegular(next, EPOCH, arrival(next), false);
    DeviceAccount before = slots.regular(0);
    DeviceAccount corrected = devices.get(NodeDevices.keyOf(GPU)).copy();
    devices.put(GPU, corrected);
    slots.findRegular(next, EPOCH, arrival(next), false);
    assertThat(slots.regular(0)).isSameAs(corrected).isNotSameAs(before);
    assertThat(corrected.lastArrivalMillis()).isEqualTo(arrival(next));
  }
}

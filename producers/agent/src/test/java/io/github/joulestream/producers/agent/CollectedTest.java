// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.schemas.TelemetryBatch;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A batch has as much as a batch may have: ten readings a second of 200 devices, once a minute. */
class CollectedTest {
  private final Collected collected = new Collected();

  private static DeviceSeries series(String id, int readings) {
    return new DeviceSeries(
        Device.sensor(id, DeviceKind.GPU),
        Readings.ofPower(
            LongStream.range(1_795_485_725_000L, 1_795_485_725_000L + readings).toArray(),
            new long[readings]));
  }

  @Test
  void moreReadingsThanABatchMayHave_areTwoBatches() {
    collected.add(series("gpu0", Bounds.READINGS - 10));
    assertThat(collected.fits(series("gpu0", 11))).isFalse();
    assertThat(collected.fits(series("gpu1", 11))).isFalse();
    assertThat(collected.fits(series("gpu1", 10))).isTrue();
    collected.add(series("gpu1", 10));
    List<DeviceSeries> taken = collected.take().series();
    assertThat(new TelemetryBatch("s", "n", 1_795_485_725_000L, 0, taken).devices()).hasSize(2);
    assertThat(collected.fits(series("gpu0", 11))).isTrue();
  }

  @Test
  void moreDevicesThanABatchMayHave_areTwoBatches() {
    for (int i = 0; i < Bounds.DEVICES; i++) {
      assertThat(collected.fits(series("gpu" + i, 1))).isTrue();
      collected.add(series("gpu" + i, 1));
    }
    assertThat(collected.fits(series("more", 1))).isFalse();
    assertThat(collected.fits(series("gpu0", 1))).isTrue();
    assertThat(collected.take().series()).hasSize(Bounds.DEVICES);
    // those that were there a batch before
    assertThat(collected.fits(series("more", 1))).isFalse();
    assertThat(collected.take().series()).isEmpty();
    assertThat(collected.fits(series("more", 1))).isTrue();
  }

  private static DeviceStatus status(String id, long millis) {
    return new DeviceStatus(id, millis, Map.of(StatusColumn.TEMPERATURE_DECIDEGREES, 400L));
  }

  @Test
  void statusesOfDevicesWithoutReadings_wait_andTheOldestAreLeftOut() {
    collected.add(status("gpu0", 1));
    collected.add(series("gpu1", 1));
    collected.add(status("gpu1", 2));
    assertThat(collected.take().statuses()).containsExactly(status("gpu1", 2));
    for (int i = 0; i < Collected.WAITING; i++) {
      collected.add(status("gone", i));
    }
    collected.add(series("gpu1", 1));
    // a device that was in the batch before is not in this one
    assertThat(collected.take().statuses()).isEmpty();
    collected.add(series("gpu0", 1));
    assertThat(collected.take().statuses()).as("it was the oldest").isEmpty();
    collected.add(series("gone", 1));
    assertThat(collected.take().statuses()).hasSize(Collected.WAITING);
    collected.add(series("gone", 1));
    assertThat(collected.take().statuses()).isEmpty();
  }

  @Test
  void aBatchHasNoMoreStatuses_thanABatchMayHave() {
    collected.add(series("gpu0", 1));
    for (int i = 0; i < Bounds.STATUSES + 10; i++) {
      collected.add(status("gpu0", i));
    }
    Collected.Taken taken = collected.take();
    assertThat(new TelemetryBatch("s", "n", 1, 0, taken.series(), 0, taken.statuses()).statuses())
        .hasSize(Bounds.STATUSES);
    collected.add(series("gpu0", 1));
    assertThat(collected.take().statuses()).hasSize(10);
  }
}

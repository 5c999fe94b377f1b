// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.DeviceAmount.*;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.ThrottleReason;
import io.github.joulestream.energy.Totals;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StatusRulesTest {
  private static final long START = 1_700_000_000_000L;
  private static final long[] NONE = {};
  private static final Device GPU = Device.sensor("gpu0", DeviceKind.GPU);
  private static final Device DRIVE = Device.sensor("nvme0", DeviceKind.STORAGE);

  private final NodeAccount account = new NodeAccount(Limits.DEFAULT);
  private final TreeMap<Long, Totals<SiteAmount>> site = new TreeMap<>();
  private final BookedDevices devices = new BookedDevices(60_000);
  private final List<String> refusals = new ArrayList<>();

  private Outcome take(
      long sequence, long arrival, List<DeviceSeries> series, DeviceStatus... statuses) {
    ReadingColumns batch = new ReadingColumns();
    series.forEach(batch::add);
    for (DeviceStatus status : statuses) {
      batch.add(status);
    }
    Increments books = devices.increments();
    Outcome outcome =
        account.accept(
            1, sequence, ContentHash.of(batch), arrival, batch, (_, _) -> List.of(), books);
    books
        .site()
        .forEach(
            (window, totals) -> site.computeIfAbsent(window, _ -> Totals.ofSite()).addAll(totals));
    devices.add(books);
    devices.assertEqualTo(site);
    refusals.addAll(outcome.refusals());
    return outcome;
  }

  private static DeviceSeries power(Device device, long... atSecond) {
    long[] times = new long[atSecond.length];
    long[] power = new long[atSecond.length];
    for (int i = 0; i < times.length; i++) {
      times[i] = START + 1_000 * atSecond[i];
      power[i] = 100_000;
    }
    return new DeviceSeries(device, new Readings(times, power, NONE, NONE, NONE, NONE, NONE));
  }

  private static DeviceStatus status(
      Device device, long atSecond, StatusColumn column, long value) {
    return new DeviceStatus(device.id(), START + 1_000 * atSecond, Map.of(column, value));
  }

  private long of(Device device, long window, DeviceAmount amount) {
    return devices.of(START + window - START % 60_000, device.kind(), device.id()).get(amount);
  }

  private long sum(SiteAmount amount) {
    return site.values().stream().mapToLong(totals -> totals.get(amount)).sum();
  }

  @Test
  void samplesAddUp_inTheWindowOfTheirTime_andPeaksAreTheHighest() {
    // START is 20 s after a whole minute
    take(
        1,
        START + 60_000,
        List.of(power(GPU, 0, 1)),
        status(GPU, 5, StatusColumn.TEMPERATURE_DECIDEGREES, 512),
        status(GPU, 15, StatusColumn.TEMPERATURE_DECIDEGREES, 498),
        status(GPU, 45, StatusColumn.TEMPERATURE_DECIDEGREES, -20),
        status(GPU, 5, StatusColumn.MEMORY_TEMPERATURE_DECIDEGREES, 700),
        status(GPU, 5, StatusColumn.XID_ERRORS, 2),
        status(GPU, 5, StatusColumn.LAST_XID, 48),
        status(GPU, 15, StatusColumn.XID_ERRORS, 1),
        status(GPU, 15, StatusColumn.LAST_XID, 31));
    assertThat(of(GPU, 0, TEMPERATURE_SAMPLES)).isEqualTo(2);
    assertThat(of(GPU, 0, TEMPERATURE_DECIDEGREES)).isEqualTo(1_010);
    assertThat(of(GPU, 0, PEAK_TEMPERATURE_DECIKELVINS)).isEqualTo(3_244);
    assertThat(of(GPU, 0, PEAK_MEMORY_TEMPERATURE_DECIKELVINS)).isEqualTo(3_432);
    assertThat(of(GPU, 60_000, TEMPERATURE_DECIDEGREES)).isEqualTo(-20);
    assertThat(of(GPU, 60_000, PEAK_TEMPERATURE_DECIKELVINS)).isEqualTo(2_712);
    assertThat(of(GPU, 0, XID_ERRORS)).isEqualTo(3);
    assertThat(of(GPU, 0, PEAK_XID)).isEqualTo(48);
  }

  @Test
  void throttleReasons_countEach_andOnceForAny() {
    int both = ThrottleReason.POWER_CAP.bit() | ThrottleReason.THERMAL.bit();
    take(
        1,
        START + 60_000,
        List.of(power(GPU, 0, 1)),
        status(GPU, 1, StatusColumn.THROTTLE_REASONS, 0),
        status(GPU, 2, StatusColumn.THROTTLE_REASONS, both),
        status(GPU, 3, StatusColumn.THROTTLE_REASONS, ThrottleReason.POWER_BRAKE.bit()),
        status(GPU, 4, StatusColumn.THROTTLE_REASONS, ThrottleReason.HARDWARE.bit()),
        status(GPU, 5, StatusColumn.THROTTLE_REASONS, ThrottleReason.OTHER.bit()));
    assertThat(of(GPU, 0, THROTTLE_SAMPLES)).isEqualTo(5);
    assertThat(of(GPU, 0, THROTTLED_SAMPLES)).isEqualTo(4);
    for (DeviceAmount reason :
        List.of(
            THROTTLED_POWER_CAP_SAMPLES,
            THROTTLED_THERMAL_SAMPLES,
            THROTTLED_POWER_BRAKE_SAMPLES,
            THROTTLED_HARDWARE_SAMPLES,
            THROTTLED_OTHER_SAMPLES)) {
      assertThat(of(GPU, 0, reason)).as(reason.name()).isEqualTo(1);
    }
  }

  @Test
  void aRepeatedBatch_addsNothing() {
    for (int i = 0; i < 2; i++) {
      take(
          1,
          START + 10_000,
          List.of(power(GPU, 0, 1)),
          status(GPU, 1, StatusColumn.PCIE_SENT_BYTES, 5_000));
    }
    assertThat(of(GPU, 0, PCIE_SENT_BYTES)).isEqualTo(5_000);
  }

  @Test
  void aGpuAndItsInstances_countOnce() {
    Device one = Device.sensor("mig1", DeviceKind.GPU).asInstanceOf("gpu0");
    Device two = Device.sensor("mig2", DeviceKind.GPU).asInstanceOf("gpu0");
    take(
        1,
        START + 10_000,
        List.of(power(one, 0, 1), power(two, 0, 1), power(DRIVE, 0, 1)),
        status(one, 1, StatusColumn.ECC_CORRECTED_ERRORS, 3),
        status(two, 1, StatusColumn.ECC_CORRECTED_ERRORS, 3),
        status(two, 1, StatusColumn.SM_CLOCK_MEGAHERTZ, 1_980),
        status(two, 4, StatusColumn.SM_CLOCK_MEGAHERTZ, 1_000),
        status(DRIVE, 1, StatusColumn.WEAR_BASIS_POINTS, 17));
    assertThat(of(GPU, 0, ECC_CORRECTED_ERRORS)).isEqualTo(3);
    assertThat(of(GPU, 0, SM_CLOCK_SAMPLES)).isEqualTo(2);
    assertThat(of(GPU, 0, SM_CLOCK_MEGAHERTZ)).isEqualTo(2_980);
    assertThat(of(DRIVE, 0, WEAR_BASIS_POINTS)).isEqualTo(17);
  }

  @Test
  void implausibleValues_areRefused_andTheOthersOfTheStatusBooked() {
    DeviceStatus status =
        new DeviceStatus(
            "gpu0",
            START,
            Map.of(
                StatusColumn.FAN_BASIS_POINTS, -1L,
                StatusColumn.TEMPERATURE_DECIDEGREES, 2_501L,
                StatusColumn.SM_CLOCK_MEGAHERTZ, 1_500L));
    take(1, START + 10_000, List.of(power(GPU, 0, 1)), status);
    assertThat(of(GPU, 0, SM_CLOCK_MEGAHERTZ)).isEqualTo(1_500);
    assertThat(of(GPU, 0, FAN_SAMPLES)).isZero();
    assertThat(of(GPU, 0, TEMPERATURE_SAMPLES)).isZero();
    assertThat(sum(SiteAmount.REFUSED_NEGATIVE)).isEqualTo(1);
    assertThat(sum(SiteAmount.REFUSED_OVER_LIMIT)).isEqualTo(1);
    assertThat(refusals)
        .containsExactlyInAnyOrder(
            "refused over limit of 'gpu0': temperature decidegrees of 2501",
            "refused negative of 'gpu0': fan basis points of -1");
  }

  @Test
  void aStatusOfAnotherTime_isRefused_andCountedWhereItArrived() {
    long arrival = START + 10_000;
    long future = Limits.DEFAULT.futureMillis();
    int sequence = 0;
    for (long time :
        List.of(
            arrival + future + 1,
            arrival + future,
            -1L,
            arrival - Limits.PAST_MILLIS - 1,
            arrival - Limits.PAST_MILLIS)) {
      sequence++;
      take(
          sequence,
          arrival,
          List.of(power(GPU, sequence)),
          new DeviceStatus("gpu0", time, Map.of(StatusColumn.FAN_BASIS_POINTS, 100L)));
    }
    Totals<DeviceAmount> sums = Totals.ofDevice();
    devices.addTo(sums);
    assertThat(sums.get(FAN_SAMPLES)).isEqualTo(2);
    Totals<SiteAmount> arrived = requireNonNull(site.get(arrival - arrival % 10_000));
    assertThat(arrived.get(SiteAmount.REFUSED_FUTURE)).isEqualTo(1);
    assertThat(arrived.get(SiteAmount.REFUSED_LATE)).isEqualTo(1);
    assertThat(arrived.get(SiteAmount.REFUSED_OLD)).isEqualTo(1);
    assertThat(refusals).hasSize(3);
  }

  /** A drive of which no power is known, in a batch without any reading. */
  @Test
  void aDeviceWithoutReadings_hasItsStatus() {
    DeviceSeries silent =
        new DeviceSeries(DRIVE, new Readings(NONE, NONE, NONE, NONE, NONE, NONE, NONE));
    take(
        1,
        START + 10_000,
        List.of(silent),
        status(DRIVE, 1, StatusColumn.TEMPERATURE_DECIDEGREES, 400));
    assertThat(of(DRIVE, 0, TEMPERATURE_DECIDEGREES)).isEqualTo(400);
  }

  @Test
  void aDeviceThatTheNodeHasNoRoomFor_hasNone() {
    List<DeviceSeries> many = new ArrayList<>();
    for (int i = 0; i < DeviceRoom.MAX_DEVICES; i++) {
      many.add(power(Device.sensor("gpu" + i, DeviceKind.GPU), 0));
    }
    take(1, START + 10_000, many);
    take(
        2,
        START + 10_000,
        List.of(power(DRIVE, 0)),
        status(DRIVE, 1, StatusColumn.TEMPERATURE_DECIDEGREES, 400));
    assertThat(of(DRIVE, 0, TEMPERATURE_SAMPLES)).isZero();
    assertThat(refusals)
        .anyMatch(line -> line.startsWith("refused over state of 'nvme0': a status of "));
  }

  @Test
  void water_isTheSites_whetherDevicesAreAddedUpOrNot() {
    Device meter = Device.sensor("water", DeviceKind.FACILITY);
    for (int deviceWindowMillis : List.of(0, 10_000)) {
      ReadingColumns batch = new ReadingColumns();
      batch.add(new DeviceSeries(meter, new Readings(NONE, NONE, NONE, NONE, NONE, NONE, NONE)));
      batch.add(status(meter, 1, StatusColumn.WATER_MILLILITRES, 7_000));
      Increments books = new Increments(deviceWindowMillis);
      new NodeAccount(Limits.DEFAULT)
          .accept(1, 1, 1, START + 10_000, batch, (_, _) -> List.of(), books);
      assertThat(requireNonNull(books.site().get(START)).get(SiteAmount.WATER_MILLILITRES))
          .isEqualTo(7_000);
    }
  }

  /** In sums of the site, which have its energy too: they must not overflow. */
  @Test
  void moreWaterThanASiteTakes_isRefused() {
    Device meter = Device.sensor("water", DeviceKind.FACILITY);
    DeviceSeries silent =
        new DeviceSeries(meter, new Readings(NONE, NONE, NONE, NONE, NONE, NONE, NONE));
    long most = Bounds.WATER_MILLILITRES;
    take(
        1,
        START + 10_000,
        List.of(silent),
        status(meter, 1, StatusColumn.WATER_MILLILITRES, most),
        status(meter, 2, StatusColumn.WATER_MILLILITRES, most + 1));
    assertThat(sum(SiteAmount.WATER_MILLILITRES)).isEqualTo(100_000_000_000L);
    assertThat(sum(SiteAmount.REFUSED_OVER_LIMIT)).isEqualTo(1);
  }

  @Test
  void theHighestMeanPowerBetweenTwoReadings_isThePeak() {
    long[] times = {START, START + 1_000, START + 1_001, START + 3_000};
    long[] powers = {100_000, 300_000, 301_000, 100_000};
    take(
        1,
        START + 10_000,
        List.of(new DeviceSeries(GPU, new Readings(times, powers, NONE, NONE, NONE, NONE, NONE))));
    // of the millisecond; of the others 200,000 and 200,500
    assertThat(of(GPU, 0, PEAK_MILLIWATTS)).isEqualTo(300_500);
    assertThat(of(GPU, 0, ENERGY_MILLIJOULES)).isEqualTo(601_100);
  }
}

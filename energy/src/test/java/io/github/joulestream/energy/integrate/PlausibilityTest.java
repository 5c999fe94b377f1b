// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.integrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.SiteAmount;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which power can be true: whatever limit a sender states. */
@SuppressWarnings("EnumOrdinal") // a random constant
class PlausibilityTest {
  private static final long WATT = 1_000;

  private static Device limited(DeviceKind kind, long milliwatts) {
    return Device.sensor("d", kind).withModel("", milliwatts);
  }

  @Test
  void aCapInForce_refusesNothingThatTheDeviceDrawsOnceItIsRaised() {
    // a processor capped to 55 W while its node was idle, a GPU to 100 W, a node to 2 kW
    assertThat(Plausibility.powerRefusal(limited(DeviceKind.CPU, 55 * WATT), 300 * WATT)).isNull();
    assertThat(Plausibility.powerRefusal(limited(DeviceKind.GPU, 100 * WATT), 1_400 * WATT))
        .isNull();
    assertThat(Plausibility.powerRefusal(limited(DeviceKind.NODE, 2_000 * WATT), 14_300 * WATT))
        .isNull();
    assertThat(Plausibility.powerRefusal(limited(DeviceKind.STORAGE, 5 * WATT), 70 * WATT))
        .isNull();
    assertThat(Plausibility.powerRefusal(limited(DeviceKind.MEMORY, WATT), 640 * WATT)).isNull();
    assertThat(Plausibility.powerRefusal(limited(DeviceKind.FACILITY, 1), 1_000_000_000 * WATT))
        .isNull();
    CounterStep step =
        new CounterStep().set(limited(DeviceKind.CPU, 55 * WATT), true, 0, 300_000_000, 1_000, 0);
    assertThat(step.event()).isEqualTo(CounterStep.Event.NONE);
    assertThat(step.microjoules()).isEqualTo(300_000_000);
  }

  @Test
  void aLimitOfWhatever_letsNothingPassThatNoDeviceOfTheKindDraws() {
    for (DeviceKind kind : DeviceKind.values()) {
      for (long limit : new long[] {0, 1, 700_000, Long.MAX_VALUE / 2, Long.MAX_VALUE}) {
        Device device = limited(kind, limit);
        // a spike that is on record: 3.69e12 W
        assertThat(Plausibility.powerRefusal(device, 3_690_000_000_000_000L))
            .as("%s of %d", kind, limit)
            .isEqualTo(SiteAmount.REFUSED_OVER_LIMIT);
        assertThat(Plausibility.powerRefusal(device, 0x7ffffffffffffff0L - 1))
            .isEqualTo(SiteAmount.REFUSED_OVER_LIMIT);
      }
    }
    assertThat(Plausibility.powerRefusal(limited(DeviceKind.GPU, Long.MAX_VALUE), 5_000_001))
        .isEqualTo(SiteAmount.REFUSED_OVER_LIMIT);
    // a limit that hardware of tomorrow may have counts with half as much again
    assertThat(Plausibility.ceilingMilliwatts(limited(DeviceKind.GPU, 2_000_001)))
        .isEqualTo(3_000_001);
  }

  @Test
  void law_aHigherLimitNeverLowersTheCeiling_andBoundsHoldForAll() {
    Random random = new Random(28);
    for (int round = 0; round < 20_000; round++) {
      DeviceKind kind = DeviceKind.values()[random.nextInt(DeviceKind.values().length)];
      long a = 1 + (random.nextLong() >>> (1 + random.nextInt(62)));
      long b = 1 + (random.nextLong() >>> (1 + random.nextInt(62)));
      long low = Plausibility.ceilingMilliwatts(limited(kind, Math.min(a, b)));
      long high = Plausibility.ceilingMilliwatts(limited(kind, Math.max(a, b)));
      long most = Plausibility.ceilingMilliwatts(limited(kind, 0));
      assertThat(low).isPositive().isLessThanOrEqualTo(high);
      assertThat(high).isLessThanOrEqualTo(most);
      // never less than what the limit itself allows, as long as hardware does
      assertThat(high).isGreaterThanOrEqualTo(Math.min(Math.max(a, b), most));
    }
  }

  @Test
  void whatIsAccepted_neverOverflowsBetweenTwoReadings() {
    Random random = new Random(6);
    for (int round = 0; round < 20_000; round++) {
      DeviceKind kind = DeviceKind.values()[random.nextInt(DeviceKind.values().length)];
      Device device = limited(kind, random.nextBoolean() ? 0 : Long.MAX_VALUE);
      long most = Plausibility.ceilingMilliwatts(device);
      long from = random.nextInt(4) == 0 ? most : random.nextLong(most + 1);
      long to = random.nextInt(4) == 0 ? most : random.nextLong(most + 1);
      long year = 365L * 24 * 3_600_000;
      long start = random.nextLong(60 * year);
      boolean counted = random.nextBoolean();
      long end = start + 1 + random.nextLong(counted ? 60 * year : 300_000);
      Interval interval = new Interval();
      long whole;
      if (counted) {
        long before = random.nextLong() >>> 1;
        long after = random.nextLong() >>> 1;
        CounterStep step = new CounterStep().set(device, true, before, after, end - start, 0);
        if (step.microjoules() == Long.MIN_VALUE) {
          continue;
        }
        whole = step.microjoules();
        assertThat(whole).isBetween(0L, Long.MAX_VALUE / 4);
        interval.ofCounter(start, from, end, to, whole);
      } else {
        interval.ofPower(start, from, end, to);
        whole = interval.microjoulesTo(end);
        assertThat(whole).isNotNegative();
      }
      long at = start + random.nextLong(end - start + 1);
      assertThat(interval.microjoulesTo(at)).isBetween(0L, whole);
      assertThat(interval.microjoulesTo(start)).isZero();
      assertThat(interval.microjoulesTo(end)).isEqualTo(whole);
    }
  }

  @Test
  void aCalibration_neverTakesAReadingBeyondItsKind_orUnderZero() {
    Calibration calibration =
        new Calibration(
            Map.of(
                "up", new Calibration.Line(100_000_000, Long.MAX_VALUE),
                "down", new Calibration.Line(100_000_000, Long.MIN_VALUE + 1)));
    Device up = Device.sensor("g", DeviceKind.GPU).withModel("up", 0);
    Device down = Device.sensor("g", DeviceKind.GPU).withModel("down", 0);
    assertThat(calibration.milliwatts(up, 5_000_000)).isEqualTo(5_000_000);
    assertThat(calibration.milliwatts(down, 5_000_000)).isZero();
    assertThat(calibration.microjoules(up, Long.MAX_VALUE / 4, 1L << 50))
        .isEqualTo(Long.MAX_VALUE / 4);
    assertThat(calibration.microjoules(down, Long.MAX_VALUE / 4, 1L << 50)).isZero();
  }

  @Test
  void bytes_areRefusedBeyondAnyDrive() {
    assertThat(Plausibility.bytesRefusal(Device.MAX_BYTES)).isNull();
    assertThat(Plausibility.bytesRefusal(Device.MAX_BYTES + 1))
        .isEqualTo(SiteAmount.REFUSED_OVER_LIMIT);
    assertThat(Plausibility.bytesRefusal(-1)).isEqualTo(SiteAmount.REFUSED_NEGATIVE);
  }
}

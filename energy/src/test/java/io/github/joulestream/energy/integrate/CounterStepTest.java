// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.integrate;

import static io.github.joulestream.energy.Readings.MISSING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.integrate.CounterStep.Event;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CounterStepTest {
  // 2^32 units of 2^-16 J
  private static final long RAPL = 65_536_000_000L;
  private static final Device GPU =
      Device.sensor("gpu0", DeviceKind.GPU).withModel("H100", 700_000);
  private static final Device CPU =
      Device.sensor("package-0", DeviceKind.CPU).withModel("", 350_000).withCounter(1, RAPL);

  private final CounterStep step = new CounterStep();

  private CounterStep gpu(long before, long after, long millis) {
    return step.set(GPU, true, before, after, millis, MISSING);
  }

  private static void assertStep(CounterStep step, long microjoules, Event event) {
    assertThat(step.microjoules()).isEqualTo(microjoules);
    assertThat(step.event()).isEqualTo(event);
  }

  @Test
  void withoutAModulus_itRises_orHasBegunAnew_orCannotBeTrue() {
    assertStep(gpu(5_000, 605_000, 1_000), 600_000, Event.NONE);
    assertStep(gpu(5_000, 5_000, 1_000), 0, Event.NONE);
    assertStep(gpu(5_000, 4_999, 1_000), MISSING, Event.FELL);
    // no GPU draws more than 2.7 kW for a second, whatever cap of 700 W is in force
    assertStep(gpu(0, 2_700_000_000L, 1_000), 2_700_000_000L, Event.NONE);
    assertStep(gpu(0, 2_700_000_001L, 1_000), MISSING, Event.JUMPED);
    assertStep(gpu(0, Long.MAX_VALUE, 1_000), MISSING, Event.JUMPED);
    assertStep(step.set(GPU, false, 0, 7, 1_000, MISSING), MISSING, Event.RESET);
    assertStep(gpu(MISSING, 7, 1_000), MISSING, Event.NONE);
    assertStep(gpu(7, MISSING, 1_000), MISSING, Event.NONE);
  }

  @Test
  void oneWrap_isExact() {
    // from the last value to the first is one unit, not none and not two
    assertStep(step.set(CPU, true, RAPL - 1, 0, 1_000, MISSING), 1, Event.WRAPPED);
    assertStep(
        step.set(CPU, true, RAPL - 100_000_000, 200_000_000, 1_000, MISSING),
        300_000_000,
        Event.WRAPPED);
    assertThat(step.certain()).isTrue();
    // on a counter that wraps a fall that is too deep is a counter that began anew
    assertStep(step.set(CPU, true, RAPL / 2, 0, 1_000, MISSING), MISSING, Event.FELL);
    assertStep(step.set(CPU, true, RAPL, 0, 1_000, MISSING), MISSING, Event.JUMPED);
  }

  @Test
  void severalWraps_areThoseThatThePowerSays() {
    // 300 W for 1,000 s are 300 kJ: four wraps and a bit
    long drawn = 300_000_000_000L;
    long after = (1_000 + drawn) % RAPL;
    step.set(CPU, true, 1_000, after, 1_000_000, drawn + drawn / 20);
    assertThat(step.microjoules()).isEqualTo(drawn);
    assertThat(step.event()).isEqualTo(Event.WRAPPED);
    // half of 315 kJ either way holds several numbers of wraps
    assertThat(step.certain()).isFalse();

    // 100 W for 400 s are 40 kJ: nothing else is near
    step.set(CPU, true, RAPL - 10_000_000_000L, 30_000_000_000L, 400_000, 41_000_000_000L);
    assertThat(step.microjoules()).isEqualTo(40_000_000_000L);
    assertThat(step.certain()).isTrue();

    // power unknown: the least, and it says so
    step.set(CPU, true, 0, 5, 1_000_000, MISSING);
    assertThat(step.microjoules()).isEqualTo(5);
    assertThat(step.certain()).isFalse();
  }

  /** Whatever is drawn, up to the limit, with power known within a fifth: found again. */
  @Test
  void law_wrapsAreFoundAgain() {
    long seed = 91;
    System.out.println("CounterStepTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      long millis = 1L + random.nextInt(600_000);
      long drawn = (long) (random.nextDouble() * 350_000 * millis);
      long before = random.nextLong(RAPL);
      long after = (before + drawn) % RAPL;
      long expected = Math.round(drawn * (0.8 + 0.4 * random.nextDouble()));
      step.set(CPU, true, before, after, millis, expected);
      if (Math.abs(expected - drawn) < RAPL / 2) {
        assertThat(step.microjoules()).as("round " + round).isEqualTo(drawn);
        assertThat(step.event()).isEqualTo(before + drawn >= RAPL ? Event.WRAPPED : Event.NONE);
      }
      assertThat(step.microjoules()).isNotNegative();
    }
  }

  @Test
  void calibration_isAStraightLine_neverBelowZero() {
    Calibration calibration =
        new Calibration(Map.of("H100", new Calibration.Line(1_050_000, -3_000)));
    assertThat(calibration.milliwatts(GPU, 100_000)).isEqualTo(102_000);
    assertThat(calibration.milliwatts(GPU, 2_000)).isZero();
    assertThat(calibration.microjoules(GPU, 100_000_000, 1_000)).isEqualTo(102_000_000);
    assertThat(calibration.milliwatts(CPU, 100_000)).isEqualTo(100_000);
    assertThat(Calibration.NONE.microjoules(GPU, 7, 9)).isEqualTo(7);
  }
}

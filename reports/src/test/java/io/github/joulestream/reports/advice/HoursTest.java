// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.grid.StepFactors;
import io.github.joulestream.reports.advice.LaterHours.Saved;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class HoursTest {
  private static final long SEED = Long.getLong("laws.seed", 5_021);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 400);
  private static final long KILOWATT_HOUR = 3_600_000_000L;
  private static final long CENT = 10_000_000;

  @Test
  void energy_movesToTheCheapestHourWithinReach() {
    long[] rates = {30 * CENT, 20 * CENT, 25 * CENT, 10 * CENT};
    long[] load = {KILOWATT_HOUR, 0, 0, 0};
    // another load of the site leaves space for all of it
    long[] all = {KILOWATT_HOUR, 0, 0, 0};
    LaterHours hours = LaterHours.of(rates, load, all, 1);
    assertThat(hours.moved(100, 1).saved()).isCloseTo(0.10, Offset.offset(1e-12));
    assertThat(hours.moved(100, 3).saved()).isCloseTo(0.20, Offset.offset(1e-12));
    assertThat(hours.moved(25, 3)).isEqualTo(new Saved(KILOWATT_HOUR / 4.0, 0.05));
    assertThat(LaterHours.of(rates, load, all, 2).moved(100, 1).saved())
        .isCloseTo(0.05, Offset.offset(1e-12));
  }

  @Test
  void noStep_getsHigherThanTheHighestWas() {
    long[] rates = {30 * CENT, 10 * CENT, 20 * CENT};
    long[] all = {KILOWATT_HOUR, KILOWATT_HOUR * 3 / 4, KILOWATT_HOUR / 2};
    Saved saved = LaterHours.of(rates, new long[] {KILOWATT_HOUR, 0, 0}, all, 1).moved(100, 2);
    // a quarter to the second hour, and a half to the third
    assertThat(saved.millijoules()).isEqualTo(KILOWATT_HOUR * 0.75);
    assertThat(saved.saved()).isCloseTo(0.25 * 0.20 + 0.5 * 0.10, Offset.offset(1e-12));
  }

  @Test
  void twoSteps_shareTheSpaceOfOne() {
    long[] rates = {30 * CENT, 20 * CENT, 10 * CENT};
    long[] load = {KILOWATT_HOUR, KILOWATT_HOUR, 0};
    long[] all = {KILOWATT_HOUR, KILOWATT_HOUR, 0};
    Saved saved = LaterHours.of(rates, load, all, 1).moved(100, 2);
    // the first takes all of the third, and leaves its own to nobody, since that is earlier
    assertThat(saved.millijoules()).isEqualTo(KILOWATT_HOUR);
    assertThat(saved.saved()).isCloseTo(0.20, Offset.offset(1e-12));
  }

  @Test
  void saving_isNeverAboveThatWithoutLimits_andEqualToItWhereThereIsSpace() {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      int n = 30;
      long[] rates = random.longs(n, -5 * CENT, 40 * CENT).toArray();
      long[] load = random.longs(n, 0, KILOWATT_HOUR).toArray();
      int reach = 1 + random.nextInt(6);
      double best = 0;
      for (int i = 0; i < n; i++) {
        long lowest = rates[i];
        for (int later = i; later <= Math.min(n - 1, i + reach); later++) {
          lowest = Math.min(lowest, rates[later]);
        }
        best += (double) (load[i] / 100 * 100) * (rates[i] - lowest) / (1e9 * KILOWATT_HOUR);
      }
      double limited = LaterHours.of(rates, load, load, 1).moved(100, reach).saved();
      assertThat(limited).isBetween(0.0, best + 1e-9);
      long[] roomy = load.clone();
      roomy[n - 1] = KILOWATT_HOUR * 1_000;
      // the last step is the highest one: nothing is moved into it
      rates[n - 1] = 100 * CENT;
      double free = LaterHours.of(rates, load, roomy, 1).moved(100, reach).saved();
      double all = 0;
      for (int i = 0; i < n; i++) {
        long lowest = rates[i];
        for (int later = i; later <= Math.min(n - 1, i + reach); later++) {
          lowest = Math.min(lowest, rates[later]);
        }
        all += (double) (load[i] / 100 * 100) * (rates[i] - lowest) / (1e9 * KILOWATT_HOUR);
      }
      assertThat(free).isCloseTo(all, Offset.offset(1e-9));
    }
  }

  @Test
  void equalPrices_saveNothing() {
    long[] rates = new long[24];
    Arrays.fill(rates, 20 * CENT);
    long[] load = new Random(1).longs(24, 0, KILOWATT_HOUR).toArray();
    assertThat(LaterHours.of(rates, load, load, 1).moved(50, 24)).isEqualTo(new Saved(0, 0));
  }

  private static long[] daily(int days, long expensive, long cheap) {
    long[] rates = new long[days * 24];
    Arrays.setAll(rates, i -> i % 24 >= 8 && i % 24 < 20 ? expensive : cheap);
    return rates;
  }

  @Test
  void fixedShift_isTheOneThatSaves() {
    long[] load = new long[30 * 24];
    // from 14:00 to 18:00; 6 hours later all of it is in the night
    Arrays.setAll(load, i -> i % 24 >= 14 && i % 24 < 18 ? KILOWATT_HOUR : 0);
    Optional<FixedShift> shift = FixedShift.best(daily(30, 30 * CENT, 15 * CENT), load, 1);
    assertThat(shift).isPresent();
    assertThat(shift.get().hours()).isEqualTo(6);
    assertThat(shift.get().share()).isCloseTo(0.5, Offset.offset(1e-9));
    assertThat(shift.get().days()).isEqualTo(15);
    assertThat(shift.get().total()).isCloseTo(30 * 4 * 0.30, Offset.offset(1.3));
    assertThat(FixedShift.share(daily(30, 30 * CENT, 15 * CENT), load, 1, 6))
        .isCloseTo(0.5, Offset.offset(1e-9));
  }

  @Test
  void chance_isNoSaving() {
    Random random = new Random(SEED);
    int found = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long[] rates = random.longs(30 * 24, 10 * CENT, 40 * CENT).toArray();
      long[] load = random.longs(30 * 24, 0, KILOWATT_HOUR).toArray();
      found += FixedShift.best(rates, load, 1).isPresent() ? 1 : 0;
    }
    // one in 40 is above two standard errors by chance
    assertThat(found).isLessThan(ROUNDS * 5 / 100);
  }

  @Test
  void fewDays_areNotEnough_andUnknownHoursAreLeftOut() {
    long[] load = new long[8 * 24];
    Arrays.fill(load, KILOWATT_HOUR);
    assertThat(FixedShift.best(daily(8, 30 * CENT, 15 * CENT), load, 1)).isEmpty();
    long[] unknown = new long[30 * 24];
    Arrays.fill(unknown, StepFactors.UNKNOWN);
    assertThat(FixedShift.best(unknown, new long[30 * 24], 1)).isEmpty();
    assertThat(FixedShift.share(unknown, new long[30 * 24], 1, 3)).isNaN();
  }
}

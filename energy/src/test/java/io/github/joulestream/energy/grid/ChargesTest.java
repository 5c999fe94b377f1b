// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.grid.Charges.Figure;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;

@SuppressWarnings("EnumOrdinal") // a position in arrays of this class
class ChargesTest {
  private static final long SEED = Long.getLong("laws.seed", 20_062);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 200);
  private static final long KILOWATT_HOUR = 3_600_000_000L;
  private static final long UNKNOWN = StepFactors.UNKNOWN;

  private final Random random = new Random(SEED);

  private static StepFactors factors(long... nanos) {
    return new StepFactors(
        nanos[0], nanos[1], nanos[2], nanos[3], nanos[4], nanos[5], nanos[6], UNKNOWN, false,
        false);
  }

  private static StepFactors price(long nano) {
    return factors(nano, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN);
  }

  private StepFactors any() {
    long[] nanos = new long[7];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = random.nextInt(5) == 0 ? UNKNOWN : random.nextLong(-1_000_000_000_000L, 1L << 40);
    }
    StepFactors some = factors(nanos);
    return new StepFactors(
        some.priceNano(),
        some.locationNano(),
        some.marketNano(),
        some.renewableNano(),
        some.contractedNano(),
        some.carbonFreeNano(),
        some.marginalNano(),
        UNKNOWN,
        random.nextBoolean(),
        random.nextBoolean());
  }

  /** Each figure has its own factor. */
  @Test
  void aKilowattHour_hasTheFactorsOfItsStep() {
    Charges charges = new Charges();
    charges.add(
        KILOWATT_HOUR,
        factors(
            300_000_000,
            231_000_000_000L,
            410_000_000_000L,
            250_000_000,
            500_000_000,
            750_000_000,
            600_000_000_000L));
    assertThat(charges.amount(Figure.COST)).hasValue(new BigDecimal("0.300000000"));
    assertThat(charges.amount(Figure.CO2E_LOCATION)).hasValue(new BigDecimal("231.000000000"));
    assertThat(charges.amount(Figure.CO2E_MARKET)).hasValue(new BigDecimal("410.000000000"));
    assertThat(charges.amount(Figure.CO2E_MARGINAL)).hasValue(new BigDecimal("600.000000000"));
    // of 3.6e9 mJ: a quarter, a half, three quarters
    assertThat(charges.amount(Figure.RENEWABLE)).hasValue(new BigDecimal("900000000.000000000"));
    assertThat(charges.amount(Figure.CONTRACTED)).hasValue(new BigDecimal("1800000000.000000000"));
    assertThat(charges.amount(Figure.CARBON_FREE)).hasValue(new BigDecimal("2700000000.000000000"));
    assertThat(charges.energy().value()).isEqualTo(BigInteger.valueOf(KILOWATT_HOUR));
  }

  /** A megawatt hour at 0.3 per kWh is 300; at 400 g/kWh it is 400 kg. */
  @Test
  void prefixes_areRight() {
    Charges charges = new Charges();
    charges.add(
        1_000 * KILOWATT_HOUR,
        factors(300_000_000, 400_000_000_000L, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN));
    assertThat(charges.amount(Figure.COST).orElseThrow()).isEqualByComparingTo("300");
    assertThat(charges.amount(Figure.CO2E_LOCATION).orElseThrow()).isEqualByComparingTo("400000");
  }

  /** Jobs and idle of each step, in any order and put together in any way, equal the site. */
  @Test
  void parts_addUpToTheWhole() {
    for (int round = 0; round < ROUNDS; round++) {
      Charges site = new Charges();
      Charges first = new Charges();
      Charges second = new Charges();
      BigInteger[] exact = new BigInteger[Figure.values().length];
      BigInteger[] known = new BigInteger[exact.length];
      java.util.Arrays.fill(exact, BigInteger.ZERO);
      java.util.Arrays.fill(known, BigInteger.ZERO);
      BigInteger weak = BigInteger.ZERO;
      BigInteger residualMissing = BigInteger.ZERO;
      boolean[] some = new boolean[exact.length];
      for (int step = 0; step < 20; step++) {
        StepFactors factors = any();
        long whole = random.nextLong(1L << 50);
        long part = random.nextLong(whole + 1);
        site.add(whole, factors);
        first.add(part, factors);
        second.add(whole - part, factors);
        BigInteger energy = BigInteger.valueOf(whole);
        long[] nanos = {
          factors.priceNano(), factors.locationNano(), factors.marketNano(),
          factors.renewableNano(), factors.contractedNano(), factors.carbonFreeNano(),
          factors.marginalNano()
        };
        for (int i = 0; i < nanos.length; i++) {
          if (nanos[i] != UNKNOWN) {
            exact[i] = exact[i].add(energy.multiply(BigInteger.valueOf(nanos[i])));
            known[i] = known[i].add(energy);
            some[i] = true;
          }
        }
        weak = factors.weak() ? weak.add(energy) : weak;
        residualMissing = factors.residualMissing() ? residualMissing.add(energy) : residualMissing;
      }
      first.add(second);
      for (Figure figure : Figure.values()) {
        int i = figure.ordinal();
        assertThat(first.exact(figure)).isEqualTo(site.exact(figure));
        assertThat(site.exact(figure).value()).isEqualTo(exact[i]);
        assertThat(site.known(figure).value()).isEqualTo(known[i]);
        assertThat(first.known(figure)).isEqualTo(site.known(figure));
        BigDecimal unit = new BigDecimal(figure.isEnergy() ? "1e9" : "3600000000e9");
        assertThat(site.amount(figure).isPresent()).isEqualTo(some[i]);
        site.amount(figure)
            .ifPresent(amount ->
                assertThat(amount)
                    .isEqualTo(new BigDecimal(exact[i]).divide(unit, 9, RoundingMode.HALF_UP)));
      }
      assertThat(first.energy()).isEqualTo(site.energy());
      assertThat(site.weak().value()).isEqualTo(weak);
      assertThat(first.weak().value()).isEqualTo(weak);
      assertThat(site.residualMissing().value()).isEqualTo(residualMissing);
      assertThat(first.residualMissing().value()).isEqualTo(residualMissing);
    }
  }

  @Test
  void withoutAnyFactor_theAmountIsNotKnown() {
    Charges charges = new Charges();
    charges.add(KILOWATT_HOUR, StepFactors.NOTHING);
    assertThat(charges.amount(Figure.COST)).isEmpty();
    assertThat(charges.known(Figure.COST).isZero()).isTrue();
    assertThat(charges.energy().value()).isEqualTo(BigInteger.valueOf(KILOWATT_HOUR));
    charges.add(2 * KILOWATT_HOUR, price(1_000_000_000));
    assertThat(charges.amount(Figure.COST)).hasValue(new BigDecimal("2.000000000"));
    assertThat(charges.known(Figure.COST).value()).isEqualTo(BigInteger.valueOf(2 * KILOWATT_HOUR));
  }

  /** A correction takes energy away again: the cost is then known, and 0. */
  @Test
  void energiesThatCancel_costNothingAndThatIsKnown() {
    Charges charges = new Charges();
    charges.add(KILOWATT_HOUR, price(300_000_000));
    charges.add(-KILOWATT_HOUR, price(300_000_000));
    assertThat(charges.amount(Figure.COST).orElseThrow()).isEqualByComparingTo("0");
    assertThat(charges.amount(Figure.CO2E_MARKET)).isEmpty();
    // at another price there is a difference although the energy is 0
    charges.add(KILOWATT_HOUR, price(300_000_000));
    charges.add(-KILOWATT_HOUR, price(100_000_000));
    assertThat(charges.amount(Figure.COST).orElseThrow()).isEqualByComparingTo("0.2");
    Charges all = new Charges();
    all.add(charges);
    assertThat(all.amount(Figure.COST).orElseThrow()).isEqualByComparingTo("0.2");
  }

  @Test
  void noEnergyAtAKnownPrice_isZeroAndNotEmpty() {
    Charges charges = new Charges();
    charges.add(0, price(300_000_000));
    assertThat(charges.amount(Figure.COST).orElseThrow()).isEqualByComparingTo("0");
  }

  @Test
  void whatIsGivenOut_isACopy() {
    Charges charges = new Charges();
    charges.add(KILOWATT_HOUR, price(300_000_000));
    charges.exact(Figure.COST).add(1);
    charges.known(Figure.COST).add(1);
    assertThat(charges.exact(Figure.COST).value())
        .isEqualTo(
            BigInteger.valueOf(KILOWATT_HOUR * 300_000_000L / 1_000_000_000L)
                .multiply(BigInteger.valueOf(1_000_000_000L)));
    assertThat(charges.known(Figure.COST).value()).isEqualTo(BigInteger.valueOf(KILOWATT_HOUR));
  }
}

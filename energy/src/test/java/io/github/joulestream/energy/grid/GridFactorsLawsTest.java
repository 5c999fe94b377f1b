// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import static io.github.joulestream.energy.grid.Feed.ms;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.grid.CarbonBasis.Method;
import io.github.joulestream.energy.grid.CarbonBasis.Scope;
import io.github.joulestream.energy.grid.Charges.Figure;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Feeds and energies by chance, against {@link SlowFactors}. */
class GridFactorsLawsTest {
  private static final long SEED = Long.getLong("laws.seed", 20_063);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 200);
  private static final long START = ms("2026-10-25T00:00:00Z");
  private static final int QUARTER = 900_000;
  private static final int HOUR = 3_600_000;
  private static final int HOURS = 3;
  private static final List<GridQuality> QUALITIES = List.of(GridQuality.values());
  private static final long KILOWATT_HOUR = 3_600_000_000L;

  /** Energies of feeds are rounded to mJ, of which a measured 1e9 mJ make 1e-9 each. */
  private static final BigDecimal ABOUT_GRAMS = new BigDecimal("1e-4");

  private static final BigDecimal ABOUT_SHARE = new BigDecimal("1e-7");

  private final Random random = new Random(SEED);

  /** A series of intervals of one length, with gaps, revisions and issues that take back. */
  private void add(Feed feed, GridSeries series, long leastNano, long mostNano) {
    long length = List.of(300_000L, 900_000L, 1_800_000L, 3_600_000L).get(random.nextInt(4));
    long end = START + (long) HOURS * HOUR;
    if (random.nextInt(5) == 0) {
      // one value of a year
      long from = ms("2026-01-01T00:00:00Z");
      issue(feed, series, from, ms("2027-01-01T00:00:00Z"), leastNano, mostNano);
      return;
    }
    long from = random.nextInt(4) == 0 ? START + HOUR : START - HOUR;
    for (long time = from; time < end; time += length) {
      if (random.nextInt(30) != 0) {
        issue(feed, series, time, time + length, leastNano, mostNano);
      }
    }
  }

  private void issue(
      Feed feed, GridSeries series, long from, long to, long leastNano, long mostNano) {
    int issues = random.nextInt(6) == 0 ? 3 : 1;
    for (int i = 0; i < issues; i++) {
      GridQuality quality = QUALITIES.get(random.nextInt(QUALITIES.size()));
      boolean withdrawn = i > 0 && random.nextInt(4) == 0;
      feed.with(
          series, from, to, random.nextLong(leastNano, mostNano), quality, i * 10L, withdrawn);
    }
  }

  private Feed feed() {
    Feed feed = new Feed();
    add(feed, Feed.PRICE, -100_000_000, 900_000_000);
    add(feed, Feed.LOCATION, 0, 900_000_000_000L);
    for (Method method : List.of(Method.MARKET, Method.RESIDUAL)) {
      if (random.nextBoolean()) {
        add(feed, Feed.carbon(method, Scope.LIFECYCLE), 0, 900_000_000_000L);
      }
    }
    add(feed, Feed.MARGINAL, 0, 900_000_000_000L);
    mix(feed);
    if (random.nextBoolean()) {
      for (EnergySource source : List.of(EnergySource.SOLAR, EnergySource.GAS)) {
        add(feed, GridSeries.of(SeriesKind.GENERATION, source), 0, 2_000_000_000);
      }
      if (random.nextBoolean()) {
        add(feed, GridSeries.of(SeriesKind.EXPORT), 0, 500_000_000);
      }
      if (random.nextBoolean()) {
        add(feed, GridSeries.of(SeriesKind.BATTERY), -900_000_000, 900_000_000);
      }
    }
    for (SeriesKind kind :
        List.of(
            SeriesKind.GUARANTEE_OF_ORIGIN, SeriesKind.POWER_PURCHASE, SeriesKind.GUARANTEE_SOLD)) {
      for (EnergySource source :
          List.of(EnergySource.WIND, EnergySource.NUCLEAR, EnergySource.COAL)) {
        if (random.nextInt(3) == 0) {
          add(feed, GridSeries.of(kind, source), 0, 800_000_000);
        }
      }
    }
    return feed;
  }

  /** Given shares, or fuels that add up to about 1. */
  private void mix(Feed feed) {
    if (random.nextBoolean()) {
      add(feed, Feed.mix(EnergySource.RENEWABLE), 0, 500_000_000);
      add(feed, Feed.mix(EnergySource.CARBON_FREE), 500_000_000, 1_000_000_001);
    }
    add(feed, Feed.mix(EnergySource.WIND), 300_000_000, 305_000_000);
    add(feed, Feed.mix(EnergySource.NUCLEAR), 200_000_000, 205_000_000);
    add(feed, Feed.mix(EnergySource.COAL), 500_000_000, 512_000_000);
  }

  private StepEnergy energy() {
    long measured = random.nextLong(KILOWATT_HOUR, 10 * KILOWATT_HOUR);
    long facility = random.nextBoolean() ? StepEnergy.UNKNOWN : measured + measured / 7 + 3;
    boolean metered = random.nextInt(4) == 0;
    return new StepEnergy(
        measured,
        facility,
        metered ? random.nextLong(5 * KILOWATT_HOUR) : StepEnergy.UNKNOWN,
        metered && random.nextBoolean() ? random.nextLong(KILOWATT_HOUR) : StepEnergy.UNKNOWN);
  }

  @Test
  void factors_areThoseOfASlowCalculation() {
    int known = 0;
    int unknown = 0;
    for (int round = 0; round < ROUNDS; round++) {
      List<GridInterval> issues = new ArrayList<>(feed().issues());
      Collections.shuffle(issues, random);
      long asOf = random.nextInt(30);
      GridFactors grid = GridFactors.of(issues, asOf, Scope.LIFECYCLE);
      int stepMillis = random.nextBoolean() ? HOUR : QUARTER;
      long step = START + (long) random.nextInt(HOURS * HOUR / stepMillis) * stepMillis;
      StepEnergy energy = energy();
      StepFactors fast = grid.at(step, stepMillis, energy);
      Map<String, BigDecimal> slow =
          new SlowFactors(issues, asOf, step, step + stepMillis, energy).figures();
      String where = "seed %d, round %d".formatted(SEED, round);
      BigDecimal price = slow.get("price");
      // nothing is rounded on the way: to the last digit
      assertThat(fast.priceNano())
          .as("price, " + where)
          .isEqualTo(
              price == null
                  ? StepFactors.UNKNOWN
                  : price.movePointRight(9).setScale(0, RoundingMode.HALF_UP).longValueExact());
      same("marginal, " + where, fast.marginalNano(), slow.get("marginal"), ABOUT_GRAMS);
      same("location, " + where, fast.locationNano(), slow.get("location"), ABOUT_GRAMS);
      same("market, " + where, fast.marketNano(), slow.get("market"), ABOUT_GRAMS);
      same("renewable, " + where, fast.renewableNano(), slow.get("renewable"), ABOUT_SHARE);
      same("carbon-free, " + where, fast.carbonFreeNano(), slow.get("carbonFree"), ABOUT_SHARE);
      same("contracted, " + where, fast.contractedNano(), slow.get("contracted"), ABOUT_SHARE);
      known += slow.size();
      unknown += 7 - slow.size();
    }
    // the input has both
    assertThat(known).isGreaterThan(ROUNDS);
    assertThat(unknown).isGreaterThan(ROUNDS / 2);
  }

  private static void same(String what, long nano, @Nullable BigDecimal slow, BigDecimal about) {
    if (slow == null) {
      assertThat(nano).as(what).isEqualTo(StepFactors.UNKNOWN);
      return;
    }
    assertThat(nano).as(what).isNotEqualTo(StepFactors.UNKNOWN);
    assertThat(BigDecimal.valueOf(nano, 9).subtract(slow).abs())
        .as("%s: %s, slowly %s", what, BigDecimal.valueOf(nano, 9), slow)
        .isLessThanOrEqualTo(about);
  }

  /**
   * Costs, emissions and renewable energy of jobs and idle are those of the site, whatever is split
   * how; and they are those of the slow calculation.
   */
  @Test
  void jobsAndIdle_areTheSite() {
    for (int round = 0; round < ROUNDS / 20; round++) {
      List<GridInterval> issues = feed().issues();
      GridFactors grid = GridFactors.of(issues, Long.MAX_VALUE, Scope.LIFECYCLE);
      Charges site = new Charges();
      Charges idle = new Charges();
      List<Charges> jobs = List.of(new Charges(), new Charges(), new Charges());
      BigDecimal cost = BigDecimal.ZERO;
      BigDecimal renewable = BigDecimal.ZERO;
      for (long step = START; step < START + (long) HOURS * HOUR; step += QUARTER) {
        StepEnergy energy = energy();
        StepFactors factors = grid.at(step, QUARTER, energy);
        site.add(energy.measuredMillijoules(), factors);
        long left = energy.measuredMillijoules();
        for (Charges job : jobs) {
          long part = random.nextLong(left + 1);
          job.add(part, factors);
          left -= part;
        }
        idle.add(left, factors);
        Map<String, BigDecimal> slow =
            new SlowFactors(issues, Long.MAX_VALUE, step, step + QUARTER, energy).figures();
        BigDecimal measured = new BigDecimal(energy.measuredMillijoules());
        cost = cost.add(measured.multiply(slow.getOrDefault("price", BigDecimal.ZERO)));
        renewable =
            renewable.add(measured.multiply(slow.getOrDefault("renewable", BigDecimal.ZERO)));
      }
      Charges all = new Charges();
      jobs.forEach(all::add);
      all.add(idle);
      for (Figure figure : Figure.values()) {
        assertThat(all.exact(figure))
            .as("%s, round %d", figure, round)
            .isEqualTo(site.exact(figure));
        assertThat(all.known(figure)).isEqualTo(site.known(figure));
      }
      BigDecimal kilowattHours = new BigDecimal(site.energy().value()).movePointLeft(9);
      assertThat(
              site.amount(Figure.COST)
                  .orElse(BigDecimal.ZERO)
                  .multiply(BigDecimal.valueOf(KILOWATT_HOUR))
                  .subtract(cost)
                  .abs())
          .isLessThanOrEqualTo(kilowattHours.add(BigDecimal.TEN));
      assertThat(site.amount(Figure.RENEWABLE).orElse(BigDecimal.ZERO).subtract(renewable).abs())
          .isLessThanOrEqualTo(kilowattHours.multiply(new BigDecimal("100")));
    }
  }

  /** Steps of quarters or hours: what they have of a certificate adds up to all of it. */
  @Test
  void partsOfAnEnergy_addUpToIt() {
    for (int round = 0; round < ROUNDS; round++) {
      long length = random.nextLong(1, 400) * 86_400_000;
      GridInterval interval =
          Feed.interval(
              GridSeries.of(SeriesKind.EXPORT),
              START,
              START + length,
              random.nextLong(-1L << 40, 1L << 40),
              GridQuality.MEASURED,
              0,
              false);
      SeriesValues values = SeriesValues.of(List.of(interval), 0);
      long sum = 0;
      long step = random.nextLong(length / 200 + 1, length / 3 + 2);
      for (long time = START - step / 2; time < START + length; time += step) {
        sum += values.millijoules(time, time + step);
      }
      // 1e-9 kWh are 3.6 mJ
      assertThat(BigDecimal.valueOf(sum))
          .isEqualTo(
              BigDecimal.valueOf(interval.valueNano())
                  .multiply(new BigDecimal("3.6"))
                  .setScale(0, RoundingMode.HALF_UP));
    }
  }
}
